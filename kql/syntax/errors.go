package syntax

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/goshawk-hunt/goshawk/source"
)

// This file holds every message of the package: one function a message. Codes
// explains the codes.

func diagnostic(code string, at source.Span, hint, format string, args ...any) source.Diagnostic {
	return source.Diagnostic{Code: code, Message: fmt.Sprintf(format, args...), Span: at, Hint: hint}
}

// quote puts what the user wrote in quotes for a message, cut if it is long.
func quote(s string) string {
	const most = 40
	if r := []rune(s); len(r) > most {
		s = string(r[:most]) + ".."
	}
	return "'" + s + "'"
}

func inside(where string) string {
	if where == "" {
		return ""
	}
	return " in " + where
}

func errUnexpected(at source.Span, found, want, where string) source.Diagnostic {
	return diagnostic("KQL0001", at, missingHint(want, where), "found %s, expected %s%s", found, want, inside(where))
}

// missingHint says how to add what is missing.
func missingHint(want, where string) string {
	switch {
	case want == "')'" && where == "dynamic()":
		return `a list is written dynamic(["a", "b"]), a bag dynamic({"a": 1})`
	case strings.HasPrefix(want, "'|'") && (where == "the operator 'take'" || where == "the operator 'limit'"):
		return "rows of each group are taken by | partition by Column (take 10)"
	case strings.HasPrefix(want, "'|'") && where == "the operator 'project'":
		return "leave project out to keep all columns; extend adds some"
	case want == "an expression" && forms[where] != "":
		return "write " + forms[where]
	case want == "'regex'":
		return "write matches regex"
	case want == "':'" && where != "the object":
		return "write name:type, such as Account:string"
	case want == "'{'" && where == "function":
		return "the body of a function stands in braces: (a:long) { a + 1 }"
	case want == "'..'" && where == "between":
		return "write between (low .. high)"
	case strings.HasPrefix(want, "a key"):
		return `write "name": value`
	case strings.HasPrefix(want, "'") && keywords[strings.Trim(want, "'")] != nil:
		return "add " + want + " here"
	}
	return ""
}

// forms are operators as they are mostly written.
var forms = map[string]string{
	"where":           `| where Column == "text"`,
	"take":            "| take 10",
	"distinct":        "| distinct Column; distinct * takes whole rows",
	"extend":          "| extend Name = strcat(A, B)",
	"sort by":         "| sort by Column desc",
	"top":             "| top 10 by Column desc",
	"top .. by":       "| top 10 by Column desc",
	"join":            "| join kind=inner (Table) on Column",
	"lookup":          "| lookup (Table) on Column",
	"union":           "union Table1, Table2",
	"mv-expand":       "| mv-expand Item = Column",
	"mv-apply":        `| mv-apply Item = Column on (where Item == "text")`,
	"parse":           `| parse Column with * "key=" Value ";" *`,
	"sample":          "| sample 10",
	"summarize .. by": "| summarize count() by Column",
	"make-series":     "| make-series count() on Timestamp from ago(7d) to now() step 1h",
}

// typographic maps look-alikes that word processors and web pages put in to what
// KQL has.
var typographic = map[rune]string{
	'\u201c': `"`, '\u201d': `"`, '\u201e': `"`, '\u201f': `"`, '\u2033': `"`, '\u00ab': `"`, '\u00bb': `"`,
	'\u2018': `'`, '\u2019': `'`, '\u201a': `'`, '\u2032': `'`, '\u00b4': `'`,
	'\u2013': "-", '\u2014': "-", '\u2212': "-", '\u2010': "-", '\u2011': "-",
	'\u2026': "..", '\u00d7': "*", '\u2260': "!=", '\u2264': "<=", '\u2265': ">=", '\uff1d': "=", '\uff08': "(", '\uff09': ")",
	'\u00a6': "|", '\uff5c': "|", '\uff0c': ",", '\uff1b': ";",
}

