package archive

import (
	"encoding/binary"
	"io"
)

// x86Reader undoes the filter that 7z puts before its compression where a file may be a
// program: targets of calls and jumps were made absolute, and become relative again.
type x86Reader struct {
	src   io.Reader
	buf   []byte // read and not given out; the first ready bytes are done
	ready int
	ip    uint32
	mask  uint32 // which of the last bytes were calls or jumps
	err   error
}

const x86Chunk = 32 << 10

func (x *x86Reader) Read(p []byte) (int, error) {
	for x.ready == 0 {
		if x.err != nil {
			if len(x.buf) == 0 {
				return 0, x.err
			}
			x.ready = len(x.buf) // too short to be a target
			break
		}
		have := len(x.buf)
		x.buf = append(x.buf, make([]byte, x86Chunk)...)
		var n int
		n, x.err = io.ReadFull(x.src, x.buf[have:])
		if x.err == io.ErrUnexpectedEOF {
			x.err = io.EOF
		}
		x.buf = x.buf[:have+n]
		x.ready = x.undo(x.buf)
		x.ip += uint32(x.ready)
	}
	n := copy(p, x.buf[:x.ready])
	x.buf, x.ready = x.buf[n:], x.ready-n
	if len(x.buf) == 0 {
		x.buf = nil
	}
	return n, nil
}

// isFar says whether a byte is the highest of an address that is near.
func isFar(b byte) bool { return b == 0 || b == 0xFF }

// undo works on b and returns how many bytes of it are done.
func (x *x86Reader) undo(b []byte) int {
	allowed := [8]bool{true, true, true, false, true}
	bitNumber := [8]uint32{0, 1, 2, 2, 3, 3, 3, 3}
	if len(b) < 5 {
		return 0
	}
	mask, at, last := x.mask&7, 0, -1
	for {
		for at < len(b)-4 && b[at]&0xFE != 0xE8 {
			at++
		}
		if at >= len(b)-4 {
			break
		}
		if gap := at - last; gap > 3 {
			mask = 0
		} else if mask = mask << (gap - 1) & 7; mask != 0 && (!allowed[mask] || isFar(b[at+4-int(bitNumber[mask])])) {
			last, mask, at = at, mask<<1&7|1, at+1
			continue
		}
		last = at
		if !isFar(b[at+4]) {
			mask, at = mask<<1&7|1, at+1
			continue
		}
		relative(b[at+1:at+5], x.ip+uint32(at)+5, mask, bitNumber[mask])
		at += 5
	}
	if gap := at - last; gap > 3 {
		x.mask = 0
	} else {
		x.mask = mask << (gap - 1) & 7
	}
	return at
}

// relative makes the absolute target t relative to ip.
func relative(t []byte, ip, mask, number uint32) {
	from := binary.LittleEndian.Uint32(t)
	for {
		to := from - ip
		if mask != 0 && isFar(byte(to>>(24-number*8))) {
			from = to ^ (1<<(32-number*8) - 1)
			continue
		}
		high := byte(0)
		if to>>24&1 != 0 {
			high = 0xFF
		}
		binary.LittleEndian.PutUint32(t, to)
		t[3] = high
		return
	}
}
