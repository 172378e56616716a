package types

import (
	"math/big"
	"strings"
)

// unitTicks returns the length of a timespan unit by any of its spellings;
// nanoseconds are a hundredth of a tick.
func unitTicks(unit string) *big.Rat {
	switch strings.ToLower(unit) {
	case "d", "day", "days":
		return big.NewRat(TicksPerDay, 1)
	case "h", "hr", "hrs", "hour", "hours":
		return big.NewRat(TicksPerHour, 1)
	case "m", "min", "minute", "minutes":
		return big.NewRat(TicksPerMinute, 1)
	case "s", "sec", "second", "seconds":
		return big.NewRat(TicksPerSecond, 1)
	case "ms", "milli", "millis", "millisec", "millisecond", "milliseconds":
		return big.NewRat(TicksPerMillisecond, 1)
	case "micro", "micros", "microsec", "microsecond", "microseconds":
		return big.NewRat(10, 1)
	case "nano", "nanos", "nanosec", "nanosecond", "nanoseconds":
		return big.NewRat(1, 100)
	case "tick", "ticks":
		return big.NewRat(1, 1)
	}
	return nil
}

// ParseTimeSpan reads a timespan as it stands in literals and in totimespan: 1d,
// 2.5h, "15 seconds", [-][d.]hh:mm[:ss[.fffffff]], or a bare number of days.
func ParseTimeSpan(text string) (ticks int64, ok bool) {
	s := strings.TrimSpace(text)
	neg := false
	if rest, found := strings.CutPrefix(s, "-"); found {
		neg, s = true, strings.TrimSpace(rest)
	}
	if strings.Contains(s, ":") {
		ticks, ok = parseClockSpan(s)
	} else {
		ticks, ok = parseUnitSpan(s)
	}
	if neg {
		ticks = -ticks
	}
	return ticks, ok
}

func parseUnitSpan(s string) (int64, bool) {
	n := 0
	for n < len(s) && (s[n] >= '0' && s[n] <= '9' || s[n] == '.') {
		n++
	}
	if n == 0 || n > 40 {
		return 0, false
	}
	number, good := new(big.Rat).SetString(s[:n])
	if !good {
		return 0, false
	}
	unit := strings.TrimSpace(s[n:])
	if unit == "" {
		unit = "d"
	}
	per := unitTicks(unit)
	if per == nil {
		return 0, false
	}
	number.Mul(number, per)
	q := new(big.Int).Quo(number.Num(), number.Denom())
	if !q.IsInt64() {
		return 0, false
	}
	return q.Int64(), true
}

// parseClockSpan reads [d.]hh:mm[:ss[.fffffff]].
func parseClockSpan(s string) (int64, bool) {
	var total int64
	if dot, colon := strings.IndexByte(s, '.'), strings.IndexByte(s, ':'); dot >= 0 && dot < colon {
		d, ok := digits(s[:dot], 8)
		if !ok || d > 10675199 {
			return 0, false
		}
		total, s = d*TicksPerDay, s[dot+1:]
	}
	parts := strings.Split(s, ":")
	if len(parts) < 2 || len(parts) > 3 {
		return 0, false
	}
	h, ok1 := digits(parts[0], 2)
	m, ok2 := digits(parts[1], 2)
	if !ok1 || !ok2 || h > 23 || m > 59 {
		return 0, false
	}
	total += h*TicksPerHour + m*TicksPerMinute
	if len(parts) == 3 {
		sec, ok := secondTicks(parts[2])
		if !ok {
			return 0, false
		}
		total += sec
	}
	return total, true
}

// secondTicks reads ss[.fffffff]; digits beyond the seventh are dropped.
func secondTicks(s string) (int64, bool) {
	whole, frac, found := strings.Cut(s, ".")
	n, ok := digits(whole, 2)
	if !ok || n > 59 {
		return 0, false
	}
	t := n * TicksPerSecond
	if !found {
		return t, true
	}
	if frac == "" {
		return 0, false
	}
	unit := int64(TicksPerSecond)
	for i := range len(frac) {
		if frac[i] < '0' || frac[i] > '9' {
			return 0, false
		}
		unit /= 10
		t += int64(frac[i]-'0') * unit
	}
	return t, true
}

// digits reads 1 to most decimal digits and nothing else.
func digits(s string, most int) (int64, bool) {
	if s == "" || len(s) > most {
		return 0, false
	}
	var n int64
	for i := range len(s) {
		if s[i] < '0' || s[i] > '9' {
			return 0, false
		}
		n = n*10 + int64(s[i]-'0')
	}
	return n, true
}

var monthNames = []string{"jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"}

// ParseDateTime reads a point in time as it stands in datetime(..) and in
// todatetime: ISO 8601 with or without time, fraction and zone, RFC 822/1123 (Sat, 8 Nov
// 2014 15:05:02 GMT) and month/day/year. The result is UTC ticks since year 1.
func ParseDateTime(text string) (ticks int64, ok bool) {
	s := strings.TrimSpace(text)
	if i := strings.IndexByte(s, ','); i >= 0 && i <= 9 && letters(s[:i]) {
		s = strings.TrimSpace(s[i+1:]) // the weekday is not checked
	}
	s = strings.ReplaceAll(s, ",", " ") // 7/15/2020, 5:55 PM
	s, offset, ok := cutZone(s)
	if !ok {
		return 0, false
	}
	date, clock := splitDate(s)
	y, m, d, ok := parseDate(date)
	if !ok || y < 1 || y > 9999 || m < 1 || m > 12 || d < 1 || d > daysIn(y, m) {
		return 0, false
	}
	t := DayNumber(y, m, d) * TicksPerDay
	if clock != "" {
		c, good := parseClock(clock)
		if !good {
			return 0, false
		}
		t += c
	}
	t -= offset
	if t < 0 || t > MaxDateTime {
		return 0, false
	}
	return t, true
}

