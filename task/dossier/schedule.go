package dossier

import (
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/goshawk-hunt/goshawk/finding"
)

var (
	boundary    = regexp.MustCompile(`^(\d{4}-\d\d-\d\d)T(\d\d:\d\d(?::\d\d)?)(?:\.\d+)?(Z|[+-]\d\d:\d\d)?$`)
	isoDuration = regexp.MustCompile(`^P(?:(\d+)M)?(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+)S)?)?$`)
	eventPath   = regexp.MustCompile(`Path=["']([^"']+)["']`)
	eventNumber = regexp.MustCompile(`EventI[Dd]\s*=\s*'?(\d+)`)
	asked       = regexp.MustCompile(`^(minute|hourly|daily|weekly|monthly)\s+(\d+)$`)
)

// triggerWords are the triggers of definitions, and the schedules of schtasks, that need
// no more than themselves.
var triggerWords = map[string]string{
	"LogonTrigger": "at logon", "BootTrigger": "when Windows starts", "IdleTrigger": "when nobody works",
	"RegistrationTrigger": "as soon as it is registered", "WnfStateChangeTrigger": "at a notification inside of Windows (WNF)",
	"SessionStateChangeTrigger": "when a session changes", "EventTrigger": "at an event", "TimeTrigger": "once", "CalendarTrigger": "by calendar",
	"onlogon": "at logon", "onstart": "when Windows starts", "onidle": "when nobody works", "once": "once", "onevent": "at an event",
	"daily": "daily", "weekly": "weekly", "monthly": "monthly", "hourly": "every hour", "minute": "every minute",
}

// calendars are the kinds of a definition's calendars.
var calendars = []struct{ name, word string }{
	{"ScheduleByDay", "daily"}, {"ScheduleByWeek", "weekly"}, {"ScheduleByMonth", "monthly"}, {"ScheduleByMonthDayOfWeek", "monthly"},
}

// Starting says what starts a task, in the words of definitions, in plain words and as data.
// text is what Triggers and Schedule take.
func Starting(text string) finding.Starting {
	return finding.Starting{Triggers: Triggers(text), Schedule: Schedule(text), Starts: Starts(text)}
}

// Schedule says in plain words when a task runs. text is what Triggers takes, or what a
// command line asked for ("minute 5"); what has no words stays as it is.
func Schedule(text string) string {
	list, ok := triggers(text)
	if !ok {
		return wordsAsked(strings.TrimSpace(text))
	}
	var parts []string
	for i, t := range list {
		if i == maxTriggers {
			parts = append(parts, more(len(list)))
			break
		}
		if words := t.words(); !slices.Contains(parts, words) {
			parts = append(parts, words)
		}
	}
	return strings.Join(parts, "; ")
}

// wordsAsked says what a schedule of schtasks is.
func wordsAsked(text string) string {
	if m := asked.FindStringSubmatch(strings.ToLower(text)); m != nil {
		unit := map[string]string{"minute": "minute", "hourly": "hour", "daily": "day", "weekly": "week", "monthly": "month"}[m[1]]
		return every(m[2], unit)
	}
	if words, ok := triggerWords[text]; ok {
		return words
	}
	return text
}

// words says in plain words when one trigger starts its task.
func (t *trigger) words() string {
	words, ok := triggerWords[t.kind]
	if !ok {
		return t.String()
	}
	if t.calendar != "" {
		words = t.calendar
	}
	switch t.kind {
	case "EventTrigger":
		if m := eventNumber.FindStringSubmatch(t.subscription); m != nil {
			words = "at event " + m[1]
		}
		if m := eventPath.FindStringSubmatch(t.subscription); m != nil {
			words += " of the log " + m[1]
		}
	case "SessionStateChangeTrigger":
		if t.state != "" {
			words += " (" + t.state + ")"
		}
	}
	once := t.kind == "TimeTrigger" && t.every == ""
	switch {
	case t.every == "":
	case t.kind == "TimeTrigger":
		words = duration(t.every)
	default:
		words += ", then " + duration(t.every)
	}
	if m := boundary.FindStringSubmatch(t.start); m != nil {
		start := m[1] + " " + m[2]
		if m[3] != "" && m[3] != "Z" {
			start += " " + m[3]
		}
		if once {
			words += " at " + start
		} else {
			words += ", from " + start
		}
	}
	if t.disabled {
		words += " (turned off)"
	}
	return words
}

