package normalize

import (
	"strings"
	"unicode/utf8"

	"github.com/goshawk-hunt/goshawk/catalog"
	"github.com/goshawk-hunt/goshawk/kql/types"
)

// Origins tell what a row was made from: the hidden column $Origin.
const (
	originSysmon        = "sysmon"
	originSecurity      = "security"
	originMerged        = "sysmon+security" // one process seen by both
	originTaskScheduler = "taskscheduler"
	originPowerShell    = "powershell"
	originSystem        = "system"
	originExported      = "exported" // was a row of the table in the evidence
	originFile          = "file"
	originCopy          = "copy" // was a row of a case, which was exported
)

// table makes rows of one table, one at a time.
type table struct {
	def    *catalog.Table
	schema types.Schema       // as stored
	at     [columnCount]int16 // place of a column in the row, -1 if the table lacks it
	blank  []types.Value
	row    []types.Value
	rows   int64
}

func newTable(def *catalog.Table) *table {
	t := &table{def: def, schema: def.Stored()}
	byName := make(map[string]int, len(t.schema))
	t.blank = make([]types.Value, len(t.schema), len(t.schema)+1)
	t.row = make([]types.Value, len(t.schema), len(t.schema)+1)
	for i, c := range t.schema {
		byName[c.Name] = i
		t.blank[i] = types.Null(c.Type)
	}
	for c, name := range columnNames {
		t.at[c] = -1
		if i, ok := byName[name]; ok {
			t.at[c] = int16(i)
		}
	}
	if i := t.at[cType]; i >= 0 && t.blank[i].Type == types.String {
		t.blank[i].Str = def.Name
	}
	return t
}

// begin makes the row blank.
func (t *table) begin() { copy(t.row, t.blank) }

// str sets a string or dynamic column. For dynamic, s is JSON and "" is null.
func (t *table) str(c column, s string) {
	if i := t.at[c]; i >= 0 {
		v := &t.row[i]
		v.Str = s
		v.Null = v.Type == types.Dynamic && s == ""
	}
}

// clear makes a column blank again.
func (t *table) clear(c column) {
	if i := t.at[c]; i >= 0 {
		t.row[i] = t.blank[i]
	}
}

// int sets a column of numbers.
func (t *table) int(c column, n int64) {
	if i := t.at[c]; i >= 0 {
		v := &t.row[i]
		v.Int, v.Null = n, false
	}
}

// number sets a column of numbers, or leaves it null if ok is false.
func (t *table) number(c column, n int64, ok bool) {
	if ok {
		t.int(c, n)
	}
}

// time sets a datetime in ticks; 0 is unknown.
func (t *table) time(c column, ticks int64) {
	if ticks != 0 {
		t.int(c, ticks)
	}
}

func (t *table) bool(c column, b bool) {
	if b {
		t.int(c, 1)
	} else {
		t.int(c, 0)
	}
}

// emit gives out the row that was begun, made valid UTF-8.
func (n *Normalizer) emit(t *table) error {
	if n.valid {
		return n.give(t)
	}
	row := t.row
	for i := range row {
		// JSON was written by us and is valid.
		if s := row[i].Str; s != "" && row[i].Type != types.Dynamic && !utf8.ValidString(s) {
			row[i].Str = strings.ToValidUTF8(s, "\uFFFD")
			n.problem("text that is not valid UTF-8")
		}
	}
	return n.give(t)
}

// give gives out the row that was begun, whose texts are valid UTF-8.
func (n *Normalizer) give(t *table) error {
	row := t.row
	if n.opt.Ingested != 0 {
		row = append(row, types.Value{Type: types.DateTime, Int: n.opt.Ingested})
	}
	t.rows++
	n.gave = true
	return n.out(t.def.Name, row)
}
