package archive

import (
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"io"
	"time"
	"unicode/utf16"
)

// Parts of the header of a 7z (7zFormat.txt of the LZMA SDK).
const (
	szEnd            = 0x00
	szHeader         = 0x01
	szArchiveProps   = 0x02
	szMainStreams    = 0x04
	szFilesInfo      = 0x05
	szPackInfo       = 0x06
	szUnpackInfo     = 0x07
	szSubStreamsInfo = 0x08
	szSize           = 0x09
	szCRC            = 0x0A
	szFolder         = 0x0B
	szUnpackSize     = 0x0C
	szNumUnpack      = 0x0D
	szEmptyStream    = 0x0E
	szEmptyFile      = 0x0F
	szNames          = 0x11
	szModified       = 0x14
	szAttributes     = 0x15
	szEncodedHeader  = 0x17
)

// maxSevenHeader bounds the header of a 7z, packed and unpacked.
const maxSevenHeader = 16 << 20

// maxSevenFiles bounds the files of a 7z, whatever its header says.
const maxSevenFiles = 2_000_000

var errSevenZip = errors.New("header of the 7z makes no sense")

// sevenZip is the directory of a 7z.
type sevenZip struct {
	folders []sevenFolder
	files   []sevenFile
}

// sevenFolder is one block of compressed data: files behind one another.
type sevenFolder struct {
	streams []sevenStream // where its data lies
	packed  int64         // bytes of them
	coders  []sevenCoder
	last    int   // the coder whose output is the content
	size    int64 // unpacked
	sum     *uint32
	parts   []sevenPart
}

// sevenStream is packed data.
type sevenStream struct{ at, size int64 }

// sevenCoder is one step of unpacking.
type sevenCoder struct {
	id    uint64
	props []byte
	size  int64 // what comes out
	from  []sevenInput
}

// sevenInput is what a step reads: what another step gives, or a stream of packed data.
type sevenInput struct {
	coder  int // -1 for a stream
	stream int
}

// sevenPart is the content of one file in its block.
type sevenPart struct {
	size int64
	sum  *uint32
}

type sevenFile struct {
	name     string
	modified time.Time
	folder   bool
	empty    bool
	link     bool
}

// sevenReader takes numbers from a header; the first failure sticks.
type sevenReader struct {
	b   []byte
	err error
}

func (r *sevenReader) fail() {
	if r.err == nil {
		r.err = errSevenZip
	}
	r.b = nil
}

func (r *sevenReader) byte() byte {
	if len(r.b) == 0 {
		r.fail()
		return 0
	}
	c := r.b[0]
	r.b = r.b[1:]
	return c
}

func (r *sevenReader) bytes(n int64) []byte {
	if n < 0 || n > int64(len(r.b)) {
		r.fail()
		return nil
	}
	b := r.b[:n]
	r.b = r.b[n:]
	return b
}

// number reads a number of one to nine bytes.
func (r *sevenReader) number() int64 {
	first := r.byte()
	var v uint64
	for i := range 8 {
		mask := byte(0x80) >> i
		if first&mask == 0 {
			v |= uint64(first&(mask-1)) << (8 * i)
			break
		}
		v |= uint64(r.byte()) << (8 * i)
	}
	if v > 1<<62 {
		r.fail()
		return 0
	}
	return int64(v)
}

// count reads how many of something follow: each takes at least a byte of what is left,
// but for one that may be implied.
func (r *sevenReader) count() int {
	n := r.number()
	if n > min(int64(len(r.b))+1, maxSevenFiles) {
		r.fail()
		return 0
	}
	return int(n)
}

// bits reads n flags; with all, a byte says first whether all are set.
func (r *sevenReader) bits(n int, all bool) []bool {
	if n > len(r.b)*8 {
		if !all || len(r.b) == 0 || r.b[0] == 0 {
			r.fail()
			return nil
		}
	}
	set := make([]bool, n)
	if all && r.byte() != 0 {
		for i := range set {
			set[i] = true
		}
		return set
	}
	var b, mask byte
	for i := range set {
		if mask == 0 {
			b, mask = r.byte(), 0x80
		}
		set[i] = b&mask != 0
		mask >>= 1
	}
	return set
}

func (r *sevenReader) sums(n int) []*uint32 {
	sums := make([]*uint32, n)
	for i, defined := range r.bits(n, true) {
		if defined {
			if b := r.bytes(4); b != nil {
				v := binary.LittleEndian.Uint32(b)
				sums[i] = &v
			}
		}
	}
	return sums
}

