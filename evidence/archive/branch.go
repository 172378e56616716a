package archive

import (
	"encoding/binary"
	"io"
)

// branchReader undoes a filter that 7z puts before its compression where a file may be a
// program of instructions of one length: targets of branches were made absolute, and
// become relative again.
type branchReader struct {
	src   io.Reader
	undo  func(code []byte, at uint32)
	width int
	buf   []byte
	ready []byte // of buf, to be given out
	at    uint32
	err   error
}

func newBranch(src io.Reader, width int, undo func([]byte, uint32)) *branchReader {
	return &branchReader{src: src, undo: undo, width: width, buf: make([]byte, x86Chunk)}
}

func (b *branchReader) Read(p []byte) (int, error) {
	if len(b.ready) == 0 {
		if b.err != nil {
			return 0, b.err
		}
		var n int
		n, b.err = io.ReadFull(b.src, b.buf)
		if b.err == io.ErrUnexpectedEOF {
			b.err = io.EOF
		}
		b.ready = b.buf[:n]
		for i := 0; i+b.width <= n; i += b.width {
			b.undo(b.ready[i:i+b.width], b.at+uint32(i))
		}
		b.at += uint32(n)
	}
	n := copy(p, b.ready)
	b.ready = b.ready[n:]
	if n == 0 {
		return 0, b.err
	}
	return n, nil
}

// undoARM64 is for BL and for ADRP within 512 MiB.
func undoARM64(code []byte, at uint32) {
	const sign = 1 << 17 // of a distance in pages that the filter moves
	v := binary.LittleEndian.Uint32(code)
	switch {
	case v>>26 == 0x25: // BL
		v = 0x94000000 | (v-at>>2)&0x03FFFFFF
	case v&0x9F000000 == 0x90000000: // ADRP
		page := v>>29&3 | v>>3&0x1FFFFC
		if (page+sign)&0x1C0000 != 0 {
			return
		}
		page -= at >> 12
		v = v&0x9000001F | page&3<<29 | page&0x3FFFC<<3 | -(page&sign)&0xE00000
	default:
		return
	}
	binary.LittleEndian.PutUint32(code, v)
}

// undoARM is for BL.
func undoARM(code []byte, at uint32) {
	if code[3] == 0xEB {
		v := binary.LittleEndian.Uint32(code)
		binary.LittleEndian.PutUint32(code, 0xEB000000|(v-(at+8)>>2)&0x00FFFFFF)
	}
}
