package rowstep

import (
	"cmp"
	"fmt"
	"math"
	"slices"

	"github.com/goshawk-hunt/goshawk/kql/plan"
	"github.com/goshawk-hunt/goshawk/kql/sqlgen"
	"github.com/goshawk-hunt/goshawk/kql/types"
)

// basket is basket: all patterns with a share of the rows, those that tell of the most cells
// first.
//
// Source: https://learn.microsoft.com/kusto/query/basket-plugin
func basket(_ []sqlgen.Operand, spec any, in, out types.Schema) (sqlgen.RowFunc, error) {
	return segments(spec, in, out, func(t *patternTable, s *plan.PatternSpec) ([]*segment, error) {
		list, err := t.closed(s.Threshold, s.MaxDimensions, maxPatternWork)
		sortPatterns(list, func(p *segment) float64 { return p.weight[0] * float64(p.size) })
		return list, err
	}, func(s *plan.PatternSpec) float64 { return s.Threshold }, segmentFigures)
}

// sortPatterns sorts by score, the highest first; of equal ones those of more rows, then by
// their values.
func sortPatterns(list []*segment, score func(*segment) float64) {
	slices.SortFunc(list, func(x, y *segment) int {
		return cmp.Or(cmp.Compare(score(y), score(x)), cmp.Compare(y.weight[0], x.weight[0]), slices.Compare(x.fixed, y.fixed))
	})
}

// segmentFigures are SegmentId, Count and Percent.
func segmentFigures(t *patternTable, id int, p *segment) []types.Value {
	return []types.Value{longs(int64(id)), count(p.weight[0]), percent(p.weight[0], t.total[0])}
}

// count is a sum of weights as a number of rows.
func count(w float64) types.Value { return longs(int64(math.Round(min(w, 1<<62)))) }

func real64(x float64) types.Value { return types.Value{Type: types.Real, Real: x} }

// segments makes a step of a pattern finder: choose finds the patterns among values with
// the share, figures computes what is told of each.
func segments(
	spec any, in, out types.Schema,
	choose func(*patternTable, *plan.PatternSpec) ([]*segment, error),
	share func(*plan.PatternSpec) float64,
	figures func(t *patternTable, id int, p *segment) []types.Value,
) (sqlgen.RowFunc, error) {
	s, ok := spec.(*plan.PatternSpec)
	if !ok || len(s.Outputs) != len(out) {
		return nil, fmt.Errorf("the arguments are missing")
	}
	r, err := newPatternReader(s, in)
	if err != nil {
		return nil, err
	}
	column := map[string]int{}
	for i, name := range s.Dimensions {
		column[name] = i
	}
	return func(rows, again sqlgen.Rows, emit func([]types.Value) error) error {
		t, err := r.read(rows, again, share(s))
		if err != nil {
			return err
		}
		list, err := choose(t, s)
		if err != nil {
			return err
		}
		row := make([]types.Value, len(out))
		for id, p := range list {
			told := figures(t, id, p)
			for i, o := range s.Outputs {
				c, isDimension := column[o.Column]
				switch {
				case o.Column == "":
					row[i] = told[o.Figure]
				case isDimension && p.fixed[c] != 0:
					row[i] = t.values[c][p.fixed[c]-1]
				default:
					row[i] = s.Wildcard(out[i].Type)
				}
			}
			if err := emit(row); err != nil {
				return err
			}
		}
		return nil
	}, nil
}

// percent is what part a weight is of all, 0 of nothing.
func percent(weight, total float64) types.Value {
	if total == 0 {
		return real64(0)
	}
	return real64(100 * weight / total)
}
