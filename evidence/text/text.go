// Package text turns the text that evidence is written in into UTF-8: UTF-8 and
// UTF-16 of either byte order, with a byte order mark or without. All readers
// of text formats share it, so that a file is understood the same way whichever
// of them reads it. It looks at bytes and never believes an XML declaration.
package text

import (
	"bytes"
	"io"
	"unicode/utf16"
	"unicode/utf8"
)

// Encoding is how a text is written.
type Encoding uint8

const (
	// UTF8 is also what every text is taken for that is not UTF-16.
	UTF8 Encoding = iota
	UTF16LE
	UTF16BE
)

// sniff tells the encoding of a text from its first bytes and how many of them
// are a byte order mark. Without a mark, UTF-16 is recognised by the zero bytes
// of its first two characters, which in every text format that we read are ASCII.
func sniff(head []byte) (e Encoding, mark int) {
	switch {
	case bytes.HasPrefix(head, []byte{0xEF, 0xBB, 0xBF}):
		return UTF8, 3
	case bytes.HasPrefix(head, []byte{0xFF, 0xFE}):
		return UTF16LE, 2
	case bytes.HasPrefix(head, []byte{0xFE, 0xFF}):
		return UTF16BE, 2
	}
	if len(head) < 4 {
		return UTF8, 0
	}
	switch {
	case head[0] != 0 && head[1] == 0 && head[2] != 0 && head[3] == 0:
		return UTF16LE, 0
	case head[0] == 0 && head[1] != 0 && head[2] == 0 && head[3] != 0:
		return UTF16BE, 0
	}
	return UTF8, 0
}

// Head gives the first bytes of a file as UTF-8 without the byte order mark, for
// detection. A character cut off at the end is left out.
func Head(head []byte) []byte {
	e, mark := sniff(head)
	head = head[mark:]
	if e == UTF8 {
		return head
	}
	head = head[:len(head)&^1]
	out, _ := appendUTF16(make([]byte, 0, len(head)), head, e == UTF16BE, false)
	return out
}

// Decode gives all of b as UTF-8 without the byte order mark. What is no valid
// text becomes U+FFFD.
func Decode(b []byte) []byte {
	e, mark := sniff(b)
	b = b[mark:]
	if e == UTF8 {
		return Valid(b)
	}
	out, _ := appendUTF16(make([]byte, 0, len(b)/2+len(b)/16), b, e == UTF16BE, true)
	return out
}

// NotUTF8 is the note of a reader that had to replace bytes.
const NotUTF8 = "text that is not UTF-8: bytes that are none are shown as U+FFFD"

// Valid gives b itself when it is valid UTF-8, else a copy with U+FFFD in place
// of what is not.
func Valid(b []byte) []byte {
	if utf8.Valid(b) {
		return b
	}
	return bytes.ToValidUTF8(b, []byte("\uFFFD"))
}

// appendUTF16 appends b as UTF-8 to dst and tells how many bytes of b it took.
// Unless final, a surrogate or a byte at the end that needs more is left.
func appendUTF16(dst, b []byte, bigEndian, final bool) ([]byte, int) {
	lo, hi := 0, 1
	if bigEndian {
		lo, hi = 1, 0
	}
	i := 0
	for ; i+1 < len(b); i += 2 {
		u := rune(b[i+lo]) | rune(b[i+hi])<<8
		if u < utf8.RuneSelf {
			dst = append(dst, byte(u))
			continue
		}
		if !utf16.IsSurrogate(u) {
			dst = utf8.AppendRune(dst, u)
			continue
		}
		if i+3 >= len(b) {
			if !final {
				return dst, i
			}
			dst = utf8.AppendRune(dst, utf8.RuneError)
			continue
		}
		r := utf16.DecodeRune(u, rune(b[i+2+lo])|rune(b[i+2+hi])<<8)
		if r != utf8.RuneError {
			i += 2
		}
		dst = utf8.AppendRune(dst, r)
	}
	if final && i < len(b) {
		dst = utf8.AppendRune(dst, utf8.RuneError)
		i = len(b)
	}
	return dst, i
}

// NewReader reads the size bytes of src as UTF-8 without the byte order mark.
// UTF-8 passes unchecked (see Valid); broken UTF-16 becomes U+FFFD.
func NewReader(src io.ReaderAt, size int64) (io.Reader, Encoding, error) {
	var head [4]byte
	n, err := src.ReadAt(head[:min(size, 4)], 0)
	if err != nil && err != io.EOF {
		return nil, UTF8, err
	}
	e, mark := sniff(head[:n])
	r := io.NewSectionReader(src, int64(mark), size-int64(mark))
	if e == UTF8 {
		return r, e, nil
	}
	return &utf16Reader{src: r, bigEndian: e == UTF16BE, in: make([]byte, 0, 64<<10)}, e, nil
}

type utf16Reader struct {
	src       io.Reader
	bigEndian bool
	in        []byte // not yet decoded
	out       []byte // decoded, not yet given: out[at:]
	at        int
	err       error
}

func (r *utf16Reader) Read(p []byte) (int, error) {
	for r.at == len(r.out) {
		if r.err != nil {
			return 0, r.err
		}
		n, err := r.src.Read(r.in[len(r.in):cap(r.in)])
		r.in = r.in[:len(r.in)+n]
		var used int
		r.out, used = appendUTF16(r.out[:0], r.in, r.bigEndian, err != nil)
		r.at = 0
		r.in = r.in[:copy(r.in, r.in[used:])]
		r.err = err
	}
	n := copy(p, r.out[r.at:])
	r.at += n
	return n, nil
}
