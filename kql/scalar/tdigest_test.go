package scalar

import (
	"testing"

	"github.com/goshawk-hunt/goshawk/kql/types"
)

// TestDigestKeepsTicks reads percentiles of times from a digest and from one merged of two: to
// the tick, where a real has no room for the last of them.
func TestDigestKeepsTicks(t *testing.T) {
	dynamicText := func(s string) types.Value { return types.Value{Type: types.Dynamic, Str: s} }
	early := makeTDigest([]types.Value{dynamicText(`[["637134336000000001","1"],["637134336000000003","1"]]`), text("datetime")})
	late := makeTDigest([]types.Value{dynamicText(`[["637134336000000005","2"]]`), text("datetime")})
	all := mergeTDigest([]types.Value{early, late})
	for _, c := range []struct {
		percent float64
		want    string
	}{
		{0, `"2020-01-01T00:00:00.0000001Z"`},
		{50, `"2020-01-01T00:00:00.0000003Z"`},
		{100, `"2020-01-01T00:00:00.0000005Z"`},
	} {
		if got := percentileTDigest([]types.Value{all, realOf(c.percent)}); got.Str != c.want {
			t.Errorf("percentile %v is %s, want %s", c.percent, got.Str, c.want)
		}
	}
	ticks := dynamicText("637134336000000003")
	if got := rankTDigest(false)([]types.Value{all, ticks}); got.Real != 2 {
		t.Errorf("rank is %v, want 2", got.Real)
	}
	if got := mergeTDigest([]types.Value{all, makeTDigest([]types.Value{dynamicText(`[["1","1"]]`), text("long")})}); got.Str != all.Str {
		t.Errorf("merged with numbers: %s", got.Str)
	}
}
