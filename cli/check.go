package cli

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"runtime/debug"
	"strings"
	"time"

	"github.com/spf13/pflag"

	"github.com/goshawk-hunt/goshawk/casedir"
	"github.com/goshawk-hunt/goshawk/hunt/rulefile"
	"github.com/goshawk-hunt/goshawk/kql/types"
	"github.com/goshawk-hunt/goshawk/source"
)

const formatSARIF = "sarif"

func checkCommand() command {
	return command{
		name: "check", args: "FILE..|-", summary: "compile hunts and queries without data",
		help: `
Reads hunts (Sentinel YAML, FalconForce markdown, Sigma, .kql, documents with queries
in them) and compiles their queries against the tables that goshawk knows. Prints
what is wrong, underlined, and the columns that each query gives. Folders are
searched for .kql, .yaml, .yml and .md; - is standard input.

Fields of rules are checked too: ids, tactics against techniques, connectors
against the tables that the query reads, entity mappings against the columns it
returns, frequency against period, severity, version, kind.

  goshawk check hunt.kql rules/
  pbpaste | goshawk check -
  goshawk check --format json rules/ > problems.json
  goshawk check --format sarif rules/ > problems.sarif   for code scanning
  goshawk check --rewrite blog.txt > runnable.kql        names that don't exist become
                                                         what exists; read what it changed
  goshawk check --repair export.txt                      rules whose indentation is lost

A table that nothing here knows may be a parser function of your workspace: that
is a warning, and the rest of the query is checked. --functions DIR gives the text
of such functions: .kql files, and Sentinel's parsers as .yaml. Custom tables
(NAME_CL) have the types that the suffixes of their columns say.

  goshawk check --functions Parsers/ rules/

Files with a list "exclusions" are checked as such: docs/exclusions.md.

docs/ci.md has a pre-commit hook and examples for CI.

exit codes: 0 nothing is wrong or there are only warnings, 1 something is wrong
(with --strict: or a warning, or no hunt was found)`,
		flags: func(fs *pflag.FlagSet, s *settings) {
			fs.StringVar(&s.format, "format", formatTable, "table, json or sarif")
			fs.BoolVar(&s.check.strict, "strict", false, "warnings fail too, and tables that nothing here knows are errors")
			fs.BoolVar(&s.check.quiet, "quiet", false, "print what is wrong and nothing of what is right; pages without a query may be named")
			functionsFlag(fs, s)
			repairFlag(fs, s)
			fs.BoolVar(&s.force, "force", false, "let exclusions pass that rest only on text that the attacker chooses")
			fs.BoolVar(&s.check.rewrite, "rewrite", false, "print each query that can't run rewritten so that it can, whole, with what was changed")
		},
		run: runCheck,
	}
}

// checkFlags are the flags of check alone.
type checkFlags struct {
	rewrite, strict, quiet bool
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

	rule *rulefile.Rule
	said *source.Diagnostics
}

type checkedColumn struct {
	Name string `json:"name"`
	Type string `json:"type"`
}

type checkedDiagnostic struct {
	jsonError
	Severity string `json:"severity"`
}

