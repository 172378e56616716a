// Package stored tests the second stage of normalisation over stored rows. It is apart
// from the first so that only these tests need the engine.
package stored

import (
	"context"
	"fmt"
	"regexp"
	"strings"
	"testing"

	"github.com/goshawk-hunt/goshawk/catalog"
	"github.com/goshawk-hunt/goshawk/engine/duckdb"
	"github.com/goshawk-hunt/goshawk/evidence"
	"github.com/goshawk-hunt/goshawk/evidence/ticks"
	"github.com/goshawk-hunt/goshawk/kql/sqlgen"
	"github.com/goshawk-hunt/goshawk/kql/types"
	"github.com/goshawk-hunt/goshawk/normalize"
)

// evidenceCase is a case in memory.
type evidenceCase struct {
	testing.TB
	db      *duckdb.DB
	cat     *catalog.Catalog
	sources int64
}

func newCase(t testing.TB) *evidenceCase {
	t.Helper()
	db, err := duckdb.Open("", duckdb.Options{Threads: 2})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	return newCaseOn(t, db)
}

func newCaseOn(t testing.TB, db *duckdb.DB) *evidenceCase {
	t.Helper()
	c := &evidenceCase{TB: t, db: db, cat: catalog.Default()}
	ctx := context.Background()
	for _, table := range normalize.Tables() {
		if err := db.Create(ctx, table.Name, table.Stored()); err != nil {
			t.Fatal(err)
		}
	}
	for name, v := range normalize.Views() {
		if err := db.CreateView(ctx, name, c.cat.Table(name).Stored(), v.SQL(c.cat.Table(name), false)); err != nil {
			t.Fatal(err)
		}
	}
	return c
}

// source ingests one source, whose records feed gives.
func (c *evidenceCase) source(feed func(evidence.Sink) error) normalize.Stats {
	c.Helper()
	ctx := context.Background()
	tx, err := c.db.Begin(ctx)
	if err != nil {
		c.Fatal(err)
	}
	c.sources++
	n := normalize.New(c.cat, tx.Append, normalize.Options{Source: c.sources, Ingested: at("2031-01-01T00:00:00Z"),
		Create: func(t *catalog.Table) error { return c.db.Create(ctx, t.Name, t.Stored()) }})
	if err := feed(sink{n}); err != nil {
		c.Fatal(err)
	}
	if err := n.Close(); err != nil {
		c.Fatal(err)
	}
	if err := tx.Commit(); err != nil {
		c.Fatal(err)
	}
	return n.Stats()
}

type sink struct{ n *normalize.Normalizer }

func (s sink) Record(r *evidence.Record) error { return s.n.Record(r) }
func (s sink) Damage(evidence.Damage)          {}
func (s sink) Progress(int64)                  {}

// events ingests events as one source.
func (c *evidenceCase) events(list ...evidence.Event) {
	c.Helper()
	c.source(func(s evidence.Sink) error {
		for i := range list {
			if err := s.Record(&evidence.Record{Kind: evidence.KindEvent, Offset: int64(i), Event: list[i]}); err != nil {
				return err
			}
		}
		return nil
	})
}

// row ingests an exported row of a table as one source; fields are names and values in turn.
func (c *evidenceCase) row(table string, fields ...string) {
	c.Helper()
	r := evidence.Record{Kind: evidence.KindRow}
	r.Row.Table = table
	for i := 0; i < len(fields); i += 2 {
		r.Row.Fields = append(r.Row.Fields, evidence.Field{Name: fields[i], Value: evidence.Value{Kind: evidence.String, Str: fields[i+1]}})
	}
	c.source(func(s evidence.Sink) error { return s.Record(&r) })
}

// finish runs the second stage, in many rounds.
func (c *evidenceCase) finish() {
	c.Helper()
	ctx := context.Background()
	tx, err := c.db.Begin(ctx)
	if err != nil {
		c.Fatal(err)
	}
	if err := normalize.Complete(ctx, tx, normalize.Finish(0, 0, 3).All(), func(string) bool { return true }, func(int64, int64) {}); err != nil {
		tx.Rollback()
		c.Fatal(err)
	}
	if err := tx.Commit(); err != nil {
		c.Fatal(err)
	}
}

