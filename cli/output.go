package cli

import (
	"bufio"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"io"
	"strings"
	"unicode/utf8"

	"github.com/goshawk-hunt/goshawk/kql/sqlgen"
	"github.com/goshawk-hunt/goshawk/kql/types"
)

// Formats of --format.
const (
	formatTable = "table"
	formatCSV   = "csv"
	formatJSON  = "json"
	formatJSONL = "jsonl"
)

func checkFormat(f string) error {
	switch f {
	case formatTable, formatCSV, formatJSON, formatJSONL:
		return nil
	}
	return &usageError{fmt.Sprintf("unknown --format %q", f), "formats are table, csv, json, jsonl"}
}

// writeRows streams one table as table, csv or jsonl.
func writeRows(w io.Writer, format string, rows sqlgen.Rows) error {
	b := bufio.NewWriterSize(w, 1<<16)
	var err error
	switch format {
	case formatJSONL:
		err = writeJSONL(b, rows)
	case formatCSV:
		err = writeCSV(b, rows)
	default:
		err = writeTable(b, rows, terminalWidth(w, 0))
	}
	if err != nil {
		return err
	}
	return b.Flush()
}

// writeJSONTable writes "columns":[..],"rows":[..], after "name" if the table has one.
func writeJSONTable(b *bufio.Writer, name string, rows sqlgen.Rows) error {
	schema := rows.Schema()
	if name != "" {
		text, err := json.Marshal(name)
		if err != nil {
			return err
		}
		fmt.Fprintf(b, `"name":%s,`, text)
	}
	type column struct {
		Name string `json:"name"`
		Type string `json:"type"`
	}
	columns := make([]column, len(schema))
	for i, c := range schema {
		columns[i] = column{c.Name, c.Type.String()}
	}
	head, err := json.Marshal(columns)
	if err != nil {
		return err
	}
	fmt.Fprintf(b, `"columns":%s,"rows":[`, head)
	var line []byte
	for first := true; ; first = false {
		row, err := rows.Next()
		if err != nil {
			return err
		}
		if row == nil {
			break
		}
		line = line[:0]
		if !first {
			line = append(line, ',')
		}
		line = append(line, '[')
		for i, v := range row {
			if i > 0 {
				line = append(line, ',')
			}
			line = types.AppendJSON(line, v)
		}
		if _, err := b.Write(append(line, ']')); err != nil {
			return err
		}
	}
	return b.WriteByte(']')
}

func writeJSONL(b *bufio.Writer, rows sqlgen.Rows) error {
	schema := rows.Schema()
	keys := make([][]byte, len(schema))
	for i, c := range schema {
		k, err := json.Marshal(c.Name)
		if err != nil {
			return err
		}
		keys[i] = append(k, ':')
	}
	var line []byte
	for {
		row, err := rows.Next()
		if row == nil || err != nil {
			return err
		}
		line = append(line[:0], '{')
		for i, v := range row {
			if i > 0 {
				line = append(line, ',')
			}
			line = types.AppendJSON(append(line, keys[i]...), v)
		}
		if _, err := b.Write(append(line, '}', '\n')); err != nil {
			return err
		}
	}
}

// writeCSV writes RFC 4180 with a header. A text that a spreadsheet would run as
// a formula gets a leading apostrophe.
func writeCSV(b *bufio.Writer, rows sqlgen.Rows) error {
	schema := rows.Schema()
	w := csv.NewWriter(b)
	cells := make([]string, len(schema))
	for i, c := range schema {
		cells[i] = inertCell(c.Name)
	}
	if err := w.Write(cells); err != nil {
		return err
	}
	for {
		row, err := rows.Next()
		if err != nil {
			return err
		}
		if row == nil {
			break
		}
		for i, v := range row {
			cells[i] = v.Text()
			if v.Type == types.String || v.Type == types.Dynamic {
				cells[i] = inertCell(cells[i])
			}
		}
		if err := w.Write(cells); err != nil {
			return err
		}
	}
	w.Flush()
	return w.Error()
}

// inertCell keeps a spreadsheet from running a cell: OWASP, CSV Injection.
func inertCell(s string) string {
	if s != "" && strings.ContainsRune("=+-@\t\r", rune(s[0])) {
		return "'" + s
	}
	return s
}

// Bounds of the text table: rows measured for the column widths, and the widest cell.
const (
	tableSample  = 1000
	tableMaxCell = 60
)

// writeTable writes aligned columns; width 0 means that the output is no terminal
// and cells are not cut. No column is wider than tableMaxCell for that: one long cell
// moves the rest of its own line only.
func writeTable(b *bufio.Writer, rows sqlgen.Rows, width int) error {
	schema := rows.Schema()
	var lines [][]string
	head := make([]string, len(schema))
	widths := make([]int, len(schema))
	for i, c := range schema {
		head[i] = printable(c.Name)
		widths[i] = utf8.RuneCountInString(head[i])
	}
	limit := tableMaxCell
	if width == 0 {
		limit = 1 << 20
	}
	print := func(cells []string) {
		for i, cell := range cells {
			if n := utf8.RuneCountInString(cell); n > limit {
				cell = string([]rune(cell)[:limit-1]) + "…"
			}
			b.WriteString(cell)
			if i+1 < len(cells) {
				b.WriteString(strings.Repeat(" ", max(0, widths[i]-utf8.RuneCountInString(cell))+2))
			}
		}
		b.WriteByte('\n')
	}
	flush := func() {
		if head != nil {
			print(head)
			for i, w := range widths {
				head[i] = strings.Repeat("-", w)
			}
			print(head)
			head = nil
		}
		for _, l := range lines {
			print(l)
		}
		lines = lines[:0]
	}
	count := 0
	for {
		row, err := rows.Next()
		if err != nil {
			return err
		}
		if row == nil {
			break
		}
		cells := make([]string, len(row))
		for i, v := range row {
			cells[i] = printable(readable(v))
			if count < tableSample {
				widths[i] = max(widths[i], min(tableMaxCell, utf8.RuneCountInString(cells[i])))
			}
		}
		lines = append(lines, cells)
		if count++; count >= tableSample {
			flush()
		}
	}
	flush()
	fmt.Fprintf(b, "(%d %s)\n", count, plural(count, "row", "rows"))
	return nil
}

// readable is a value as people read it: a text inside a dynamic without its quotes.
func readable(v types.Value) string {
	if v.Type == types.Dynamic && !v.Null && strings.HasPrefix(v.Str, `"`) {
		var text string
		if json.Unmarshal([]byte(v.Str), &text) == nil {
			return text
		}
	}
	return v.Text()
}

func plural(n int, one, many string) string {
	if n == 1 {
		return one
	}
	return many
}
