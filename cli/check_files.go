package cli

import (
	"context"
	"errors"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"time"

	"github.com/goshawk-hunt/goshawk/casedir"
	"github.com/goshawk-hunt/goshawk/hunt/exclusion"
	"github.com/goshawk-hunt/goshawk/hunt/rulefile"
	"github.com/goshawk-hunt/goshawk/kql/bind"
	"github.com/goshawk-hunt/goshawk/kql/syntax"
	"github.com/goshawk-hunt/goshawk/kql/types"
	"github.com/goshawk-hunt/goshawk/source"
)

// checkedFile is what became of one file.
type checkedFile struct {
	list []checked
	err  error
}

// checkAll checks files on all processors and hands their results on in the order
// of the files. A file that can't be read is an error at the end; the others are checked.
func (s *settings) checkAll(ctx context.Context, compiler *casedir.Compiler, args, files []string, visit func(checked)) error {
	const ahead = 64 // files whose results may wait for the one before them
	type job struct {
		file string
		done chan checkedFile
	}
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	jobs, order := make(chan job), make(chan chan checkedFile, ahead)
	go func() {
		defer close(order)
		defer close(jobs)
		for _, file := range files {
			j := job{file, make(chan checkedFile, 1)}
			select {
			case order <- j.done:
			case <-ctx.Done():
				return
			}
			jobs <- j
		}
	}()
	for range runtime.GOMAXPROCS(0) {
		go func() {
			for j := range jobs {
				list, err := s.checkFile(compiler, j.file, slices.Contains(args, j.file))
				j.done <- checkedFile{list, err}
			}
		}()
	}
	var unread []error
	for done := range order {
		f := <-done
		if f.err != nil {
			unread = append(unread, f.err)
		}
		for _, c := range f.list {
			visit(c)
		}
	}
	if err := ctx.Err(); err != nil {
		return err
	}
	return errors.Join(unread...)
}

// checkFile compiles the rules of one file. What is wrong with the file itself
// stands with its first rule, or alone.
func (s *settings) checkFile(compiler *casedir.Compiler, path string, named bool) ([]checked, error) {
	rules, d, err := s.readRules(path)
	if err != nil {
		return nil, err
	}
	if exclusion.Detect(d.File.Text) {
		return []checked{s.checkExclusions(compiler, d.File)}, nil
	}
	var sigmas []checked
	if s.check.rewrite {
		sigmas = s.sigmas(compiler, path, d)
	}
	if len(sigmas) > 0 && (len(rules) == 0 || rules[0].Format == rulefile.Sigma) {
		sigmas[0].said = d
		return sigmas, nil
	}
	// A hook names whatever was changed, pages too, and asks with --quiet.
	if len(rules) == 0 && (!named || s.check.quiet) && noHunt(path, d) {
		return nil, nil
	}
	if len(rules) == 0 {
		return []checked{{File: path, Line: 1, said: d}}, nil
	}
	now := ticksOf(time.Now())
	var out []checked
	for i, r := range rules {
		c := checked{File: path, Line: d.File.Position(max(0, r.QueryAt.Start)).Line, ID: r.ID, Name: r.Name, Format: r.Format, rule: r}
		c.said = &source.Diagnostics{File: d.File}
		if i == 0 {
			c.said.List = append(c.said.List, d.List...)
		}
		compiled, found := compiler.Compile(path, r.Query, now)
		definitions(r.Query, found)
		c.said.List = append(c.said.List, r.InFile(found.List)...)
		facts := rulefile.Compiled{Known: func(name string) bool { return compiler.Catalog().Table(name) != nil }}
		if compiled != nil {
			c.Tables, c.Columns = compiled.Tables, checkedColumns(compiled.Schema)
			facts.Tables = compiled.Tables
			if !openResult(r.Query) {
				facts.Columns = columnNames(compiled.Schema)
			}
		}
		c.said.List = append(c.said.List, r.Lint(facts)...)
		if s.check.rewrite && needsRewrite(found) {
			c.Rewrite = s.rewrite(compiler, d.File, r, now)
		}
		out = append(out, c)
	}
	return append(out, sigmas...), nil
}

// noHunt reports whether a file that was found in a folder is none of ours: a page
// or a setting without any query.
func noHunt(path string, d *source.Diagnostics) bool {
	switch strings.ToLower(filepath.Ext(path)) {
	case ".md", ".yaml", ".yml":
		return noQuery(d)
	}
	return false
}

// noQuery reports whether all that is wrong with a file is that it has no query.
func noQuery(d *source.Diagnostics) bool {
	return !slices.ContainsFunc(d.List, func(x source.Diagnostic) bool { return x.Code != rulefile.CodeNoQuery })
}

// definitions turns the error that a text has no query into a remark where the text
// defines functions and nothing else: such a file is meant to be read by others.
func definitions(query string, found *source.Diagnostics) {
	if !slices.ContainsFunc(found.List, func(d source.Diagnostic) bool { return d.Code == bind.CodeNoQuery }) {
		return
	}
	script, _ := syntax.Parse(source.NewFile("query", query))
	for _, st := range script.Statements {
		let, ok := st.(*syntax.LetStmt)
		if !ok {
			return
		}
		if _, ok := let.X.(*syntax.FuncLit); !ok {
			return
		}
	}
	for i := range found.List {
		if d := &found.List[i]; d.Code == bind.CodeNoQuery && len(script.Statements) > 0 {
			d.Severity, d.Message = source.Info, "only functions are defined here, their bodies are checked where they are called"
			d.Hint = "a stored function stands in the functions folder of a case"
		}
	}
}

// openResult reports whether a query's columns follow from the data: then nothing
// can be said of a column that is not there.
func openResult(query string) bool {
	return strings.Contains(query, "bag_unpack") || strings.Contains(query, "pivot")
}

func columnNames(schema types.Schema) []string {
	names := make([]string, len(schema))
	for i, c := range schema {
		names[i] = c.Name
	}
	return names
}

func checkedColumns(schema types.Schema) []checkedColumn {
	list := make([]checkedColumn, len(schema))
	for i, c := range schema {
		list[i] = checkedColumn{c.Name, c.Type.String()}
	}
	return list
}
