package cli

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"strings"
	"time"

	"github.com/spf13/pflag"

	"github.com/goshawk-hunt/goshawk/casedir"
	"github.com/goshawk-hunt/goshawk/evidence"
	"github.com/goshawk-hunt/goshawk/kql/sqlgen"
	"github.com/goshawk-hunt/goshawk/source"
)

type queryFlags struct {
	file, batch string
	pick        string
	timeout     time.Duration
	explain     bool
	strict      bool
}

func queryCommand() command {
	return command{
		name: "query", args: "[--case DIR] KQL | --file F | -", summary: "run a KQL query",
		help: `
Runs a query in the language of Defender's advanced hunting and of Sentinel, over
the rows of a case. Without --case the tables are there and empty. The query is an
argument, a file (--file), or standard input (-); a file may be a rule or a page that
holds it (Sentinel YAML, FalconForce markdown, Sigma, a blog's text).

  goshawk query 'print ago(1d)'
  goshawk query --case ./case 'DeviceProcessEvents | where FileName =~ "schtasks.exe" | take 10'
  goshawk query --case ./case --file hunt.kql --format csv > hits.csv
  goshawk query --case ./case --file blog.md --pick 2

--format json prints {"columns":[{"name","type"}],"rows":[[..]],"warnings":[..]};
an error is {"error":{"code","message","line","column","length","hint"}}, exit 1.
--batch FILE reads JSON lines {"id","query"} and prints one such object a line.
Without --case it is a dry run: externaldata gives no rows then, and a warning.

externaldata reads nothing unless it may:
  goshawk query --externaldata ./mirror --file hunt.kql   # DIR/host/path serves https://host/path
  goshawk query --allow-net --file hunt.kql               # fetches what the mirror lacks

In the case's folder, watchlists/NAME.csv answers _GetWatchlist('NAME'),
functions/*.kql are stored functions, functions/NAME.csv is the table NAME.
--functions DIR reads them from another folder too, and Sentinel's parsers (.yaml).

A custom table (NAME_CL) that is not here is empty, and a warning says so; --strict
refuses it. A dry run takes every unknown table so, and a text that only defines names.`,
		flags: func(fs *pflag.FlagSet, s *settings) {
			caseFlag(fs, s)
			clockFlag(fs, s)
			outsideFlags(fs, s)
			fs.StringVar(&s.query.file, "file", "", "read the query from a file")
			fs.StringVar(&s.query.pick, "pick", "", "which query of a file that has several: its number, id or name")
			repairFlag(fs, s)
			fs.StringVar(&s.query.batch, "batch", "", `run every query of a file of JSON lines {"id","query"}`)
			fs.DurationVar(&s.query.timeout, "timeout", 0, "stop a query after this long (default none; 30s each with --batch)")
			fs.BoolVar(&s.query.explain, "explain", false, "show the plan, the SQL and the timings instead of rows")
			fs.BoolVar(&s.query.strict, "strict", false, "refuse tables that are not here, which else are empty with a warning")
			fs.StringVar(&s.format, "format", formatTable, "table, csv, json or jsonl")
			memoryFlag(fs, s)
		},
		run: runQuery,
	}
}

func runQuery(ctx context.Context, s *settings, args []string) (int, error) {
	if err := checkFormat(s.format); err != nil {
		return 0, err
	}
	c, err := s.openForQuery(ctx)
	if err != nil {
		return 0, err
	}
	defer c.Close()
	clock, err := s.clock.resolve(ctx, c)
	if err != nil {
		return 0, err
	}
	if s.query.batch != "" {
		return ExitOK, s.batch(ctx, c, clock)
	}
	name, text, err := s.queryText(args)
	if err != nil {
		return 0, err
	}
	if s.query.timeout > 0 {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeoutCause(ctx, s.query.timeout, fmt.Errorf("the query was stopped after %s (--timeout)", s.query.timeout))
		defer cancel()
	}
	if s.query.explain {
		return ExitOK, stopped(ctx, s.explain(ctx, c, name, text, clock))
	}
	if clock.FromEvidence && s.format == formatTable {
		fmt.Fprintf(s.err, "now is %s, the last event of the evidence (--now changes it)\n", evidence.FormatTime(clock.Now))
	}
	return ExitOK, stopped(ctx, s.answer(ctx, c, name, text, clock))
}

