package external

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"path"
	"strings"
	"unicode/utf16"
	"unicode/utf8"

	"github.com/goshawk-hunt/goshawk/kql/dynamic"
	"github.com/goshawk-hunt/goshawk/kql/scalar"
	"github.com/goshawk-hunt/goshawk/kql/types"
)

// separators are the formats of fields in lines.
var separators = map[string]rune{"csv": ',', "csve": ',', "tsv": '\t', "tsve": '\t', "psv": '|', "scsv": ';', "sohsv": '\x01'}

// formatNames are the formats that are read.
var formatNames = []string{"csv", "tsv", "psv", "scsv", "sohsv", "txt", "raw", "json", "multijson", "singlejson", formatParquet}

// formatParquet is read by the engine.
const formatParquet = "parquet"

// formatOf is the format of an address: the one that the query says, else that of the
// name's ending, else csv.
func formatOf(said, uri string) (name string, known bool) {
	name = strings.ToLower(said)
	if name == "" {
		file := strings.ToLower(bare(uri))
		for _, packed := range []string{".gz", ".zip"} {
			file = strings.TrimSuffix(file, packed)
		}
		name = strings.TrimPrefix(path.Ext(file), ".")
		if !isFormat(name) {
			return "csv", true
		}
	}
	return name, isFormat(name)
}

func isFormat(name string) bool {
	if _, ok := separators[name]; ok {
		return true
	}
	switch name {
	case "txt", "raw", "json", "multijson", "singlejson", formatParquet:
		return true
	}
	return false
}

// reader makes rows of one file.
type reader struct {
	format string
	schema types.Schema
	skip   bool // the first record
	emit   func([]types.Value) error
	fields []field // how each column is found
	row    []types.Value
}

// field is where a column's value stands in a record.
type field struct {
	ordinal int
	keys    []types.Value // of JSON; none is the record itself
}

// emitError is a failure of who takes the rows, not of the file.
type emitError struct{ error }

func (r *reader) give() error {
	if err := r.emit(r.row); err != nil {
		return &emitError{err}
	}
	return nil
}

// mapping finds out where each column stands: by its place, in JSON by its name, or as
// the property ingestionMapping says.
func (r *reader) mapping(properties map[string]string) error {
	r.row = make([]types.Value, len(r.schema))
	r.fields = make([]field, len(r.schema))
	for i, c := range r.schema {
		r.fields[i] = field{ordinal: i, keys: []types.Value{{Type: types.String, Str: c.Name}}}
	}
	said := properties["ingestionMapping"]
	if said == "" {
		return nil
	}
	list, ok := dynamic.Parse(said)
	if !ok || list.Kind != dynamic.Array {
		return errors.New("ingestionMapping is no JSON array")
	}
	for i := range r.fields {
		r.fields[i] = field{ordinal: -1}
	}
	for _, m := range list.Items {
		name, _ := member(m, "column")
		i := r.schema.Index(name.Str)
		if i < 0 {
			continue
		}
		where, ok := member(m, "properties")
		if !ok {
			where = m
		}
		if n, ok := member(where, "ordinal"); ok {
			f, _ := n.Number()
			r.fields[i].ordinal = int(f)
		}
		if p, ok := member(where, "path"); ok {
			keys, ok := scalar.PlainPath(p.Str)
			if !ok {
				return fmt.Errorf("the path %q of ingestionMapping is not supported", p.Str)
			}
			r.fields[i].ordinal, r.fields[i].keys = 0, keys
		}
	}
	return nil
}

// member reads a member of a mapping, whose names are found in any case.
func member(v dynamic.Value, name string) (dynamic.Value, bool) {
	for i, k := range v.Keys {
		if strings.EqualFold(k, name) {
			return v.Items[i], true
		}
	}
	return dynamic.Value{}, false
}

func (r *reader) read(data []byte) error {
	data = utf8Text(data)
	switch r.format {
	case "raw":
		r.set(0, string(data))
		for i := 1; i < len(r.schema); i++ {
			r.row[i] = types.Null(r.schema[i].Type)
		}
		return r.give()
	case "txt":
		return r.lines(data)
	case "json", "multijson", "singlejson":
		return r.documents(data)
	}
	return r.separated(data, separators[r.format])
}

// lines reads one value a line, empty lines aside.
func (r *reader) lines(data []byte) error {
	for i := 1; i < len(r.schema); i++ {
		r.row[i] = types.Null(r.schema[i].Type)
	}
	skip := r.skip
	for len(data) > 0 {
		line := data
		if n := bytes.IndexByte(data, '\n'); n >= 0 {
			line, data = data[:n], data[n+1:]
		} else {
			data = nil
		}
		line = bytes.TrimSuffix(line, []byte("\r"))
		if len(line) == 0 {
			continue
		}
		if skip {
			skip = false
			continue
		}
		r.set(0, string(line))
		if err := r.give(); err != nil {
			return err
		}
	}
	return nil
}

// separated reads fields in lines; a field in quotes may hold anything.
func (r *reader) separated(data []byte, comma rune) error {
	c := csv.NewReader(bytes.NewReader(data))
	c.Comma, c.LazyQuotes, c.FieldsPerRecord, c.ReuseRecord = comma, true, -1, true
	skip := r.skip
	for {
		record, err := c.Read()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		if skip {
			skip = false
			continue
		}
		for i, f := range r.fields {
			if f.ordinal < 0 || f.ordinal >= len(record) {
				r.row[i] = types.Null(r.schema[i].Type)
				continue
			}
			r.set(i, strings.Clone(record[f.ordinal]))
		}
		if err := r.give(); err != nil {
			return err
		}
	}
}

// documents reads JSON values one after the other; the elements of an array are
// records of their own.
func (r *reader) documents(data []byte) error {
	d := json.NewDecoder(bytes.NewReader(data))
	skip := r.skip
	for {
		var raw json.RawMessage
		if err := d.Decode(&raw); errors.Is(err, io.EOF) {
			return nil
		} else if err != nil {
			return err
		}
		v, ok := dynamic.Parse(string(raw))
		if !ok {
			return errors.New("JSON that nests too deep")
		}
		records := []dynamic.Value{v}
		if v.Kind == dynamic.Array {
			records = v.Items
		}
		for _, rec := range records {
			if skip {
				skip = false
				continue
			}
			for i, f := range r.fields {
				r.row[i] = types.Null(r.schema[i].Type)
				if f.ordinal >= 0 {
					r.row[i] = fromDynamic(rec.Follow(f.keys), r.schema[i].Type)
				}
			}
			if err := r.give(); err != nil {
				return err
			}
		}
	}
}

func (r *reader) set(i int, text string) {
	if i < len(r.row) {
		r.row[i] = fromText(text, r.schema[i].Type)
	}
}

// utf8Text takes the byte order mark off and turns UTF-16 into UTF-8.
func utf8Text(data []byte) []byte {
	switch {
	case bytes.HasPrefix(data, []byte("\xef\xbb\xbf")):
		data = data[3:]
	case bytes.HasPrefix(data, []byte("\xff\xfe")), bytes.HasPrefix(data, []byte("\xfe\xff")):
		high := data[0] == 0xfe
		units := make([]uint16, 0, len(data)/2)
		for i := 2; i+1 < len(data); i += 2 {
			a, b := uint16(data[i]), uint16(data[i+1])
			if high {
				a, b = b, a
			}
			units = append(units, a|b<<8)
		}
		return []byte(string(utf16.Decode(units)))
	}
	if !utf8.Valid(data) {
		return bytes.ToValidUTF8(data, []byte("\uFFFD"))
	}
	return data
}
