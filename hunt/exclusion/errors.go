package exclusion

import (
	"fmt"

	"github.com/goshawk-hunt/goshawk/source"
)

// Codes lists the codes of this package in order.
var Codes = [...]source.Code{
	{Code: "EXCL0001", Title: "No valid file of exclusions", Explanation: "The file is YAML with a list 'exclusions'; each entry has id, owner, reason, expires and where.",
		Example: "exclusions: 7\n"},
	{Code: "EXCL0002", Title: "A field is missing", Explanation: "Who hides findings says who they are, why, and until when: owner, reason, expires and where are required.",
		Example: "exclusions:\n  - id: a\n    where: SHA1 == 'x'\n"},
	{Code: "EXCL0003", Title: "Unknown field", Explanation: "A misspelt field would be an exclusion that does something else than it says.",
		Example: "exclusions:\n  - id: a\n    owner: o\n    reason: r\n    expires: 2030-01-01\n    when: true\n    where: SHA1 == 'x'\n"},
	{Code: "EXCL0004", Title: "A day that can't be read", Explanation: "expires is the last day on which the exclusion is applied, 2026-12-31.",
		Example: "exclusions:\n  - id: a\n    owner: o\n    reason: r\n    expires: never\n    where: SHA1 == 'x'\n"},
	{Code: "EXCL0005", Title: "The predicate is no KQL condition", Explanation: "where holds one condition, as it would stand behind 'where', without other operators.",
		Example: "exclusions:\n  - id: a\n    owner: o\n    reason: r\n    expires: 2030-01-01\n    where: DeviceEvents | take 1\n"},
	{Code: "EXCL0006", Title: "The exclusion rests only on text that the attacker chooses",
		Explanation: "Names of tasks, authors and parts of command lines are written by whoever makes the task: an exclusion that asks nothing else hides the attacker who uses them. Pin what runs: a hash, a signer, the program in a folder that only administrators write to together with its whole arguments, or the device or account that may do it. --force applies the exclusion all the same, and the report says so.",
		Example:     "exclusions:\n  - id: a\n    owner: o\n    reason: r\n    expires: 2030-01-01\n    where: TaskName == 'Backup' or ProcessCommandLine contains 'backup'\n",
		Mended:      "exclusions:\n  - id: a\n    owner: o\n    reason: r\n    expires: 2030-01-01\n    where: TaskName == 'Backup' and Signer == 'Contoso Ltd'\n"},
	{Code: "EXCL0007", Title: "The exclusion has expired", Explanation: "It is not applied any more, and every report names it: renew it with a reason, or remove it.",
		Example: "exclusions:\n  - id: a\n    owner: o\n    reason: r\n    expires: 2020-01-01\n    where: SHA1 == 'x'\n"},
	{Code: "EXCL0008", Title: "Two exclusions have one id", Explanation: "Reports count by id.",
		Example: "exclusions:\n  - {id: a, owner: o, reason: r, expires: 2030-01-01, where: SHA1 == 'x'}\n  - {id: a, owner: o, reason: r, expires: 2030-01-01, where: SHA1 == 'y'}\n"},
	{Code: "EXCL0009", Title: "An exclusion inside a query needs its hunts", Explanation: "inQuery puts the condition into the place that a hunt's query leaves for the environment's filter, so hunts names those hunts.",
		Example: "exclusions:\n  - {id: a, owner: o, reason: r, expires: 2030-01-01, inQuery: true, where: SHA1 == 'x'}\n"},
}

func diagnostic(code string, at source.Span, hint, format string, args ...any) source.Diagnostic {
	return source.Diagnostic{Code: code, Message: fmt.Sprintf(format, args...), Span: at, Hint: hint}
}

func errFile(at source.Span, what string) source.Diagnostic {
	return diagnostic("EXCL0001", at, "write exclusions: and a list below it", "this is no file of exclusions: %s", what)
}

func errMissing(at source.Span, field string) source.Diagnostic {
	return diagnostic("EXCL0002", at, "add "+field+": ..", "the exclusion has no '%s'", field)
}

func errUnknown(at source.Span, field string) source.Diagnostic {
	return diagnostic("EXCL0003", at, "the fields are id, name, owner, reason, expires, enabled, hunts, where, inQuery", "unknown field '%s'", field)
}

func errDay(at source.Span, value string) source.Diagnostic {
	return diagnostic("EXCL0004", at, "write 2026-12-31", "'%s' is no day", value)
}

func errPredicate(at source.Span, what string) source.Diagnostic {
	return diagnostic("EXCL0005", at, "write a condition, as it would stand behind 'where'", "the predicate is no condition: %s", what)
}

// CodeLoose is the code of an exclusion that rests only on text that the attacker
// chooses.
const CodeLoose = "EXCL0006"

func errLoose(at source.Span, why string) source.Diagnostic {
	return diagnostic(CodeLoose, at, "add a hash, a signer, the whole command in a protected folder with its arguments, a device or an account; --force applies it as it is",
		"%s", why)
}

func errExpired(at source.Span, day string) source.Diagnostic {
	d := diagnostic("EXCL0007", at, "renew or remove it", "the exclusion expired on %s and is not applied", day)
	d.Severity = source.Warning
	return d
}

func errTwice(at source.Span, id string) source.Diagnostic {
	return diagnostic("EXCL0008", at, "give each its own", "the id '%s' stands twice", id)
}

func errNoHunts(at source.Span) source.Diagnostic {
	return diagnostic("EXCL0009", at, "add hunts: [..]", "an exclusion inside a query names no hunts")
}
