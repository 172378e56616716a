package evtx

import (
	"encoding/binary"
	"unicode/utf16"
	"unicode/utf8"
	"unsafe"
)

// arena holds the text of records. Strings cut from it stay valid until reset:
// a full block is left to the strings that use it and a new one is taken.
type arena struct {
	buf []byte
}

const arenaBlock = 256 << 10

// room makes sure that n more bytes can be appended without moving the block.
func (a *arena) room(n int) {
	if cap(a.buf)-len(a.buf) < n {
		a.buf = make([]byte, 0, max(arenaBlock, n))
	}
}

func (a *arena) reset() { a.buf = a.buf[:0] }

// since returns what was appended from start on as a string, without a copy.
func (a *arena) since(start int) string {
	b := a.buf[start:]
	return unsafe.String(unsafe.SliceData(b), len(b))
}

// utf16 appends UTF-16LE text as UTF-8 and returns it. A trailing odd byte is
// ignored, unpaired surrogates become U+FFFD.
func (a *arena) utf16(src []byte) string {
	a.room(len(src)/2*3 + 8)
	start := len(a.buf)
	a.buf = appendUTF16(a.buf, src)
	return a.since(start)
}

// utf16Units is what the ASCII fast path tests four code units with at once.
const nonASCII = 0xff80ff80ff80ff80

// appendUTF16 appends UTF-16LE text as UTF-8. dst must have room for three
// bytes a code unit and eight more.
func appendUTF16(dst, src []byte) []byte {
	i := 0
	n := len(dst)
	out := dst[:cap(dst)]
	for {
		for i+16 <= len(src) && n+8 <= len(out) {
			x := binary.LittleEndian.Uint64(src[i:])
			y := binary.LittleEndian.Uint64(src[i+8:])
			if (x|y)&nonASCII != 0 {
				break
			}
			binary.LittleEndian.PutUint64(out[n:], pack(x)|pack(y)<<32)
			i += 16
			n += 8
		}
		// One code unit at a time until the next run of ASCII can begin.
		for stop := min(i+16, len(src)-1); i < stop; {
			c := uint16(src[i]) | uint16(src[i+1])<<8
			i += 2
			if c < utf8.RuneSelf {
				out[n] = byte(c)
				n++
				continue
			}
			r := rune(c)
			if utf16.IsSurrogate(r) {
				r, i = surrogate(r, src, i)
			}
			n += utf8.EncodeRune(out[n:], r)
		}
		if i >= len(src)-1 {
			return out[:n]
		}
	}
}

// surrogate completes a surrogate pair whose first half was read before src[i].
func surrogate(first rune, src []byte, i int) (rune, int) {
	if i+2 > len(src) {
		return utf8.RuneError, i
	}
	second := rune(src[i]) | rune(src[i+1])<<8
	r := utf16.DecodeRune(first, second)
	if r == utf8.RuneError {
		return r, i
	}
	return r, i + 2
}

// pack drops the zero high bytes of four ASCII code units.
func pack(x uint64) uint64 {
	x |= x >> 8
	x &= 0x0000ffff0000ffff
	x |= x >> 16
	return x & 0xffffffff
}

// windows1252 maps the bytes 0x80 to 0x9f, the only ones that differ from
// Latin-1.
var windows1252 = [32]rune{
	0x20ac, 0xfffd, 0x201a, 0x0192, 0x201e, 0x2026, 0x2020, 0x2021,
	0x02c6, 0x2030, 0x0160, 0x2039, 0x0152, 0xfffd, 0x017d, 0xfffd,
	0xfffd, 0x2018, 0x2019, 0x201c, 0x201d, 0x2022, 0x2013, 0x2014,
	0x02dc, 0x2122, 0x0161, 0x203a, 0x0153, 0xfffd, 0x017e, 0x0178,
}

// ansi appends text of an unknown code page: UTF-8 if it is that, else
// Windows-1252.
func (a *arena) ansi(src []byte) string {
	a.room(len(src)*3 + 8)
	start := len(a.buf)
	if utf8.Valid(src) {
		a.buf = append(a.buf, src...)
		return a.since(start)
	}
	for _, b := range src {
		r := rune(b)
		if b >= 0x80 && b < 0xa0 {
			r = windows1252[b-0x80]
		}
		a.buf = utf8.AppendRune(a.buf, r)
	}
	return a.since(start)
}

const lowerHex = "0123456789abcdef"

// guid appends a GUID as stored (little-endian first three parts), lower case
// and without braces.
func (a *arena) guid(b []byte) string {
	a.room(36)
	start := len(a.buf)
	_ = b[15]
	out := a.buf[start : start+36]
	for i, at := range guidDigits {
		v := b[guidBytes[i]]
		out[at] = lowerHex[v>>4]
		out[at+1] = lowerHex[v&15]
	}
	out[8], out[13], out[18], out[23] = '-', '-', '-', '-'
	a.buf = a.buf[:start+36]
	return a.since(start)
}

var (
	guidBytes  = [16]uint8{3, 2, 1, 0, 5, 4, 7, 6, 8, 9, 10, 11, 12, 13, 14, 15}
	guidDigits = [16]uint8{0, 2, 4, 6, 9, 11, 14, 16, 19, 21, 24, 26, 28, 30, 32, 34}
)

// sid appends a security identifier ("S-1-5-18"), or returns false if b is none.
func (a *arena) sid(b []byte) (string, bool) {
	if len(b) < 8 || int(b[1]) > 15 || len(b) < 8+4*int(b[1]) {
		return "", false
	}
	a.room(8 + 16 + 11*15)
	start := len(a.buf)
	out := append(a.buf, 'S', '-')
	out = appendUint(out, uint64(b[0]))
	out = append(out, '-')
	authority := uint64(binary.BigEndian.Uint16(b[2:]))<<32 | uint64(binary.BigEndian.Uint32(b[4:]))
	out = appendUint(out, authority)
	for i := range int(b[1]) {
		out = append(out, '-')
		out = appendUint(out, uint64(binary.LittleEndian.Uint32(b[8+4*i:])))
	}
	a.buf = out
	return a.since(start), true
}

// appendUint is strconv.AppendUint for base 10, short for the small numbers of
// which SIDs mostly consist.
func appendUint(b []byte, v uint64) []byte {
	if v < 10 {
		return append(b, byte('0'+v))
	}
	var d [20]byte
	i := len(d)
	for v >= 10 {
		i--
		d[i] = byte('0' + v%10)
		v /= 10
	}
	i--
	d[i] = byte('0' + v)
	return append(b, d[i:]...)
}

// trimNUL cuts the terminators that some providers count into their strings.
func trimNUL(b []byte) []byte {
	for len(b) >= 2 && b[len(b)-1] == 0 && b[len(b)-2] == 0 {
		b = b[:len(b)-2]
	}
	return b
}
