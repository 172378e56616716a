package dynamic

import (
	"math"
	"strconv"
	"strings"
	"unicode/utf16"
	"unicode/utf8"
)

// maxDepth bounds the nesting of arrays and bags; deeper text is no JSON here.
const maxDepth = 512

// Parse reads a JSON text. ok is false if the text is not valid JSON (RFC 8259).
// Of keys that are repeated in a bag the last value counts. Integers of 64 bits stay
// integers; all other numbers are reals.
func Parse(text string) (v Value, ok bool) {
	p := parser{s: text}
	p.space()
	v, ok = p.value(0)
	if !ok {
		return Value{}, false
	}
	p.space()
	if p.i != len(p.s) {
		return Value{}, false
	}
	return v, true
}

type parser struct {
	s string
	i int
}

func (p *parser) space() {
	for p.i < len(p.s) {
		switch p.s[p.i] {
		case ' ', '\t', '\n', '\r':
			p.i++
		default:
			return
		}
	}
}

func (p *parser) take(c byte) bool {
	if p.i < len(p.s) && p.s[p.i] == c {
		p.i++
		return true
	}
	return false
}

func (p *parser) word(w string, v Value) (Value, bool) {
	if strings.HasPrefix(p.s[p.i:], w) {
		p.i += len(w)
		return v, true
	}
	return Value{}, false
}

func (p *parser) value(depth int) (Value, bool) {
	if p.i >= len(p.s) || depth > maxDepth {
		return Value{}, false
	}
	switch c := p.s[p.i]; {
	case c == '{':
		return p.bag(depth)
	case c == '[':
		return p.array(depth)
	case c == '"':
		s, ok := p.quoted()
		return Text(s), ok
	case c == 't':
		return p.word("true", Truth(true))
	case c == 'f':
		return p.word("false", Truth(false))
	case c == 'n':
		return p.word("null", Value{})
	case c == '-' || c >= '0' && c <= '9':
		return p.number()
	}
	return Value{}, false
}

func (p *parser) array(depth int) (Value, bool) {
	p.i++
	v := Value{Kind: Array, Items: []Value{}}
	p.space()
	if p.take(']') {
		return v, true
	}
	for {
		p.space()
		item, ok := p.value(depth + 1)
		if !ok {
			return Value{}, false
		}
		v.Items = append(v.Items, item)
		p.space()
		if p.take(']') {
			return v, true
		}
		if !p.take(',') {
			return Value{}, false
		}
	}
}

// wideBag is the number of keys from which on a bag finds repeated keys by a map.
const wideBag = 16

func (p *parser) bag(depth int) (Value, bool) {
	p.i++
	v := Value{Kind: Bag, Items: []Value{}, Keys: []string{}}
	var seen map[string]int
	p.space()
	if p.take('}') {
		return v, true
	}
	for {
		p.space()
		if p.i >= len(p.s) || p.s[p.i] != '"' {
			return Value{}, false
		}
		key, ok := p.quoted()
		if !ok {
			return Value{}, false
		}
		p.space()
		if !p.take(':') {
			return Value{}, false
		}
		p.space()
		item, ok := p.value(depth + 1)
		if !ok {
			return Value{}, false
		}
		seen = v.put(key, item, seen)
		p.space()
		if p.take('}') {
			return v, true
		}
		if !p.take(',') {
			return Value{}, false
		}
	}
}

// put is Set for a bag that may get very many keys.
func (v *Value) put(key string, item Value, seen map[string]int) map[string]int {
	if len(v.Keys) < wideBag {
		v.Set(key, item)
		return nil
	}
	if seen == nil {
		seen = make(map[string]int, 2*wideBag)
		for i, k := range v.Keys {
			seen[k] = i
		}
	}
	if i, ok := seen[key]; ok {
		v.Items[i] = item
		return seen
	}
	seen[key] = len(v.Keys)
	v.Keys = append(v.Keys, key)
	v.Items = append(v.Items, item)
	return seen
}

