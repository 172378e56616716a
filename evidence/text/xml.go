package text

import (
	"strconv"
	"strings"
	"unicode/utf8"
)

// UnescapeXML resolves the predefined and the numeric entities of XML in s.
// What is no such entity stays as it is.
func UnescapeXML(s string) string {
	i := strings.IndexByte(s, '&')
	if i < 0 {
		return s
	}
	return string(appendUnescapedXML(make([]byte, 0, len(s)), s))
}

// appendUnescapedXML appends what UnescapeXML(s) gives to dst.
func appendUnescapedXML(dst []byte, s string) []byte {
	for {
		i := strings.IndexByte(s, '&')
		if i < 0 {
			return append(dst, s...)
		}
		dst = append(dst, s[:i]...)
		s = s[i:]
		r, n := entity(s)
		if n == 0 {
			dst = append(dst, '&')
			s = s[1:]
			continue
		}
		dst = utf8.AppendRune(dst, r)
		s = s[n:]
	}
}

// entity reads the entity at the start of s and its length, 0 if there is none.
func entity(s string) (rune, int) {
	end := strings.IndexByte(s[:min(len(s), 12)], ';')
	if end < 0 {
		return 0, 0
	}
	switch name := s[1:end]; name {
	case "lt":
		return '<', end + 1
	case "gt":
		return '>', end + 1
	case "amp":
		return '&', end + 1
	case "quot":
		return '"', end + 1
	case "apos":
		return '\'', end + 1
	default:
		if len(name) < 2 || name[0] != '#' {
			return 0, 0
		}
		digits, base := name[1:], 10
		if digits[0] == 'x' || digits[0] == 'X' {
			digits, base = digits[1:], 16
		}
		v, err := strconv.ParseUint(digits, base, 32)
		if err != nil || v == 0 || !utf8.ValidRune(rune(v)) {
			return 0, 0
		}
		return rune(v), end + 1
	}
}

// maxEscapings bounds how often a document is unescaped.
const maxEscapings = 4

// Document gives an XML document that was escaped for the text around it, once
// or several times, back as it was: "&lt;Task&gt;" becomes "<Task>". A string
// that starts as no escaped document is returned unchanged.
func Document(s string) string {
	for range maxEscapings {
		if !escapedDocument(s) {
			return s
		}
		s = UnescapeXML(s)
	}
	return s
}

func escapedDocument(s string) bool {
	if len(s) == 0 || s[0] > '&' {
		return false // the usual case, decided at once
	}
	s = strings.TrimLeft(s, " \t\r\n\uFEFF")
	for strings.HasPrefix(s, "&amp;") {
		s = "&" + s[len("&amp;"):]
	}
	rest, ok := strings.CutPrefix(s, "&lt;")
	if !ok || rest == "" {
		return false
	}
	c := rest[0] | 0x20
	return rest[0] == '?' || rest[0] == '!' || 'a' <= c && c <= 'z'
}
