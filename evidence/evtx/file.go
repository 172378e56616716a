package evtx

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"hash/crc32"
	"io"
	"slices"

	"github.com/goshawk-hunt/goshawk/evidence"
)

const (
	fileHeaderSize  = 4096
	chunkSize       = 65536
	chunkHeaderSize = 512
	// segmentBuffer is a chunk and the header of the next one.
	segmentBuffer = chunkSize + chunkHeaderSize
	// maxFacts bounds what is remembered of chunks: those of a log of 64 GiB.
	maxFacts = 1 << 20
)

// Chunks is how many chunks begin in the first n bytes of a log.
func Chunks(n int64) int64 { return max(0, (n-fileHeaderSize+chunkSize-1)/chunkSize) }

// Flags of the file header.
const (
	fileDirty            = 1
	fileWithoutChecksums = 4
)

// segment is a piece of a file that is read as one chunk.
type segment struct {
	path   string
	offset int64
	data   []byte
	lost   bool // the data does not begin as a chunk does
}

// chunkFacts is what a chunk's header says of its records.
type chunkFacts struct {
	offset      int64
	first, last uint64 // record numbers; 0, 0 if the header can't be believed
}

// file walks over the chunks of an input.
type file struct {
	in     evidence.Input
	pos    int64
	zeros  int64 // where a run of zero-filled chunks began, -1 outside of one
	chunks int64 // the number of chunks in a header that can be believed, or 0
	facts  []chunkFacts
}

// openFile checks the file header. It returns nil for an input without content.
func openFile(in evidence.Input, sink evidence.Sink) (*file, error) {
	if in.Size <= 0 {
		sink.Damage(evidence.Damage{Path: in.Path, Reason: "empty file, expected an event log"})
		return nil, nil
	}
	head := make([]byte, min(in.Size, fileHeaderSize))
	n, err := in.ReadAt(head, 0)
	if n == 0 && err != nil && err != io.EOF {
		return nil, fmt.Errorf("read %s: %w", in.Path, err)
	}
	head = head[:n]
	f := &file{in: in, zeros: -1}
	if bytes.HasPrefix(head, chunkMagic) {
		return f, nil // carved: chunks without a file header
	}
	f.pos = fileHeaderSize
	damage := func(length int64, format string, args ...any) {
		sink.Damage(evidence.Damage{Path: in.Path, Length: length, Reason: fmt.Sprintf(format, args...)})
	}
	switch {
	case !bytes.HasPrefix(head, fileMagic):
		damage(int64(len(head)), "file header begins with %q, expected %q", head[:min(8, len(head))], fileMagic)
	case len(head) < fileHeaderSize:
		damage(int64(len(head)), "file of %d bytes ends within the file header of %d", len(head), fileHeaderSize)
	default:
		want, flags := binary.LittleEndian.Uint32(head[124:]), binary.LittleEndian.Uint32(head[120:])
		if got := crc32.ChecksumIEEE(head[:120]); got != want && flags&fileWithoutChecksums == 0 {
			damage(0, "file header has checksum %08x, its content gives %08x", want, got)
		} else if flags&fileDirty == 0 {
			f.chunks = int64(binary.LittleEndian.Uint16(head[42:]))
		}
	}
	return f, nil
}

// next cuts the next segment of the file, skipping what is filled with zeros.
// It returns false at the end.
func (f *file) next(buf []byte, sink evidence.Sink) (segment, bool, error) {
	for f.pos < f.in.Size {
		n, err := f.in.ReadAt(buf[:min(int64(segmentBuffer), f.in.Size-f.pos)], f.pos)
		if n == 0 {
			length := min(chunkSize, f.in.Size-f.pos)
			reason := "file ends before its size"
			if err != nil && err != io.EOF {
				reason = fmt.Sprintf("read failed: %v", err)
			}
			sink.Damage(evidence.Damage{Path: f.in.Path, Offset: f.pos, Length: length, Reason: reason})
			f.pos += length
			continue
		}
		s := f.cut(buf[:n])
		f.pos += int64(len(s.data))
		if allZero(s.data) {
			if f.zeros < 0 {
				f.zeros = s.offset
			}
			continue
		}
		f.endZeros(s.offset, sink)
		return s, true, nil
	}
	return segment{}, false, nil
}

