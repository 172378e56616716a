package bind

import (
	"maps"
	"slices"
	"strings"

	"github.com/goshawk-hunt/goshawk/kql/plan"
	"github.com/goshawk-hunt/goshawk/kql/syntax"
	"github.com/goshawk-hunt/goshawk/kql/types"
	"github.com/goshawk-hunt/goshawk/source"
)

// Absent is a table that a query may name though it is not here. It has no rows; it
// has Columns and any other column that the query names.
type Absent struct {
	Columns types.Schema
	// Type is the type of a column that is not among Columns, by its name; Unknown
	// leaves it to how the query uses the column.
	Type func(column string) types.Type
	// Message and Hint are the warning that comes with the table.
	Message, Hint string
}

// Named is a table that a query names and that is not here.
type Named struct {
	Table string
	// Near are the known tables that the name may be a mistake for.
	Near []string
	// Elsewhere says that the query names it as one of another workspace or cluster.
	Elsewhere bool
}

// absentTable returns the table that n may name though it is not here, or nil.
func (b *binder) absentTable(n *syntax.Name, at source.Span, v *env) *rel {
	a := b.absentOf(n, v)
	if a == nil || !v.source {
		return nil
	}
	return b.absentRel(a, n.Value, n.Span(), at)
}

// absentElsewhere returns the table of another workspace, or nil.
func (b *binder) absentElsewhere(n *syntax.Name, at source.Span) *rel {
	if b.o.Absent == nil || n == nil {
		return nil
	}
	a := b.o.Absent(Named{Table: n.Value, Elsewhere: true})
	if a == nil {
		return nil
	}
	if schema, ok := b.o.Catalog.Table(n.Value); ok {
		b.warn(codeAbsent, at, a.Message, a.Hint)
		r := newRel(nil, schema)
		r.hidden = b.ingestion
		r.node = &plan.Values{Out: r.same(at)}
		r.name, r.aliases = n.Value, b.tableAliases(n.Value, schema)
		return r
	}
	return b.absentRel(a, n.Value, n.Span(), at)
}

// absentPattern returns the tables that a pattern may mean though none of them is here,
// as one, or nil.
func (b *binder) absentPattern(w *syntax.Wildcard) *rel {
	if b.o.Absent == nil {
		return nil
	}
	a := b.o.Absent(Named{Table: w.Pattern})
	if a == nil {
		return nil
	}
	return b.absentRel(a, w.Pattern, w.Span(), w.Span())
}

// absentRel returns the table of that name, which stands at said in an expression at at.
func (b *binder) absentRel(a *Absent, name string, said, at source.Span) *rel {
	b.warn(codeAbsent, said, a.Message, a.Hint)
	cols := append(types.Schema(nil), a.Columns...)
	for _, column := range b.assumed.columns[name] {
		cols = append(cols, types.Column{Name: column, Type: b.absentType(a, column)})
	}
	r := newRel(nil, cols)
	r.hidden = b.ingestion
	r.node = &plan.Values{Out: r.same(at)}
	r.name, r.open, r.absent = name, true, true
	r.openTypes = func(column string) types.Type {
		b.wanted = append(b.wanted, wantedColumn{name, column})
		return b.absentType(a, column)
	}
	return r
}

// assumed is what a query's use of tables that are not here tells of them.
type assumed struct {
	columns map[string][]string   // by table, as they are first named
	types   map[string]types.Type // by column; a string if it is not there
}

// wantedColumn is a column that a query names and an absent table does not have yet.
type wantedColumn struct{ table, column string }

// with returns what is assumed once the tables have the columns that were wanted.
func (a assumed) with(wanted []wantedColumn) assumed {
	columns := maps.Clone(a.columns)
	if columns == nil {
		columns = map[string][]string{}
	}
	for _, w := range wanted {
		if !slices.Contains(columns[w.table], w.column) {
			columns[w.table] = append(slices.Clip(columns[w.table]), w.column)
		}
	}
	return assumed{columns, a.types}
}

// as returns what is assumed with one column of another type.
func (a assumed) as(column string, t types.Type) assumed {
	known := maps.Clone(a.types)
	if known == nil {
		known = map[string]types.Type{}
	}
	known[column] = t
	return assumed{a.columns, known}
}

