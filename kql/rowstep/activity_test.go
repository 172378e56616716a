package rowstep

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/goshawk-hunt/goshawk/kql/plan"
	"github.com/goshawk-hunt/goshawk/kql/sqlgen"
	"github.com/goshawk-hunt/goshawk/kql/types"
)

// randomEvents are events of few ids in two groups.
func randomEvents(r *rand.Rand, n int) *table {
	t := &table{schema: types.Schema{{Name: "id", Type: types.Long}, {Name: "at", Type: types.Long}, {Name: "team", Type: types.Long}}}
	for range n {
		t.rows = append(t.rows, []types.Value{number64(r.IntN(4)), number64(r.IntN(30)), number64(r.IntN(2))})
	}
	return t
}

var activitySpec = &plan.ActivitySpec{ID: "id", Timeline: "at", Dimensions: []string{"team"}}

func constants(values ...int64) []sqlgen.Operand {
	ops := []sqlgen.Operand{{Type: types.Long, Column: "id"}, {Type: types.Long, Column: "at"}}
	for _, v := range values {
		ops = append(ops, sqlgen.Operand{Type: types.Long, Const: &types.Value{Type: types.Long, Int: v}})
	}
	return ops
}

// figures runs a plugin and prints its rows.
func figures(t *testing.T, f sqlgen.PluginFunc, args []sqlgen.Operand, events table) []string {
	t.Helper()
	run, err := f(args, activitySpec, events.schema, nil)
	if err != nil {
		t.Fatal(err)
	}
	var list []string
	err = run(&events, nil, func(row []types.Value) error {
		text := ""
		for _, v := range row {
			text += v.Text() + " "
		}
		list = append(list, text)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	slices.Sort(list)
	return list
}

// counted counts the events and ids of a team from one moment on up to before another.
func counted(events *table, team, from, before int64) (count, ids int64) {
	seen := map[int64]bool{}
	for _, e := range events.rows {
		if e[2].Int == team && e[1].Int >= from && e[1].Int < before {
			count++
			seen[e[0].Int] = true
		}
	}
	return count, int64(len(seen))
}

func TestWindowsCountWhatIsInThem(t *testing.T) {
	r := rand.New(rand.NewPCG(7, 8))
	for round := range 200 {
		events := randomEvents(r, r.IntN(25))
		start, bin, bins := int64(r.IntN(8)), int64(1+r.IntN(4)), int64(1+r.IntN(5))
		end := start + bin*int64(r.IntN(6)) + bin - 1 // of a bin
		var sliding, engaged, counts []string
		for team := range int64(2) {
			total := int64(0)
			for at := start; at <= end; at += bin {
				if n, ids := counted(events, team, at-(bins-1)*bin, at+bin); n > 0 {
					sliding = append(sliding, fmt.Sprintf("%d %d %d %d ", at, team, n, ids))
				}
				n, inner := counted(events, team, at, at+bin)
				if n == 0 {
					continue
				}
				_, outer := counted(events, team, at-(bins-1)*bin, at+bin)
				engaged = append(engaged, fmt.Sprintf("%d %d %d %d %s ", at, team, inner, outer, types.Value{Type: types.Real, Real: float64(inner) / float64(outer)}.Text()))
				_, all := counted(events, team, start, at+bin)
				counts = append(counts, fmt.Sprintf("%d %d %d %d %d %d ", at, team, n, inner, all-total, all))
				total = all
			}
		}
		for _, c := range []struct {
			name   string
			plugin sqlgen.PluginFunc
			args   []sqlgen.Operand
			want   []string
		}{
			{"sliding_window_counts", slidingCounts, constants(start, end, bins*bin, bin), sliding},
			{"activity_engagement", activityEngagement, constants(start, end, bin, bins*bin), engaged},
			{"activity_counts_metrics", activityCounts, constants(start, end, bin), counts},
		} {
			slices.Sort(c.want)
			if got := figures(t, c.plugin, c.args, *events); !slices.Equal(got, c.want) {
				t.Fatalf("round %d, %s from %d to %d by %d, %d bins, of %v:\ngot  %q\nwant %q", round, c.name, start, end, bin, bins, events.rows, got, c.want)
			}
		}
	}
}

// TestWindowsAtTheEndsOfTime gives windows that overflow, and checks that they end.
func TestWindowsAtTheEndsOfTime(t *testing.T) {
	events := &table{schema: types.Schema{{Name: "id", Type: types.Long}, {Name: "at", Type: types.Long}, {Name: "team", Type: types.Long}}}
	for _, at := range []int64{math.MinInt64, -1, 0, 1, math.MaxInt64} {
		events.rows = append(events.rows, []types.Value{number64(1), {Type: types.Long, Int: at}, number64(0)})
	}
	ends := []int64{math.MinInt64, -5, 0, 5, math.MaxInt64}
	for name, args := range map[string]int{"active_users_count": 6, "activity_counts_metrics": 3, "activity_engagement": 4, "activity_metrics": 3, "new_activity_metrics": 3, "session_count": 4, "sliding_window_counts": 4} {
		for _, start := range ends {
			for _, end := range ends {
				for _, size := range []int64{0, math.MaxInt64, math.MaxInt64 / 2} {
					values := []int64{start, end}
					for len(values) < args {
						values = append(values, size)
					}
					run, err := Plugins()[name](constants(values...), activitySpec, events.schema, nil)
					if err != nil {
						continue // it says what is wrong
					}
					in, n := *events, 0
					err = run(&in, nil, func([]types.Value) error { n++; return nil })
					if err == nil && n > 100 {
						t.Errorf("%s%v gives %d rows", name, values, n)
					}
				}
			}
		}
	}
}

func TestRollingPercentileIsTheNearestRank(t *testing.T) {
	r := rand.New(rand.NewPCG(9, 10))
	for range 200 {
		events := randomEvents(r, r.IntN(30))
		percent, bin, width := int64(r.IntN(101)), int64(1+r.IntN(4)), int64(1+r.IntN(4))
		args := append([]sqlgen.Operand{{Type: types.Long, Column: "id"}}, constants(percent)[2], sqlgen.Operand{Type: types.Long, Column: "at"})
		args = append(args, constants(bin, width)[2:]...)
		var want []string
		for team := range int64(2) {
			for at := int64(0); at < 30; at += bin {
				if n, _ := counted(events, team, at, at+bin); n == 0 {
					continue
				}
				var values []int64
				for _, e := range events.rows {
					if e[2].Int == team && e[1].Int >= at-(width-1)*bin && e[1].Int < at+bin {
						values = append(values, e[0].Int)
					}
				}
				slices.Sort(values)
				rank := max(int(math.Ceil(float64(percent)/100*float64(len(values)))), 1)
				want = append(want, fmt.Sprintf("%d %d %d ", at, team, values[rank-1]))
			}
		}
		slices.Sort(want)
		if got := figures(t, rollingPercentile, args, *events); !slices.Equal(got, want) {
			t.Fatalf("percentile %d by %d, %d bins, of %v:\ngot  %q\nwant %q", percent, bin, width, events.rows, got, want)
		}
	}
}
