package rowstep

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"strings"

	"github.com/goshawk-hunt/goshawk/kql/plan"
	"github.com/goshawk-hunt/goshawk/kql/sqlgen"
	"github.com/goshawk-hunt/goshawk/kql/types"
)

// event is a row of an activity plugin's input: who was active when, in which group
// of equal dimensions.
type event struct {
	at        int64
	group, id int32
}

// timeline is the input of an activity plugin.
type timeline struct {
	events []event
	groups [][]types.Value // the dimensions of each group
	ids    int             // number of different ids
}

// run is a plugin over a timeline, once the rows are read.
type run struct {
	timeline
	period
	emit func([]types.Value) error
	rows int
}

// period is the part of a timeline that a plugin looks at.
type period struct {
	kind       types.Type
	start, end int64 // both belong to it
	// from is the first moment whose events are wanted: start, less what is looked back.
	from int64
}

// look widens the period by a span before its start.
func (p *period) look(back int64) {
	p.from = p.start - back
	if p.from > p.start {
		p.from = math.MinInt64
	}
	if p.end >= 0 { // no difference within the period overflows
		p.from = max(p.from, p.end-math.MaxInt64)
	}
}

// maxWindows bounds the rows that a plugin makes of empty or overlapping windows.
const maxWindows = 10_000_000

// timelineOf reads the events between from and end, and sorts them by group, then by less.
func timelineOf(p *period, s *plan.ActivitySpec, rows sqlgen.Rows, less func(x, y event) int, emit func([]types.Value) error) (*run, error) {
	in := rows.Schema()
	id, at := in.Index(s.ID), in.Index(s.Timeline)
	dims := make([]int, len(s.Dimensions))
	for i, name := range s.Dimensions {
		dims[i] = in.Index(name)
	}
	if at < 0 || id < 0 || slices.Contains(dims, -1) {
		return nil, fmt.Errorf("the input lacks a column")
	}
	r := &run{period: *p, emit: emit}
	ids, groups := map[types.Value]int32{}, newInterner()
	err := each(rows, func(row []types.Value) error {
		v := row[at]
		if v.Null || v.Int < p.from || v.Int > p.end {
			return nil
		}
		if len(r.events) == maxRows {
			return fmt.Errorf("the plugin needs all of its rows at once, and there are more than %d", maxRows)
		}
		i, known := ids[row[id]]
		if !known {
			i = int32(len(ids))
			ids[row[id]] = i
		}
		g, first := groups.add(row, dims)
		if first {
			values := make([]types.Value, len(dims))
			for j, d := range dims {
				values[j] = row[d]
			}
			r.groups = append(r.groups, values)
		}
		r.events = append(r.events, event{at: v.Int, group: g, id: i})
		return nil
	})
	if err != nil {
		return nil, err
	}
	r.ids = len(ids)
	slices.SortFunc(r.events, func(x, y event) int { return cmp.Or(cmp.Compare(x.group, y.group), less(x, y)) })
	return r, nil
}

func byTime(x, y event) int { return cmp.Compare(x.at, y.at) }

func byID(x, y event) int { return cmp.Or(cmp.Compare(x.id, y.id), cmp.Compare(x.at, y.at)) }

// interner numbers the combinations of values in some columns.
type interner struct {
	numbers map[string]int32
	key     strings.Builder
}

func newInterner() *interner { return &interner{numbers: map[string]int32{}} }

func (n *interner) add(row []types.Value, columns []int) (number int32, first bool) {
	n.key.Reset()
	for _, c := range columns {
		text := row[c].Text()
		fmt.Fprintf(&n.key, "%t%d:%s", row[c].Null, len(text), text)
	}
	number, known := n.numbers[n.key.String()]
	if !known {
		number = int32(len(n.numbers))
		n.numbers[strings.Clone(n.key.String())] = number
	}
	return number, !known
}

// each group of the sorted events in turn.
func (r *run) eachGroup(f func(g int32, events []event) error) error {
	for i := 0; i < len(r.events); {
		j := i
		for j < len(r.events) && r.events[j].group == r.events[i].group {
			j++
		}
		if err := f(r.events[i].group, r.events[i:j]); err != nil {
			return err
		}
		i = j
	}
	return nil
}

// put emits a row: before the dimensions of group g, those, and what comes after.
func (r *run) put(before []int64, g int32, after ...types.Value) error {
	if r.rows++; r.rows > maxWindows {
		return fmt.Errorf("the plugin would give more than %d rows: widen its window", maxWindows)
	}
	row := make([]types.Value, 0, len(before)+len(r.groups[g])+len(after))
	for _, at := range before {
		row = append(row, types.Value{Type: r.kind, Int: at})
	}
	row = append(row, r.groups[g]...)
	return r.emit(append(row, after...))
}

func longs(n int64) types.Value { return types.Value{Type: types.Long, Int: n} }

// ratio is a share as real: NaN of nothing.
func ratio(part, whole int64) types.Value {
	v := types.Value{Type: types.Real, Real: math.NaN()}
	if whole != 0 {
		v.Real = float64(part) / float64(whole)
	}
	return v
}

// bins numbers the windows of a timeline.
type bins interface {
	index(at int64) int64
	start(index int64) int64
}

// evenBins are of equal size, and begin at origin.
type evenBins struct{ origin, size int64 }

func (b evenBins) index(at int64) int64 { return floorDiv(at-b.origin, b.size) }

func (b evenBins) start(i int64) int64 { return b.origin + i*b.size }

func floorDiv(a, b int64) int64 {
	q := a / b
	if a%b != 0 && (a < 0) != (b < 0) {
		q--
	}
	return q
}

// calendarBins are weeks from Sunday on, months or years.
type calendarBins string

func (b calendarBins) index(at int64) int64 {
	day := floorDiv(at, types.TicksPerDay)
	year, month, _ := types.Civil(day)
	switch b {
	case "week":
		return floorDiv(day+1, 7)
	case "month":
		return int64(year)*12 + int64(month) - 1
	}
	return int64(year)
}

func (b calendarBins) start(i int64) int64 {
	switch b {
	case "week":
		return max(i*7-1, 0) * types.TicksPerDay
	case "month":
		return types.DayNumber(int(floorDiv(i, 12)), int(i-12*floorDiv(i, 12))+1, 1) * types.TicksPerDay
	}
	return types.DayNumber(int(i), 1, 1) * types.TicksPerDay
}
