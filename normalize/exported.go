package normalize

import (
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"

	"github.com/goshawk-hunt/goshawk/catalog"
	"github.com/goshawk-hunt/goshawk/evidence"
	"github.com/goshawk-hunt/goshawk/evidence/ticks"
	"github.com/goshawk-hunt/goshawk/kql/types"
)

// exportedTable takes rows that were rows of the table already.
type exportedTable struct {
	*table
	columns map[string]int // place in the row, by lower-case name; columns that repeat another lead to it
	places  map[string]int // what was found, by the name as it is written
}

// exportedRow puts a row into the table that it was exported from. Rows of Windows
// event tables are events and go the way of events, so that a case tells the same
// whichever way it came.
func (n *Normalizer) exportedRow(r *evidence.Record) error {
	h, err := n.header(r)
	if err != nil {
		return err
	}
	switch {
	case h.tool != "":
		return n.toolRow(r, h.tool)
	case h.event != "":
		return n.eventRow(r, h.event)
	case h.table == nil:
		return n.setAside(h.reason)
	}
	t := h.table
	t.begin()
	n.fill(h, r.Row.Fields, false)
	if h.parts {
		n.fill(h, r.Row.Fields, true)
	}
	n.complete(t, r)
	claim := claim{}
	if h.hidden {
		claim = claimOf(r.Row.Fields)
	}
	if claim.made(t) {
		t.int(cKey, claim.key)
		t.str(cOrigin, originCopy)
	}
	if err := n.give(t.table); err != nil {
		return err
	}
	// What a case made of the row lies in a table of its own, which was exported too.
	if t.def.Name == "DeviceEvents" && !claim.has {
		return n.defenderTask(t.table, r.Path)
	}
	return nil
}

// fill puts the fields into their columns: those that are no parts, or those that are.
func (n *Normalizer) fill(h *header, fields []evidence.Field, parts bool) {
	t := h.table
	for i := range fields {
		v, c := &fields[i].Value, &h.columns[i]
		switch {
		case c.part != parts:
		case isEmpty(v):
		case c.at < 0 && hiddenName(c.name):
		case c.at < 0:
			n.unknown(t.def.Name, c.name)
		case !parts || t.row[c.at] == t.blank[c.at]:
			n.set(t, c.at, v)
		}
	}
}

// isEmpty says whether a value is null in any of the ways that exports write it.
func isEmpty(v *evidence.Value) bool {
	return v.Kind == evidence.Null || v.Kind == evidence.String && v.Str == ""
}

// maxUnknown bounds the names that are reported.
const maxUnknown = 1 << 10

// unknown counts a value of a column that the table does not have.
func (n *Normalizer) unknown(table, column string) {
	key := table + "." + column
	if _, ok := n.stats.Unknown[key]; !ok && len(n.stats.Unknown) >= maxUnknown {
		key = "other columns"
	}
	n.stats.Unknown[shorten(key)]++
}

// complete fills the columns that say where the row came from.
func (n *Normalizer) complete(t *exportedTable, r *evidence.Record) {
	time := t.get(cTimestamp)
	if time.Null {
		time = t.get(cTimeGenerated)
	}
	n.seen(time.Int)
	t.int(cKey, int64(exportedKey(t, time)))
	t.int(cSourceId, n.opt.Source)
	t.int(cOffset, r.Offset)
	t.str(cOrigin, originExported)
}

// exportedKey is what two exports of one row have in common: what Defender counts as one
// event, which is the same device, time and report; else all that the row says. A key of
// the row's content is odd: such rows may be alike by right, see copiedRows.
func exportedKey(t *exportedTable, time types.Value) uint64 {
	device, report := t.get(cDeviceId), t.get(cReportId)
	if device.Str == "" {
		device = t.get(cDeviceName)
	}
	key := hashString(fnvOffset, t.def.Name)
	if device.Str != "" && report.Int != 0 && !time.Null {
		key = hashNumber(hashNumber(hashString(key, device.Str), uint64(report.Int)), uint64(time.Int))
		return hashString(key, t.get(cActionType).Str) &^ 1
	}
	for i := range t.row {
		if v := &t.row[i]; *v != t.blank[i] {
			key = hashNumber(key, uint64(i))
			key = hashString(hashNumber(hashNumber(key, uint64(v.Int)), math.Float64bits(v.Real)), v.Str)
		}
	}
	return key | 1
}

// get returns the value of a column of the row in work, null if the table lacks it.
func (t *table) get(c column) types.Value {
	if i := t.at[c]; i >= 0 {
		return t.row[i]
	}
	return types.Value{Null: true}
}

// shorten keeps a text of the evidence from filling a report.
func shorten(s string) string {
	const most = 120
	if len(s) > most {
		s = s[:most] + ".."
	}
	return strings.ToValidUTF8(strings.Clone(s), "\uFFFD")
}

