package hunt

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/goshawk-hunt/goshawk/finding"
	"github.com/goshawk-hunt/goshawk/hunt/exclusion"
	"github.com/goshawk-hunt/goshawk/hunt/score"
	"github.com/goshawk-hunt/goshawk/kql/types"
	"github.com/goshawk-hunt/goshawk/task/dossier"
)

// Querier runs a KQL query over the case. name says whose query it is, for
// diagnostics and progress. Warnings are sentences for the user, such as how many
// files' reputation was unknown.
type Querier interface {
	Query(ctx context.Context, name, kql string) (schema types.Schema, rows [][]types.Value, warnings []string, err error)
}

// Options change a run. The zero value is the default.
type Options struct {
	// MaxRows bounds the rows of one rule that become findings; 0 means 10,000. What
	// is left out is counted in the outcome's warnings.
	MaxRows int
	// Timeout bounds one rule's query; 0 means 5 minutes.
	Timeout time.Duration
	// Exclude hides findings that the team knows; nil hides none. Today is the day by
	// which they expire.
	Exclude *exclusion.Set
	Today   time.Time
	// Devices is on how many devices a dossier tells of one task; 0 means dossier.Devices.
	Devices int
	// Progress is called before each rule, with how many were done and the hits of those:
	// rows, which become findings at the end.
	Progress func(done, all, hits int, rule *Rule)
}

// Run runs every rule and returns ranked findings, how each rule fared and what
// evidence there was. A rule that fails ends only itself: its error is in its
// outcome. Run itself fails only when ctx ends.
func Run(ctx context.Context, rules []Rule, q Querier, opts Options) (*Result, error) {
	if opts.MaxRows <= 0 {
		opts.MaxRows = 10_000
	}
	if opts.Timeout <= 0 {
		opts.Timeout = 5 * time.Minute
	}
	res := &Result{Coverage: survey(ctx, q, rules)}
	var items []*item
	for i := range rules {
		if opts.Progress != nil {
			opts.Progress(i, len(rules), len(items), &rules[i])
		}
		o, found := runRule(ctx, &rules[i], q, opts)
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		o.Sight, o.Missing = res.Coverage.sight(&rules[i])
		res.Outcomes = append(res.Outcomes, o)
		items = append(items, found...)
	}
	res.Coverage.look(ctx, q)
	res.Coverage.judge(rules)
	usual, err := remember(ctx, q)
	if err != nil {
		res.Notes = append(res.Notes, err.Error())
	}
	for _, g := range gather(items) {
		if f := build(g, len(res.Coverage.Devices), usual); f.Score >= g.atLeast() {
			res.Findings = append(res.Findings, f)
		}
	}
	finding.Sort(res.Findings)
	// Exclusions are asked of what the hunts' rows say, with the score that the report shows.
	said := slices.Clone(res.Findings)
	res.Notes = append(res.Notes, tell(ctx, q, opts, res)...)
	exclude(ctx, q, opts, said, res)
	if opts.Exclude != nil && len(due(res.Findings)) > 0 { // those that moved up
		res.Notes = append(res.Notes, tell(ctx, q, opts, res)...)
	}
	count(res)
	return res, nil
}

// dossiers bounds the findings whose life is told.
const dossiers = 200

// due returns the highest findings that have no dossier and get one, up to the bound.
func due(list []finding.Finding) []*finding.Finding {
	var out []*finding.Finding
	n := 0
	for i := range list {
		f := &list[i]
		if f.Severity < finding.Low || n == dossiers {
			break
		}
		n++
		if f.Dossier == nil {
			out = append(out, f)
		}
	}
	return out
}

// tell adds the dossiers to the highest findings, and to their scores what the dossiers
// prove. A query that fails leaves a note; the findings stay as they are.
func tell(ctx context.Context, q Querier, opts Options, res *Result) []string {
	chosen := due(res.Findings)
	kinds := map[string]map[string]int{}
	for _, d := range res.Coverage.Devices {
		kinds[strings.ToLower(d.Device)] = d.Kinds
	}
	notes := dossier.Gather(ctx, q, func(device, kind string) bool { return kinds[device][kind] > 0 }, opts.Devices, chosen)
	for _, f := range chosen {
		trim(f)
		if more := score.Effects(f); len(more) > 0 {
			f.Reasons = append(f.Reasons, more...)
			f.Grade()
		}
	}
	finding.Sort(res.Findings)
	return notes
}

// runRule runs one rule's query and reads its rows.
func runRule(ctx context.Context, rule *Rule, q Querier, opts Options) (o Outcome, items []*item) {
	o = Outcome{Rule: rule, ID: rule.ID, Name: rule.Name}
	began := time.Now()
	defer func() {
		o.Took = time.Since(began)
		if p := recover(); p != nil {
			o.Err = fmt.Errorf("rule %s: %v", rule.ID, p)
		}
		if o.Err != nil {
			o.Error = o.Err.Error()
			items = nil
		}
	}()
	ctx, cancel := context.WithTimeout(ctx, opts.Timeout)
	defer cancel()
	schema, rows, warnings, err := filtered(ctx, rule, q, opts, &o)
	if err != nil {
		o.Err = err
		return o, nil
	}
	o.Rows, o.Warnings = len(rows), warnings
	if len(rows) > opts.MaxRows {
		o.Warnings = append(o.Warnings, fmt.Sprintf("%d rows; the first %d were made into findings", len(rows), opts.MaxRows))
		rows = rows[:opts.MaxRows]
	}
	r := newReader(rule, schema)
	for _, row := range rows {
		r.Cells = row
		items = append(items, r.item(rule))
	}
	return o, items
}

// count fills in how many findings each rule points at.
func count(res *Result) {
	n := map[string]int{}
	for i := range res.Findings {
		for _, h := range res.Findings[i].Hunts {
			n[h.ID]++
		}
	}
	for i := range res.Outcomes {
		res.Outcomes[i].Findings = n[res.Outcomes[i].ID]
	}
}
