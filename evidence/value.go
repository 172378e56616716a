package evidence

import (
	"math"
	"strconv"
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
	case Null:
		return ""
	case String, GUID, SID, JSON:
		return v.Str
	}
	return string(v.AppendText(make([]byte, 0, 32)))
}

// AppendText appends the text of v to b.
func (v Value) AppendText(b []byte) []byte {
	switch v.Kind {
	case Int:
		return strconv.AppendInt(b, int64(v.Num), 10)
	case Uint:
		return strconv.AppendUint(b, v.Num, 10)
	case Hex:
		return strconv.AppendUint(append(b, '0', 'x'), v.Num, 16)
	case Real:
		return strconv.AppendFloat(b, math.Float64frombits(v.Num), 'g', -1, 64)
	case Bool:
		return strconv.AppendBool(b, v.Num != 0)
	case Time:
		return AppendTime(b, int64(v.Num))
	case Binary:
		const hex = "0123456789ABCDEF"
		for i := range len(v.Str) {
			b = append(b, hex[v.Str[i]>>4], hex[v.Str[i]&15])
		}
		return b
	case Null:
		return b
	}
	return append(b, v.Str...)
}

// FormatTime renders ticks as 2006-01-02T15:04:05.0000000Z.
func FormatTime(ticks int64) string {
	return string(AppendTime(make([]byte, 0, 28), ticks))
}

// AppendTime appends what FormatTime gives to b.
func AppendTime(b []byte, ticks int64) []byte {
	const day = 24 * 3600 * TicksPerSecond
	if ticks < 0 || ticks > 3155378975999999999 {
		return strconv.AppendInt(b, ticks, 10)
	}
	y, m, d := civil(ticks / day)
	rest := ticks % day
	seconds, fraction := rest/TicksPerSecond, rest%TicksPerSecond
	b = append(b, "0000-00-00T00:00:00.0000000Z"...)
	at := b[len(b)-28:]
	digits(at[0:4], y)
	digits(at[5:7], m)
	digits(at[8:10], d)
	digits(at[11:13], seconds/3600)
	digits(at[14:16], seconds/60%60)
	digits(at[17:19], seconds%60)
	digits(at[20:27], fraction)
	return b
}

// digits writes n with as many digits as b is long.
func digits(b []byte, n int64) {
	for i := len(b) - 1; i >= 0; i-- {
		b[i] = byte('0' + n%10)
		n /= 10
	}
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