func errCharacter(at source.Span, r rune) source.Diagnostic {
	if s, ok := typographic[r]; ok {
		return diagnostic("KQL0002", at, "type "+s+" here; word processors and web pages replace it",
			"found the typographic character %c (U+%04X), which is not part of KQL", r, r)
	}
	hint := ""
	switch r {
	case '!':
		hint = "write not(..) to negate a condition"
	case '&':
		hint = "'and' joins conditions"
	case '~':
		hint = "=~ and !~ compare without case"
	case '\\':
		hint = `write a path as @"C:\Windows"`
	case '^':
		hint = "use pow(x, y)"
	case '#':
		hint = "comments begin with //"
	case '`':
		hint = "text fences are three of these: ```text```"
	}
	return diagnostic("KQL0002", at, hint, "found %s (U+%04X), which is not part of KQL", strconv.QuoteRune(r), r)
}

func errSymbolicLogic(at source.Span, found string) source.Diagnostic {
	word := "and"
	if found == "||" {
		word = "or"
	}
	return diagnostic("KQL0003", at, "write "+word, "found '%s', which KQL writes as '%s'", found, word)
}

func errStringUnclosed(at source.Span, quote byte) source.Diagnostic {
	return diagnostic("KQL0004", at, "a string ends on its line; a quote inside a string is written \\"+string(quote)+", and text of several lines stands between ``` and ```",
		"the string has no closing %c", quote)
}

func errFenceUnclosed(at source.Span, fence string) source.Diagnostic {
	return diagnostic("KQL0005", at, "add "+fence+" where the text ends", "the text that begins with %s has no closing %s", fence, fence)
}

func errEscape(at source.Span, escape string) source.Diagnostic {
	return diagnostic("KQL0006", at, `write \\ for a backslash, or put @ before the string: @"C:\Windows"`,
		"%s is no escape of a string", quote(escape))
}

func errTypedUnclosed(at source.Span, typ string) source.Diagnostic {
	return diagnostic("KQL0007", at, "the value and its ')' stand on one line", "'%s(' has no closing ')'", typ)
}

func errUnclosed(at source.Span, open, closer string) source.Diagnostic {
	return diagnostic("KQL0008", at, "add "+closer+" where it ends", "'%s' is never closed", open)
}

func errUnopened(at source.Span, closer string) source.Diagnostic {
	return diagnostic("KQL0009", at, "remove it, or add the bracket that it should close", "%s closes nothing", quote(closer))
}

func errUnknownOperator(at source.Span, name, near string) source.Diagnostic {
	hint := "an operator such as where, project, extend or summarize stands behind '|'"
	if near != "" {
		hint = "did you mean '" + near + "'?"
	}
	return diagnostic("KQL0010", at, hint, "unknown operator %s", quote(name))
}

func errOperatorExpected(at source.Span, found string) source.Diagnostic {
	return diagnostic("KQL0011", at, "remove the '|', or write an operator such as where, project or summarize behind it",
		"found %s, expected an operator behind '|'", found)
}

func errTrailingComma(at source.Span, where string) source.Diagnostic {
	return diagnostic("KQL0012", at, "remove the comma, or add what should follow it", "nothing follows the comma%s", inside(where))
}

func errAssign(at source.Span) source.Diagnostic {
	return diagnostic("KQL0013", at, "write == to compare, or =~ to ignore case", "found '=', which gives a name to a value and does not compare")
}

// errWhereName is a warning if Kusto runs the query.
func errWhereName(at source.Span, refused bool) source.Diagnostic {
	d := errAssign(at)
	if !refused {
		d.Severity = source.Warning
		d.Message = "found '=', which names the condition behind it and does not compare"
	}
	return d
}

func errNeedsBrackets(at source.Span, name string) source.Diagnostic {
	return diagnostic("KQL0014", at, "write ['"+name+"']", "the name %s needs brackets here", quote(name))
}

func errOption(at source.Span, name, known string) source.Diagnostic {
	hint := "this operator takes no parameters"
	if known != "" {
		hint = "known here: " + strings.ReplaceAll(known, " ", ", ")
	}
	if near := nearest(name, strings.Fields(known+" "+hints)); near != "" {
		hint = "did you mean '" + near + "'?"
	}
	return diagnostic("KQL0015", at, hint, "unknown parameter %s", quote(name))
}

