package jsonl

import (
	"io"
)

// window is the part of the text that is in memory: buf[at:] is not yet read.
type window struct {
	src  io.Reader
	buf  []byte
	at   int
	base int64 // offset of buf[0] in the text
	eof  bool
}

const windowSize = 1 << 20

// offsetOf is the offset in the text of a place in the document that starts at at.
func (w *window) offsetOf(start uint32) int64 { return w.base + int64(w.at) + int64(start) }

func (w *window) offset() int64 { return w.base + int64(w.at) }

// fill reads more text behind what is not yet read, whose place changes.
func (w *window) fill() error {
	if w.at > 0 {
		n := copy(w.buf, w.buf[w.at:])
		w.buf = w.buf[:n]
		w.base += int64(w.at)
		w.at = 0
	}
	if len(w.buf) == cap(w.buf) {
		grown := make([]byte, len(w.buf), max(windowSize, 2*cap(w.buf)))
		copy(grown, w.buf)
		w.buf = grown
	}
	n, err := io.ReadFull(w.src, w.buf[len(w.buf):cap(w.buf)])
	w.buf = w.buf[:len(w.buf)+n]
	if err == io.EOF || err == io.ErrUnexpectedEOF {
		w.eof = true
		return nil
	}
	return err
}

// next gives the next byte that is no blank, comma or mark between values,
// 0 at the end of the text.
func (w *window) next() (byte, error) {
	for {
		for w.at < len(w.buf) {
			switch c := w.buf[w.at]; c {
			case ' ', '\t', '\r', '\n', ',', 0x1E, 0:
				w.at++
			case 0xEF: // a byte order mark between files that were put together
				if len(w.buf)-w.at < 3 && !w.eof {
					if err := w.fill(); err != nil {
						return 0, err
					}
					continue
				}
				if len(w.buf)-w.at < 3 || w.buf[w.at+1] != 0xBB || w.buf[w.at+2] != 0xBF {
					return c, nil
				}
				w.at += 3
			default:
				return c, nil
			}
		}
		if w.eof {
			return 0, nil
		}
		if err := w.fill(); err != nil {
			return 0, err
		}
	}
}
