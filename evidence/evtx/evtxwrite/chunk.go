package evtxwrite

import (
	"encoding/binary"
	"hash/crc32"
	"strings"

	"github.com/goshawk-hunt/goshawk/evidence"
)

// Places in a chunk header.
const (
	nameTable     = 128
	nameBuckets   = 64
	templateTable = 384
	templateSlots = 32
)

// chunk is one chunk under construction.
type chunk struct {
	buf  []byte // length is the place to write at, capacity is chunkSize
	full bool   // something did not fit

	names     map[string]uint32 // where a name is stored
	templates map[string]uint32 // where a definition is stored

	count                   uint64
	firstNumber, lastNumber uint64
	firstID, lastID         uint64
	lastRecord              int

	// undo lists the table entries that the record at hand changed.
	undo []entry
	key  []byte
	path []string
}

// entry is a table entry of the chunk header, as it was.
type entry struct {
	at    int
	value uint32
}

func (c *chunk) init() {
	if c.buf == nil {
		c.buf = make([]byte, 0, chunkSize)
		c.names = make(map[string]uint32)
		c.templates = make(map[string]uint32)
	}
	c.buf = c.buf[:chunkHeaderSize]
	clear(c.buf[:chunkSize])
	clear(c.names)
	clear(c.templates)
	c.count, c.lastRecord = 0, 0
}

// add appends a record, or leaves the chunk as it is if there is no room.
func (c *chunk) add(e *evidence.Event, id, number uint64) error {
	from := len(c.buf)
	c.undo = c.undo[:0]
	c.full = false
	c.u32(0x00002a2a)
	c.u32(0) // size
	c.u64(id)
	c.u64(filetime(e.Time))
	err := c.event(e, id)
	for !c.full && (len(c.buf)-from+4)%8 != 0 {
		c.u8(0)
	}
	size := len(c.buf) - from + 4
	c.u32(uint32(size))
	if c.full && err == nil {
		err = ErrTooLarge
	}
	if err != nil {
		c.rollback(from)
		return err
	}
	c.patch32(from+4, uint32(size))
	if c.count == 0 {
		c.firstNumber, c.firstID = number, id
	}
	c.lastNumber, c.lastID = number, id
	c.lastRecord = from
	c.count++
	return nil
}

// rollback removes what was written from a place on. Names and definitions that
// lay there are forgotten.
func (c *chunk) rollback(from int) {
	clear(c.buf[from:])
	c.buf = c.buf[:from]
	for i := len(c.undo) - 1; i >= 0; i-- {
		c.patch32(c.undo[i].at, c.undo[i].value)
	}
	for _, m := range []map[string]uint32{c.names, c.templates} {
		for k, at := range m {
			if int(at) >= from {
				delete(m, k)
			}
		}
	}
}

// finish returns the whole chunk with its header.
func (c *chunk) finish() []byte {
	free := len(c.buf)
	b := c.buf[:chunkSize]
	copy(b, "ElfChnk\x00")
	if c.count > 0 {
		binary.LittleEndian.PutUint64(b[8:], c.firstNumber)
		binary.LittleEndian.PutUint64(b[16:], c.lastNumber)
		binary.LittleEndian.PutUint64(b[24:], c.firstID)
		binary.LittleEndian.PutUint64(b[32:], c.lastID)
	} else {
		// Windows marks an empty chunk with impossible identifiers.
		for i := 8; i < 40; i++ {
			b[i] = 0xff
		}
	}
	binary.LittleEndian.PutUint32(b[40:], 128)
	binary.LittleEndian.PutUint32(b[44:], uint32(c.lastRecord))
	binary.LittleEndian.PutUint32(b[48:], uint32(free))
	binary.LittleEndian.PutUint32(b[52:], crc32.ChecksumIEEE(b[chunkHeaderSize:free]))
	binary.LittleEndian.PutUint32(b[120:], 1)
	sum := crc32.Update(crc32.ChecksumIEEE(b[:120]), crc32.IEEETable, b[128:chunkHeaderSize])
	binary.LittleEndian.PutUint32(b[124:], sum)
	return b
}

// room makes sure that n more bytes fit.
func (c *chunk) room(n int) bool {
	if n > chunkSize-len(c.buf) {
		c.full = true
	}
	return !c.full
}

func (c *chunk) u8(v byte) {
	if c.room(1) {
		c.buf = append(c.buf, v)
	}
}

func (c *chunk) u16(v uint16) {
	if c.room(2) {
		c.buf = binary.LittleEndian.AppendUint16(c.buf, v)
	}
}

func (c *chunk) u32(v uint32) {
	if c.room(4) {
		c.buf = binary.LittleEndian.AppendUint32(c.buf, v)
	}
}

func (c *chunk) u64(v uint64) {
	if c.room(8) {
		c.buf = binary.LittleEndian.AppendUint64(c.buf, v)
	}
}

func (c *chunk) bytes(b []byte) {
	if c.room(len(b)) {
		c.buf = append(c.buf, b...)
	}
}

func (c *chunk) patch32(at int, v uint32) {
	if at+4 <= len(c.buf) {
		binary.LittleEndian.PutUint32(c.buf[at:], v)
	}
}

func (c *chunk) patch16(at int, v uint16) {
	if at+2 <= len(c.buf) {
		binary.LittleEndian.PutUint16(c.buf[at:], v)
	}
}

// link puts something at the head of a list of a header table and returns what
// was there.
func (c *chunk) link(at int, to uint32) uint32 {
	old := binary.LittleEndian.Uint32(c.buf[at:])
	c.undo = append(c.undo, entry{at, old})
	c.patch32(at, to)
	return old
}

// name writes a reference to a name, and the name if the chunk has it not yet.
func (c *chunk) name(s string) {
	if at, ok := c.names[s]; ok {
		c.u32(at)
		return
	}
	at := uint32(len(c.buf) + 4)
	c.u32(at)
	start := len(c.buf)
	c.u32(0)
	c.u16(0)
	n := c.counted(s)
	c.u16(0)
	if c.full {
		return
	}
	hash := uint32(0)
	for i := range n {
		hash = hash*65599 + uint32(binary.LittleEndian.Uint16(c.buf[start+8+2*i:]))
	}
	c.patch16(start+4, uint16(hash))
	c.patch32(start, c.link(nameTable+4*int(hash&0xffff%nameBuckets), at))
	c.names[strings.Clone(s)] = at
}

// counted writes a string after its number of UTF-16 code units.
func (c *chunk) counted(s string) int {
	at := len(c.buf)
	c.u16(0)
	n := c.utf16(s) / 2
	if n > 0xffff {
		c.full = true
	}
	c.patch16(at, uint16(n))
	return n
}

// utf16 writes text as UTF-16LE and returns its size in bytes.
func (c *chunk) utf16(s string) int {
	from := len(c.buf)
	for i := 0; i < len(s) && s[i] < 0x80; i++ {
		if !c.room(2) {
			return 0
		}
		c.buf = append(c.buf, s[i], 0)
	}
	for _, r := range s[(len(c.buf)-from)/2:] {
		if r < 0x10000 {
			c.u16(uint16(r))
			continue
		}
		r -= 0x10000
		c.u16(0xd800 | uint16(r>>10))
		c.u16(0xdc00 | uint16(r&0x3ff))
	}
	return len(c.buf) - from
}
