// Package bind gives a query its meaning: it resolves names against the
// catalogue, the lets and the columns at hand, checks types, chooses automatic
// names, inserts the conversions that KQL makes silently, expands lets and user
// functions, and produces a plan.
//
// Its yardstick is Microsoft's binder: names, order and types of result columns are
// the same.
package bind

import (
	"github.com/goshawk-hunt/goshawk/kql/plan"
	"github.com/goshawk-hunt/goshawk/kql/syntax"
	"github.com/goshawk-hunt/goshawk/kql/types"
	"github.com/goshawk-hunt/goshawk/source"
)

// Catalog is what a query can name besides its own lets.
type Catalog interface {
	// Table returns the columns of a table by its exact name.
	Table(name string) (types.Schema, bool)
	// TableNames lists all tables, sorted; wildcards, search and find read it.
	TableNames() []string
	// Function returns a stored function by its exact name as KQL text "(params) { body }".
	Function(name string) (string, bool)
	// FunctionNames lists the stored functions, sorted.
	FunctionNames() []string
}

// Vocabulary may be implemented by a Catalog that knows names of other products.
type Vocabulary interface {
	// TableFor returns the tables that hold what people call name elsewhere.
	TableFor(name string) []string
	// ColumnFor returns the columns that hold what people call name elsewhere, best first.
	ColumnFor(name string) []string
	// Aliases returns the columns of a table that answer under another name too, by that
	// name (Timestamp by TimeGenerated). * does not bring them.
	Aliases(table string) map[string]string
	// Renamed returns what a table is called now, ok false if it was never renamed. The
	// Aliases of the old name are old names of its columns.
	Renamed(table string) (now string, ok bool)
}

// Indexed may be implemented by a Catalog that finds the tables of a column fast.
type Indexed interface {
	// TablesWith lists the tables that have a column, sorted.
	TablesWith(column string) []string
}

// TableFunction is a function from a table to a table whose rows are computed
// outside the language, such as FileProfile. It is called by invoke, or, if it takes no input,
// as a table. The plan has it as a Plugin of its Name with an AppendSpec.
type TableFunction struct {
	Name   string
	Params []TableParam
	// Columns are appended to the input's, or are the whole result without input.
	Columns types.Schema
	// Keep names columns that an input column of the same name hides: they identify the row
	// and are not recomputed. Others replace the input's column in its place.
	Keep []string
	// Source says that the function takes no input table.
	Source bool
	// Resolve, if set, gives the columns of a Source by its arguments, such as the name
	// of a file; open says that there may be others, of type OpenType if that is known.
	Resolve  func(args []types.Value) (columns types.Schema, open bool)
	OpenType types.Type
	Doc      string
}

// TableParam is a parameter of a TableFunction.
type TableParam struct {
	Name string
	Type types.Type
	// Column says that the argument names a column of the input, bare or as a string;
	// the plan has it as a Column.
	Column bool
	// Default is used when the argument is missing; a parameter without is required.
	Default *types.Value
}

// Options are the query's surroundings. The zero value has no tables.
type Options struct {
	Catalog Catalog
	// Now is the query's clock in ticks.
	Now int64
	// Parameters are the values of declared query parameters by name.
	Parameters map[string]types.Value
	// Functions are the tabular functions computed outside the language.
	Functions []TableFunction
	// Answered names the builtin functions with Data that the surroundings bring.
	Answered []string
	// Empty reports whether a table is known to have no rows. Patterns such as union *
	// take the columns of such tables but do not read them; without it all are read.
	Empty func(table string) bool
	// Absent returns a table that a query may name though it is not here, nil for a name
	// that is refused. Nil refuses all.
	Absent func(n Named) *Absent
	// Library accepts a script of lets without a query, with a warning: the result lists
	// what it defines. Without it such a script is refused.
	Library bool
	// Discover runs a plan of constant schema and returns its rows; it answers what
	// columns bag_unpack or pivot have. Without it such results are Open.
	Discover func(q *plan.Query) ([][]types.Value, error)
	// Stop is asked now and then while a query is compiled, and its error ends that. Nil
	// never stops.
	Stop func() error
}

