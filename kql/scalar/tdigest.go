package scalar

import (
	"math"
	"slices"
	"strconv"

	"github.com/goshawk-hunt/goshawk/kql/dynamic"
	"github.com/goshawk-hunt/goshawk/kql/types"
)

// digest is a t-digest: values with their weights, and the type of the values. Those of
// datetimes and timespans are ticks.
type digest struct {
	of        types.Type
	centroids []centroid
}

// centroid is a value with the number of values that it stands for. Whole numbers beyond 2^53
// would lose digits as a real: exact keeps them.
type centroid struct {
	value, weight float64
	exact         int64
	whole         bool
}

// maxCentroids is the size from which on a digest gives up being exact.
const maxCentroids = 2048

func compareCentroids(a, b centroid) int {
	switch {
	case a.whole && b.whole && a.exact < b.exact, a.value < b.value:
		return -1
	case a.whole && b.whole && a.exact > b.exact, a.value > b.value:
		return 1
	}
	return 0
}

// join adds b to a: the value between them by their weights.
func (a *centroid) join(b centroid) {
	a.value += (b.value - a.value) * b.weight / (a.weight + b.weight)
	if a.whole = a.whole && b.whole; a.whole {
		a.exact += int64(float64(b.exact-a.exact) * b.weight / (a.weight + b.weight))
	}
	a.weight += b.weight
}

// compressed merges neighbours until few enough are left. Middle ones are merged first, so
// that high and low percentiles stay sharp.
func compressed(c []centroid) []centroid {
	slices.SortStableFunc(c, compareCentroids)
	out := c[:0:0]
	for _, x := range c {
		if n := len(out); n > 0 && compareCentroids(out[n-1], x) == 0 {
			out[n-1].weight += x.weight
		} else {
			out = append(out, x)
		}
	}
	if len(out) <= maxCentroids {
		return out
	}
	total := 0.0
	for _, x := range out {
		total += x.weight
	}
	merged := []centroid{out[0]}
	before := 0.0 // weight left of the last centroid
	for _, x := range out[1:] {
		last := &merged[len(merged)-1]
		q := (before + (last.weight+x.weight)/2) / total
		if last.weight+x.weight <= 4*total*q*(1-q)/(maxCentroids/4) {
			last.join(x)
			continue
		}
		before += last.weight
		merged = append(merged, x)
	}
	return merged
}

// number is the value as it was.
func (c centroid) number() dynamic.Value {
	if c.whole {
		return dynamic.Number(c.exact)
	}
	return dynamic.Float(c.value)
}

// scalar writes a digest: an array of [value, weight], behind the name of the type if the
// values are times.
func (d digest) scalar() types.Value {
	var items []dynamic.Value
	if d.of == types.DateTime || d.of == types.TimeSpan {
		items = append(items, dynamic.Text(d.of.String()))
	}
	for _, x := range d.centroids {
		items = append(items, dynamic.List([]dynamic.Value{x.number(), dynamic.Float(x.weight)}))
	}
	return dynamic.List(items).Scalar()
}

// readDigest reads what scalar writes, with numbers that may be text.
func readDigest(v dynamic.Value) (d digest, ok bool) {
	if v.Kind != dynamic.Array {
		return d, false
	}
	items := v.Items
	if len(items) > 0 && items[0].Kind == dynamic.String {
		for _, t := range []types.Type{types.DateTime, types.TimeSpan} {
			if items[0].Str == t.String() {
				d.of = t
			}
		}
		if d.of == types.Unknown {
			return d, false
		}
		items = items[1:]
	}
	for _, item := range items {
		x, ok1 := pairCentroid(item.Index(0))
		w, ok2 := pairNumber(item.Index(1))
		if !ok1 || !ok2 || !(w > 0) {
			return d, false
		}
		x.weight = w
		d.centroids = append(d.centroids, x)
	}
	return d, true
}

