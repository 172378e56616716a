package types

import "testing"

func TestParseDateTime(t *testing.T) {
	for _, c := range []struct{ in, want string }{
		{"2024-01-31", "2024-01-31T00:00:00.0000000Z"},
		{"2015-12-31 23:59:59.9", "2015-12-31T23:59:59.9000000Z"},
		{"2014-05-25T08:20:03.1234567Z", "2014-05-25T08:20:03.1234567Z"},
		{"2014-05-25T08:20:03.12345678Z", "2014-05-25T08:20:03.1234567Z"},
		{"2014-11-08 15:55", "2014-11-08T15:55:00.0000000Z"},
		{"2014-11-08T15:55:02+02:00", "2014-11-08T13:55:02.0000000Z"},
		{"2014-11-08T15:55:02-0330", "2014-11-08T19:25:02.0000000Z"},
		{"Sat, 8 Nov 14 15:05:02 GMT", "2014-11-08T15:05:02.0000000Z"},
		{"Sat, 08 Nov 2014 15:05", "2014-11-08T15:05:00.0000000Z"},
		{"08-Nov-14 15:05:02 UTC", "2014-11-08T15:05:02.0000000Z"},
		{"12/31/2014 5:04 PM", "2014-12-31T17:04:00.0000000Z"},
		{"20240131", "2024-01-31T00:00:00.0000000Z"},
		{"0001-01-01", "0001-01-01T00:00:00.0000000Z"},
		{"9999-12-31T23:59:59.9999999Z", "9999-12-31T23:59:59.9999999Z"},
	} {
		got, ok := ParseDateTime(c.in)
		if !ok || FormatDateTime(got) != c.want {
			t.Errorf("%q: got %s, %v; want %s", c.in, FormatDateTime(got), ok, c.want)
		}
	}
	for _, bad := range []string{"", "x", "2024-13-01", "2024-02-30", "2024-01-01T25:00:00", "0000-01-01", "10000-01-01", "2024-01-01T10:61", "0001-01-01T00:00:00+01:00"} {
		if got, ok := ParseDateTime(bad); ok {
			t.Errorf("%q: got %s, want an error", bad, FormatDateTime(got))
		}
	}
}

func TestParseTimeSpan(t *testing.T) {
	for _, c := range []struct {
		in   string
		want int64
	}{
		{"1d", TicksPerDay}, {"2.5h", 5 * TicksPerHour / 2}, {"15 seconds", 15 * TicksPerSecond}, {"0.12345s", 1234500},
		{"1tick", 1}, {"100ms", 100 * TicksPerMillisecond}, {"10microseconds", 100}, {"2", 2 * TicksPerDay},
		{"01:02", TicksPerHour + 2*TicksPerMinute}, {"1.02:03:04.0000005", TicksPerDay + 2*TicksPerHour + 3*TicksPerMinute + 4*TicksPerSecond + 5},
		{"-00:00:01", -TicksPerSecond}, {"350nanoseconds", 3},
	} {
		if got, ok := ParseTimeSpan(c.in); !ok || got != c.want {
			t.Errorf("%q: got %d, %v; want %d", c.in, got, ok, c.want)
		}
	}
	for _, bad := range []string{"", "d", "1fortnight", "24:00:00", "1:60", "1:2:3:4", "99999999999999999999d"} {
		if got, ok := ParseTimeSpan(bad); ok {
			t.Errorf("%q: got %d, want an error", bad, got)
		}
	}
}
