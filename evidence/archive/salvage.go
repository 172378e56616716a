package archive

import (
	"bufio"
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/klauspost/compress/flate"
	"github.com/klauspost/compress/zip"
)

// salvage visits the members of a zip whose directory, at its end, is missing or
// broken: an upload or a collection that was cut off. Each member has a header of
// its own before its data (APPNOTE.TXT 4.3.7); deflated data ends by itself.
func (r *run) salvage(it item, b *blob, cause error) error {
	total := it.disk()
	left := total
	seen := names{}
	found := 0
	for at := int64(0); it.budget.spent == nil; {
		h, ok := nextHeader(b, at)
		if !ok {
			break
		}
		found++
		if h.name == "" || h.name[len(h.name)-1] == '/' {
			at = h.data
			continue
		}
		src := &counter{r: bufio.NewReader(io.NewSectionReader(b, h.data, b.size-h.data))}
		member := it.inside(seen.unique(h.name), time.Time{}, h.size, nil)
		disk := min(left, portion(total, h.packed, b.size))
		left -= disk
		member.disk = fixed(disk)
		end, err := r.salvaged(member, h, src)
		if err != nil {
			return err
		}
		at = end
	}
	it.disk = fixed(left)
	if it.budget.spent != nil {
		return r.container(it, "zip", it.budget.spent)
	}
	return r.container(it, "zip", fmt.Errorf("directory of the zip cannot be read (%w), %d members found without it", cause, found))
}

// salvaged visits one member and tells where its data ends, as far as known.
func (r *run) salvaged(it item, h localHeader, src *counter) (int64, error) {
	const encrypted, sizesFollow = 1, 8
	switch {
	case h.flags&encrypted != 0:
		return h.data + h.packed, r.visit(it.file(Refused, "", "encrypted member of a zip without its directory, not to be had"))
	case h.method == zip.Deflate:
		z := flate.NewReader(byteReader{src})
		defer z.Close()
		if err := r.content(it, z); err != nil || h.flags&sizesFollow == 0 {
			return h.data + h.packed, err
		}
		_, err := io.Copy(io.Discard, it.budget.reader(z)) // what nobody wanted, to find the end
		return h.data + src.n, r.stopped(err)
	case h.flags&sizesFollow == 0:
		z, err := decompressor(h.method, h.size, io.LimitReader(src, h.packed))
		var method zipMethodError
		switch {
		case errors.As(err, &method):
			err = r.visit(it.file(Refused, "", err.Error()))
		case err != nil:
			err = r.failed(it, "", err)
		default:
			defer z.Close()
			err = r.content(it, z)
		}
		return h.data + h.packed, err
	}
	return h.data + h.packed, r.visit(it.file(Refused, "", fmt.Sprintf("member of compression method %d, not to be had without the zip's directory", h.method)))
}

// byteReader reads byte by byte through a counter, so that flate takes no byte
// more than it needs.
type byteReader struct{ *counter }

func (b byteReader) ReadByte() (byte, error) {
	c, err := b.r.(*bufio.Reader).ReadByte()
	if err == nil {
		b.n++
	}
	return c, err
}

type localHeader struct {
	flags, method uint16
	packed, size  int64
	name          string
	data          int64 // offset of the data
}

// nextHeader finds the first local header at or after at.
func nextHeader(b *blob, at int64) (localHeader, bool) {
	const chunk, sig = 64 << 10, "PK\x03\x04"
	buf := make([]byte, chunk)
	for at < b.size {
		n, _ := b.ReadAt(buf[:min(chunk, b.size-at)], at)
		i := bytes.Index(buf[:n], []byte(sig))
		if i < 0 {
			if n < len(sig) {
				return localHeader{}, false
			}
			at += int64(n - len(sig) + 1)
			continue
		}
		at += int64(i)
		if h, ok := headerAt(b, at); ok {
			return h, true
		}
		at += int64(len(sig))
	}
	return localHeader{}, false
}

func headerAt(b *blob, at int64) (localHeader, bool) {
	var fix [30]byte
	if n, _ := b.ReadAt(fix[:], at); n < len(fix) {
		return localHeader{}, false
	}
	le := binary.LittleEndian
	h := localHeader{
		flags:  le.Uint16(fix[6:]),
		method: le.Uint16(fix[8:]),
		packed: int64(le.Uint32(fix[18:])),
		size:   int64(le.Uint32(fix[22:])),
	}
	nameLen := int64(le.Uint16(fix[26:]))
	extraLen := int64(le.Uint16(fix[28:]))
	h.data = at + int64(len(fix)) + nameLen + extraLen
	if nameLen == 0 || nameLen > 4096 || h.data > b.size {
		return localHeader{}, false
	}
	rest := make([]byte, nameLen+extraLen)
	if n, _ := b.ReadAt(rest, at+int64(len(fix))); n < len(rest) {
		return localHeader{}, false
	}
	h.name = string(rest[:nameLen])
	h.zip64(rest[nameLen:])
	h.packed = min(h.packed, b.size-h.data)
	return h, true
}

// zip64 takes the real sizes of a big member from its extra field (4.5.3).
func (h *localHeader) zip64(extra []byte) {
	const marker = 0xFFFFFFFF
	for len(extra) >= 4 {
		id := binary.LittleEndian.Uint16(extra)
		n := int(binary.LittleEndian.Uint16(extra[2:]))
		if extra = extra[4:]; n > len(extra) {
			return
		}
		if id == 1 && n >= 16 && h.size == marker && h.packed == marker {
			h.size = int64(binary.LittleEndian.Uint64(extra) &^ (1 << 63))
			h.packed = int64(binary.LittleEndian.Uint64(extra[8:]) &^ (1 << 63))
		}
		extra = extra[n:]
	}
}
