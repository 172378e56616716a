package rowstep

import (
	"fmt"
	"math"
	"slices"

	"github.com/goshawk-hunt/goshawk/kql/sqlgen"
	"github.com/goshawk-hunt/goshawk/kql/types"
)

// sequence is sequence_detect with its arguments.
type sequence struct {
	kind       types.Type
	at         int
	dims       []int
	steps      []int
	step, span int64 // longest between two steps, and between the first and the last
}

// sequenceDetect is sequence_detect: each way in which rows of a group, one later than
// the other, fulfil the steps' conditions in their order.
//
// Source: https://learn.microsoft.com/kusto/query/sequence-detect-plugin
func sequenceDetect(args []sqlgen.Operand, _ any, in, _ types.Schema) (sqlgen.RowFunc, error) {
	if len(args) < 4 {
		return nil, fmt.Errorf("needs a timeline, two windows and a condition")
	}
	a, err := timelineOn(args[0].Column, args, in)
	if err != nil {
		return nil, err
	}
	s := &sequence{kind: a.kind, at: in.Index(args[0].Column)}
	if s.step, err = a.size(1, "longest step"); err != nil {
		return nil, err
	}
	if s.span, err = a.size(2, "longest span"); err != nil {
		return nil, err
	}
	for _, arg := range args[3:] {
		i, err := columnIndex(arg, in)
		if err != nil {
			return nil, fmt.Errorf("a step needs a condition over the columns")
		}
		if arg.Type == types.Bool {
			s.steps = append(s.steps, i)
		} else {
			s.dims = append(s.dims, i)
		}
	}
	return s.run, nil
}

// moments are the times at which a group fulfils each step.
type moments struct {
	values []types.Value // the group's dimensions
	times  [][]int64
}

func (s *sequence) run(rows, _ sqlgen.Rows, emit func([]types.Value) error) error {
	groups := newInterner()
	var list []*moments
	n := 0
	err := each(rows, func(row []types.Value) error {
		if row[s.at].Null {
			return nil
		}
		var g *moments
		for i, c := range s.steps {
			if row[c].Null || row[c].Int == 0 {
				continue
			}
			if n++; n > maxRows {
				return fmt.Errorf("more than %d rows fulfil a step", maxRows)
			}
			if g == nil {
				number, first := groups.add(row, s.dims)
				if first {
					g = &moments{times: make([][]int64, len(s.steps))}
					for _, d := range s.dims {
						g.values = append(g.values, row[d])
					}
					list = append(list, g)
				}
				g = list[number]
			}
			g.times[i] = append(g.times[i], row[s.at].Int)
		}
		return nil
	})
	if err != nil {
		return err
	}
	found := 0
	for _, g := range list {
		for i := range g.times {
			slices.Sort(g.times[i])
			g.times[i] = slices.Compact(g.times[i])
		}
		err := s.extend(g, nil, func(at []int64) error {
			if found++; found > maxWindows {
				return fmt.Errorf("there are more than %d sequences: narrow the windows", maxWindows)
			}
			return emit(s.row(g, at))
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// extend calls f for every sequence that begins with the moments at.
func (s *sequence) extend(g *moments, at []int64, f func(at []int64) error) error {
	if len(at) == len(s.steps) {
		return f(at)
	}
	times := g.times[len(at)]
	low, high := int64(math.MinInt64), int64(math.MaxInt64)
	if n := len(at); n > 0 {
		low = at[n-1]
		high = min(add(at[n-1], s.step), add(at[0], s.span))
	}
	i, _ := slices.BinarySearch(times, low)
	for ; i < len(times) && times[i] <= high; i++ {
		if len(at) > 0 && times[i] == low {
			continue
		}
		if err := s.extend(g, append(at, times[i]), f); err != nil {
			return err
		}
	}
	return nil
}

func (s *sequence) row(g *moments, at []int64) []types.Value {
	row := slices.Clone(g.values)
	for _, t := range at {
		row = append(row, types.Value{Type: s.kind, Int: t})
	}
	return append(row, types.Value{Type: types.TimeSpan, Int: at[len(at)-1] - at[0]})
}

// add adds a span to a moment, up to the last moment that there is.
func add(at, span int64) int64 {
	if sum := at + span; sum >= at {
		return sum
	}
	return math.MaxInt64
}
