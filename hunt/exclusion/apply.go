package exclusion

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/goshawk-hunt/goshawk/finding"
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
	rows := make([][]string, len(findings))
	for i := range findings {
		if list, ok := rowsOf(&findings[i]); ok {
			rows[i] = list
		}
	}
	gone := make([]bool, len(findings))
	for _, x := range s.List {
		o := Outcome{ID: x.ID, Name: x.Name, Owner: x.Owner, Reason: x.Reason, Expires: x.Expires.Format(time.DateOnly), InQuery: x.InQuery}
		o.Applied, o.Why = s.State(x, now)
		o.Forced = o.Applied && x.Loose != ""
		if o.Applied && !x.InQuery {
			s.hide(ctx, q, x, findings, rows, gone, &o)
		}
		outcomes = append(outcomes, o)
	}
	for i := range findings {
		if !gone[i] {
			kept = append(kept, findings[i])
		}
	}
	return kept, outcomes
}

// hide asks one predicate of all findings.
func (s *Set) hide(ctx context.Context, q Querier, x *Exclusion, findings []finding.Finding, rows [][]string, gone []bool, o *Outcome) {
	matched := make([]int, len(findings))
	var b strings.Builder
	ask := func() bool {
		if b.Len() == 0 {
			return true
		}
		schema, answer, _, err := q.Query(ctx, "exclusion "+x.ID, Query(b.String(), x.Where))
		b.Reset()
		at := slices.IndexFunc(schema, func(c types.Column) bool { return c.Name == "Finding" })
		if err != nil || at < 0 {
			o.Applied, o.Why = false, fmt.Sprintf("its predicate can't be asked: %v", err)
			return false
		}
		for _, row := range answer {
			matched[row[at].Int]++
		}
		return true
	}
	for i := range findings {
		if gone[i] || rows[i] == nil || !x.covers(huntsOf(&findings[i])) {
			continue
		}
		for j, row := range rows[i] {
			if b.Len() > 0 {
				b.WriteString(",\n")
			}
			fmt.Fprintf(&b, "%d, %d, %s", i, j, row)
			if b.Len() > chunk && !ask() {
				return
			}
		}
	}
	if !ask() {
		return
	}
	for i := range findings {
		if rows[i] == nil || matched[i] != len(rows[i]) || gone[i] {
			continue
		}
		gone[i] = true
		o.Hidden++
		if f := &findings[i]; len(o.Findings) < maxShown {
			o.Findings = append(o.Findings, Hidden{f.ID, f.Title, f.Severity, f.Score, f.Devices})
		}
	}
}

// Query is the question that a predicate is asked by: which of the rows match. With
// no rows it tells whether the predicate compiles.
func Query(rows, where string) string {
	var b strings.Builder
	b.WriteString("datatable(Finding:long, Row:long")
	for _, c := range Columns {
		b.WriteString(", " + c.Name + ":" + c.Type.String())
	}
	b.WriteString(")[\n" + rows + "]\n")
	for _, c := range profiled {
		if strings.Contains(where, c) {
			b.WriteString("| invoke FileProfile(SHA1, 1000)\n")
			break
		}
	}
	b.WriteString("| where (\n" + where + "\n)\n| project Finding, Row")
	return b.String()
}
