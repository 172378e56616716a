package scalar

import (
	_ "embed"
	"math"
	"strconv"
	"strings"
	"time"
	_ "time/tzdata" // machines without a zone database know the zones too

	"github.com/goshawk-hunt/goshawk/kql/dynamic"
	"github.com/goshawk-hunt/goshawk/kql/types"
)

var datetimeFunctions = []Function{
	{Name: "datetime_list_timezones", Result: types.Dynamic, Eval: listTimezones},
	{Name: "datetime_local_to_utc", Params: []types.Type{types.DateTime, types.String}, Result: types.DateTime, Eval: localToUTC},
	{Name: "datetime_utc_to_local", Params: []types.Type{types.DateTime, types.String}, Result: types.DateTime, Eval: utcToLocal},
	{Name: "format_datetime", Params: []types.Type{types.DateTime, types.String}, Result: types.String, Eval: formatDateTime},
	{Name: "format_timespan", Params: []types.Type{types.TimeSpan, types.String}, Result: types.String, Eval: formatTimeSpan},
	{Name: "make_datetime", Params: []types.Type{types.Real, types.Real, types.Real, types.Real, types.Real, types.Real}, Result: types.DateTime, Eval: makeDateTime},
	{Name: "make_timespan", Params: []types.Type{types.Real, types.Real, types.Real, types.Real}, Result: types.TimeSpan, Eval: makeTimeSpan},
	{Name: "range_datetime", Params: []types.Type{types.DateTime, types.DateTime, types.TimeSpan}, Result: types.Dynamic, Eval: rangeTicks(types.DateTime)},
	{Name: "range_long", Params: []types.Type{types.Long, types.Long, types.Long}, Result: types.Dynamic, Eval: rangeTicks(types.Long)},
	{Name: "range_real", Params: []types.Type{types.Real, types.Real, types.Real}, Result: types.Dynamic, Eval: rangeReal},
	{Name: "range_timespan", Params: []types.Type{types.TimeSpan, types.TimeSpan, types.TimeSpan}, Result: types.Dynamic, Eval: rangeTicks(types.TimeSpan)},
	{Name: "todatetime", Params: []types.Type{types.String}, Result: types.DateTime, Eval: toDateTime},
	{Name: "totimespan", Params: []types.Type{types.String}, Result: types.TimeSpan, Eval: toTimeSpan},
}

func dateTime(ticks int64) types.Value {
	if ticks < 0 || ticks > types.MaxDateTime {
		return nullDateTime
	}
	return types.Value{Type: types.DateTime, Int: ticks}
}

func toDateTime(a []types.Value) types.Value {
	t, ok := types.ParseDateTime(a[0].Str)
	if !ok {
		return nullDateTime
	}
	return dateTime(t)
}

func toTimeSpan(a []types.Value) types.Value {
	// In text, other than in literals, a number without a unit must be whole days.
	s := strings.TrimSpace(a[0].Str)
	t, ok := types.ParseTimeSpan(s)
	if !ok || strings.Contains(s, ".") && strings.Trim(s, "+-.0123456789") == "" {
		return nullTimeSpan
	}
	return types.Value{Type: types.TimeSpan, Int: t}
}

// timezones are the names of the zone database (IANA), one a line.
//
//go:embed timezones.txt
var timezones string

func listTimezones([]types.Value) types.Value {
	var names []dynamic.Value
	for name := range strings.FieldsSeq(timezones) {
		names = append(names, dynamic.Text(name))
	}
	return dynamic.List(names).Scalar()
}

var zones = cache[*time.Location]{limit: 64}

func zone(name string) *time.Location {
	return zones.get(name, func() *time.Location {
		if name == "" || name == "Local" {
			return nil
		}
		loc, err := time.LoadLocation(name)
		if err != nil {
			return nil
		}
		return loc
	})
}

