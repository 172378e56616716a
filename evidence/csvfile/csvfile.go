// Package csvfile reads rows that portals exported as CSV or TSV: Defender's
// advanced hunting and Log Analytics. Columns come in any order and number; their
// names stay, but for the zone that Log Analytics writes behind the name of every
// datetime: that one is read, and the column's values are times.
//
// Offsets are line numbers, the header being line 1. A time without a zone is
// read as UTC, which a note says once a file.
package csvfile

import (
	"bytes"
	"context"
	"fmt"
	"strings"
	"unicode/utf8"

	"github.com/goshawk-hunt/goshawk/evidence"
	"github.com/goshawk-hunt/goshawk/evidence/column"
	"github.com/goshawk-hunt/goshawk/evidence/text"
	"github.com/goshawk-hunt/goshawk/evidence/ticks"
)

// maxRow bounds the text of a row; maxDamages is how many damages of a file are
// told one by one.
const (
	maxRow     = 64 << 20
	maxDamages = 1000
)

// Reader reads CSV with a header.
type Reader struct{}

// Format is "csv".
func (Reader) Format() string { return "csv" }

// Detect wants a first line of two or more different column names of which one
// is common in exported rows of events.
func (Reader) Detect(head []byte) bool {
	b := text.Head(head)
	_, names, _, ok := header(b)
	if !ok {
		return false
	}
	for _, n := range names {
		name, _, _ := strings.Cut(n, " [")
		if anchors(name) {
			return true
		}
	}
	return false
}

// anchors are columns of which every export worth reading has at least one.
func anchors(name string) bool {
	switch name {
	case "Timestamp", "TimeGenerated", "TimeCreated", "DeviceId", "DeviceName", "ActionType", "ReportId", "AdditionalFields",
		"TenantId", "Computer", "EventID", "ProcessCommandLine", "InitiatingProcessCommandLine", "InitiatingProcessFileName",
		"FileName", "FolderPath", "SHA1", "SHA256", "AccountUpn", "AccountName", "EventData", "$table", "_raw", "@timestamp", "Task To Run":
		return true
	}
	return false
}

// reading is the state of reading one file.
type reading struct {
	text.Window
	in    evidence.Input
	sink  evidence.Sink
	comma byte
	line  int64
	cells cells
	order ticks.Order
	shape string

	columns  []columnHead
	split    bool // some column is a part of another
	rec      evidence.Record
	fields   []evidence.Field
	noted    bool // that times have no zone
	replaced bool // that bytes were replaced
	told     int
	more     int64
}

// columnHead is a column as its header declares it.
type columnHead struct {
	name  string
	time  bool
	zoned bool  // the header says the zone
	shift int64 // to take from the written time
}

// Read emits a record for every row.
func (Reader) Read(ctx context.Context, in evidence.Input, sink evidence.Sink) error {
	src, _, err := text.NewReader(in, in.Size)
	if err != nil {
		return fmt.Errorf("read %s: %w", in.Path, err)
	}
	r := &reading{Window: text.NewWindow(src, in.Size), in: in, sink: sink, line: 1}
	if err := r.head(); err != nil || r.columns == nil {
		return err
	}
	r.guessOrder()
	var ticked int64
	for {
		more, err := r.row(ctx)
		if err != nil {
			return err
		}
		if at := r.Offset(); at-ticked >= 1<<20 {
			ticked = at
			sink.Progress(min(at, in.Size))
			if err := ctx.Err(); err != nil {
				return err
			}
		}
		if !more {
			break
		}
	}
	if r.more > 0 {
		sink.Damage(evidence.Damage{Path: in.Path, Offset: r.line, Reason: fmt.Sprintf("%d more damages, not told one by one", r.more)})
	}
	sink.Progress(in.Size)
	return nil
}

// head reads the header.
func (r *reading) head() error {
	for !r.EOF && len(r.Rest()) < evidence.HeadSize {
		if err := r.Fill(); err != nil {
			return fmt.Errorf("read %s: %w", r.in.Path, err)
		}
	}
	comma, names, n, ok := header(r.Rest())
	if !ok {
		r.damage(1, "no header: expected a first line of different column names")
		return nil
	}
	r.comma = comma
	r.line += int64(bytes.Count(r.Rest()[:n], []byte{'\n'}))
	r.At += n
	r.shape = "defender-csv"
	hasType := false
	for _, name := range names {
		c := columnHead{name: name, time: name == "Timestamp" || name == "TimeGenerated"}
		hasType = hasType || name == "Type" || name == "TenantId"
		if base, zone, ok := strings.Cut(strings.TrimSuffix(name, "]"), " ["); ok && strings.HasSuffix(name, "]") {
			c.name, c.time = base, true
			c.shift, c.zoned = zoneOf(zone)
			r.shape = "sentinel-csv"
		}
		r.split = r.split || column.Part(c.name) != ""
		r.columns = append(r.columns, c)
	}
	if hasType {
		r.shape = "sentinel-csv"
	}
	return nil
}

