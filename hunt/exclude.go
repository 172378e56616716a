package hunt

import (
	"context"
	"slices"
	"strings"

	"github.com/goshawk-hunt/goshawk/finding"
	"github.com/goshawk-hunt/goshawk/hunt/exclusion"
	"github.com/goshawk-hunt/goshawk/kql/types"
)

// exclude hides the findings that the team's exclusions cover and completes what
// those inside queries did. said are the findings before their dossiers: the processes
// that only a dossier tells of are no rows that an exclusion has to cover.
func exclude(ctx context.Context, q Querier, opts Options, said []finding.Finding, res *Result) {
	if opts.Exclude == nil {
		return
	}
	final := map[string]*finding.Finding{}
	for i := range res.Findings {
		final[res.Findings[i].ID] = &res.Findings[i]
	}
	for i := range said {
		said[i].Score, said[i].Severity = final[said[i].ID].Score, final[said[i].ID].Severity
	}
	kept, outcomes := opts.Exclude.Apply(ctx, q, said, opts.Today)
	stay := map[string]bool{}
	for i := range kept {
		stay[kept[i].ID] = true
	}
	res.Findings = slices.DeleteFunc(res.Findings, func(f finding.Finding) bool { return !stay[f.ID] })
	res.Exclusions = outcomes
	for i := range res.Exclusions {
		x := &res.Exclusions[i]
		if !x.InQuery || !x.Applied {
			continue
		}
		used, refused := false, ""
		for _, o := range res.Outcomes {
			n, ok := o.Filtered[x.ID]
			used = used || ok
			x.Hidden += n
			if slices.Contains(o.refused, x.ID) {
				refused = o.ID
			}
		}
		switch {
		case used:
		case refused != "":
			x.Applied, x.Why = false, "it can't stand in the query of "+refused+", whose note says why"
		default:
			x.Applied, x.Why = false, "no query of this run has a place for it"
		}
	}
}

// filtered runs a rule's query with the exclusions that belong into it, each in its
// turn, so that what each one hides is counted.
func filtered(ctx context.Context, rule *Rule, q Querier, opts Options, o *Outcome) (schema types.Schema, rows [][]types.Value, warnings []string, err error) {
	schema, rows, warnings, err = q.Query(ctx, rule.ID, rule.Query)
	if err != nil || opts.Exclude == nil || rule.Filter == nil {
		return schema, rows, warnings, err
	}
	_, from := opts.Exclude.InQuery(rule.ID, opts.Today)
	var notes []string
	var some []*exclusion.Exclusion
	for _, x := range from {
		with := exclusion.Set{List: append(slices.Clip(some), x), Forced: opts.Exclude.Forced}
		filter, _ := with.InQuery(rule.ID, opts.Today)
		s, less, w, err := q.Query(ctx, rule.ID, rule.withFilter(filter))
		if err != nil { // what can't be asked hides nothing
			o.refused = append(o.refused, x.ID)
			notes = append(notes, "the exclusion "+x.ID+" can't stand in this query: "+err.Error())
			continue
		}
		some = with.List
		if o.Filtered == nil {
			o.Filtered = map[string]int{}
		}
		o.Filtered[x.ID] = max(0, len(rows)-len(less))
		schema, rows, warnings = s, less, w
	}
	return schema, rows, append(warnings, notes...), nil
}

// withFilter puts a filter into the place that the query leaves for it.
func (r *Rule) withFilter(filter string) string {
	at := r.Filter.End
	if !strings.HasSuffix(r.Query[:at], "\n") {
		filter = "\n" + filter
	}
	return r.Query[:at] + filter + r.Query[at:]
}
