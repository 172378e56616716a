package archive

import (
	"bufio"
	"bytes"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"io"

	"github.com/klauspost/compress/flate"
	"github.com/klauspost/compress/snappy"
)

// Event Hub's capture keeps messages in Avro object container files: records whose field
// Body is the message (Apache Avro 1.11, Object Container Files). Such a file is taken for
// a container of its messages, one after the other.
const avroMagic = "Obj\x01"

const (
	// maxAvroPart bounds a block, a message and what stands in the header.
	maxAvroPart = 64 << 20
	// maxAvroDepth bounds types within each other.
	maxAvroDepth = 16
)

var errAvro = errors.New("makes no sense as Avro")

// isAvro recognises a file whose schema, which stands at its start, has a Body.
func isAvro(head []byte) bool {
	return bytes.HasPrefix(head, []byte(avroMagic)) && bytes.Contains(head, []byte(`"Body"`))
}

// avroReader gives the messages of a file with a line end behind each.
type avroReader struct {
	in    *bufio.Reader
	body  []avroType // the fields of a record
	at    int        // which of them is Body
	codec string
	sync  [16]byte

	block *bufio.Reader // of the block in work
	left  int64         // records in it
	work  int64         // values that were read of it
	out   []byte        // of the message in work
	err   error
}

// avroType is a type as far as its values must be passed.
type avroType struct {
	kind  string // of the specification
	size  int64  // of a fixed
	items []avroType
}

func newAvro(in *bufio.Reader) (*avroReader, error) {
	a := &avroReader{in: in}
	head := make([]byte, len(avroMagic))
	if _, err := io.ReadFull(in, head); err != nil {
		return nil, io.ErrUnexpectedEOF
	}
	schema, err := a.header()
	if err != nil {
		return nil, err
	}
	var record struct {
		Type   string
		Fields []struct {
			Name string
			Type json.RawMessage
		}
	}
	if err := json.Unmarshal(schema, &record); err != nil || record.Type != "record" {
		return nil, errAvro
	}
	a.at = -1
	for i, f := range record.Fields {
		t, err := parseAvroType(f.Type, 0)
		if err != nil {
			return nil, err
		}
		if f.Name == "Body" {
			a.at = i
		}
		a.body = append(a.body, t)
	}
	if a.at < 0 {
		return nil, errors.New("records of Avro without a Body")
	}
	return a, nil
}

// header reads the metadata and the marker behind it, and gives the schema.
func (a *avroReader) header() (schema []byte, err error) {
	for {
		n, err := avroCount(a.in)
		if err != nil {
			return nil, err
		}
		if n == 0 {
			break
		}
		for ; n > 0; n-- {
			key, err := avroBytes(a.in)
			if err != nil {
				return nil, err
			}
			value, err := avroBytes(a.in)
			if err != nil {
				return nil, err
			}
			switch string(key) {
			case "avro.schema":
				schema = value
			case "avro.codec":
				a.codec = string(value)
			}
		}
	}
	if _, err := io.ReadFull(a.in, a.sync[:]); err != nil {
		return nil, io.ErrUnexpectedEOF
	}
	return schema, nil
}

// parseAvroType reads a type of a schema: its name, an object or a union.
func parseAvroType(raw json.RawMessage, depth int) (avroType, error) {
	raw = bytes.TrimSpace(raw)
	if len(raw) == 0 || depth > maxAvroDepth {
		return avroType{}, errAvro
	}
	list := func(all []json.RawMessage, kind string) (avroType, error) {
		t := avroType{kind: kind}
		for _, item := range all {
			it, err := parseAvroType(item, depth+1)
			if err != nil {
				return t, err
			}
			t.items = append(t.items, it)
		}
		return t, nil
	}
	switch raw[0] {
	case '[':
		var all []json.RawMessage
		if err := json.Unmarshal(raw, &all); err != nil {
			return avroType{}, errAvro
		}
		return list(all, "union")
	case '"':
		var t avroType
		if err := json.Unmarshal(raw, &t.kind); err != nil {
			return t, errAvro
		}
		return t, nil
	}
	var o struct {
		Type          json.RawMessage
		Items, Values json.RawMessage
		Size          int64
		Fields        []struct{ Type json.RawMessage }
	}
	if err := json.Unmarshal(raw, &o); err != nil {
		return avroType{}, errAvro
	}
	var kind string
	if json.Unmarshal(o.Type, &kind) != nil {
		return parseAvroType(o.Type, depth+1)
	}
	switch kind {
	case "map":
		return list([]json.RawMessage{o.Values}, kind)
	case "array":
		return list([]json.RawMessage{o.Items}, kind)
	case "record":
		fields := make([]json.RawMessage, len(o.Fields))
		for i := range o.Fields {
			fields[i] = o.Fields[i].Type
		}
		return list(fields, kind)
	}
	return avroType{kind: kind, size: o.Size}, nil
}

func (a *avroReader) Read(p []byte) (int, error) {
	for len(a.out) == 0 {
		if a.err != nil {
			return 0, a.err
		}
		a.err = a.next()
	}
	n := copy(p, a.out)
	a.out = a.out[n:]
	return n, nil
}

