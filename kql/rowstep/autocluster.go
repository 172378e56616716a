package rowstep

import (
	"errors"
	"math"
	"slices"

	"github.com/goshawk-hunt/goshawk/kql/plan"
	"github.com/goshawk-hunt/goshawk/kql/sqlgen"
	"github.com/goshawk-hunt/goshawk/kql/types"
)

// autocluster is autocluster: few patterns that tell most of the rows apart. Of all frequent
// patterns it takes the one of the highest score that isn't like those taken before and whose
// rows are not theirs, and so on.
//
// Microsoft tells that the score is the geometric mean of the share of the rows and of what
// the pattern tells, weighted by SizeWeight and 1-SizeWeight, and that patterns are diverse;
// how it measures both is not published. Here a pattern tells the square of its share of the
// columns (as many pairs of columns agree) without values that nearly all rows have, is like another if it shares half of the values
// of the smaller one, and must have enough rows of its own: choices that allow the tables of
// https://learn.microsoft.com/kusto/query/autocluster-plugin and of
// https://learn.microsoft.com/kusto/query/anomaly-diagnosis, as far as these tell.
func autocluster(_ []sqlgen.Operand, spec any, in, out types.Schema) (sqlgen.RowFunc, error) {
	least := func(s *plan.PatternSpec) float64 { return max(0.01, s.SizeWeight/10) }
	return segments(spec, in, out, func(t *patternTable, s *plan.PatternSpec) ([]*segment, error) {
		list, err := t.closedWithin(least(s), 0)
		if err != nil {
			return nil, err
		}
		t.tell(list)
		width := float64(len(s.Dimensions))
		sortPatterns(list, func(p *segment) float64 {
			return math.Pow(t.share(p.weight, 0), s.SizeWeight) * math.Pow(float64(p.told)/width, 2*(1-s.SizeWeight))
		})
		return t.diverse(list, s.Seeds, least(s)), nil
	}, least, segmentFigures)
}

// closedWithin is closed, with fewer dimensions where there are too many patterns, or too
// much to look at.
func (t *patternTable) closedWithin(share float64, dimensions int) ([]*segment, error) {
	if dimensions == 0 {
		dimensions = len(t.values)
	}
	for _, most := range []int{6, 3, 2} {
		if most <= dimensions || most == 6 {
			list, err := t.closed(share, min(dimensions, most), maxPatternWork/4)
			if !errors.Is(err, errManyPatterns) {
				return list, err
			}
		}
	}
	return t.closed(share, 1, maxPatternWork)
}

// nearlyAll is the share of the rows from which on a value tells nothing.
const nearlyAll = 0.9

// tell finds what each pattern tells.
func (t *patternTable) tell(list []*segment) {
	counts := make([][][2]float64, len(t.values))
	for i := range t.values {
		counts[i] = t.weights(i)
	}
	for _, p := range list {
		p.own = slices.Clone(p.fixed)
		p.told = p.size
		for i, v := range p.fixed {
			w := counts[i][v]
			if v != 0 && t.share(w, 0) >= nearlyAll && (!t.two || t.share(w, 1) >= nearlyAll) {
				p.own[i] = 0
				p.told--
			}
		}
	}
}

// diverse takes from a list, the best first, up to most patterns that are not alike, each
// with the share of all rows in rows that no other one has.
func (t *patternTable) diverse(list []*segment, most int, share float64) []*segment {
	var taken []*segment
	covered := make([]bool, len(t.rows))
	for _, p := range list {
		if len(taken) == most || t.work < 0 {
			break
		}
		if p.told == 0 || p.like(taken) || t.share(t.uncovered(p, covered), 0) < share {
			continue
		}
		taken = append(taken, p)
		t.cover(p, covered)
	}
	if len(taken) == 0 && len(list) > 0 && t.share(list[0].weight, 0) >= share {
		return list[:1] // nearly all rows are the same
	}
	return taken
}

// like reports whether p shares half of the values of p or of one of the others.
func (p *segment) like(others []*segment) bool {
	for _, o := range others {
		if 2*p.shared(o) >= min(p.told, o.told) {
			return true
		}
	}
	return false
}

// shared is the number of values that both patterns tell.
func (p *segment) shared(o *segment) int {
	n := 0
	for i, v := range p.own {
		if v != 0 && v == o.own[i] {
			n++
		}
	}
	return n
}

// uncovered is the weight of the rows of p that are not covered yet.
func (t *patternTable) uncovered(p *segment, covered []bool) [2]float64 {
	var w [2]float64
	t.work -= len(t.rows) * len(t.values)
	for i, row := range t.rows {
		if !covered[i] && p.matches(row) {
			for set, x := range t.weight[i] {
				w[set] += x
			}
		}
	}
	return w
}

func (t *patternTable) cover(p *segment, covered []bool) {
	for i, row := range t.rows {
		covered[i] = covered[i] || p.matches(row)
	}
}
