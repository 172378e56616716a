package scalar

import (
	"math"
	"math/bits"
	"slices"
	"strconv"

	"github.com/goshawk-hunt/goshawk/kql/dynamic"
	"github.com/goshawk-hunt/goshawk/kql/types"
)

var sketchFunctions = []Function{
	{Name: "dcount_hll", Params: dynamics(1), Result: types.Long, Eval: dcountHLL},
	{Name: "hll", Params: dynamics(1), Result: types.Dynamic, Eval: makeHLL},
	{Name: "hll_merge", Params: dynamics(1), Variadic: true, Result: types.Dynamic, Eval: mergeHLL},
	{Name: "hll_merge_all", Params: dynamics(1), Result: types.Dynamic, Eval: mergeAllHLL},
	{Name: "percentile_tdigest", Params: []types.Type{types.Dynamic, types.Real}, Result: types.Dynamic, Eval: percentileTDigest},
	{Name: "percentiles_array_tdigest", Params: dynamics(2), Result: types.Dynamic, Eval: percentilesTDigest},
	{Name: "percentrank_tdigest", Params: dynamics(2), Result: types.Real, Eval: rankTDigest(true)},
	{Name: "rank_tdigest", Params: dynamics(2), Result: types.Real, Eval: rankTDigest(false)},
	{Name: "tdigest", Params: []types.Type{types.Dynamic, types.String}, Result: types.Dynamic, Eval: makeTDigest},
	{Name: "tdigest_merge", Params: dynamics(1), Variadic: true, Result: types.Dynamic, Eval: mergeTDigest},
	{Name: "tdigest_merge_all", Params: dynamics(1), Result: types.Dynamic, Eval: mergeAllTDigest},
	{Name: "weighted_percentile", Params: []types.Type{types.Dynamic, types.Real}, Result: types.Dynamic, Eval: weightedPercentile},
}

// weightedPercentile reads [[value, weight], ..], both as text, and keeps the text of the value.
func weightedPercentile(a []types.Value) types.Value {
	type weighted struct {
		value, weight float64
		text          dynamic.Value
	}
	var all []weighted
	total := 0.0
	for _, item := range read(a[0]).Items {
		x, ok1 := pairNumber(item.Index(0))
		w, ok2 := pairNumber(item.Index(1))
		if ok1 && ok2 && w > 0 {
			all = append(all, weighted{x, w, item.Index(0)})
			total += w
		}
	}
	slices.SortStableFunc(all, func(a, b weighted) int { return dynamic.Compare(dynamic.Float(a.value), dynamic.Float(b.value)) })
	want, sum := a[1].Real*total, 0.0
	for i, x := range all {
		sum += x.weight
		if sum >= want*(1-1e-12) || i == len(all)-1 {
			if v, ok := dynamic.Parse(x.text.String()); ok {
				return v.Scalar()
			}
			return dynamic.Float(x.value).Scalar()
		}
	}
	return nullDynamic
}

// A sketch of distinct values is ["hashes", h ..] as long as they are few, and then
// ["registers", 2^hllBits digits]: the registers of HyperLogLog (Flajolet and others, 2007).
const (
	hllBits   = 12
	maxHashes = 4096
)

// sketch is a sketch being built.
type sketch struct {
	hashes    map[uint64]bool
	registers []byte
}

func (s *sketch) add(h uint64) {
	if s.registers == nil {
		if s.hashes == nil {
			s.hashes = map[uint64]bool{}
		}
		s.hashes[h] = true
		if len(s.hashes) <= maxHashes {
			return
		}
		s.registers = make([]byte, 1<<hllBits)
		for x := range s.hashes {
			s.register(x)
		}
		s.hashes = nil
		return
	}
	s.register(h)
}

func (s *sketch) register(h uint64) {
	i := h >> (64 - hllBits)
	s.registers[i] = max(s.registers[i], byte(min(bits.LeadingZeros64(h<<hllBits), 64-hllBits)+1))
}

// merge adds what another sketch has seen; ok is false if v is none.
func (s *sketch) merge(v dynamic.Value) bool {
	if v.Kind != dynamic.Array || len(v.Items) == 0 {
		return false
	}
	switch v.Items[0].Str {
	case "hashes":
		for _, item := range v.Items[1:] {
			h, err := strconv.ParseUint(item.Str, 16, 64)
			if err != nil {
				return false
			}
			s.add(h)
		}
		return true
	case "registers":
		text := v.Index(1).Str
		if len(text) != 1<<hllBits {
			return false
		}
		if s.registers == nil {
			s.registers = make([]byte, 1<<hllBits)
			for x := range s.hashes {
				s.register(x)
			}
			s.hashes = nil
		}
		for i := range s.registers {
			s.registers[i] = max(s.registers[i], text[i]-'0')
		}
		return true
	}
	return false
}

func (s *sketch) value() types.Value {
	if s.registers != nil {
		text := make([]byte, len(s.registers))
		for i, r := range s.registers {
			text[i] = '0' + r
		}
		return dynamic.List([]dynamic.Value{dynamic.Text("registers"), dynamic.Text(string(text))}).Scalar()
	}
	hashes := make([]string, 0, len(s.hashes))
	for h := range s.hashes {
		hashes = append(hashes, strconv.FormatUint(h, 16))
	}
	slices.Sort(hashes)
	items := []dynamic.Value{dynamic.Text("hashes")}
	for _, h := range hashes {
		items = append(items, dynamic.Text(h))
	}
	return dynamic.List(items).Scalar()
}

// count is exact for few values and an estimate within 2% for many.
func (s *sketch) count() int64 {
	if s.registers == nil {
		return int64(len(s.hashes))
	}
	sum, empty := 0.0, 0.0
	for _, r := range s.registers {
		sum += math.Ldexp(1, -int(r))
		if r == 0 {
			empty++
		}
	}
	m := float64(len(s.registers))
	estimate := 0.7213 / (1 + 1.079/m) * m * m / sum
	if estimate <= 2.5*m && empty > 0 {
		estimate = m * math.Log(m/empty)
	}
	return int64(math.Round(estimate))
}

// mixed spreads the bits of a hash (the finaliser of SplitMix64).
func mixed(h uint64) uint64 {
	h = (h ^ h>>30) * 0xBF58476D1CE4E5B9
	h = (h ^ h>>27) * 0x94D049BB133111EB
	return h ^ h>>31
}

// makeHLL reads an array of hashes as decimal text.
func makeHLL(a []types.Value) types.Value {
	var s sketch
	for _, item := range read(a[0]).Items {
		if h, err := strconv.ParseUint(item.Str, 10, 64); err == nil {
			s.add(mixed(h))
		}
	}
	return s.value()
}

func mergeHLL(a []types.Value) types.Value {
	var s sketch
	for _, v := range a {
		if !v.Null && !s.merge(read(v)) {
			return nullDynamic
		}
	}
	return s.value()
}

func mergeAllHLL(a []types.Value) types.Value {
	var s sketch
	for _, v := range read(a[0]).Items {
		s.merge(v)
	}
	return s.value()
}

func dcountHLL(a []types.Value) types.Value {
	n, ok := countSketch(a[0])
	if !ok {
		return nullLong
	}
	return long(n)
}

// countSketch gives the number of distinct values that the sketches have seen together; ok is
// false if one of them is no sketch.
func countSketch(sketches ...types.Value) (n int64, ok bool) {
	var s sketch
	for _, v := range sketches {
		if !s.merge(read(v)) {
			return 0, false
		}
	}
	return s.count(), true
}
