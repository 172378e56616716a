package jsonl

import (
	"bytes"
	"math"
	"strconv"
	"strings"
	"unicode/utf16"
	"unicode/utf8"
	"unsafe"

	"github.com/goshawk-hunt/goshawk/evidence"
)

// doc gives the values of a parsed tape. Its strings live as long as the bytes
// of the tape and the arena: until the next record is built.
type doc struct {
	tape
	arena []byte // decoded strings of the record in work
}

// bytesAsString gives b as a string without copying it.
func bytesAsString(b []byte) string { return unsafe.String(unsafe.SliceData(b), len(b)) }

// raw is the text of a node's value; of a string without its quotes.
func (d *doc) raw(i uint32) string {
	n := &d.nodes[i]
	return bytesAsString(d.src[n.start:n.end])
}

// key is the name of a member.
func (d *doc) key(i uint32) string {
	n := &d.nodes[i]
	k := d.src[n.key:n.keyEnd]
	if n.keyEscaped {
		return d.unescape(k)
	}
	return bytesAsString(k)
}

// str is the value of a string, "" for every other kind.
func (d *doc) str(i uint32) string {
	n := &d.nodes[i]
	if n.kind != kString {
		return ""
	}
	if n.escaped {
		return d.unescape(d.src[n.start:n.end])
	}
	return bytesAsString(d.src[n.start:n.end])
}

// text is the value of a string or a number as text, "" for every other kind.
func (d *doc) text(i uint32) string {
	if d.nodes[i].kind == kNumber {
		return d.raw(i)
	}
	return d.str(i)
}

// find gives the member key of object i; the last, if there are several.
func (d *doc) find(i uint32, key string) (uint32, bool) {
	if d.nodes[i].kind != kObject {
		return 0, false
	}
	found := uint32(0)
	for m := i + 1; m < d.nodes[i].next; m = d.nodes[m].next {
		if n := &d.nodes[m]; int(n.keyEnd-n.key) == len(key) && string(d.src[n.key:n.keyEnd]) == key {
			found = m
		}
	}
	return found, found != 0
}

// path follows members by their keys.
func (d *doc) path(i uint32, keys ...string) (uint32, bool) {
	ok := true
	for _, k := range keys {
		if i, ok = d.find(i, k); !ok {
			return 0, false
		}
	}
	return i, true
}

// textAt is the text of what path finds, "" if it finds nothing.
func (d *doc) textAt(i uint32, keys ...string) string {
	if m, ok := d.path(i, keys...); ok {
		return d.text(m)
	}
	return ""
}

// number reads an unsigned number as Windows means it, written as a number, in
// decimal or hexadecimal digits; a negative one stands for its 64 bits.
func (d *doc) number(i uint32) (uint64, bool) {
	return parseNumber(d.text(i))
}

func parseNumber(s string) (uint64, bool) {
	if strings.HasPrefix(s, "0x") || strings.HasPrefix(s, "0X") {
		v, err := strconv.ParseUint(s[2:], 16, 64)
		return v, err == nil
	}
	if s != "" && s[0] == '-' {
		v, err := strconv.ParseInt(s, 10, 64)
		return uint64(v), err == nil
	}
	v, err := strconv.ParseUint(s, 10, 64)
	return v, err == nil
}

// value is a member's value as evidence has it. A number that no 64 bits hold
// exactly stays text.
func (d *doc) value(i uint32) evidence.Value {
	switch d.nodes[i].kind {
	case kString:
		return evidence.Value{Kind: evidence.String, Str: d.str(i)}
	case kNumber:
		return numberValue(d.raw(i))
	case kTrue:
		return evidence.Value{Kind: evidence.Bool, Num: 1}
	case kFalse:
		return evidence.Value{Kind: evidence.Bool}
	case kObject, kArray:
		return evidence.Value{Kind: evidence.JSON, Str: d.raw(i)}
	}
	return evidence.Value{}
}

func numberValue(s string) evidence.Value {
	if v, ok := smallNumber(s); ok {
		return evidence.Value{Kind: evidence.Int, Num: v}
	}
	if strings.ContainsAny(s, ".eE") {
		if f, err := strconv.ParseFloat(s, 64); err == nil {
			return evidence.Value{Kind: evidence.Real, Num: math.Float64bits(f)}
		}
		return evidence.Value{Kind: evidence.String, Str: s}
	}
	if v, err := strconv.ParseInt(s, 10, 64); err == nil {
		return evidence.Value{Kind: evidence.Int, Num: uint64(v)}
	}
	if v, err := strconv.ParseUint(s, 10, 64); err == nil {
		return evidence.Value{Kind: evidence.Uint, Num: v}
	}
	return evidence.Value{Kind: evidence.String, Str: s}
}

// smallNumber reads what is nothing but a few digits, as most numbers are.
func smallNumber(s string) (v uint64, ok bool) {
	if len(s) == 0 || len(s) > 18 {
		return 0, false
	}
	for i := range len(s) {
		c := s[i] - '0'
		if c > 9 {
			return 0, false
		}
		v = v*10 + uint64(c)
	}
	return v, true
}

// unescape decodes the escapes of a string into the arena.
func (d *doc) unescape(b []byte) string {
	start := len(d.arena)
	for {
		i := bytes.IndexByte(b, '\\')
		if i < 0 || i+1 >= len(b) {
			d.arena = append(d.arena, b...)
			break
		}
		d.arena = append(d.arena, b[:i]...)
		c := b[i+1]
		b = b[i+2:]
		switch c {
		case 'n':
			c = '\n'
		case 'r':
			c = '\r'
		case 't':
			c = '\t'
		case 'b':
			c = '\b'
		case 'f':
			c = '\f'
		case 'u':
			var r rune
			r, b = unicodeEscape(b)
			d.arena = utf8.AppendRune(d.arena, r)
			continue
		}
		d.arena = append(d.arena, c)
	}
	return bytesAsString(d.arena[start:])
}

// unicodeEscape reads what follows "\u", with the second half of a surrogate pair.
func unicodeEscape(b []byte) (rune, []byte) {
	r, ok := hex4(b)
	if !ok {
		return utf8.RuneError, b
	}
	b = b[4:]
	if !utf16.IsSurrogate(r) {
		return r, b
	}
	if len(b) >= 6 && b[0] == '\\' && b[1] == 'u' {
		if low, ok := hex4(b[2:]); ok {
			if pair := utf16.DecodeRune(r, low); pair != utf8.RuneError {
				return pair, b[6:]
			}
		}
	}
	return utf8.RuneError, b
}

func hex4(b []byte) (rune, bool) {
	if len(b) < 4 {
		return 0, false
	}
	v, err := strconv.ParseUint(bytesAsString(b[:4]), 16, 16)
	return rune(v), err == nil
}

// guid gives a GUID in lower case without braces.
func (d *doc) guid(s string) string {
	s = strings.Trim(s, "{}")
	lower := true
	for i := range len(s) {
		if s[i] >= 'A' && s[i] <= 'Z' {
			lower = false
			break
		}
	}
	if lower {
		return s
	}
	start := len(d.arena)
	for i := range len(s) {
		c := s[i]
		if c >= 'A' && c <= 'Z' {
			c |= 0x20
		}
		d.arena = append(d.arena, c)
	}
	return bytesAsString(d.arena[start:])
}