func letters(s string) bool {
	for i := range len(s) {
		if c := s[i] | 0x20; c < 'a' || c > 'z' {
			return false
		}
	}
	return s != ""
}

func daysIn(y, m int) int {
	switch m {
	case 2:
		if y%4 == 0 && (y%100 != 0 || y%400 == 0) {
			return 29
		}
		return 28
	case 4, 6, 9, 11:
		return 30
	}
	return 31
}

// cutZone takes Z, UTC, GMT or +hh:mm from the end and returns its offset in ticks.
func cutZone(s string) (rest string, offset int64, ok bool) {
	for _, z := range []string{"Z", "z", "UTC", "GMT"} {
		if r, found := strings.CutSuffix(s, z); found && r != "" {
			return strings.TrimSpace(r), 0, true
		}
	}
	colon := strings.IndexByte(s, ':')
	if colon < 0 {
		return s, 0, true
	}
	i := strings.LastIndexAny(s, "+-")
	if i < colon {
		return s, 0, true
	}
	sign := int64(1)
	if s[i] == '-' {
		sign = -1
	}
	hours, minutes, found := strings.Cut(s[i+1:], ":")
	if !found && len(hours) == 4 {
		hours, minutes = hours[:2], hours[2:]
	}
	if minutes == "" {
		minutes = "0"
	}
	h, ok1 := digits(hours, 2)
	m, ok2 := digits(minutes, 2)
	if !ok1 || !ok2 || h > 14 || m > 59 {
		return s, 0, false
	}
	return strings.TrimSpace(s[:i]), sign * (h*TicksPerHour + m*TicksPerMinute), true
}

// splitDate parts the date from the time of day: at T, or at the blank before the
// first colon.
func splitDate(s string) (date, clock string) {
	colon := strings.IndexByte(s, ':')
	if colon < 0 {
		if i := strings.IndexAny(s, "Tt"); i == 10 {
			return s[:i], s[i+1:]
		}
		return s, ""
	}
	for i := colon - 1; i >= 0; i-- {
		if s[i] == 'T' || s[i] == 't' || s[i] == ' ' {
			return strings.TrimSpace(s[:i]), s[i+1:]
		}
	}
	return s, ""
}

func parseDate(s string) (y, m, d int, ok bool) {
	parts := strings.FieldsFunc(s, func(r rune) bool { return r == '-' || r == '/' || r == ' ' || r == '.' })
	if len(parts) == 1 {
		switch len(s) {
		case 8: // 20240131
			parts = []string{s[:4], s[4:6], s[6:]}
		case 4:
			parts = []string{s, "1", "1"}
		}
	}
	if len(parts) == 2 && len(parts[0]) == 4 {
		parts = append(parts, "1")
	}
	if len(parts) != 3 {
		return 0, 0, 0, false
	}
	if month := monthNumber(parts[1]); month > 0 { // 8 Nov 2014
		dd, ok1 := digits(parts[0], 2)
		yy, ok2 := year(parts[2])
		return yy, month, int(dd), ok1 && ok2
	}
	if len(parts[0]) <= 2 && len(parts[2]) == 4 { // 12/31/2014
		mm, ok1 := digits(parts[0], 2)
		dd, ok2 := digits(parts[1], 2)
		yy, ok3 := year(parts[2])
		return yy, int(mm), int(dd), ok1 && ok2 && ok3
	}
	yy, ok1 := digits(parts[0], 4)
	mm, ok2 := digits(parts[1], 2)
	dd, ok3 := digits(parts[2], 2)
	return int(yy), int(mm), int(dd), ok1 && ok2 && ok3 && len(parts[0]) == 4
}

func monthNumber(s string) int {
	if len(s) < 3 {
		return 0
	}
	for i, m := range monthNames {
		if strings.EqualFold(s[:3], m) && letters(s) {
			return i + 1
		}
	}
	return 0
}

// year reads a year of four digits, or of two in 1950 .. 2049.
func year(s string) (int, bool) {
	y, ok := digits(s, 4)
	if ok && len(s) == 2 {
		if y += 1900; y < 1950 {
			y += 100
		}
	}
	return int(y), ok && (len(s) == 4 || len(s) == 2)
}

// parseClock reads hh:mm[:ss[.fffffff]] with an optional AM or PM.
func parseClock(s string) (int64, bool) {
	s = strings.TrimSpace(s)
	half := ""
	if n := len(s); n > 2 {
		if suffix := strings.ToUpper(s[n-2:]); suffix == "AM" || suffix == "PM" {
			half, s = suffix, strings.TrimSpace(s[:n-2])
		}
	}
	parts := strings.Split(s, ":")
	if len(parts) > 3 {
		return 0, false
	}
	h, ok := digits(parts[0], 2)
	if !ok || h > 24 {
		return 0, false
	}
	if half != "" {
		if h < 1 || h > 12 {
			return 0, false
		}
		h %= 12
		if half == "PM" {
			h += 12
		}
	}
	t := h * TicksPerHour
	if len(parts) > 1 {
		m, ok := digits(parts[1], 2)
		if !ok || m > 59 {
			return 0, false
		}
		t += m * TicksPerMinute
	}
	if len(parts) > 2 {
		sec, ok := secondTicks(parts[2])
		if !ok {
			return 0, false
		}
		t += sec
	}
	return t, t <= TicksPerDay-1 || h == 24 && t == TicksPerDay
}
