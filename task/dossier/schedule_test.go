package dossier

import (
	"fmt"
	"strings"
	"testing"
)

func TestSchedule(t *testing.T) {
	for in, want := range map[string]string{
		"":                    "",
		`{"LogonTrigger":{}}`: "at logon",
		`{"LogonTrigger":[{},{"Repetition":{"Interval":"PT1H"}},{}],"BootTrigger":{}}`:                                      "when Windows starts; at logon; at logon, then every hour",
		`{"CalendarTrigger":{"ScheduleByDay":{"DaysInterval":"1"},"StartBoundary":"2015-07-15T20:35:13.2757294"}}`:          "daily, from 2015-07-15 20:35:13",
		`{"CalendarTrigger":{"ScheduleByWeek":{},"Repetition":{"Interval":"PT15M"},"StartBoundary":"2022-04-08T18:25:43"}}`: "weekly, then every 15 minutes, from 2022-04-08 18:25:43",
		`{"CalendarTrigger":{"ScheduleByDay":{},"StartBoundary":"2025-12-18T03:41:10+01:00"}}`:                              "daily, from 2025-12-18 03:41:10 +01:00",
		`{"TimeTrigger":{"Repetition":{"Interval":"PT5M"},"StartBoundary":"2022-03-10T15:59:00"}}`:                          "every 5 minutes, from 2022-03-10 15:59:00",
		`{"TimeTrigger":{"Repetition":{"Interval":"P1DT12H"},"StartBoundary":"2022-03-10T15:59:00"}}`:                       "every 1 day 12 hours, from 2022-03-10 15:59:00",
		`{"TimeTrigger":{"Repetition":{"Interval":"PT1740S"},"StartBoundary":"2025-06-25T10:02:50"}}`:                       "every 29 minutes, from 2025-06-25 10:02:50",
		`{"TimeTrigger":{"StartBoundary":"2023-08-01T00:00:00"}}`:                                                           "once at 2023-08-01 00:00:00",
		`{"TimeTrigger":{"StartBoundary":"2023-08-01T00:00:00","Enabled":"false"}}`:                                         "once at 2023-08-01 00:00:00 (turned off)",
		`{"IdleTrigger":{"Enabled":"false"}}`:                                                                               "when nobody works (turned off)",
		`{"WnfStateChangeTrigger":[{},{}]}`:                                                                                 "at a notification inside of Windows (WNF)",
		`{"SessionStateChangeTrigger":{"StateChange":"SessionLock"}}`:                                                       "when a session changes (SessionLock)",
		`{"EventTrigger":{"Subscription":"<Select Path=\"Security\">*[System[(EventID=4625)]], BootTrigger</Select>"}}`:     "at event 4625 of the log Security",
		`{"NewTrigger":{"Repetition":{"Interval":"PT5M"}}}`:                                                                 "NewTrigger every PT5M",
		`["LogonTrigger","BootTrigger"]`:                                                                                    "at logon; when Windows starts",
		"minute 5":                                                                                                          "every 5 minutes",
		"hourly 1":                                                                                                          "every hour",
		"onlogon":                                                                                                           "at logon",
		"13:00":                                                                                                             "13:00",
		"täglich":                                                                                                           "täglich",
	} {
		if got := Schedule(in); got != want {
			t.Errorf("%s: %q, want %q", in, got, want)
		}
	}
}

func TestStarts(t *testing.T) {
	for in, want := range map[string]string{
		"":                    "[]",
		`{"LogonTrigger":{}}`: "[{LogonTrigger 0 false}]",
		`{"LogonTrigger":[{},{"Repetition":{"Interval":"PT1H"}},{}],"BootTrigger":{"Enabled":"false"}}`: "[{BootTrigger 0 true} {LogonTrigger 0 false} {LogonTrigger 3600 false}]",
		// what an event's subscription or a state says is no trigger
		`{"EventTrigger":{"Subscription":"<Select Path=\"Security\">*[EventData[Data='logon boot wnf minute 1 PT1M']]</Select>"}}`: "[{EventTrigger 0 false}]",
		`{"SessionStateChangeTrigger":{"StateChange":"SessionLogon"}}`:                                                             "[{SessionStateChangeTrigger 0 false}]",
		`{"TimeTrigger":{"Repetition":{"Interval":"P1DT12H"}}}`:                                                                    "[{TimeTrigger 129600 false}]",
		`{"TimeTrigger":{"Repetition":{"Interval":"often"}}}`:                                                                      "[{TimeTrigger 0 false}]",
		`["LogonTrigger","BootTrigger"]`:                                                                                           "[{LogonTrigger 0 false} {BootTrigger 0 false}]",
		"LogonTrigger, BootTrigger":                                                                                                "[{LogonTrigger 0 false} {BootTrigger 0 false}]",
		"minute 5":                                                                                                                 "[{TimeTrigger 300 false}]",
		"minute":                                                                                                                   "[{TimeTrigger 60 false}]",
		"hourly 2":                                                                                                                 "[{TimeTrigger 7200 false}]",
		"ONLOGON":                                                                                                                  "[{LogonTrigger 0 false}]",
		"onevent system":                                                                                                           "[{EventTrigger 0 false}]",
		"13:00":                                                                                                                    "[]",
		"every logon or boot":                                                                                                      "[]",
	} {
		if got := fmt.Sprint(Starts(in)); got != want {
			t.Errorf("%s: %s, want %s", in, got, want)
		}
	}
	many := `{"TimeTrigger":[` + strings.Repeat(`{"Repetition":{"Interval":"PT5M"}},`, 1000) + `{"Repetition":{"Interval":"PT1M"}}]}`
	if got := fmt.Sprint(Starts(many)); got != "[{TimeTrigger 300 false} {TimeTrigger 60 false}]" {
		t.Errorf("the last of many: %s", got)
	}
}
