// Package kql is the language as a library: Compile turns a query's text into a
// program for an engine, the schema of its result, and diagnostics that underline
// what is wrong. It is a pure function of text, catalogue and dialect: it knows no
// evidence and no engine.
package kql

import (
	"fmt"
	"runtime/debug"
	"sort"

	"github.com/goshawk-hunt/goshawk/kql/bind"
	"github.com/goshawk-hunt/goshawk/kql/plan"
	"github.com/goshawk-hunt/goshawk/kql/sqlgen"
	"github.com/goshawk-hunt/goshawk/kql/types"
	"github.com/goshawk-hunt/goshawk/source"
)

// Options are a query's surroundings.
type Options struct {
	bind.Options
	Dialect *sqlgen.Dialect
	// Rewrite may change what the plan means, such as to bound it in time; the
	// rewrites that only make it cheaper follow. Nil changes nothing.
	Rewrite func(*plan.Query) *plan.Query
}

// Compiled is a query that is ready to run.
type Compiled struct {
	Plan    *plan.Query // after all rewrites
	Program *sqlgen.Program
	Schema  types.Schema // of the first result
	Render  *plan.Render // nil without render
	Tables  []string     // stored tables that the plan reads, sorted
}

// Compile compiles a query. name is how diagnostics call it. The Compiled is nil
// if the diagnostics have an error; they are never nil.
func Compile(name, text string, o Options) (c *Compiled, d *source.Diagnostics) {
	d = &source.Diagnostics{File: source.NewFile(name, text)}
	defer func() {
		if r := recover(); r != nil {
			c = nil
			d.Add(source.Diagnostic{Code: "KQL0999", Message: fmt.Sprintf("internal error of the compiler: %v", r), Span: source.NoSpan,
				Hint: "please report the query with this message"})
			if debugPanics {
				debug.PrintStack()
			}
		}
	}()
	q := read(d, o)
	if q == nil {
		return nil, d
	}
	cheap, program := generate(d, q, o)
	if d.HasErrors() {
		return nil, d
	}
	c = &Compiled{Plan: cheap, Program: program, Render: q.Render, Tables: Tables(q)}
	if len(q.Results) > 0 {
		c.Schema = q.Results[0].Root.Schema()
	}
	return c, d
}

// Tables lists the stored tables that a plan reads, sorted.
func Tables(q *plan.Query) []string {
	seen := map[string]bool{}
	visit := func(n plan.Node) bool {
		switch n := n.(type) {
		case *plan.Ref: // shared parts follow, each once
			return false
		case *plan.Scan:
			seen[n.Table] = true
		}
		return true
	}
	for _, s := range q.Shared {
		plan.Walk(s.Input, visit)
	}
	for _, r := range q.Results {
		plan.Walk(r.Root, visit)
	}
	names := make([]string, 0, len(seen))
	for name := range seen {
		names = append(names, name)
	}
	sort.Strings(names)
	return names
}