// duration says how often something comes that comes every so long in ISO 8601.
func duration(iso string) string {
	m := isoDuration.FindStringSubmatch(iso)
	if m == nil {
		return "every " + iso
	}
	var out, numbers, units []string
	for i, unit := range []string{"month", "day", "hour", "minute", "second"} {
		if m[i+1] == "" || m[i+1] == "0" {
			continue
		}
		if len(m[i+1]) > 6 {
			return "every " + iso
		}
		if n, err := strconv.Atoi(m[i+1]); err == nil && unit == "second" && n%60 == 0 && len(out) == 0 {
			m[i+1], unit = strconv.Itoa(n/60), "minute"
		}
		numbers, units = append(numbers, m[i+1]), append(units, unit)
		if n, err := strconv.Atoi(m[i+1]); err != nil || n != 1 {
			unit += "s"
		}
		out = append(out, m[i+1]+" "+unit)
	}
	switch len(out) {
	case 0:
		return "every " + iso
	case 1:
		return every(numbers[0], units[0])
	}
	return "every " + strings.Join(out, " ")
}

// every writes "every minute", "every 5 minutes".
func every(number, unit string) string {
	if n, err := strconv.Atoi(number); err == nil && n == 1 {
		return "every " + unit
	}
	return "every " + number + " " + unit + "s"
}

// maxStarts bounds the different triggers of one task that are kept as data.
const maxStarts = 64

// Starts are a task's triggers as data, equal ones once. text is what Schedule takes; of
// words that are no schedule of schtasks' there are none.
func Starts(text string) []finding.Start {
	list, ok := triggers(text)
	if !ok {
		return startsAsked(text)
	}
	var out []finding.Start
	for i := range list {
		t := &list[i]
		s := finding.Start{Kind: t.kind, Every: seconds(t.every), Off: t.disabled}
		if len(out) < maxStarts && !slices.Contains(out, s) {
			out = append(out, s)
		}
	}
	return out
}

// kindsAsked are the triggers that the schedules of schtasks make.
var kindsAsked = map[string]string{
	"onlogon": "LogonTrigger", "onstart": "BootTrigger", "onidle": "IdleTrigger", "onevent": "EventTrigger", "once": "TimeTrigger",
	"minute": "TimeTrigger", "hourly": "TimeTrigger", "daily": "CalendarTrigger", "weekly": "CalendarTrigger", "monthly": "CalendarTrigger",
}

// startsAsked are the triggers that schtasks makes of a schedule such as "minute 5", or
// the kinds that stand alone in text.
func startsAsked(text string) []finding.Start {
	fields := strings.Fields(strings.ToLower(text))
	if len(fields) == 0 {
		return nil
	}
	kind, ok := kindsAsked[fields[0]]
	if !ok {
		return startsNamed(text)
	}
	s := finding.Start{Kind: kind}
	if unit := map[string]int64{"minute": 60, "hourly": 3600}[fields[0]]; unit > 0 {
		s.Every = unit
		if len(fields) > 1 {
			if n, err := strconv.ParseInt(fields[1], 10, 32); err == nil && n > 0 {
				s.Every = n * unit
			}
		}
	}
	return []finding.Start{s}
}

// startsNamed are the kinds of triggers that a text lists and nothing else.
func startsNamed(text string) []finding.Start {
	var out []finding.Start
	for _, kind := range strings.FieldsFunc(text, func(r rune) bool { return r == ',' || r == ';' || r == ' ' }) {
		if _, ok := triggerWords[kind]; !ok || !strings.HasSuffix(kind, "Trigger") {
			return nil
		}
		if s := (finding.Start{Kind: kind}); !slices.Contains(out, s) {
			out = append(out, s)
		}
	}
	return out
}

// seconds is how long a duration of ISO 8601 is, 0 for what is none. A month has 30 days.
func seconds(iso string) int64 {
	m := isoDuration.FindStringSubmatch(iso)
	if m == nil {
		return 0
	}
	total := int64(0)
	for i, unit := range []int64{30 * 86400, 86400, 3600, 60, 1} {
		if n, err := strconv.ParseInt(m[i+1], 10, 32); err == nil {
			total += n * unit
		}
	}
	return total
}
