package casedir

import (
	"context"
	"errors"
	"fmt"
	"sort"
	"strings"
	"time"

	"github.com/goshawk-hunt/goshawk/engine"
	"github.com/goshawk-hunt/goshawk/external"
	"github.com/goshawk-hunt/goshawk/kql"
	"github.com/goshawk-hunt/goshawk/kql/bind"
	"github.com/goshawk-hunt/goshawk/kql/plan"
	"github.com/goshawk-hunt/goshawk/kql/sqlgen"
	"github.com/goshawk-hunt/goshawk/kql/types"
	"github.com/goshawk-hunt/goshawk/normalize"
	"github.com/goshawk-hunt/goshawk/prevalence"
	"github.com/goshawk-hunt/goshawk/source"
)

// Clock is what now() and ago() mean in a query.
type Clock struct {
	Now int64 // ticks
	// FromEvidence is true when Now is the time of the last event of the evidence.
	FromEvidence bool
	// Window bounds what is seen at all.
	Window kql.Window
}

// Answer is what a query gave besides its rows.
type Answer struct {
	Compiled *kql.Compiled
	Warnings []string
}

// Compile compiles a query against the case's catalogue and its clock.
func (c *Case) Compile(ctx context.Context, name, text string, clock Clock) (*kql.Compiled, *source.Diagnostics) {
	return c.compile(ctx, name, text, clock, c.calls(ctx, clock))
}

// calls answers what one query asks of others than the engine.
type calls struct {
	files   *prevalence.Session
	outside *external.Session
}

func (c *Case) calls(ctx context.Context, clock Clock) calls {
	return calls{
		files:   prevalence.NewSession(prevalence.FromCase(ctx, c.Querier(Clock{Now: clock.Now}))),
		outside: c.external.Session(ctx),
	}
}

// install returns the dialect that is answered.
func (a calls) install(d *sqlgen.Dialect) *sqlgen.Dialect {
	return a.outside.Install(a.files.Install(d))
}

// functions are the functions that a query may call.
func (a calls) functions(text string) []bind.TableFunction {
	return append(prevalence.FunctionsFor(text), a.outside.Functions()...)
}

func (a calls) warnings() []string { return append(a.files.Warnings(), a.outside.Warnings()...) }

func (c *Case) compile(ctx context.Context, name, text string, clock Clock, a calls) (*kql.Compiled, *source.Diagnostics) {
	tasks := kql.Undated{Table: "ScheduledTasks", Column: "Store", Values: normalize.FileStores()}
	bound := func(q *plan.Query) *plan.Query { return clock.Window.Apply(q, tasks) }
	o := kql.Options{Dialect: a.install(c.dialect), Rewrite: bound}
	if c.readOnly { // tables that the case lacks can't be made
		lacking := kql.WithoutTables(func(table string) bool { return c.cat.Table(table) != nil && !c.exists(table) })
		o.Rewrite = func(q *plan.Query) *plan.Query { return bound(lacking(q)) }
	}
	o.Catalog = c.cat.Binder()
	o.Now = clock.Now
	o.Functions = a.functions(text)
	o.Answered = c.answered
	o.Empty = c.emptiness(ctx)
	o.Stop = ctx.Err
	o.Absent = c.missing.absent
	o.Library = c.missing == MissingAny
	o.Discover = func(q *plan.Query) ([][]types.Value, error) { return c.discover(ctx, q, o) }
	return kql.Compile(name, text, o)
}

// emptiness tells which tables have no rows. What the engine knows of their sizes is
// asked for once, when the first pattern such as union * needs it.
func (c *Case) emptiness(ctx context.Context) func(table string) bool {
	var filled map[string]bool
	return func(table string) bool {
		if filled == nil {
			rows, err := c.sql(ctx, "SELECT table_name FROM duckdb_tables() WHERE estimated_size > 0", types.Schema{{Name: "table_name", Type: types.String}})
			if err != nil {
				return false
			}
			filled = map[string]bool{}
			for _, r := range rows {
				filled[normalize.Whole(r[0].Str)] = true
			}
		}
		if t := c.cat.Table(table); t != nil && t.View {
			return len(filled) == 0
		}
		return !filled[table]
	}
}

