package duckdb

import (
	"context"
	"fmt"
	"runtime/debug"
	"strings"

	"github.com/duckdb/duckdb-go/mapping"

	"github.com/goshawk-hunt/goshawk/engine"
	"github.com/goshawk-hunt/goshawk/kql/sqlgen"
	dialect "github.com/goshawk-hunt/goshawk/kql/sqlgen/duckdb"
	"github.com/goshawk-hunt/goshawk/kql/types"
)

// Run executes a program on a connection of its own, so that its temporary tables
// meet no other program's.
func (d *DB) Run(ctx context.Context, p *sqlgen.Program, each func(sqlgen.Select, sqlgen.Rows) error) error {
	return d.with(ctx, func(c *conn) error {
		defer c.dropSteps(p.Steps)
		for i := range p.Steps {
			if err := c.step(ctx, &p.Steps[i]); err != nil {
				return err
			}
		}
		for _, r := range p.Results {
			err := c.stream(ctx, r, func(rows sqlgen.Rows) error { return each(r, rows) })
			if err != nil {
				return err
			}
		}
		return nil
	})
}

// stream runs a query and hands its rows to f while they are computed, if that can be done. The
// connection can do nothing else before f returns.
func (c *conn) stream(ctx context.Context, s sqlgen.Select, f func(sqlgen.Rows) error) error {
	stop := c.interruptOn(ctx)
	defer stop()
	if nestedUnion(s.SQL) {
		return c.consume(ctx, s, mapping.PendingPrepared, f)
	}
	return c.consume(ctx, s, pendingStreaming, f)
}

// read runs a query and hands its rows to f, which may use the connection.
func (c *conn) read(ctx context.Context, s sqlgen.Select, f func(sqlgen.Rows) error) error {
	stop := c.interruptOn(ctx)
	defer stop()
	return c.consume(ctx, s, mapping.PendingPrepared, f)
}

func (c *conn) consume(ctx context.Context, s sqlgen.Select, pend pendFunc, f func(sqlgen.Rows) error) error {
	res, err := c.start(ctx, "run", s.SQL, pend)
	if err != nil {
		return err
	}
	defer mapping.DestroyResult(&res)
	r, err := newRows(&res, s)
	if err != nil {
		return err
	}
	defer r.freeChunk()
	err = f(&bounded{rows: r, ctx: ctx})
	if err != nil && ctx.Err() != nil {
		return ctx.Err()
	}
	return err
}

// bounded ends the rows when the context ends.
type bounded struct {
	*rows
	ctx context.Context
	n   int
}

// Next returns the next row.
func (r *bounded) Next() ([]types.Value, error) {
	if r.n++; r.n%1024 == 0 {
		if err := r.ctx.Err(); err != nil {
			return nil, err
		}
	}
	return r.rows.Next()
}

// step stores the rows of one step in its temporary table.
func (c *conn) step(ctx context.Context, s *sqlgen.Step) error {
	if s.Func == nil {
		return c.exec(ctx, "run", fmt.Sprintf("CREATE OR REPLACE TEMP TABLE %s AS %s", dialect.Ident(s.Table), renamed(s.Select.SQL, s.Schema)))
	}
	if err := c.exec(ctx, "run", temporary(s.Table, s.Schema)); err != nil {
		return err
	}
	a := c.db.newAppender("temp", s.Table, s.Schema, s.Schema)
	defer a.abandon()
	err := c.read(ctx, s.Select, func(in sqlgen.Rows) error {
		if s.Right.SQL == "" {
			return a.compute(ctx, c, s.Func, in, nil)
		}
		return c.read(ctx, s.Right, func(right sqlgen.Rows) error { return a.compute(ctx, c, s.Func, in, right) })
	})
	if err != nil {
		return err
	}
	return a.finish(c)
}

// renamed gives the columns of a query the names of schema.
func renamed(sql string, schema types.Schema) string {
	if len(schema) == 0 {
		return sql // rows without columns: SQL has one that nothing reads
	}
	names := make([]string, len(schema))
	for i, c := range schema {
		names[i] = dialect.Ident(c.Name)
	}
	return fmt.Sprintf("SELECT * FROM (%s) AS rows (%s)", sql, strings.Join(names, ", "))
}

// temporary is the statement that makes a step's table.
func temporary(name string, schema types.Schema) string {
	names := sqlgen.ColumnNames(schema)
	for i, c := range schema {
		names[i] = dialect.Ident(names[i]) + " " + sqlTypeName(c.Type)
	}
	return fmt.Sprintf("CREATE OR REPLACE TEMP TABLE %s (%s)", dialect.Ident(name), strings.Join(names, ", "))
}

// compute appends the rows that f emits.
func (a *appender) compute(ctx context.Context, c *conn, f sqlgen.RowFunc, in, right sqlgen.Rows) (err error) {
	defer func() {
		if p := recover(); p != nil {
			err = &engine.Error{Op: "run", Message: fmt.Sprintf("step %s failed", a.table), Cause: fmt.Errorf("panic: %v\n%s", p, debug.Stack())}
		}
	}()
	n := 0
	return f(in, right, func(row []types.Value) error {
		if n++; n%1024 == 0 {
			if err := ctx.Err(); err != nil {
				return err
			}
		}
		if len(row) != a.width {
			return fmt.Errorf("step %s computed %d columns, not %d", a.table, len(row), a.width)
		}
		if a.full() {
			if err := a.flush(c); err != nil {
				return err
			}
		}
		for i := range row {
			a.set(i, &row[i])
		}
		a.rows++
		return nil
	})
}

func (c *conn) dropSteps(steps []sqlgen.Step) {
	for _, s := range steps {
		if c.exec(context.Background(), "run", "DROP TABLE IF EXISTS "+dialect.Ident(s.Table)) != nil {
			c.broken = true
		}
	}
}
