// Package jsontext writes JSON text piece by piece, without building values first.
package jsontext

import (
	"encoding/binary"
	"math/bits"
	"slices"
	"unicode/utf8"
	"unsafe"
)

// slack is the room that is kept behind what is yet to be written: eight bytes are stored
// at once, and no byte takes more than six.
const slack = 16

// AppendString appends s as a JSON string. Bytes that are no UTF-8 become U+FFFD.
func AppendString(b []byte, s string) []byte {
	n := len(b) + 1
	b = append(slices.Grow(b, len(s)+slack), '"')
	b = b[:cap(b)]
	src := unsafe.Slice(unsafe.StringData(s), len(s))
	var r rune
	for i, size := 0, 0; i < len(src); {
		var special uint64
		if rest := src[i:]; len(rest) >= 8 {
			x := binary.LittleEndian.Uint64(rest)
			binary.LittleEndian.PutUint64(b[n:], x)
			if special = specials(x); special == 0 {
				i, n = i+8, n+8
				continue
			}
		} else {
			x := last(rest)
			binary.LittleEndian.PutUint64(b[n:], x)
			if special = specials(x); special == 0 {
				n += len(rest)
				break
			}
		}
		plain := bits.TrailingZeros64(special) / 8
		i, n = i+plain, n+plain
		switch c := src[i]; {
		case c == '\\' || c == '"':
			b[n], b[n+1] = '\\', c
			i, n = i+1, n+2
		case c < utf8.RuneSelf:
			n += copy(b[n:], escaped(c))
			i++
		default:
			for ; i < len(src) && src[i] >= utf8.RuneSelf && len(b)-n >= len(src)-i+slack; i += size {
				r, size = utf8.DecodeRune(src[i:])
				n += utf8.EncodeRune(b[n:], r)
			}
		}
		if rest := len(src) - i + slack; len(b)-n < rest {
			b = slices.Grow(b[:n], rest+rest/8)
			b = b[:cap(b)]
		}
	}
	b[n] = '"'
	return b[:n+1]
}

// last gives the bytes of s, of which there are less than eight, the first in the lowest
// byte, and blanks.
func last(s []byte) uint64 {
	const blanks = 0x2020202020202020
	n := len(s)
	if n >= 4 {
		// The second part takes in some of the first again.
		x := uint64(binary.LittleEndian.Uint32(s)) | uint64(binary.LittleEndian.Uint32(s[n-4:]))<<(8*(n-4))
		return x | blanks<<(8*n)
	}
	return uint64(s[0]) | uint64(s[n/2])<<(8*(n/2)) | uint64(s[n-1])<<(8*(n-1)) | blanks<<(8*n)
}

// specials has as its lowest bit one of the first byte that does not stand for itself in a
// JSON string: a control character, a quote, a backslash or no ASCII. It is 0 if there is
// none.
func specials(x uint64) uint64 {
	const (
		ones  = 0x0101010101010101
		highs = 0x80 * ones
	)
	// Each sum has the high bit of the bytes that are not special. Bytes with a high bit carry
	// into those behind them only.
	control, quote, slant := x+0x60*ones, (x^'"'*ones)+0x7f*ones, (x^'\\'*ones)+0x7f*ones
	return (^(control & quote & slant) | x) & highs
}

// escaped is a control character in a JSON string.
func escaped(c byte) string {
	switch c {
	case '\n':
		return `\n`
	case '\r':
		return `\r`
	case '\t':
		return `\t`
	}
	const list = `\u0000\u0001\u0002\u0003\u0004\u0005\u0006\u0007\u0008\u0009\u000a\u000b\u000c\u000d\u000e\u000f` +
		`\u0010\u0011\u0012\u0013\u0014\u0015\u0016\u0017\u0018\u0019\u001a\u001b\u001c\u001d\u001e\u001f`
	return list[6*int(c):][:6]
}