func errType(at source.Span, name string) source.Diagnostic {
	hint := "the types are bool, datetime, decimal, dynamic, guid, int, long, real, string and timespan"
	if near := nearest(name, strings.Fields("bool datetime decimal dynamic guid int long real string timespan")); near != "" {
		hint = "did you mean '" + near + "'?"
	}
	return diagnostic("KQL0016", at, hint, "unknown type %s", quote(name))
}

func errRawGUID(at source.Span) source.Diagnostic {
	return diagnostic("KQL0017", at, "write guid(..) around it", "a guid can't stand alone")
}

func errTypedSpace(at source.Span, typ string) source.Diagnostic {
	return diagnostic("KQL0018", at, "write "+typ+"(", "there must be no space between '%s' and '('", typ)
}

func errDatatableValue(at source.Span) source.Diagnostic {
	return diagnostic("KQL0019", at, "a datatable holds constants; compute with extend behind it", "the values of a datatable must be literals, separated by commas")
}

func errQueryAmongValues(at source.Span, op string) source.Diagnostic {
	return diagnostic("KQL0020", at, "put the query in brackets of its own: "+op+" ((T | project x), ..)", "a query must stand alone behind '%s'", op)
}

func errQueryArgument(at source.Span, function string) source.Diagnostic {
	return diagnostic("KQL0021", at, "put the query in brackets: "+function+"((T | where ..))", "a query as an argument of %s() needs brackets of its own", function)
}

func errTuple(at source.Span) source.Diagnostic {
	return diagnostic("KQL0022", at, "KQL has no tuples; a list of values is dynamic([..]) or pack_array(..)", "found ',' inside brackets that hold one expression")
}

func errRename(at source.Span) source.Diagnostic {
	return diagnostic("KQL0023", at, "write new = old", "project-rename takes new = old only")
}

func errTopKeys(at source.Span) source.Diagnostic {
	return diagnostic("KQL0024", at, "use sort by a, b | take n", "top orders by one expression only")
}

func errEmptyStatement(at source.Span) source.Diagnostic {
	return diagnostic("KQL0025", at, "remove one ';'", "found ';' with no statement before it")
}

func errNoSemicolon(at source.Span, found string) source.Diagnostic {
	return diagnostic("KQL0026", at, "add ';' before it", "found %s, expected ';' after the statement above", found)
}

func errInternalOperator(at source.Span, name string) source.Diagnostic {
	return diagnostic("KQL0027", at, "", "%s is written by Kusto's service for itself and can't be run here", quote(name))
}

func errCommand(at source.Span, command string) source.Diagnostic {
	return diagnostic("KQL0028", at, "to list tables use 'goshawk schema'", "%s is a management command, not a query", quote(command))
}

func errSQL(at source.Span) source.Diagnostic {
	return diagnostic("KQL0029", at, "in KQL the table comes first: Table | where Column == \"x\" | project Column", "this is SQL, not KQL")
}

func errOtherFormat(at source.Span, format string) source.Diagnostic {
	return diagnostic("KQL0030", at, "query --file, check and hunt --hunts find the queries inside", "this is %s, not a KQL query", format)
}

func errTooDeep(at source.Span, limit int) source.Diagnostic {
	return diagnostic("KQL0031", at, "name parts of it with let", "more than %d levels of brackets and subqueries", limit)
}

func errTooLongChain(at source.Span, limit int) source.Diagnostic {
	return diagnostic("KQL0032", at, "use in (..) with a list or a datatable", "more than %d operators in one expression", limit)
}

func errComment(at source.Span, sign string) source.Diagnostic {
	return diagnostic("KQL0051", at, "write // before each line of it", "%s begins no comment in KQL", quote(sign))
}

func errOtherQuery(at source.Span, language, hint string) source.Diagnostic {
	return diagnostic("KQL0052", at, hint, "this is a search of %s, not KQL", language)
}

func errLetName(at source.Span, name string) source.Diagnostic {
	return diagnostic("KQL0042", at, "write let "+name+" = ..; before the query", "a name is given to a value by let")
}

func errLetEquals(at source.Span) source.Diagnostic {
	return diagnostic("KQL0001", at, "write one =", "found '==', expected '=' in let")
}

func errThreeEquals(at source.Span) source.Diagnostic {
	return diagnostic("KQL0013", at, "write == to compare, or =~ to ignore case", "found '===', which KQL writes as '=='")
}

