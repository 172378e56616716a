package cli

import (
	"fmt"
	"io"
	"strings"

	"github.com/goshawk-hunt/goshawk/casedir"
	"github.com/goshawk-hunt/goshawk/hunt/rulefile"
	"github.com/goshawk-hunt/goshawk/hunt/sigma"
	"github.com/goshawk-hunt/goshawk/kql/mend"
	"github.com/goshawk-hunt/goshawk/source"
)

// rewritten is a query that can't run as it stands, put right as far as it goes.
type rewritten struct {
	OK      bool              `json:"ok"`
	Query   string            `json:"query"`
	Changes []rewrittenChange `json:"changes"`
	Left    []jsonError       `json:"left,omitempty"`
	Sigma   string            `json:"sigma,omitempty"` // the Sigma rule that the query was made of, mended
}

type rewrittenChange struct {
	Code string `json:"code"`
	Why  string `json:"why"`
	Was  string `json:"was"`
	Now  string `json:"now"`
}

// needsRewrite reports whether a query has a mistake, or a warning that comes with
// a way to mend it.
func needsRewrite(d *source.Diagnostics) bool {
	for _, x := range d.List {
		if x.Severity == source.Error || x.Fix != nil {
			return true
		}
	}
	return false
}

// rewrite puts a rule's query right as far as the diagnostics know how.
func (s *settings) rewrite(compiler *casedir.Compiler, f *source.File, r *rulefile.Rule, now int64) *rewritten {
	result := compiler.Mend(f.Name, r.Query, now)
	w := &rewritten{OK: result.OK(), Query: strings.TrimRight(result.Text, "\n"), Changes: []rewrittenChange{}}
	for _, c := range result.Changes {
		w.Changes = append(w.Changes, changeOf(c))
	}
	for _, x := range result.Left.List {
		w.Left = append(w.Left, placed(result.Left.File, x))
	}
	return w
}

func changeOf(c mend.Change) rewrittenChange {
	return rewrittenChange{Code: c.Why.Code, Why: c.Why.Message, Was: strings.TrimSpace(c.Was), Now: strings.TrimSpace(c.Now)}
}

// print writes the query whole behind comments that say what was changed: the
// output is KQL.
func (w *rewritten) print(out io.Writer, c checked) {
	fmt.Fprintf(out, "// %s:%d: %s\n", printable(c.File), c.Line, printable(c.Name))
	for line := range strings.Lines(w.Sigma) {
		fmt.Fprintf(out, "//   %s\n", printable(strings.TrimRight(line, "\n")))
	}
	for _, x := range w.Changes {
		change := x.Was + " -> " + x.Now
		switch {
		case x.Was == "":
			change = "added " + x.Now
		case x.Now == "":
			change = "removed " + x.Was
		}
		fmt.Fprintf(out, "// %s: %s (%s)\n", x.Code, printable(change), printable(x.Why))
	}
	for _, x := range w.Left {
		fmt.Fprintf(out, "// still wrong: line %d: %s: %s\n", x.Line, x.Code, printable(x.Message))
	}
	fmt.Fprintf(out, "%s\n\n", printableLines(w.Query))
}

// sigmas writes the Sigma rules of a file as KQL.
func (s *settings) sigmas(compiler *casedir.Compiler, path string, d *source.Diagnostics) []checked {
	var list []checked
	for _, x := range rulefile.SigmaRules(d.File.Text) {
		c := checked{File: path, Line: d.File.Position(x.At.Start).Line, Name: x.Title, Format: rulefile.Sigma, said: &source.Diagnostics{File: d.File}}
		query, err := sigma.Translate(x.Text)
		c.Rewrite = &rewritten{OK: err == nil, Query: query, Changes: []rewrittenChange{}, Sigma: x.Text}
		if err != nil {
			c.Rewrite.Left = []jsonError{{Code: "RULE0011", Message: err.Error(), Line: c.Line}}
		} else if _, found := compiler.Compile(path, query, 0); found.HasErrors() {
			c.Rewrite.OK = false
			for _, y := range found.List {
				c.Rewrite.Left = append(c.Rewrite.Left, placed(found.File, y))
			}
		}
		list = append(list, c)
	}
	return list
}
