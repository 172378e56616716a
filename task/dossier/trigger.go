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

// Triggers says what a definition's triggers are, in the words of definitions. text is what
// the tables hold, {"TimeTrigger":{..}} with an array for several of a kind; any other text
// is returned as it is.
func Triggers(text string) string {
	list, ok := triggers(text)
	if !ok {
		return strings.TrimSpace(text)
	}
	var out []string
	for i, t := range list {
		if i == maxTriggers {
			out = append(out, more(len(list)))
			break
		}
		out = append(out, t.String())
	}
	return strings.Join(out, ", ")
}

func more(n int) string { return fmt.Sprintf("and %d more", n-maxTriggers) }

// trigger is what is told of one trigger of a definition.
type trigger struct {
	kind          string // name of the element: LogonTrigger
	every         string // of its repetition, as ISO 8601 duration
	calendar      string // in words, of CalendarTrigger
	calendarNames []string
	state         string // of SessionStateChangeTrigger
	start         string // of TimeTrigger and CalendarTrigger
	subscription  string // of EventTrigger
	disabled      bool
}

// triggers reads the triggers of a definition; ok is false if text holds none as data.
func triggers(text string) (list []trigger, ok bool) {
	text = strings.TrimSpace(text)
	if !strings.HasPrefix(text, "{") && !strings.HasPrefix(text, "[") {
		return nil, false
	}
	var v any
	if json.Unmarshal([]byte(text), &v) != nil {
		return nil, false
	}
	collectTriggers(v, &list)
	return list, true
}

func collectTriggers(v any, list *[]trigger) {
	switch v := v.(type) {
	case []any:
		for _, e := range v {
			collectTriggers(e, list)
		}
	case map[string]any:
		kinds := make([]string, 0, len(v))
		for k := range v {
			kinds = append(kinds, k)
		}
		sort.Strings(kinds)
		for _, k := range kinds {
			for _, one := range asList(v[k]) {
				*list = append(*list, newTrigger(k, one))
			}
		}
	case string:
		if v != "" {
			*list = append(*list, trigger{kind: v})
		}
	}
}

func newTrigger(kind string, v any) trigger {
	m, _ := v.(map[string]any)
	text := func(name string) string { s, _ := m[name].(string); return s }
	t := trigger{kind: kind, state: text("StateChange"), subscription: text("Subscription"), disabled: strings.EqualFold(text("Enabled"), "false")}
	if r, ok := m["Repetition"].(map[string]any); ok {
		t.every, _ = r["Interval"].(string)
	}
	if kind == "TimeTrigger" || kind == "CalendarTrigger" {
		t.start = text("StartBoundary")
	}
	for _, c := range calendars {
		switch s := m[c.name].(type) {
		case string:
			if s != "" {
				t.calendarNames = append(t.calendarNames, s)
			}
		case map[string]any:
			t.calendar, t.calendarNames = c.word, append(t.calendarNames, c.name)
		}
	}
	return t
}

// String writes a trigger in the words of definitions.
func (t *trigger) String() string {
	parts := []string{t.kind}
	if t.every != "" {
		parts = append(parts, "every "+t.every)
	}
	parts = append(parts, t.calendarNames...)
	if t.state != "" {
		parts = append(parts, t.state)
	}
	if t.start != "" {
		parts = append(parts, "at "+t.start)
	}
	if t.subscription != "" {
		parts = append(parts, finding.Shorten(t.subscription, 200))
	}
	if t.disabled {
		parts = append(parts, "(disabled)")
	}
	return strings.Join(parts, " ")
}

func asList(v any) []any {
	if l, ok := v.([]any); ok {
		return l
	}
	return []any{v}
}
