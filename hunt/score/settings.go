package score

import (
	"fmt"
	"slices"
	"strings"

	"github.com/goshawk-hunt/goshawk/finding"
)

// privilege judges as whom the task runs. risky is true when what it runs is
// suspicious by itself: then high privileges count more, and so do SYSTEM's where a
// person, and no installer running as SYSTEM itself, gave them.
func privilege(t *finding.Task, risky bool, person string) []finding.Reason {
	p := strings.ToLower(t.Principal)
	points, as := 0, ""
	switch {
	case p == "s-1-5-18" || p == "system" || strings.HasSuffix(p, `\system`) || p == "localsystem":
		points, as = 8, "SYSTEM" // two of three default tasks do
	case strings.EqualFold(t.RunLevel, "HighestAvailable") || strings.EqualFold(t.RunLevel, "highest"):
		points, as = 8, "the user with the highest privileges"
	case p == "s-1-5-32-544":
		points, as = 8, "the Administrators"
	}
	if points == 0 {
		return nil
	}
	if risky {
		return []finding.Reason{{Points: points + 10, Property: finding.Privilege, Text: "runs that as " + as}}
	}
	if inWindowsFolder(t.Name) {
		return nil // most of Windows' own tasks do
	}
	if person != "" && as == "SYSTEM" {
		return []finding.Reason{{Points: points + 2, Property: finding.Privilege, Text: "runs as SYSTEM, and the user " + finding.Shorten(person, 60) + " made it"}}
	}
	return []finding.Reason{{Points: points, Property: finding.Privilege, Text: "runs as " + as}}
}

// repeats is the fact that the task runs every few minutes, by its definition or its runs.
const repeats = "repeats"

// starts are the triggers that tell by themselves, the most telling first, with the
// sentence about each.
var starts = []struct{ kind, text string }{
	{"LogonTrigger", "starts at logon"}, {"BootTrigger", "starts with Windows"},
	{"SessionStateChangeTrigger", "starts when a session changes"}, {"RegistrationTrigger", "starts as soon as it is registered"},
	{"EventTrigger", "starts at an event of its own choice"}, {"IdleTrigger", "starts when nobody works"},
}

// trigger judges when the task runs, by the kinds of its triggers that are not turned off.
func trigger(t *finding.Task, risky bool) []finding.Reason {
	if inWindowsFolder(t.Name) {
		return nil
	}
	var out []finding.Reason
	add := func(points int, fact, text string) {
		out = append(out, finding.Reason{Points: points, Property: finding.Trigger, Fact: fact, Text: text})
	}
	switch s := interval(t); {
	case s == 0 || s > 3600 || s > 600 && !risky:
	case s > 600:
		add(10, repeats, "repeats every "+seconds(s))
	case risky || s <= 120:
		add(17, repeats, "repeats every "+seconds(s))
	default:
		add(12, repeats, "repeats every "+seconds(s))
	}
	if startsBy(t, "WnfStateChangeTrigger") {
		add(14, "", "starts at a notification inside of Windows (WNF), which no tool offers")
	}
	for _, s := range starts {
		if !startsBy(t, s.kind) {
			continue
		}
		if risky {
			add(10, "", s.text)
		} else {
			add(8, "", s.text)
		}
		break
	}
	return out
}

func startsBy(t *finding.Task, kind string) bool {
	return slices.ContainsFunc(t.Starts, func(s finding.Start) bool { return s.Kind == kind && !s.Off })
}

// interval returns the shortest repetition of a task's triggers, in seconds, or 0.
func interval(t *finding.Task) int {
	best := 0
	for _, s := range t.Starts {
		if every := int(s.Every); every > 0 && !s.Off && (best == 0 || every < best) {
			best = every
		}
	}
	return best
}

func seconds(s int) string {
	if s%60 == 0 {
		return plural(s/60, "minute")
	}
	return plural(s, "second")
}

// severalActions judges a task of several actions: of Windows' own hardly any has them.
func severalActions(t *finding.Task) []finding.Reason {
	if len(t.Actions) < 2 {
		return nil
	}
	return []finding.Reason{{Points: 15, Property: finding.LifeCycle, Text: fmt.Sprintf("has %d actions; hardly any honest task has more than one", len(t.Actions))}}
}

// unread tells of a definition that breaks off. Where no other copy says what the task
// runs, that is what an analyst has to find out first; of what Windows writes hardly
// any is cut.
func unread(t *finding.Task) []finding.Reason {
	switch {
	case t.Damage == "":
		return nil
	case slices.ContainsFunc(append(t.Actions, t.Former...), func(a finding.TaskAction) bool {
		return a.Command != "" || a.ClassID != "" || a.Kind != "Exec" && a.Kind != "ComHandler"
	}):
		return []finding.Reason{{Property: finding.Store, Text: "a definition of it could not be read to its end: " + t.Damage}}
	}
	return []finding.Reason{{Points: 20, Property: finding.Store, Text: "its definition breaks off before it says what the task runs: " + t.Damage}}
}

// hidden judges the setting that takes a task out of the console's list. A quarter of
// Windows' own tasks have it, so it counts elsewhere only, and little.
func hidden(t *finding.Task) []finding.Reason {
	if !t.Hidden || inWindowsFolder(t.Name) {
		return nil
	}
	return []finding.Reason{{Points: 8, Property: finding.Store, Text: "is hidden from the console's list"}}
}

// author judges a claim to be Microsoft's that somebody else made.
func author(t *finding.Task, person string) []finding.Reason {
	if person == "" || !strings.Contains(strings.ToLower(t.Author), "microsoft") || strings.Contains(strings.ToLower(t.Author), strings.ToLower(person)) {
		return nil
	}
	return []finding.Reason{{Points: 15, Property: finding.Name, Text: fmt.Sprintf("names \"%s\" as its author, but %s made it", finding.Shorten(t.Author, 60), person)}}
}
