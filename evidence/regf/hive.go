package regf

import (
	"encoding/binary"
	"fmt"
	"io"
	"strings"
	"unicode/utf16"

	"github.com/goshawk-hunt/goshawk/evidence"
)

var le = binary.LittleEndian

// Types of files that begin with a base block.
const (
	typeHive   = 0
	typeLogNew = 6 // since Windows 8.1; 1 and 2 are older logs
)

const (
	baseSize  = 512  // of the base block that matters
	binsStart = 4096 // offsets of cells count from here
	none      = 0xFFFFFFFF
	// maxCell bounds one cell: data of 1 MiB and lists of 65535 keys fit.
	maxCell    = 16 << 20
	maxDamages = 200
	bigSegment = 16344 // bytes of value data in a segment of big data
	maxValue   = 64 << 20
	maxValues  = 1 << 16
)

// base is the base block.
type base struct {
	primary, secondary uint32 // sequence numbers, equal if all is written
	minor              uint32
	root               uint32
	size               uint32 // of the bins
	sound              bool   // the checksum is right
}

func parseBase(b []byte) base {
	var sum uint32
	for i := 0; i < 508; i += 4 {
		sum ^= le.Uint32(b[i:])
	}
	switch sum {
	case 0:
		sum = 1
	case none:
		sum = none - 1
	}
	return base{
		primary: le.Uint32(b[4:]), secondary: le.Uint32(b[8:]), minor: le.Uint32(b[24:]),
		root: le.Uint32(b[36:]), size: le.Uint32(b[40:]), sound: sum == le.Uint32(b[508:]),
	}
}

// hive gives the cells of a hive as they are after its logs are replayed.
type hive struct {
	in      evidence.Input
	base    base
	end     int64            // of the bins in the file, replayed pages included
	pages   map[int64][]byte // from the logs, 512 bytes each, by number in the file
	blocks  [256]block
	sink    evidence.Sink
	damages int
	budget  int64 // bytes of value data that may yet be read
}

// block is a piece of the file kept in memory; slots are chosen by number.
type block struct {
	number int64
	data   []byte
}

const (
	blockSize = 16 << 10
	pageSize  = 512
)

func newHive(in evidence.Input, b base, sink evidence.Sink) *hive {
	h := &hive{in: in, base: b, sink: sink, end: in.Size, budget: 4*in.Size + maxValue}
	if !b.sound {
		h.damage(0, 0, "the checksum of the base block is wrong")
	}
	if want := int64(b.size) + binsStart; want > in.Size {
		h.damage(in.Size, want-in.Size, "the hive ends after %d bytes, its base block says %d", in.Size, want)
	}
	for i := range h.blocks {
		h.blocks[i].number = -1
	}
	return h
}

func (h *hive) damage(offset, length int64, format string, args ...any) {
	if h.damages++; h.damages <= maxDamages {
		h.sink.Damage(evidence.Damage{Path: h.in.Path, Offset: max(0, offset), Length: length, Reason: fmt.Sprintf(format, args...)})
	}
}

func (h *hive) finish() {
	if n := h.damages - maxDamages; n > 0 {
		h.sink.Damage(evidence.Damage{Path: h.in.Path, Reason: fmt.Sprintf("%d more damages of the hive", n)})
	}
}

// read fills b from offset and says whether all of it is there.
func (h *hive) read(b []byte, offset int64) bool {
	if offset < 0 || offset+int64(len(b)) > h.end {
		return false
	}
	for len(b) > 0 {
		number := offset / blockSize
		slot := &h.blocks[number%int64(len(h.blocks))]
		if slot.number != number {
			h.load(slot, number)
		}
		n := copy(b, slot.data[offset-number*blockSize:])
		b, offset = b[n:], offset+int64(n)
	}
	return true
}

// load reads a block and puts the pages of the logs over it.
func (h *hive) load(slot *block, number int64) {
	if slot.data == nil {
		slot.data = make([]byte, blockSize)
	}
	slot.number = number
	start := number * blockSize
	n, err := h.in.ReadAt(slot.data, start)
	if err != nil && err != io.EOF {
		n = 0
		h.damage(start, blockSize, "read: %v", err)
	}
	clear(slot.data[n:])
	for i := int64(0); i < blockSize/pageSize && len(h.pages) > 0; i++ {
		if page := h.pages[start/pageSize+i]; page != nil {
			copy(slot.data[i*pageSize:], page)
		}
	}
}

// cell returns the content of the cell at ref, at most limit bytes of it, nil if
// there is none.
func (h *hive) cell(ref uint32, limit int) []byte {
	at := int64(ref) + binsStart
	var head [4]byte
	if ref == none || ref%8 != 0 || !h.read(head[:], at) {
		return nil
	}
	size := int64(int32(le.Uint32(head[:])))
	if size < 0 {
		size = -size
	}
	if size < 8 || size > maxCell || at+size > h.end {
		return nil
	}
	b := make([]byte, min(size-4, int64(limit)))
	h.read(b, at+4)
	return b
}

// key is a named key.
type key struct {
	ref              uint32
	name             string
	flags            uint16
	written          uint64 // FILETIME
	parent           uint32
	subkeys, sublist uint32
	values, list     uint32
}

const flagRoot = 0x4

// key reads the named key at ref.
func (h *hive) key(ref uint32) (key, bool) {
	b := h.cell(ref, 76+1024)
	if len(b) < 76 || string(b[:2]) != "nk" {
		return key{}, false
	}
	k := key{
		ref: ref, flags: le.Uint16(b[2:]), written: le.Uint64(b[4:]), parent: le.Uint32(b[16:]),
		subkeys: le.Uint32(b[20:]), sublist: le.Uint32(b[28:]), values: le.Uint32(b[36:]), list: le.Uint32(b[40:]),
	}
	n := int(le.Uint16(b[72:]))
	if n > len(b)-76 {
		return key{}, false
	}
	// A name with the separator in it would pretend to be a path.
	k.name = strings.ReplaceAll(name(b[76:76+n], k.flags&0x20 != 0), `\`, "\uFFFD")
	return k, true
}

// name decodes a name, Latin-1 if it is compressed.
func name(b []byte, compressed bool) string {
	if !compressed {
		return utf16Text(b)
	}
	var s strings.Builder
	for _, c := range b {
		s.WriteRune(rune(c))
	}
	return s.String()
}

func utf16Text(b []byte) string {
	u := make([]uint16, len(b)/2)
	for i := range u {
		u[i] = le.Uint16(b[2*i:])
	}
	return string(utf16.Decode(u))
}
