package kql_test

import (
	"bufio"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/goshawk-hunt/goshawk/kql"
)

// FuzzCompile holds that no text makes the compiler panic: what it can't compile gets a
// diagnostic, and never that of an internal error. The corpus joins the seeds when it is
// at hand.
func FuzzCompile(f *testing.F) {
	for _, s := range []string{
		`Process | where Name == "a" | summarize n = count() by Device | top 5 by n`,
		`let f = (x:long, y:string = "a") { Process | where Id == x }; f(1) | join kind=leftouter Network on Device`,
		`Process | mv-expand Fields | parse CommandLine with * "a" b:long | project b, Fields.x[0]`,
		`Process | make-series n = count() on Timestamp step 1h by Device | mv-apply n to typeof(long) on (sum(n))`,
		`union withsource=T P*, (Network | take 1) | evaluate pivot(Device, count())`,
		`print x = dynamic({"a": [1, null]}), y = datetime(2024-01-01) + 1d, z = 1 / 0`,
		`Process | sort by Id asc | scan declare (s:long = 0) with (step a: true => s = a.s + Id;)`,
		`Process | partition by Device (top 1 by Id) | facet by Name with (count)`,
		`Process | evaluate basket(0.1, "~", 3, "*", int(-1))`, `Process | evaluate diffpatterns(Device, "a", "b", Id)`,
		`Process | evaluate diffpatterns_text(Name, Id > 1, 2)`, `Process | reduce kind=source by Name with threshold=0.2, characters="-"`,
		`Process | evaluate funnel_sequence(Device, Timestamp, datetime(2024-01-01), datetime(2024-02-01), 1h, 1d, Name, dynamic(["a"])) | count`,
		`let G = entity_group [Process, Network]; macro-expand kind=inner G as X (let n = 1; X | take n)`,
		`Process | make-graph Name --> Device partitioned-by Id (graph-match (a)-[e]->(b) project e.Name, labels(a))`,
		`search "a" or Name has "b"`, `find in (Process) where Id > 1`, `range x from 1 to 3 step 0`,
	} {
		f.Add(s)
	}
	for _, s := range corpus(100) {
		f.Add(s)
	}
	o := options()
	f.Fuzz(func(t *testing.T, query string) {
		if len(query) > 4000 {
			t.Skip()
		}
		_, d := kql.Compile("query", query, o)
		for _, x := range d.List {
			if x.Code == "KQL0999" || x.Code == "KQL0199" {
				t.Errorf("%s\n%s", x.Message, query)
			}
		}
	})
}

// corpus returns up to n queries of the reference material, none if it is absent.
func corpus(n int) []string {
	file, err := os.Open(filepath.Join("..", "..", "shared", "corpus", "queries.jsonl"))
	if err != nil {
		return nil
	}
	defer file.Close()
	var list []string
	dec := json.NewDecoder(bufio.NewReader(file))
	for len(list) < n {
		var q struct{ Query string }
		if dec.Decode(&q) != nil {
			break
		}
		if len(q.Query) < 2000 {
			list = append(list, q.Query)
		}
	}
	return list
}

// TestHostileSizes holds that texts which grow without measure end: compiled, or refused
// by a diagnostic that is not an internal error.
func TestHostileSizes(t *testing.T) {
	repeat := strings.Repeat
	doubled := func(first, next string, n int) string {
		var b strings.Builder
		b.WriteString(first)
		for i := range n {
			b.WriteString(strings.NewReplacer("NEXT", name(i+1), "LAST", name(i)).Replace(next))
		}
		return b.String()
	}
	for what, query := range map[string]string{
		"additions":                            "print x = 1" + repeat("+1", 100_000),
		"brackets":                             "print x = " + repeat("(", 50_000) + "1" + repeat(")", 50_000),
		"nots":                                 "print x = " + repeat("not(", 5000) + "true" + repeat(")", 5000),
		"list":                                 "Process | where Name in (" + repeat(`"a", `, 20_000) + `"b") | count`,
		"terms":                                "Process | where Name has_any (" + repeat(`"a", `, 20_000) + `"b") | count`,
		"tables of a union":                    "union " + repeat("Network, ", 2000) + "Network | count",
		"tables that use each other twice":     doubled("let a00 = Process;", "let NEXT = union LAST, LAST;", 40) + "a40 | count",
		"values that use each other twice":     doubled("let a00 = 1;", "let NEXT = LAST + LAST;", 60) + "print a60",
		"values that double, in a group":       doubled(`let a00 = strcat(now(), "x");`, "let NEXT = strcat(LAST, LAST);", 60) + "range x from 1 to 3 step 1 | extend k = x % 2 | partition by k (extend z = a60)",
		"values of a group that double":        doubled("let f = (T:(x:long, k:long)) { let a00 = toscalar(T | count);", "let NEXT = LAST + LAST;", 40) + "T | extend z = a40 }; range x from 1 to 3 step 1 | extend k = x % 2 | partition by k (invoke f())",
		"tables of a group that double":        doubled("let f = (T:(x:long, k:long)) { let a00 = T;", "let NEXT = union LAST, LAST;", 40) + "a40 }; range x from 1 to 3 step 1 | extend k = x % 2 | partition by k (invoke f())",
		"functions that call each other twice": doubled("let a00 = (x:long) { x + x };", "let NEXT = (x:long) { LAST(x) + LAST(x) };", 40) + "print a40(1)",
		"columns that double":                  doubled(`print a00 = "x"`, " | extend NEXT = strcat(LAST, LAST)", 60),
		"conditions":                           "Process" + repeat(` | where Name == "a"`, 1000),
		"joins":                                "Process" + repeat(" | join kind=inner (Network | project Device) on Device", 100) + " | count",
		"dynamic":                              "print dynamic(" + repeat("[", 5000) + repeat("]", 5000) + ")",
	} {
		t.Run(what, func(t *testing.T) {
			c, d := kql.Compile("query", query, options())
			if c == nil && !d.HasErrors() {
				t.Error("neither compiled nor refused")
			}
			for _, x := range d.List {
				if x.Code == "KQL0999" || x.Code == "KQL0199" {
					t.Error(x.Message)
				}
			}
		})
	}
}

func name(i int) string { return "a" + string(rune('0'+i/10)) + string(rune('0'+i%10)) }
