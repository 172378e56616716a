package rowstep

import (
	"fmt"
	"math"
	"net/netip"
	"strings"

	"github.com/goshawk-hunt/goshawk/kql/plan"
	"github.com/goshawk-hunt/goshawk/kql/sqlgen"
	"github.com/goshawk-hunt/goshawk/kql/types"
)

// ipLookup joins rows with the most specific address ranges of a second table.
//
// Source: https://learn.microsoft.com/kusto/query/ipv4-lookup-plugin
func ipLookup(_ []sqlgen.Operand, spec any, in, out types.Schema) (sqlgen.RowFunc, error) {
	s, ok := spec.(*plan.LookupSpec)
	if !ok {
		return nil, fmt.Errorf("the binder prepared no lookup")
	}
	return func(rows, right sqlgen.Rows, emit func([]types.Value) error) error {
		table, err := readRanges(s, right)
		if err != nil {
			return err
		}
		return table.join(s, rows, out, emit)
	}, nil
}

// ranges are the rows of the second table by their keys and masked prefixes.
type ranges struct {
	schema types.Schema
	rows   [][]types.Value
	byKey  map[string]map[netip.Prefix][]int
	bits   map[int]bool // prefix lengths that occur, of addresses in their IPv6 form
}

func readRanges(s *plan.LookupSpec, right sqlgen.Rows) (*ranges, error) {
	if right == nil {
		return nil, fmt.Errorf("the lookup has no table of ranges")
	}
	rows, err := all(right)
	if err != nil {
		return nil, err
	}
	t := &ranges{schema: right.Schema(), rows: rows, byKey: map[string]map[netip.Prefix][]int{}, bits: map[int]bool{}}
	col := t.schema.Index(s.Range)
	if col < 0 {
		return nil, fmt.Errorf("the table of ranges has no column %s", s.Range)
	}
	for i, row := range rows {
		p, ok := parsePrefix(row[col].Str)
		if !ok {
			continue
		}
		key := lookupKey(s.Keys, t.schema, row)
		if t.byKey[key] == nil {
			t.byKey[key] = map[netip.Prefix][]int{}
		}
		t.byKey[key][p] = append(t.byKey[key][p], i)
		t.bits[p.Bits()] = true
	}
	return t, nil
}

// lookupKey is the text of the additional key columns.
func lookupKey(keys []string, schema types.Schema, row []types.Value) string {
	var b strings.Builder
	for _, k := range keys {
		v := row[schema.Index(k)]
		fmt.Fprintf(&b, "%d:%s", len(v.Text()), v.Text())
	}
	return b.String()
}

// parsePrefix reads an address or a range in its IPv6 form.
func parsePrefix(s string) (netip.Prefix, bool) {
	text, length, ranged := strings.Cut(strings.TrimSpace(s), "/")
	a, err := netip.ParseAddr(text)
	if err != nil {
		return netip.Prefix{}, false
	}
	bits := 128
	if ranged {
		n, most := 0, a.BitLen()
		if _, err := fmt.Sscanf(length, "%d", &n); err != nil || n < 0 || n > most {
			return netip.Prefix{}, false
		}
		bits = n + 128 - most
	}
	p, err := netip.AddrFrom16(a.As16()).Prefix(bits)
	return p, err == nil
}

func (t *ranges) join(s *plan.LookupSpec, rows sqlgen.Rows, out types.Schema, emit func([]types.Value) error) error {
	in := rows.Schema()
	address := in.Index(s.Address)
	if address < 0 {
		return fmt.Errorf("the table has no column %s", s.Address)
	}
	row := make([]types.Value, len(out))
	return each(rows, func(r []types.Value) error {
		matches := t.match(r[address].Str, lookupKey(s.Keys, in, r))
		if len(matches) == 0 && !s.ReturnUnmatched {
			return nil
		}
		if len(matches) == 0 {
			matches = []int{-1}
		}
		for _, m := range matches {
			for i, src := range s.Sources {
				switch {
				case !src.Right:
					row[i] = r[in.Index(src.Name)]
				case m < 0:
					row[i] = types.Null(out[i].Type)
				default:
					row[i] = t.rows[m][t.schema.Index(src.Name)]
				}
			}
			if err := emit(row); err != nil {
				return err
			}
		}
		return nil
	})
}

// match returns the rows of the longest range that holds the address.
func (t *ranges) match(address, key string) []int {
	p, ok := parsePrefix(address)
	table := t.byKey[key]
	if !ok || table == nil {
		return nil
	}
	best, found := math.MinInt, []int(nil)
	for bits := range t.bits {
		if bits <= best || bits > p.Bits() {
			continue
		}
		masked, err := p.Addr().Prefix(bits)
		if err != nil {
			continue
		}
		if list := table[masked]; len(list) > 0 {
			best, found = bits, list
		}
	}
	return found
}
