package syntax

import (
	"strconv"
	"strings"
	"unicode/utf16"
	"unicode/utf8"
)

// timeUnits are the suffixes of timespan literals, from days to ticks of 100 ns.
var timeUnits = map[string]bool{
	"d": true, "day": true, "days": true,
	"h": true, "hr": true, "hrs": true, "hour": true, "hours": true,
	"m": true, "min": true, "minute": true, "minutes": true,
	"s": true, "sec": true, "second": true, "seconds": true,
	"ms": true, "milli": true, "millis": true, "millisec": true, "millisecond": true, "milliseconds": true,
	"micro": true, "micros": true, "microsec": true, "microsecond": true, "microseconds": true,
	"nano": true, "nanos": true, "nanosec": true, "nanosecond": true, "nanoseconds": true,
	"tick": true, "ticks": true,
}

func (lx *lexer) digitsEnd(i int) int {
	for i < len(lx.text) && isDigit(lx.text[i]) {
		i++
	}
	return i
}

// scanNumber reads what begins with a digit: a guid, a real, a timespan, a long,
// or a name such as 3Dchart, tried in Kusto's order.
func (lx *lexer) scanNumber() {
	digits := lx.digitsEnd(lx.pos)
	if lx.guidAt(lx.pos) {
		lx.emit(kGUID, lx.pos+36)
		return
	}
	if end := lx.realEnd(digits); end > 0 {
		lx.emit(kReal, end)
		return
	}
	if end := lx.timeSpanEnd(digits); end > 0 {
		lx.emit(kTimeSpan, end)
		return
	}
	end := lx.identEnd(digits)
	if end == digits || lx.isHexNumber(end) {
		lx.emit(kLong, end)
		return
	}
	lx.emitWord(wName, end)
}

func (lx *lexer) isHexNumber(end int) bool {
	s := lx.text[lx.pos:end]
	if len(s) < 3 || s[0] != '0' || s[1]|0x20 != 'x' {
		return false
	}
	for i := 2; i < len(s); i++ {
		if !isHex(s[i]) {
			return false
		}
	}
	return true
}

// realEnd returns the end of digits.digits, digits. or with an exponent; 0 if
// none. "1..5" is a long and a range, "1...5" is "1." and a range.
func (lx *lexer) realEnd(i int) int {
	if byteAt(lx.text, i) == '.' && (byteAt(lx.text, i+1) != '.' || byteAt(lx.text, i+2) == '.') {
		i = lx.digitsEnd(i + 1)
		if e := lx.exponentEnd(i); e > 0 {
			i = e
		}
	} else if i = lx.exponentEnd(i); i == 0 {
		return 0
	}
	if lx.identEnd(i) > i {
		return 0
	}
	return i
}

func (lx *lexer) exponentEnd(i int) int {
	if byteAt(lx.text, i)|0x20 != 'e' {
		return 0
	}
	i++
	if c := byteAt(lx.text, i); c == '+' || c == '-' {
		i++
	}
	if end := lx.digitsEnd(i); end > i {
		return end
	}
	return 0
}

func (lx *lexer) timeSpanEnd(i int) int {
	if byteAt(lx.text, i) == '.' {
		if end := lx.digitsEnd(i + 1); end > i+1 {
			i = end
		}
	}
	end := lx.identEnd(i)
	if end == i || end-i > 12 || !timeUnits[lx.text[i:end]] {
		return 0
	}
	return end
}

// guidAt reports whether a guid of 8-4-4-4-12 hexadecimal digits stands at i.
func (lx *lexer) guidAt(i int) bool {
	if i+36 > len(lx.text) || lx.text[i+8] != '-' {
		return false
	}
	for j := range 36 {
		c := lx.text[i+j]
		switch j {
		case 8, 13, 18, 23:
			if c != '-' {
				return false
			}
		default:
			if !isHex(c) {
				return false
			}
		}
	}
	return lx.identEnd(i+36) == i+36
}

// typedLiteral returns the kind of type(...), 0 if the type has no such form.
func typedLiteral(typ string) LiteralKind {
	switch typ {
	case "bool":
		return LitBool
	case "date", "datetime":
		return LitDateTime
	case "decimal":
		return LitDecimal
	case "guid":
		return LitGUID
	case "int", "int32":
		return LitInt
	case "long", "int64":
		return LitLong
	case "real", "double":
		return LitReal
	case "time", "timespan":
		return LitTimeSpan
	}
	return 0
}

// scanTyped reads type(anything) whose parenthesis stands at open. It ends at
// the first ")" of the line.
func (lx *lexer) scanTyped(open int) {
	i := open + 1
	for i < len(lx.text) && lx.text[i] != ')' && lx.text[i] != '\n' && lx.text[i] != '\r' {
		i++
	}
	if byteAt(lx.text, i) != ')' {
		lx.report(errTypedUnclosed(lx.span(open+1-lx.pos), lx.text[lx.pos:open]))
		lx.emit(kTyped, i)
		return
	}
	lx.emit(kTyped, i+1)
}

