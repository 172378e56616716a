package dossier

import (
	"context"
	"encoding/json"
	"fmt"
	"sort"
	"strings"

	"github.com/goshawk-hunt/goshawk/finding"
	"github.com/goshawk-hunt/goshawk/kql/types"
)

// maxRows bounds the rows of one query; the earliest are kept.
const maxRows = 20_000

// Querier runs a KQL query over the case; name says whose query it is.
type Querier interface {
	Query(ctx context.Context, name, kql string) (schema types.Schema, rows [][]types.Value, warnings []string, err error)
}

// table is a query's result with its columns by name.
type table struct {
	at  map[string]int
	row []types.Value
}

// each runs a query and calls f for every row; it reports whether rows were left out.
func each(ctx context.Context, q Querier, name, kql string, f func(*table)) (cut bool, err error) {
	schema, rows, _, err := q.Query(ctx, "dossier: "+name, kql+fmt.Sprintf("\n| top %d by Timestamp asc", maxRows+1))
	if err != nil {
		return false, fmt.Errorf("%s: %w", name, err)
	}
	t := &table{at: map[string]int{}}
	for i, c := range schema {
		t.at[c.Name] = i
	}
	for i, row := range rows {
		if i == maxRows {
			return true, nil
		}
		t.row = row
		f(t)
	}
	return false, nil
}

func (t *table) value(column string) types.Value {
	if i, ok := t.at[column]; ok && i < len(t.row) {
		return t.row[i]
	}
	return types.Value{Null: true}
}

// text returns a value as people read it, "" for null and for Windows' "-".
func (t *table) text(column string) string {
	s := plain(t.value(column))
	if s == "-" {
		return ""
	}
	return s
}

// lower is text in lower case, for names that are compared.
func (t *table) lower(column string) string { return strings.ToLower(t.text(column)) }

func (t *table) int(column string) int64 {
	v := t.value(column)
	if v.Null || v.Type != types.Long && v.Type != types.Int {
		return 0
	}
	return v.Int
}

func (t *table) has(column string) bool { return !t.value(column).Null }

func (t *table) yes(column string) bool {
	v := t.value(column)
	return !v.Null && v.Type == types.Bool && v.Int != 0
}

func (t *table) time(column string) finding.Time {
	if v := t.value(column); !v.Null && v.Type == types.DateTime {
		return finding.FromTicks(v.Int)
	}
	return finding.Time{}
}

// plain returns a value as people read it; a dynamic string without its quotes.
func plain(v types.Value) string {
	if v.Null {
		return ""
	}
	if v.Type == types.Dynamic && strings.HasPrefix(v.Str, `"`) {
		var s string
		if json.Unmarshal([]byte(v.Str), &s) == nil {
			return s
		}
	}
	return v.Text()
}

// set is a set of texts.
type set map[string]bool

func (s set) add(text string) {
	if text != "" {
		s[text] = true
	}
}

// list writes the texts as KQL literals, sorted.
func (s set) list() string {
	out := make([]string, 0, len(s))
	for t := range s {
		out = append(out, literal(t))
	}
	sort.Strings(out)
	return strings.Join(out, ", ")
}

// numbers is a set of numbers.
type numbers map[int64]bool

func (s numbers) list() string {
	in := make([]int64, 0, len(s))
	for n := range s {
		in = append(in, n)
	}
	sort.Slice(in, func(i, j int) bool { return in[i] < in[j] })
	out := make([]string, len(in))
	for i, n := range in {
		out[i] = fmt.Sprint(n)
	}
	return strings.Join(out, ", ")
}

// literal writes a text as a KQL string literal.
func literal(s string) string {
	var b strings.Builder
	b.WriteByte('"')
	for _, r := range s {
		switch {
		case r == '"' || r == '\\':
			b.WriteByte('\\')
			b.WriteRune(r)
		case r < 0x20 || r == 0x7f || r >= 0x80 && r < 0xa0 || r == 0x2028 || r == 0x2029:
			fmt.Fprintf(&b, `\u%04x`, r)
		default:
			b.WriteRune(r)
		}
	}
	b.WriteByte('"')
	return b.String()
}

// shorten cuts a text to at most n bytes at a rune's border.
func shorten(s string, n int) string {
	if len(s) <= n {
		return s
	}
	for n > 0 && s[n]&0xC0 == 0x80 {
		n--
	}
	return s[:n] + "…"
}
