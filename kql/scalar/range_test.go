package scalar

import (
	"testing"

	"github.com/goshawk-hunt/goshawk/kql/types"
)

// TestRangeIsBounded asks for more elements than an array may have: range is cut there.
func TestRangeIsBounded(t *testing.T) {
	for _, v := range []types.Value{
		rangeTicks(types.Long)([]types.Value{long(1), long(1 << 40), long(1)}),
		rangeReal([]types.Value{realOf(1), realOf(1 << 40), realOf(1)}),
	} {
		items, ok := array(v)
		if !ok || len(items) != maxArray {
			t.Errorf("%d elements, want %d", len(items), maxArray)
		}
	}
}