// openSevenZip reads the directory of a 7z. unpack unpacks an encoded one.
func openSevenZip(b *blob, unpack func(*sevenFolder) ([]byte, error)) (*sevenZip, error) {
	var head [32]byte
	if n, _ := b.ReadAt(head[:], 0); n < len(head) {
		return nil, io.ErrUnexpectedEOF
	}
	le := binary.LittleEndian
	if crc32.ChecksumIEEE(head[12:]) != le.Uint32(head[8:]) {
		return nil, errSevenZip
	}
	at, size := le.Uint64(head[12:]), le.Uint64(head[20:])
	switch {
	case size == 0:
		return &sevenZip{}, nil
	case size > maxSevenHeader:
		return nil, fmt.Errorf("header of the 7z has %d bytes, at most %d are read", size, maxSevenHeader)
	case at > uint64(b.size) || 32+at+size > uint64(b.size):
		return nil, io.ErrUnexpectedEOF
	}
	header := make([]byte, size)
	if _, err := b.ReadAt(header, int64(32+at)); err != nil && err != io.EOF {
		return nil, err
	}
	if crc32.ChecksumIEEE(header) != le.Uint32(head[28:]) {
		return nil, errSevenZip
	}
	for range 4 {
		r := &sevenReader{b: header}
		switch r.byte() {
		case szHeader:
			return r.header()
		case szEncodedHeader:
			folders := r.streams()
			if r.err != nil || len(folders) == 0 {
				return nil, errSevenZip
			}
			var err error
			if header, err = unpack(&folders[0]); err != nil {
				return nil, err
			}
		default:
			return nil, errSevenZip
		}
	}
	return nil, errSevenZip
}

func (r *sevenReader) header() (*sevenZip, error) {
	z := &sevenZip{}
	for r.err == nil {
		switch r.byte() {
		case szEnd:
			return z, r.err
		case szArchiveProps:
			for r.byte() != szEnd && r.err == nil {
				r.bytes(r.number())
			}
		case szMainStreams:
			z.folders = r.streams()
		case szFilesInfo:
			z.files = r.files()
		default:
			r.fail()
		}
	}
	return nil, r.err
}

// files reads the names and properties of the files.
func (r *sevenReader) files() []sevenFile {
	files := make([]sevenFile, r.count())
	var empty []int
	for r.err == nil {
		kind := r.byte()
		if kind == szEnd {
			return files
		}
		p := &sevenReader{b: r.bytes(r.number())}
		switch kind {
		case szEmptyStream:
			for i, set := range p.bits(len(files), false) {
				if set {
					files[i].empty, files[i].folder = true, true
					empty = append(empty, i)
				}
			}
		case szEmptyFile:
			for i, set := range p.bits(len(empty), false) {
				files[empty[i]].folder = !set
			}
		case szNames:
			p.names(files)
		case szModified:
			p.times(files)
		case szAttributes:
			p.attributes(files)
		}
		if p.err != nil {
			r.fail()
		}
	}
	return nil
}

func (r *sevenReader) names(files []sevenFile) {
	if r.byte() != 0 {
		r.fail()
		return
	}
	for i := range files {
		var units []uint16
		for {
			b := r.bytes(2)
			if b == nil {
				return
			}
			u := binary.LittleEndian.Uint16(b)
			if u == 0 {
				break
			}
			units = append(units, u)
		}
		files[i].name = string(utf16.Decode(units))
	}
}

func (r *sevenReader) times(files []sevenFile) {
	set := r.bits(len(files), true)
	if r.byte() != 0 {
		r.fail()
		return
	}
	for i := range set {
		if !set[i] {
			continue
		}
		b := r.bytes(8)
		if b == nil {
			return
		}
		const epoch = 11_644_473_600 // seconds from 1601 to 1970
		t := binary.LittleEndian.Uint64(b)
		if t < 1<<62 {
			files[i].modified = time.Unix(int64(t/1e7)-epoch, int64(t%1e7)*100).UTC()
		}
	}
}

func (r *sevenReader) attributes(files []sevenFile) {
	set := r.bits(len(files), true)
	if r.byte() != 0 {
		r.fail()
		return
	}
	for i := range set {
		if !set[i] {
			continue
		}
		b := r.bytes(4)
		if b == nil {
			return
		}
		const unixExtension, linkMode, kindMask = 0x8000, 0xA000, 0xF000
		if a := binary.LittleEndian.Uint32(b); a&unixExtension != 0 && a>>16&kindMask == linkMode {
			files[i].link = true
		}
	}
}