// Bind gives script its meaning. The plan is nil if the diagnostics have an error.
// A script without syntax errors never panics; Bad nodes are accepted in silence.
func Bind(file *source.File, script *syntax.Script, o Options) (*plan.Query, []source.Diagnostic) {
	b := newBinder(file, o)
	q := b.script(script)
	if len(b.wanted) > 0 || b.failed && len(b.guessed) > 0 {
		b, q = bindAbsent(file, script, o, b, q)
	}
	if b.wantsIngestion && !b.ingestion && !b.failed {
		// the hidden column is carried only when it is asked for
		known := b.assumed
		b = newBinder(file, o)
		b.ingestion, b.assumed = true, known
		q = b.script(script)
	}
	if b.failed {
		return nil, b.diagnostics
	}
	return q, b.diagnostics
}

// binder is the state of one Bind.
type binder struct {
	file *source.File
	o    Options

	diagnostics []source.Diagnostic
	failed      bool
	reported    map[report]bool

	shared    []*plan.Shared
	functions map[string]*function // stored functions that were parsed
	tabular   map[string]*TableFunction
	settings  map[string]types.Value

	ingestion, wantsIngestion bool

	assumed assumed             // of absent tables
	near    map[string][]string // tables that an unknown name may be a mistake for
	wanted  []wantedColumn      // that absent tables lack
	guessed []string            // columns of absent tables whose type nothing tells

	sizes  *measure // of what has a name
	groups []group  // the Apply nodes whose bodies are being bound, the innermost last

	stopped   bool // no more work
	work      int  // calls and operators bound so far, to bound expansion
	columns   int  // last number of Column1, Column2 ..
	depth     int  // nesting of user function calls
	level     int  // nesting of tables inside expressions
	group     int  // last Agg.Group
	anon      int  // hidden column names made so far
	foreign   int  // >0 while binding text of a stored function: spans are of another file
	foreignAt source.Span

	render *plan.Render
}

// report identifies a message, so that an expression that is bound twice complains once.
type report struct {
	code    string
	span    source.Span
	message string
}

func newBinder(file *source.File, o Options) *binder {
	b := &binder{
		file: file, o: o,
		reported:  map[report]bool{},
		functions: map[string]*function{},
		tabular:   map[string]*TableFunction{},
		settings:  map[string]types.Value{},
		near:      map[string][]string{},
		sizes:     newMeasure(),
	}
	if b.o.Catalog == nil {
		b.o.Catalog = noCatalog{}
	}
	for i := range o.Functions {
		b.tabular[o.Functions[i].Name] = &o.Functions[i]
	}
	return b
}

// noCatalog is an empty Catalog.
type noCatalog struct{}

func (noCatalog) Table(string) (types.Schema, bool) { return nil, false }
func (noCatalog) TableNames() []string              { return nil }
func (noCatalog) Function(string) (string, bool)    { return "", false }
func (noCatalog) FunctionNames() []string           { return nil }

// Limits of what one query may expand to.
const (
	maxWork = 200_000 // operators and calls bound
	// stopEvery is how many of them are bound before Options.Stop is asked again.
	stopEvery = 1024
	// starWork is how many columns that * stands for cost as much as one of them.
	starWork = 8
	maxDepth = 64        // nested user function calls
	maxSize  = 2_000_000 // nodes and expressions of the plan, shared ones counted at each use
)

// step counts one bound operator or call and reports whether the query may go on.
func (b *binder) step(at source.Span) bool { return b.steps(1, at) }

// steps counts n of them.
func (b *binder) steps(n int, at source.Span) bool {
	if b.stopped {
		return false
	}
	before := b.work
	b.work += n
	if b.work >= maxWork {
		b.stopped = true
		b.error(codeTooLarge, at, "the query grows too large when its lets and functions are expanded", "")
	} else if b.o.Stop != nil && before/stopEvery != b.work/stopEvery {
		if err := b.o.Stop(); err != nil {
			b.stopped = true
			b.errorf(codeTooLarge, at, "the query was stopped before it was understood: %v", err)
		}
	}
	return !b.stopped
}

// fresh returns a column name that no query can write.
func (b *binder) fresh(word string) string {
	b.anon++
	return "$" + word + itoa(b.anon)
}
