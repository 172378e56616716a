package rulefile

import (
	"fmt"

	"github.com/goshawk-hunt/goshawk/source"
)

// This file holds every message of the package: one function a message. Codes
// explains the codes.

func diagnostic(code string, at source.Span, hint, format string, args ...any) source.Diagnostic {
	return source.Diagnostic{Code: code, Message: fmt.Sprintf(format, args...), Span: at, Hint: hint}
}

func warning(d source.Diagnostic) source.Diagnostic {
	d.Severity = source.Warning
	return d
}

func quote(s string) string {
	const most = 40
	if r := []rune(s); len(r) > most {
		s = string(r[:most]) + ".."
	}
	return "'" + s + "'"
}

func errYAML(at source.Span, message string) source.Diagnostic {
	return diagnostic("RULE0001", at, "", "this is no YAML: %s", message)
}

func errNoField(at source.Span, field, format string) source.Diagnostic {
	return diagnostic("RULE0002", at, "add "+field+": ..", "the rule has no %s, which %s needs", quote(field), format)
}

func errIndentation(at source.Span, mended string) source.Diagnostic {
	return diagnostic("RULE0003", at, "the rule can be read with --repair; it should begin\n"+mended,
		"the indentation of this rule is lost: text that belongs to a field stands at the margin")
}

func errIndentAt(at source.Span, what, below, mended string) source.Diagnostic {
	return diagnostic("RULE0004", at, "write\n"+mended, "%s must be indented below %s", what, quote(below))
}

func errFieldType(at source.Span, field, want string) source.Diagnostic {
	return diagnostic("RULE0005", at, "", "the field %s must be %s", quote(field), want)
}

func errUnknownField(at source.Span, field, near string) source.Diagnostic {
	return warning(diagnostic("RULE0006", at, "did you mean '"+near+"'?", "unknown field %s", quote(field)))
}

// CodeNoQuery is the code of a file without any query.
const CodeNoQuery = "RULE0007"

func errNoQuery() source.Diagnostic {
	return diagnostic(CodeNoQuery, source.NoSpan, "a query is read from a fenced block, an indented block, or lines that begin with a table and |",
		"no query found in this file")
}

func errFence(at source.Span) source.Diagnostic {
	return warning(diagnostic("RULE0008", at, "add ``` where the query ends", "the code block has no end"))
}

func errFilter(at source.Span, missing string) source.Diagnostic {
	return warning(diagnostic("RULE0009", at, "add // "+missing, "the environment-specific filter has no line %s", quote(missing)))
}

func errDuration(at source.Span, field, value string) source.Diagnostic {
	return diagnostic("RULE0010", at, "write 1h, 14d or PT1H", "the field %s is %s, expected a time such as 1h", quote(field), quote(value))
}

func errSigma(at source.Span, why error) source.Diagnostic {
	return diagnostic("RULE0011", at, "a hunt for the same behaviour may be among the built-in ones", "this Sigma rule can't be run: %s", why)
}

func errSigmaInside(at source.Span) source.Diagnostic {
	return diagnostic("RULE0011", at, "keep it in a file of its own, or have 'goshawk check --rewrite' write it as KQL", "this is a Sigma rule within a page, which is not run from there")
}

func errSigmaIndentation(at source.Span, mended string) source.Diagnostic {
	return diagnostic("RULE0012", at, "the rule should read\n"+mended, "the indentation of this Sigma rule is lost")
}

func errSigmaCondition(at source.Span, op, mended string) source.Diagnostic {
	return diagnostic("RULE0013", at, "write\n"+mended, "%s is an operator of KQL; a Sigma rule has field|modifier: value", quote(op))
}

func errSigmaModifier(at source.Span, name, hint string) source.Diagnostic {
	return diagnostic("RULE0014", at, hint, "%s is no modifier of Sigma", quote(name))
}

func errTooLarge(size, limit int) source.Diagnostic {
	return diagnostic("RULE0015", source.NoSpan, "", "the file is %d bytes long, more than %d are not read", size, limit)
}

func errNoText() source.Diagnostic {
	return diagnostic("RULE0016", source.NoSpan, "save it as UTF-8", "the file is no UTF-8 text")
}

func errTechnique(at source.Span, value string) source.Diagnostic {
	return warning(diagnostic("RULE0017", at, "write T1053 or T1053.005", "%s is no id of an ATT&CK technique", quote(value)))
}

func errSeverity(at source.Span, value string) source.Diagnostic {
	return warning(diagnostic("RULE0018", at, "write Informational, Low, Medium or High", "unknown severity %s", quote(value)))
}