// tableName finds what query reads from.
var tableName = regexp.MustCompile(` FROM "?\w+"?`)

// from reads a table as queries do.
func (c *evidenceCase) from(from string) string {
	name := strings.Trim(strings.TrimPrefix(from, " FROM "), `"`)
	source := normalize.Sources()[name]
	if source == nil {
		return from
	}
	columns := []string{"$IngestionTime"}
	for _, column := range c.cat.Table(name).Stored() {
		columns = append(columns, column.Name)
	}
	return " FROM " + source(columns)
}

// query returns the rows of SQL, each as its texts joined by " | ".
func (c *evidenceCase) query(sql string) string {
	c.Helper()
	width := strings.Count(sql[:strings.Index(sql, " FROM ")], ";") + 1
	schema := make(types.Schema, width)
	for i := range schema {
		schema[i] = types.Column{Name: fmt.Sprintf("c%d", i), Type: types.String}
	}
	columns := strings.Split(strings.TrimPrefix(sql[:strings.Index(sql, " FROM ")], "SELECT "), ";")
	for i, x := range columns {
		columns[i] = fmt.Sprintf("coalesce(CAST(%s AS VARCHAR), '') AS c%d", strings.TrimSpace(x), i)
	}
	from := tableName.ReplaceAllStringFunc(sql[strings.Index(sql, " FROM "):], c.from)
	p := &sqlgen.Program{Results: []sqlgen.Select{{SQL: "SELECT " + strings.Join(columns, ", ") + from, Schema: schema}}}
	var lines []string
	err := c.db.Run(context.Background(), p, func(_ sqlgen.Select, rows sqlgen.Rows) error {
		for {
			row, err := rows.Next()
			if err != nil || row == nil {
				return err
			}
			texts := make([]string, len(row))
			for i := range row {
				texts[i] = strings.Clone(row[i].Str)
			}
			lines = append(lines, strings.Join(texts, " | "))
		}
	})
	if err != nil {
		c.Fatalf("%v in\n%s", err, sql)
	}
	return strings.Join(lines, "\n")
}

// want compares the rows of SQL.
func (c *evidenceCase) want(sql string, want ...string) {
	c.Helper()
	if got := c.query(sql); got != strings.Join(want, "\n") {
		c.Errorf("%s\n got %s\nwant %s", sql, strings.ReplaceAll(got, "\n", "\n     "), strings.Join(want, "\n     "))
	}
}

// at reads a time.
func at(s string) int64 {
	t, ok := ticks.Parse(s)
	if !ok {
		panic("no time: " + s)
	}
	return t.Ticks
}

// event makes an event; data are names and values in turn.
func event(provider, channel string, id uint32, record uint64, time string, data ...string) evidence.Event {
	e := evidence.Event{Provider: provider, Channel: channel, EventID: id, RecordID: record, Computer: "WS7.lab.example", Time: at(time)}
	for i := 0; i < len(data); i += 2 {
		e.Data = append(e.Data, evidence.Field{Name: data[i], Value: evidence.Value{Kind: evidence.String, Str: data[i+1]}})
	}
	return e
}

func security(id uint32, record uint64, time string, data ...string) evidence.Event {
	return event("Microsoft-Windows-Security-Auditing", "Security", id, record, time, data...)
}

func sysmon(id uint32, record uint64, time string, data ...string) evidence.Event {
	return event("Microsoft-Windows-Sysmon", "Microsoft-Windows-Sysmon/Operational", id, record, time,
		append([]string{"UtcTime", strings.Replace(strings.TrimSuffix(time, "Z"), "T", " ", 1)}, data...)...)
}

func scheduler(id uint32, record uint64, time string, data ...string) evidence.Event {
	e := event("Microsoft-Windows-TaskScheduler", "Microsoft-Windows-TaskScheduler/Operational", id, record, time, data...)
	e.ProcessID = 1268
	return e
}