// offsetAt is a zone's offset to UTC in ticks at a point in time.
func offsetAt(loc *time.Location, ticks int64) int64 {
	_, seconds := time.Unix(ticks/types.TicksPerSecond-types.UnixEpoch/types.TicksPerSecond, 0).In(loc).Zone()
	return int64(seconds) * types.TicksPerSecond
}

func utcToLocal(a []types.Value) types.Value {
	loc := zone(a[1].Str)
	if loc == nil || a[0].Null {
		return nullDateTime
	}
	return dateTime(a[0].Int + offsetAt(loc, a[0].Int))
}

// localToUTC takes the offset that holds before a change of the clock only where the
// later one is not possible.
func localToUTC(a []types.Value) types.Value {
	loc := zone(a[1].Str)
	if loc == nil || a[0].Null {
		return nullDateTime
	}
	local := a[0].Int
	before, after := offsetAt(loc, local-types.TicksPerDay), offsetAt(loc, local+types.TicksPerDay)
	if offsetAt(loc, local-before) == before && offsetAt(loc, local-after) != after {
		return dateTime(local - before)
	}
	return dateTime(local - after)
}

// clockParts are what the letters of a format stand for.
type clockParts struct {
	year, month, day     int64
	hour, minute, second int64
	ticks                int64 // below a second
}

// runLength counts how often the byte at i is repeated.
func runLength(s string, i int) int {
	n := 1
	for i+n < len(s) && s[i+n] == s[i] {
		n++
	}
	return n
}

func padded(b []byte, n int64, width int) []byte {
	s := strconv.FormatInt(n, 10)
	for range width - len(s) {
		b = append(b, '0')
	}
	return append(b, s...)
}

// fraction writes digits of a second; f keeps trailing zeros, F drops them.
func fraction(b []byte, ticks int64, width int, keep bool) []byte {
	s := string(padded(nil, ticks, 7))
	s = s[:min(width, 7)]
	if !keep {
		s = strings.TrimRight(s, "0")
	}
	return append(b, s...)
}

// maxFormat bounds the length of a format.
const maxFormat = 1024

func formatDateTime(a []types.Value) types.Value {
	format := a[1].Str
	if a[0].Null || len(format) > maxFormat {
		return text("")
	}
	p := clockOf(a[0].Int)
	y, m, d := types.Civil(a[0].Int / types.TicksPerDay)
	p.year, p.month, p.day = int64(y), int64(m), int64(d)
	var b []byte
	for i := 0; i < len(format); {
		n := runLength(format, i)
		switch format[i] {
		case 'y':
			if n <= 2 {
				b = padded(b, p.year%100, n)
			} else {
				b = padded(b, p.year, n)
			}
		case 'M':
			b = padded(b, p.month, n)
		case 'd':
			b = padded(b, p.day, n)
		case 'H':
			b = padded(b, p.hour, n)
		case 'h':
			b = padded(b, (p.hour+11)%12+1, n)
		case 't':
			b = append(b, "AMPM"[p.hour/12*2:][:min(n, 2)]...)
		default:
			b = p.appendClock(b, format[i], n)
		}
		i += n
	}
	return text(string(b))
}

func clockOf(ticks int64) clockParts {
	return clockParts{
		hour:   ticks / types.TicksPerHour % 24,
		minute: ticks / types.TicksPerMinute % 60,
		second: ticks / types.TicksPerSecond % 60,
		ticks:  ticks % types.TicksPerSecond,
	}
}

// appendClock writes the letters that datetimes and timespans have in common; others stand for themselves.
func (p clockParts) appendClock(b []byte, c byte, n int) []byte {
	switch c {
	case 'm':
		return padded(b, p.minute, n)
	case 's':
		return padded(b, p.second, n)
	case 'f', 'F':
		return fraction(b, p.ticks, n, c == 'f')
	}
	for range n {
		b = append(b, c)
	}
	return b
}

