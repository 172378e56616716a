package archive

import (
	"bufio"
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"fmt"
	"hash"
	"hash/crc32"
	"hash/crc64"
	"io"

	"github.com/ulikunitz/xz/lzma"
)

// The magics at the start and the end of a stream of xz (The .xz File Format, 2.1).
const (
	xzMagic  = "\xFD7zXZ\x00"
	xzFooter = "YZ"
)

var errXZ = errors.New("makes no sense as xz")

// xzReader expands the streams of an xz file one after the other. It stands here, over the
// library's LZMA2, because the library makes room for whatever dictionary a file claims.
type xzReader struct {
	in    *xzInput
	block io.Reader // of the block in work, nil between blocks
	check byte      // kind of the checks behind the blocks
	sum   hash.Hash // nil where there are none
	begun bool
	err   error
}

// xzInput counts what is read, for the alignment.
type xzInput struct {
	r *bufio.Reader
	n int64
}

func (x *xzInput) Read(p []byte) (int, error) {
	n, err := x.r.Read(p)
	x.n += int64(n)
	return n, err
}

func (x *xzInput) ReadByte() (byte, error) {
	c, err := x.r.ReadByte()
	if err == nil {
		x.n++
	}
	return c, err
}

func newXZ(in *bufio.Reader) *xzReader { return &xzReader{in: &xzInput{r: in}} }

func (x *xzReader) Read(p []byte) (int, error) {
	for x.err == nil {
		if x.block == nil {
			x.err = x.next()
			continue
		}
		n, err := x.block.Read(p)
		if x.sum != nil {
			x.sum.Write(p[:n])
		}
		if err == io.EOF {
			x.block, err = nil, x.endOfBlock()
		}
		if x.err = err; n > 0 {
			return n, nil
		}
	}
	return 0, x.err
}

// full reads all of b; a file that ends within is cut off.
func (x *xzReader) full(b []byte) error {
	_, err := io.ReadFull(x.in, b)
	if err == io.EOF {
		err = io.ErrUnexpectedEOF
	}
	return err
}

// next goes to the next block, of this stream or the next one. It returns io.EOF behind
// the last.
func (x *xzReader) next() error {
	if !x.begun {
		return x.stream()
	}
	size, err := x.in.ReadByte()
	if err == io.EOF {
		err = io.ErrUnexpectedEOF
	}
	if err != nil {
		return err
	}
	if size != 0 {
		return x.header(size)
	}
	if err := x.index(); err != nil {
		return err
	}
	x.begun = false
	return nil
}

// stream reads the header of a stream, or finds the end of the file.
func (x *xzReader) stream() error {
	var h [12]byte
	for first := true; ; first = false {
		n, err := io.ReadFull(x.in, h[:4])
		switch {
		case n == 0 && err == io.EOF:
			return io.EOF
		case err != nil && first && x.in.n <= 12:
			return io.ErrUnexpectedEOF
		case err != nil:
			return errXZ
		}
		if binary.LittleEndian.Uint32(h[:]) != 0 { // zeros pad streams
			break
		}
	}
	if err := x.full(h[4:]); err != nil {
		return err
	}
	if string(h[:6]) != xzMagic || h[6] != 0 || h[7] > 15 || crc32.ChecksumIEEE(h[6:8]) != binary.LittleEndian.Uint32(h[8:]) {
		return errXZ
	}
	x.begun, x.check = true, h[7]
	return nil
}

// checkSize is how many bytes a check of a kind has (2.1.1.2).
func checkSize(kind byte) int {
	return [...]int{0, 4, 4, 4, 8, 8, 8, 16, 16, 16, 32, 32, 32, 64, 64, 64}[kind&15]
}

// header reads the header of a block (3.1), whose size byte was read.
func (x *xzReader) header(size byte) error {
	b := make([]byte, (int(size)+1)*4)
	b[0] = size
	if err := x.full(b[1:]); err != nil {
		return err
	}
	if crc32.ChecksumIEEE(b[:len(b)-4]) != binary.LittleEndian.Uint32(b[len(b)-4:]) {
		return errXZ
	}
	flags := b[1]
	rest := bytes.NewReader(b[2 : len(b)-4])
	for _, given := range []byte{0x40, 0x80} { // packed and unpacked size
		if flags&given != 0 {
			if _, err := binary.ReadUvarint(rest); err != nil {
				return errXZ
			}
		}
	}
	if flags&0x3C != 0 {
		return errXZ
	}
	var filters []sevenCoder
	for range flags&3 + 1 {
		id, err := binary.ReadUvarint(rest)
		n, err2 := binary.ReadUvarint(rest)
		if err != nil || err2 != nil || n > uint64(rest.Len()) {
			return errXZ
		}
		props := make([]byte, n)
		_, _ = rest.Read(props)
		filters = append(filters, sevenCoder{id: id, props: props})
	}
	return x.open(filters)
}

