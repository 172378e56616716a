package report

import (
	"regexp"
	"strconv"
	"strings"
)

var (
	nextTrigger  = regexp.MustCompile(`, [A-Z][A-Za-z]*Trigger\b`)
	triggerEvery = regexp.MustCompile(`\bevery (P[0-9A-Z.]+)`)
	triggerStart = regexp.MustCompile(`\bat (\d{4}-\d\d-\d\d)T(\d\d:\d\d(?::\d\d)?)(?:\.\d+)?(Z|[+-]\d\d:\d\d)?$`)
	isoDuration  = regexp.MustCompile(`^P(?:(\d+)M)?(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+)S)?)?$`)
	eventPath    = regexp.MustCompile(`Path=["']([^"']+)["']`)
	eventNumber  = regexp.MustCompile(`EventI[Dd]\s*=\s*'?(\d+)`)
	asked        = regexp.MustCompile(`^(minute|hourly|daily|weekly|monthly)\s+(\d+)$`)
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

// schedules are the calendars of definitions.
var schedules = []struct{ name, word string }{
	{"ScheduleByDay", "daily"}, {"ScheduleByWeek", "weekly"}, {"ScheduleByMonthDayOfWeek", "monthly"}, {"ScheduleByMonth", "monthly"},
}

// schedule says in plain words when a task runs. text is what a finding has of its triggers;
// what is not known to it stays as it is.
func schedule(text string) string {
	var parts []string
	for text != "" {
		end := len(text)
		if at := nextTrigger.FindStringIndex(text); at != nil {
			end = at[0]
		}
		part := scheduleOne(strings.TrimSpace(text[:end]))
		if len(parts) == 0 || parts[len(parts)-1] != part {
			parts = append(parts, part)
		}
		text = strings.TrimPrefix(text[end:], ", ")
	}
	return strings.Join(parts, "; ")
}

func scheduleOne(text string) string {
	kind, rest, _ := strings.Cut(text, " ")
	if m := asked.FindStringSubmatch(strings.ToLower(text)); m != nil {
		unit := map[string]string{"minute": "minute", "hourly": "hour", "daily": "day", "weekly": "week", "monthly": "month"}[m[1]]
		return every(m[2], unit)
	}
	words, ok := triggerWords[kind]
	if !ok {
		return text
	}
	off := ""
	if s, cut := strings.CutSuffix(rest, "(disabled)"); cut {
		rest, off = strings.TrimSpace(s), " (turned off)"
	}
	start := ""
	if m := triggerStart.FindStringSubmatch(rest); m != nil {
		start = m[1] + " " + m[2]
		if m[3] != "" && m[3] != "Z" {
			start += " " + m[3]
		}
	}
	for _, s := range schedules {
		if strings.Contains(rest, s.name) {
			words = s.word
			break
		}
	}
	if kind == "EventTrigger" {
		if m := eventPath.FindStringSubmatch(rest); m != nil {
			words += " of the log " + m[1]
		}
		if m := eventNumber.FindStringSubmatch(rest); m != nil {
			words = strings.Replace(words, "an event", "event "+m[1], 1)
		}
	}
	if kind == "SessionStateChangeTrigger" {
		if state, _, _ := strings.Cut(rest, " "); state != "" && !strings.Contains(state, "(") && state != "every" {
			words += " (" + state + ")"
		}
	}
	if m := triggerEvery.FindStringSubmatch(rest); m != nil {
		switch repeated := duration(m[1]); kind {
		case "TimeTrigger":
			words = repeated
		default:
			words += ", then " + repeated
		}
	}
	switch {
	case start == "":
	case kind == "TimeTrigger" && words == "once":
		words += " at " + start
	default:
		words += ", from " + start
	}
	return words + off
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