func runCheck(ctx context.Context, s *settings, args []string) (int, error) {
	if len(args) == 0 {
		return 0, &usageError{"check needs a FILE", "goshawk check hunt.kql rules/"}
	}
	if s.format != formatTable && s.format != formatJSON && s.format != formatSARIF {
		return 0, &usageError{fmt.Sprintf("unknown --format %q", s.format), "check prints table, json or sarif"}
	}
	began := time.Now()
	// A short run that allocates much and keeps little: collect less often.
	defer debug.SetGCPercent(debug.SetGCPercent(400))
	files, err := filesBelow(args, ruleExtensions...)
	if err != nil {
		return 0, err
	}
	tally := checkTally{ids: map[string]string{}}
	results := []checked{}
	missing := casedir.MissingAny
	if s.check.strict {
		missing = casedir.MissingNone
	}
	compiler, err := casedir.NewCompiler(missing, s.outside.functions...)
	if err != nil {
		return 0, err
	}
	if s.format == formatJSON {
		fmt.Fprint(s.out, `{"results":[`)
	}
	err = s.checkAll(ctx, compiler, args, files, func(c checked) {
		tally.add(&c)
		if s.format == formatTable {
			s.printChecked(c)
			return
		}
		c.rule = nil
		if s.format == formatSARIF {
			c.Columns = nil // what is said of it is all that is written
			results = append(results, c)
			return
		}
		if tally.rules > 1 {
			fmt.Fprint(s.out, ",")
		}
		text, err := json.Marshal(c)
		if err != nil {
			panic("BUG: " + err.Error())
		}
		s.out.Write(text)
	})
	if s.format == formatJSON {
		fmt.Fprintln(s.out, "]}")
	}
	if s.format == formatSARIF && ctx.Err() == nil {
		err = errors.Join(err, writeSARIF(s.out, results, err == nil))
	}
	if err != nil {
		return 0, err
	}
	took := time.Since(began)
	fmt.Fprintf(s.err, "%d %s checked, %d with errors, %d %s; %d %s in %s\n", tally.rules, plural(tally.rules, "query", "queries"),
		tally.failed, tally.warnings, plural(tally.warnings, "warning", "warnings"), len(files), plural(len(files), "file", "files"),
		took.Round(time.Millisecond))
	if tally.rules == 0 && !s.check.quiet {
		fmt.Fprintf(s.err, "no hunt is in %s: nothing was checked\n", printable(strings.Join(args, ", ")))
	}
	if tally.failed > 0 || s.check.strict && (tally.warnings > 0 || tally.rules == 0 && !s.check.quiet) {
		return ExitError, nil
	}
	return ExitOK, nil
}

// checkTally counts results and knows the ids that were seen.
type checkTally struct {
	rules, failed, warnings int
	ids                     map[string]string
}

// add completes a result with what only all files together tell.
func (t *checkTally) add(c *checked) {
	t.rules++
	if c.rule != nil && c.rule.HasID() {
		if other, ok := t.ids[c.ID]; ok {
			c.said.Add(rulefile.DuplicateID(c.rule.IDAt(), c.ID, other))
		} else {
			t.ids[c.ID] = c.File
		}
	}
	c.OK = !c.said.HasErrors()
	c.Diagnostics = []checkedDiagnostic{}
	for _, x := range c.said.List {
		c.Diagnostics = append(c.Diagnostics, checkedDiagnostic{placed(c.said.File, x), x.Severity.String()})
		if x.Severity == source.Warning {
			t.warnings++
		}
	}
	if !c.OK && (c.Rewrite == nil || !c.Rewrite.OK) {
		t.failed++
	}
}

// printChecked shows one result to people.
func (s *settings) printChecked(c checked) {
	to := s.out
	if s.check.rewrite { // stdout is for the queries
		to = s.err
	}
	for _, x := range c.said.List {
		fmt.Fprintln(to, printableLines(c.said.File.Underline(x)))
	}
	if c.Rewrite != nil {
		c.Rewrite.print(s.out, c)
		return
	}
	if c.OK && !s.check.quiet {
		line := fmt.Sprintf("%s:%d: ok %s", printable(c.File), c.Line, printable(c.Name))
		if len(c.Columns) > 0 {
			line += " " + printable(shortColumns(c.Columns))
		}
		fmt.Fprintln(to, line)
	}
}

// maxColumns is how many columns of a result are printed: union * has thousands. The
// JSON form has all.
const maxColumns = 24

// shortColumns writes the columns of a result, with the number of those left out.
func shortColumns(columns []checkedColumn) string {
	schema := make(types.Schema, min(len(columns), maxColumns))
	for i := range schema {
		t, _ := types.Parse(columns[i].Type)
		schema[i] = types.Column{Name: columns[i].Name, Type: t}
	}
	text := schema.String()
	if more := len(columns) - len(schema); more > 0 {
		text = fmt.Sprintf("%s, and %d more columns)", strings.TrimSuffix(text, ")"), more)
	}
	return text
}