// cut takes the segment at the beginning of data, which holds the header of the
// one behind as well if there is one.
func (f *file) cut(data []byte) segment {
	s := segment{path: f.in.Path, offset: f.pos, data: data[:min(len(data), chunkSize)]}
	if !bytes.HasPrefix(data, chunkMagic) {
		s.lost = true
		if i := bytes.Index(data[1:], chunkMagic); i >= 0 && 1+i < len(s.data) {
			s.data = s.data[:1+i]
		}
		return s
	}
	if !bytes.HasPrefix(data[len(s.data):], chunkMagic) {
		// The last chunk, or the next one is damaged, or this one lacks bytes
		// and the next one begins within.
		for from := chunkHeaderSize; from < len(s.data); {
			i := bytes.Index(data[from:], chunkMagic)
			if i < 0 || from+i >= len(s.data) {
				break
			}
			if from += i; headerHolds(data[from:]) {
				s.data = s.data[:from]
				break
			}
			from++
		}
	}
	return s
}

// endZeros reports a run of zeros that has chunks behind it.
func (f *file) endZeros(at int64, sink evidence.Sink) {
	if f.zeros >= 0 {
		sink.Damage(evidence.Damage{
			Path: f.in.Path, Offset: f.zeros, Length: at - f.zeros,
			Reason: "filled with zeros, expected chunks",
		})
	}
	f.zeros = -1
}

// seen notes what a chunk's header says.
func (f *file) seen(facts chunkFacts) {
	if facts.last > 0 && len(f.facts) < maxFacts {
		f.facts = append(f.facts, facts)
	}
}

// finish reports what only the whole file shows: chunks at the end that are
// gone, and gaps in the record numbers.
func (f *file) finish(sink evidence.Sink) {
	defer sink.Progress(f.in.Size)
	end := int64(fileHeaderSize) + f.chunks*chunkSize
	if f.zeros >= 0 && f.zeros < end {
		f.endZeros(min(end, f.in.Size), sink)
	}
	if end > f.in.Size && f.chunks > 0 {
		sink.Damage(evidence.Damage{
			Path: f.in.Path, Offset: f.in.Size, Length: end - f.in.Size,
			Reason: fmt.Sprintf("file ends at %d, its header counts %d chunks up to %d", f.in.Size, f.chunks, end),
		})
	}
	slices.SortStableFunc(f.facts, func(a, b chunkFacts) int {
		switch {
		case a.first < b.first:
			return -1
		case a.first > b.first:
			return 1
		}
		return 0
	})
	reported := 0
	for i := 1; i < len(f.facts) && reported < maxDamages; i++ {
		if prev, cur := f.facts[i-1], f.facts[i]; prev.last+1 < cur.first {
			sink.Damage(evidence.Damage{
				Path: f.in.Path, Offset: cur.offset,
				Reason: fmt.Sprintf("no chunk holds the records numbered %d to %d", prev.last+1, cur.first-1),
			})
			reported++
		}
	}
}

// headerHolds reports whether data begins with a chunk header whose checksum is
// right.
func headerHolds(data []byte) bool {
	return len(data) >= chunkHeaderSize && bytes.HasPrefix(data, chunkMagic) &&
		headerChecksum(data) == binary.LittleEndian.Uint32(data[124:])
}

// headerChecksum covers a chunk header without its flags and the checksum.
func headerChecksum(data []byte) uint32 {
	return crc32.Update(crc32.ChecksumIEEE(data[:120]), crc32.IEEETable, data[128:chunkHeaderSize])
}

var zeros [4096]byte

func allZero(b []byte) bool {
	for len(b) > len(zeros) {
		if !bytes.Equal(b[:len(zeros)], zeros[:]) {
			return false
		}
		b = b[len(zeros):]
	}
	return bytes.Equal(b, zeros[:len(b)])
}
