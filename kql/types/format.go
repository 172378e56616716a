package types

import (
	"encoding/json"
	"math"
	"strconv"
	"strings"
)

// Ticks of 100 ns.
const (
	TicksPerMillisecond = 10_000
	TicksPerSecond      = 10_000_000
	TicksPerMinute      = 60 * TicksPerSecond
	TicksPerHour        = 60 * TicksPerMinute
	TicksPerDay         = 24 * TicksPerHour
	// MaxDateTime is 9999-12-31T23:59:59.9999999Z, the last instant of a datetime.
	MaxDateTime = 3155378975999999999
	// UnixEpoch is 1970-01-01 in ticks since 0001-01-01.
	UnixEpoch = 621355968000000000
)

// FormatDateTime renders ticks since 0001-01-01 as 2006-01-02T15:04:05.0000000Z;
// ticks outside of a datetime's range are rendered as digits.
func FormatDateTime(ticks int64) string {
	if ticks < 0 || ticks > MaxDateTime {
		return strconv.FormatInt(ticks, 10)
	}
	y, m, d := Civil(ticks / TicksPerDay)
	t := ticks % TicksPerDay
	b := make([]byte, 0, 28)
	b = pad(b, int64(y), 4)
	b = pad(append(b, '-'), int64(m), 2)
	b = pad(append(b, '-'), int64(d), 2)
	b = clock(append(b, 'T'), uint64(t))
	b = pad(append(b, '.'), t%TicksPerSecond, 7)
	return string(append(b, 'Z'))
}

// FormatTimeSpan renders ticks as Kusto does: [-][d.]hh:mm:ss[.fffffff].
func FormatTimeSpan(ticks int64) string {
	b := make([]byte, 0, 28)
	u := uint64(ticks)
	if ticks < 0 {
		b = append(b, '-')
		u = -u
	}
	if d := u / TicksPerDay; d > 0 {
		b = append(strconv.AppendUint(b, d, 10), '.')
	}
	b = clock(b, u%TicksPerDay)
	if f := u % TicksPerSecond; f > 0 {
		b = pad(append(b, '.'), int64(f), 7)
	}
	return string(b)
}

func clock(b []byte, ticks uint64) []byte {
	b = pad(b, int64(ticks/TicksPerHour), 2)
	b = pad(append(b, ':'), int64(ticks/TicksPerMinute%60), 2)
	return pad(append(b, ':'), int64(ticks/TicksPerSecond%60), 2)
}

func pad(b []byte, n int64, width int) []byte {
	s := strconv.FormatInt(n, 10)
	for range width - len(s) {
		b = append(b, '0')
	}
	return append(b, s...)
}

// Civil gives the proleptic Gregorian date of a day number, day 0 being
// 0001-01-01.
func Civil(day int64) (year, month, dom int) {
	z := day + 306 // days since 0000-03-01
	era := z / 146097
	if z < 0 {
		era = (z - 146096) / 146097
	}
	doe := z - era*146097
	yoe := (doe - doe/1460 + doe/36524 - doe/146096) / 365
	y := yoe + era*400
	doy := doe - (365*yoe + yoe/4 - yoe/100)
	mp := (5*doy + 2) / 153
	d := doy - (153*mp+2)/5 + 1
	m := mp + 3
	if m > 12 {
		m, y = m-12, y+1
	}
	return int(y), int(m), int(d)
}

// DayNumber is the inverse of Civil.
func DayNumber(year, month, dom int) int64 {
	y, m := int64(year), int64(month)
	if m <= 2 {
		y, m = y-1, m+12
	}
	era := y / 400
	if y < 0 {
		era = (y - 399) / 400
	}
	yoe := y - era*400
	doy := (153*(m-3)+2)/5 + int64(dom) - 1
	doe := yoe*365 + yoe/4 - yoe/100 + doy
	return era*146097 + doe - 306
}

// AppendJSON appends v in the form of `goshawk query --format json`: datetime and
// timespan as their text, dynamic as JSON, NaN and the infinities as the strings
// "NaN", "Infinity" and "-Infinity", null as null.
func AppendJSON(b []byte, v Value) []byte {
	if v.Null {
		return append(b, "null"...)
	}
	switch v.Type {
	case Bool:
		return strconv.AppendBool(b, v.Int != 0)
	case Int, Long:
		return strconv.AppendInt(b, v.Int, 10)
	case Real:
		switch {
		case math.IsNaN(v.Real):
			return append(b, `"NaN"`...)
		case math.IsInf(v.Real, 1):
			return append(b, `"Infinity"`...)
		case math.IsInf(v.Real, -1):
			return append(b, `"-Infinity"`...)
		}
		return strconv.AppendFloat(b, v.Real, 'g', -1, 64)
	case DateTime:
		return quote(b, FormatDateTime(v.Int))
	case TimeSpan:
		return quote(b, FormatTimeSpan(v.Int))
	case Dynamic, Decimal:
		if v.Str == "" {
			return append(b, "null"...)
		}
		if mayHoldNaN(v.Str) && !json.Valid([]byte(v.Str)) {
			return quote(b, v.Str)
		}
		return append(b, v.Str...)
	}
	return quote(b, v.Str)
}

// mayHoldNaN tells whether the text of a dynamic has a word as JSON has none, outside a string
// or in it: engines read NaN and inf as numbers.
func mayHoldNaN(s string) bool {
	for i := 0; i < len(s); i++ {
		word := i == 0 || s[i-1] == '[' || s[i-1] == ':' || s[i-1] == ',' || s[i-1] == '-' || s[i-1] == ' '
		if word && (s[i] == 'N' || s[i] == 'I' || s[i] == 'i' || s[i] == 'n' && !strings.HasPrefix(s[i:], "null")) {
			return true
		}
	}
	return false
}

const hexDigits = "0123456789abcdef"

// quote appends s as a JSON string; invalid UTF-8 becomes U+FFFD, and characters
// that terminals or HTML parsers act on are escaped.
func quote(b []byte, s string) []byte {
	b = append(b, '"')
	for _, r := range s {
		switch {
		case r == '"' || r == '\\':
			b = append(b, '\\', byte(r))
		case r == '\n':
			b = append(b, `\n`...)
		case r == '\r':
			b = append(b, `\r`...)
		case r == '\t':
			b = append(b, `\t`...)
		case r < 0x20, r >= 0x7f && r < 0xa0, r >= 0x2028 && r <= 0x202e, r >= 0x2066 && r <= 0x2069:
			b = append(b, '\\', 'u', hexDigits[r>>12&15], hexDigits[r>>8&15], hexDigits[r>>4&15], hexDigits[r&15])
		default:
			b = append(b, string(r)...)
		}
	}
	return append(b, '"')
}

// Text renders v for people and for CSV: strings as they are, null as "".
func (v Value) Text() string {
	if v.Null {
		return ""
	}
	switch v.Type {
	case DateTime:
		return FormatDateTime(v.Int)
	case TimeSpan:
		return FormatTimeSpan(v.Int)
	case Bool, Int, Long:
		return string(AppendJSON(nil, v))
	case Real:
		return strconv.FormatFloat(v.Real, 'g', -1, 64)
	}
	return v.Str
}
