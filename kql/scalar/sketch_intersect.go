package scalar

import (
	"fmt"
	"math/bits"

	"github.com/goshawk-hunt/goshawk/kql/types"
)

// maxEstimated bounds the sketches that inclusion and exclusion is done for: it takes
// every subset of them.
const maxEstimated = 8

// IntersectSketches counts the distinct values that the first sketch has seen, that the
// first two both have, the first three, and so on. It is exact as long as the sketches
// are, and then follows from the sizes of unions. What is no sketch ends the list; too many
// large sketches are an error.
func IntersectSketches(values []types.Value) ([]int64, error) {
	var list []*sketch
	exact := true
	for _, v := range values {
		s := &sketch{}
		if v.Null || !s.merge(read(v)) {
			break
		}
		exact = exact && s.registers == nil
		list = append(list, s)
	}
	if exact {
		return intersectExact(list), nil
	}
	if len(list) > maxEstimated {
		return nil, fmt.Errorf("at most %d sketches of many values can be intersected", maxEstimated)
	}
	unions := make([]int64, 1<<len(list)) // sizes, by the set of sketches
	for set := 1; set < len(unions); set++ {
		u := &sketch{}
		for i, s := range list {
			if set>>i&1 == 1 {
				u.merge(read(s.value()))
			}
		}
		unions[set] = u.count()
	}
	counts := make([]int64, len(list))
	for k := range list {
		for set := 1; set < 1<<(k+1); set++ {
			if bits.OnesCount(uint(set))%2 == 1 {
				counts[k] += unions[set]
			} else {
				counts[k] -= unions[set]
			}
		}
		counts[k] = max(counts[k], 0)
		if k > 0 {
			counts[k] = min(counts[k], counts[k-1])
		}
	}
	return counts, nil
}

func intersectExact(list []*sketch) []int64 {
	counts := make([]int64, len(list))
	if len(list) == 0 {
		return counts
	}
	for h := range list[0].hashes {
		for k, s := range list {
			if !s.hashes[h] {
				break
			}
			counts[k]++
		}
	}
	return counts
}
