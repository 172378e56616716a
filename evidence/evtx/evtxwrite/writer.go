// Package evtxwrite writes Windows event logs (.evtx) for tests, benchmarks and
// simulated fleets. What it writes has the structure of Windows' own logs:
// templates and names are stored once a chunk and referred to, the System
// section's values have Windows' order, checksums are right.
//
// What an event says of itself survives: reading the log with package evtx
// gives the same events, but for values that have no type in the format (JSON
// becomes a string) and for attributes of UserData, which become elements.
//
// Start reading at Writer.Write.
package evtxwrite

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"io"

	"github.com/goshawk-hunt/goshawk/evidence"
)

const (
	fileHeaderSize  = 4096
	chunkSize       = 65536
	chunkHeaderSize = 512
)

// Writer writes one log. It holds one chunk in memory.
type Writer struct {
	out    io.WriteSeeker
	chunk  chunk
	chunks uint64
	number uint64 // of the last record
	lastID uint64
	err    error
}

// New starts a log at the current place of out. The caller must Close it.
func New(out io.WriteSeeker) (*Writer, error) {
	w := &Writer{out: out}
	w.chunk.init()
	// Until Close the header says that the log was not closed.
	if _, err := out.Write(w.header(1)); err != nil {
		return nil, err
	}
	return w, nil
}

// ErrTooLarge says that an event does not fit into a chunk of 64 KiB.
var ErrTooLarge = errors.New("event is larger than a chunk of an event log")

// Write adds an event. Without a RecordID it gets the one after the last
// event's. An error that is not ErrTooLarge or of a value stays.
func (w *Writer) Write(e *evidence.Event) error {
	if w.err != nil {
		return w.err
	}
	id := e.RecordID
	if id == 0 {
		id = w.lastID + 1
	}
	number := w.number + 1
	err := w.chunk.add(e, id, number)
	if errors.Is(err, ErrTooLarge) && w.chunk.count > 0 {
		if err := w.flush(); err != nil {
			return err
		}
		err = w.chunk.add(e, id, number)
	}
	if err != nil {
		return fmt.Errorf("write event %d of %s: %w", e.EventID, e.Channel, err)
	}
	w.number, w.lastID = number, id
	return nil
}

// flush writes the chunk at hand and begins a new one.
func (w *Writer) flush() error {
	if _, err := w.out.Write(w.chunk.finish()); err != nil {
		w.err = err
		return err
	}
	w.chunks++
	w.chunk.init()
	return nil
}

// Close writes the last chunk and the header.
func (w *Writer) Close() error {
	if w.err != nil {
		return w.err
	}
	w.err = errors.New("event log is closed")
	// As in a log of Windows there is at least one chunk, if an empty one.
	if w.chunk.count > 0 || w.chunks == 0 {
		if _, err := w.out.Write(w.chunk.finish()); err != nil {
			return err
		}
		w.chunks++
	}
	size := int64(fileHeaderSize + w.chunks*chunkSize)
	if _, err := w.out.Seek(-size, io.SeekCurrent); err != nil {
		return err
	}
	if _, err := w.out.Write(w.header(0)); err != nil {
		return err
	}
	_, err := w.out.Seek(size-fileHeaderSize, io.SeekCurrent)
	return err
}

// header returns the file header for what was written so far.
func (w *Writer) header(flags uint32) []byte {
	h := make([]byte, fileHeaderSize)
	copy(h, "ElfFile\x00")
	if w.chunks > 0 {
		binary.LittleEndian.PutUint64(h[16:], w.chunks-1)
	}
	binary.LittleEndian.PutUint64(h[24:], w.lastID+1)
	binary.LittleEndian.PutUint32(h[32:], 128)
	binary.LittleEndian.PutUint16(h[36:], 1)
	binary.LittleEndian.PutUint16(h[38:], 3)
	binary.LittleEndian.PutUint16(h[40:], fileHeaderSize)
	binary.LittleEndian.PutUint16(h[42:], uint16(w.chunks))
	binary.LittleEndian.PutUint32(h[120:], flags)
	binary.LittleEndian.PutUint32(h[124:], crc32.ChecksumIEEE(h[:120]))
	return h
}

// Bytes returns a log with the given events.
func Bytes(events ...evidence.Event) ([]byte, error) {
	var m memory
	w, err := New(&m)
	if err != nil {
		return nil, err
	}
	for i := range events {
		if err := w.Write(&events[i]); err != nil {
			return nil, err
		}
	}
	if err := w.Close(); err != nil {
		return nil, err
	}
	return m.buf.Bytes(), nil
}

// memory is a file in memory that is only ever rewritten at its beginning.
type memory struct {
	buf bytes.Buffer
	at  int
}

func (m *memory) Write(p []byte) (int, error) {
	n := copy(m.buf.Bytes()[m.at:], p)
	m.buf.Write(p[n:])
	m.at += len(p)
	return len(p), nil
}

func (m *memory) Seek(offset int64, whence int) (int64, error) {
	if whence != io.SeekCurrent || m.at+int(offset) < 0 || m.at+int(offset) > m.buf.Len() {
		return 0, errors.New("seek out of range")
	}
	m.at += int(offset)
	return int64(m.at), nil
}
