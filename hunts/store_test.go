package hunts_test

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"golang.org/x/tools/txtar"

	"github.com/goshawk-hunt/goshawk/catalog"
	"github.com/goshawk-hunt/goshawk/engine/duckdb"
	"github.com/goshawk-hunt/goshawk/kql"
	"github.com/goshawk-hunt/goshawk/kql/sqlgen"
	dialect "github.com/goshawk-hunt/goshawk/kql/sqlgen/duckdb"
	"github.com/goshawk-hunt/goshawk/kql/types"
	"github.com/goshawk-hunt/goshawk/prevalence"
)

// store is a case in memory that holds the rows of a sample.
type store struct {
	db      *duckdb.DB
	cat     *catalog.Catalog
	made    map[string]bool
	nowTick int64
}

// newStore opens a store; it is closed with the test.
func newStore(t testing.TB) *store {
	t.Helper()
	db, err := duckdb.Open("", duckdb.Options{Threads: 1, Memory: "1GB"})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	cat := catalog.Default()
	cat.Tables[prevalence.TableName] = prevalence.Table()
	return &store{db: db, cat: cat, made: map[string]bool{}}
}

// load adds the rows of every <Table>.jsonl of an archive.
func (s *store) load(ctx context.Context, a *txtar.Archive) error {
	for _, f := range a.Files {
		if name, ok := strings.CutSuffix(f.Name, ".jsonl"); ok {
			if s.cat.Table(name) == nil {
				return fmt.Errorf("no table %s", name)
			}
			if err := s.need(ctx, name); err != nil {
				return err
			}
		}
	}
	tx, err := s.db.Begin(ctx)
	if err != nil {
		return err
	}
	defer tx.Rollback()
	for _, f := range a.Files {
		name, ok := strings.CutSuffix(f.Name, ".jsonl")
		if !ok {
			continue
		}
		table := s.cat.Table(name)
		lines := bufio.NewScanner(bytes.NewReader(f.Data))
		lines.Buffer(nil, 1<<20)
		for lines.Scan() {
			row, err := s.row(table, lines.Bytes())
			if err != nil {
				return fmt.Errorf("%s: %w", f.Name, err)
			}
			if err := tx.Append(name, row); err != nil {
				return err
			}
		}
	}
	return tx.Commit()
}

func (s *store) need(ctx context.Context, name string) error {
	t := s.cat.Table(name)
	if t == nil || t.View || s.made[name] {
		return nil
	}
	s.made[name] = true
	return s.db.Create(ctx, name, t.Stored())
}

// row turns one JSON object into a row; what the object leaves out is null.
func (s *store) row(t *catalog.Table, line []byte) ([]types.Value, error) {
	var fields map[string]any
	dec := json.NewDecoder(bytes.NewReader(line))
	dec.UseNumber()
	if err := dec.Decode(&fields); err != nil {
		return nil, err
	}
	schema := t.Stored()
	row := make([]types.Value, len(schema))
	for i, c := range schema {
		row[i] = types.Null(c.Type)
		v, ok := fields[c.Name]
		delete(fields, c.Name)
		if !ok || v == nil {
			continue
		}
		var err error
		if row[i], err = field(c.Type, v); err != nil {
			return nil, fmt.Errorf("%s: %w", c.Name, err)
		}
		if row[i].Type == types.DateTime {
			s.nowTick = max(s.nowTick, row[i].Int)
		}
	}
	for name := range fields {
		return nil, fmt.Errorf("table %s has no column %s", t.Name, name)
	}
	return row, nil
}

func field(t types.Type, v any) (types.Value, error) {
	out := types.Value{Type: t}
	switch t {
	case types.String:
		if s, ok := v.(string); ok {
			out.Str = s
			return out, nil
		}
	case types.Dynamic:
		text, err := json.Marshal(v)
		out.Str = string(text)
		return out, err
	case types.Bool:
		if b, ok := v.(bool); ok {
			if b {
				out.Int = 1
			}
			return out, nil
		}
	case types.Long, types.Int:
		if n, ok := v.(json.Number); ok {
			var err error
			out.Int, err = n.Int64()
			return out, err
		}
	case types.DateTime:
		if s, ok := v.(string); ok {
			ticks, ok := types.ParseDateTime(s)
			if !ok {
				return out, fmt.Errorf("%q is no datetime", s)
			}
			out.Int = ticks
			return out, nil
		}
	}
	return out, fmt.Errorf("%v is no %s", v, t)
}

// Query makes the store a hunt.Querier.
func (s *store) Query(ctx context.Context, name, text string) (schema types.Schema, rows [][]types.Value, warnings []string, err error) {
	session := prevalence.NewSession(prevalence.FromCase(ctx, s))
	var o kql.Options
	o.Dialect = session.Install(dialect.New())
	o.Catalog, o.Now, o.Functions = s.cat.Binder(), s.nowTick, prevalence.FunctionsFor(text)
	c, d := kql.Compile(name, text, o)
	if err := d.Err(); err != nil {
		return nil, nil, nil, err
	}
	for _, t := range c.Tables {
		if err := s.need(ctx, t); err != nil {
			return nil, nil, nil, err
		}
	}
	err = s.db.Run(ctx, c.Program, func(_ sqlgen.Select, r sqlgen.Rows) error {
		schema = r.Schema()
		for {
			row, err := r.Next()
			if row == nil || err != nil {
				return err
			}
			kept := append([]types.Value(nil), row...)
			for i := range kept {
				kept[i].Str = strings.Clone(kept[i].Str)
			}
			rows = append(rows, kept)
		}
	})
	return schema, rows, session.Warnings(), err
}
