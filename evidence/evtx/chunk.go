package evtx

import (
	"encoding/binary"
	"fmt"
	"hash/crc32"
	"math"

	"github.com/goshawk-hunt/goshawk/evidence"
)

// chunkReader reads chunks, one after the other, with what it learned from earlier
// ones. It knows nothing of files: several can work on one file at a time.
type chunkReader struct {
	options Options

	// Of the chunk at hand.
	data      []byte
	offset    int64
	path      string
	sink      evidence.Sink
	templates map[uint32]*template // by offset
	recent    [1 << recentBits]recentTemplate
	rawNames  [1 << rawNameBits]rawName
	work      int
	damages   int

	// Of the record at hand, or of all records of the chunk with keep.
	record  evidence.Record
	wanted  Wanted
	bodyEnd int // where its binary XML ends, 0 if unknown
	fields  []evidence.Field
	text    arena
	keep    bool
	subs    []sub
	raw     func(pos, size int, recovered bool) error // takes records instead of the sink

	// Of all chunks.
	known       map[templateKey]*template
	knownCost   int
	names       map[string]string
	onlyGeneral bool // for tests: no plans
}

// newChunkReader returns a reader of chunks. Options.Workers means nothing to it.
func newChunkReader(o Options) *chunkReader {
	return &chunkReader{
		options:   o,
		templates: make(map[uint32]*template),
		known:     make(map[templateKey]*template),
		names:     make(map[string]string),
		fields:    make([]evidence.Field, 0, 256),
	}
}

const (
	recordHead = 24             // signature, size, identifier, time
	recordMin  = recordHead + 4 // and the copy of the size

	// maxWork bounds what is done for one chunk, in units of about a byte of
	// output or a sixteenth of a field. Chunks as Windows writes them stay
	// below a tenth of it; a forged one may name the same value a thousand
	// times.
	maxWork = 4 << 20
	// maxDamages is how many damages are reported for a chunk one by one.
	maxDamages = 16
	// maxNames bounds the names that are remembered.
	maxNames = 1 << 14
)

// recordSignature is recordMagic as a number.
const recordSignature = 0x00002a2a

var recordMagic = []byte("**\x00\x00")

// charge counts work against the chunk's limit.
func (c *chunkReader) charge(n int) error {
	if c.work += n; c.work > maxWork {
		return errWork
	}
	return nil
}

// intern decodes text that templates hold, once for equal texts.
func (c *chunkReader) intern(units []byte) string {
	if s, ok := c.names[string(units)]; ok {
		return s
	}
	s := string(appendUTF16(make([]byte, 0, len(units)/2*3+8), units))
	if len(units) > 512 {
		return s
	}
	if len(c.names) >= maxNames {
		clear(c.names)
	}
	c.names[string(units)] = s
	return s
}

func (c *chunkReader) want(ev *evidence.Event) Wanted {
	if c.options.Want == nil {
		return WantAll
	}
	return c.options.Want(ev)
}

// damage reports a part of the chunk that was not read.
func (c *chunkReader) damage(from, to int, format string, args ...any) {
	if c.damages++; c.damages > maxDamages {
		return
	}
	c.sink.Damage(evidence.Damage{
		Path: c.path, Offset: c.offset + int64(from), Length: int64(to - from),
		Reason: fmt.Sprintf(format, args...),
	})
}

// header is what a chunk says of itself. It is all zero if it can't be believed.
type header struct {
	firstNumber, lastNumber uint64
	firstID, lastID         uint64
	free                    int // where the unused space begins
}

// decode emits the events of a segment.
func (c *chunkReader) decode(s segment, sink evidence.Sink) (chunkFacts, error) {
	c.data, c.offset, c.path, c.sink = s.data, s.offset, s.path, sink
	clear(c.templates)
	clear(c.recent[:])
	clear(c.rawNames[:])
	c.work, c.damages = 0, 0
	c.fields = c.fields[:0]
	c.text.reset()
	c.record = evidence.Record{Kind: evidence.KindEvent, Path: s.path, Shape: "evtx", Valid: true}

	w := walk{c: c}
	if s.lost {
		w.lost = true
	} else {
		w.header = c.readHeader()
	}
	err := w.records()
	if err == nil && c.options.Recover {
		err = w.recover()
	}
	if c.damages > maxDamages {
		sink.Damage(evidence.Damage{
			Path: c.path, Offset: c.offset,
			Reason: fmt.Sprintf("%d more damages in the chunk of %d bytes", c.damages-maxDamages, len(c.data)),
		})
	}
	return chunkFacts{offset: s.offset, first: w.header.firstNumber, last: w.header.lastNumber}, err
}

// chunkReader flags, in the header at 120.
const chunkWithoutChecksums = 4

