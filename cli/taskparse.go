package cli

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"strings"

	"github.com/goshawk-hunt/goshawk/casedir"
	"github.com/goshawk-hunt/goshawk/kql/sqlgen"
	"github.com/goshawk-hunt/goshawk/kql/types"
)

// unknownWidth is the width of a terminal that does not tell its own.
const unknownWidth = 100

// listTasks prints the tasks of a query with taskColumns for a terminal: a line that holds
// all of a task is wider than any.
func (s *settings) listTasks(ctx context.Context, c *casedir.Case, query string, clock casedir.Clock, width int) error {
	return s.ask(ctx, c, "task parse", query, clock, func(_ sqlgen.Select, rows sqlgen.Rows) error {
		return writeTasks(s.out, rows, width)
	})
}

// writeTasks writes a block for each task, and in it one for each store, wrapped to width
// columns. Rows of one task come one after the other.
func writeTasks(w io.Writer, rows sqlgen.Rows, width int) error {
	b := bufio.NewWriter(w)
	schema := rows.Schema()
	last, count := "", 0
	for {
		row, err := rows.Next()
		if err != nil {
			return err
		}
		if row == nil {
			break
		}
		get := func(name string) string {
			if i := schema.Index(name); i >= 0 && !row[i].Null {
				return printable(readable(row[i]))
			}
			return ""
		}
		head := get("TaskName")
		if head == "" {
			head = "(without a name)"
		}
		if device := get("DeviceName"); device != "" {
			head += "  on " + device
		}
		if head != last || count == 0 {
			if count > 0 {
				fmt.Fprintln(b)
			}
			hanging(b, "", head, width)
			last = head
		}
		count++
		store := get("Store")
		for _, l := range taskLines(schema, row, get) {
			hanging(b, fmt.Sprintf("  %-8s %-8s ", store, l.label), l.text, width)
			store = ""
		}
	}
	fmt.Fprintf(b, "(%d %s)\n", count, plural(count, "row", "rows"))
	return b.Flush()
}

type taskLine struct{ label, text string }

// taskLines are what a store says of a task, without what it says nothing of; where it was
// read is always said.
func taskLines(schema types.Schema, row []types.Value, get func(string) string) []taskLine {
	truth := func(name string) (is, known bool) {
		i := schema.Index(name)
		return i >= 0 && row[i].Int != 0, i >= 0 && !row[i].Null
	}
	var state []string
	if enabled, known := truth("Enabled"); known && !enabled {
		state = append(state, "disabled")
	}
	if hidden, _ := truth("Hidden"); hidden {
		state = append(state, "hidden")
	}
	as := get("As")
	if level := get("RunLevel"); level != "" {
		as = strings.TrimPrefix(as+", "+level, ", ")
	}
	out := []taskLine{{"runs", get("Runs")}, {"as", as}, {"starts", get("On")}, {"is", strings.Join(state, ", ")},
		{"last run", get("LastRunTime")}, {"not read", get("Read")}, {"from", get("SourceFile")}}
	kept := out[:0]
	for _, l := range out {
		if l.text != "" || l.label == "from" {
			kept = append(kept, l)
		}
	}
	return kept
}