// zoneOf reads the zone of a header: UTC, UTC+02:00 or words that say none.
func zoneOf(zone string) (shift int64, known bool) {
	rest, ok := strings.CutPrefix(zone, "UTC")
	if !ok || rest == "" {
		return 0, ok
	}
	// A time at midnight in that zone differs from UTC's by the shift.
	t, ok := ticks.Parse("2000-01-02 00:00:00" + strings.TrimSpace(rest))
	if !ok || !t.Zoned {
		return 0, false
	}
	utc, _ := ticks.Parse("2000-01-02")
	return utc.Ticks - t.Ticks, true
}

// guessOrder looks for dates that only have one order of day and month, in the
// rows that are in memory.
func (r *reading) guessOrder() {
	var scan cells
	b := r.Rest()
	votes := [2]int{}
	for {
		n, status := scan.parse(b, r.comma)
		if status != complete || n == 0 {
			break
		}
		for i := range min(len(scan.list), len(r.columns)) {
			if r.columns[i].time {
				if o, sure := ticks.GuessOrder(scan.str(i)); sure {
					votes[o]++
				}
			}
		}
		b = b[n:]
	}
	if votes[ticks.DayFirst] > votes[ticks.MonthFirst] {
		r.order = ticks.DayFirst
	}
}

// row reads one row and emits it.
func (r *reading) row(ctx context.Context) (more bool, err error) {
	for {
		b := r.Rest()
		n, status := r.cells.parse(b, r.comma)
		if status == cut && !r.EOF && len(b) < maxRow {
			if err := ctx.Err(); err != nil {
				return false, err
			}
			if err := r.Fill(); err != nil {
				return false, fmt.Errorf("read %s: %w", r.in.Path, err)
			}
			continue
		}
		if len(b) == 0 {
			return false, nil
		}
		line := r.line
		switch {
		case status == complete, status == cut && !r.cells.open && r.EOF:
			return true, r.emit(line, b[:r.take(n, status, b)])
		case status == cut && !r.EOF:
			r.damage(line, fmt.Sprintf("row of more than %d bytes", maxRow))
		case status == cut:
			r.damage(line, "cell in quotes without end")
		default:
			r.damage(line, "text behind a cell in quotes, expected the next cell")
		}
		// Go on behind the first line of the row.
		n = len(b)
		if i := bytes.IndexByte(b, '\n'); i >= 0 {
			n = i + 1
		}
		r.take(n, complete, b)
		return true, nil
	}
}

// take passes n bytes, or all of the last row.
func (r *reading) take(n int, status status, b []byte) int {
	if status == cut {
		n = len(b)
	}
	r.line += int64(bytes.Count(b[:n], []byte{'\n'}))
	r.At += n
	return n
}

// emit gives the parsed row, whose text is b.
func (r *reading) emit(line int64, b []byte) error {
	got := len(r.cells.list)
	if got == 1 && r.cells.str(0) == "" {
		return nil // an empty line
	}
	if got != len(r.columns) {
		r.damage(line, fmt.Sprintf("row of %d cells, expected %d", got, len(r.columns)))
		return nil
	}
	valid := utf8.Valid(b)
	if !valid && !r.replaced {
		r.replaced = true
		r.sink.Damage(evidence.Damage{Path: r.in.Path, Offset: line, Reason: text.NotUTF8, Note: true})
	}
	r.fields = r.fields[:0]
	for i, c := range r.columns {
		s := r.cells.str(i)
		if !valid {
			s = strings.ToValidUTF8(s, "\uFFFD")
		}
		v := evidence.Value{Kind: evidence.String, Str: s}
		switch {
		case s == "" && !r.cells.list[i].quoted:
			v = evidence.Value{}
		case c.time:
			v = r.time(line, s, c)
		}
		r.fields = append(r.fields, evidence.Field{Name: c.name, Value: v})
	}
	names := 1 // the header's
	if r.split {
		r.fields = column.Fold(r.fields)
		names = 0 // what is left depends on the values
	}
	r.rec = evidence.Record{Kind: evidence.KindRow, Path: r.in.Path, Offset: line, Shape: r.shape}
	r.rec.Row = evidence.Row{Table: column.Table(r.fields), Fields: r.fields, Names: names}
	return r.sink.Record(&r.rec)
}

// time reads a written time; what is none stays text.
func (r *reading) time(line int64, s string, c columnHead) evidence.Value {
	t, ok := ticks.ParseOrder(s, r.order)
	if !ok {
		return evidence.Value{Kind: evidence.String, Str: s}
	}
	if !t.Zoned && !c.zoned && !r.noted {
		r.noted = true
		r.sink.Damage(evidence.Damage{Path: r.in.Path, Offset: line, Reason: "times are written without a zone: read as UTC", Note: true})
	}
	if !t.Zoned {
		t.Ticks -= c.shift
	}
	return evidence.Value{Kind: evidence.Time, Num: uint64(t.Ticks)}
}

func (r *reading) damage(line int64, reason string) {
	if r.told++; r.told > maxDamages {
		r.more++
		return
	}
	r.sink.Damage(evidence.Damage{Path: r.in.Path, Offset: line, Reason: reason})
}