func (p *parser) number() (Value, bool) {
	start := p.i
	p.take('-')
	whole := p.digits()
	if whole == 0 || whole > 1 && p.s[p.i-whole] == '0' {
		return Value{}, false
	}
	integer := true
	if p.take('.') {
		integer = false
		if p.digits() == 0 {
			return Value{}, false
		}
	}
	if p.i < len(p.s) && (p.s[p.i] == 'e' || p.s[p.i] == 'E') {
		integer = false
		p.i++
		if !p.take('+') {
			p.take('-')
		}
		if p.digits() == 0 {
			return Value{}, false
		}
	}
	text := p.s[start:p.i]
	if integer {
		if n, err := strconv.ParseInt(text, 10, 64); err == nil {
			return Number(n), true
		}
	}
	f, err := strconv.ParseFloat(text, 64)
	if err != nil && !math.IsInf(f, 0) {
		return Value{}, false
	}
	return Float(f), true
}

func (p *parser) digits() int {
	start := p.i
	for p.i < len(p.s) && p.s[p.i] >= '0' && p.s[p.i] <= '9' {
		p.i++
	}
	return p.i - start
}

// quoted reads a string literal.
func (p *parser) quoted() (string, bool) {
	p.i++
	start := p.i
	for p.i < len(p.s) {
		switch c := p.s[p.i]; {
		case c == '"':
			s := p.s[start:p.i]
			p.i++
			return s, true
		case c == '\\':
			return p.escaped(start)
		case c < 0x20:
			return "", false
		}
		p.i++
	}
	return "", false
}

// escaped reads the rest of a string literal from its first escape on.
func (p *parser) escaped(start int) (string, bool) {
	b := []byte(p.s[start:p.i])
	for p.i < len(p.s) {
		c := p.s[p.i]
		p.i++
		switch {
		case c == '"':
			return string(b), true
		case c < 0x20:
			return "", false
		case c != '\\':
			b = append(b, c)
			continue
		}
		if p.i >= len(p.s) {
			return "", false
		}
		e := p.s[p.i]
		p.i++
		switch e {
		case '"', '\\', '/':
			b = append(b, e)
		case 'b':
			b = append(b, '\b')
		case 'f':
			b = append(b, '\f')
		case 'n':
			b = append(b, '\n')
		case 'r':
			b = append(b, '\r')
		case 't':
			b = append(b, '\t')
		case 'u':
			r, ok := p.unit()
			if !ok {
				return "", false
			}
			b = utf8.AppendRune(b, r)
		default:
			return "", false
		}
	}
	return "", false
}

// unit reads the digits of \uXXXX, and those of its second half if it is a surrogate.
func (p *parser) unit() (rune, bool) {
	r, ok := p.hex()
	if !ok || !utf16.IsSurrogate(r) {
		return r, ok
	}
	if !strings.HasPrefix(p.s[p.i:], `\u`) {
		return utf8.RuneError, true
	}
	back := p.i
	p.i += 2
	low, ok := p.hex()
	if !ok {
		return 0, false
	}
	if both := utf16.DecodeRune(r, low); both != utf8.RuneError {
		return both, true
	}
	p.i = back
	return utf8.RuneError, true
}

func (p *parser) hex() (rune, bool) {
	if len(p.s)-p.i < 4 {
		return 0, false
	}
	n, err := strconv.ParseUint(p.s[p.i:p.i+4], 16, 16)
	if err != nil || p.s[p.i] == '+' {
		return 0, false
	}
	p.i += 4
	return rune(n), true
}

const hexDigits = "0123456789abcdef"

// AppendQuoted appends s as a JSON string: only quotes, backslashes and control
// characters are escaped.
func AppendQuoted(b []byte, s string) []byte {
	b = append(b, '"')
	start := 0
	for i := 0; i < len(s); i++ {
		c := s[i]
		if c >= 0x20 && c != '"' && c != '\\' {
			continue
		}
		b = append(b, s[start:i]...)
		start = i + 1
		switch c {
		case '"', '\\':
			b = append(b, '\\', c)
		case '\b':
			b = append(b, `\b`...)
		case '\f':
			b = append(b, `\f`...)
		case '\n':
			b = append(b, `\n`...)
		case '\r':
			b = append(b, `\r`...)
		case '\t':
			b = append(b, `\t`...)
		default:
			b = append(b, '\\', 'u', '0', '0', hexDigits[c>>4], hexDigits[c&15])
		}
	}
	b = append(b, s[start:]...)
	return append(b, '"')
}
