// Package mend rewrites a query that was written for other tables so that it runs
// on those of the catalogue: it applies the fixes that the diagnostics of reading
// and binding carry, until none is left.
//
// A fix is a proposal. What it meant by its author only the author knows: Result
// lists every change, and an undefined list becomes a let to fill in.
package mend

import (
	"cmp"
	"slices"

	"github.com/goshawk-hunt/goshawk/kql/bind"
	"github.com/goshawk-hunt/goshawk/kql/syntax"
	"github.com/goshawk-hunt/goshawk/source"
)

// Bounds of the work on one query.
const (
	maxRounds  = 24  // rounds of reading, binding and fixing of one text
	maxReads   = 300 // all of them together
	maxOptions = 4   // tables tried for one unknown table
	maxText    = 256 << 10
)

// Change is one edit that was made.
type Change struct {
	// Why is the diagnostic that asked for it; its span is of the text of its round.
	Why source.Diagnostic
	// Was and Now are the text before and after; Was is empty where text was added.
	Was, Now string
}

// Result is a rewritten query.
type Result struct {
	Text    string
	Changes []Change
	// Left is what is still wrong with Text, without warnings.
	Left *source.Diagnostics
}

// OK reports whether the query can run.
func (r *Result) OK() bool { return len(r.Left.List) == 0 }

// Query rewrites a query. A query without mistakes comes back as it is.
func Query(name, text string, o bind.Options) *Result {
	m := &mender{name: name, o: o}
	return m.settle(text, true)
}

type mender struct {
	name  string
	o     bind.Options
	reads int
}

// settle applies fixes until none is left. With choose, an unknown table becomes the
// one that leaves the least to mend; without, the first one.
func (m *mender) settle(text string, choose bool) *Result {
	r := &Result{Text: text}
	seen := map[string]bool{}
	for range maxRounds {
		script, d := m.read(r.Text)
		r.Left = onlyErrors(d)
		if m.reads++; seen[r.Text] || len(r.Text) > maxText || m.reads > maxReads {
			break
		}
		seen[r.Text] = true
		changes, edits := m.round(script, d, r.Text, choose)
		if len(edits) == 0 {
			break
		}
		r.Text = apply(r.Text, edits)
		r.Changes = append(r.Changes, changes...)
	}
	return r
}

// read parses and binds a text.
func (m *mender) read(text string) (*syntax.Script, *source.Diagnostics) {
	d := &source.Diagnostics{File: source.NewFile(m.name, text)}
	script, list := syntax.Parse(d.File)
	d.List = append(d.List, list...)
	broken := false
	syntax.Walk(script, func(n syntax.Node) bool {
		switch n.(type) {
		case *syntax.Bad, *syntax.BadOp, *syntax.BadStmt, *syntax.CommandStmt:
			broken = true
		}
		return !broken
	})
	if !broken {
		_, list = bind.Bind(d.File, script, m.o)
		d.List = append(d.List, list...)
	}
	return script, d
}

func onlyErrors(d *source.Diagnostics) *source.Diagnostics {
	left := &source.Diagnostics{File: d.File}
	for _, x := range d.List {
		if x.Severity == source.Error {
			left.Add(x)
		}
	}
	return left
}

// round collects the fixes of one reading of the text. An unknown table is settled
// alone: what its columns are called follows from it.
func (m *mender) round(script *syntax.Script, d *source.Diagnostics, text string, choose bool) ([]Change, []source.Edit) {
	var changes []Change
	var edits []source.Edit
	for _, x := range d.List {
		fix := x.Fix
		if f := m.eventFilter(script, x); f != nil {
			fix = f
		}
		if fix == nil {
			continue
		}
		if choose && fix.Else != nil {
			fix = m.best(text, fix)
		}
		if !fits(edits, fix.Edits) {
			continue
		}
		edits = append(edits, fix.Edits...)
		for _, e := range fix.Edits {
			changes = append(changes, Change{Why: x, Was: text[e.Span.Start:e.Span.End], Now: e.Text})
		}
		if choose && x.Fix != nil && x.Fix.Else != nil {
			break
		}
	}
	return changes, edits
}

// best tries the alternatives of a fix and returns the one whose text needs the
// least to be mended.
func (m *mender) best(text string, fix *source.Fix) *source.Fix {
	var best *source.Fix
	least := 0
	tried := 0
	for f := fix; f != nil && tried < maxOptions; f = f.Else {
		tried++
		r := m.settle(apply(text, f.Edits), false)
		if cost := 1000*len(r.Left.List) + len(r.Changes); best == nil || cost < least {
			best, least = f, cost
		}
	}
	return best
}

// fits reports whether edits touch none of those that are there.
func fits(have, add []source.Edit) bool {
	for _, a := range add {
		for _, h := range have {
			if a == h || a.Span.Start < h.Span.End && h.Span.Start < a.Span.End || a.Span.Start == h.Span.Start {
				return false
			}
		}
	}
	return true
}

// apply makes edits that do not overlap.
func apply(text string, edits []source.Edit) string {
	sorted := slices.Clone(edits)
	slices.SortStableFunc(sorted, func(a, b source.Edit) int { return cmp.Compare(b.Span.Start, a.Span.Start) })
	for _, e := range sorted {
		text = text[:e.Span.Start] + e.Text + text[e.Span.End:]
	}
	return text
}
