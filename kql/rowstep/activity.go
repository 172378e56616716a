package rowstep

import (
	"fmt"
	"math"

	"github.com/goshawk-hunt/goshawk/kql/plan"
	"github.com/goshawk-hunt/goshawk/kql/sqlgen"
	"github.com/goshawk-hunt/goshawk/kql/types"
)

// activityArgs are the arguments of an activity plugin: the id, the timeline, and then constants.
type activityArgs struct {
	args []sqlgen.Operand
	spec *plan.ActivitySpec
	period
}

// activityArguments reads the timeline's type and, if start is not 0, the arguments from
// start on: the first and last moment.
func activityArguments(args []sqlgen.Operand, spec any, in types.Schema, start int) (*activityArgs, error) {
	s, ok := spec.(*plan.ActivitySpec)
	if !ok {
		return nil, fmt.Errorf("the binder prepared no timeline")
	}
	a, err := timelineOn(s.Timeline, args, in)
	if err != nil {
		return nil, err
	}
	a.spec = s
	if start == 0 {
		return a, nil
	}
	if a.start, err = a.number(start, "start"); err != nil {
		return nil, err
	}
	if a.end, err = a.number(start+1, "end"); err != nil {
		return nil, err
	}
	if a.end >= a.start && a.end-a.start < 0 {
		return nil, fmt.Errorf("the timeline is too long")
	}
	a.from = a.start
	return a, nil
}

// timelineOn is a timeline without bounds on a column.
func timelineOn(column string, args []sqlgen.Operand, in types.Schema) (*activityArgs, error) {
	a := &activityArgs{args: args, period: period{from: math.MinInt64, start: math.MinInt64, end: math.MaxInt64}}
	if i := in.Index(column); i >= 0 {
		a.kind = in[i].Type
	}
	switch a.kind {
	case types.DateTime, types.TimeSpan, types.Int, types.Long:
		return a, nil
	}
	return nil, fmt.Errorf("a timeline of type %s is not supported", a.kind)
}

// number reads a constant that the timeline's values can be compared with.
func (a *activityArgs) number(i int, name string) (int64, error) {
	v, err := constant(a.args, i)
	switch {
	case err != nil:
		return 0, err
	case v.Null:
		return 0, fmt.Errorf("the %s must not be null", name)
	case v.Type == types.Real && math.Abs(v.Real) < 1<<62:
		return int64(math.Floor(v.Real)), nil
	case v.Type == types.Real, v.Type == types.Decimal, v.Type == types.String:
		return 0, fmt.Errorf("the %s must be of the timeline's type", name)
	}
	return v.Int, nil
}

// size reads a constant that must be greater than 0.
func (a *activityArgs) size(i int, name string) (int64, error) {
	n, err := a.number(i, name)
	if err == nil && n <= 0 {
		err = fmt.Errorf("the %s must be greater than 0", name)
	}
	return n, err
}

// window reads the size of a bin: of the timeline's type, or 'week', 'month' or 'year'.
func (a *activityArgs) window(i int) (bins, error) {
	if v, err := constant(a.args, i); err == nil && v.Type == types.String {
		switch {
		case v.Str != "week" && v.Str != "month" && v.Str != "year":
			return nil, fmt.Errorf("'%s' is no window: it is a number, a timespan, or one of week, month and year", v.Str)
		case a.kind != types.DateTime:
			return nil, fmt.Errorf("a window of a %s needs a timeline of type datetime", v.Str)
		}
		return calendarBins(v.Str), nil
	}
	n, err := a.size(i, "window")
	origin := a.start
	if origin == math.MinInt64 {
		origin = 0
	}
	return evenBins{origin, n}, err
}

// read reads the timeline when the plugin runs.
func (a *activityArgs) read(rows sqlgen.Rows, order func(x, y event) int, emit func([]types.Value) error) (*run, error) {
	return timelineOf(&a.period, a.spec, rows, order, emit)
}

// over makes the step of a plugin that looks at each group by time.
func (a *activityArgs) over(f func(r *run, g int32, events []event) error) sqlgen.RowFunc {
	return func(rows, _ sqlgen.Rows, emit func([]types.Value) error) error {
		r, err := a.read(rows, byTime, emit)
		if err != nil {
			return err
		}
		return r.eachGroup(func(g int32, events []event) error { return f(r, g, events) })
	}
}

// eachBin calls f with the events of each bin that has some.
func eachBin(b bins, events []event, f func(bin int64, events []event) error) error {
	for i := 0; i < len(events); {
		bin := b.index(events[i].at)
		j := i + 1
		for j < len(events) && b.index(events[j].at) == bin {
			j++
		}
		if err := f(bin, events[i:j]); err != nil {
			return err
		}
		i = j
	}
	return nil
}

// activityCounts is activity_counts_metrics: of each bin the events, the ids, those never
// seen before, and all seen so far.
//
// Source: https://learn.microsoft.com/kusto/query/activity-counts-metrics-plugin
func activityCounts(args []sqlgen.Operand, spec any, in, _ types.Schema) (sqlgen.RowFunc, error) {
	a, err := activityArguments(args, spec, in, 2)
	if err != nil {
		return nil, err
	}
	b, err := a.window(4)
	if err != nil {
		return nil, err
	}
	return a.over(func(r *run, g int32, events []event) error {
		last, total := map[int32]int64{}, int64(0)
		return eachBin(b, events, func(bin int64, events []event) error {
			var ids, fresh int64
			for _, e := range events {
				seen, known := last[e.id]
				if !known {
					fresh++
				}
				if !known || seen != bin {
					ids++
					last[e.id] = bin
				}
			}
			total += fresh
			return r.put([]int64{b.start(bin)}, g, longs(int64(len(events))), longs(ids), longs(fresh), longs(total))
		})
	}), nil
}

