package scalar

import (
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/goshawk-hunt/goshawk/kql/dynamic"
	"github.com/goshawk-hunt/goshawk/kql/types"
)

var stringFunctions = []Function{
	{Name: "codepoints", Params: []types.Type{types.String}, Result: types.Dynamic, Eval: codepoints},
	{Name: "codepoints_text", Params: []types.Type{types.Dynamic}, Variadic: true, Result: types.String, Eval: codepointsText},
	{Name: "countof", Params: []types.Type{types.String, types.String}, Result: types.Long, Eval: countOf},
	{Name: "indexof", Params: []types.Type{types.String, types.String, types.Long, types.Long, types.Long}, Result: types.Long, Eval: indexOf},
	{Name: "replace_strings", Params: []types.Type{types.String, types.Dynamic, types.Dynamic}, Result: types.String, Eval: replaceStrings},
	{Name: "reverse", Params: []types.Type{types.String}, Result: types.String, Eval: reverse},
	{Name: "strcat_array", Params: []types.Type{types.Dynamic, types.String}, Result: types.String, Eval: strcatArray},
	{Name: "strrep", Params: []types.Type{types.String, types.Long, types.String}, Result: types.String, Eval: strRep},
	{Name: "translate", Params: []types.Type{types.String, types.String, types.String}, Result: types.String, Eval: translate},
}

func reverse(a []types.Value) types.Value {
	r := []rune(a[0].Str)
	slices.Reverse(r)
	return text(string(r))
}

func codepoints(a []types.Value) types.Value {
	items := []dynamic.Value{}
	for _, r := range a[0].Str {
		items = append(items, dynamic.Number(int64(r)))
	}
	return dynamic.List(items).Scalar()
}

// codepointsText is empty if anything is no code point.
func codepointsText(a []types.Value) types.Value {
	var b strings.Builder
	for _, v := range a {
		d := read(v)
		items := d.Items
		if d.Kind == dynamic.Long {
			items = []dynamic.Value{d}
		}
		for _, item := range items {
			if item.Kind != dynamic.Long || item.Int < 0 || item.Int > utf8.MaxRune || !utf8.ValidRune(rune(item.Int)) {
				return text("")
			}
			b.WriteRune(rune(item.Int))
		}
	}
	return text(b.String())
}

// countOf counts occurrences, overlapping ones too.
func countOf(a []types.Value) types.Value {
	s, sub := a[0].Str, a[1].Str
	if sub == "" {
		return long(0)
	}
	n := int64(0)
	for {
		i := strings.Index(s, sub)
		if i < 0 {
			return long(n)
		}
		n++
		_, size := utf8.DecodeRuneInString(s[i:])
		s = s[i+size:]
	}
}

// searchWindow is the part of a[0] that starts at character a[2] (from the end if negative)
// and has at most a[3] characters (-1: all), with the position of its start.
func searchWindow(a []types.Value) (window string, offset int64, ok bool) {
	s := a[0].Str
	start, length := a[2].Int, a[3].Int
	if a[2].Null || a[3].Null || a[4].Null || length < -1 {
		return "", 0, false
	}
	if start < 0 {
		start = max(start+int64(utf8.RuneCountInString(s)), 0)
	}
	from := byteAt(s, start)
	to := len(s)
	if length >= 0 {
		to = from + byteAt(s[from:], length)
	}
	return s[from:to], start, true
}

// byteAt is the position of character n, or the length of a shorter text.
func byteAt(s string, n int64) int {
	if n <= 0 {
		return 0
	}
	for i := range s {
		if n == 0 {
			return i
		}
		n--
	}
	return len(s)
}

// indexOf finds the a[4]-th occurrence that begins within the window; an occurrence may
// overlap the one before.
func indexOf(a []types.Value) types.Value {
	within, offset, ok := searchWindow(a)
	if !ok || a[4].Int <= 0 {
		return nullLong
	}
	window, sub := a[0].Str[byteAt(a[0].Str, offset):], a[1].Str
	at := 0
	for n := a[4].Int; ; n-- {
		i := strings.Index(window[at:], sub)
		if i < 0 {
			return long(-1)
		}
		at += i
		if a[3].Int >= 0 && at > 0 && at >= len(within) {
			return long(-1)
		}
		if n == 1 {
			return long(offset + int64(utf8.RuneCountInString(window[:at])))
		}
		_, size := utf8.DecodeRuneInString(window[at:])
		if size == 0 {
			return long(-1)
		}
		at += size
	}
}

// replaceStrings replaces one text after the other; what has been replaced is not looked at again.
func replaceStrings(a []types.Value) types.Value {
	from, ok1 := array(a[1])
	to, ok2 := array(a[2])
	if !ok1 || !ok2 || len(from) != len(to) {
		return a[0]
	}
	type piece struct {
		text string
		done bool
	}
	pieces := []piece{{text: a[0].Str}}
	for i := range from {
		old, with := from[i].Str, to[i].Str
		if old == "" {
			continue
		}
		if to[i].Kind != dynamic.String {
			with = old // only a string replaces; the place counts as replaced all the same
		}
		var next []piece
		for _, p := range pieces {
			if p.done {
				next = append(next, p)
				continue
			}
			rest := p.text
			for {
				before, after, found := strings.Cut(rest, old)
				next = append(next, piece{text: before})
				if !found {
					break
				}
				next = append(next, piece{text: with, done: true})
				rest = after
			}
		}
		pieces = next
	}
	var b strings.Builder
	for _, p := range pieces {
		b.WriteString(p.text)
		if b.Len() > maxText {
			return text("")
		}
	}
	return text(b.String())
}

func strcatArray(a []types.Value) types.Value {
	items, ok := array(a[0])
	if !ok {
		return text(read(a[0]).String())
	}
	var b strings.Builder
	for i, item := range items {
		if i > 0 {
			b.WriteString(a[1].Str)
		}
		b.WriteString(item.String())
		if b.Len() > maxText {
			return text("")
		}
	}
	return text(b.String())
}

// maxRepeat is the most repetitions of strrep. Source: the function's page.
const maxRepeat = 1024

func strRep(a []types.Value) types.Value {
	if a[1].Null || a[1].Int <= 0 {
		return text("")
	}
	n := int(min(a[1].Int, maxRepeat))
	if n*(len(a[0].Str)+len(a[2].Str)) > maxText {
		return text("")
	}
	if a[2].Str == "" {
		return text(strings.Repeat(a[0].Str, n))
	}
	return text(strings.Repeat(a[0].Str+a[2].Str, n-1) + a[0].Str)
}

// translate maps each character of the first text to the one at its place in the second;
// a shorter second text repeats its last character, an empty one removes.
func translate(a []types.Value) types.Value {
	from, to := []rune(a[0].Str), []rune(a[1].Str)
	table := make(map[rune]rune, len(from))
	for i, r := range from {
		if _, seen := table[r]; seen {
			continue
		}
		switch {
		case len(to) == 0:
			table[r] = -1
		case i < len(to):
			table[r] = to[i]
		default:
			table[r] = to[len(to)-1]
		}
	}
	return text(strings.Map(func(r rune) rune {
		if t, ok := table[r]; ok {
			return t
		}
		return r
	}, a[2].Str))
}
