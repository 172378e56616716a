package rowstep

import (
	"cmp"
	"math"
	"slices"

	"github.com/goshawk-hunt/goshawk/kql/sqlgen"
	"github.com/goshawk-hunt/goshawk/kql/types"
)

// sessionCount is session_count: a session of an id begins with an event that none came
// before within the look-back window.
//
// Source: https://learn.microsoft.com/kusto/query/session-count-plugin
func sessionCount(args []sqlgen.Operand, spec any, in, _ types.Schema) (sqlgen.RowFunc, error) {
	a, err := activityArguments(args, spec, in, 2)
	if err != nil {
		return nil, err
	}
	size, err := a.size(4, "bin")
	if err != nil {
		return nil, err
	}
	back, err := a.size(5, "lookback window")
	if err != nil {
		return nil, err
	}
	a.look(back)
	b := evenBins{0, size}
	return a.perID(func(r *run, events []event, count func(bin int64)) {
		for i, e := range events {
			if e.at < a.start {
				continue
			}
			if i == 0 || e.at-events[i-1].at >= back {
				count(b.index(e.at))
			}
		}
	}, b), nil
}

// activeUsers is active_users_count: the ids that had events in enough periods of the
// window that ends with one of their events.
//
// Source: https://learn.microsoft.com/kusto/query/active-users-count-plugin
func activeUsers(args []sqlgen.Operand, spec any, in, _ types.Schema) (sqlgen.RowFunc, error) {
	a, err := activityArguments(args, spec, in, 2)
	if err != nil {
		return nil, err
	}
	var sizes [3]int64
	for i, name := range []string{"lookback window", "period", "number of active periods"} {
		if sizes[i], err = a.size(4+i, name); err != nil {
			return nil, err
		}
	}
	b, err := a.window(7)
	if err != nil {
		return nil, err
	}
	back, periods, enough := sizes[0], evenBins{0, sizes[1]}, int(min(sizes[2], math.MaxInt32))
	a.look(back)
	return a.perID(func(r *run, events []event, count func(bin int64)) {
		var lasts []int64 // the last event of each period in the window
		counted := int64(math.MinInt64)
		for _, e := range events {
			if n := len(lasts); n > 0 && periods.index(lasts[n-1]) == periods.index(e.at) {
				lasts[n-1] = e.at
			} else {
				lasts = append(lasts, e.at)
			}
			for e.at-lasts[0] >= back {
				lasts = lasts[1:]
			}
			if bin := b.index(e.at); len(lasts) >= enough && e.at >= a.start && bin != counted {
				count(bin)
				counted = bin
			}
		}
	}, b), nil
}

// perID makes the step of a plugin that looks at the events of each id of a group, and
// gives one figure for each bin.
func (a *activityArgs) perID(f func(r *run, events []event, count func(bin int64)), b bins) sqlgen.RowFunc {
	return func(rows, _ sqlgen.Rows, emit func([]types.Value) error) error {
		r, err := a.read(rows, byID, emit)
		if err != nil {
			return err
		}
		return r.eachGroup(func(g int32, events []event) error {
			counts := map[int64]int64{}
			for len(events) > 0 {
				n, _ := slices.BinarySearchFunc(events, events[0].id+1, func(e event, id int32) int { return cmp.Compare(e.id, id) })
				f(r, events[:n], func(bin int64) { counts[bin]++ })
				events = events[n:]
			}
			for _, bin := range sortedKeys(counts) {
				if err := r.put([]int64{b.start(bin)}, g, longs(counts[bin])); err != nil {
					return err
				}
			}
			return nil
		})
	}
}

func sortedKeys[V any](m map[int64]V) []int64 {
	keys := make([]int64, 0, len(m))
	for k := range m {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	return keys
}