// Query compiles and runs a query; each is called once per result, while its rows
// stream. A mistake in the query is a *source.Diagnostics.
func (c *Case) Query(ctx context.Context, name, text string, clock Clock, each func(result sqlgen.Select, rows sqlgen.Rows) error) (*Answer, error) {
	asked := c.calls(ctx, clock)
	compiled, diagnostics := c.compile(ctx, name, text, clock, asked)
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	if err := diagnostics.Err(); err != nil {
		return nil, err
	}
	answer := &Answer{Compiled: compiled}
	if c.unfinished {
		answer.Warnings = append(answer.Warnings, "the last ingestion into the case was interrupted: evidence is missing until goshawk ingest is run again")
	}
	for _, d := range diagnostics.List {
		answer.Warnings = append(answer.Warnings, diagnostics.File.Underline(d))
	}
	if err := c.need(ctx, compiled.Tables); err != nil {
		return answer, err
	}
	err := c.db.Run(ctx, compiled.Program, each)
	answer.Warnings = append(answer.Warnings, asked.warnings()...)
	return answer, c.runError(err, diagnostics.File)
}

// need makes the catalogue's tables that a query reads and the case lacks, and has the
// engine ready for queries.
func (c *Case) need(ctx context.Context, tables []string) error {
	if err := c.db.Filled(ctx); err != nil {
		return err
	}
	sort.Strings(tables)
	for _, name := range tables {
		if t := c.cat.Table(name); t != nil {
			if err := c.ensure(ctx, t); err != nil {
				return err
			}
		}
	}
	return nil
}

// discover runs a part of a query while it is being compiled, to learn the columns
// that only the data knows.
func (c *Case) discover(ctx context.Context, q *plan.Query, o kql.Options) ([][]types.Value, error) {
	program, err := kql.Generate(q, o)
	if err != nil {
		return nil, err
	}
	if err := c.need(ctx, kql.Tables(q)); err != nil {
		return nil, err
	}
	var rows [][]types.Value
	err = c.db.Run(ctx, program, func(_ sqlgen.Select, r sqlgen.Rows) error {
		rows, err = Collect(r)
		return err
	})
	return rows, err
}

// runError gives a failure of the engine the form of a diagnostic of the query.
func (c *Case) runError(err error, file *source.File) error {
	var outside *external.Error
	if errors.As(err, &outside) {
		d := &source.Diagnostics{File: file}
		d.Add(source.Diagnostic{Code: "KQL0510", Message: outside.Error(), Span: source.NoSpan, Hint: outside.Hint})
		return d
	}
	var failed *engine.Error
	if !errors.As(err, &failed) || errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded) {
		return err
	}
	d := &source.Diagnostics{File: file}
	d.Add(source.Diagnostic{Code: "KQL0500", Message: fmt.Sprintf("the engine could not run the query: %s", failed.Message), Span: source.NoSpan,
		Hint: "goshawk query --explain shows the SQL; a query that compiles should run, please report it"})
	return d
}

// Explanation is a query seen from inside.
type Explanation struct {
	Plan, SQL, Engine string
	Compile, Run      time.Duration
}

// Explain compiles a query, runs it, and tells the plan, the SQL and the engine's
// own account of it.
func (c *Case) Explain(ctx context.Context, name, text string, clock Clock) (*Explanation, error) {
	started := time.Now()
	compiled, diagnostics := c.Compile(ctx, name, text, clock)
	if err := diagnostics.Err(); err != nil {
		return nil, err
	}
	e := &Explanation{Plan: plan.Print(compiled.Plan), Compile: time.Since(started)}
	var sql strings.Builder
	for _, step := range compiled.Program.Steps {
		fmt.Fprintf(&sql, "-- step %s\n%s\n\n", step.Table, step.Select.SQL)
	}
	for _, r := range compiled.Program.Results {
		fmt.Fprintf(&sql, "%s\n\n", r.SQL)
	}
	e.SQL = sql.String()
	if err := c.need(ctx, compiled.Tables); err != nil {
		return nil, err
	}
	started = time.Now()
	text, err := c.db.Explain(ctx, compiled.Program, true)
	e.Engine, e.Run = text, time.Since(started)
	return e, c.runError(err, diagnostics.File)
}
