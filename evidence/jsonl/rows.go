package jsonl

import (
	"math"
	"slices"
	"strconv"
	"strings"

	"github.com/goshawk-hunt/goshawk/evidence"
	"github.com/goshawk-hunt/goshawk/evidence/column"
	"github.com/goshawk-hunt/goshawk/evidence/ticks"
)

// streamPrefix starts the category of Defender's streaming API; the table follows.
const streamPrefix = "AdvancedHunting-"

// stream builds a row of Defender's streaming API: the columns are properties,
// what stands around them is transport.
func (r *reading) stream(obj uint32) {
	d := &r.doc
	r.rec.Row.Table = strings.TrimPrefix(d.textAt(obj, "category"), streamPrefix)
	props, _ := d.find(obj, "properties")
	r.columnsOf(props, nil)
}

// row builds a row of an object whose members are its columns.
func (r *reading) row(obj uint32, c *frame) {
	r.columnsOf(obj, c)
	r.rec.Row.Table = column.Table(r.fields)
}

// columnsOf takes the members of an object as columns.
func (r *reading) columnsOf(obj uint32, c *frame) {
	d := &r.doc
	suffixed := false
	r.keys.begin()
	for m := obj + 1; m < d.nodes[obj].next; m = d.nodes[m].next {
		key := d.key(m)
		is := r.keys.next(key)
		if is.transport {
			continue
		}
		v := d.value(m)
		if c != nil && c.types != nil {
			v = convert(v, c.types[key])
		}
		suffixed = suffixed || is.part
		r.field(key, v)
	}
	r.rec.Row.Names = r.keys.end()
	if suffixed {
		r.fields = column.Fold(r.fields)
		r.rec.Row.Names = 0 // what is left depends on the values
	}
	r.rec.Row.Fields = r.fields
}

// keys are what is known of the keys of the row before, which most rows repeat.
type keys struct {
	list   []columnKey
	n      int  // how many the row in work has so far
	number int  // of the list
	other  bool // the row in work has others than the one before
}

// columnKey is what the key of a column says.
type columnKey struct {
	key       []byte
	transport bool // not a column
	part      bool // of a column that a union split
}

// maxKeys bounds how many are remembered.
const maxKeys = 1 << 10

func (k *keys) begin() { k.n, k.other = 0, false }

// next says what the next key of a row is. It holds until the next call.
func (k *keys) next(key string) *columnKey {
	i := min(k.n, maxKeys) // the last one is every other's
	if i == len(k.list) {
		k.list = slices.Grow(k.list, 1)[:i+1]
		k.other = true
	}
	k.n++
	c := &k.list[i]
	if i == maxKeys || string(c.key) != key {
		c.key = append(c.key[:0], key...)
		c.transport, c.part = isTransport(key), column.Part(key) != ""
		k.other = true
	}
	return c
}

// end gives the number of the row's list of keys, 0 if it is too long to be known.
func (k *keys) end() int {
	if k.other || k.n != len(k.list) {
		k.number++
	}
	k.list = k.list[:min(k.n, len(k.list))]
	if k.n > maxKeys {
		return 0
	}
	return k.number
}

// isTransport says whether a key is one that OData adds.
func isTransport(key string) bool { return strings.Contains(key, "@odata.") }

// columnType is the type that an export declares for a column, as far as JSON
// does not show it.
type columnType uint8

const (
	plainColumn columnType = iota
	datetimeColumn
	boolColumn
	guidColumn
	dynamicColumn
	realColumn
)

// typeOf reads the type names of all query APIs: those of KQL and those of .NET.
func typeOf(s string) columnType {
	switch strings.ToLower(strings.TrimPrefix(s, "System.")) {
	case "datetime", "datetimeoffset":
		return datetimeColumn
	case "bool", "boolean", "sbyte":
		return boolColumn
	case "guid", "uuid", "uniqueid":
		return guidColumn
	case "dynamic", "object":
		return dynamicColumn
	case "real", "double":
		return realColumn
	}
	return plainColumn
}

// convert gives a value the type that its column has. What does not fit stays.
func convert(v evidence.Value, t columnType) evidence.Value {
	switch {
	case t == plainColumn:
	case v.Kind == evidence.String && v.Str == "":
		if t != dynamicColumn {
			return evidence.Value{}
		}
	case t == datetimeColumn && v.Kind == evidence.String:
		if at, ok := ticks.Parse(v.Str); ok {
			return evidence.Value{Kind: evidence.Time, Num: uint64(at.Ticks)}
		}
	case t == boolColumn && v.Kind == evidence.Int && v.Num <= 1:
		v.Kind = evidence.Bool
	case t == guidColumn && v.Kind == evidence.String:
		v.Kind = evidence.GUID
		v.Str = strings.ToLower(v.Str)
	case t == dynamicColumn && v.Kind == evidence.String && (v.Str[0] == '{' || v.Str[0] == '['):
		v.Kind = evidence.JSON
	case t == realColumn && v.Kind == evidence.String: // NaN and the infinities
		if f, err := strconv.ParseFloat(v.Str, 64); err == nil {
			return evidence.Value{Kind: evidence.Real, Num: math.Float64bits(f)}
		}
	}
	return v
}
