package kql

import (
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
	broken := d.HasErrors()
	q, list := bind.Bind(d.File, script, o.Options)
	for _, x := range list {
		// What the parser has refused breaks the rules of a plan too.
		if x.Code != bind.CodeInternal || !broken {
			d.List = append(d.List, x)
		}
	}
	if d.HasErrors() {
		return nil
	}
	return q
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
	q = rewrite.Apply(q)
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
