package rowstep

import (
	"cmp"
	"encoding/binary"
	"fmt"
	"slices"
	"strings"

	"github.com/goshawk-hunt/goshawk/kql/plan"
	"github.com/goshawk-hunt/goshawk/kql/sqlgen"
	"github.com/goshawk-hunt/goshawk/kql/types"
)

// Bounds of reduce: groups, words and bytes of a text that are compared, groups that a text
// is compared with, texts that are kept for kind=source, with their bytes, and bytes that
// groups keep. A text for which no group has room is one of the others.
const (
	maxReduceGroups   = 10_000
	maxReduceWords    = 64
	maxReduceBytes    = 8 << 10
	maxReduceCompared = 5_000
	maxReduceTexts    = 2_000_000
	maxReduceKept     = 512 << 20
	maxReduceHeld     = 128 << 20
)

// otherTexts is the pattern of texts that are like no other.
const otherTexts = "others"

// reduce groups texts, which come with their counts, the most frequent first, by likeness:
// texts with the same separators, of whose words at least the threshold is equal at the same
// place. What differs within a group, and numbers, are * in its pattern; texts that stand
// alone are others. With KeepRows it gives each text with its group, otherwise the groups.
//
// Microsoft names the method, but not what it counts as alike: this gives the groups of the
// examples on the page.
//
// Source: https://learn.microsoft.com/kusto/query/reduce-operator
func reduce(_ []sqlgen.Operand, spec any, in, out types.Schema) (sqlgen.RowFunc, error) {
	s, ok := spec.(*plan.ReduceSpec)
	if !ok || len(in) < 2 || len(out) < 3 {
		return nil, fmt.Errorf("the arguments are missing")
	}
	return func(rows, _ sqlgen.Rows, emit func([]types.Value) error) error {
		r := &reduction{spec: s, numbers: map[string]int32{}, at: map[string][]int32{}}
		var kept []reducedText
		size := 0
		err := each(rows, func(row []types.Value) error {
			group := r.add(row[0].Str, row[1].Int)
			if !s.KeepRows {
				return nil
			}
			size += len(row[0].Str)
			if len(kept) == maxReduceTexts || size > maxReduceKept {
				return fmt.Errorf("the texts differ too much: take away what differs with replace_regex")
			}
			kept = append(kept, reducedText{row[0].Str, group})
			return nil
		})
		if err != nil {
			return err
		}
		if !s.KeepRows {
			return r.emitGroups(emit)
		}
		for _, k := range kept {
			if err := emit(append([]types.Value{textValue(k.text)}, r.told(k.group)...)); err != nil {
				return err
			}
		}
		return nil
	}, nil
}

// reducedText is a text and its group, -1 if there is none.
type reducedText struct {
	text  string
	group int32
}

// reduction is reduce at work.
type reduction struct {
	spec    *plan.ReduceSpec
	groups  []*textGroup
	lone    int64              // rows without a group
	others  []types.Value      // told of them
	numbers map[string]int32   // of ways to separate words
	at      map[string][]int32 // the groups by a word at its place
	equal   []int32            // of each group the words that are equal; scratch
	seen    []int32            // groups that have any; scratch
	key     []byte
	held    int // bytes of texts that groups keep
}

// textGroup are texts that are alike.
type textGroup struct {
	words   []string // of the first text
	differs []bool   // of each word, whether another text has another one
	gaps    []string // before the first word, between the words and after the last
	count   int64
	first   string // the most frequent text
}

// add puts a text with its count into a group and returns that, -1 if there is no room.
func (r *reduction) add(text string, count int64) int32 {
	words, gaps := r.split(text)
	shape := strings.Join(gaps, "\x00")
	number, known := r.numbers[shape]
	if !known {
		if r.held += len(shape); len(r.numbers) >= maxReduceGroups || r.held > maxReduceHeld {
			r.lone += count
			return -1
		}
		number = int32(len(r.numbers))
		r.numbers[shape] = number
	}
	g := r.nearest(number, words)
	if g < 0 {
		if r.held += 2 * len(text); len(r.groups) >= maxReduceGroups || r.held > maxReduceHeld {
			r.lone += count
			return -1
		}
		g = int32(len(r.groups))
		r.groups = append(r.groups, &textGroup{words: words, gaps: gaps, differs: make([]bool, len(words)), first: text})
		r.equal = append(r.equal, 0)
		for i, w := range words {
			key := string(r.wordKey(number, i, w))
			r.at[key] = append(r.at[key], g)
		}
	}
	into := r.groups[g]
	into.count += count
	for i, w := range words {
		into.differs[i] = into.differs[i] || into.words[i] != w
	}
	return g
}