func pairCentroid(v dynamic.Value) (c centroid, ok bool) {
	if v.Kind == dynamic.Long {
		return centroid{value: float64(v.Int), exact: v.Int, whole: true}, true
	}
	if n, err := strconv.ParseInt(v.Str, 10, 64); v.Kind == dynamic.String && err == nil {
		return centroid{value: float64(n), exact: n, whole: true}, true
	}
	f, ok := pairNumber(v)
	return centroid{value: f}, ok
}

// pairNumber reads a number that may be written as text.
func pairNumber(v dynamic.Value) (float64, bool) {
	if v.Kind == dynamic.String {
		f, err := strconv.ParseFloat(v.Str, 64)
		return f, err == nil && !math.IsNaN(f)
	}
	return v.Number()
}

// makeTDigest makes a digest of [[value, weight], ..], both as text. a[1] names the type.
func makeTDigest(a []types.Value) types.Value {
	var d digest
	for _, t := range []types.Type{types.DateTime, types.TimeSpan} {
		if a[1].Str == t.String() {
			d.of = t
		}
	}
	for _, item := range read(a[0]).Items {
		x, ok1 := pairCentroid(item.Index(0))
		w, ok2 := pairNumber(item.Index(1))
		if ok1 && ok2 && w > 0 {
			x.weight = w
			d.centroids = append(d.centroids, x)
		}
	}
	d.centroids = compressed(d.centroids)
	return d.scalar()
}

// mergeDigests merges digests; one of another type than the first is left out.
func mergeDigests(all []dynamic.Value) types.Value {
	var d digest
	for _, v := range all {
		part, ok := readDigest(v)
		if !ok || len(d.centroids) > 0 && part.of != d.of {
			continue
		}
		d.of = part.of
		d.centroids = append(d.centroids, part.centroids...)
	}
	d.centroids = compressed(d.centroids)
	return d.scalar()
}

func mergeTDigest(a []types.Value) types.Value {
	all := make([]dynamic.Value, len(a))
	for i := range a {
		all[i] = read(a[i])
	}
	return mergeDigests(all)
}

func mergeAllTDigest(a []types.Value) types.Value { return mergeDigests(read(a[0]).Items) }

// rank is the value at a percentage, by nearest rank; null if there is none.
func (d digest) rank(percent float64) dynamic.Value {
	total := 0.0
	for _, x := range d.centroids {
		total += x.weight
	}
	if len(d.centroids) == 0 || !(percent >= 0 && percent <= 100) {
		return dynamic.Value{}
	}
	want, sum := percent/100*total, 0.0
	found := d.centroids[len(d.centroids)-1]
	for _, x := range d.centroids {
		sum += x.weight
		if sum >= want*(1-1e-12) {
			found = x
			break
		}
	}
	if v := found.number(); d.of != types.Unknown {
		return dynamic.Of(types.Value{Type: d.of, Int: v.Int})
	}
	return found.number()
}

func percentileTDigest(a []types.Value) types.Value {
	d, ok := readDigest(read(a[0]))
	if !ok || a[1].Null {
		return nullDynamic
	}
	return d.rank(a[1].Real).Scalar()
}

func percentilesTDigest(a []types.Value) types.Value {
	d, ok1 := readDigest(read(a[0]))
	ps, ok2 := array(a[1])
	if !ok1 || !ok2 {
		return nullDynamic
	}
	out := make([]dynamic.Value, len(ps))
	for i, p := range ps {
		if f, ok := p.Number(); ok {
			out[i] = d.rank(f)
		}
	}
	return dynamic.List(out).Scalar()
}

// rankTDigest counts the values up to a value, as a number or as a percentage.
func rankTDigest(percent bool) func([]types.Value) types.Value {
	return func(a []types.Value) types.Value {
		d, ok1 := readDigest(read(a[0]))
		x, ok2 := pairCentroid(read(a[1]))
		if !ok1 || !ok2 || len(d.centroids) == 0 {
			return nullReal
		}
		below, total := 0.0, 0.0
		for _, y := range d.centroids {
			total += y.weight
			if compareCentroids(y, x) <= 0 {
				below += y.weight
			}
		}
		if percent {
			return realOf(100 * below / total)
		}
		return realOf(below)
	}
}
