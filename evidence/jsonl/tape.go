package jsonl

import (
	"bytes"
	"encoding/binary"
	"math/bits"
	"slices"
)

// maxDepth bounds the nesting of a value.
const maxDepth = 128

type kind uint8

const (
	kNull kind = iota
	kFalse
	kTrue
	kNumber
	kString
	kObject
	kArray
)

// node is one value of a parsed document. Offsets are into the document's bytes.
type node struct {
	kind       kind
	escaped    bool // the string has escapes
	keyEscaped bool
	name       name   // which known key this member has
	key        uint32 // extent of the key, without quotes; equal when there is none
	keyEnd     uint32
	start      uint32 // extent of the value; of a string without quotes
	end        uint32
	next       uint32 // index of the node after this one and all below it
}

// syntaxError is where and why bytes are no JSON.
type syntaxError struct {
	off int
	msg string
}

func (e *syntaxError) Error() string { return e.msg }

// errMore means that the value goes on after the given bytes.
var errMore = &syntaxError{msg: "value is cut off"}

// tape is one value in the order of its text: nodes with the extents of their
// values, an object's or array's members right after it. It is reused from value
// to value and allocates only to grow.
type tape struct {
	src   []byte
	nodes []node
	open  []uint32 // indices of the containers that are not closed
	known []knownKey
}

// knownKey is the key of the node of the same index in a value before: most values have the
// same keys in the same order.
type knownKey struct {
	quoted []byte // with the quote at its end and no escape in it
	name   name
}

// maxKnown bounds how many keys are remembered, maxKnownKey how long they are.
const (
	maxKnown    = 1 << 10
	maxKnownKey = 1 << 8
)

// step is what parse expects next.
type step uint8

const (
	atValue step = iota
	atKey
	afterValue
	done
)

// parse reads one value at the start of b, which has no leading blanks, and
// gives its length. After errMore, the tape holds what came so far, with the
// containers in open unclosed.
func (t *tape) parse(b []byte) (int, *syntaxError) {
	t.src, t.nodes, t.open = b, t.nodes[:0], t.open[:0]
	var n node // the node in work: its key is read before its value
	i, next := 0, atValue
	var err *syntaxError
	for next != done {
		if i >= len(b) {
			return 0, errMore
		}
		if len(t.nodes) > maxNodes {
			return 0, &syntaxError{i, "too many values in an object"}
		}
		switch next {
		case atValue:
			i, next, err = t.value(i, &n)
		case atKey:
			i, next, err = t.key(i, &n)
		case afterValue:
			i, next, err = t.after(i)
		}
		if err != nil {
			return 0, err
		}
	}
	return i, nil
}

// value reads the value that starts at i, or the start of a container.
func (t *tape) value(i int, n *node) (int, step, *syntaxError) {
	b := t.src
	n.start = uint32(i)
	switch c := b[i]; c {
	case '"':
		end, escaped := stringEnd(b, i+1)
		if end < 0 {
			return 0, 0, cutString(b, i)
		}
		n.kind, n.escaped = kString, escaped
		n.start, n.end = uint32(i+1), uint32(end)
		i = end + 1
	case '{', '[':
		if len(t.open) >= maxDepth {
			return 0, 0, &syntaxError{i, "nested too deep"}
		}
		t.open = append(t.open, uint32(len(t.nodes)))
		next := atKey
		n.kind = kObject
		if c == '[' {
			n.kind, next = kArray, atValue
		}
		t.nodes = append(t.nodes, *n)
		*n = node{}
		if i = skipBlank(b, i+1); i < len(b) && b[i] == c+2 { // the closing bracket of either kind
			return t.closed(i + 1)
		}
		return i, next, nil
	default:
		end, k, err := scalar(b, i)
		if err != nil {
			return 0, 0, err
		}
		n.kind, n.end = k, uint32(end)
		i = end
	}
	n.next = uint32(len(t.nodes)) + 1
	t.nodes = append(t.nodes, *n)
	*n = node{}
	return t.behind(i)
}

// closed ends the innermost container, whose bracket is before i.
func (t *tape) closed(i int) (int, step, *syntaxError) {
	c := &t.nodes[t.open[len(t.open)-1]]
	t.open = t.open[:len(t.open)-1]
	c.end, c.next = uint32(i), uint32(len(t.nodes))
	return t.behind(i)
}

// behind goes on after a complete value.
func (t *tape) behind(i int) (int, step, *syntaxError) {
	if len(t.open) == 0 {
		return i, done, nil
	}
	return skipBlank(t.src, i), afterValue, nil
}

// after reads what separates the members of the innermost container, or ends it.
func (t *tape) after(i int) (int, step, *syntaxError) {
	b := t.src
	isObject := t.nodes[t.open[len(t.open)-1]].kind == kObject
	switch {
	case b[i] == ',' && isObject:
		return skipBlank(b, i+1), atKey, nil
	case b[i] == ',':
		return skipBlank(b, i+1), atValue, nil
	case b[i] == '}' && isObject, b[i] == ']' && !isObject:
		return t.closed(i + 1)
	case isObject:
		return 0, 0, &syntaxError{i, "expected a comma or the end of the object"}
	}
	return 0, 0, &syntaxError{i, "expected a comma or the end of the array"}
}

