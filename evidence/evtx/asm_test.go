package evtx

import (
	"encoding/binary"
	"hash/crc32"
	"unicode/utf16"
)

// asm builds chunks byte by byte, for what the writer never writes.
type asm struct {
	b       []byte
	records uint64
	// dependency is whether elements get a dependency identifier.
	dependency bool
}

func newAsm() *asm {
	return &asm{b: make([]byte, chunkHeaderSize), dependency: true}
}

func (a *asm) u8(v ...byte) *asm {
	a.b = append(a.b, v...)
	return a
}

func (a *asm) u16(v int) *asm {
	a.b = binary.LittleEndian.AppendUint16(a.b, uint16(v))
	return a
}

func (a *asm) u32(v int) *asm {
	a.b = binary.LittleEndian.AppendUint32(a.b, uint32(v))
	return a
}

func (a *asm) u64(v uint64) *asm {
	a.b = binary.LittleEndian.AppendUint64(a.b, v)
	return a
}

func units(s string) []byte {
	var b []byte
	for _, u := range utf16.Encode([]rune(s)) {
		b = binary.LittleEndian.AppendUint16(b, u)
	}
	return b
}

// name writes a name in place.
func (a *asm) name(s string) *asm {
	u := units(s)
	a.u32(len(a.b) + 4).u32(0).u16(0).u16(len(u) / 2)
	return a.u8(u...).u16(0)
}

// counted writes a string after its length.
func (a *asm) counted(s string) *asm {
	u := units(s)
	return a.u16(len(u) / 2).u8(u...)
}

// element writes an element with attributes and content.
func (a *asm) element(name string, attrs, content func()) *asm {
	tok := byte(tokenElement)
	if attrs != nil {
		tok |= tokenMore
	}
	a.u8(tok)
	if a.dependency {
		a.u16(0xffff)
	}
	at := len(a.b)
	a.u32(0).name(name)
	if attrs != nil {
		size := len(a.b)
		a.u32(0)
		attrs()
		binary.LittleEndian.PutUint32(a.b[size:], uint32(len(a.b)-size-4))
	}
	if content == nil {
		a.u8(tokenCloseEmpty)
	} else {
		a.u8(tokenCloseStart)
		content()
		a.u8(tokenEnd)
	}
	binary.LittleEndian.PutUint32(a.b[at:], uint32(len(a.b)-at-4))
	return a
}

// attr writes an attribute whose value content writes.
func (a *asm) attr(name string, content func()) {
	a.u8(tokenAttribute).name(name)
	content()
}

func (a *asm) text(s string) { a.u8(tokenText, typeString).counted(s) }

// leaf writes an element with text.
func (a *asm) leaf(name, s string) { a.element(name, nil, func() { a.text(s) }) }

// data writes a Data element with a name.
func (a *asm) data(name string, content func()) {
	a.element("Data", func() { a.attr("Name", func() { a.text(name) }) }, content)
}

func (a *asm) sub(i int, typ byte)      { a.u8(tokenSubstitution).u16(i).u8(typ) }
func (a *asm) optional(i int, typ byte) { a.u8(tokenOptional).u16(i).u8(typ) }

// header writes a fragment header.
func (a *asm) header() *asm { return a.u32(fragmentHeader) }

// system writes a System section that is all text.
func (a *asm) system(id string) {
	a.element("System", nil, func() {
		a.element("Provider", func() { a.attr("Name", func() { a.text("Test") }) }, nil)
		a.leaf("EventID", id)
		a.leaf("Channel", "Chan")
		a.leaf("Computer", "pc")
	})
}

// value is a value of a template instance: bytes, or what body writes in its
// place.
type value struct {
	typ  byte
	b    []byte
	body func()
}

// nested is a value of binary XML.
func nested(body func()) value { return value{typ: typeBinXML, body: body} }

func stringValue(s string) value { return value{typ: typeString, b: units(s)} }

// instance writes a template instance with its definition in place. It returns
// where the definition is.
func (a *asm) instance(guid byte, define func(), values ...value) int {
	a.u8(tokenInstance, 1).u8(guid, guid, guid, guid)
	at := len(a.b) + 4
	a.u32(at).u32(0)
	for range 16 {
		a.u8(guid)
	}
	a.u32(0)
	from := len(a.b)
	a.header()
	define()
	a.u8(tokenEOF)
	binary.LittleEndian.PutUint32(a.b[from-4:], uint32(len(a.b)-from))
	a.values(values...)
	return at
}

// reference writes a template instance whose definition is elsewhere.
func (a *asm) reference(guid byte, at int, values ...value) {
	a.u8(tokenInstance, 1).u8(guid, guid, guid, guid).u32(at)
	a.values(values...)
}

func (a *asm) values(values ...value) {
	a.u32(len(values))
	at := len(a.b)
	for _, v := range values {
		a.u16(0).u8(v.typ, 0)
	}
	for i, v := range values {
		from := len(a.b)
		if a.u8(v.b...); v.body != nil {
			v.body()
		}
		binary.LittleEndian.PutUint16(a.b[at+4*i:], uint16(len(a.b)-from))
	}
}

// record writes a record around what body writes.
func (a *asm) record(body func()) *asm {
	a.records++
	from := len(a.b)
	a.u8(recordMagic...).u32(0).u64(a.records).u64(133500000000000000)
	a.header()
	body()
	a.u8(tokenEOF)
	size := len(a.b) - from + 4
	a.u32(size)
	binary.LittleEndian.PutUint32(a.b[from+4:], uint32(size))
	return a
}

// chunk returns the chunk with its header.
func (a *asm) chunk() []byte {
	b := make([]byte, chunkSize)
	free := copy(b, a.b)
	copy(b, chunkMagic)
	binary.LittleEndian.PutUint64(b[8:], 1)
	binary.LittleEndian.PutUint64(b[16:], a.records)
	binary.LittleEndian.PutUint64(b[24:], 1)
	binary.LittleEndian.PutUint64(b[32:], a.records)
	binary.LittleEndian.PutUint32(b[40:], 128)
	binary.LittleEndian.PutUint32(b[48:], uint32(free))
	sign(b)
	return b
}

// sign puts the right checksums into a chunk.
func sign(b []byte) {
	free := binary.LittleEndian.Uint32(b[48:])
	binary.LittleEndian.PutUint32(b[52:], crc32.ChecksumIEEE(b[chunkHeaderSize:free]))
	binary.LittleEndian.PutUint32(b[124:], headerChecksum(b))
}
