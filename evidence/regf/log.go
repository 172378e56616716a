package regf

import (
	"io"
	"math/bits"
	"slices"

	"github.com/goshawk-hunt/goshawk/evidence"
)

// maxLog bounds a transaction log; Windows begins a new one far earlier.
const maxLog = 256 << 20

// entry is one set of changes in a log, to be applied as a whole.
type entry struct {
	sequence, size uint32
	pages          []logPage
}

type logPage struct {
	offset uint32 // in the bins
	data   []byte
}

// replay puts the changes of the logs over the hive. As Windows does, it begins with
// the hive's own sequence number and stops where one is missing.
func (h *hive) replay(logs []evidence.Input) {
	dirty := h.base.primary != h.base.secondary
	if !dirty && (h.base.sound || len(logs) == 0) {
		return
	}
	var entries []entry
	for _, in := range logs {
		entries = append(entries, h.readLog(in)...)
	}
	slices.SortStableFunc(entries, func(a, b entry) int { return int(int32(a.sequence - b.sequence)) })
	next, applied := h.base.secondary, 0
	if !h.base.sound && len(entries) > 0 {
		next = entries[0].sequence
	}
	for _, e := range entries {
		if int32(e.sequence-next) < 0 {
			continue // in the hive already
		}
		if e.sequence != next {
			if applied > 0 {
				h.damage(0, 0, "the changes %d to %d are missing in the transaction logs; what follows them is not applied", next, e.sequence-1)
			}
			break
		}
		h.apply(e)
		applied++
		next = e.sequence + 1
	}
	if applied == 0 && dirty {
		h.damage(0, 0, "the hive was not written to its end (sequences %d and %d) and no transaction log that fits is at hand: the latest changes may be missing or half done", h.base.primary, h.base.secondary)
	}
}

func (h *hive) apply(e entry) {
	if h.pages == nil {
		h.pages = map[int64][]byte{}
	}
	for _, p := range e.pages {
		at := int64(p.offset) + binsStart
		for i := 0; i < len(p.data); i += pageSize {
			h.pages[(at+int64(i))/pageSize] = p.data[i : i+pageSize]
		}
		h.end = max(h.end, at+int64(len(p.data)))
	}
}

// readLog reads the entries of a log of either form.
func (h *hive) readLog(in evidence.Input) []entry {
	note := func(offset int64, reason string) {
		h.sink.Damage(evidence.Damage{Path: in.Path, Offset: offset, Reason: reason})
	}
	if in.Size > maxLog {
		note(maxLog, "a transaction log longer than any that Windows writes, the rest is not read")
	}
	b := make([]byte, min(in.Size, maxLog))
	n, err := in.ReadAt(b, 0)
	if err != nil && err != io.EOF {
		note(0, "read: "+err.Error())
	}
	b = b[:n]
	if len(b) < baseSize || !IsLog(b) {
		if len(b) > 0 {
			note(0, "no transaction log, though its name says so")
		}
		return nil
	}
	if le.Uint32(b[28:]) == typeLogNew {
		return newEntries(b)
	}
	e, ok := oldEntry(b)
	if !ok {
		note(0, "the transaction log is not whole")
		return nil
	}
	return []entry{e}
}

// newEntries reads a log of Windows 8.1 and later: entries with hashes. It ends at
// the first that is not whole, which is a leftover.
func newEntries(b []byte) []entry {
	var out []entry
	for b = b[baseSize:]; len(b) >= 40 && string(b[:4]) == "HvLE"; {
		size := le.Uint32(b[4:])
		if size < 40 || size%pageSize != 0 || int64(size) > int64(len(b)) {
			break
		}
		body := b[:size]
		if marvin(body[:32]) != le.Uint64(body[32:]) || marvin(body[40:]) != le.Uint64(body[24:]) {
			break
		}
		e := entry{sequence: le.Uint32(body[12:]), size: le.Uint32(body[16:])}
		count := int64(le.Uint32(body[20:]))
		refs, data := body[40:], int64(40)+8*count
		if data > int64(size) {
			break
		}
		whole := true
		for range count {
			offset, length := le.Uint32(refs), int64(le.Uint32(refs[4:]))
			refs = refs[8:]
			if length%pageSize != 0 || offset%pageSize != 0 || data+length > int64(size) || int64(offset)+length > int64(e.size) {
				whole = false
				break
			}
			e.pages = append(e.pages, logPage{offset, body[data : data+length]})
			data += length
		}
		if !whole {
			break
		}
		out = append(out, e)
		b = b[size:]
	}
	return out
}

// oldEntry reads a log of earlier Windows: a bitmap of pages, then the pages.
func oldEntry(b []byte) (entry, bool) {
	head := parseBase(b)
	n := int64(head.size) / 4096 // a bit for each page of 512 bytes
	if !head.sound || head.primary != head.secondary || baseSize+4+n > int64(len(b)) || string(b[baseSize:baseSize+4]) != "DIRT" {
		return entry{}, false
	}
	e := entry{sequence: head.secondary, size: head.size}
	bitmap := b[baseSize+4 : baseSize+4+n]
	data := (baseSize + 4 + n + pageSize - 1) / pageSize * pageSize
	for i, bits := range bitmap {
		for j := range 8 {
			if bits>>j&1 == 0 {
				continue
			}
			if data+pageSize > int64(len(b)) {
				return entry{}, false
			}
			e.pages = append(e.pages, logPage{uint32(i*8+j) * pageSize, b[data : data+pageSize]})
			data += pageSize
		}
	}
	return e, true
}

// marvin is the hash Marvin32 with the registry's seed.
func marvin(b []byte) uint64 {
	lo, hi := uint32(0x7A4E55C5), uint32(0x82EF4D88)
	mix := func(v uint32) {
		lo += v
		hi ^= lo
		lo = bits.RotateLeft32(lo, 20) + hi
		hi = bits.RotateLeft32(hi, 9) ^ lo
		lo = bits.RotateLeft32(lo, 27) + hi
		hi = bits.RotateLeft32(hi, 19)
	}
	for ; len(b) >= 4; b = b[4:] {
		mix(le.Uint32(b))
	}
	last := uint32(0x80)
	for i := len(b) - 1; i >= 0; i-- {
		last = last<<8 | uint32(b[i])
	}
	mix(last)
	mix(0)
	return uint64(hi)<<32 | uint64(lo)
}
