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

// newActivity is new_activity_metrics: how many of those first seen in one bin come
// back in each later one.
//
// Source: https://learn.microsoft.com/kusto/query/new-activity-metrics-plugin
func newActivity(args []sqlgen.Operand, spec any, in, _ types.Schema) (sqlgen.RowFunc, error) {
	a, err := activityArguments(args, spec, in, 2)
	if err != nil {
		return nil, err
	}
	b, err := a.window(4)
	if err != nil {
		return nil, err
	}
	var only *int64
	if cohort := a.spec.Cohort; cohort != nil {
		if cohort.Null || cohort.Type != a.kind {
			return nil, fmt.Errorf("the cohort must be of the timeline's type")
		}
		bin := int64(math.MinInt64) // none
		if cohort.Int >= a.start && cohort.Int <= a.end {
			bin = b.index(cohort.Int)
		}
		only = &bin
	}
	return func(rows, right sqlgen.Rows, emit func([]types.Value) error) error {
		old, err := idsOf(right, a.spec)
		if err != nil {
			return err
		}
		if old != nil {
			rows = without{rows, rows.Schema().Index(a.spec.ID), old}
		}
		r, err := a.read(rows, byID, emit)
		if err != nil {
			return err
		}
		return r.eachGroup(func(g int32, events []event) error { return r.cohorts(b, g, events, only) })
	}, nil
}

// idsOf reads the ids of the look-back table, nil if there is none.
func idsOf(right sqlgen.Rows, s *plan.ActivitySpec) (map[types.Value]bool, error) {
	if right == nil {
		return nil, nil
	}
	i := max(right.Schema().Index(s.ID), 0)
	ids := map[types.Value]bool{}
	return ids, each(right, func(row []types.Value) error {
		ids[row[i]] = true
		if len(ids) > maxRows {
			return fmt.Errorf("the lookback table has more than %d ids", maxRows)
		}
		return nil
	})
}

// without leaves rows with some ids out.
type without struct {
	sqlgen.Rows
	column int
	ids    map[types.Value]bool
}

// Next returns the next row that is left.
func (w without) Next() ([]types.Value, error) {
	for {
		row, err := w.Rows.Next()
		if err != nil || row == nil || !w.ids[row[w.column]] {
			return row, err
		}
	}
}

// cohortRow is one row: how many of a cohort of size ids, first seen in bin from, came
// back in bin to, and how many there were first seen later.
type cohortRow struct{ from, to, fresh, kept, size int64 }

// cohorts writes the rows of a group whose events are sorted by id.
func (r *run) cohorts(b bins, g int32, events []event, only *int64) error {
	active := map[int64]map[int64]int64{} // by the bin first seen in, and a bin: ids
	for i := 0; i < len(events); {
		first := b.index(events[i].at)
		if active[first] == nil {
			active[first] = map[int64]int64{}
		}
		active[first][first]++
		id, last := events[i].id, first
		for ; i < len(events) && events[i].id == id; i++ {
			if bin := b.index(events[i].at); bin != last {
				active[first][bin]++
				last = bin
			}
		}
	}
	end := b.index(r.end)
	var list []cohortRow
	// From the last cohort to the first, so that those first seen later add up.
	later := map[int64]int64{}
	for _, from := range slices.Backward(sortedKeys(active)) {
		size := active[from][from]
		if only == nil || *only == from {
			if end-from >= maxWindows-int64(len(list)) {
				return fmt.Errorf("the plugin would give more than %d rows: widen its window", maxWindows)
			}
			list = append(list, cohortRow{from: from, to: from, fresh: size, kept: size, size: size})
			for to := from + 1; to <= end; to++ {
				list = append(list, cohortRow{from, to, later[to], active[from][to], size})
			}
		}
		for bin, n := range active[from] {
			later[bin] += n
		}
	}
	slices.SortFunc(list, func(x, y cohortRow) int { return cmp.Or(cmp.Compare(x.from, y.from), cmp.Compare(x.to, y.to)) })
	for _, c := range list {
		bounds := []int64{b.start(c.from), b.start(c.to)}
		if err := r.put(bounds, g, longs(c.fresh), longs(c.kept), longs(c.size-c.kept), ratio(c.kept, c.size), ratio(c.size-c.kept, c.size)); err != nil {
			return err
		}
	}
	return nil
}
