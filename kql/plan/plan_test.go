package plan_test

import (
	"strings"
	"testing"

	"github.com/goshawk-hunt/goshawk/internal/kqltest"
	"github.com/goshawk-hunt/goshawk/kql/plan"
	"github.com/goshawk-hunt/goshawk/kql/types"
)

// queries have every node and every expression.
var queries = []string{
	`Process | where Name == "a" and Id in (Network | project Id) | project Device, x = Fields.a[0], y = toscalar(Network | count) | take 3`,
	`Process | summarize n = count(), arg_max(Timestamp, *) by Device | top 5 by n | sort by Device`,
	`Process | distinct Device, Name | join kind=leftouter (Network | sample 3) on Device | as hint.materialized=true T | union T`,
	`range x from 1 to 3 step 1 | serialize | extend p = prev(x) | mv-expand with_itemindex=i y = pack_array(x) limit 2`,
	`datatable(a:long, s:string) [1, "x"] | partition by s (top 1 by a)`,
	`Process | make-series n = count() default = 0 on Timestamp from datetime(2024-01-01) to datetime(2024-01-02) step 1h by Device`,
	`Process | fork (count) (take 1)`,
	`Process | evaluate ipv4_lookup(Network, Device, RemoteIP) | render timechart with (title = "t")`,
	`Process | mv-apply f = Fields on (where f.a == 1 | project b = tostring(f.b))`,
}

// eachNode visits every node of a query, those in expressions too.
func eachNode(q *plan.Query, visit func(plan.Node)) {
	f := func(n plan.Node) bool { visit(n); return true }
	for _, s := range q.Shared {
		plan.Walk(s.Input, f)
	}
	for _, r := range q.Results {
		plan.Walk(r.Root, f)
	}
}

func TestMapsCopy(t *testing.T) {
	for _, text := range queries {
		q := kqltest.Bind(t, text)
		before := plan.Print(q)
		eachNode(q, func(n plan.Node) {
			same := plan.MapInputs(n, func(in plan.Node) plan.Node { return in })
			if same == n && len(plan.Inputs(n)) > 0 {
				t.Errorf("%s: MapInputs returns the node itself", text)
			}
			if got, want := plan.PrintNode(same), plan.PrintNode(n); got != want {
				t.Errorf("%s: MapInputs with what it had gives\n%s\nwas\n%s", text, got, want)
			}
			count := 0
			same = plan.MapExprs(n, func(x plan.Expr) plan.Expr { count++; return x })
			if got, want := plan.PrintNode(same), plan.PrintNode(n); got != want {
				t.Errorf("%s: MapExprs with what it had gives\n%s\nwas\n%s", text, got, want)
			}
			if count != len(plan.Exprs(n)) {
				t.Errorf("%s: MapExprs sees %d expressions, Exprs has %d", text, count, len(plan.Exprs(n)))
			}
			plan.MapExprs(n, func(x plan.Expr) plan.Expr { return &plan.Const{Value: types.Null(x.Type())} })
			plan.MapInputs(n, func(in plan.Node) plan.Node { return &plan.Values{Out: plan.Out{Columns: in.Schema()}} })
		})
		if plan.Print(q) != before {
			t.Errorf("%s: a map changed the plan that was given", text)
		}
	}
}

func TestWalkStops(t *testing.T) {
	q := kqltest.Bind(t, queries[0])
	n := 0
	plan.Walk(q.Results[0].Root, func(plan.Node) bool { n++; return false })
	if n != 1 {
		t.Errorf("%d nodes are visited after the first said no", n)
	}
}

func TestCheckAcceptsWhatBindMakes(t *testing.T) {
	for _, text := range queries {
		if err := plan.Check(kqltest.Bind(t, text)); err != nil {
			t.Errorf("%s: %v", text, err)
		}
	}
}

func TestCheckRefuses(t *testing.T) {
	long := func(name string) types.Column { return types.Column{Name: name, Type: types.Long} }
	scan := &plan.Scan{Out: plan.Out{Columns: types.Schema{long("a"), long("b")}}, Table: "T"}
	column := func(name string) plan.Expr { return &plan.Column{Name: name, T: types.Long} }
	for _, c := range []struct {
		name, want string
		node       plan.Node
	}{
		{"missing column", "c", &plan.Project{Out: plan.Out{Columns: types.Schema{long("x")}}, Input: scan, Exprs: []plan.Expr{column("c")}}},
		{"another type", "", &plan.Project{Out: plan.Out{Columns: types.Schema{{Name: "x", Type: types.String}}}, Input: scan, Exprs: []plan.Expr{column("a")}}},
		{"lists not parallel", "2 expressions for 1 columns", &plan.Project{Out: plan.Out{Columns: types.Schema{long("x")}}, Input: scan, Exprs: []plan.Expr{column("a"), column("b")}}},
		{"name twice", "x", &plan.Project{Out: plan.Out{Columns: types.Schema{long("x"), long("x")}}, Input: scan, Exprs: []plan.Expr{column("a"), column("b")}}},
		{"columns of a filter", "1 columns over an input of 2", &plan.Limit{Out: plan.Out{Columns: types.Schema{long("a")}}, Input: scan, Count: &plan.Const{Value: types.Value{Type: types.Long, Int: 1}}}},
		{"shared part unknown", "not defined", &plan.Ref{Out: plan.Out{Columns: scan.Columns}, Shared: &plan.Shared{Input: scan}}},
		{"values of another width", "1 values for 2 columns", &plan.Values{Out: scan.Out, Rows: [][]plan.Expr{{column("a")}}}},
		{"group outside of a partition", "the group has no column", &plan.Outer{Out: scan.Out}},
		{"hidden column in the result", "hidden", &plan.Scan{Out: plan.Out{Columns: types.Schema{long(plan.IngestionTime)}}}},
	} {
		err := plan.Check(&plan.Query{Results: []plan.Result{{Root: c.node}}})
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: got %v, expected an error with %q", c.name, err, c.want)
		}
	}
}
