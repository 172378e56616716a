package score

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
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

var (
	isoInterval  = regexp.MustCompile(`\bPT(?:(\d+)H)?(?:(\d+)M)?(?:(\d+)S)?\b`)
	everyMinutes = regexp.MustCompile(`(?i)\bminute\s+(\d+)`)
)

// repeats is the fact that the task runs every few minutes, by its definition or its runs.
const repeats = "repeats"

// trigger judges when the task runs.
func trigger(t *finding.Task, risky bool) []finding.Reason {
	if t.Triggers == "" {
		return nil
	}
	var out []finding.Reason
	lower := strings.ToLower(t.Triggers)
	if s := interval(t.Triggers); s > 0 && s <= 600 && !inWindowsFolder(t.Name) {
		points := 12
		if risky || s <= 120 {
			points = 17
		}
		out = append(out, finding.Reason{Points: points, Property: finding.Trigger, Fact: repeats, Text: "repeats every " + seconds(s)})
	} else if s > 600 && s <= 3600 && risky && !inWindowsFolder(t.Name) {
		out = append(out, finding.Reason{Points: 10, Property: finding.Trigger, Fact: repeats, Text: "repeats every " + seconds(s)})
	}
	if strings.Contains(lower, "wnf") && !inWindowsFolder(t.Name) {
		out = append(out, finding.Reason{Points: 14, Property: finding.Trigger, Text: "starts at a notification inside of Windows (WNF), which no tool offers"})
	}
	for _, k := range []struct{ word, text string }{
		{"logon", "starts at logon"}, {"boot", "starts with Windows"}, {"onstart", "starts with Windows"},
		{"sessionstatechange", "starts when a session changes"}, {"registration", "starts as soon as it is registered"},
		{"event", "starts at an event of its own choice"}, {"onidle", "starts when nobody works"}, {"idletrigger", "starts when nobody works"},
	} {
		if strings.Contains(lower, k.word) && !inWindowsFolder(t.Name) {
			points := 8
			if risky {
				points = 10
			}
			out = append(out, finding.Reason{Points: points, Property: finding.Trigger, Text: k.text})
			break
		}
	}
	return out
}

// interval returns the shortest repetition named in a trigger text, in seconds, or 0.
func interval(text string) int {
	best := 0
	keep := func(s int) {
		if s > 0 && (best == 0 || s < best) {
			best = s
		}
	}
	for _, m := range isoInterval.FindAllStringSubmatch(text, 32) {
		keep(number(m[1])*3600 + number(m[2])*60 + number(m[3]))
	}
	for _, m := range everyMinutes.FindAllStringSubmatch(text, 32) {
		keep(number(m[1]) * 60)
	}
	return best
}

func number(s string) int {
	n, err := strconv.Atoi(s)
	if err != nil || n < 0 || n > 1<<20 {
		return 0
	}
	return n
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
