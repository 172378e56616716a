package jsonl

import "github.com/goshawk-hunt/goshawk/evidence/text"

// window is the text in memory.
type window struct{ text.Window }

// offsetOf is the offset in the text of a place in the document at the window.
func (w *window) offsetOf(start uint32) int64 { return w.Offset() + int64(start) }

// next gives the next byte that is no blank, comma or mark between values,
// 0 at the end of the text.
func (w *window) next() (byte, error) {
	for {
		for w.At < len(w.Buf) {
			switch c := w.Buf[w.At]; c {
			case ' ', '\t', '\r', '\n', ',', 0x1E, 0:
				w.At++
			case 0xEF: // a byte order mark between files that were put together
				if len(w.Buf)-w.At < 3 && !w.EOF {
					if err := w.Fill(); err != nil {
						return 0, err
					}
					continue
				}
				if len(w.Buf)-w.At < 3 || w.Buf[w.At+1] != 0xBB || w.Buf[w.At+2] != 0xBF {
					return c, nil
				}
				w.At += 3
			default:
				return c, nil
			}
		}
		if w.EOF {
			return 0, nil
		}
		if err := w.Fill(); err != nil {
			return 0, err
		}
	}
}
