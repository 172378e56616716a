package report

import (
	"encoding/csv"
	"encoding/json"
	"io"
	"strconv"
	"strings"

	"github.com/goshawk-hunt/goshawk/finding"
	"github.com/goshawk-hunt/goshawk/hunt"
)

// JSON writes the whole result, coverage included, as one indented object.
func JSON(w io.Writer, r *hunt.Result) error {
	enc := json.NewEncoder(w)
	enc.SetIndent("", "  ")
	enc.SetEscapeHTML(false)
	return enc.Encode(r)
}

// JSONL writes one finding a line.
func JSONL(w io.Writer, fs []finding.Finding) error {
	enc := json.NewEncoder(w)
	enc.SetEscapeHTML(false)
	for i := range fs {
		if err := enc.Encode(&fs[i]); err != nil {
			return err
		}
	}
	return nil
}

// csvHeader are the columns of CSV, in order.
var csvHeader = []string{
	"Severity", "Score", "Title", "TaskName", "Command", "Arguments", "Principal", "Triggers", "Devices",
	"Accounts", "First", "Last", "Techniques", "Hunts", "Reasons", "Known", "Id",
}

// CSV writes one finding a line. A cell that a spreadsheet would take for a formula
// gets an apostrophe in front.
func CSV(w io.Writer, fs []finding.Finding) error {
	cw := csv.NewWriter(w)
	if err := cw.Write(csvHeader); err != nil {
		return err
	}
	for i := range fs {
		if err := cw.Write(csvRow(&fs[i])); err != nil {
			return err
		}
	}
	cw.Flush()
	return cw.Error()
}

func csvRow(f *finding.Finding) []string {
	t := f.Task
	if t == nil {
		t = &finding.Task{}
	}
	var commands, arguments, hunts, reasons []string
	for _, a := range t.Actions {
		c := a.Command
		if c == "" {
			c = a.ClassID
		}
		commands, arguments = append(commands, c), append(arguments, a.Arguments)
	}
	for _, h := range f.Hunts {
		hunts = append(hunts, h.ID)
	}
	for _, r := range f.Reasons {
		reasons = append(reasons, strconv.Itoa(r.Points)+" "+r.Text)
	}
	row := []string{
		f.Severity.String(), strconv.Itoa(f.Score), f.Title, t.Name, strings.Join(commands, "; "), strings.Join(arguments, "; "),
		t.Principal, t.Triggers, strings.Join(f.Devices, "; "), strings.Join(f.Accounts, "; "), f.First.String(), f.Last.String(),
		strings.Join(f.Techniques, "; "), strings.Join(hunts, "; "), strings.Join(reasons, "; "), f.Known, f.ID,
	}
	for i := range row {
		row[i] = Cell(row[i])
	}
	return row
}

// Cell makes a text safe as a cell of a spreadsheet.
func Cell(s string) string {
	if s == "" {
		return s
	}
	s = strings.Map(func(r rune) rune {
		if r == 0 {
			return -1
		}
		return r
	}, s)
	switch trimmed := strings.TrimLeft(s, " \u00a0"); {
	case trimmed == "":
		return s
	case strings.ContainsRune("=+-@\t\r\n|%", rune(trimmed[0])), strings.HasPrefix(trimmed, "\uff1d"), strings.HasPrefix(trimmed, "\uff0b"), strings.HasPrefix(trimmed, "\uff0d"), strings.HasPrefix(trimmed, "\uff20"):
		return "'" + s
	}
	return s
}
