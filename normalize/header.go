package normalize

import (
	"encoding/binary"
	"fmt"
	"slices"
	"strings"

	"github.com/goshawk-hunt/goshawk/catalog"
	"github.com/goshawk-hunt/goshawk/evidence"
)

// header is a list of column names that rows of an export have, resolved once.
type header struct {
	named   string         // the table that the rows name, "" if they don't
	table   *exportedTable // nil if no table has the columns
	event   string         // SecurityEvent, WindowsEvent or Event: rows are events
	tool    string         // that wrote the rows, which are events
	columns []headerColumn
	parts   bool   // some column is a part of another or repeats it
	hidden  bool   // some column is a hidden one of a case
	reason  string // why there is neither table nor event

	// names is the last evidence.Row.Names that rows with it had, action the place of
	// ActionType and kind its value, if the rows don't name their table.
	names  int
	action int
	kind   string
}

// headerColumn is where a field goes.
type headerColumn struct {
	name  string
	plain string // name without what an export adds
	at    int    // place in the row, -1 if the table has no such column
	// part is true when the field's name is not the column's own: it repeats the column
	// or is a part of it, and counts only where the column has no value.
	part bool
	// empty is true when the first row with the header had no value here.
	empty bool
}

// maxHeaders bounds how many lists are remembered: rows of a hostile file may each
// have their own.
const maxHeaders = 1 << 12

// header resolves the names of a row's fields.
func (n *Normalizer) header(r *evidence.Record) (*header, error) {
	last := n.lastHeader
	if last != nil && last.is(r) {
		last.names = r.Row.Names
		return last, nil
	}
	if last != nil && (r.Row.Names == 0 || last.names != r.Row.Names) {
		last = nil
	}
	m := n.mark()
	action := n.headerKey(r, last != nil)
	key := n.since(m)
	n.arena = n.arena[:m]
	h := n.headers[key]
	if h == nil {
		if len(n.headers) >= maxHeaders {
			clear(n.headers)
		}
		var err error
		if h, err = n.newHeader(r, action, last); err != nil {
			return nil, err
		}
		n.headers[strings.Clone(key)] = h
	}
	h.names = r.Row.Names
	n.lastHeader = h
	return h, nil
}

// headerKey appends to the arena what rows with one header have in common, and gives the
// row's ActionType if that is a part of it. numbered says that rows with the number of
// its names come one after the other: the number stands for them.
func (n *Normalizer) headerKey(r *evidence.Record, numbered bool) (action string) {
	b := appendText(n.arena, r.Row.Table)
	if numbered {
		b = binary.AppendUvarint(append(b, 1), uint64(r.Row.Names))
	}
	for i := range r.Row.Fields {
		f := &r.Row.Fields[i]
		if !numbered {
			b = appendText(append(b, 2), f.Name)
		}
		if r.Row.Table != "" {
			continue
		}
		// The rows of a union have the columns of all its tables; the filled ones tell
		// the row's own.
		if isEmpty(&f.Value) {
			b = append(b, 3)
		} else {
			b = append(b, 4)
		}
		if f.Name == "ActionType" {
			action = f.Value.Str
		}
	}
	n.arena = appendText(append(b, 5), action)
	return action
}

// appendText appends a text so that it can't be taken for what stands around it.
func appendText(b []byte, s string) []byte {
	return append(binary.AppendUvarint(b, uint64(len(s))), s...)
}

// is says whether a row has this header: most have that of the row before.
func (h *header) is(r *evidence.Record) bool {
	fields := r.Row.Fields
	if h.named != r.Row.Table || len(h.columns) != len(fields) {
		return false
	}
	if r.Row.Names == 0 || r.Row.Names != h.names {
		for i := range h.columns {
			if h.columns[i].name != fields[i].Name {
				return false
			}
		}
	}
	if h.named != "" {
		return true
	}
	for i := range h.columns {
		if h.columns[i].empty != isEmpty(&fields[i].Value) {
			return false
		}
	}
	return h.action < 0 || h.kind == fields[h.action].Value.Str
}

// newHeader resolves the names of a row's fields, which are those of the header alike if
// there is one.
func (n *Normalizer) newHeader(r *evidence.Record, action string, alike *header) (*header, error) {
	name := r.Row.Table
	h := &header{named: strings.Clone(name), action: -1, kind: strings.Clone(action)}
	if alike != nil {
		h.columns, h.action = slices.Clone(alike.columns), alike.action
	} else {
		h.columns = make([]headerColumn, len(r.Row.Fields))
		h.name(r.Row.Fields)
	}
	for i := range r.Row.Fields {
		h.columns[i].empty = isEmpty(&r.Row.Fields[i].Value)
	}
	if name == "" {
		if h.tool = toolOf(h.columns); h.tool != "" {
			return h, nil
		}
	}
	def, reason := n.tableOf(name, h.columns, action)
	if def == nil {
		h.reason = reason
		return h, nil
	}
	if def.View || def.Name == "WindowsEvent" {
		h.event = def.Name
		return h, nil
	}
	t, err := n.exportedTable(def)
	if err != nil {
		return nil, err
	}
	h.table = t
	h.hidden = slices.ContainsFunc(h.columns, func(c headerColumn) bool { return c.name == hiddenKey })
	if alike != nil && alike.table == t {
		h.parts = alike.parts
		return h, nil
	}
	for i := range h.columns {
		c := &h.columns[i]
		c.at = t.place(c.name)
		c.part = c.at >= 0 && t.schema[c.at].Name != c.name
		h.parts = h.parts || c.part
	}
	return h, nil
}

// name gives the columns their names.
func (h *header) name(fields []evidence.Field) {
	for i := range fields {
		name := strings.Clone(fields[i].Name)
		h.columns[i] = headerColumn{name: name, plain: plainName(name), at: -1}
		if name == "ActionType" {
			h.action = i
		}
	}
}

// tableOf finds the table of a row, or says why there is none.
func (n *Normalizer) tableOf(name string, columns []headerColumn, action string) (def *catalog.Table, reason string) {
	if name == "" {
		if def = n.fingerprint(columns, action); def == nil {
			var names []string
			for i := range columns {
				if !columns[i].empty {
					names = append(names, columns[i].name)
				}
			}
			return nil, "row of an unnamed table whose columns fit none: " + shorten(strings.Join(names, ", "))
		}
		return def, ""
	}
	if def = n.cat.Table(name); def == nil {
		for _, t := range n.cat.Tables {
			if strings.EqualFold(t.Name, name) {
				return t, ""
			}
		}
		return nil, fmt.Sprintf("row of the table %s, which the catalogue does not know", shorten(name))
	}
	return def, ""
}
