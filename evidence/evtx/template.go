package evtx

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"slices"
)

// template is a template definition as it stands in a chunk, and the plan by
// which its instances are read.
type template struct {
	nodes []node
	err   error // why nodes is not the whole definition

	// raw and refs are the definition's bytes and the places in it that depend
	// on the chunk. With them it is recognised in another chunk.
	raw  []byte
	refs []nameRef
	next *template // another definition with the same key
	nth  int       // how many such there are behind it

	plans [3]plan  // by place
	xml   *xmlPlan // nil until an instance is rendered
}

// templateKey narrows the search for a known definition. It proves nothing: a
// provider, or an attacker, may use one GUID for several definitions.
type templateKey struct {
	guid [16]byte
	size uint32
}

// definitionHead is what stands before the fragment of a definition: the offset
// of the next definition, a GUID and the size of the fragment.
const definitionHead = 24

// maxKnown bounds the memory that known definitions may take, in bytes.
const maxKnown = 64 << 20

// maxAlike is how many definitions with the same key are known beside the last one:
// forged ones must not make the search for true ones long.
const maxAlike = 16

// recentTemplate is a template that the chunk used.
type recentTemplate struct {
	off uint32
	t   *template
}

const recentBits = 4

var errLoop = errors.New("template refers to itself")

// instance reads the template instance at pos: the definition (in place or
// elsewhere in the chunk) and the values, appended to buf. The template is
// returned beside an error where it is of some use.
func (c *chunkReader) instance(pos, end int, buf []sub) (t *template, subs []sub, next int, err error) {
	data := c.data
	if end-pos < 10 {
		return nil, nil, pos, errors.New("template instance is cut off")
	}
	id := binary.LittleEndian.Uint32(data[pos+2:])
	off := binary.LittleEndian.Uint32(data[pos+6:])
	if uint64(off)+definitionHead > uint64(len(data)) {
		return nil, nil, pos, fmt.Errorf("template definition at offset %d of a chunk of %d bytes", off, len(data))
	}
	if got := binary.LittleEndian.Uint32(data[off+4:]); got != id {
		return nil, nil, pos, fmt.Errorf("template definition at offset %d has identifier %08x, expected %08x", off, got, id)
	}
	recent := &c.recent[off*0x9e3779b1>>(32-recentBits)]
	if t = recent.t; t == nil || recent.off != off {
		t = c.templateAt(off)
		*recent = recentTemplate{off: off, t: t}
	}
	q := pos + 10
	if int(off) == q {
		q += definitionHead + int(binary.LittleEndian.Uint32(data[off+20:]))
	}
	if q < 0 || q > end-4 {
		return t, nil, pos, errors.New("template instance is cut off before its values")
	}
	n := int(binary.LittleEndian.Uint32(data[q:]))
	q += 4
	if n < 0 || n > (end-q)/4 {
		return t, nil, pos, fmt.Errorf("template instance with %d values in %d bytes", n, end-q)
	}
	at := q + 4*n
	subs = slices.Grow(buf, n)
	used := len(subs)
	subs = subs[:used+n]
	heads := data[q : q+4*n]
	for i := range subs[used:] {
		head := binary.LittleEndian.Uint32(heads[4*i:])
		subs[used+i] = sub{off: uint32(at), size: uint16(head), typ: uint8(head >> 16)}
		at += int(uint16(head))
	}
	if at > end {
		return t, nil, pos, fmt.Errorf("values of a template instance end %d bytes after it", at-end)
	}
	return t, subs, at, t.err
}

// templateAt returns the definition at off of this chunk.
func (c *chunkReader) templateAt(off uint32) *template {
	if t, ok := c.templates[off]; ok {
		return t
	}
	data := c.data
	size := binary.LittleEndian.Uint32(data[off+20:])
	if uint64(off)+definitionHead+uint64(size) > uint64(len(data)) {
		t := &template{err: fmt.Errorf("template definition of %d bytes at offset %d runs past the chunk", size, off)}
		c.templates[off] = t
		return t
	}
	key := templateKey{size: size}
	copy(key.guid[:], data[off+4:])
	for t := c.known[key]; t != nil; t = t.next {
		if err := c.charge(len(t.raw) / 16); err != nil {
			return &template{err: err}
		}
		if t.stands(data, int(off)) {
			c.templates[off] = t
			return t
		}
	}
	return c.parseTemplate(off, key)
}

// parseTemplate reads the definition at off and makes its plans.
func (c *chunkReader) parseTemplate(off uint32, key templateKey) *template {
	c.templates[off] = &template{err: errLoop}
	t := &template{}
	before := c.work
	from := int(off) + definitionHead
	p := parser{c: c, pos: from, end: from + int(key.size), names: &t.refs}
	t.nodes, t.err = p.fragment()
	c.templates[off] = t
	if t.err != nil {
		t.refs = nil
		return t
	}
	t.plans[placeEvent].compileEvent(t.nodes)
	t.plans[placeSection].compileSection(t.nodes)
	t.plans[placeUserData].compileUserData(t.nodes)
	cost := 8 * (c.work - before)
	if p.local || cost > maxKnown {
		t.refs = nil
		return t
	}
	if c.knownCost += cost; c.knownCost > maxKnown {
		clear(c.known)
		c.knownCost = cost
	}
	t.raw = bytes.Clone(c.data[int(off)+4 : from+int(key.size)])
	for i := range t.refs {
		ref := &t.refs[i]
		ref.at -= int(off) + 4
		ref.units = bytes.Clone(ref.units)
	}
	if other := c.known[key]; other != nil && other.nth < maxAlike {
		t.next, t.nth = other, other.nth+1
	}
	c.known[key] = t
	return t
}

// stands reports whether the definition at off of data is t: the same bytes but
// for name references, and those refer to the same names.
func (t *template) stands(data []byte, off int) bool {
	def := data[off+4 : off+4+len(t.raw)]
	from := 0
	for i := range t.refs {
		ref := &t.refs[i]
		if !bytes.Equal(def[from:ref.at], t.raw[from:ref.at]) {
			return false
		}
		name := int(binary.LittleEndian.Uint32(def[ref.at:]))
		from = ref.at + 4
		if inline := name == off+4+from; inline != ref.inline {
			return false
		} else if inline {
			from += 6 // the characters follow in the next comparison
			continue
		}
		if units, ok := nameAt(data, name); !ok || !bytes.Equal(units, ref.units) {
			return false
		}
	}
	return bytes.Equal(def[from:], t.raw[from:])
}
