package rowstep

import (
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/goshawk-hunt/goshawk/kql/sqlgen"
	"github.com/goshawk-hunt/goshawk/kql/types"
)

// TestTopHittersAreHeaviest compares the heap with a sort: the weights that stay are the
// largest, and they come from the lightest to the heaviest.
func TestTopHittersAreHeaviest(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 7))
	schema := types.Schema{{Name: "key", Type: types.Long}, {Name: "weight", Type: types.Long}}
	for range 200 {
		in := &table{schema: schema}
		var weights []int64
		for i := range r.IntN(40) {
			w := r.IntN(12)
			in.rows = append(in.rows, []types.Value{number64(i), number64(w)})
			weights = append(weights, int64(w))
		}
		n := r.IntN(20)
		count := types.Value{Type: types.Long, Int: int64(n)}
		run, err := topHitters([]sqlgen.Operand{{Type: types.Long, Const: &count}, {Type: types.Long, Column: "weight"}}, nil, schema, schema)
		if err != nil {
			t.Fatal(err)
		}
		var got []int64
		seen := map[int64]bool{}
		err = run(in, nil, func(row []types.Value) error {
			got = append(got, row[1].Int)
			seen[row[0].Int] = true
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		slices.Sort(weights)
		want := weights[max(0, len(weights)-n):]
		if !slices.Equal(got, want) || len(seen) != len(want) {
			t.Fatalf("top %d of %v: got %v", n, weights, got)
		}
	}
}
