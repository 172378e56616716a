package exclusion

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/goshawk-hunt/goshawk/finding"
	"github.com/goshawk-hunt/goshawk/kql/syntax"
	"github.com/goshawk-hunt/goshawk/kql/types"
)

// Querier runs a KQL query.
type Querier interface {
	Query(ctx context.Context, name, kql string) (schema types.Schema, rows [][]types.Value, warnings []string, err error)
}

// Outcome is what one exclusion did in a run.
type Outcome struct {
	ID      string `json:"id"`
	Name    string `json:"name,omitempty"`
	Owner   string `json:"owner"`
	Reason  string `json:"reason"`
	Expires string `json:"expires"`
	// Applied is false for one that is off, expired or refused; Why says which.
	Applied bool   `json:"applied"`
	Why     string `json:"why,omitempty"`
	// Forced says that it rests only on text that the attacker chooses and was applied
	// all the same.
	Forced bool `json:"forced,omitempty"`
	// Hidden counts what it hid: findings, or rows of hunts if it stands in a query.
	Hidden  int  `json:"hidden"`
	InQuery bool `json:"inQuery,omitempty"`
	// Findings are those that it hid, at most maxShown.
	Findings []Hidden `json:"findings,omitempty"`
	// What it did not hide though it came near, each finding once. Partly counts findings of
	// which it covers some actions and processes, and not all. Undecided counts those that
	// don't say what it asks for; Unknown are these columns. Unlisted counts those of which
	// it covers all that is listed, which is not everything.
	Partly    int       `json:"partly,omitempty"`
	Undecided int       `json:"undecided,omitempty"`
	Unknown   []Unknown `json:"unknown,omitempty"`
	Unlisted  int       `json:"unlisted,omitempty"`
}

// Unknown is a column that an exclusion asks for, and in how many findings it has no value.
type Unknown struct {
	Column   string `json:"column"`
	Findings int    `json:"findings"`
}

// Hidden is a finding that an exclusion hid.
type Hidden struct {
	ID       string           `json:"id"`
	Title    string           `json:"title"`
	Severity finding.Severity `json:"severity"`
	Score    int              `json:"score"`
	Devices  []string         `json:"devices"`
}

// maxShown bounds the findings that an outcome lists.
const maxShown = 50

// chunk bounds the text of one question, in bytes.
const chunk = 128 << 10

// Apply hides the findings that exclusions cover and says what each one did. An
// exclusion whose predicate can't be asked hides nothing, and its outcome says why.
// now is the day by which exclusions expire: the clock on the wall, whatever the
// evidence's is.
func (s *Set) Apply(ctx context.Context, q Querier, findings []finding.Finding, now time.Time) (kept []finding.Finding, outcomes []Outcome) {
	asked := &asked{q: q, findings: findings, rows: make([][][]string, len(findings)), whole: make([]bool, len(findings)), gone: make([]bool, len(findings))}
	for i := range findings {
		asked.rows[i], asked.whole[i] = rowsOf(&findings[i])
	}
	for _, x := range s.List {
		o := Outcome{ID: x.ID, Name: x.Name, Owner: x.Owner, Reason: x.Reason, Expires: x.Expires.Format(time.DateOnly), InQuery: x.InQuery}
		o.Applied, o.Why = s.State(x, now)
		o.Forced = o.Applied && x.Loose != ""
		if o.Applied && !x.InQuery {
			asked.hide(ctx, x, &o)
		}
		outcomes = append(outcomes, o)
	}
	for i := range findings {
		if !asked.gone[i] {
			kept = append(kept, findings[i])
		}
	}
	return kept, outcomes
}

// asked are the findings of a run with their rows, and which of them are hidden by now.
type asked struct {
	q        Querier
	findings []finding.Finding
	rows     [][][]string
	whole    []bool // the rows say all that there is to ask of
	gone     []bool
}

// hide hides the findings that an exclusion covers, and counts those that it nearly does.
func (a *asked) hide(ctx context.Context, x *Exclusion, o *Outcome) {
	matched := make([]int, len(a.findings))
	fail := func(err error) bool {
		if err != nil {
			o.Applied, o.Why = false, fmt.Sprintf("its predicate can't be asked: %v", err)
		}
		return err != nil
	}
	rest := func(i int) bool { return !a.gone[i] && len(a.rows[i]) > 0 && x.covers(huntsOf(&a.findings[i])) }
	if fail(a.ask(ctx, x, x.Where, nil, rest, func(i int, _ string) { matched[i]++ })) {
		return
	}
	var near []int // those that stay
	for i := range a.findings {
		switch f := &a.findings[i]; {
		case !rest(i):
		case matched[i] < len(a.rows[i]):
			near = append(near, i)
		case !a.whole[i]:
			o.Unlisted++
		default:
			a.gone[i] = true
			o.Hidden++
			if len(o.Findings) < maxShown {
				o.Findings = append(o.Findings, Hidden{f.ID, f.Title, f.Severity, f.Score, f.Devices})
			}
		}
	}
	// The rest is asked again, what is not known taken for what the exclusion wants.
	could, lacks := make([]int, len(a.findings)), map[int]map[string]bool{}
	if where, columns := generous(x.Where); len(columns) > 0 && len(near) > 0 {
		err := a.ask(ctx, x, where, columns, func(i int) bool { return slices.Contains(near, i) }, func(i int, unknown string) {
			could[i]++
			if lacks[i] == nil {
				lacks[i] = map[string]bool{}
			}
			for _, c := range strings.Fields(unknown) {
				lacks[i][c] = true
			}
		})
		if fail(err) {
			return
		}
	}
	a.count(o, near, matched, could, lacks)
}