// stopped is err, or why its context ended where that is what err says.
func stopped(ctx context.Context, err error) error {
	if errors.Is(err, context.DeadlineExceeded) && ctx.Err() != nil {
		return context.Cause(ctx)
	}
	return err
}

// openForQuery opens the case, or an empty one where none is named.
func (s *settings) openForQuery(ctx context.Context) (*casedir.Case, error) {
	o := s.caseOptions()
	o.ReadOnly = true
	s.outside.into(&o)
	o.External.Dry = s.casev == "" && s.query.batch != "" && o.External.Mirror == "" && !o.External.Net
	switch {
	case s.query.strict:
		o.Missing = casedir.MissingNone
	case s.casev == "" && s.query.batch != "":
		o.Missing = casedir.MissingAny
	}
	if s.casev == "" {
		return casedir.Empty(ctx, o)
	}
	c, err := casedir.Open(ctx, s.casev, false, o)
	if err != nil {
		return nil, err
	}
	if err := c.Finish(ctx); err != nil {
		c.Close()
		return nil, err
	}
	return c, nil
}

// answer runs one query and prints its results in the wanted format.
func (s *settings) answer(ctx context.Context, c *casedir.Case, name, text string, clock casedir.Clock) error {
	if s.format == formatJSON {
		var b bytes.Buffer
		err := answerJSON(ctx, c, &b, "", name, text, clock)
		if _, writeErr := s.out.Write(append(b.Bytes(), '\n')); writeErr != nil {
			return writeErr
		}
		return err
	}
	first := true
	return s.ask(ctx, c, name, text, clock, func(result sqlgen.Select, rows sqlgen.Rows) error {
		if !first {
			fmt.Fprintln(s.out)
		}
		first = false
		if result.Name != "" && s.format == formatTable {
			fmt.Fprintf(s.out, "== %s\n", printable(result.Name))
		}
		return writeRows(s.out, s.format, rows)
	})
}

// ask gives each the results of a query, and tells its warnings.
func (s *settings) ask(ctx context.Context, c *casedir.Case, name, text string, clock casedir.Clock, each func(sqlgen.Select, sqlgen.Rows) error) error {
	answer, err := c.Query(ctx, name, text, clock, each)
	if answer != nil {
		for _, w := range answer.Warnings {
			fmt.Fprintln(s.err, printableLines(w))
		}
	}
	return err
}

// answerJSON appends the JSON object of one query to b: its rows, or its error,
// which is also returned as a quietError.
func answerJSON(ctx context.Context, c *casedir.Case, b *bytes.Buffer, id, name, text string, clock casedir.Clock) error {
	head := ""
	if id != "" {
		head = `"id":` + id
	}
	start := b.Len()
	err := func() (err error) {
		defer func() {
			if r := recover(); r != nil {
				err = fmt.Errorf("internal error: %v", r)
			}
		}()
		var tables [][]byte
		answer, err := c.Query(ctx, name, text, clock, func(result sqlgen.Select, rows sqlgen.Rows) error {
			var t bytes.Buffer
			w := bufio.NewWriter(&t)
			if err := writeJSONTable(w, result.Name, rows); err != nil {
				return err
			}
			if err := w.Flush(); err != nil {
				return err
			}
			tables = append(tables, t.Bytes())
			return nil
		})
		if err != nil {
			return err
		}
		return writeJSONAnswer(b, head, tables, answer)
	}()
	if err == nil {
		return nil
	}
	b.Truncate(start)
	writeJSONError(b, head, queryError(ctx, err))
	return &quietError{err}
}

// writeJSONAnswer joins the tables of one answer: the first is the answer itself,
// those of fork and facet follow under "tables".
func writeJSONAnswer(b *bytes.Buffer, head string, tables [][]byte, answer *casedir.Answer) error {
	b.WriteByte('{')
	if head != "" {
		b.WriteString(head + ",")
	}
	if len(tables) == 0 {
		tables = [][]byte{[]byte(`"columns":[],"rows":[]`)}
	}
	b.Write(tables[0])
	warnings := answer.Warnings
	if warnings == nil {
		warnings = []string{}
	}
	tail, err := json.Marshal(warnings)
	if err != nil {
		return err
	}
	b.WriteString(`,"warnings":`)
	b.Write(tail)
	if len(tables) > 1 {
		b.WriteString(`,"tables":[`)
		for i, t := range tables {
			if i > 0 {
				b.WriteByte(',')
			}
			b.WriteByte('{')
			b.Write(t)
			b.WriteByte('}')
		}
		b.WriteByte(']')
	}
	if r := answer.Compiled.Render; r != nil {
		chart, err := json.Marshal(map[string]any{"chart": r.Chart, "properties": r.Properties})
		if err != nil {
			return err
		}
		b.WriteString(`,"render":`)
		b.Write(chart)
	}
	b.WriteByte('}')
	return nil
}

