package text

import "io"

// windowSize is what a window reads at once.
const windowSize = 1 << 20

// Window is the part of a text that is in memory, for readers that take one value
// after the other: Buf[At:] is not yet read. What is longer than the window makes
// it grow.
type Window struct {
	Buf []byte
	At  int
	EOF bool // nothing follows Buf

	src  io.Reader
	base int64 // offset of Buf[0]
}

// NewWindow is the window over a text that was written in size bytes.
func NewWindow(src io.Reader, size int64) Window {
	first := min(windowSize, size+size/2+16) // UTF-16 grows by half at most
	return Window{src: src, Buf: make([]byte, 0, first)}
}

// Offset is the place of Buf[At] in the text.
func (w *Window) Offset() int64 { return w.base + int64(w.At) }

// Rest is what is in memory and not yet read. It holds until the next Fill.
func (w *Window) Rest() []byte { return w.Buf[w.At:] }

// Fill reads more text behind what is not yet read, whose place in Buf changes.
// EOF is set when there was no more.
func (w *Window) Fill() error {
	if w.At > 0 {
		n := copy(w.Buf, w.Buf[w.At:])
		w.Buf = w.Buf[:n]
		w.base += int64(w.At)
		w.At = 0
	}
	if len(w.Buf) == cap(w.Buf) {
		grown := make([]byte, len(w.Buf), max(windowSize, 2*cap(w.Buf)))
		copy(grown, w.Buf)
		w.Buf = grown
	}
	n, err := io.ReadFull(w.src, w.Buf[len(w.Buf):cap(w.Buf)])
	w.Buf = w.Buf[:len(w.Buf)+n]
	if err == io.EOF || err == io.ErrUnexpectedEOF {
		w.EOF = true
		return nil
	}
	return err
}

// Swap goes on in another buffer, to which what is not yet read is copied; one that is
// too small for it grows. The old buffer stays as it is.
func (w *Window) Swap(buf []byte) {
	w.Buf = append(buf[:0], w.Rest()...)
	w.base += int64(w.At)
	w.At = 0
}
