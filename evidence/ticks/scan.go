package ticks

import (
	"strings"

	"github.com/goshawk-hunt/goshawk/evidence"
)

const (
	second = evidence.TicksPerSecond
	minute = 60 * second
	hour   = 60 * minute
	day    = 24 * hour
)

// scanner reads the parts of a time from left to right.
type scanner struct {
	s string
	i int
}

func (c *scanner) done() bool { return c.i == len(c.s) }

func (c *scanner) peek() byte {
	if c.i < len(c.s) {
		return c.s[c.i]
	}
	return 0
}

func (c *scanner) eat(b byte) bool {
	if c.peek() != b {
		return false
	}
	c.i++
	return true
}

// number reads up to most digits and tells how many there were.
func (c *scanner) number(most int) (v int64, n int) {
	for n < most && c.i < len(c.s) && c.s[c.i] >= '0' && c.s[c.i] <= '9' {
		v = v*10 + int64(c.s[c.i]-'0')
		c.i++
		n++
	}
	return v, n
}

// date reads a date and gives its midnight.
func (c *scanner) date(order Order) (int64, bool) {
	if b := c.peek() | 0x20; b >= 'a' && b <= 'z' {
		m, ok := c.month()
		if !ok || !c.eat(' ') {
			return 0, false
		}
		return c.named(0, m)
	}
	a, n := c.number(4)
	sep := c.peek()
	if sep == ' ' && n > 0 && n <= 2 {
		c.i++
		if m, ok := c.month(); ok && a > 0 {
			return c.named(a, m)
		}
		return 0, false
	}
	if n == 0 || sep != '-' && sep != '/' && sep != '.' {
		return 0, false
	}
	c.i++
	b, nb := c.number(2)
	if nb == 0 || !c.eat(sep) {
		return 0, false
	}
	d, nd := c.number(4)
	var y, m int64
	switch {
	case n == 4 && nd > 0 && nd <= 2:
		y, m = a, b
	case n <= 2 && nd == 4 && (sep == '.' || order == DayFirst):
		y, m, d = d, b, a
	case n <= 2 && nd == 4 && sep == '/':
		y, m, d = d, a, b
	default:
		return 0, false
	}
	return midnight(y, m, d)
}

func midnight(y, m, d int64) (int64, bool) {
	if y < 1 || m < 1 || m > 12 || d < 1 || d > daysIn(y, m) {
		return 0, false
	}
	return dayNumber(y, m, d) * day, true
}

// months are what English names of months begin with, and how they go on.
var months = [...]string{"january", "february", "march", "april", "may", "june", "july", "august", "september", "october", "november", "december"}

// month reads the name of a month, or its first three letters.
func (c *scanner) month() (int64, bool) {
	end := c.i
	for end < len(c.s) && c.s[end]|0x20 >= 'a' && c.s[end]|0x20 <= 'z' {
		end++
	}
	for i, m := range months {
		if word := c.s[c.i:end]; len(word) == 3 && strings.EqualFold(word, m[:3]) || strings.EqualFold(word, m) {
			c.i = end
			return int64(i + 1), true
		}
	}
	return 0, false
}

// named reads what follows the name of a month: the day, if it did not come before, and
// the year.
func (c *scanner) named(d, m int64) (int64, bool) {
	if d == 0 {
		if d, _ = c.number(2); d == 0 {
			return 0, false
		}
	}
	c.eat(',')
	if !c.eat(' ') {
		return 0, false
	}
	y, n := c.number(4)
	if n != 4 {
		return 0, false
	}
	return midnight(y, m, d)
}

// separator reads what stands between date and time.
func (c *scanner) separator() bool {
	if c.eat('T') || c.eat('t') {
		return true
	}
	start := c.i
	c.eat(',')
	c.spaces()
	return c.i > start
}

// spaces skips blanks, also the narrow no-break space that browsers put before AM.
func (c *scanner) spaces() {
	for c.i < len(c.s) {
		switch {
		case c.s[c.i] == ' ':
			c.i++
		case len(c.s)-c.i >= 3 && c.s[c.i:c.i+3] == "\u202f":
			c.i += 3
		case len(c.s)-c.i >= 2 && c.s[c.i:c.i+2] == "\u00a0":
			c.i += 2
		default:
			return
		}
	}
}

// clock reads h:mm[:ss[.fffffff]] [AM|PM].
func (c *scanner) clock() (int64, bool) {
	h, n := c.number(2)
	if n == 0 || !c.eat(':') {
		return 0, false
	}
	m, n := c.number(2)
	if n == 0 {
		return 0, false
	}
	t := m * minute
	if c.eat(':') {
		s, n := c.number(2)
		if n == 0 || s > 59 {
			return 0, false
		}
		t += s * second
		if c.peek() == '.' || c.peek() == ',' {
			c.i++
			f, ok := c.fraction()
			if !ok {
				return 0, false
			}
			t += f
		}
	}
	half, ok := c.half()
	if !ok || m > 59 || h > 23 || half != 0 && (h < 1 || h > 12) {
		return 0, false
	}
	switch {
	case half == 'a' && h == 12:
		h = 0
	case half == 'p' && h != 12:
		h += 12
	}
	return t + h*hour, true
}

// fraction reads the digits after the point; below 100 ns they are cut off.
func (c *scanner) fraction() (int64, bool) {
	v, n := c.number(7)
	if n == 0 {
		return 0, false
	}
	for range 7 - n {
		v *= 10
	}
	for {
		if _, n := c.number(9); n == 0 {
			return v, true
		}
	}
}

// half reads AM or PM if it stands here: 'a', 'p' or 0.
func (c *scanner) half() (byte, bool) {
	start := c.i
	c.spaces()
	b := c.peek() | 0x20
	if b != 'a' && b != 'p' {
		c.i = start
		return 0, true
	}
	c.i++
	c.eat('.')
	if c.peek()|0x20 != 'm' {
		return 0, false
	}
	c.i++
	c.eat('.')
	return b, true
}

// zone reads Z, UTC, GMT, +hh, +hhmm or +hh:mm.
func (c *scanner) zone() (shift int64, zoned, ok bool) {
	c.spaces()
	switch rest := c.s[c.i:]; {
	case rest == "":
		return 0, false, true
	case rest == "Z" || rest == "z" || rest == "UTC" || rest == "GMT":
		c.i = len(c.s)
		return 0, true, true
	}
	sign := c.peek()
	if sign != '+' && sign != '-' {
		return 0, false, false
	}
	c.i++
	h, n := c.number(2)
	if n != 2 || h > 23 {
		return 0, false, false
	}
	var m int64
	if c.eat(':') || !c.done() {
		if m, n = c.number(2); n != 2 || m > 59 {
			return 0, false, false
		}
	}
	shift = h*hour + m*minute
	if sign == '-' {
		shift = -shift
	}
	return shift, true, true
}

func daysIn(y, m int64) int64 {
	switch m {
	case 4, 6, 9, 11:
		return 30
	case 2:
		if y%4 == 0 && (y%100 != 0 || y%400 == 0) {
			return 29
		}
		return 28
	}
	return 31
}

// dayNumber counts the days from 0001-01-01 in the Gregorian calendar.
func dayNumber(y, m, d int64) int64 {
	if m <= 2 {
		y--
		m += 12
	}
	return 365*y + y/4 - y/100 + y/400 + (153*(m-3)+2)/5 + d - 307
}
