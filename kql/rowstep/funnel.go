package rowstep

import (
	"cmp"
	"fmt"
	"slices"

	"github.com/goshawk-hunt/goshawk/kql/dynamic"
	"github.com/goshawk-hunt/goshawk/kql/sqlgen"
	"github.com/goshawk-hunt/goshawk/kql/types"
)

// funnel is a funnel plugin with its arguments: ids go through states, in windows of time.
type funnel struct {
	*activityArgs
	bins      evenBins
	id, state int // columns
	at        int
	sequence  []string // texts of states
}

// funnelArguments reads what the funnel plugins have in common; the numbers say which
// argument is what.
func funnelArguments(args []sqlgen.Operand, spec any, in types.Schema, window, state, sequence int) (*funnel, error) {
	a, err := activityArguments(args, spec, in, 2)
	if err != nil {
		return nil, err
	}
	f := &funnel{activityArgs: a, id: in.Index(a.spec.ID), at: in.Index(a.spec.Timeline)}
	if f.state, err = columnIndex(args[state], in); err != nil {
		return nil, err
	}
	if f.id < 0 || f.at < 0 {
		return nil, fmt.Errorf("the input lacks a column")
	}
	size, err := a.size(window, "window")
	if err != nil {
		return nil, err
	}
	f.bins = evenBins{a.start, size}
	items, err := arrayOf(args, sequence, "sequence")
	for _, item := range items {
		f.sequence = append(f.sequence, item.Scalar().Text())
		if item.Kind == dynamic.String {
			f.sequence[len(f.sequence)-1] = item.Str
		}
	}
	return f, err
}

// maxFunnelSteps bounds the states of a sequence, and the periods.
const maxFunnelSteps = 100

// arrayOf reads an argument that is an array with elements.
func arrayOf(args []sqlgen.Operand, i int, name string) ([]dynamic.Value, error) {
	v, err := constant(args, i)
	if err != nil {
		return nil, err
	}
	d := dynamic.Of(v)
	if d.Kind != dynamic.Array || len(d.Items) == 0 || len(d.Items) > maxFunnelSteps {
		return nil, fmt.Errorf("the %s must be an array of 1 to %d values", name, maxFunnelSteps)
	}
	return d.Items, nil
}

// stay is an id in a state at a time.
type stay struct {
	at, bin   int64
	id, state int32
}

// stays are the rows within the period by window, id and time.
type stays struct {
	list   []stay
	ids    []types.Value
	states []types.Value
}

// read reads the rows whose state wanted accepts.
func (f *funnel) read(rows sqlgen.Rows, wanted func(state string) bool) (*stays, error) {
	s := &stays{}
	ids, states := newByValue[int32](), newByValue[int32]()
	number := func(m *byValue[int32], v types.Value, list *[]types.Value) int32 {
		n := m.get(v)
		if n == 0 {
			*list = append(*list, v)
			n = int32(len(*list))
			m.set(v, n)
		}
		return n - 1
	}
	err := each(rows, func(row []types.Value) error {
		at := row[f.at]
		if at.Null || at.Int < f.start || at.Int > f.end || !wanted(row[f.state].Text()) {
			return nil
		}
		if len(s.list) == maxRows {
			return fmt.Errorf("the plugin needs all of its rows at once, and there are more than %d", maxRows)
		}
		s.list = append(s.list, stay{
			at: at.Int, bin: f.bins.index(at.Int), id: number(ids, row[f.id], &s.ids), state: number(states, row[f.state], &s.states),
		})
		return nil
	})
	slices.SortFunc(s.list, func(x, y stay) int {
		return cmp.Or(cmp.Compare(x.bin, y.bin), cmp.Compare(x.id, y.id), cmp.Compare(x.at, y.at),
			compareValues(s.states[x.state], s.states[y.state]))
	})
	return s, err
}

// eachID calls do for each window and id, then flush after the last id of a window.
func (s *stays) eachID(do func(id int32, list []stay), flush func(bin int64) error) error {
	for i := 0; i < len(s.list); {
		bin := s.list[i].bin
		for i < len(s.list) && s.list[i].bin == bin {
			j := i
			for j < len(s.list) && s.list[j].bin == bin && s.list[j].id == s.list[i].id {
				j++
			}
			do(s.list[i].id, s.list[i:j])
			i = j
		}
		if err := flush(bin); err != nil {
			return err
		}
	}
	return nil
}

// moment is the beginning of a window as a value of the timeline.
func (f *funnel) moment(bin int64) types.Value {
	return types.Value{Type: f.kind, Int: f.bins.start(bin)}
}

// funnelCompletion is funnel_sequence_completion: of each window, period and state of the
// sequence, how many ids came from the first state to it within the period, one state later
// than the other. Other states may lie between.
//
// Source: https://learn.microsoft.com/kusto/query/funnel-sequence-completion-plugin
func funnelCompletion(args []sqlgen.Operand, spec any, in, _ types.Schema) (sqlgen.RowFunc, error) {
	f, err := funnelArguments(args, spec, in, 4, 5, 6)
	if err != nil {
		return nil, err
	}
	items, err := arrayOf(args, 7, "periods")
	if err != nil {
		return nil, err
	}
	var periods []int64
	for _, item := range items {
		ticks, ok := item.Int, item.Kind == dynamic.Long
		if item.Kind == dynamic.String {
			ticks, ok = types.ParseTimeSpan(item.Str)
		}
		if !ok {
			return nil, fmt.Errorf("a period must be a timespan or a whole number, this is %s", item)
		}
		periods = append(periods, ticks)
	}
	return func(rows, _ sqlgen.Rows, emit func([]types.Value) error) error {
		s, err := f.read(rows, func(state string) bool { return slices.Contains(f.sequence, state) })
		if err != nil {
			return err
		}
		counts := make([]int64, len(periods)*len(f.sequence))
		return s.eachID(func(_ int32, list []stay) {
			for k, span := range f.spans(s, list) {
				for i, p := range periods {
					if span >= 0 && span <= p {
						counts[i*len(f.sequence)+k]++
					}
				}
			}
		}, func(bin int64) error {
			for i, n := range counts {
				counts[i] = 0
				if n == 0 {
					continue
				}
				period := types.Value{Type: types.TimeSpan, Int: periods[i/len(f.sequence)]}
				if err := emit([]types.Value{f.moment(bin), textValue(f.sequence[i%len(f.sequence)]), period, longs(n)}); err != nil {
					return err
				}
			}
			return nil
		})
	}, nil
}

// spans are the shortest times from the first state of the sequence to each one, -1 if it is
// not reached.
func (f *funnel) spans(s *stays, list []stay) []int64 {
	times := make([][]int64, len(f.sequence))
	for _, e := range list {
		for k, state := range f.sequence {
			if s.states[e.state].Text() == state {
				times[k] = append(times[k], e.at)
			}
		}
	}
	spans := make([]int64, len(f.sequence))
	for k := range spans {
		spans[k] = -1
	}
	for _, first := range times[0] {
		spans[0] = 0
		at := first
		for k := 1; k < len(times); k++ {
			i, found := slices.BinarySearch(times[k], at)
			for found && i < len(times[k]) && times[k][i] == at {
				i++
			}
			if i == len(times[k]) {
				break
			}
			at = times[k][i]
			if span := at - first; spans[k] < 0 || span < spans[k] {
				spans[k] = span
			}
		}
	}
	return spans
}
