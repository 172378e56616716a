package rowstep

import (
	"cmp"
	"fmt"
	"math"
	"math/bits"
	"slices"

	"github.com/goshawk-hunt/goshawk/kql/plan"
	"github.com/goshawk-hunt/goshawk/kql/sqlgen"
	"github.com/goshawk-hunt/goshawk/kql/types"
)

// rolling is rolling_percentile with its arguments.
type rolling struct {
	value, at int
	dims      []int
	kind      types.Type
	bins      bins
	width     int64 // of the window, in bins
	share     float64
}

// rollingPercentile is rolling_percentile: of each bin the percentile, by nearest rank,
// of the values in the window of bins that ends with it.
//
// Source: https://learn.microsoft.com/kusto/query/rolling-percentile-plugin
func rollingPercentile(args []sqlgen.Operand, spec any, in, _ types.Schema) (sqlgen.RowFunc, error) {
	s, ok := spec.(*plan.ActivitySpec)
	if !ok || len(args) < 5 {
		return nil, fmt.Errorf("the binder prepared no timeline")
	}
	a, err := timelineOn(args[2].Column, args, in)
	if err != nil {
		return nil, err
	}
	p := &rolling{at: in.Index(args[2].Column), kind: a.kind}
	if p.value, err = columnIndex(args[0], in); err != nil {
		return nil, err
	}
	if t := in[p.value].Type; t == types.Decimal {
		return nil, fmt.Errorf("percentiles of %s are not supported", t)
	}
	percent, err := constant(args, 1)
	if err != nil {
		return nil, err
	}
	p.share = number(percent) / 100
	if percent.Null || percent.Type == types.Decimal || !(p.share >= 0 && p.share <= 1) {
		return nil, fmt.Errorf("the percentile must be from 0 to 100")
	}
	if p.bins, err = a.window(3); err != nil {
		return nil, err
	}
	if p.width, err = a.size(4, "number of bins"); err != nil {
		return nil, err
	}
	for _, name := range s.Dimensions {
		p.dims = append(p.dims, in.Index(name))
	}
	return p.run, nil
}

// sample is a value in its bin.
type sample struct {
	group int32
	rank  int32
	bin   int64
	value types.Value
}

func (p *rolling) run(rows, _ sqlgen.Rows, emit func([]types.Value) error) error {
	groups := newInterner()
	r := &run{period: period{kind: p.kind}, emit: emit}
	var list []sample
	err := each(rows, func(row []types.Value) error {
		v, at := row[p.value], row[p.at]
		if v.Null || at.Null || v.Type == types.Real && math.IsNaN(v.Real) {
			return nil
		}
		if len(list) == maxRows {
			return fmt.Errorf("the plugin needs all of its rows at once, and there are more than %d", maxRows)
		}
		g, first := groups.add(row, p.dims)
		if first {
			values := make([]types.Value, len(p.dims))
			for i, d := range p.dims {
				values[i] = row[d]
			}
			r.groups = append(r.groups, values)
		}
		list = append(list, sample{group: g, bin: p.bins.index(at.Int), value: v})
		return nil
	})
	if err != nil {
		return err
	}
	slices.SortFunc(list, func(x, y sample) int {
		c, _ := compare(x.value, y.value)
		return cmp.Or(cmp.Compare(x.group, y.group), c)
	})
	for len(list) > 0 {
		n := 1
		for n < len(list) && list[n].group == list[0].group {
			n++
		}
		if err := p.group(r, list[:n]); err != nil {
			return err
		}
		list = list[n:]
	}
	return nil
}

// group writes the rows of one group, whose samples are sorted by value.
func (p *rolling) group(r *run, list []sample) error {
	values := make([]types.Value, len(list))
	for i := range list {
		list[i].rank = int32(i)
		values[i] = list[i].value
	}
	slices.SortFunc(list, func(x, y sample) int { return cmp.Or(cmp.Compare(x.bin, y.bin), cmp.Compare(x.rank, y.rank)) })
	in := newRanks(len(list))
	oldest := 0
	for i := 0; i < len(list); {
		bin := list[i].bin
		for ; i < len(list) && list[i].bin == bin; i++ {
			in.add(int(list[i].rank), 1)
		}
		for bin-list[oldest].bin >= p.width {
			in.add(int(list[oldest].rank), -1)
			oldest++
		}
		want := max(int(math.Ceil(p.share*float64(i-oldest))), 1)
		if err := r.put([]int64{p.bins.start(bin)}, list[oldest].group, values[in.find(want)]); err != nil {
			return err
		}
	}
	return nil
}

// ranks is a set of ranks that finds its n-th smallest (a Fenwick tree).
type ranks []int32

func newRanks(n int) ranks { return make(ranks, 1<<bits.Len(uint(n))+1) }

func (t ranks) add(rank int, n int32) {
	for i := rank + 1; i < len(t); i += i & -i {
		t[i] += n
	}
}

// find returns the n-th smallest rank, from 1 on.
func (t ranks) find(n int) int {
	at := 0
	for step := len(t) - 1; step > 0; step /= 2 {
		if next := at + step; next < len(t) && int(t[next]) < n {
			at, n = next, n-int(t[next])
		}
	}
	return at
}
