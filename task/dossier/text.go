package dossier

import (
	"encoding/json"
	"strconv"

	"github.com/goshawk-hunt/goshawk/finding"
)

// Actions reads a JSON array of actions, or one object.
func Actions(text string) []finding.TaskAction {
	type action struct {
		Kind      string `json:"Type"`
		Command   string
		Arguments string
		ClassID   string `json:"ClassId"`
	}
	var many []action
	if json.Unmarshal([]byte(text), &many) != nil {
		var one action
		if json.Unmarshal([]byte(text), &one) != nil {
			return nil
		}
		many = []action{one}
	}
	const limit = 32 // as many as a task may have
	var out []finding.TaskAction
	for _, a := range many[:min(len(many), limit)] {
		if a.Command != "" || a.ClassID != "" || a.Kind != "" {
			out = append(out, finding.TaskAction{Kind: a.Kind, Command: a.Command, Arguments: a.Arguments, ClassID: a.ClassID})
		}
	}
	return out
}

// texts reads a JSON array of texts.
func texts(text string) []string {
	var out []string
	if json.Unmarshal([]byte(text), &out) != nil {
		return nil
	}
	kept := out[:0]
	for _, s := range out {
		if s != "" {
			kept = append(kept, s)
		}
	}
	return kept
}

func decimal(n int64) string { return strconv.FormatInt(n, 10) }
