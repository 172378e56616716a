package evtx

import (
	"encoding/binary"
	"math/bits"
	"strconv"
	"strings"
	"unicode/utf8"
)

// appendXML renders the record of size bytes at pos as Windows does, on one
// line. Of a broken record it renders what there is and says what is wrong.
func (c *chunkReader) appendXML(dst []byte, pos, size int) ([]byte, error) {
	if !c.onlyGeneral {
		if out, ok := c.plannedXML(dst, pos+recordHead, pos+size-4, 0, 0); ok {
			return out, nil
		}
		c.text.reset()
	}
	g := general{c: c}
	for _, it := range g.root(pos+recordHead, pos+size-4) {
		dst = g.appendItem(dst, it)
	}
	return dst, g.err
}

func (g *general) appendItem(dst []byte, it item) []byte {
	switch {
	case it.element():
		return g.appendElement(dst, it)
	case it.node != nil:
		return appendPI(dst, it.node.name, it.node.text)
	case it.isValue:
		return g.appendValue(dst, it.value)
	}
	return appendText(dst, it.text)
}

// appendElement renders an element, once for each item if all it holds is an
// array.
func (g *general) appendElement(dst []byte, it item) []byte {
	if err := g.c.charge(len(it.node.name)); err != nil {
		g.fail(err)
		return dst
	}
	kids := g.content(it)
	if absent(kids) {
		return dst
	}
	start := len(dst)
	dst = append(dst, '<')
	dst = appendName(dst, it.node.name)
	for _, a := range it.node.attrs {
		items := g.expand(nil, a.kids, it.subs, it.depth)
		if absent(items) {
			continue
		}
		dst = append(dst, ' ')
		dst = appendName(dst, a.name)
		dst = append(dst, `="`...)
		for _, part := range items {
			if part.node == nil { // no attribute holds an element, as events have it
				dst = g.appendItem(dst, part)
			}
		}
		dst = append(dst, '"')
	}
	if len(kids) == 0 {
		return append(dst, "/>"...)
	}
	dst = append(dst, '>')
	if len(kids) == 1 && kids[0].isValue && kids[0].value.typ&typeArray != 0 {
		return g.appendArray(dst, start, it.node.name, kids[0].value)
	}
	for _, kid := range kids {
		dst = g.appendItem(dst, kid)
	}
	return appendEnd(dst, it.node.name)
}

// appendArray renders the items of an array in elements of their own. The first
// start tag is at dst[start:].
func (g *general) appendArray(dst []byte, start int, name string, s sub) []byte {
	tag := string(dst[start:])
	typ := s.typ &^ typeArray
	item, rest, ok := nextItem(s.bytes(g.c.data), typ)
	for n := 0; ok; n++ {
		if err := g.c.charge(16 + len(tag)); err != nil {
			g.fail(err)
			break
		}
		if n > 0 {
			dst = appendEnd(dst, name)
			dst = append(dst, tag...)
		}
		dst = appendXMLValue(dst, g.c.scalar(item, typ))
		item, rest, ok = nextItem(rest, typ)
	}
	return appendEnd(dst, name)
}

func (g *general) appendValue(dst []byte, s sub) []byte {
	if err := g.c.charge(int(s.size)); err != nil {
		g.fail(err)
		return dst
	}
	return appendXMLValue(dst, g.c.value(s))
}

// appendPI renders a processing instruction. One without a target is left out,
// and its text can't end it.
func appendPI(dst []byte, target, text string) []byte {
	if target == "" {
		return dst
	}
	dst = append(dst, "<?"...)
	dst = appendName(dst, target)
	dst = append(dst, ' ')
	for _, r := range strings.ReplaceAll(text, "?>", "? >") {
		dst = utf8.AppendRune(dst, xmlRune(r))
	}
	return append(dst, "?>"...)
}

// xmlRune gives U+FFFD for what XML can't hold.
func xmlRune(r rune) rune {
	if r < 0x20 && r != '\t' && r != '\n' && r != '\r' || r == 0xfffe || r == 0xffff {
		return utf8.RuneError
	}
	return r
}

func appendEnd(dst []byte, name string) []byte {
	dst = append(dst, "</"...)
	dst = appendName(dst, name)
	return append(dst, '>')
}

// appendName writes a name with underscores for what no XML name may hold, and
// for letters outside of ASCII, on which versions of XML disagree. It may have one
// prefix (Namespaces in XML, QName).
func appendName(dst []byte, name string) []byte {
	start, prefixed := true, false
	for i, r := range name {
		first := start
		start = false
		switch {
		case r >= 'a' && r <= 'z', r >= 'A' && r <= 'Z', r == '_':
			dst = append(dst, byte(r))
		case !first && (r >= '0' && r <= '9' || r == '-' || r == '.'):
			dst = append(dst, byte(r))
		case r == ':' && !first && !prefixed && i < len(name)-1:
			start, prefixed = true, true
			dst = append(dst, ':')
		default:
			dst = append(dst, '_')
		}
	}
	return dst
}

// appendText escapes text for content and attributes. Characters that XML can't
// hold become U+FFFD; what a terminal would obey is a reference.
func appendText(dst []byte, s string) []byte {
	for len(s) > 0 {
		word, n := eight(s)
		dst = binary.LittleEndian.AppendUint64(dst, word)
		plain := min(bits.TrailingZeros64(notPlainXML(word))/8, n)
		dst = dst[:len(dst)-8+plain]
		if s = s[plain:]; plain == n {
			continue
		}
		r, n := utf8.DecodeRuneInString(s)
		switch {
		case r == '&':
			dst = append(dst, "&amp;"...)
		case r == '<':
			dst = append(dst, "&lt;"...)
		case r == '>':
			dst = append(dst, "&gt;"...)
		case r == '"':
			dst = append(dst, "&quot;"...)
		case r == '\r':
			dst = append(dst, "&#13;"...)
		case r == '\n':
			dst = append(dst, "&#10;"...)
		case obeyed(r):
			dst = append(strconv.AppendInt(append(dst, "&#"...), int64(r), 10), ';')
		default:
			dst = utf8.AppendRune(dst, xmlRune(r))
		}
		s = s[n:]
	}
	return dst
}

// notPlainXML is notPlain for what XML does not hold as it is.
func notPlainXML(word uint64) uint64 {
	const ones, tops = 0x0101010101010101, 0x8080808080808080
	quote, amp, angle := word^'"'*ones, word^'&'*ones, word&^(2*ones)^'<'*ones // < and > differ in one bit
	return (word | (word - ' '*ones) | (word + ones) | (quote - ones) | (amp - ones) | (angle - ones)) & tops
}