// count says of the findings that stay why an exclusion that comes near does not cover them.
func (a *asked) count(o *Outcome, near, matched, could []int, lacks map[int]map[string]bool) {
	unknown := map[string]int{}
	for _, i := range near {
		switch {
		case could[i] == len(a.rows[i]):
			o.Undecided++
			for c := range lacks[i] {
				unknown[c]++
			}
		case matched[i] > 0:
			o.Partly++
		}
	}
	for _, c := range slices.Sorted(maps.Keys(unknown)) {
		o.Unknown = append(o.Unknown, Unknown{c, unknown[c]})
	}
}

// ask asks a predicate of the rows of the findings that which names; each is called for
// every row that matches, with those of the columns that have no value in it. Rows that do
// not differ in what the predicate names are asked for once.
func (a *asked) ask(ctx context.Context, x *Exclusion, where string, columns []string, which func(int) bool, each func(finding int, unknown string)) error {
	named := namedBy(where)
	numbers := map[string]int{} // of different rows
	var texts []string
	var members [][]int // the findings of each
	for i := range a.findings {
		if !which(i) {
			continue
		}
		for _, row := range a.rows[i] {
			text := ""
			for _, c := range named {
				text += ", " + row[c]
			}
			n, ok := numbers[text]
			if !ok {
				n = len(texts)
				numbers[text] = n
				texts, members = append(texts, text), append(members, nil)
			}
			members[n] = append(members[n], i)
		}
	}
	var b strings.Builder
	for n, text := range texts {
		if b.Len() > 0 {
			b.WriteString(",\n")
		}
		fmt.Fprintf(&b, "%d%s", n, text)
		if b.Len() <= chunk && n+1 < len(texts) {
			continue
		}
		schema, answer, _, err := a.q.Query(ctx, "exclusion "+x.ID, query(named, b.String(), where, columns))
		b.Reset()
		if err != nil {
			return err
		}
		at := slices.IndexFunc(schema, func(c types.Column) bool { return c.Name == "Row" })
		unknown := slices.IndexFunc(schema, func(c types.Column) bool { return c.Name == "Unknown" })
		if at < 0 || unknown < 0 {
			return errors.New("the answer names no rows")
		}
		for _, row := range answer {
			for _, i := range members[row[at].Int] {
				each(i, row[unknown].Str)
			}
		}
	}
	return nil
}

// Query is the question that tells whether a predicate compiles: it has all columns, and
// no rows.
func Query(where string) string { return query(every(), "", where, nil) }

// query is the question which of the rows match a predicate, and which of the columns of
// unknown have no value there. The rows have the columns with these indices.
func query(named []int, rows, where string, unknown []string) string {
	var b strings.Builder
	b.WriteString("datatable(Row:long")
	for _, i := range named {
		b.WriteString(", " + Columns[i].Name + ":" + Columns[i].Type.String())
	}
	b.WriteString(")[\n" + rows + "]\n")
	if asksProfile(where) {
		b.WriteString("| invoke FileProfile(SHA1, 1000)\n")
	}
	b.WriteString("| where (\n" + where + "\n)\n| project Row, Unknown = strcat(\"\"")
	for _, c := range unknown {
		fmt.Fprintf(&b, ", iff(%s, \"%s \", \"\")", lacking(c), c)
	}
	b.WriteString(")")
	return b.String()
}

// asksProfile reports whether a predicate may name columns of FileProfile.
func asksProfile(where string) bool {
	return slices.ContainsFunc(profiled, func(c string) bool { return strings.Contains(where, c) })
}

// every are the indices of all columns.
func every() []int {
	all := make([]int, len(Columns))
	for i := range all {
		all[i] = i
	}
	return all
}

// namedBy are the indices of the columns that a predicate names, of all if it may ask for
// columns without naming them: long lists of rows cost by their length.
func namedBy(where string) []int {
	x, err := parsePredicate(where)
	if err != nil {
		return every()
	}
	names, all := map[string]bool{"SHA1": asksProfile(where)}, false
	syntax.Walk(x, func(n syntax.Node) bool {
		switch n := n.(type) {
		case *syntax.Star, *syntax.Wildcard:
			all = true
		case *syntax.Call:
			all = all || n.F.Value == "column_ifexists" || n.F.Value == "columnifexists" || n.F.Value == "pack_all"
		case *syntax.Name:
			names[n.Value] = true
		}
		return true
	})
	if all {
		return every()
	}
	return slices.DeleteFunc(every(), func(i int) bool { return !names[Columns[i].Name] })
}