func errMethod(at source.Span, op string) source.Diagnostic {
	return diagnostic("KQL0046", at, "write x "+op+" \"..\"", "%s is an operator and stands between two values", quote(op))
}

func errTooManyOps(at source.Span, limit int) source.Diagnostic {
	return diagnostic("KQL0050", at, "union takes many tables at once, and extend many columns", "more than %d operators in one pipeline", limit)
}

func errTooLong(size, limit int) source.Diagnostic {
	return diagnostic("KQL0033", source.NoSpan, "", "the query is %d bytes long, more than %d are not read", size, limit)
}

func errChained(at source.Span, op string) source.Diagnostic {
	return diagnostic("KQL0034", at, "join comparisons with 'and', or put brackets around the first one", "found a second comparison, %s, without 'and' or 'or'", quote(op))
}

func errCase(at source.Span, found, want string) source.Diagnostic {
	return diagnostic("KQL0035", at, "write "+want, "found %s, which KQL writes as '%s'", quote(found), want)
}

func errMissing(at source.Span, want, where string) source.Diagnostic {
	return diagnostic("KQL0036", at, missingHint(want, where), "%s is missing%s", want, inside(where))
}

func errNot(at source.Span) source.Diagnostic {
	return diagnostic("KQL0037", at, "write not(..)", "'not' is a function and needs brackets")
}

func errListBrackets(at source.Span, op, found, value string) source.Diagnostic {
	if op == "between" || op == "!between" {
		value = "low .. high"
	}
	return diagnostic("KQL0038", at, "write "+op+" ("+value+")", "found %s, expected a list in brackets behind '%s'", found, op)
}

func errNoPipe(at source.Span, operator string) source.Diagnostic {
	return diagnostic("KQL0039", at, "add '|' before it", "found the operator %s without '|' before it", quote(operator))
}

func errSQLOperator(at source.Span, found, instead string) source.Diagnostic {
	return diagnostic("KQL0040", at, "write "+instead, "found %s, which is SQL", quote(found))
}

func errLabel(at source.Span, label string) source.Diagnostic {
	d := diagnostic("KQL0041", at, "remove it", "found the label %s before the query", quote(label))
	d.Severity = source.Warning
	return d
}

func errNamedPath(at source.Span) source.Diagnostic {
	return diagnostic("KQL0042", at, "write a name, or ['a.b'] for a name with a dot; to compare write ==", "only a name can stand before '='")
}

func errBareList(at source.Span) source.Diagnostic {
	return diagnostic("KQL0043", at, "a list is dynamic([1, 2]); behind in, has_any and has_all it stands in ( )", "found '[' where no list can stand")
}

func errTwoOperands(at source.Span, found, before string, condition bool) source.Diagnostic {
	hint := "separate expressions with ','"
	if condition {
		hint = "join conditions with 'and' or 'or'"
	}
	return errBehind(at, found, before, hint)
}

// errBehind is a word behind another for which the way out is known.
func errBehind(at source.Span, found, before, hint string) source.Diagnostic {
	return diagnostic("KQL0044", at, hint, "found %s right behind %s", found, before)
}

func errQuoteInside(at source.Span, quote string) source.Diagnostic {
	return diagnostic("KQL0045", at, "inside a string write \\"+quote+", or put the string between the other quotes", "the string ends before this text")
}

func errNoLeftSide(at source.Span, op string) source.Diagnostic {
	return diagnostic("KQL0046", at, "repeat what is compared: x "+op+" 1 or x "+op+" 2", "found %s with nothing on its left side", quote(op))
}

func errNegation(at source.Span, found, near string) source.Diagnostic {
	hint := "write not(..) to negate a condition"
	if near != "" {
		hint = "did you mean '" + near + "'?"
	}
	return diagnostic("KQL0047", at, hint, "unknown operator %s", quote(found))
}

func errEntity(at source.Span, entity, char string) source.Diagnostic {
	return diagnostic("KQL0048", at, "write "+char, "found %s, which a web page shows as %s", quote(entity), char)
}

func errSpacedOperator(at source.Span, found, want string) source.Diagnostic {
	return diagnostic("KQL0049", at, "write "+want, "found %s, which is one word in KQL", quote(found))
}
