package exclusion

import (
	"errors"
	"slices"
	"strings"

	"github.com/goshawk-hunt/goshawk/kql/syntax"
	"github.com/goshawk-hunt/goshawk/source"
)

// parsePredicate reads a condition as it stands behind "where".
func parsePredicate(text string) (syntax.Expr, error) {
	f := source.NewFile("where", "Findings\n| where (\n"+text+"\n)")
	script, diags := syntax.Parse(f)
	for _, d := range diags {
		if d.Severity == source.Error {
			return nil, errors.New(d.Message)
		}
	}
	if len(script.Statements) != 1 {
		return nil, errors.New("more than one statement")
	}
	if s, ok := script.Statements[0].(*syntax.ExprStmt); ok {
		if p, ok := s.X.(*syntax.Pipeline); ok && len(p.Ops) == 1 {
			if w, ok := p.Ops[0].(*syntax.WhereOp); ok {
				return w.Predicate, tabularInside(w.Predicate)
			}
		}
	}
	return nil, errors.New("it holds operators of its own")
}

// tabularInside refuses queries within a condition: an exclusion says what it hides
// by itself.
func tabularInside(x syntax.Expr) error {
	var err error
	syntax.Walk(x, func(n syntax.Node) bool {
		if _, ok := n.(*syntax.Pipeline); ok {
			err = errors.New("it holds a query")
		}
		return err == nil
	})
	return err
}

// anchors are the columns that whoever makes a task can't choose freely.
var anchors = map[string]bool{
	"SHA1": true, "SHA256": true, "MD5": true, "Signer": true, "Issuer": true,
	"DeviceName": true, "DeviceId": true, "AccountName": true, "AccountSid": true, "CreatorAccount": true,
	"InitiatingProcessSHA1": true, "InitiatingProcessSHA256": true, "InitiatingProcessAccountName": true, "InitiatingProcessAccountSid": true,
}

// paths are the columns that hold the whole path of what runs.
var paths = map[string]bool{"Command": true, "FolderPath": true, "InitiatingProcessFolderPath": true}

// wholes are the columns that hold a whole command line or its arguments.
var wholes = map[string]bool{"Arguments": true, "ProcessCommandLine": true, "InitiatingProcessCommandLine": true}

// protectedFolders are those that only administrators write to, in lower case. The
// writable folders below C:\Windows are no part of them.
var protectedFolders = []string{`c:\program files\`, `c:\program files (x86)\`, `c:\windows\system32\`, `c:\windows\syswow64\`, `%programfiles%\`, `%systemroot%\system32\`, `%windir%\system32\`}

var writableFolders = []string{`\spool\drivers\color\`, `\system32\tasks\`, `\system32\microsoft\crypto\rsa\`, `\catroot2\`, `\system32\com\dmp\`, `\fxstmp\`, `\..`}

// interpreters run what their arguments name, which may lie anywhere.
var interpreters = func() map[string]bool {
	m := map[string]bool{}
	for s := range strings.FieldsSeq(`cmd powershell pwsh wscript cscript mshta rundll32 regsvr32 msiexec msbuild installutil regasm regsvcs
		python pythonw perl ruby node java javaw bash wsl forfiles schtasks at conhost explorer wmic cmstp odbcconf hh control bitsadmin
		certutil curl ftp ssh pcalua scriptrunner`) {
		m[s], m[s+".exe"] = true, true
	}
	return m
}()

// loose says why a condition rests only on text that the attacker chooses, "" if
// every way to meet it pins what the attacker can't choose.
func loose(x syntax.Expr) string {
	for _, way := range ways(x, 0) {
		if !pinned(way) {
			return "the exclusion rests only on text that the attacker chooses: " + shown(way)
		}
	}
	return ""
}

// maxWays bounds the ways of a condition.
const maxWays = 256

// ways turns a condition into its alternatives, each a list of tests that must all
// hold. Beyond maxWays a part counts as one test, which pins nothing.
func ways(x syntax.Expr, depth int) [][]syntax.Expr {
	if depth < 64 {
		switch n := x.(type) {
		case *syntax.Paren:
			return ways(n.X, depth+1)
		case *syntax.Binary:
			switch n.Op {
			case "or":
				if list := append(ways(n.X, depth+1), ways(n.Y, depth+1)...); len(list) <= maxWays {
					return list
				}
			case "and":
				left, right := ways(n.X, depth+1), ways(n.Y, depth+1)
				if len(left)*len(right) <= maxWays {
					var list [][]syntax.Expr
					for _, l := range left {
						for _, r := range right {
							list = append(list, append(append([]syntax.Expr(nil), l...), r...))
						}
					}
					return list
				}
			}
		}
	}
	return [][]syntax.Expr{{x}}
}

// pinned reports whether any of the tests, which all hold, pins a row.
func pinned(tests []syntax.Expr) bool {
	path, whole := false, false
	for _, t := range tests {
		column, values := equals(t)
		if column == "" || len(values) == 0 {
			continue
		}
		filled := true
		for _, v := range values {
			filled = filled && strings.TrimSpace(v) != ""
		}
		switch {
		case (column == "Signer" || column == "Issuer") && slices.ContainsFunc(values, ofMicrosoft):
			// signs what attackers run too
		case anchors[column] && filled:
			return true
		case paths[column] && allProtected(values):
			path = true
		case wholes[column]:
			whole = true // no arguments at all pins them too
		}
	}
	return path && whole
}

func ofMicrosoft(signer string) bool {
	return strings.HasPrefix(strings.ToLower(strings.TrimSpace(signer)), "microsoft")
}

// equals takes column == value and column in (values) apart; "" for other tests.
func equals(x syntax.Expr) (column string, values []string) {
	var name syntax.Expr
	var list []syntax.Expr
	switch n := x.(type) {
	case *syntax.Paren:
		return equals(n.X)
	case *syntax.Binary:
		if n.Op == "==" || n.Op == "=~" {
			name, list = n.X, []syntax.Expr{n.Y}
		}
	case *syntax.In:
		if n.Op == "in" || n.Op == "in~" {
			name, list = n.X, n.List
		}
	}
	if call, ok := name.(*syntax.Call); ok && len(call.Args) == 1 && (call.F.Value == "tolower" || call.F.Value == "toupper" || call.F.Value == "tostring") {
		name = call.Args[0]
	}
	c, ok := name.(*syntax.Name)
	if !ok {
		return "", nil
	}
	for _, v := range list {
		literal, ok := v.(*syntax.Literal)
		if !ok {
			return "", nil
		}
		values = append(values, literal.Text)
	}
	return c.Value, values
}

// allProtected reports whether every value is a file below a protected folder.
func allProtected(values []string) bool {
	for _, v := range values {
		if !protected(strings.ToLower(v)) {
			return false
		}
	}
	return true
}

func protected(path string) bool {
	for _, w := range writableFolders {
		if strings.Contains(path, w) {
			return false
		}
	}
	if interpreters[path[strings.LastIndexByte(path, '\\')+1:]] {
		return false
	}
	for _, p := range protectedFolders {
		if strings.HasPrefix(path, p) && len(path) > len(p) {
			return true
		}
	}
	return false
}

// shown writes the tests of a way, shortened.
func shown(tests []syntax.Expr) string {
	var parts []string
	for _, t := range tests {
		parts = append(parts, syntax.Print(t))
	}
	text := []rune(strings.Join(strings.Fields(strings.Join(parts, " and ")), " "))
	if len(text) > 120 {
		return string(text[:120]) + ".."
	}
	return string(text)
}
