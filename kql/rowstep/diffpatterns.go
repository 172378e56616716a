package rowstep

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"strings"
	"unicode"

	"github.com/goshawk-hunt/goshawk/kql/plan"
	"github.com/goshawk-hunt/goshawk/kql/sqlgen"
	"github.com/goshawk-hunt/goshawk/kql/types"
)

// diffpatterns is diffpatterns: patterns whose shares of two sets of rows differ, the
// greatest difference first.
//
// What a pattern must have, and the order, are Microsoft's; which of the many similar ones
// stay is not published. Here a pattern goes that is a part of one before it or has one as a
// part, and one whose rows are nearly all told by those before.
//
// Source: https://learn.microsoft.com/kusto/query/diffpatterns-plugin
func diffpatterns(_ []sqlgen.Operand, spec any, in, out types.Schema) (sqlgen.RowFunc, error) {
	return segments(spec, in, out, func(t *patternTable, s *plan.PatternSpec) ([]*segment, error) {
		return t.differing(s, 1)
	}, func(s *plan.PatternSpec) float64 { return s.Threshold }, func(t *patternTable, id int, p *segment) []types.Value {
		return []types.Value{
			longs(int64(id)), count(p.weight[0]), count(p.weight[1]),
			percent2(t.share(p.weight, 0)), percent2(t.share(p.weight, 1)), percent2(math.Abs(t.difference(p))),
		}
	})
}

// percent2 is a share in percent with two decimals, as Kusto gives it here.
func percent2(share float64) types.Value {
	return real64(math.Round(share*1e4) / 100)
}

// difference is the share of the first set less that of the second.
func (t *patternTable) difference(p *segment) float64 {
	return t.share(p.weight, 0) - t.share(p.weight, 1)
}

// mostTold is the part of a pattern's rows beyond which those before it tell it already.
const mostTold = 0.9

// differing are the patterns of at least size values whose shares differ by the threshold.
func (t *patternTable) differing(s *plan.PatternSpec, size int) ([]*segment, error) {
	list, err := t.closedWithin(s.Threshold, s.MaxDimensions)
	if err != nil {
		return nil, err
	}
	t.tell(list)
	list = slices.DeleteFunc(list, func(p *segment) bool {
		return p.told == 0 || p.size < size || math.Abs(t.difference(p)) < s.Threshold
	})
	sortPatterns(list, func(p *segment) float64 { return math.Abs(t.difference(p)) })
	var taken []*segment
	covered := [2][]bool{make([]bool, len(t.rows)), make([]bool, len(t.rows))} // by patterns of which set there is more
	for _, p := range list {
		set := 0
		if t.difference(p) < 0 {
			set = 1
		}
		if t.work < 0 || len(taken) == maxDiffering {
			break
		}
		if p.nested(taken) || t.uncovered(p, covered[set])[set] <= (1-mostTold)*p.weight[set] {
			continue
		}
		taken = append(taken, p)
		t.cover(p, covered[set])
	}
	return taken, nil
}

// maxDiffering bounds the patterns of a small set.
const maxDiffering = 1000

// nested reports whether p is a part of one of the others, or one of them a part of p.
func (p *segment) nested(others []*segment) bool {
	for _, o := range others {
		if p.shared(o) == min(p.told, o.told) {
			return true
		}
	}
	return false
}

// maxTokenBytes is the length of a word beyond which it is no part of a pattern.
const maxTokenBytes = 1000

// diffpatternsText is diffpatterns_text: the words at the same places of texts, counted from
// the first, that tell two sets of rows apart; those of the first set first.
//
// Source: https://learn.microsoft.com/kusto/query/diffpatterns-text-plugin
func diffpatternsText(_ []sqlgen.Operand, spec any, in, out types.Schema) (sqlgen.RowFunc, error) {
	s, ok := spec.(*plan.PatternSpec)
	if !ok || len(s.Dimensions) != 1 {
		return nil, fmt.Errorf("needs a column of texts")
	}
	r, err := newPatternReader(s, in)
	if err != nil {
		return nil, err
	}
	text := r.dims[0]
	r.width = s.MaxDimensions
	r.cells = func(row, into []types.Value) []types.Value { return words(row[text].Str, r.width, into) }
	return func(rows, again sqlgen.Rows, emit func([]types.Value) error) error {
		t, err := r.read(rows, again, s.Threshold)
		if err != nil {
			return err
		}
		for _, row := range t.rows {
			for i, v := range row {
				if v > 0 && t.values[i][v-1].Str == "" {
					row[i] = 0 // behind the last word
				}
			}
		}
		list, err := t.differing(s, max(1, s.MinTokens))
		if err != nil {
			return err
		}
		slices.SortStableFunc(list, func(x, y *segment) int { return cmp.Compare(t.difference(y), t.difference(x)) })
		for _, p := range list {
			row := make([]types.Value, len(out))
			told := []types.Value{count(p.weight[0]), count(p.weight[1]), percent2(t.share(p.weight, 0)), percent2(t.share(p.weight, 1)), t.sentence(p)}
			for i, o := range s.Outputs {
				row[i] = told[o.Figure]
			}
			if err := emit(row); err != nil {
				return err
			}
		}
		return nil
	}, nil
}

// words are the first n words of a text, and empty ones up to n.
func words(s string, n int, into []types.Value) []types.Value {
	for range n {
		s = strings.TrimLeftFunc(s, unicode.IsSpace)
		end := strings.IndexFunc(s, unicode.IsSpace)
		if end < 0 {
			end = len(s)
		}
		word := s[:end]
		if len(word) > maxTokenBytes {
			word = ""
		}
		into = append(into, types.Value{Type: types.String, Str: word})
		s = s[end:]
	}
	return into
}

// sentence writes a pattern: its words at their places, * for any word, and for what follows
// behind the last one that is looked at.
func (t *patternTable) sentence(p *segment) types.Value {
	var list []string
	last := 0
	for i, v := range p.fixed {
		if v != 0 {
			last = i + 1
		}
	}
	for i := range last {
		word := "*"
		if v := p.fixed[i]; v != 0 {
			word = t.values[i][v-1].Str
		}
		list = append(list, word)
	}
	if last < len(p.fixed) {
		list = append(list, "*")
	}
	return types.Value{Type: types.String, Str: strings.Join(list, " ")}
}