// absentOf returns what is known of a table that is not here, nil if it must be here.
func (b *binder) absentOf(n *syntax.Name, v *env) *Absent {
	if b.o.Absent == nil || n.Placeholder {
		return nil
	}
	near, known := b.near[n.Value]
	if !known {
		near = b.nearTables(n, v)
		b.near[n.Value] = near
	}
	return b.o.Absent(Named{Table: n.Value, Near: near})
}

// nearTables returns the tables that an unknown name may be a mistake for.
func (b *binder) nearTables(n *syntax.Name, v *env) []string {
	if tables := b.tableFor(n.Value); len(tables) > 0 {
		return tables
	}
	most := 1 + len(n.Value)/12 // names of two products may well be alike: only slips of the pen count
	return slices.DeleteFunc(nearest(n.Value, append(v.scope.all(), b.o.Catalog.TableNames()...)),
		func(known string) bool { return source.Distance(n.Value, known, most) > most })
}

// absentType is the type of a column of a table that is not here.
func (b *binder) absentType(a *Absent, column string) types.Type {
	if t := a.Type(column); t != types.Unknown {
		return t
	}
	if !slices.Contains(b.guessed, column) {
		b.guessed = append(b.guessed, column)
	}
	if t, ok := b.assumed.types[column]; ok {
		return t
	}
	for _, end := range []string{"Time", "Timestamp", "DateTime", "Date"} {
		if strings.HasSuffix(column, end) {
			return types.DateTime
		}
	}
	return types.String
}

// guessable are the types that a column of unknown type is tried as, in order.
var guessable = []types.Type{types.String, types.Dynamic, types.Long, types.DateTime, types.Real, types.Bool, types.TimeSpan}

// Bounds of how often a query is bound anew for the sake of absent tables.
const (
	maxWanted  = 4   // to find out what columns they have
	maxGuesses = 150 // to find out of what types
)

// bindAbsent binds a query that names absent tables again until they have the columns
// that it names, and those whose type nothing tells the types that fit best.
func bindAbsent(file *source.File, script *syntax.Script, o Options, b *binder, q *plan.Query) (*binder, *plan.Query) {
	again := func(a assumed) (*binder, *plan.Query) {
		near := b.near
		b := newBinder(file, o)
		b.assumed, b.near = a, near
		return b, b.script(script)
	}
	for n := 0; n < maxWanted && len(b.wanted) > 0; n++ {
		b, q = again(b.assumed.with(b.wanted))
	}
	left := maxGuesses
	for best := b.mistakes(); best > 0; best = b.mistakes() {
		next, p := retyped(b, best, &left, again)
		if next == nil {
			break
		}
		b, q = next, p
	}
	return b, q
}

// retyped changes the type of one column so that the query has fewer mistakes; nil if
// no change does that.
func retyped(b *binder, best int, left *int, again func(assumed) (*binder, *plan.Query)) (*binder, *plan.Query) {
	for _, column := range b.guessed {
		for _, t := range guessable {
			if b.assumed.types[column] == t {
				continue
			}
			if *left--; *left < 0 {
				return nil, nil
			}
			if next, q := again(b.assumed.as(column, t)); next.mistakes() < best {
				return next, q
			}
		}
	}
	return alike(b, best, left, again)
}

// alike gives all the columns of unknown type that the line of a mistake names one
// type, as a + b needs it.
func alike(b *binder, best int, left *int, again func(assumed) (*binder, *plan.Query)) (*binder, *plan.Query) {
	for _, d := range b.diagnostics {
		if d.Severity != source.Error || !d.Span.IsValid() {
			continue
		}
		start := strings.LastIndexByte(b.file.Text[:d.Span.Start], '\n') + 1
		line, _, _ := strings.Cut(b.file.Text[start:], "\n")
		for _, t := range guessable {
			if *left--; *left < 0 {
				return nil, nil
			}
			a := b.assumed
			for _, column := range b.guessed {
				if strings.Contains(line, column) {
					a = a.as(column, t)
				}
			}
			if next, q := again(a); next.mistakes() < best {
				return next, q
			}
		}
	}
	return nil, nil
}

// mistakes counts the errors that were reported.
func (b *binder) mistakes() int {
	n := 0
	for _, d := range b.diagnostics {
		if d.Severity == source.Error {
			n++
		}
	}
	return n
}