// scanString reads a string literal whose quote, @ or fence stands prefix bytes
// from here.
func (lx *lexer) scanString(prefix int) {
	i := lx.pos + prefix
	verbatim := lx.text[i] == '@'
	if verbatim {
		i++
	}
	quote := lx.text[i]
	if quote == '`' || quote == '~' {
		lx.scanFenced(i)
		return
	}
	i++
	for i < len(lx.text) {
		c := lx.text[i]
		switch {
		case c == quote && verbatim && byteAt(lx.text, i+1) == quote:
			i += 2
		case c == quote:
			lx.emit(kString, i+1)
			return
		case c == '\n' || c == '\r':
			lx.unclosed(i, quote)
			return
		case c == '\\' && !verbatim:
			n := escapeLen(lx.text[i:])
			if n == 0 {
				lx.badEscape(i, quote)
				return
			}
			i += n
		default:
			i++
		}
	}
	lx.unclosed(i, quote)
}

func (lx *lexer) unclosed(end int, quote byte) {
	lx.report(errStringUnclosed(lx.span(end-lx.pos), quote))
	lx.emit(kString, end)
}

// badEscape reports the escape at i and reads on to the quote or the line's end,
// so that the rest of the line isn't taken apart.
func (lx *lexer) badEscape(i int, quote byte) {
	bad := lx.span(0)
	bad.Start = i
	_, n := utf8.DecodeRuneInString(lx.text[min(i+1, len(lx.text)):])
	bad.End = min(i+1+n, len(lx.text))
	lx.report(errEscape(bad, lx.text[bad.Start:bad.End]))
	for i = bad.Start + 1; i < len(lx.text); i++ {
		if c := lx.text[i]; c == quote {
			i++
			break
		} else if c == '\n' || c == '\r' {
			break
		}
	}
	lx.emit(kString, i)
}

func (lx *lexer) scanFenced(i int) {
	fence := lx.text[i : i+3]
	n := strings.Index(lx.text[i+3:], fence)
	if n < 0 {
		lx.report(errFenceUnclosed(lx.span(i+3-lx.pos), fence))
		lx.emit(kString, len(lx.text))
		return
	}
	lx.emit(kString, i+3+n+3)
}

// escapeLen returns the length of the escape at the start of s, 0 if Kusto has
// no such escape.
func escapeLen(s string) int {
	hex := func(n int) int {
		if len(s) < 2+n {
			return 0
		}
		for i := 2; i < 2+n; i++ {
			if !isHex(s[i]) {
				return 0
			}
		}
		return 2 + n
	}
	switch c := byteAt(s, 1); c {
	case '\\', '\'', '"', 'a', 'b', 'f', 'n', 'r', 't', 'v':
		return 2
	case 'u':
		return hex(4)
	case 'U':
		return hex(8)
	case 'x':
		return hex(2)
	default:
		octal := func(i int) bool { d := byteAt(s, i); return d >= '0' && d <= '7' }
		switch {
		case !octal(1):
			return 0
		case !octal(2):
			return 2
		case octal(3) && c <= '3':
			return 4
		}
		return 3
	}
}

// stringValue returns the value of a string literal as written, and whether it
// was obfuscated (h"..").
func stringValue(raw string) (string, bool) {
	hidden := false
	if raw != "" && raw[0]|0x20 == 'h' {
		hidden, raw = true, raw[1:]
	}
	switch {
	case raw == "":
		return "", hidden
	case strings.HasPrefix(raw, "```"), strings.HasPrefix(raw, "~~~"):
		s := raw[3:]
		return strings.TrimSuffix(s, raw[:3]), hidden
	case raw[0] == '@' && len(raw) > 1:
		quote := raw[1:2]
		s := raw[2:]
		if n := len(s); n > 0 && s[n-1] == quote[0] {
			s = s[:n-1]
		}
		return strings.ReplaceAll(s, quote+quote, quote), hidden
	}
	s := raw[1:]
	if n := len(s); n > 0 && s[n-1] == raw[0] {
		s = s[:n-1]
	}
	if strings.IndexByte(s, '\\') < 0 {
		return s, hidden
	}
	return unescape(s), hidden
}

func unescape(s string) string {
	var b strings.Builder
	b.Grow(len(s))
	for i := 0; i < len(s); {
		if s[i] != '\\' {
			b.WriteByte(s[i])
			i++
			continue
		}
		n := escapeLen(s[i:])
		if n == 0 {
			b.WriteByte(s[i])
			i++
			continue
		}
		i += writeEscape(&b, s[i:], n)
	}
	return b.String()
}

// writeEscape writes the character of the escape of n bytes at the start of s
// and returns the bytes read: two escapes that form a UTF-16 pair are read at once.
func writeEscape(b *strings.Builder, s string, n int) int {
	const letters, values = `abfnrtv`, "\a\b\f\n\r\t\v"
	c := s[1]
	if i := strings.IndexByte(letters, c); i >= 0 {
		b.WriteByte(values[i])
		return n
	}
	switch c {
	case 'u', 'U', 'x':
		v, _ := strconv.ParseUint(s[2:n], 16, 32)
		r := rune(v)
		if utf16.IsSurrogate(r) && escapeLen(s[n:]) == 6 && s[n+1] == 'u' {
			low, _ := strconv.ParseUint(s[n+2:n+6], 16, 32)
			if pair := utf16.DecodeRune(r, rune(low)); pair != utf8.RuneError {
				b.WriteRune(pair)
				return n + 6
			}
		}
		b.WriteRune(r)
	case '\\', '\'', '"':
		b.WriteByte(c)
	default:
		v, _ := strconv.ParseUint(s[1:n], 8, 16)
		b.WriteRune(rune(v))
	}
	return n
}
