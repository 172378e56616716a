package archive

import (
	"bufio"
	"encoding/binary"
	"errors"
	"io"
)

var errBCJ2 = errors.New("data of the filter for programs (BCJ2) makes no sense")

// bcj2Reader undoes the filter that 7z puts before its compression for x86 programs: the
// targets of calls and jumps were made absolute and lie in streams of their own; a fourth
// stream says by its bits, range coded, which of them it was (Bcj2.c of the LZMA SDK).
type bcj2Reader struct {
	main, call, jump, bits *bufio.Reader

	probs        [2 + 256]uint16 // of conditional jumps, of jumps, of calls by the byte before
	rng, code    uint32
	begun        bool
	previous     byte
	at           uint32
	pending      [4]byte // of a target, not yet given out
	pendingBytes int
	err          error
}

// bcj2Streams is how many streams the filter reads.
const bcj2Streams = 4

func newBCJ2(in []io.Reader) *bcj2Reader {
	b := &bcj2Reader{main: bufio.NewReader(in[0]), call: bufio.NewReader(in[1]), jump: bufio.NewReader(in[2]), bits: bufio.NewReader(in[3])}
	for i := range b.probs {
		b.probs[i] = 1 << 10
	}
	return b
}

func (b *bcj2Reader) Read(p []byte) (int, error) {
	if !b.begun && b.err == nil {
		b.begun, b.err = true, b.begin()
	}
	n := 0
	for n < len(p) {
		if b.pendingBytes > 0 {
			c := copy(p[n:], b.pending[4-b.pendingBytes:])
			b.pendingBytes -= c
			n += c
			continue
		}
		if b.err != nil {
			break
		}
		if c, ok := b.next(); ok {
			p[n] = c
			n++
		}
	}
	if n > 0 {
		return n, nil
	}
	return 0, b.err
}

func (b *bcj2Reader) begin() error {
	var first [5]byte
	if _, err := io.ReadFull(b.bits, first[:]); err != nil {
		return io.ErrUnexpectedEOF
	}
	b.rng, b.code = 0xFFFFFFFF, binary.BigEndian.Uint32(first[1:])
	if first[0] != 0 || b.code == 0xFFFFFFFF {
		return errBCJ2
	}
	return nil
}

// next takes a byte of the main stream, and the target behind it if that was moved.
func (b *bcj2Reader) next() (byte, bool) {
	c, err := b.main.ReadByte()
	if err != nil {
		b.err = err
		return 0, false
	}
	b.at++
	before := b.previous
	b.previous = c
	prob := 0
	var targets *bufio.Reader
	switch {
	case c == 0xE8:
		prob, targets = 2+int(before), b.call
	case c == 0xE9:
		prob, targets = 1, b.jump
	case before == 0x0F && c&0xF0 == 0x80:
		targets = b.jump
	default:
		return c, true
	}
	if b.bit(&b.probs[prob]) {
		var target [4]byte
		if _, err := io.ReadFull(targets, target[:]); err != nil {
			b.err = io.ErrUnexpectedEOF
			return c, true
		}
		b.at += 4
		binary.LittleEndian.PutUint32(b.pending[:], binary.BigEndian.Uint32(target[:])-b.at)
		b.pendingBytes, b.previous = 4, b.pending[3]
	}
	return c, true
}

// bit decodes one bit.
func (b *bcj2Reader) bit(prob *uint16) bool {
	bound := b.rng >> 11 * uint32(*prob)
	set := b.code >= bound
	if set {
		b.rng -= bound
		b.code -= bound
		*prob -= *prob >> 5
	} else {
		b.rng = bound
		*prob += (1<<11 - *prob) >> 5
	}
	if b.rng < 1<<24 {
		c, err := b.bits.ReadByte()
		if err != nil {
			b.err = io.ErrUnexpectedEOF
		}
		b.rng <<= 8
		b.code = b.code<<8 | uint32(c)
	}
	return set
}
