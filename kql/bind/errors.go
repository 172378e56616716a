package bind

import (
	"fmt"

	"github.com/goshawk-hunt/goshawk/source"
)

// The codes of this stage. A code keeps its meaning for ever; docs/errors.md has a
// page for each.
const (
	codeUnknownColumn    = "KQL0101" // a name that is no column here
	codeUnknownTable     = "KQL0102" // a name that is no table, let or stored function
	codeUnknownFunction  = "KQL0103" // a call of what is no function
	codeUnknownName      = "KQL0104" // a name that is neither column, let nor table
	codeUnknownPlugin    = "KQL0105" // evaluate of what is no plugin
	codeMisplaced        = "KQL0106" // an aggregate, window function or plugin where it can't stand
	codeUnsupported      = "KQL0107" // known to Kusto, deliberately not to us
	codeAbsent           = "KQL0108" // warning: a table that is not here, taken as empty
	codeOperandTypes     = "KQL0110" // an operator between types that it does not take
	codeArgumentType     = "KQL0111" // an argument of the wrong type
	codeArgumentCount    = "KQL0112" // too few or too many arguments
	codeScalarExpected   = "KQL0113" // a table where a value must stand
	codeTableExpected    = "KQL0114" // a value where a table must stand
	codeConstantExpected = "KQL0115" // a value that must not depend on rows
	codeBoolExpected     = "KQL0116" // a condition that is no bool
	codeBadValue         = "KQL0117" // a constant outside of what is allowed
	codeNoCommonType     = "KQL0118" // values that must be of one type are not
	codeBadLiteral       = "KQL0119" // a literal that is no value of its type
	codeDuplicateName    = "KQL0120" // a let, parameter or table name declared twice
	codeDuplicateColumn  = "KQL0121" // a column declared twice in one operator
	codeColumnExpected   = "KQL0122" // an expression where a column must stand
	codeNameCount        = "KQL0123" // (a, b) = x where x has fewer values
	codeJoinCondition    = "KQL0130" // a join condition of another form than column or $left.a == $right.b
	codeJoinKeyTypes     = "KQL0131" // join keys of different types
	codeJoinSides        = "KQL0132" // a join column that one side lacks
	codeJoinOnTime       = "KQL0133" // warning: a join on equal time stamps
	codeNotFirst         = "KQL0140" // an operator that must or must not begin a pipeline
	codeNotAllowedInside = "KQL0141" // an operator that can't stand in this subquery
	codeNeedsOrder       = "KQL0142" // a window function over rows without order
	codeBadParameter     = "KQL0143" // an operator parameter that is unknown or has a wrong value
	codeBadPattern       = "KQL0144" // a parse or graph pattern that can't work
	codeDeprecated       = "KQL0150" // warning: an old name of a function
	codeLiteral          = "KQL0151" // warning: a text that reads like a pattern and is none
	codeFuture           = "KQL0152" // warning: ago of a negative timespan
	codeTooLarge         = "KQL0160" // the query expands beyond all bounds
	codeNotAQuery        = "KQL0161" // a statement that is no query
	// CodeNoQuery is a script without a query.
	CodeNoQuery      = "KQL0162"
	codeParameter    = "KQL0163" // a query parameter without a value
	codeDiscovery    = "KQL0164" // the data that decide a plugin's columns could not be read
	codeDynamicKey   = "KQL0165" // a dynamic value as a group or join key
	codeIngestion    = "KQL0166" // warning: ingestion_time() where rows have lost it
	codeNoData       = "KQL0168" // warning: a column of bag_unpack or pivot that no row has
	codeOwnChoice    = "KQL0169" // warning: patterns or steps, of which Kusto may choose others
	codeFunctionBody = "KQL0167" // a stored function whose text has errors
)

// CodeTooLarge is a query that expands beyond all bounds, or whose compilation was stopped.
const CodeTooLarge = codeTooLarge

// CodeInternal is a plan that breaks its own rules: a mistake of this package.
const CodeInternal = "KQL0199"

// error reports an error with an optional hint.
func (b *binder) error(code string, at source.Span, message, hint string) {
	b.report(source.Diagnostic{Code: code, Message: message, Span: at, Hint: hint})
}

// errorf reports an error without a hint.
func (b *binder) errorf(code string, at source.Span, format string, args ...any) {
	b.error(code, at, fmt.Sprintf(format, args...), "")
}

// warn reports what the author should look at, though the query runs.
func (b *binder) warn(code string, at source.Span, message, hint string) {
	b.report(source.Diagnostic{Code: code, Severity: source.Warning, Message: message, Span: at, Hint: hint})
}

func (b *binder) report(d source.Diagnostic) {
	if b.foreign > 0 {
		d.Span, d.Fix = b.foreignAt, nil
	}
	if d.Severity == source.Error {
		b.failed = true
	}
	key := report{d.Code, d.Span, d.Message}
	if b.reported[key] {
		return
	}
	b.reported[key] = true
	b.diagnostics = append(b.diagnostics, d)
}
