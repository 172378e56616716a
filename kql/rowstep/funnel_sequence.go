package rowstep

import (
	"cmp"
	"slices"

	"github.com/goshawk-hunt/goshawk/kql/dynamic"
	"github.com/goshawk-hunt/goshawk/kql/plan"
	"github.com/goshawk-hunt/goshawk/kql/sqlgen"
	"github.com/goshawk-hunt/goshawk/kql/types"
)

// maxSamples is how many ids are named, as in Kusto.
const maxSamples = 128

// funnelSequence is funnel_sequence: of each window, how many ids went through the sequence
// of states, by the state before and the one after it. An id that stays in a state has it
// once; no other state lies within the sequence.
//
// Source: https://learn.microsoft.com/kusto/query/funnel-sequence-plugin
func funnelSequence(args []sqlgen.Operand, spec any, in, out types.Schema) (sqlgen.RowFunc, error) {
	f, err := funnelArguments(args, spec, in, 5, 6, 7)
	if err != nil {
		return nil, err
	}
	longest, err := f.size(4, "longest step")
	if err != nil {
		return nil, err
	}
	hidden := spec.(*plan.ActivitySpec).Hidden
	kind := in[f.state].Type
	return func(rows, _ sqlgen.Rows, emit func([]types.Value) error) error {
		s, err := f.read(rows, func(string) bool { return true })
		if err != nil {
			return err
		}
		found := map[transit]*passage{}
		return s.eachID(func(id int32, list []stay) {
			for _, t := range f.transits(s, list, longest) {
				if hidden == "prev" {
					t.prev = -1
				} else if hidden == "next" {
					t.next = -1
				}
				p := found[t]
				if p == nil {
					p = &passage{transit: t, last: -1}
					found[t] = p
				}
				p.add(id)
			}
		}, func(bin int64) error {
			for _, p := range s.passages(found) {
				row := []types.Value{f.moment(bin)}
				if hidden != "prev" {
					row = append(row, s.stateAt(p.prev, kind))
				}
				if hidden != "next" {
					row = append(row, s.stateAt(p.next, kind))
				}
				if err := emit(append(row, longs(p.count), s.samples(p))); err != nil {
					return err
				}
			}
			clear(found)
			return nil
		})
	}, nil
}

// transit is the states before and after a sequence, -1: none.
type transit struct{ prev, next int32 }

// passage counts the ids with a transit.
type passage struct {
	transit
	count   int64
	last    int32 // id: each comes once, in a row
	samples []int32
}

func (p *passage) add(id int32) {
	if p.last == id {
		return
	}
	p.last = id
	p.count++
	if len(p.samples) < maxSamples {
		p.samples = append(p.samples, id)
	}
}

// transits finds the sequence in the events of an id.
func (f *funnel) transits(s *stays, list []stay, longest int64) []transit {
	type run struct {
		state       int32
		first, last int64
	}
	once := true // the sequence never stays in a state
	for i := 1; i < len(f.sequence); i++ {
		once = once && f.sequence[i] != f.sequence[i-1]
	}
	var runs []run
	for _, e := range list {
		if n := len(runs); once && n > 0 && runs[n-1].state == e.state {
			runs[n-1].last = e.at
			continue
		}
		runs = append(runs, run{e.state, e.at, e.at})
	}
	var found []transit
	for i := 0; i+len(f.sequence) <= len(runs); i++ {
		match := true
		for k, state := range f.sequence {
			r := runs[i+k]
			match = match && s.states[r.state].Text() == state && (k == 0 || r.first-runs[i+k-1].last <= longest)
			if !match {
				break
			}
		}
		if !match {
			continue
		}
		t := transit{-1, -1}
		if i > 0 {
			t.prev = runs[i-1].state
		}
		if j := i + len(f.sequence); j < len(runs) {
			t.next = runs[j].state
		}
		found = append(found, t)
	}
	return found
}

// passages sorts by count, the largest first, then by the states.
func (s *stays) passages(found map[transit]*passage) []*passage {
	list := make([]*passage, 0, len(found))
	for _, p := range found {
		list = append(list, p)
	}
	text := func(state int32) string { return s.stateAt(state, types.String).Text() }
	slices.SortFunc(list, func(x, y *passage) int {
		return cmp.Or(cmp.Compare(y.count, x.count), cmp.Compare(text(x.prev), text(y.prev)), cmp.Compare(text(x.next), text(y.next)),
			cmp.Compare(x.prev, y.prev), cmp.Compare(x.next, y.next))
	})
	return list
}

func (s *stays) stateAt(state int32, kind types.Type) types.Value {
	if state < 0 {
		return types.Null(kind)
	}
	return s.states[state]
}

// samples is the array of a passage's ids.
func (s *stays) samples(p *passage) types.Value {
	var list []dynamic.Value
	for _, id := range p.samples {
		list = append(list, dynamic.Of(s.ids[id]))
	}
	return dynamic.List(list).Scalar()
}
