package dossier

import (
	"encoding/json"
	"fmt"
	"sort"
	"strings"

	"github.com/goshawk-hunt/goshawk/finding"
)

// maxTriggers bounds the triggers that are told of one task.
const maxTriggers = 16

// Triggers says in words what a definition's triggers are. text is what the tables
// hold, {"TimeTrigger":{..}} with an array for several of a kind; any other text is
// returned as it is.
func Triggers(text string) string {
	text = strings.TrimSpace(text)
	if !strings.HasPrefix(text, "{") && !strings.HasPrefix(text, "[") {
		return text
	}
	var v any
	if json.Unmarshal([]byte(text), &v) != nil {
		return text
	}
	var out []string
	collectTriggers(v, &out)
	if len(out) > maxTriggers {
		out = append(out[:maxTriggers], fmt.Sprintf("and %d more", len(out)-maxTriggers))
	}
	return strings.Join(out, ", ")
}

func collectTriggers(v any, out *[]string) {
	switch v := v.(type) {
	case []any:
		for _, e := range v {
			collectTriggers(e, out)
		}
	case map[string]any:
		kinds := make([]string, 0, len(v))
		for k := range v {
			kinds = append(kinds, k)
		}
		sort.Strings(kinds)
		for _, k := range kinds {
			for _, one := range asList(v[k]) {
				*out = append(*out, trigger(k, one))
			}
		}
	case string:
		if v != "" {
			*out = append(*out, v)
		}
	}
}

// trigger says what one trigger is.
func trigger(kind string, v any) string {
	m, _ := v.(map[string]any)
	text := kind
	if r, ok := m["Repetition"].(map[string]any); ok {
		if every, ok := r["Interval"].(string); ok && every != "" {
			text += " every " + every
		}
	}
	for _, k := range []string{"ScheduleByDay", "ScheduleByWeek", "ScheduleByMonth", "ScheduleByMonthDayOfWeek", "StateChange"} {
		switch s := m[k].(type) {
		case string:
			if s != "" {
				text += " " + s
			}
		case map[string]any:
			text += " " + k
		}
	}
	if s, ok := m["StartBoundary"].(string); ok && s != "" && (kind == "TimeTrigger" || kind == "CalendarTrigger") {
		text += " at " + s
	}
	if s, ok := m["Subscription"].(string); ok && s != "" {
		text += " " + finding.Shorten(s, 200)
	}
	if s, ok := m["Enabled"].(string); ok && strings.EqualFold(s, "false") {
		text += " (disabled)"
	}
	return text
}

func asList(v any) []any {
	if l, ok := v.([]any); ok {
		return l
	}
	return []any{v}
}
