package cli

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"github.com/spf13/pflag"

	"github.com/goshawk-hunt/goshawk/casedir"
	"github.com/goshawk-hunt/goshawk/hunt/rulefile"
	"github.com/goshawk-hunt/goshawk/kql/types"
	"github.com/goshawk-hunt/goshawk/source"
)

func checkCommand() command {
	return command{
		name: "check", args: "FILE..", summary: "compile hunts and queries without data",
		help: `
Reads hunts (Sentinel YAML, FalconForce markdown, .kql, documents with queries in
them) and compiles their queries against the tables that goshawk knows. Prints
what is wrong, underlined, and the columns that each query gives. Folders are
searched for .kql, .yaml, .yml and .md.

  goshawk check hunt.kql rules/
  goshawk check --format json rules/ > problems.json
  goshawk check --rewrite blog.txt > runnable.kql      names that don't exist become
                                                       what exists; read what it changed
  goshawk check --repair export.txt                    rules whose indentation is lost

exit codes: 0 all compile, 1 some do not`,
		flags: func(fs *pflag.FlagSet, s *settings) {
			fs.StringVar(&s.format, "format", formatTable, "table or json")
			repairFlag(fs, s)
			fs.BoolVar(&s.check.rewrite, "rewrite", false, "print each query that can't run rewritten so that it can, whole, with what was changed")
		},
		run: runCheck,
	}
}

// checked is one rule, or one file without a rule, in the JSON form of check.
type checked struct {
	File        string              `json:"file"`
	Line        int                 `json:"line"`
	ID          string              `json:"id,omitempty"`
	Name        string              `json:"name,omitempty"`
	Format      rulefile.Format     `json:"format,omitempty"`
	OK          bool                `json:"ok"`
	Tables      []string            `json:"tables,omitempty"`
	Columns     []checkedColumn     `json:"columns,omitempty"`
	Diagnostics []checkedDiagnostic `json:"diagnostics"`
	Rewrite     *rewritten          `json:"rewrite,omitempty"`
}

// checkFlags are the flags of check alone.
type checkFlags struct {
	rewrite bool
}

type checkedColumn struct {
	Name string `json:"name"`
	Type string `json:"type"`
}

type checkedDiagnostic struct {
	jsonError
	Severity string `json:"severity"`
}

func runCheck(_ context.Context, s *settings, args []string) (int, error) {
	if len(args) == 0 {
		return 0, &usageError{"check needs a FILE", "goshawk check hunt.kql rules/"}
	}
	if s.format != formatTable && s.format != formatJSON {
		return 0, &usageError{fmt.Sprintf("unknown --format %q", s.format), "check prints table or json"}
	}
	files, err := ruleFiles(args)
	if err != nil {
		return 0, err
	}
	compiler := casedir.NewCompiler()
	var results []checked
	failed := 0
	for _, file := range files {
		rules, d, err := s.readRules(file)
		if err != nil {
			return 0, err
		}
		for _, c := range s.checkFile(compiler, file, rules, d) {
			if !c.OK && (c.Rewrite == nil || !c.Rewrite.OK) {
				failed++
			}
			results = append(results, c)
		}
	}
	if s.format == formatJSON {
		if results == nil {
			results = []checked{}
		}
		if err := json.NewEncoder(s.out).Encode(map[string]any{"results": results}); err != nil {
			return 0, err
		}
	} else {
		fmt.Fprintf(s.err, "%d %s checked, %d with errors\n", len(results), plural(len(results), "query", "queries"), failed)
	}
	if failed > 0 {
		return ExitError, nil
	}
	return ExitOK, nil
}

// checkFile compiles the rules of one file. What is wrong with the file itself
// stands with its first rule, or alone.
func (s *settings) checkFile(compiler *casedir.Compiler, path string, rules []*rulefile.Rule, d *source.Diagnostics) []checked {
	if len(rules) == 0 {
		return []checked{s.checkedOf(checked{File: path, Line: 1}, d)}
	}
	now := ticksOf(time.Now())
	var out []checked
	for i, r := range rules {
		all := &source.Diagnostics{File: d.File}
		if i == 0 {
			all.List = append(all.List, d.List...)
		}
		compiled, found := compiler.Compile(path, r.Query, now)
		all.List = append(all.List, r.InFile(found.List)...)
		c := checked{File: path, Line: d.File.Position(max(0, r.QueryAt.Start)).Line, ID: r.ID, Name: r.Name, Format: r.Format}
		if compiled != nil {
			c.Tables, c.Columns = compiled.Tables, checkedColumns(compiled.Schema)
		}
		if s.check.rewrite && needsRewrite(found) {
			c.Rewrite = s.rewrite(compiler, d.File, r, now)
		}
		out = append(out, s.checkedOf(c, all))
	}
	return out
}

func checkedColumns(schema types.Schema) []checkedColumn {
	list := make([]checkedColumn, len(schema))
	for i, c := range schema {
		list[i] = checkedColumn{c.Name, c.Type.String()}
	}
	return list
}

// checkedOf adds the diagnostics to a result and, for people, prints both.
func (s *settings) checkedOf(c checked, d *source.Diagnostics) checked {
	c.OK = !d.HasErrors()
	c.Diagnostics = []checkedDiagnostic{}
	for _, x := range d.List {
		c.Diagnostics = append(c.Diagnostics, checkedDiagnostic{placed(d.File, x), x.Severity.String()})
	}
	if s.format == formatJSON {
		return c
	}
	to := s.out
	if s.check.rewrite { // stdout is for the queries
		to = s.err
	}
	for _, x := range d.List {
		fmt.Fprintln(to, printableLines(d.File.Underline(x)))
	}
	if c.Rewrite != nil {
		c.Rewrite.print(s.out, c)
		return c
	}
	if c.OK {
		schema := make(types.Schema, len(c.Columns))
		for i, column := range c.Columns {
			t, _ := types.Parse(column.Type)
			schema[i] = types.Column{Name: column.Name, Type: t}
		}
		fmt.Fprintf(to, "%s:%d: ok %s %s\n", printable(c.File), c.Line, printable(c.Name), printable(schema.String()))
	}
	return c
}
