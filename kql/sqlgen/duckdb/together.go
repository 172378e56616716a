package duckdb

import (
	"fmt"
	"slices"
	"strings"

	"github.com/goshawk-hunt/goshawk/kql/sqlgen/sqltext"
)

// maxTogether is the most members that are read from a document at once: the list of them
// is written for each.
const maxTogether = 16

// together rewrites the expressions of one SELECT so that a document of which several
// members are read is parsed once: each reads one element of the same list of members,
// and DuckDB computes equal expressions once. It doesn't do so inside of CASE, where
// what is read may depend on a condition.
func together(xs []string) []string {
	n := 0
	for _, x := range xs {
		n += strings.Count(x, memberFunction)
	}
	if n < 2 {
		return xs
	}
	docs := documents{}
	for _, x := range xs {
		docs.collect(x)
	}
	out := make([]string, len(xs))
	for i, x := range xs {
		out[i] = docs.rewrite(x)
	}
	return out
}

// memberFunction is how the names of the functions begin that read a member.
const memberFunction = "json_extract"

// documents are the members that are read, by the beginning of the call up to the
// document's end.
type documents map[string][]string

// collect notes the members that sql reads.
func (d documents) collect(sql string) {
	eachAccess(sql, func(a access) {
		d.collect(a.doc)
		key := a.name + "(" + a.doc
		if !slices.Contains(d[key], a.path) {
			d[key] = append(d[key], a.path)
		}
	})
}

// rewrite returns sql with accesses to lists for those to single members.
func (d documents) rewrite(sql string) string {
	var b strings.Builder
	done := 0
	eachAccess(sql, func(a access) {
		paths := d[a.name+"("+a.doc]
		i := slices.Index(paths, a.path)
		from := i - i%maxTogether
		paths = paths[from:min(from+maxTogether, len(paths))]
		b.WriteString(sql[done:a.start])
		if doc := d.rewrite(a.doc); len(paths) > 1 {
			fmt.Fprintf(&b, "%s(%s, [%s])[%d]", a.name, doc, strings.Join(paths, ", "), i-from+1)
		} else {
			fmt.Fprintf(&b, "%s(%s, %s)", a.name, doc, a.path)
		}
		done = a.end
	})
	if done == 0 {
		return sql
	}
	b.WriteString(sql[done:])
	return b.String()
}

// access is a call that reads one member of a document.
type access struct {
	start, end      int
	name, doc, path string
}

// eachAccess calls f for the accesses of sql that are in no other one's document and in
// no CASE.
func eachAccess(sql string, f func(access)) {
	cases := 0
	for i := 0; i < len(sql); {
		if c := sql[i]; c == '\'' || c == '"' {
			i = sqltext.Literal(sql, i)
			continue
		}
		start := i
		if i = sqltext.Word(sql, start); i == start {
			i++
			continue
		}
		switch word := sql[start:i]; {
		case strings.EqualFold(word, "CASE"):
			cases++
		case strings.EqualFold(word, "END"):
			cases--
		case cases == 0 && (word == memberFunction || word == memberFunction+"_string") && i < len(sql) && sql[i] == '(':
			end := sqltext.Closing(sql, i)
			if end < 0 {
				return
			}
			args := sqltext.Arguments(sql[i+1 : end-1])
			if len(args) != 2 || !onePath(strings.TrimSpace(args[1])) {
				continue
			}
			f(access{start: start, end: end, name: word, doc: strings.TrimSpace(args[0]), path: strings.TrimSpace(args[1])})
			i = end
		}
	}
}

// onePath reports whether sql is the text of a path to one member.
func onePath(sql string) bool {
	return (strings.HasPrefix(sql, "'$") || strings.HasPrefix(sql, "'/")) && !strings.Contains(sql, "*") && strings.Index(sql[1:], "'") == len(sql)-2
}
