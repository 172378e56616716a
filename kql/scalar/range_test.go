package scalar

import (
	"strings"
	"testing"

	"github.com/goshawk-hunt/goshawk/kql/types"
)

// TestRangeIsBounded asks for more elements than an array may have: range is cut there.
func TestRangeIsBounded(t *testing.T) {
	v := rangeReal([]types.Value{realOf(1), realOf(1 << 40), realOf(1)})
	if n := strings.Count(v.Str, ",") + 1; n != maxArray {
		t.Errorf("%d elements, want %d", n, maxArray)
	}
}
