package task

import (
	"encoding/binary"
	"fmt"

	"github.com/goshawk-hunt/goshawk/evidence/text"
)

// blobReader takes a value apart; short says that it ended too early.
type blobReader struct {
	b     []byte
	short bool
}

func (r *blobReader) take(n uint32) []byte {
	if r.short || uint64(n) > uint64(len(r.b)) {
		r.short, r.b = true, nil
		return nil
	}
	out := r.b[:n]
	r.b = r.b[n:]
	return out
}

func (r *blobReader) u8() uint8 {
	if b := r.take(1); b != nil {
		return b[0]
	}
	return 0
}

func (r *blobReader) u16() uint16 {
	if b := r.take(2); b != nil {
		return binary.LittleEndian.Uint16(b)
	}
	return 0
}

func (r *blobReader) u32() uint32 {
	if b := r.take(4); b != nil {
		return binary.LittleEndian.Uint32(b)
	}
	return 0
}

func (r *blobReader) u64() uint64 {
	if b := r.take(8); b != nil {
		return binary.LittleEndian.Uint64(b)
	}
	return 0
}

// byteBlock and wordBlock read a number that fills a block of eight bytes.
func (r *blobReader) byteBlock() uint8 {
	n := r.u8()
	r.take(7)
	return n
}

func (r *blobReader) wordBlock() uint32 {
	n := r.u32()
	r.take(4)
	return n
}

// block reads n bytes and what fills them up to blocks of eight.
func (r *blobReader) block(n uint32) []byte {
	b := r.take(n)
	r.take(-n & 7)
	return b
}

// text reads UTF-16 behind its length in bytes.
func (r *blobReader) text() string { return utf16Text(r.take(r.u32())) }

// textBlocks is text in blocks of eight bytes.
func (r *blobReader) textBlocks() string { return utf16Text(r.block(r.wordBlock())) }

// countedBlocks is a text behind its length in characters, without the one that ends it.
func (r *blobReader) countedBlocks() string {
	n := r.wordBlock()
	if n == 0 {
		return ""
	}
	if n > 1<<30 {
		r.short = true
		return ""
	}
	return utf16Text(r.block(2*n + 2))
}

// utf16Text decodes a text up to the character that ends it.
func utf16Text(b []byte) string {
	b = b[:len(b)&^1]
	for i := 0; i < len(b); i += 2 {
		if b[i] == 0 && b[i+1] == 0 {
			b = b[:i]
			break
		}
	}
	if len(b) == 0 {
		return ""
	}
	return string(text.Decode(append([]byte{0xFF, 0xFE}, b...)))
}

func classID(b []byte) string {
	if len(b) < 16 {
		return ""
	}
	le := binary.LittleEndian
	return fmt.Sprintf("{%08X-%04X-%04X-%X-%X}", le.Uint32(b), le.Uint16(b[4:]), le.Uint16(b[6:]), b[8:10], b[10:16])
}
