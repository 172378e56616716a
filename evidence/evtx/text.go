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

// nonASCII covers what is not zero in four code units unless all are ASCII.
const nonASCII = 0xff80ff80ff80ff80

// appendUTF16 appends UTF-16LE text as UTF-8. dst must have room for three
// bytes a code unit and eight more.
func appendUTF16(dst, src []byte) []byte {
	n := len(dst)
	src = src[:len(src)&^1]
	out := dst[:n+len(src)/2*3+8]
	i := 0
	for ; i+16 <= len(src); i += 16 {
		x := binary.LittleEndian.Uint64(src[i:])
		y := binary.LittleEndian.Uint64(src[i+8:])
		if (x|y)&nonASCII != 0 {
			return appendMixed(out, n, src[i:])
		}
		binary.LittleEndian.PutUint64(out[n:], pack(x)|pack(y)<<32)
		n += 8
	}
	if i == len(src) {
		return out[:n]
	}
	if len(src) >= 16 {
		// The last block again takes in some of the one before.
		x := binary.LittleEndian.Uint64(src[len(src)-16:])
		y := binary.LittleEndian.Uint64(src[len(src)-8:])
		if (x|y)&nonASCII != 0 {
			return appendMixed(out, n, src[i:])
		}
		n += (len(src) - i) / 2
		binary.LittleEndian.PutUint64(out[n-8:], pack(x)|pack(y)<<32)
		return out[:n]
	}
	if len(src) >= 8 {
		x := binary.LittleEndian.Uint64(src)
		y := binary.LittleEndian.Uint64(src[len(src)-8:])
		if (x|y)&nonASCII != 0 {
			return appendMixed(out, n, src)
		}
		binary.LittleEndian.PutUint32(out[n:], uint32(pack(x)))
		n += len(src) / 2
		binary.LittleEndian.PutUint32(out[n-4:], uint32(pack(y)))
		return out[:n]
	}
	return appendMixed(out, n, src)
}

// appendMixed writes src to out[n:], whatever it is, one code unit after the
// other, and runs of ASCII four at a time.
func appendMixed(out []byte, n int, src []byte) []byte {
	for i := 0; i < len(src); {
		c := uint16(src[i]) | uint16(src[i+1])<<8
		i += 2
		if c < utf8.RuneSelf {
			out[n] = byte(c)
			n++
			for i+8 <= len(src) {
				x := binary.LittleEndian.Uint64(src[i:])
				if x&nonASCII != 0 {
					break
				}
				binary.LittleEndian.PutUint32(out[n:], uint32(pack(x)))
				n += 4
				i += 8
			}
			continue
		}
		r := rune(c)
		if utf16.IsSurrogate(r) {
			r, i = surrogate(r, src, i)
		}
		n += utf8.EncodeRune(out[n:], r)
	}
	return out[:n]
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
	x := hexDigits(binary.LittleEndian.Uint32(b))
	binary.LittleEndian.PutUint64(out, x)
	x = hexDigits(uint32(binary.LittleEndian.Uint16(b[4:]))<<16 | uint32(binary.LittleEndian.Uint16(b[6:])))
	binary.LittleEndian.PutUint32(out[9:], uint32(x))
	binary.LittleEndian.PutUint32(out[14:], uint32(x>>32))
	x = hexDigits(binary.BigEndian.Uint32(b[8:]))
	binary.LittleEndian.PutUint32(out[19:], uint32(x))
	binary.LittleEndian.PutUint32(out[24:], uint32(x>>32))
	binary.LittleEndian.PutUint64(out[28:], hexDigits(binary.BigEndian.Uint32(b[12:])))
	out[8], out[13], out[18], out[23] = '-', '-', '-', '-'
	a.buf = a.buf[:start+36]
	return a.since(start)
}

// hexDigits gives the eight lower-case digits of v, the first in the lowest
// byte.
func hexDigits(v uint32) uint64 {
	x := uint64(v)
	x = x&0xffff<<32 | x>>16
	x = x&0x0000_00ff_0000_00ff<<16 | x>>8&0x0000_00ff_0000_00ff
	x = x&0x000f_000f_000f_000f<<8 | x>>4&0x000f_000f_000f_000f
	// 0x06 more carries digits above 9 into bit 4.
	letters := (x + 0x0606060606060606) >> 4 & 0x0101010101010101
	return x + 0x3030303030303030 + letters*('a'-'0'-10)
}

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
