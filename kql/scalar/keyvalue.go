package scalar

import (
	"encoding/json"
	"regexp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/goshawk-hunt/goshawk/kql/dynamic"
	"github.com/goshawk-hunt/goshawk/kql/types"
)

// keyValueFunctions are what parse-kv is made of.
var keyValueFunctions = []Function{
	{Name: "key_values", Params: []types.Type{types.String, types.String}, Result: types.Dynamic, Eval: keyValues},
}

// KeyValues says how key_values reads a text; its second argument is one as JSON.
//
// Source: https://learn.microsoft.com/kusto/query/parse-kv-operator
type KeyValues struct {
	Keys []string `json:"keys"`
	// Pair and Key are the delimiters; both "": every character that is no letter or
	// digit is one.
	Pair    string   `json:"pair,omitempty"`
	Key     string   `json:"key,omitempty"`
	Quotes  []string `json:"quotes,omitempty"` // one or two characters each
	Escapes []string `json:"escapes,omitempty"`
	Greedy  bool     `json:"greedy,omitempty"`
	Regex   string   `json:"regex,omitempty"` // with two groups, instead of all others
}

// keyValues makes a bag of the wanted keys that stand in a text. Of a key that
// occurs twice the first counts.
func keyValues(args []types.Value) types.Value {
	var kv KeyValues
	if json.Unmarshal([]byte(args[1].Str), &kv) != nil {
		return nullDynamic
	}
	found := dynamic.Value{Kind: dynamic.Bag}
	put := func(key, value string) {
		if !slices.Contains(kv.Keys, key) {
			return
		}
		if _, ok := found.Member(key); !ok {
			found.Set(key, dynamic.Text(value))
		}
	}
	switch text := args[0].Str; {
	case kv.Regex != "":
		kv.byRegex(text, put)
	case kv.Pair == "" && kv.Key == "":
		kv.byWords(text, put)
	default:
		kv.byDelimiters(text, put)
	}
	return types.Value{Type: types.Dynamic, Str: found.String()}
}

func (kv *KeyValues) byRegex(text string, put func(key, value string)) {
	pattern, err := TranslateRegex(kv.Regex)
	if err != nil {
		return
	}
	re, err := regexp.Compile(pattern)
	if err != nil || re.NumSubexp() != 2 {
		return
	}
	for _, m := range re.FindAllStringSubmatch(text, -1) {
		put(strings.TrimSpace(m[1]), strings.TrimSpace(m[2]))
	}
}

// byDelimiters reads key, delimiter, value, delimiter ..
func (kv *KeyValues) byDelimiters(text string, put func(key, value string)) {
	for text != "" {
		key, rest, quoted := kv.quoted(text)
		if !quoted {
			at := strings.Index(text, kv.Key)
			if at < 0 {
				return
			}
			if end := strings.Index(text[:at], kv.Pair); end >= 0 {
				text = text[end+len(kv.Pair):]
				continue
			}
			key, rest = text[:at], text[at:]
		}
		after, ok := strings.CutPrefix(strings.TrimLeftFunc(rest, unicode.IsSpace), kv.Key)
		if !ok {
			text = kv.nextPair(rest)
			continue
		}
		value, rest := kv.value(after)
		put(strings.TrimSpace(key), value)
		text = kv.nextPair(rest)
	}
}

// value reads the value at the beginning of text.
func (kv *KeyValues) value(text string) (value, rest string) {
	if v, rest, ok := kv.quoted(text); ok {
		return v, rest
	}
	end := strings.Index(text, kv.Pair)
	if kv.Greedy && end >= 0 {
		// The value goes on until the next key.
		end = len(text)
		if next := strings.Index(text, kv.Key); next >= 0 {
			if last := strings.LastIndex(text[:next], kv.Pair); last >= 0 {
				end = last
			}
		}
	}
	if end < 0 {
		end = len(text)
	}
	return strings.TrimSpace(text[:end]), text[end:]
}

// nextPair returns what follows the next delimiter of pairs.
func (kv *KeyValues) nextPair(text string) string {
	_, rest, _ := strings.Cut(text, kv.Pair)
	return rest
}

// quoted reads a quoted text at the beginning of text, after blanks.
func (kv *KeyValues) quoted(text string) (value, rest string, ok bool) {
	text = strings.TrimLeftFunc(text, unicode.IsSpace)
	for _, q := range kv.Quotes {
		opening, size := utf8.DecodeRuneInString(q)
		closing := opening
		if len(q) > size {
			closing, _ = utf8.DecodeRuneInString(q[size:])
		}
		body, found := strings.CutPrefix(text, string(opening))
		if !found {
			continue
		}
		if value, rest, ok := kv.unquote(body, closing); ok {
			return value, rest, true
		}
	}
	return "", text, false
}

// unquote reads up to the closing quote.
func (kv *KeyValues) unquote(body string, closing rune) (value, rest string, ok bool) {
	var b strings.Builder
	escaped := false
	for i, r := range body {
		switch {
		case escaped:
			b.WriteRune(r)
			escaped = false
		case slices.Contains(kv.Escapes, string(r)):
			escaped = true
		case r == closing:
			return b.String(), body[i+utf8.RuneLen(r):], true
		default:
			b.WriteRune(r)
		}
	}
	return "", body, false
}

// byWords finds each key and takes the word after it.
func (kv *KeyValues) byWords(text string, put func(key, value string)) {
	word := func() (string, bool) {
		for text != "" {
			if v, rest, ok := kv.quoted(text); ok {
				text = rest
				return v, true
			}
			r, size := utf8.DecodeRuneInString(text)
			if !unicode.IsLetter(r) && !unicode.IsDigit(r) {
				text = text[size:]
				continue
			}
			end := strings.IndexFunc(text, func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) })
			if end < 0 {
				end = len(text)
			}
			w := text[:end]
			text = text[end:]
			return w, true
		}
		return "", false
	}
	for {
		key, ok := word()
		if !ok {
			return
		}
		if !slices.Contains(kv.Keys, key) {
			continue
		}
		if value, ok := word(); ok {
			put(key, value)
		}
	}
}
