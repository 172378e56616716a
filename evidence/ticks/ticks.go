// Package ticks reads the written times of evidence into ticks of 100 ns since
// 0001-01-01T00:00:00Z. It never rounds: digits below 100 ns are cut off.
package ticks

import (
	"strings"

	"github.com/goshawk-hunt/goshawk/evidence"
)

// Order is the order of day and month in a numeric date with slashes.
type Order uint8

const (
	// MonthFirst is how the portals write dates for en-US, and what an
	// ambiguous date is taken for.
	MonthFirst Order = iota
	DayFirst
)

// Time is what a text said.
type Time struct {
	Ticks int64
	// Zoned is false when the text named no zone; Ticks then takes it for UTC.
	Zoned bool
}

// Parse reads a time in any of the forms that evidence uses; see ParseOrder.
func Parse(s string) (Time, bool) { return ParseOrder(s, MonthFirst) }

// ParseOrder reads
//
//	2022-11-07T17:07:42.0259186Z   also with a space, a numeric zone or none
//	2022-11-07                     midnight
//	10/25/2023, 9:43:21.994 AM     the order of day and month as given
//	25.10.2023, 09:43:21,994       day first
//	Oct 25, 2023 9:43:21 AM        also with the month in full, or the day first
//	/Date(1603196341088)/          milliseconds since 1970
//
// A time outside the years 1 to 9999 is none.
func ParseOrder(s string, order Order) (Time, bool) {
	s = strings.TrimSpace(s)
	if rest, ok := strings.CutPrefix(s, "/Date("); ok {
		return legacyDate(rest)
	}
	sc := scanner{s: s}
	date, ok := sc.date(order)
	if !ok {
		return Time{}, false
	}
	if sc.done() {
		return Time{Ticks: date}, true
	}
	if !sc.separator() {
		return Time{}, false
	}
	clock, ok := sc.clock()
	if !ok {
		return Time{}, false
	}
	shift, zoned, ok := sc.zone()
	if !ok || !sc.done() {
		return Time{}, false
	}
	t := date + clock - shift
	if !inRange(t) {
		return Time{}, false
	}
	return Time{Ticks: t, Zoned: zoned}, true
}

// Epoch reads a decimal number of seconds since 1970 exactly. Numbers too large
// for that are taken for milliseconds, microseconds or nanoseconds, so that
// every result lies before the year 5138.
func Epoch(s string) (int64, bool) {
	neg := false
	if rest, ok := strings.CutPrefix(s, "-"); ok {
		neg, s = true, rest
	}
	whole, frac, _ := strings.Cut(s, ".")
	if whole == "" || len(whole) > 20 || !digits(whole) || !digits(frac) {
		return 0, false
	}
	shift := 7 // decimal digits from the unit of whole to a tick
	switch {
	case len(whole) > 17:
		shift = -2
	case len(whole) > 14:
		shift = 1
	case len(whole) > 11:
		shift = 4
	}
	all := whole + frac
	for len(all) < len(whole)+shift {
		all += "0"
	}
	all = all[:len(whole)+shift]
	var v int64
	for i := range len(all) {
		if v > (1<<63-1-9)/10 {
			return 0, false
		}
		v = v*10 + int64(all[i]-'0')
	}
	if neg {
		v = -v
	}
	v += evidence.UnixEpoch
	return v, inRange(v)
}

// GuessOrder tells the order of day and month of a date with slashes when only
// one is possible.
func GuessOrder(s string) (o Order, sure bool) {
	sc := scanner{s: strings.TrimSpace(s)}
	a, n := sc.number(2)
	if n == 0 || !sc.eat('/') {
		return MonthFirst, false
	}
	b, n := sc.number(2)
	if n == 0 || !sc.eat('/') {
		return MonthFirst, false
	}
	switch {
	case a > 12 && b <= 12:
		return DayFirst, true
	case b > 12 && a <= 12:
		return MonthFirst, true
	}
	return MonthFirst, false
}

func inRange(t int64) bool { return t >= 0 && t <= 3155378975999999999 }

func digits(s string) bool {
	for i := range len(s) {
		if s[i] < '0' || s[i] > '9' {
			return false
		}
	}
	return true
}

// legacyDate reads what stands in .NET's "/Date(..)/" after the parenthesis; a
// zone in it is only for display.
func legacyDate(s string) (Time, bool) {
	s, ok := strings.CutSuffix(s, ")/")
	if !ok {
		return Time{}, false
	}
	neg := strings.HasPrefix(s, "-")
	s = strings.TrimPrefix(s, "-")
	if i := strings.IndexAny(s, "+-"); i >= 0 {
		s = s[:i]
	}
	if s == "" || len(s) > 15 || !digits(s) {
		return Time{}, false
	}
	var ms int64
	for i := range len(s) {
		ms = ms*10 + int64(s[i]-'0')
	}
	if neg {
		ms = -ms
	}
	t := ms*10_000 + evidence.UnixEpoch
	return Time{Ticks: t, Zoned: true}, inRange(t)
}
