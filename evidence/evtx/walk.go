package evtx

import (
	"bytes"
	"encoding/binary"
)

// walk goes over the records of one chunk.
type walk struct {
	c      *chunkReader
	header header
	lost   bool // the chunk has no header that could be recognised
	last   uint64
	count  uint64
	gaps   [][2]int // parts of the chunk in which no record stands in its place
}

// at returns the size of the record at pos if there is a whole one before end:
// signature, size and copy of the size agree.
func (w *walk) at(pos, end int) (size int, ok bool) {
	data := w.c.data
	if end-pos < recordMin || binary.LittleEndian.Uint32(data[pos:]) != recordSignature {
		return 0, false
	}
	size = int(binary.LittleEndian.Uint32(data[pos+4:]))
	if size < recordMin || size > end-pos {
		return size, false
	}
	return size, int(binary.LittleEndian.Uint32(data[pos+size-4:])) == size
}

func (w *walk) id(pos int) uint64 { return binary.LittleEndian.Uint64(w.c.data[pos+8:]) }

// follows reports whether the record at pos may come after the ones read: what
// lies behind damage may also be left from an earlier use of the chunk.
func (w *walk) follows(pos int) bool {
	id := w.id(pos)
	if w.header.lastID != 0 {
		return id > w.last && id >= w.header.firstID && id <= w.header.lastID
	}
	return w.count == 0 || id > w.last && id-w.last < chunkSize
}

// find returns the first record from pos on that may come after those read, or
// end if there is none.
func (w *walk) find(pos, end int) int {
	for pos < end {
		i := bytes.Index(w.c.data[pos:end], recordMagic)
		if i < 0 {
			return end
		}
		pos += i
		if _, ok := w.at(pos, end); ok && w.follows(pos) {
			return pos
		}
		pos++
	}
	return end
}

// records emits all records that stand in their place.
func (w *walk) records() error {
	end := len(w.c.data)
	if w.header.free != 0 {
		end = min(end, w.header.free)
	}
	pos, err := w.run(min(chunkHeaderSize, end), end)
	if err != nil {
		return err
	}
	// A log copied while in use may have a header older than its records.
	for pos == end {
		size, ok := w.at(pos, len(w.c.data))
		if !ok || w.count == 0 || w.id(pos) != w.last+1 {
			break
		}
		if err := w.emit(pos, size); err != nil {
			return err
		}
		pos += size
		end = pos
	}
	w.gaps = append(w.gaps, [2]int{pos, len(w.c.data)})
	w.report()
	return nil
}

// run emits the records in [pos, end) and returns where it stopped: at end, or
// where only zeros are left.
func (w *walk) run(pos, end int) (int, error) {
	for pos < end {
		size, ok := w.at(pos, end)
		if ok {
			if err := w.emit(pos, size); err != nil {
				return pos, err
			}
			pos += size
			continue
		}
		if w.c.data[pos] == 0 && allZero(w.c.data[pos:end]) {
			return pos, nil
		}
		next := w.find(pos+1, end)
		if !w.lost || w.count > 0 {
			if err := w.broken(pos, next, size); err != nil {
				return pos, err
			}
		}
		w.gaps = append(w.gaps, [2]int{pos, next})
		pos = next
	}
	return pos, nil
}

func (w *walk) emit(pos, size int) error {
	w.last = w.id(pos)
	w.count++
	if err := w.c.emit(pos, size); err != nil {
		return err
	}
	if end := w.c.bodyEnd; end > 0 && pos+size-end >= recordMin {
		return w.hidden(pos, end, pos+size)
	}
	return nil
}

// hidden looks for records behind the binary XML of the record at pos, which
// ends at to. A known way to delete an event is to let the one before it grow
// over it; the copy of its size is then the other one's.
func (w *walk) hidden(pos, from, to int) error {
	data := w.c.data
	for from < to {
		i := bytes.Index(data[from:to], recordMagic)
		if i < 0 || to-from-i < recordMin {
			break
		}
		from += i
		size, whole := w.at(from, to)
		if size < recordMin || size > to-from || !whole && from+size != to {
			from++
			continue
		}
		w.c.damage(from, from+size, "record %d lies hidden within record %d", w.id(from), w.id(pos))
		if w.c.options.Recover {
			if err := w.c.emitRecovered(from, size); err != nil {
				return err
			}
		}
		from += size
	}
	return nil
}

// broken reports what stands at pos instead of a record. A record that is whole
// but for the copy of its size is emitted nonetheless.
func (w *walk) broken(pos, next, size int) error {
	c := w.c
	data := c.data
	switch {
	case next-pos < recordMin || !bytes.Equal(data[pos:pos+4], recordMagic):
		c.damage(pos, next, "%x where a record should begin, expected %x", data[pos:min(pos+4, len(data))], recordMagic)
	case size < recordMin || size > len(data)-pos:
		c.damage(pos, next, "record of %d bytes with %d bytes left in the chunk", size, len(data)-pos)
	case size <= next-pos && w.follows(pos):
		before := c.damages
		w.last = w.id(pos)
		if err := c.emit(pos, size); err != nil {
			return err
		}
		if c.damages == before {
			w.count++
			c.damage(pos, pos+size, "record of %d bytes says %d at its end",
				size, binary.LittleEndian.Uint32(data[pos+size-4:]))
		}
	default:
		c.damage(pos, next, "record of %d bytes is overwritten", size)
	}
	return nil
}

// report compares what was read with what the header says.
func (w *walk) report() {
	c, h := w.c, w.header
	if w.lost {
		c.damage(0, 0, "chunk begins with %q, expected %q; %d records were read without its header",
			c.data[:min(8, len(c.data))], chunkMagic, w.count)
		return
	}
	if h.lastNumber == 0 || h.lastNumber < h.firstNumber {
		return
	}
	if n := h.lastNumber - h.firstNumber + 1; w.count < n && n <= chunkSize {
		c.damage(0, 0, "chunk holds %d of the %d records of its header (numbers %d to %d)",
			w.count, n, h.firstNumber, h.lastNumber)
	}
}

// recover emits the records that lie where none should be.
func (w *walk) recover() error {
	for _, gap := range w.gaps {
		for pos := gap[0]; pos < gap[1]; {
			i := bytes.Index(w.c.data[pos:gap[1]], recordMagic)
			if i < 0 {
				break
			}
			pos += i
			size, ok := w.at(pos, gap[1])
			if !ok {
				pos++
				continue
			}
			if err := w.c.emitRecovered(pos, size); err != nil {
				return err
			}
			pos += size
		}
	}
	return nil
}
