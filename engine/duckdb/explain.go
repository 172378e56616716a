package duckdb

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/duckdb/duckdb-go/mapping"

	"github.com/goshawk-hunt/goshawk/kql/sqlgen"
	"github.com/goshawk-hunt/goshawk/kql/types"
)

// Explain returns DuckDB's plan of the results of a program, and the time of each step.
// The steps are run, because the results' plans depend on their tables; with analyze the
// results are too and each operator's time is given. The SQL itself is not repeated.
func (d *DB) Explain(ctx context.Context, p *sqlgen.Program, analyze bool) (string, error) {
	var b strings.Builder
	err := d.with(ctx, func(c *conn) error {
		defer c.dropSteps(p.Steps)
		for i := range p.Steps {
			s := &p.Steps[i]
			start := time.Now()
			if err := c.step(ctx, s); err != nil {
				return err
			}
			fmt.Fprintf(&b, "-- step %s: %s\n\n", s.Table, time.Since(start).Round(time.Microsecond))
		}
		for _, r := range p.Results {
			if err := c.explain(ctx, &b, r, analyze); err != nil {
				return err
			}
		}
		return nil
	})
	return b.String(), err
}

func (c *conn) explain(ctx context.Context, b *strings.Builder, s sqlgen.Select, analyze bool) error {
	word := "EXPLAIN "
	if analyze {
		word = "EXPLAIN ANALYZE "
	}
	res, err := c.query(ctx, "explain", word+s.SQL)
	if err != nil {
		return err
	}
	defer mapping.DestroyResult(&res)
	r, err := newRows(&res, sqlgen.Select{SQL: s.SQL, Schema: types.Schema{{Name: "key", Type: types.String}, {Name: "plan", Type: types.String}}})
	if err != nil {
		return err
	}
	defer r.freeChunk()
	if s.Name != "" {
		fmt.Fprintf(b, "-- result %s\n", s.Name)
	}
	for {
		row, err := r.Next()
		if err != nil || row == nil {
			return err
		}
		b.WriteString(tree(row[1].Str) + "\n")
	}
}

// tree returns the operators of an analyzed plan behind its time: what stands before them
// repeats the statement.
func tree(text string) string {
	_, after, ok := strings.Cut(text, "Total Time: ")
	total, after, timed := strings.Cut(after, "s")
	_, after, found := strings.Cut(after, "EXPLAIN_ANALYZE")
	start := strings.Index(after, "\n┌")
	if !ok || !timed || !found || start < 0 {
		return text
	}
	return "total time " + total + "s\n" + after[start+1:]
}
