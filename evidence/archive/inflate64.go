package archive

import (
	"errors"
	"io"
	"math/bits"
)

var errInflate64 = errors.New("makes no sense as Deflate64")

const (
	window64  = 64 << 10
	lookup64  = 15 // the longest code
	endOfUnit = 256
)

// inflate64 expands Deflate64, in which Windows' own compressed folders write big files
// and which no library reads: Deflate with a window of 64 KiB, distances up to it, and a
// length of up to 64 KiB (PKWARE, APPNOTE.TXT 5.5; RFC 1951 for the rest).
type inflate64 struct {
	in   io.Reader
	raw  []byte // read and not yet in held
	room []byte // behind raw
	held uint64 // bits, the next one lowest
	have uint   // how many

	out   []byte // what was expanded, the last window64 of it kept
	given int    // of out
	last  bool   // no block follows
	left  int    // bytes of a stored block
	codes bool   // within a block of codes
	run   int    // bytes of a match that are still to be copied
	back  int    // from so far back
	err   error

	literals, distances [1 << lookup64]uint16 // by the next bits: symbol<<4 | length of its code
}

func newInflate64(in io.Reader) *inflate64 {
	return &inflate64{in: in, room: make([]byte, 32<<10), out: make([]byte, 0, 2*window64)}
}

func (z *inflate64) Read(p []byte) (int, error) {
	for z.given == len(z.out) {
		if z.err != nil {
			return 0, z.err
		}
		if z.given > window64 {
			n := copy(z.out, z.out[z.given-window64:])
			z.out, z.given = z.out[:n], n
		}
		z.err = z.expand()
	}
	n := copy(p, z.out[z.given:])
	z.given += n
	return n, nil
}

// expand goes on until out is full or a block has ended.
func (z *inflate64) expand() error {
	switch {
	case z.left > 0:
		return z.stored()
	case z.codes:
		return z.block()
	case z.last:
		return io.EOF
	}
	head, err := z.take(3)
	if err != nil {
		return err
	}
	z.last = head&1 != 0
	switch head >> 1 {
	case 0:
		_, _ = z.take(z.have % 8)
		size, err := z.take(16)
		if err != nil {
			return err
		}
		inverse, err := z.take(16)
		if err == nil && size != ^inverse&0xFFFF {
			err = errInflate64
		}
		z.left = int(size)
		return err
	case 1:
		z.codes = true
		return z.fixed()
	case 2:
		z.codes = true
		return z.dynamic()
	}
	return errInflate64
}

// fill holds n bits or more, as long as there are any.
func (z *inflate64) fill(n uint) error {
	for z.have < n {
		if len(z.raw) == 0 {
			k, err := z.in.Read(z.room)
			if z.raw = z.room[:k]; k == 0 && err != nil {
				return err
			}
			continue
		}
		z.held |= uint64(z.raw[0]) << z.have
		z.raw = z.raw[1:]
		z.have += 8
	}
	return nil
}

// take takes n bits, up to 16.
func (z *inflate64) take(n uint) (uint, error) {
	if err := z.fill(n); err != nil {
		return 0, ended(err)
	}
	v := uint(z.held & (1<<n - 1))
	z.held >>= n
	z.have -= n
	return v, nil
}

func ended(err error) error {
	if err == io.EOF {
		return io.ErrUnexpectedEOF
	}
	return err
}

// symbol takes the next symbol of a code.
func (z *inflate64) symbol(table *[1 << lookup64]uint16) (int, error) {
	err := z.fill(lookup64) // near the end there may be fewer
	if err != nil && err != io.EOF {
		return 0, err
	}
	e := table[z.held&(1<<lookup64-1)]
	n := uint(e & 15)
	switch {
	case n == 0 && err == nil:
		return 0, errInflate64
	case n == 0 || n > z.have:
		return 0, io.ErrUnexpectedEOF
	}
	z.held >>= n
	z.have -= n
	return int(e >> 4), nil
}

func (z *inflate64) stored() error {
	for z.left > 0 && len(z.out) < cap(z.out) {
		b, err := z.take(8)
		if err != nil {
			return err
		}
		z.out = append(z.out, byte(b))
		z.left--
	}
	return nil
}

// Lengths from symbol 257 on and distances: the smallest, and how many bits are added.
var (
	base64Length   = [29]int{3, 4, 5, 6, 7, 8, 9, 10, 11, 13, 15, 17, 19, 23, 27, 31, 35, 43, 51, 59, 67, 83, 99, 115, 131, 163, 195, 227, 3}
	extra64Length  = [29]uint{0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 2, 3, 3, 3, 3, 4, 4, 4, 4, 5, 5, 5, 5, 16}
	codeLengthTurn = [19]int{16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15}
)

