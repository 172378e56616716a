package baseline

import (
	"encoding/json"
	"fmt"
	"hash/fnv"
	"math"
	"slices"
	"strconv"
	"strings"
)

// most is how many hashes a sketch keeps.
const most = 256

// Sketch counts distinct names by the least of their 64-bit hashes: exactly up to 256,
// beyond by how dense the least ones lie. Sketches merge in any order.
//
// Source: Bar-Yossef et al., Counting distinct elements in a data stream (2002): the
// k minimum values.
type Sketch []uint64

// SketchOf counts names; case does not matter.
func SketchOf(names []string) Sketch {
	var s Sketch
	for _, name := range names {
		if name = strings.ToLower(strings.TrimSpace(name)); name != "" {
			s = append(s, hash(name))
		}
	}
	return s.normal()
}

// hash spreads a name over 64 bits.
func hash(name string) uint64 {
	h := fnv.New64a()
	h.Write([]byte(name)) // never fails
	x := h.Sum64()
	// FNV's high bits differ little for short names that end alike
	x ^= x >> 33
	x *= 0xff51afd7ed558ccd
	x ^= x >> 33
	x *= 0xc4ceb9fe1a85ec53
	return x ^ x>>33
}

// normal sorts, removes what stands twice, and keeps the least.
func (s Sketch) normal() Sketch {
	s = slices.Clone(s)
	slices.Sort(s)
	s = slices.Compact(s)
	return s[:min(len(s), most)]
}

func (s Sketch) merge(other Sketch) Sketch { return append(slices.Clone(s), other...).normal() }

// Count is the number of names.
func (s Sketch) Count() int64 {
	if len(s) < most {
		return int64(len(s))
	}
	return int64(math.Round(float64(most-1) / (float64(s[most-1]) / math.MaxUint64)))
}

// MarshalJSON writes the hashes as one text of hexadecimal digits, 16 each.
func (s Sketch) MarshalJSON() ([]byte, error) {
	var b strings.Builder
	for _, h := range s {
		fmt.Fprintf(&b, "%016x", h)
	}
	return json.Marshal(b.String())
}

// UnmarshalJSON reads what MarshalJSON wrote.
func (s *Sketch) UnmarshalJSON(data []byte) error {
	var text string
	if err := json.Unmarshal(data, &text); err != nil {
		return err
	}
	if len(text)%16 != 0 || len(text) > 16*most {
		return fmt.Errorf("devices: %d digits, expected at most %d times 16", len(text), most)
	}
	*s = nil
	for i := 0; i < len(text); i += 16 {
		h, err := strconv.ParseUint(text[i:i+16], 16, 64)
		if err != nil {
			return fmt.Errorf("devices: %w", err)
		}
		*s = append(*s, h)
	}
	return nil
}