// key reads a key and the colon after it.
func (t *tape) key(i int, n *node) (int, step, *syntaxError) {
	b := t.src
	if b[i] != '"' {
		return 0, 0, &syntaxError{i, "expected a key in quotes"}
	}
	end := 0
	if k := t.knownKey(); k != nil && bytes.HasPrefix(b[i+1:], k.quoted) && len(k.quoted) > 0 {
		end, n.name = i+len(k.quoted), k.name
	} else {
		escaped := false
		if end, escaped = stringEnd(b, i+1); end < 0 {
			return 0, 0, cutString(b, i)
		}
		n.name, n.keyEscaped = nameOf(b[i+1:end]), escaped
		if k != nil && !escaped && end-i <= maxKnownKey {
			k.quoted, k.name = append(k.quoted[:0], b[i+1:end+1]...), n.name
		}
	}
	n.key, n.keyEnd = uint32(i+1), uint32(end)
	if i = skipBlank(b, end+1); i >= len(b) {
		return 0, 0, errMore
	}
	if b[i] != ':' {
		return 0, 0, &syntaxError{i, "expected a colon after the key"}
	}
	return skipBlank(b, i+1), atValue, nil
}

// knownKey is the place of the next node's key among the known ones, nil if it has none.
func (t *tape) knownKey() *knownKey {
	i := len(t.nodes)
	if i < len(t.known) {
		return &t.known[i]
	}
	if i >= maxKnown {
		return nil
	}
	t.known = slices.Grow(t.known, i+1-len(t.known))[:i+1]
	return &t.known[i]
}

func skipBlank(b []byte, i int) int {
	for i < len(b) && (b[i] == ' ' || b[i] == '\n' || b[i] == '\r' || b[i] == '\t') {
		i++
	}
	return i
}

// stringEnd finds the quote that ends the string whose first byte is b[i]. It is
// negative when there is none before the next line: a string can not go on there.
func stringEnd(b []byte, i int) (end int, escaped bool) {
	const ones, highs = 0x0101010101010101, 0x8080808080808080
	for {
		for i+8 <= len(b) {
			w := binary.LittleEndian.Uint64(b[i:])
			quote, slash, line := w^(ones*'"'), w^(ones*'\\'), w^(ones*'\n')
			hit := ((quote-ones)&^quote | (slash-ones)&^slash | (line-ones)&^line) & highs
			if hit != 0 {
				i += bits.TrailingZeros64(hit) >> 3
				break
			}
			i += 8
		}
		for i < len(b) && b[i] != '"' && b[i] != '\\' && b[i] != '\n' {
			i++
		}
		switch {
		case i >= len(b) || b[i] == '\n':
			return -1, escaped
		case b[i] == '"':
			return i, escaped
		}
		escaped = true
		i += 2
	}
}

// cutString tells a string that b does not hold whole from one that is broken.
func cutString(b []byte, start int) *syntaxError {
	for i := start + 1; i < len(b); i++ {
		switch b[i] {
		case '\\':
			i++
		case '\n':
			return &syntaxError{i, "line ends inside a string"}
		}
	}
	return errMore
}

// scalar reads a number or a literal name at b[i].
func scalar(b []byte, i int) (end int, k kind, err *syntaxError) {
	end = i
	for end < len(b) && b[end]-'0' <= 9 {
		end++
	}
	if end > i && end < len(b) && delimiter(b[end]) { // digits and nothing else, as most are
		return end, kNumber, nil
	}
	for end < len(b) && !delimiter(b[end]) {
		end++
	}
	if end == len(b) {
		return 0, 0, errMore // the next byte may belong to it
	}
	switch s := b[i:end]; {
	case string(s) == "null":
		return end, kNull, nil
	case string(s) == "true":
		return end, kTrue, nil
	case string(s) == "false":
		return end, kFalse, nil
	case isNumber(s):
		return end, kNumber, nil
	}
	return 0, 0, &syntaxError{i, "expected a value"}
}

func delimiter(c byte) bool {
	switch c {
	case ',', '}':
		return true
	case ']', ' ', '\n', '\r', '\t', ':', '"', '{', '[':
		return true
	}
	return false
}

// isNumber checks the grammar of a number, but for leading zeros.
func isNumber(s []byte) bool {
	if len(s) > 0 && s[0] == '-' {
		s = s[1:]
	}
	s, ok := cutDigits(s)
	if !ok {
		return false
	}
	if len(s) > 0 && s[0] == '.' {
		if s, ok = cutDigits(s[1:]); !ok {
			return false
		}
	}
	if len(s) > 0 && s[0]|0x20 == 'e' {
		s = s[1:]
		if len(s) > 0 && (s[0] == '+' || s[0] == '-') {
			s = s[1:]
		}
		if s, ok = cutDigits(s); !ok {
			return false
		}
	}
	return len(s) == 0
}

func cutDigits(s []byte) (rest []byte, ok bool) {
	i := 0
	for i < len(s) && s[i] >= '0' && s[i] <= '9' {
		i++
	}
	return s[i:], i > 0
}
