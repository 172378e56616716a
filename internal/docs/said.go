package docs

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/goshawk-hunt/goshawk/casedir"
	"github.com/goshawk-hunt/goshawk/external"
	"github.com/goshawk-hunt/goshawk/hunt/exclusion"
	"github.com/goshawk-hunt/goshawk/hunt/rulefile"
	"github.com/goshawk-hunt/goshawk/kql/sqlgen"
	"github.com/goshawk-hunt/goshawk/kql/syntax"
	"github.com/goshawk-hunt/goshawk/source"
)

// now is the clock of the examples.
const now = 638500000000000000

// speaker says what the program says of an example.
type speaker struct {
	c        *casedir.Case
	mirror   *casedir.Case // reads data from outside, of which there are none
	compiler *casedir.Compiler
	dir      string
}

// newSpeaker opens a case without rows that knows one stored function, which is broken.
func newSpeaker(ctx context.Context) (*speaker, error) {
	dir, err := os.MkdirTemp("", "goshawk-docs-")
	if err != nil {
		return nil, err
	}
	s := &speaker{dir: dir}
	err = os.WriteFile(filepath.Join(dir, "Broken.kql"), []byte("(x: string) { DeviceEvents | where FileName == x and }"), 0o600)
	if err == nil {
		s.c, err = casedir.Empty(ctx, casedir.Options{Functions: []string{dir}, Threads: 1})
	}
	if err == nil {
		s.mirror, err = casedir.Empty(ctx, casedir.Options{External: external.Source{Mirror: dir}, Threads: 1})
	}
	if err == nil {
		s.compiler, err = casedir.NewCompiler(casedir.MissingCustom, dir)
	}
	if err != nil {
		s.close()
		return nil, err
	}
	return s, nil
}

func (s *speaker) close() {
	for _, c := range []*casedir.Case{s.c, s.mirror} {
		if c != nil {
			c.Close()
		}
	}
	os.RemoveAll(s.dir)
}

// parsed are the diagnostics of reading a query.
func (s *speaker) parsed(_ context.Context, _, text string) *source.Diagnostics {
	f := source.NewFile("query", text)
	_, list := syntax.Parse(f)
	return &source.Diagnostics{File: f, List: list}
}

// compiled are the diagnostics of compiling a query over the case.
func (s *speaker) compiled(ctx context.Context, _, text string) *source.Diagnostics {
	_, d := s.c.Compile(ctx, "query", text, casedir.Clock{Now: now})
	return d
}

// ran are the diagnostics of running a query.
func (s *speaker) ran(ctx context.Context, code, text string) *source.Diagnostics {
	if code == "KQL0501" {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeout(ctx, 0)
		defer cancel()
	}
	_, err := s.mirror.Query(ctx, "query", text, casedir.Clock{Now: now}, func(_ sqlgen.Select, rows sqlgen.Rows) error {
		_, err := casedir.Collect(rows)
		return err
	})
	var d *source.Diagnostics
	if errors.As(err, &d) {
		return d
	}
	d = &source.Diagnostics{File: source.NewFile("query", text)}
	if ctx.Err() != nil {
		d.Add(casedir.OutOfTime())
	}
	return d
}

// checked are the diagnostics of a rule file as check finds them.
func (s *speaker) checked(_ context.Context, _, text string) *source.Diagnostics {
	f := source.NewFile("rule.yaml", text)
	rules, list := rulefile.Read(f, rulefile.Options{})
	d := &source.Diagnostics{File: f, List: list}
	ids := map[string]bool{}
	for _, r := range rules {
		facts := rulefile.Compiled{Known: func(name string) bool { return s.compiler.Catalog().Table(name) != nil }}
		if compiled, _ := s.compiler.Compile("query", r.Query, now); compiled != nil {
			facts.Tables = compiled.Tables
			for _, c := range compiled.Schema {
				facts.Columns = append(facts.Columns, c.Name)
			}
		}
		d.List = append(d.List, r.Lint(facts)...)
		if r.HasID() && ids[r.ID] {
			d.Add(rulefile.DuplicateID(r.IDAt(), r.ID, "rule.yaml"))
		}
		ids[r.ID] = true
	}
	return d
}

// excluded are the diagnostics of a file of exclusions.
func (s *speaker) excluded(_ context.Context, _, text string) *source.Diagnostics {
	f := source.NewFile("exclusions.yaml", text)
	_, list := exclusion.Read(f, time.Date(2024, 5, 1, 0, 0, 0, 0, time.UTC))
	return &source.Diagnostics{File: f, List: list}
}

// message is what the program prints for an example of a code: with its place and
// underlined, unless that is too long to be read. "" if it does not say it.
func message(d *source.Diagnostics, c source.Code) string {
	i := slices.IndexFunc(d.List, func(x source.Diagnostic) bool { return x.Code == c.Code })
	if i < 0 {
		return ""
	}
	x := d.List[i]
	text := d.File.Underline(x)
	if c.Shown != "" {
		text = x.Severity.String() + " " + x.Code + ": " + x.Message
		if x.Hint != "" {
			text += "\n  hint: " + x.Hint
		}
	}
	return strings.ToValidUTF8(text, "\ufffd")
}
