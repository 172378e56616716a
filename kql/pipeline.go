package kql

import (
	"fmt"
	"strings"

	"github.com/goshawk-hunt/goshawk/kql/bind"
	"github.com/goshawk-hunt/goshawk/kql/plan"
	"github.com/goshawk-hunt/goshawk/kql/plan/rewrite"
	"github.com/goshawk-hunt/goshawk/kql/sqlgen"
	"github.com/goshawk-hunt/goshawk/kql/syntax"
	"github.com/goshawk-hunt/goshawk/source"
)

// The whole pipeline:
//
//	text -> syntax.Parse -> tree -> bind.Bind -> plan -> Options.Rewrite -> rewrite.Apply -> sqlgen.Generate -> program

// debugPanics prints the stack of an internal error to stderr.
const debugPanics = false

// read turns a text into a plan: nil if it has errors.
func read(d *source.Diagnostics, o Options) *plan.Query {
	script, list := syntax.Parse(d.File)
	d.List = append(d.List, list...)
	if d.HasErrors() && !readable(script) {
		return nil
	}
	broken := faults(script, d)
	q, list := bind.Bind(d.File, script, o.Options)
	for _, x := range list {
		if !broken.follows(x) {
			d.List = append(d.List, x)
		}
	}
	if d.HasErrors() {
		return nil
	}
	return q
}

// broken are the operators in which the parser has found errors.
type broken []source.Span

// faults finds the operators, or else statements, in which the errors of d stand.
func faults(script *syntax.Script, d *source.Diagnostics) broken {
	if !d.HasErrors() {
		return nil
	}
	list := broken{}
	add := func(at source.Span) {
		for _, x := range d.List {
			if x.Severity != source.Error || !x.Span.IsValid() || x.Span.Start < at.Start {
				continue
			}
			// An operator ends before what can't belong to it.
			if x.Span.Start <= at.End || strings.TrimSpace(d.File.Text[at.End:x.Span.Start]) == "" {
				list = append(list, at)
				return
			}
		}
	}
	syntax.Walk(script, func(n syntax.Node) bool {
		if o, ok := n.(syntax.Operator); ok {
			add(o.Span())
		}
		return true
	})
	return list
}

// follows reports whether what binding says follows from what the parser has said
// already: it read something else than was meant. Names that are nearly right are
// told all the same.
func (b broken) follows(x source.Diagnostic) bool {
	if b == nil || x.Severity != source.Error {
		return false
	}
	if x.Code == bind.CodeInternal {
		return true
	}
	for _, at := range b {
		if x.Fix == nil && at.Start <= x.Span.Start && x.Span.Start <= at.End {
			return true
		}
	}
	return false
}

// readable reports whether the parser understood what every part of a faulty text
// was to be: names are then checked too, so that all mistakes are told at once.
func readable(script *syntax.Script) bool {
	whole := true
	syntax.Walk(script, func(n syntax.Node) bool {
		switch n.(type) {
		case *syntax.Bad, *syntax.BadOp, *syntax.BadStmt, *syntax.CommandStmt:
			whole = false
		}
		return whole
	})
	return whole
}

// generate turns a plan into a program, and returns the plan as it was written.
func generate(d *source.Diagnostics, q *plan.Query, o Options) (*plan.Query, *sqlgen.Program) {
	if o.Rewrite != nil {
		q = o.Rewrite(q)
	}
	stop := func() bool { return o.Stop != nil && o.Stop() != nil }
	q = rewrite.Until(q, stop)
	if stop() {
		d.Add(source.Diagnostic{Code: bind.CodeTooLarge, Message: fmt.Sprintf("the query was stopped while it was compiled: %v", o.Stop()), Span: source.NoSpan})
		return q, nil
	}
	program, list := sqlgen.Generate(q, o.Dialect)
	d.List = append(d.List, list...)
	return q, program
}

// Generate turns a bound plan into a program: what Options.Discover needs.
func Generate(q *plan.Query, o Options) (*sqlgen.Program, error) {
	d := &source.Diagnostics{File: source.NewFile("part of a query", "")}
	_, program := generate(d, q, o)
	return program, d.Err()
}