func formatTimeSpan(a []types.Value) types.Value {
	format := a[1].Str
	if a[0].Null || len(format) > maxFormat {
		return text("")
	}
	var b []byte
	t := a[0].Int
	if t < 0 {
		b = append(b, '-')
		t = max(-t, 0)
	}
	p := clockOf(t)
	for i := 0; i < len(format); {
		n := runLength(format, i)
		switch format[i] {
		case 'd':
			b = padded(b, t/types.TicksPerDay, n)
		case 'H', 'h':
			b = padded(b, p.hour, n)
		default:
			b = p.appendClock(b, format[i], n)
		}
		i += n
	}
	return text(string(b))
}

// whole returns the numbers as integers; ok is false if one is null or none.
func whole(a []types.Value) (n []int64, ok bool) {
	n = make([]int64, len(a))
	for i, v := range a {
		if v.Null || math.IsNaN(v.Real) || math.Abs(v.Real) > 1e15 {
			return nil, false
		}
		n[i] = int64(v.Real)
	}
	return n, true
}

func makeDateTime(a []types.Value) types.Value {
	n, ok := whole(a[:5])
	s := a[5]
	if !ok || s.Null || !(s.Real >= 0 && s.Real < 60) {
		return nullDateTime
	}
	year, month, day, hour, minute := n[0], n[1], n[2], n[3], n[4]
	if year < 1 || year > 9999 || month < 1 || month > 12 || day < 1 || day > 31 || hour < 0 || hour > 23 || minute < 0 || minute > 59 {
		return nullDateTime
	}
	number := types.DayNumber(int(year), int(month), int(day))
	if y, m, d := types.Civil(number); int64(y) != year || int64(m) != month || int64(d) != day {
		return nullDateTime
	}
	return dateTime(number*types.TicksPerDay + hour*types.TicksPerHour + minute*types.TicksPerMinute + int64(math.Round(s.Real*1e7)))
}

func makeTimeSpan(a []types.Value) types.Value {
	n, ok := whole(a[:3])
	s := a[3]
	if !ok || s.Null || !(s.Real >= 0 && s.Real < 60) {
		return nullTimeSpan
	}
	days, hours, minutes := n[0], n[1], n[2]
	if days < 0 || days > math.MaxInt64/types.TicksPerDay-1 || hours < 0 || hours > 23 || minutes < 0 || minutes > 59 {
		return nullTimeSpan
	}
	return types.Value{Type: types.TimeSpan, Int: days*types.TicksPerDay + hours*types.TicksPerHour + minutes*types.TicksPerMinute + int64(math.Round(s.Real*1e7))}
}

// rangeTicks makes an array of integers or times; null if it has no end or is too long.
func rangeTicks(t types.Type) func([]types.Value) types.Value {
	return func(a []types.Value) types.Value {
		if a[0].Null || a[1].Null || a[2].Null || a[2].Int == 0 {
			return nullDynamic
		}
		items := []dynamic.Value{}
		for v, step := a[0].Int, a[2].Int; (step > 0 && v <= a[1].Int || step < 0 && v >= a[1].Int) && len(items) < maxArray; {
			items = append(items, dynamic.Of(types.Value{Type: t, Int: v}))
			next := v + step
			if (next > v) != (step > 0) {
				break
			}
			v = next
		}
		return dynamic.List(items).Scalar()
	}
}

func rangeReal(a []types.Value) types.Value {
	first, last, step := a[0].Real, a[1].Real, a[2].Real
	if a[0].Null || a[1].Null || a[2].Null || step == 0 {
		return nullDynamic
	}
	n := math.Floor((last-first)/step + 1e-9)
	if math.IsNaN(n) {
		return nullDynamic
	}
	items := []dynamic.Value{}
	for i := 0.0; i <= n && len(items) < maxArray; i++ {
		items = append(items, dynamic.Float(first+i*step))
	}
	return dynamic.List(items).Scalar()
}