// readHeader checks the chunk header and the checksums.
func (c *chunkReader) readHeader() header {
	data := c.data
	if len(data) < chunkHeaderSize {
		c.damage(0, len(data), "chunk of %d bytes ends within its header of %d", len(data), chunkHeaderSize)
		return header{}
	}
	if len(data) < chunkSize {
		c.damage(len(data), chunkSize, "chunk ends after %d bytes of %d", len(data), chunkSize)
	}
	h := header{
		firstNumber: binary.LittleEndian.Uint64(data[8:]),
		lastNumber:  binary.LittleEndian.Uint64(data[16:]),
		firstID:     binary.LittleEndian.Uint64(data[24:]),
		lastID:      binary.LittleEndian.Uint64(data[32:]),
		free:        int(binary.LittleEndian.Uint32(data[48:])),
	}
	if h.lastNumber == math.MaxUint64 { // the mark of an empty chunk
		h.firstNumber, h.lastNumber, h.firstID, h.lastID = 0, 0, 0, 0
	}
	checked := binary.LittleEndian.Uint32(data[120:])&chunkWithoutChecksums == 0
	if want := binary.LittleEndian.Uint32(data[124:]); checked || want != 0 {
		if got := headerChecksum(data); got != want {
			c.damage(0, 0, "chunk header has checksum %08x, its content gives %08x", want, got)
			return header{}
		}
	}
	if h.free < chunkHeaderSize || h.free > chunkSize {
		c.damage(0, 0, "chunk header says that free space begins at %d of %d", h.free, chunkSize)
		h.free = 0
		return h
	}
	if want := binary.LittleEndian.Uint32(data[52:]); h.free <= len(data) && (checked || want != 0) {
		if got := crc32.ChecksumIEEE(data[chunkHeaderSize:h.free]); got != want {
			c.damage(0, 0, "records of the chunk have checksum %08x, its header says %08x", got, want)
		}
	}
	return h
}

// emit reads the record of size bytes at pos and hands it to the sink.
func (c *chunkReader) emit(pos, size int) error {
	if c.raw != nil {
		return c.emitRaw(pos, size, false)
	}
	start, err := c.read(pos, size)
	if err != nil {
		c.damage(pos, pos+size, "record %d: %v", binary.LittleEndian.Uint64(c.data[pos+8:]), err)
		if ev := &c.record.Event; ev.Provider == "" && ev.Channel == "" && ev.EventID == 0 {
			if c.options.Recover {
				return c.emitRecovered(pos, size)
			}
			return nil
		}
	}
	return c.hand(pos, start)
}

// emitRecovered does the same for a record that is not in its place. What can't
// be read of it is no damage: nobody promised a record there.
func (c *chunkReader) emitRecovered(pos, size int) error {
	if c.raw != nil {
		return c.emitRaw(pos, size, true)
	}
	start, err := c.read(pos, size)
	if err != nil {
		c.fields = c.fields[:start]
		if !c.readLost(pos+recordHead, pos+size-4) {
			return nil
		}
	}
	c.record.Event.Recovered = true
	return c.hand(pos, start)
}

// emitRaw hands the record on unread.
func (c *chunkReader) emitRaw(pos, size int, recovered bool) error {
	c.bodyEnd = 0
	c.text.reset()
	if err := c.raw(pos, size, recovered); err != nil && !recovered {
		c.damage(pos, pos+size, "record %d: %v", binary.LittleEndian.Uint64(c.data[pos+8:]), err)
	}
	return nil
}

// read reads the record of size bytes at pos into the event. Its fields are
// those of c.fields from start on.
func (c *chunkReader) read(pos, size int) (start int, err error) {
	if !c.keep {
		c.fields = c.fields[:0]
		c.text.reset()
	}
	start = len(c.fields)
	c.bodyEnd = 0
	body, end := pos+recordHead, pos+size-4
	if !c.onlyGeneral {
		if c.planned(body, end) {
			return start, nil
		}
		c.fields = c.fields[:start]
		if c.rawRecord(body, end) {
			return start, nil
		}
		c.fields = c.fields[:start]
	}
	c.bodyEnd = 0
	err = c.readGeneral(body, end)
	c.wanted = c.want(&c.record.Event)
	return start, err
}

// hand completes the event and hands as much of it to the sink as is wanted.
func (c *chunkReader) hand(pos, start int) error {
	ev := &c.record.Event
	switch c.wanted {
	case WantNone:
		return nil
	case WantSystem:
		ev.UserData, ev.DataName, ev.Message, ev.Data = false, "", "", nil
	default:
		ev.Data = c.fields[start:len(c.fields):len(c.fields)]
	}
	if ev.RecordID == 0 {
		ev.RecordID = binary.LittleEndian.Uint64(c.data[pos+8:])
	}
	if ev.Time == 0 {
		if v := filetime(c.data[pos+16 : pos+24]); v.Kind == evidence.Time && v.Num != evidence.FiletimeEpoch {
			ev.Time = int64(v.Num)
		}
	}
	c.record.Offset = c.offset + int64(pos)
	return c.sink.Record(&c.record)
}