func errDuplicateField(at source.Span, field string) source.Diagnostic {
	return diagnostic("RULE0019", at, "remove one of them", "the field %s stands twice", quote(field))
}

func errTab(at source.Span) source.Diagnostic {
	return diagnostic("RULE0020", at, "indent with spaces", "YAML can't be indented with tabs")
}

func errNoGUID(at source.Span, id string) source.Diagnostic {
	return warning(diagnostic("RULE0021", at, "make one with uuidgen or New-Guid", "the id %s is no GUID", quote(id)))
}

// DuplicateID says that another rule has the id of this one. Only who reads many
// files can tell.
func DuplicateID(at source.Span, id, other string) source.Diagnostic {
	return diagnostic("RULE0022", at, "give the copy an id of its own", "the id %s is also that of the rule in %s", quote(id), other)
}

func errTactic(at source.Span, name, known string) source.Diagnostic {
	return warning(diagnostic("RULE0023", at, "the tactics are "+known, "%s is no tactic of ATT&CK", quote(name)))
}

func errTacticSpelling(at source.Span, name, want string) source.Diagnostic {
	return warning(diagnostic("RULE0024", at, "write "+want, "the tactic %s is written %s", quote(name), quote(want)))
}

func errTechniqueTactic(at source.Span, id, name, belongs, has string) source.Diagnostic {
	return warning(diagnostic("RULE0025", at, "add one of "+belongs+", or remove the technique", "%s (%s) belongs to none of the tactics %s", id, name, has))
}

func errUnknownTechnique(at source.Span, id, now string) source.Diagnostic {
	hint := "attack.mitre.org lists the techniques"
	if now != "" {
		hint = "it was replaced by " + now
	}
	return warning(diagnostic("RULE0026", at, hint, "ATT&CK has no technique %s", quote(id)))
}

func errUnlistedTable(at source.Span, table string) source.Diagnostic {
	return warning(diagnostic("RULE0027", at, "add "+table+" to the dataTypes of its connector", "the query reads %s, which requiredDataConnectors does not list", quote(table)))
}

func errListedTable(at source.Span, table string) source.Diagnostic {
	return warning(diagnostic("RULE0028", at, "goshawk schema lists the tables", "requiredDataConnectors lists the unknown table %s", quote(table)))
}

func errConnectorTable(at source.Span, connector, table string) source.Diagnostic {
	return warning(diagnostic("RULE0029", at, "", "the connector %s does not bring %s", quote(connector), quote(table)))
}

func errEntityColumn(at source.Span, column, near string) source.Diagnostic {
	hint := "return it with project or extend, or map another column"
	if near != "" {
		hint = "names are case-sensitive: write " + near
	}
	return diagnostic("RULE0030", at, hint, "the query returns no column %s", quote(column))
}

func errEntityType(at source.Span, name string) source.Diagnostic {
	return warning(diagnostic("RULE0031", at, "the types are Account, Host, IP, URL, File, FileHash, Process, RegistryKey, RegistryValue, DNS and others", "%s is no type of entity", quote(name)))
}

func errEntityField(at source.Span, kind, name, known string) source.Diagnostic {
	return warning(diagnostic("RULE0032", at, "it has "+known, "the entity %s has no identifier %s", quote(kind), quote(name)))
}

func errKind(at source.Span, name, known string) source.Diagnostic {
	return warning(diagnostic("RULE0033", at, "the kinds are "+known, "%s is no kind of rule", quote(name)))
}

func errKindField(at source.Span, field string) source.Diagnostic {
	return warning(diagnostic("RULE0034", at, "add "+field+": ..", "an analytics rule needs the field %s", quote(field)))
}

func errTrigger(at source.Span, name string) source.Diagnostic {
	return warning(diagnostic("RULE0035", at, "write gt, lt, eq or ne", "%s is no trigger operator", quote(name)))
}

func errScheduleRange(at source.Span, field, value string) source.Diagnostic {
	return diagnostic("RULE0036", at, "", "%s is %s, expected 5 minutes to 14 days", field, value)
}

func errScheduleGap(at source.Span, frequency, period string) source.Diagnostic {
	return diagnostic("RULE0037", at, "make queryPeriod at least queryFrequency", "the rule runs every %s but looks back only %s", frequency, period)
}

func errLookback(at source.Span, ago, period string) source.Diagnostic {
	return warning(diagnostic("RULE0038", at, "make queryPeriod as long, or ask for less", "the query looks back %s, the rule only %s", ago, period))
}

func errVersion(at source.Span, value string) source.Diagnostic {
	return warning(diagnostic("RULE0039", at, "write 1.0.0", "the version %s is not of the form 1.0.0", quote(value)))
}