// next reads the next record, of this block or the next one.
func (a *avroReader) next() error {
	if a.left == 0 {
		return a.nextBlock()
	}
	a.left--
	for i := range a.body {
		message, err := a.value(&a.body[i], i == a.at, 0)
		if err != nil {
			return err
		}
		if i == a.at && len(message) > 0 {
			a.out = append(message, '\n')
		}
	}
	return nil
}

func (a *avroReader) nextBlock() error {
	if _, err := a.in.Peek(1); err == io.EOF {
		return io.EOF
	}
	n, err := binary.ReadVarint(a.in)
	size, err2 := binary.ReadVarint(a.in)
	switch {
	case err != nil || err2 != nil:
		return io.ErrUnexpectedEOF
	case n < 0 || size < 0:
		return errAvro
	case size > maxAvroPart:
		return limitError{fmt.Sprintf("block of Avro of %d bytes, at most %d are read", size, maxAvroPart)}
	}
	data, err := avroPart(a.in, size)
	if err != nil {
		return err
	}
	var sync [16]byte
	if _, err := io.ReadFull(a.in, sync[:]); err != nil {
		return io.ErrUnexpectedEOF
	}
	if sync != a.sync {
		return errAvro
	}
	a.left, a.work = n, 0
	switch a.codec {
	case "", "null":
		a.block = bufio.NewReader(bytes.NewReader(data))
	case "deflate":
		a.block = bufio.NewReader(io.LimitReader(flate.NewReader(bytes.NewReader(data)), 4*maxAvroPart))
	case "snappy":
		if len(data) < 4 {
			return errAvro
		}
		if n, err := snappy.DecodedLen(data[:len(data)-4]); err != nil || n > maxAvroPart {
			return errAvro
		}
		plain, err := snappy.Decode(nil, data[:len(data)-4])
		if err != nil {
			return errAvro
		}
		a.block = bufio.NewReader(bytes.NewReader(plain))
	default:
		return fmt.Errorf("compression %.20q of Avro is not supported", a.codec)
	}
	return nil
}

// value passes a value; of a wanted one of bytes or text it gives the content.
func (a *avroReader) value(t *avroType, wanted bool, depth int) ([]byte, error) {
	if a.work++; depth > maxAvroDepth || a.work > maxAvroPart { // values may have no bytes at all
		return nil, errAvro
	}
	switch t.kind {
	case "null":
		return nil, nil
	case "int", "long", "enum":
		_, err := binary.ReadVarint(a.block)
		return nil, cutOff(err)
	case "boolean":
		return nil, a.skip(1)
	case "float":
		return nil, a.skip(4)
	case "double":
		return nil, a.skip(8)
	case "fixed":
		return nil, a.skip(t.size)
	case "bytes", "string":
		if wanted {
			return avroBytes(a.block)
		}
		n, err := binary.ReadVarint(a.block)
		if err != nil {
			return nil, cutOff(err)
		}
		return nil, a.skip(n)
	case "union":
		i, err := binary.ReadVarint(a.block)
		if err != nil || i < 0 || i >= int64(len(t.items)) {
			return nil, errAvro
		}
		return a.value(&t.items[i], wanted, depth+1)
	case "record":
		for i := range t.items {
			if _, err := a.value(&t.items[i], false, depth+1); err != nil {
				return nil, err
			}
		}
		return nil, nil
	case "map", "array":
		return nil, a.items(t, depth)
	}
	return nil, fmt.Errorf("type %.40q of Avro is not known", t.kind)
}

// items passes the blocks of a map or an array.
func (a *avroReader) items(t *avroType, depth int) error {
	for {
		n, err := avroCount(a.block)
		if err != nil || n == 0 {
			return err
		}
		for ; n > 0; n-- {
			if t.kind == "map" {
				if _, err := a.value(&avroType{kind: "string"}, false, depth+1); err != nil {
					return err
				}
			}
			if _, err := a.value(&t.items[0], false, depth+1); err != nil {
				return err
			}
		}
	}
}

func (a *avroReader) skip(n int64) error {
	if n < 0 || n > 4*maxAvroPart {
		return errAvro
	}
	_, err := io.CopyN(io.Discard, a.block, n)
	return cutOff(err)
}

// avroCount reads how many items follow; a negative number stands before their size.
func avroCount(r *bufio.Reader) (int64, error) {
	n, err := binary.ReadVarint(r)
	if err == nil && n < 0 {
		n = -n
		_, err = binary.ReadVarint(r)
	}
	if n < 0 {
		return 0, errAvro
	}
	return n, cutOff(err)
}

// avroBytes reads bytes behind their number.
func avroBytes(r *bufio.Reader) ([]byte, error) {
	n, err := binary.ReadVarint(r)
	if err != nil {
		return nil, cutOff(err)
	}
	if n < 0 || n > maxAvroPart {
		return nil, errAvro
	}
	return avroPart(r, n)
}

// avroPart reads n bytes; no room is made before they are there.
func avroPart(r io.Reader, n int64) ([]byte, error) {
	var b bytes.Buffer
	if _, err := io.CopyN(&b, r, n); err != nil {
		return nil, cutOff(err)
	}
	return b.Bytes(), nil
}

func cutOff(err error) error {
	if err == io.EOF {
		return io.ErrUnexpectedEOF
	}
	return err
}
