// Package report writes what a run of hunts found: an HTML page that needs nothing
// else, a table for the terminal, CSV, JSON and JSON lines.
//
// Findings hold the attacker's text. Each writer makes it harmless for its medium:
// HTML is escaped by context and the page forbids itself every load and script,
// terminal control characters and characters that change the direction of text are
// written out, and a CSV cell never begins like a formula.
package report

import (
	"strings"
	"time"

	"github.com/goshawk-hunt/goshawk/finding"
	"github.com/goshawk-hunt/goshawk/hunt"
)

// Data is what a report tells.
type Data struct {
	Title   string // such as the case's name
	Version string // of Goshawk
	Written time.Time
	// Now is the clock that the hunts ran by, and Clock says why it was taken.
	Now    time.Time
	Clock  string
	Inputs []Input
	Result *hunt.Result
}

// Input is one file that was given, and what became of it.
type Input struct {
	Path    string   `json:"path"`
	Format  string   `json:"format,omitempty"`
	Status  string   `json:"status"` // read, note, damaged, refused ..
	Records int64    `json:"records"`
	Bytes   int64    `json:"bytes"`
	Notes   []string `json:"notes,omitempty"` // why it was refused, what was damaged
}

// principal names well-known identities.
func principal(t *finding.Task) string {
	names := map[string]string{
		"s-1-5-18": "SYSTEM", "s-1-5-19": "LOCAL SERVICE", "s-1-5-20": "NETWORK SERVICE",
		"s-1-5-32-544": "Administrators", "s-1-5-32-545": "Users", "s-1-5-4": "the interactive user",
	}
	p := t.Principal
	if n := names[strings.ToLower(p)]; n != "" {
		p = n
	}
	if p != "" && strings.EqualFold(t.RunLevel, "HighestAvailable") && p != "SYSTEM" {
		p += " with the highest privileges"
	}
	return p
}
