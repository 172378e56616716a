package archive

import (
	"bytes"
	"encoding/binary"
	"hash/crc32"
	"math/rand/v2"
	"strings"
	"testing"
	"unicode/utf16"
)

// bcj2Encoder writes the four streams of the filter: every target is moved.
type bcj2Encoder struct {
	streams [4][]byte
	probs   [2 + 256]uint16
	low     uint64
	rng     uint32
	cache   byte
	held    int
}

func (e *bcj2Encoder) shift() {
	if uint32(e.low) < 0xFF000000 || e.low>>32 != 0 {
		for first := e.cache; e.held > 0; e.held-- {
			e.streams[3] = append(e.streams[3], first+byte(e.low>>32))
			first = 0xFF
		}
		e.cache = byte(e.low >> 24)
	}
	e.held++
	e.low = e.low & 0x00FFFFFF << 8
}

func (e *bcj2Encoder) bit(at int, set bool) {
	p := &e.probs[at]
	bound := e.rng >> 11 * uint32(*p)
	if set {
		e.low += uint64(bound)
		e.rng -= bound
		*p -= *p >> 5
	} else {
		e.rng = bound
		*p += (1<<11 - *p) >> 5
	}
	for e.rng < 1<<24 {
		e.rng <<= 8
		e.shift()
	}
}

func bcj2Encode(code []byte) [4][]byte {
	e := &bcj2Encoder{rng: 0xFFFFFFFF, held: 1}
	for i := range e.probs {
		e.probs[i] = 1 << 10
	}
	previous := byte(0)
	for i := 0; i < len(code); i++ {
		c := code[i]
		e.streams[0] = append(e.streams[0], c)
		before := previous
		previous = c
		at, to := 0, 2
		switch {
		case c == 0xE8:
			at, to = 2+int(before), 1
		case c == 0xE9:
			at = 1
		case before == 0x0F && c&0xF0 == 0x80:
		default:
			continue
		}
		moved := i+4 < len(code) && code[i+1]%5 != 0 // some are left where they are
		e.bit(at, moved)
		if moved {
			target := binary.LittleEndian.Uint32(code[i+1:]) + uint32(i+5)
			e.streams[to] = binary.BigEndian.AppendUint32(e.streams[to], target)
			previous = code[i+4]
			i += 4
		}
	}
	for range 5 {
		e.shift()
	}
	return e.streams
}

// likeCode is bytes with many calls and jumps.
func likeCode(n int) []byte {
	r := rand.New(rand.NewPCG(1, 2))
	b := []byte("note:")
	for len(b) < n {
		switch r.IntN(6) {
		case 0:
			b = append(b, 0xE8)
		case 1:
			b = append(b, 0xE9)
		case 2:
			b = append(b, 0x0F, 0x80|byte(r.IntN(16)))
		default:
			b = append(b, byte(r.IntN(256)))
		}
	}
	return b
}

// bcj2Archive is a 7z of one file behind the filter, its streams not compressed.
func bcj2Archive(content []byte) string {
	streams := bcj2Encode(content)
	var h []byte
	number := func(n int) { h = binary.LittleEndian.AppendUint32(append(h, 0xF0), uint32(n)) }
	h = append(h, szHeader, szMainStreams, szPackInfo, 0, 4, szSize)
	for _, s := range streams {
		number(len(s))
	}
	h = append(h, szEnd, szUnpackInfo, szFolder, 1, 0)
	h = append(h, 2)                                  // steps
	h = append(h, 0x14, 0x03, 0x03, 0x01, 0x1B, 4, 1) // BCJ2
	h = append(h, 0x01, 0x00)                         // copy
	h = append(h, 0, 1)                               // the copy feeds the first input
	h = append(h, 4, 1, 2, 3)                         // the packed streams: of the copy, and of the other inputs
	h = append(h, szUnpackSize)
	number(len(content))
	number(len(streams[0]))
	return sevenOf(h, bytes.Join(streams[:], nil), content)
}

// sevenOf is a 7z of one file: h is its header as far as the checksum of the content.
func sevenOf(h, packed, content []byte) string {
	h = append(h, szCRC, 1)
	h = binary.LittleEndian.AppendUint32(h, crc32.ChecksumIEEE(content))
	h = append(h, szEnd, szEnd, szFilesInfo, 1, szNames)
	name := utf16.Encode([]rune("code.bin\x00"))
	h = append(h, byte(1+2*len(name)), 0)
	for _, u := range name {
		h = binary.LittleEndian.AppendUint16(h, u)
	}
	h = append(h, szEnd, szEnd)
	start := binary.LittleEndian.AppendUint64(nil, uint64(len(packed)))
	start = binary.LittleEndian.AppendUint64(start, uint64(len(h)))
	start = binary.LittleEndian.AppendUint32(start, crc32.ChecksumIEEE(h))
	b := append([]byte("7z\xBC\xAF\x27\x1C\x00\x04"), binary.LittleEndian.AppendUint32(nil, crc32.ChecksumIEEE(start))...)
	b = append(b, start...)
	b = append(b, packed...)
	return string(append(b, h...))
}

func TestBCJ2(t *testing.T) {
	code := likeCode(300 << 10)
	packed := bcj2Archive(code)
	dir := folder(t, member{"a.7z", packed}, member{"b.7z", packed[:len(packed)/2]})
	got := strings.Join(lines(t, &Walker{}, dir), "\n")
	for _, want := range []string{"a.7z!code.bin read note 307200 ", "a.7z read 7z ", "b.7z damaged 7z"} {
		if !strings.Contains(got, want) {
			t.Errorf("no %q in\n%.400s", want, got)
		}
	}
}