// activityMetrics is activity_metrics: each bin is compared with the one before.
//
// Source: https://learn.microsoft.com/kusto/query/activity-metrics-plugin
func activityMetrics(args []sqlgen.Operand, spec any, in, _ types.Schema) (sqlgen.RowFunc, error) {
	start, window := 2, 4
	if len(args) == 3 {
		start, window = 0, 2
	}
	a, err := activityArguments(args, spec, in, start)
	if err != nil {
		return nil, err
	}
	b, err := a.window(window)
	if err != nil {
		return nil, err
	}
	return a.over(func(r *run, g int32, events []event) error {
		last := map[int32]int64{}
		before, beforeBin := int64(0), int64(math.MinInt64)
		return eachBin(b, events, func(bin int64, events []event) error {
			var ids, kept int64
			for _, e := range events {
				seen, known := last[e.id]
				if known && seen == bin {
					continue
				}
				ids++
				if known && seen == bin-1 {
					kept++
				}
				last[e.id] = bin
			}
			if beforeBin != bin-1 {
				before = 0
			}
			err := r.put([]int64{b.start(bin)}, g, longs(ids), longs(ids-kept), ratio(kept, before), ratio(before-kept, before))
			before, beforeBin = ids, bin
			return err
		})
	}), nil
}

// activityEngagement is activity_engagement: the ids of each bin against those of a
// longer window that ends with it.
//
// Source: https://learn.microsoft.com/kusto/query/activity-engagement-plugin
func activityEngagement(args []sqlgen.Operand, spec any, in, _ types.Schema) (sqlgen.RowFunc, error) {
	start, inner := 2, 4
	if len(args) == 4 {
		start, inner = 0, 2
	}
	a, err := activityArguments(args, spec, in, start)
	if err != nil {
		return nil, err
	}
	b, err := a.window(inner)
	if err != nil {
		return nil, err
	}
	step, err := a.size(inner, "inner window")
	if err != nil {
		return nil, err
	}
	outer, err := a.size(inner+1, "outer window")
	if err != nil {
		return nil, err
	}
	if start > 0 {
		a.look(outer)
	}
	reach := max(outer/step, 1)
	return a.over(func(r *run, g int32, events []event) error {
		w := &window{last: map[int32]int64{}}
		return eachBin(b, events, func(bin int64, events []event) error {
			w.drop(bin - reach)
			ids := w.add(bin, events)
			if at := b.start(bin); start == 0 || at >= a.start {
				return r.put([]int64{at}, g, longs(ids), longs(w.ids), ratio(ids, w.ids))
			}
			return nil
		})
	}), nil
}

// window counts the events and ids of a number of bins.
type window struct {
	last    map[int32]int64 // the last bin of each id
	entries []entry
	ids     int64
	count   int64
}

// entry is an id in a bin, with the number of its events.
type entry struct {
	bin   int64
	id    int32
	count int64
}

// add adds the events of a later bin and returns how many ids they have.
func (w *window) add(bin int64, events []event) int64 {
	counts := map[int32]int64{}
	for _, e := range events {
		counts[e.id]++
	}
	for id, n := range counts {
		if _, in := w.last[id]; !in {
			w.ids++
		}
		w.last[id] = bin
		w.entries = append(w.entries, entry{bin, id, n})
		w.count += n
	}
	return int64(len(counts))
}

// drop takes the bins up to this one out.
func (w *window) drop(bin int64) {
	for len(w.entries) > 0 && w.entries[0].bin <= bin {
		e := w.entries[0]
		w.entries = w.entries[1:]
		w.count -= e.count
		if w.last[e.id] == e.bin {
			delete(w.last, e.id)
			w.ids--
		}
	}
}

// slidingCounts is sliding_window_counts: events and ids of the bins looked back on.
//
// Source: https://learn.microsoft.com/kusto/query/sliding-window-counts-plugin
func slidingCounts(args []sqlgen.Operand, spec any, in, _ types.Schema) (sqlgen.RowFunc, error) {
	a, err := activityArguments(args, spec, in, 2)
	if err != nil {
		return nil, err
	}
	back, err := a.size(4, "lookback window")
	if err != nil {
		return nil, err
	}
	b, err := a.window(5)
	if err != nil {
		return nil, err
	}
	a.look(back)
	// within reports whether the window of a bin holds an earlier one.
	within := func(earlier, bin int64) bool { return b.start(bin)-b.start(earlier) < back }
	return a.over(func(r *run, g int32, events []event) error {
		w := &window{last: map[int32]int64{}}
		for bin := b.index(a.start); bin <= b.index(a.end); bin++ {
			if w.count == 0 {
				if len(events) == 0 {
					break
				}
				bin = max(bin, b.index(events[0].at))
			}
			n := 0
			for n < len(events) && b.index(events[n].at) <= bin {
				n++
			}
			_ = eachBin(b, events[:n], func(bin int64, events []event) error { w.add(bin, events); return nil })
			events = events[n:]
			for len(w.entries) > 0 && !within(w.entries[0].bin, bin) {
				w.drop(w.entries[0].bin)
			}
			if w.count == 0 {
				continue
			}
			if err := r.put([]int64{b.start(bin)}, g, longs(w.count), longs(w.ids)); err != nil {
				return err
			}
		}
		return nil
	}), nil
}