// jsonError is the stable form of an error.
type jsonError struct {
	Code    string `json:"code"`
	Message string `json:"message"`
	Line    int    `json:"line"`
	Column  int    `json:"column"`
	Length  int    `json:"length"`
	Hint    string `json:"hint"`
}

func writeJSONError(b *bytes.Buffer, head string, e jsonError) {
	if head != "" {
		head += ","
	}
	text, err := json.Marshal(e)
	if err != nil {
		panic("BUG: " + err.Error())
	}
	fmt.Fprintf(b, `{%s"error":%s}`, head, text)
}

// queryError finds the first error of a query.
func queryError(ctx context.Context, err error) jsonError {
	var d *source.Diagnostics
	if errors.As(err, &d) {
		for _, x := range d.List {
			if x.Severity != source.Error {
				continue
			}
			return placed(d.File, x)
		}
	}
	if ctx.Err() != nil {
		x := casedir.OutOfTime()
		return jsonError{Code: x.Code, Message: x.Message, Hint: x.Hint}
	}
	return jsonError{Code: "KQL0599", Message: err.Error()}
}

// placed gives a diagnostic the stable form of an error.
func placed(f *source.File, x source.Diagnostic) jsonError {
	e := jsonError{Code: x.Code, Message: x.Message, Hint: x.Hint}
	if x.Span.IsValid() {
		p := f.Position(x.Span.Start)
		e.Line, e.Column, e.Length = p.Line, p.Column, len([]rune(f.Text[x.Span.Start:min(x.Span.End, len(f.Text))]))
	}
	return e
}

// batchTimeout ends one query of a batch.
const batchTimeout = 30 * time.Second

// batch runs the queries of a file of JSON lines, one object a line.
func (s *settings) batch(ctx context.Context, c *casedir.Case, clock casedir.Clock) error {
	f, err := os.Open(s.query.batch)
	if err != nil {
		return err
	}
	defer f.Close()
	timeout := s.query.timeout
	if timeout == 0 {
		timeout = batchTimeout
	}
	out := bufio.NewWriter(s.out)
	defer out.Flush()
	lines := bufio.NewScanner(f)
	lines.Buffer(nil, 64<<20)
	for n := 1; lines.Scan() && ctx.Err() == nil; n++ {
		if len(bytes.TrimSpace(lines.Bytes())) == 0 {
			continue
		}
		var line struct {
			ID    json.RawMessage `json:"id"`
			Query string          `json:"query"`
		}
		var b bytes.Buffer
		if err := json.Unmarshal(lines.Bytes(), &line); err != nil {
			return fmt.Errorf("%s:%d: not a JSON object with id and query: %w", s.query.batch, n, err)
		}
		if line.ID == nil {
			line.ID = json.RawMessage("null")
		}
		one, cancel := context.WithTimeout(ctx, timeout)
		var quiet *quietError
		if err := answerJSON(one, c, &b, string(line.ID), "query", line.Query, clock); err != nil && !errors.As(err, &quiet) {
			cancel()
			return err
		}
		cancel()
		b.WriteByte('\n')
		if _, err := out.Write(b.Bytes()); err != nil {
			return err
		}
		if err := out.Flush(); err != nil {
			return err
		}
	}
	if err := lines.Err(); err != nil {
		return fmt.Errorf("%s: %w", s.query.batch, err)
	}
	return ctx.Err()
}

// explain prints the plan, the SQL and the engine's timings of a query.
func (s *settings) explain(ctx context.Context, c *casedir.Case, name, text string, clock casedir.Clock) error {
	e, err := c.Explain(ctx, name, text, clock)
	if err != nil {
		return err
	}
	for _, part := range []struct{ title, text string }{{"plan", e.Plan}, {"sql", e.SQL}, {"engine", e.Engine}} {
		fmt.Fprintf(s.out, "== %s\n%s\n\n", part.title, strings.TrimSpace(part.text))
	}
	fmt.Fprintf(s.out, "compiled in %s, ran in %s\n", e.Compile.Round(time.Microsecond), e.Run.Round(time.Microsecond))
	return nil
}
