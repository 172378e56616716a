package cmdline

import (
	"encoding/base64"
	"regexp"
	"strings"
	"unicode"
	"unicode/utf16"
	"unicode/utf8"
)

// Bounds of what is decoded of one text.
const (
	maxText    = 1 << 15 // bytes of a text that are looked at
	maxDecoded = 8       // texts
)

var base64Word = regexp.MustCompile(`[A-Za-z0-9+/]{24,}={0,2}`)

// Decoded returns the texts that stand in Base64 within a text, as PowerShell's
// -EncodedCommand and FromBase64String take them (UTF-16 or UTF-8), also those within
// one another. What decodes to no text is left out.
func Decoded(text string) []string {
	var out []string
	todo := []string{text}
	for len(todo) > 0 && len(out) < maxDecoded {
		next := todo[0]
		todo = todo[1:]
		for _, w := range base64Word.FindAllString(next[:min(len(next), maxText)], maxDecoded) {
			if t := plain(w); t != "" && len(out) < maxDecoded {
				out, todo = append(out, t), append(todo, t)
			}
		}
	}
	return out
}

// plain decodes a word of Base64; "" when it holds no text.
func plain(word string) string {
	word = strings.TrimRight(word, "=")
	if len(word)%4 == 1 {
		word = word[:len(word)-1] // cut off in the middle
	}
	b, err := base64.RawStdEncoding.DecodeString(word)
	if err != nil {
		return ""
	}
	if s := wide(b); readable(s) {
		return s
	}
	if s := string(b); utf8.ValidString(s) && readable(s) {
		return s
	}
	return ""
}

// wide reads UTF-16, little end first; "" when the bytes are clearly something else.
func wide(b []byte) string {
	units, latin := make([]uint16, len(b)/2), 0
	for i := range units {
		units[i] = uint16(b[2*i]) | uint16(b[2*i+1])<<8
		if b[2*i+1] == 0 {
			latin++
		}
	}
	if latin*2 < len(units) {
		return ""
	}
	return string(utf16.Decode(units))
}

// readable reports whether a text is one that people or shells write.
func readable(s string) bool {
	if s == "" {
		return false
	}
	for _, r := range s {
		if r == utf8.RuneError || !unicode.IsPrint(r) && !unicode.IsSpace(r) {
			return false
		}
	}
	return true
}
