package casedir

import (
	"context"
	"errors"
	"fmt"
	"sort"

	"github.com/goshawk-hunt/goshawk/engine"
	"github.com/goshawk-hunt/goshawk/kql"
	"github.com/goshawk-hunt/goshawk/kql/plan"
	"github.com/goshawk-hunt/goshawk/kql/sqlgen"
	"github.com/goshawk-hunt/goshawk/kql/types"
	"github.com/goshawk-hunt/goshawk/source"
)

// Clock is what now() and ago() mean in a query.
type Clock struct {
	Now int64 // ticks
	// FromEvidence is true when Now is the time of the last event of the evidence.
	FromEvidence bool
}

// Answer is what a query gave besides its rows.
type Answer struct {
	Compiled *kql.Compiled
	Warnings []string
}

// Compile compiles a query against the case's catalogue and its clock.
func (c *Case) Compile(ctx context.Context, name, text string, clock Clock) (*kql.Compiled, *source.Diagnostics) {
	o := kql.Options{}
	o.Catalog = c.cat
	o.Now = clock.Now
	o.Discover = func(q *plan.Query) ([][]types.Value, error) { return c.discover(ctx, q) }
	return kql.Compile(name, text, o)
}

// Query compiles and runs a query; each is called once per result, while its rows
// stream. A mistake in the query is a *source.Diagnostics.
func (c *Case) Query(ctx context.Context, name, text string, clock Clock, each func(result sqlgen.Select, rows sqlgen.Rows) error) (*Answer, error) {
	compiled, diagnostics := c.Compile(ctx, name, text, clock)
	if err := diagnostics.Err(); err != nil {
		return nil, err
	}
	answer := &Answer{Compiled: compiled}
	for _, d := range diagnostics.List {
		answer.Warnings = append(answer.Warnings, diagnostics.File.Underline(d))
	}
	if err := c.need(ctx, compiled.Tables); err != nil {
		return answer, err
	}
	return answer, c.runError(c.db.Run(ctx, compiled.Program, each), diagnostics.File)
}

// need makes the catalogue's tables that a query reads and the case lacks.
func (c *Case) need(ctx context.Context, tables []string) error {
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
func (c *Case) discover(ctx context.Context, q *plan.Query) ([][]types.Value, error) {
	program, err := kql.Generate(q)
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
	var failed *engine.Error
	if !errors.As(err, &failed) || errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded) {
		return err
	}
	d := &source.Diagnostics{File: file}
	d.Add(source.Diagnostic{Code: "KQL0500", Message: fmt.Sprintf("the engine could not run the query: %s", failed.Message), Span: source.NoSpan,
		Hint: "goshawk query --explain shows the SQL; a query that compiles should run, please report it"})
	return d
}