// nearest is the group with the most words of these at their places, if they are enough; the
// first of equal ones, -1 if there is none.
func (r *reduction) nearest(shape int32, words []string) int32 {
	left := maxReduceCompared
	for i, w := range words {
		for _, g := range r.at[string(r.wordKey(shape, i, w))] {
			if left--; left < 0 {
				break
			}
			if r.groups[g].differs[i] {
				continue
			}
			if r.equal[g]++; r.equal[g] == 1 {
				r.seen = append(r.seen, g)
			}
		}
	}
	best, most := int32(-1), int32(0)
	for _, g := range r.seen {
		if n := r.equal[g]; n > most || n == most && g < best {
			best, most = g, n
		}
		r.equal[g] = 0
	}
	r.seen = r.seen[:0]
	if best >= 0 && float64(most)/float64(len(words)) < r.spec.Threshold {
		return -1
	}
	return best
}

// wordKey is the key of a word at its place, valid until the next one.
func (r *reduction) wordKey(shape int32, place int, word string) []byte {
	r.key = binary.BigEndian.AppendUint32(r.key[:0], uint32(shape))
	r.key = append(append(r.key, byte(place)), word...)
	return r.key
}

// split parts a text into words and what separates them: the characters wanted, or all but
// ASCII letters and digits. A text too long ends in a word that is its rest.
func (r *reduction) split(text string) (words, gaps []string) {
	separates := func(c rune) bool {
		return !('a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || '0' <= c && c <= '9')
	}
	if wanted := r.spec.Characters; wanted != "" {
		separates = func(c rune) bool { return strings.ContainsRune(wanted, c) }
	}
	word := func(c rune) bool { return !separates(c) }
	rest := text
	for {
		n := strings.IndexFunc(rest, word)
		if n < 0 {
			return words, append(gaps, rest)
		}
		gaps, rest = append(gaps, rest[:n]), rest[n:]
		n = strings.IndexFunc(rest, separates)
		if n < 0 || len(words) == maxReduceWords-1 || len(text)-len(rest)+n > maxReduceBytes {
			return append(words, rest), append(gaps, "")
		}
		words, rest = append(words, rest[:n]), rest[n:]
	}
}

// pattern writes a group with * for what differs and for numbers. A separator that was
// asked for belongs to the * beside it.
func (r *reduction) pattern(g *textGroup) string {
	var b strings.Builder
	star := func(i int) bool { return i >= 0 && i < len(g.words) && (g.differs[i] || isDigits(g.words[i])) }
	for i, gap := range g.gaps {
		swallowed := r.spec.Characters != "" && (star(i-1) || star(i))
		if !swallowed {
			b.WriteString(gap)
		}
		switch {
		case i == len(g.words):
		case !star(i):
			b.WriteString(g.words[i])
		case !swallowed || !star(i-1):
			b.WriteByte('*')
		}
	}
	return b.String()
}

func isDigits(s string) bool {
	for i := range len(s) {
		if s[i] < '0' || s[i] > '9' {
			return false
		}
	}
	return s != ""
}

// told are Pattern, Count and Representative of a group.
func (r *reduction) told(group int32) []types.Value {
	if group >= 0 && r.groups[group].count > 1 {
		g := r.groups[group]
		return []types.Value{textValue(r.pattern(g)), longs(g.count), textValue(g.first)}
	}
	if r.others != nil {
		return r.others
	}
	lone := r.lone
	for _, g := range r.groups {
		if g.count == 1 {
			lone++
		}
	}
	r.others = []types.Value{textValue(otherTexts), longs(lone), textValue("")}
	return r.others
}

func textValue(s string) types.Value { return types.Value{Type: types.String, Str: s} }

// emitGroups gives the groups, the largest first, and at last the others.
func (r *reduction) emitGroups(emit func([]types.Value) error) error {
	order := make([]int32, 0, len(r.groups))
	for i, g := range r.groups {
		if g.count > 1 {
			order = append(order, int32(i))
		}
	}
	slices.SortStableFunc(order, func(x, y int32) int { return cmp.Compare(r.groups[y].count, r.groups[x].count) })
	for _, g := range order {
		if err := emit(r.told(g)); err != nil {
			return err
		}
	}
	others := r.told(-1)
	if others[1].Int == 0 {
		return nil
	}
	return emit(others)
}