// The filters of xz by their numbers (5.3).
const (
	xzDelta = 0x03
	xzX86   = 0x04
	xzLZMA2 = 0x21
)

// open chains the filters of a block, of which the last one reads the file.
func (x *xzReader) open(filters []sevenCoder) error {
	last := filters[len(filters)-1]
	if last.id != xzLZMA2 || len(last.props) != 1 || last.props[0] > 40 {
		return errXZ
	}
	size := int64(2|last.props[0]&1) << (last.props[0]/2 + 11)
	if size > maxDictionary {
		return limitError{fmt.Sprintf("xz with a dictionary of %d bytes, at most %d are made room for", size, int64(maxDictionary))}
	}
	block, err := lzma.Reader2Config{DictCap: int(size)}.NewReader2(x.in)
	if err != nil {
		return err
	}
	x.block = block
	for i := len(filters) - 2; i >= 0; i-- {
		switch f := filters[i]; f.id {
		case xzX86:
			x.block = &x86Reader{src: x.block}
		case xzDelta:
			x.block = newDelta(x.block, f.props)
		default:
			return fmt.Errorf("filter %x of xz is not supported", f.id)
		}
	}
	x.sum = nil
	switch x.check {
	case 1:
		x.sum = crc32.NewIEEE()
	case 4:
		x.sum = crc64.New(crc64.MakeTable(crc64.ECMA))
	case 10:
		x.sum = sha256.New()
	}
	return nil
}

// endOfBlock reads the padding and the check behind a block.
func (x *xzReader) endOfBlock() error {
	for x.in.n%4 != 0 {
		if c, err := x.in.ReadByte(); err != nil || c != 0 {
			return errXZ
		}
	}
	want := make([]byte, checkSize(x.check))
	if err := x.full(want); err != nil {
		return err
	}
	if x.sum == nil {
		return nil
	}
	got := x.sum.Sum(nil)
	if x.check != 10 { // numbers lie with their lowest byte first
		for i, k := 0, len(got)-1; i < k; i, k = i+1, k-1 {
			got[i], got[k] = got[k], got[i]
		}
	}
	if !bytes.Equal(got, want) {
		return errors.New("content differs from its checksum")
	}
	return nil
}

// index passes the index and the footer of a stream (4, 2.1.2), whose first byte was read.
func (x *xzReader) index() error {
	records, err := binary.ReadUvarint(x.in)
	if err != nil {
		return io.ErrUnexpectedEOF
	}
	for ; records > 0; records-- {
		_, err := binary.ReadUvarint(x.in)
		_, err2 := binary.ReadUvarint(x.in)
		if err != nil || err2 != nil {
			return io.ErrUnexpectedEOF
		}
	}
	for x.in.n%4 != 0 {
		if c, err := x.in.ReadByte(); err != nil || c != 0 {
			return errXZ
		}
	}
	var end [16]byte // checksum of the index, footer
	if err := x.full(end[:]); err != nil {
		return err
	}
	if string(end[14:]) != xzFooter {
		return errXZ
	}
	return nil
}

// deltaReader undoes the filter that writes each byte as its difference from the one some
// bytes before.
type deltaReader struct {
	src  io.Reader
	past [256]byte
	at   byte
	back byte
}

func newDelta(src io.Reader, props []byte) *deltaReader {
	d := &deltaReader{src: src}
	if len(props) == 1 {
		d.back = props[0]
	}
	return d
}

func (d *deltaReader) Read(p []byte) (int, error) {
	n, err := d.src.Read(p)
	for i := range p[:n] {
		p[i] += d.past[d.at-d.back-1]
		d.past[d.at] = p[i]
		d.at++
	}
	return n, err
}

// newLZMA reads the old form of LZMA.
func newLZMA(in *bufio.Reader) (io.Reader, error) {
	head, err := in.Peek(5)
	if err != nil {
		return nil, io.ErrUnexpectedEOF
	}
	if size := int64(binary.LittleEndian.Uint32(head[1:])); size > maxDictionary {
		return nil, limitError{fmt.Sprintf("lzma with a dictionary of %d bytes, at most %d are made room for", size, int64(maxDictionary))}
	}
	return lzma.NewReader(in)
}
