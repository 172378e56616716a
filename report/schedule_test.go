package report

import "testing"

func TestSchedule(t *testing.T) {
	for in, want := range map[string]string{
		"":             "",
		"LogonTrigger": "at logon",
		"BootTrigger, LogonTrigger, LogonTrigger every PT1H":                                                                  "when Windows starts; at logon; at logon, then every hour",
		"CalendarTrigger ScheduleByDay at 2015-07-15T20:35:13.2757294":                                                        "daily, from 2015-07-15 20:35:13",
		"CalendarTrigger every PT15M ScheduleByWeek at 2022-04-08T18:25:43":                                                   "weekly, then every 15 minutes, from 2022-04-08 18:25:43",
		"CalendarTrigger ScheduleByDay at 2025-12-18T03:41:10+01:00":                                                          "daily, from 2025-12-18 03:41:10 +01:00",
		"TimeTrigger every PT5M at 2022-03-10T15:59:00":                                                                       "every 5 minutes, from 2022-03-10 15:59:00",
		"TimeTrigger every P1DT12H at 2022-03-10T15:59:00":                                                                    "every 1 day 12 hours, from 2022-03-10 15:59:00",
		"TimeTrigger every PT1740S at 2025-06-25T10:02:50":                                                                    "every 29 minutes, from 2025-06-25 10:02:50",
		"TimeTrigger at 2023-08-01T00:00:00":                                                                                  "once at 2023-08-01 00:00:00",
		"IdleTrigger (disabled)":                                                                                              "when nobody works (turned off)",
		"WnfStateChangeTrigger, WnfStateChangeTrigger":                                                                        "at a notification inside of Windows (WNF)",
		"SessionStateChangeTrigger SessionLock":                                                                               "when a session changes (SessionLock)",
		`EventTrigger <QueryList><Query Id="0" Path="Security"><Select Path="Security">*[System[(EventID=4625)]], x</Select>`: "at event 4625 of the log Security",
		"minute 5":           "every 5 minutes",
		"hourly 1":           "every hour",
		"onlogon":            "at logon",
		"13:00":              "13:00",
		"täglich":            "täglich",
		"NewTrigger unknown": "NewTrigger unknown",
	} {
		if got := schedule(in); got != want {
			t.Errorf("%q: %q, want %q", in, got, want)
		}
	}
}
