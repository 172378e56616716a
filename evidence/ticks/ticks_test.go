package ticks

import (
	"testing"
	"time"

	"github.com/goshawk-hunt/goshawk/evidence"
)

func TestParse(t *testing.T) {
	for _, c := range []struct {
		in    string
		want  string
		zoned bool
	}{
		{"2022-11-07T17:07:42.0259186Z", "2022-11-07T17:07:42.0259186Z", true},
		{"2022-11-07T17:07:42.025918699Z", "2022-11-07T17:07:42.0259186Z", true},
		{"2021-08-02T13:06:38.2Z", "2021-08-02T13:06:38.2000000Z", true},
		{"2021-01-27T11:40:36Z", "2021-01-27T11:40:36.0000000Z", true},
		{"2020-10-21 12:19:01.088", "2020-10-21T12:19:01.0880000Z", false},
		{"2020-09-21 03:15:45", "2020-09-21T03:15:45.0000000Z", false},
		{"2020-09-21T03:15:45+02:00", "2020-09-21T01:15:45.0000000Z", true},
		{"2020-09-21T03:15:45.5-0530", "2020-09-21T08:45:45.5000000Z", true},
		{"2020-09-21T03:15:45 +02", "2020-09-21T01:15:45.0000000Z", true},
		{"2020-09-21 03:15:45 UTC", "2020-09-21T03:15:45.0000000Z", true},
		{"2020-09-21", "2020-09-21T00:00:00.0000000Z", false},
		{"10/25/2023, 9:43:21.994 AM", "2023-10-25T09:43:21.9940000Z", false},
		{"10/25/2023, 12:00:01.5\u202fAM", "2023-10-25T00:00:01.5000000Z", false},
		{"10/25/2023 12:00:01 pm", "2023-10-25T12:00:01.0000000Z", false},
		{"25.10.2023, 09:43:21,994", "2023-10-25T09:43:21.9940000Z", false},
		{"Oct 25, 2023 9:43:21 AM", "2023-10-25T09:43:21.0000000Z", false},
		{"October 25, 2023, 9:43:21.994 PM", "2023-10-25T21:43:21.9940000Z", false},
		{"5 May 2024 00:00:01 UTC", "2024-05-05T00:00:01.0000000Z", true},
		{"/Date(1603282741088)/", "2020-10-21T12:19:01.0880000Z", true},
		{"/Date(1603282741088+0200)/", "2020-10-21T12:19:01.0880000Z", true},
		{"0001-01-01T00:00:00Z", "0001-01-01T00:00:00.0000000Z", true},
		{"9999-12-31T23:59:59.9999999Z", "9999-12-31T23:59:59.9999999Z", true},
		{"2024-02-29T00:00:00Z", "2024-02-29T00:00:00.0000000Z", true},
	} {
		got, ok := Parse(c.in)
		if !ok || evidence.FormatTime(got.Ticks) != c.want || got.Zoned != c.zoned {
			t.Errorf("Parse(%q) = %s zoned %v ok %v, want %s zoned %v", c.in, evidence.FormatTime(got.Ticks), got.Zoned, ok, c.want, c.zoned)
		}
	}
	for _, bad := range []string{
		"", "x", "2023", "2023-13-01", "2023-02-29", "2023-00-10", "2023-01-01T", "2023-01-01T25:00:00Z", "2023-01-01T10:60:00Z",
		"2023-01-01T10:00:61Z", "2023-01-01T10:00:00.Z", "2023-01-01T10:00:00Q", "2023-01-01T10:00:00+1", "10-25-2023",
		"13/13/2023, 1:00:00 AM", "1/1/2023, 13:00:00 AM", "0001-01-01T00:00:00+01:00", "9999-12-31T23:59:59-01:00", "/Date(x)/", "/Date(1", "2023-01/01",
	} {
		if got, ok := Parse(bad); ok {
			t.Errorf("Parse(%q) = %s, want none", bad, evidence.FormatTime(got.Ticks))
		}
	}
}

func TestOrder(t *testing.T) {
	got, ok := ParseOrder("03/04/2023, 09:43:21.994", DayFirst)
	if want := "2023-04-03T09:43:21.9940000Z"; !ok || evidence.FormatTime(got.Ticks) != want {
		t.Errorf("day first: %s, want %s", evidence.FormatTime(got.Ticks), want)
	}
	for in, want := range map[string]struct {
		o    Order
		sure bool
	}{
		"25/10/2023, 1:00:00": {DayFirst, true}, "10/25/2023": {MonthFirst, true}, "10/10/2023": {MonthFirst, false}, "x": {MonthFirst, false},
	} {
		if o, sure := GuessOrder(in); o != want.o || sure != want.sure {
			t.Errorf("GuessOrder(%q) = %v %v", in, o, sure)
		}
	}
}

func TestEpoch(t *testing.T) {
	for in, want := range map[string]string{
		"1549731924.6727583":    "2019-02-09T17:05:24.6727583Z",
		"1549731924.6727583999": "2019-02-09T17:05:24.6727583Z",
		"1549731924":            "2019-02-09T17:05:24.0000000Z",
		"1549731924672":         "2019-02-09T17:05:24.6720000Z",
		"1549731924672758":      "2019-02-09T17:05:24.6727580Z",
		"1549731924672758399":   "2019-02-09T17:05:24.6727583Z",
		"-1":                    "1969-12-31T23:59:59.0000000Z",
		"0":                     "1970-01-01T00:00:00.0000000Z",
	} {
		got, ok := Epoch(in)
		if !ok || evidence.FormatTime(got) != want {
			t.Errorf("Epoch(%q) = %s %v, want %s", in, evidence.FormatTime(got), ok, want)
		}
	}
	for _, bad := range []string{"", "-", "1e9", ".5", "999999999999999999999", "1.2.3"} {
		if _, ok := Epoch(bad); ok {
			t.Errorf("Epoch(%q) is ok", bad)
		}
	}
}

func TestEveryDay(t *testing.T) {
	at := time.Date(1, 1, 1, 0, 0, 0, 0, time.UTC)
	for n := int64(0); n < 3652059; n += 13 {
		s := at.Format("2006-01-02")
		if got, ok := Parse(s); !ok || got.Ticks != n*day {
			t.Fatalf("Parse(%q) = %d, want %d", s, got.Ticks, n*day)
		}
		at = at.AddDate(0, 0, 13)
	}
}

func FuzzParse(f *testing.F) {
	for _, s := range []string{"2022-11-07T17:07:42.0259186Z", "10/25/2023, 9:43:21.994 AM", "/Date(1603282741088)/", "25.10.2023, 09:43:21,994", "1549731924.6727583"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		for _, o := range []Order{MonthFirst, DayFirst} {
			got, ok := ParseOrder(s, o)
			if !ok {
				continue
			}
			again, ok := Parse(evidence.FormatTime(got.Ticks))
			if !ok || again.Ticks != got.Ticks {
				t.Fatalf("%q: %d, again %d", s, got.Ticks, again.Ticks)
			}
		}
		if v, ok := Epoch(s); ok && !inRange(v) {
			t.Fatalf("%q: %d out of range", s, v)
		}
	})
}