// block expands codes until out is full or the block ends.
func (z *inflate64) block() error {
	for {
		for z.run > 0 && len(z.out) < cap(z.out) {
			n := min(z.run, cap(z.out)-len(z.out), z.back)
			from := len(z.out) - z.back
			z.out = append(z.out, z.out[from:from+n]...)
			z.run -= n
		}
		if len(z.out) == cap(z.out) {
			return nil
		}
		s, err := z.symbol(&z.literals)
		switch {
		case err != nil:
			return err
		case s < endOfUnit:
			z.out = append(z.out, byte(s))
			continue
		case s == endOfUnit:
			z.codes = false
			return nil
		}
		if err := z.match(s - endOfUnit - 1); err != nil {
			return err
		}
	}
}

// match reads how long a match is and how far back.
func (z *inflate64) match(s int) error {
	if s >= len(base64Length) {
		return errInflate64
	}
	more, err := z.take(extra64Length[s])
	if err != nil {
		return err
	}
	z.run = base64Length[s] + int(more)
	d, err := z.symbol(&z.distances)
	if err != nil {
		return err
	}
	z.back = d + 1
	if d >= 4 {
		extra := uint(d/2 - 1)
		if more, err = z.take(extra); err != nil {
			return err
		}
		z.back = (2+d&1)<<extra + int(more) + 1
	}
	if z.back > len(z.out) {
		return errInflate64
	}
	return nil
}

func (z *inflate64) fixed() error {
	var lengths [288]byte
	for i := range lengths {
		switch {
		case i < 144:
			lengths[i] = 8
		case i < 256:
			lengths[i] = 9
		case i < 280:
			lengths[i] = 7
		default:
			lengths[i] = 8
		}
	}
	if err := table64(&z.literals, lengths[:]); err != nil {
		return err
	}
	for i := range 32 {
		lengths[i] = 5
	}
	return table64(&z.distances, lengths[:32])
}

func (z *inflate64) dynamic() error {
	head, err := z.take(14)
	if err != nil {
		return err
	}
	literals, distances, n := int(head&31)+257, int(head>>5&31)+1, int(head>>10)+4
	var lengths [286 + 2 + 32]byte
	for _, at := range codeLengthTurn[:n] {
		v, err := z.take(3)
		if err != nil {
			return err
		}
		lengths[at] = byte(v)
	}
	if err := table64(&z.literals, lengths[:len(codeLengthTurn)]); err != nil {
		return err
	}
	clear(lengths[:])
	for i := 0; i < literals+distances; {
		s, err := z.symbol(&z.literals)
		if err != nil {
			return err
		}
		times, of, bits := 1, byte(s), uint(0)
		switch s {
		case 16:
			if i == 0 {
				return errInflate64
			}
			times, of, bits = 3, lengths[i-1], 2
		case 17:
			times, of, bits = 3, 0, 3
		case 18:
			times, of, bits = 11, 0, 7
		}
		more, err := z.take(bits)
		if err != nil {
			return err
		}
		for range times + int(more) {
			if i == literals+distances {
				return errInflate64
			}
			lengths[i] = of
			i++
		}
	}
	if lengths[endOfUnit] == 0 {
		return errInflate64
	}
	if err := table64(&z.literals, lengths[:literals]); err != nil {
		return err
	}
	return table64(&z.distances, lengths[literals:literals+distances])
}

// table64 fills a table from the lengths of the codes. A code that leaves room is taken:
// what is not in it is an error once it is met.
func table64(table *[1 << lookup64]uint16, lengths []byte) error {
	clear(table[:])
	var count [lookup64 + 1]int
	for _, n := range lengths {
		count[n]++
	}
	count[0] = 0
	var next [lookup64 + 2]int
	for n := 1; n <= lookup64; n++ {
		next[n+1] = (next[n] + count[n]) << 1
		if next[n]+count[n] > 1<<n {
			return errInflate64
		}
	}
	for s, n := range lengths {
		if n == 0 {
			continue
		}
		code := int(bits.Reverse16(uint16(next[n])) >> (16 - n))
		next[n]++
		for at := code; at < len(table); at += 1 << n {
			table[at] = uint16(s)<<4 | uint16(n)
		}
	}
	return nil
}
