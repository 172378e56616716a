package dossier

import (
	"context"
	"fmt"
	"sort"
	"strings"

	"github.com/goshawk-hunt/goshawk/hunt/cell"
	"github.com/goshawk-hunt/goshawk/kql/syntax"
	"github.com/goshawk-hunt/goshawk/kql/types"
)

// maxRows bounds the rows of one query; the earliest are kept.
const maxRows = 20_000

// Querier runs a KQL query over the case; name says whose query it is.
type Querier interface {
	Query(ctx context.Context, name, kql string) (schema types.Schema, rows [][]types.Value, warnings []string, err error)
}

// granted is the condition for an event of the Security log to be no failure: of what was
// tried and refused nothing came.
const granted = `Keywords !startswith "0x801"`

// each runs a query and calls f for every row; it reports whether rows were left out.
func each(ctx context.Context, q Querier, name, kql string, f func(*cell.Row)) (cut bool, err error) {
	schema, rows, _, err := q.Query(ctx, "dossier: "+name, kql+fmt.Sprintf("\n| top %d by Timestamp asc", maxRows+1))
	if err != nil {
		return false, fmt.Errorf("%s: %w", name, err)
	}
	t := cell.New(schema)
	for i, row := range rows {
		if i == maxRows {
			return true, nil
		}
		t.Cells = row
		f(t)
	}
	return false, nil
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
		out = append(out, syntax.Quote(t))
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
