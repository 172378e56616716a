package types

import (
	"encoding/json"
	"math"
	"testing"
)

func TestFormatDateTime(t *testing.T) {
	for ticks, want := range map[int64]string{
		0:                  "0001-01-01T00:00:00.0000000Z",
		UnixEpoch:          "1970-01-01T00:00:00.0000000Z",
		MaxDateTime:        "9999-12-31T23:59:59.9999999Z",
		638396640000000001: "2024-01-01T00:00:00.0000001Z",
		-1:                 "-1",
	} {
		if got := FormatDateTime(ticks); got != want {
			t.Errorf("FormatDateTime(%d) = %s, want %s", ticks, got, want)
		}
	}
}

func TestCivilRoundTrip(t *testing.T) {
	for day := int64(-800_000); day < 3_700_000; day += 13 {
		y, m, d := Civil(day)
		if back := DayNumber(y, m, d); back != day {
			t.Fatalf("DayNumber(Civil(%d)) = %d (%d-%d-%d)", day, back, y, m, d)
		}
	}
}

func TestFormatTimeSpan(t *testing.T) {
	for ticks, want := range map[int64]string{
		0:                 "00:00:00",
		-1:                "-00:00:00.0000001",
		TicksPerDay:       "1.00:00:00",
		937_840_000_000:   "1.02:03:04",
		math.MinInt64:     "-10675199.02:48:05.4775808",
		90 * TicksPerHour: "3.18:00:00",
	} {
		if got := FormatTimeSpan(ticks); got != want {
			t.Errorf("FormatTimeSpan(%d) = %s, want %s", ticks, got, want)
		}
	}
}

func TestAppendJSONIsValid(t *testing.T) {
	for _, v := range []Value{
		{Type: String, Str: "a\"\\\x00\x1b[31m\u202e\n\xff"}, {Type: Real, Real: math.NaN()}, {Type: Real, Real: 1e300},
		{Type: Dynamic, Str: `{"a":1}`}, {Type: Dynamic, Str: `[1,NaN]`}, {Type: Dynamic, Str: `-inf`}, {Type: Dynamic, Str: `{"b":nan}`},
		{Type: Dynamic, Str: `["x: NaN"]`}, {Type: Dynamic, Null: true}, {Type: Bool, Int: 1}, {Type: TimeSpan, Int: 5}, {Type: GUID, Str: "x"},
	} {
		if b := AppendJSON(nil, v); !json.Valid(b) {
			t.Errorf("AppendJSON(%+v) = %s", v, b)
		}
	}
}
