package evidence

import (
	"encoding/hex"
	"math"
	"strconv"
	"strings"
)

// TicksPerSecond is the resolution of all times in evidence: 100 ns.
const TicksPerSecond = 10_000_000

// FiletimeEpoch is 1601-01-01 in ticks since 0001-01-01.
const FiletimeEpoch = 504911232000000000

// UnixEpoch is 1970-01-01 in ticks since 0001-01-01.
const UnixEpoch = 621355968000000000

// Text renders v as Windows does in event XML: Hex as 0x.., Bool as true or
// false, Binary as upper-case hexadecimal, Null as "".
func (v Value) Text() string {
	switch v.Kind {
	case Int:
		return strconv.FormatInt(int64(v.Num), 10)
	case Uint:
		return strconv.FormatUint(v.Num, 10)
	case Hex:
		return "0x" + strconv.FormatUint(v.Num, 16)
	case Real:
		return strconv.FormatFloat(math.Float64frombits(v.Num), 'g', -1, 64)
	case Bool:
		return strconv.FormatBool(v.Num != 0)
	case Time:
		return FormatTime(int64(v.Num))
	case Binary:
		return strings.ToUpper(hex.EncodeToString([]byte(v.Str)))
	case Null:
		return ""
	}
	return v.Str
}

// FormatTime renders ticks as 2006-01-02T15:04:05.0000000Z.
func FormatTime(ticks int64) string {
	const day = 24 * 3600 * TicksPerSecond
	if ticks < 0 || ticks > 3155378975999999999 {
		return strconv.FormatInt(ticks, 10)
	}
	y, m, d := civil(ticks / day)
	rest := ticks % day
	b := make([]byte, 0, 28)
	b = pad(b, y, 4)
	b = append(b, '-')
	b = pad(b, m, 2)
	b = append(b, '-')
	b = pad(b, d, 2)
	b = append(b, 'T')
	b = pad(b, rest/(3600*TicksPerSecond), 2)
	b = append(b, ':')
	b = pad(b, rest/(60*TicksPerSecond)%60, 2)
	b = append(b, ':')
	b = pad(b, rest/TicksPerSecond%60, 2)
	b = append(b, '.')
	b = pad(b, rest%TicksPerSecond, 7)
	return string(append(b, 'Z'))
}

func pad(b []byte, n int64, width int) []byte {
	s := strconv.FormatInt(n, 10)
	for range width - len(s) {
		b = append(b, '0')
	}
	return append(b, s...)
}

// civil gives the proleptic Gregorian date of a day number, day 0 being
// 0001-01-01.
func civil(day int64) (y, m, d int64) {
	z := day + 306 // days since 0000-03-01
	era := z / 146097
	doe := z - era*146097
	yoe := (doe - doe/1460 + doe/36524 - doe/146096) / 365
	y = yoe + era*400
	doy := doe - (365*yoe + yoe/4 - yoe/100)
	mp := (5*doy + 2) / 153
	d = doy - (153*mp+2)/5 + 1
	if mp < 10 {
		m = mp + 3
	} else {
		m, y = mp-9, y+1
	}
	return y, m, d
}
