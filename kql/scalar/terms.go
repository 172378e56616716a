package scalar

import (
	"strconv"
	"strings"
	"sync"
	"unicode"
	"unicode/utf8"

	"github.com/goshawk-hunt/goshawk/kql/types"
)

// IsTerm reports whether r belongs to terms: letters and digits do, everything else,
// the underscore too, stands between them.
func IsTerm(r rune) bool {
	if r < utf8.RuneSelf {
		return r >= '0' && r <= '9' || r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z'
	}
	return unicode.Is(words, r)
}

// words is Words as a table.
var words = wordTable(Words)

func wordTable(class string) *unicode.RangeTable {
	t := &unicode.RangeTable{}
	low := rune(-1)
	for part := range strings.SplitSeq(class, `\x{`) {
		code, rest, _ := strings.Cut(part, "}")
		n, err := strconv.ParseUint(code, 16, 32)
		if err != nil {
			continue
		}
		r := rune(n)
		switch {
		case low >= 0: // the end of a range
			t.R32 = append(t.R32, unicode.Range32{Lo: uint32(low), Hi: uint32(r), Stride: 1})
			low = -1
		case rest == "-":
			low = r
		default:
			t.R32 = append(t.R32, unicode.Range32{Lo: uint32(r), Hi: uint32(r), Stride: 1})
		}
	}
	return t
}

var termFunctions = []Function{
	{Name: "has_term", Params: []types.Type{types.String, types.String, types.Bool, types.Bool, types.Bool}, Result: types.Bool,
		Eval: func(a []types.Value) types.Value {
			return truth(hasTerm(a[0].Str, a[1].Str, a[2].Int != 0, a[3].Int != 0, a[4].Int != 0))
		}},
	{Name: "has_any", Params: []types.Type{types.String, types.Dynamic}, Result: types.Bool, Eval: hasMany(true)},
	{Name: "has_all", Params: []types.Type{types.String, types.Dynamic}, Result: types.Bool, Eval: hasMany(false)},
	{Name: "has_any_index", Params: []types.Type{types.String, types.Dynamic}, Result: types.Long, Eval: hasAnyIndex},
	{Name: "in_fold", Params: []types.Type{types.String, types.Dynamic}, Result: types.Bool, Eval: inFold},
}

// hasTerm reports whether text contains term so that left and right, if asked for, no
// term of the text is cut. cs compares by case.
func hasTerm(text, term string, left, right, cs bool) bool {
	if !cs {
		text, term = fold(text), fold(term)
	}
	return hasFolded(text, term, left, right)
}

func hasFolded(text, term string, left, right bool) bool {
	if term == "" {
		return true
	}
	first, _ := utf8.DecodeRuneInString(term)
	last, _ := utf8.DecodeLastRuneInString(term)
	left, right = left && IsTerm(first), right && IsTerm(last)
	for at := 0; ; {
		i := strings.Index(text[at:], term)
		if i < 0 {
			return false
		}
		i += at
		before, _ := utf8.DecodeLastRuneInString(text[:i])
		after, _ := utf8.DecodeRuneInString(text[i+len(term):])
		if (!left || i == 0 || !IsTerm(before)) && (!right || i+len(term) == len(text) || !IsTerm(after)) {
			return true
		}
		_, size := utf8.DecodeRuneInString(text[i:])
		at = i + size
	}
}

// fold maps text to the case in which it is compared.
func fold(s string) string { return strings.Map(unicode.ToLower, s) }

// termLists keeps the folded terms of a few lists: the list is nearly always a constant.
var termLists = cache[[]string]{limit: 16}

func foldedList(v types.Value) ([]string, bool) {
	if v.Null {
		return nil, false
	}
	terms := termLists.get(v.Str, func() []string {
		items, ok := array(v)
		if !ok {
			return nil
		}
		terms := make([]string, len(items))
		for i, item := range items {
			terms[i] = fold(item.String())
		}
		return terms
	})
	return terms, terms != nil
}

func hasMany(any bool) func([]types.Value) types.Value {
	return func(a []types.Value) types.Value {
		terms, ok := foldedList(a[1])
		if !ok {
			return nullBool
		}
		text := fold(a[0].Str)
		for _, t := range terms {
			if hasFolded(text, t, true, true) == any {
				return truth(any)
			}
		}
		return truth(!any)
	}
}

func hasAnyIndex(a []types.Value) types.Value {
	terms, ok := foldedList(a[1])
	if !ok {
		return nullLong
	}
	text := fold(a[0].Str)
	for i, t := range terms {
		if hasFolded(text, t, true, true) {
			return long(int64(i))
		}
	}
	return long(-1)
}

func inFold(a []types.Value) types.Value {
	terms, ok := foldedList(a[1])
	if !ok {
		return nullBool
	}
	text := fold(a[0].Str)
	for _, t := range terms {
		if t == text {
			return truth(true)
		}
	}
	return truth(false)
}

// cache keeps what was made of a few texts, such as compiled regular expressions. When it is
// full it starts anew.
type cache[T any] struct {
	limit int
	mu    sync.RWMutex
	made  map[string]T
}

func (c *cache[T]) get(key string, create func() T) T {
	c.mu.RLock()
	v, ok := c.made[key]
	c.mu.RUnlock()
	if ok {
		return v
	}
	v = create()
	c.mu.Lock()
	defer c.mu.Unlock()
	if len(c.made) >= c.limit || c.made == nil {
		c.made = make(map[string]T, c.limit)
	}
	c.made[strings.Clone(key)] = v
	return v
}
