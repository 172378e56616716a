package cli

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"time"
)

// testRows is a query's answer as --format json has it.
type testRows struct {
	Columns []checkedColumn `json:"columns"`
	Rows    [][]any         `json:"rows"`
}

func decodeRows(text []byte) (*testRows, error) {
	var r testRows
	d := json.NewDecoder(bytes.NewReader(text))
	d.UseNumber()
	if err := d.Decode(&r); err != nil {
		return nil, err
	}
	return &r, nil
}

// maxTestRows bounds the rows of a test: each is held against each that is wanted.
const maxTestRows = 10_000

// compare pairs the rows that are wanted with rows of their own and returns those that no
// row is there for, and the rows that are left over.
func (r *testRows) compare(want []map[string]any) (missing []map[string]any, left []int, err error) {
	if len(r.Rows) > maxTestRows || len(want) > maxTestRows {
		return nil, nil, fmt.Errorf("%d rows and %d wanted, more than %d are not compared", len(r.Rows), len(want), maxTestRows)
	}
	at := map[string]int{}
	for i, c := range r.Columns {
		at[c.Name] = i
	}
	fits := make([][]int, len(want))
	for i, w := range want {
		for name := range w {
			if _, ok := at[name]; !ok {
				return nil, nil, fmt.Errorf("the query returns no column %q, but %s", name, shortColumns(r.Columns))
			}
		}
		for k, row := range r.Rows {
			if r.fits(w, row, at) {
				fits[i] = append(fits[i], k)
			}
		}
	}
	owner := make([]int, len(r.Rows)) // of each row, the wanted one that has it, plus one
	for i := range want {
		if !pair(i, fits, owner, make([]bool, len(r.Rows))) {
			missing = append(missing, want[i])
		}
	}
	for k, o := range owner {
		if o == 0 {
			left = append(left, k)
		}
	}
	return missing, left, nil
}

// pair finds a row for wanted row i, moving others to rows that fit them as well.
func pair(i int, fits [][]int, owner []int, tried []bool) bool {
	for _, k := range fits[i] {
		if tried[k] {
			continue
		}
		tried[k] = true
		if owner[k] == 0 || pair(owner[k]-1, fits, owner, tried) {
			owner[k] = i + 1
			return true
		}
	}
	return false
}

func (r *testRows) fits(want map[string]any, row []any, at map[string]int) bool {
	for name, w := range want {
		if i := at[name]; !sameValue(r.Columns[i].Type, w, row[i]) {
			return false
		}
	}
	return true
}

// sameValue compares a value that is wanted with one of a column: times as times, numbers
// as numbers, a bag or a list of a dynamic column by what it holds.
func sameValue(kind string, want, got any) bool {
	w, number := want.(json.Number)
	g, other := got.(json.Number)
	switch {
	case number && other:
		return sameNumber(string(w), string(g))
	case kind == "datetime":
		a, err := parseTime("", fmt.Sprint(want))
		b, err2 := parseTime("", fmt.Sprint(got))
		return want != nil && got != nil && err == nil && err2 == nil && a == b || want == nil && got == nil
	}
	switch w := want.(type) {
	case map[string]any:
		g, ok := got.(map[string]any)
		if !ok || len(w) != len(g) {
			return false
		}
		for k := range w {
			if v, ok := g[k]; !ok || !sameValue("", w[k], v) {
				return false
			}
		}
		return true
	case []any:
		g, ok := got.([]any)
		return ok && slices.EqualFunc(w, g, func(a, b any) bool { return sameValue("", a, b) })
	}
	return reflect.DeepEqual(want, got)
}

func sameNumber(a, b string) bool {
	if a == b {
		return true
	}
	x, err := strconv.ParseInt(a, 10, 64)
	y, err2 := strconv.ParseInt(b, 10, 64)
	if err == nil && err2 == nil {
		return x == y
	}
	f, err := strconv.ParseFloat(a, 64)
	g, err2 := strconv.ParseFloat(b, 64)
	return err == nil && err2 == nil && math.Abs(f-g) <= 1e-9*max(math.Abs(f), math.Abs(g))
}

// text writes a row as a line of a test: the columns that the test asks for or, where it
// asks for none, those that hold something.
func (r *testRows) text(row []any, asked map[string]bool) string {
	var b strings.Builder
	for i, c := range r.Columns {
		if len(asked) > 0 && !asked[c.Name] || len(asked) == 0 && (row[i] == nil || row[i] == "" || b.Len() > 1000) {
			continue
		}
		if b.Len() > 0 {
			b.WriteString(", ")
		}
		b.WriteString(jsonLine(c.Name) + ": " + jsonLine(row[i]))
	}
	return "{" + b.String() + "}"
}

// seconds rounds a time for the output of machines.
func seconds(d time.Duration) float64 { return math.Round(d.Seconds()*1000) / 1000 }