func (n *Normalizer) exportedTable(def *catalog.Table) (*exportedTable, error) {
	if t := n.exported[def.Name]; t != nil {
		return t, nil
	}
	if n.opt.Create != nil && !slices.Contains(stored, def.Name) {
		if err := n.opt.Create(def); err != nil {
			return nil, err
		}
	}
	t := &exportedTable{table: newTable(def), columns: map[string]int{}, places: map[string]int{}}
	for i, c := range t.schema {
		t.columns[strings.ToLower(c.Name)] = i
	}
	for _, c := range def.Columns {
		if c.Same != "" {
			t.columns[strings.ToLower(c.Name)] = t.columns[strings.ToLower(c.Same)]
		}
	}
	for _, c := range def.Hidden {
		delete(t.columns, strings.ToLower(c.Name))
	}
	n.exported[def.Name] = t
	return t, nil
}

// maxPlaced is up to which length of a name it is remembered what was found.
const maxPlaced = 1 << 8

// place finds the column of a name: exactly, in other case, without the type that a
// union appends (ReportId_long), or without the zone that the portal appends.
func (t *exportedTable) place(name string) int {
	at, ok := t.places[name]
	if !ok {
		at = t.find(name)
		if len(t.places) < maxHeaders && len(name) <= maxPlaced {
			t.places[strings.Clone(name)] = at
		}
	}
	return at
}

func (t *exportedTable) find(name string) int {
	if at, ok := t.columns[strings.ToLower(name)]; ok {
		return at
	}
	if at, ok := t.columns[strings.ToLower(plainName(name))]; ok {
		return at
	}
	return -1
}

// set puts a value into a column, converted to its type.
func (n *Normalizer) set(t *exportedTable, at int, v *evidence.Value) {
	if isEmpty(v) {
		return
	}
	to := &t.row[at]
	switch to.Type {
	case types.String, types.GUID:
		to.Str, to.Null = v.Str, false
		if v.Kind != evidence.String {
			to.Str = v.Text()
		}
	case types.Dynamic:
		m := n.mark()
		n.arena = appendDynamic(n.arena, v)
		to.Str, to.Null = n.since(m), false
	case types.DateTime:
		if tk, ok := ticksOf(v); ok {
			to.Int, to.Null = tk, false
			return
		}
		n.bad(t, at)
	case types.Bool:
		b, ok := boolOf(v)
		if !ok {
			n.bad(t, at)
			return
		}
		to.Int, to.Null = b, false
	case types.Int, types.Long, types.TimeSpan:
		i, ok := integerOf(v)
		if !ok || to.Type == types.Int && i != int64(int32(i)) {
			n.bad(t, at)
			return
		}
		to.Int, to.Null = i, false
	case types.Real:
		f, ok := realOf(v)
		if !ok {
			n.bad(t, at)
			return
		}
		to.Real, to.Null = f, false
	default:
		to.Str, to.Null = v.Text(), false
	}
}

func (n *Normalizer) bad(t *exportedTable, at int) {
	c := t.schema[at]
	n.problem(fmt.Sprintf("value of %s.%s that is no %s", t.def.Name, c.Name, c.Type))
}

func ticksOf(v *evidence.Value) (int64, bool) {
	switch v.Kind {
	case evidence.Time:
		return int64(v.Num), true
	case evidence.String:
		t, ok := ticks.Parse(v.Str)
		return t.Ticks, ok
	}
	return 0, false
}

func boolOf(v *evidence.Value) (int64, bool) {
	switch {
	case v.Kind == evidence.Bool:
		return int64(v.Num), true
	case v.Kind == evidence.String:
		switch strings.ToLower(v.Str) {
		case "true", "1":
			return 1, true
		case "false", "0":
			return 0, true
		}
	case v.Kind == evidence.Int || v.Kind == evidence.Uint:
		return int64(min(v.Num, 1)), v.Num <= 1
	}
	return 0, false
}

func integerOf(v *evidence.Value) (int64, bool) {
	if i, ok := integer(v); ok {
		return i, true
	}
	f, ok := realOf(v)
	if !ok || f != math.Trunc(f) || math.Abs(f) > 1<<53 {
		return 0, false
	}
	return int64(f), true
}

func realOf(v *evidence.Value) (float64, bool) {
	switch v.Kind {
	case evidence.Real:
		return math.Float64frombits(v.Num), true
	case evidence.Int:
		return float64(int64(v.Num)), true
	case evidence.Uint, evidence.Hex, evidence.Bool:
		return float64(v.Num), true
	case evidence.String:
		f, err := strconv.ParseFloat(strings.TrimSpace(v.Str), 64)
		return f, err == nil
	}
	return 0, false
}
