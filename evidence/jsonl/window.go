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
		w.At = skipBetween(w.Buf, w.At)
		switch rest := w.Rest(); {
		case len(rest) == 0 && w.EOF:
			return 0, nil
		case len(rest) > 0 && rest[0] != 0xEF, len(rest) > 0 && len(rest) < 3 && w.EOF:
			return rest[0], nil
		case len(rest) >= 3: // a byte order mark between files that were put together
			if rest[1] != 0xBB || rest[2] != 0xBF {
				return rest[0], nil
			}
			w.At += 3
			continue
		}
		if err := w.Fill(); err != nil {
			return 0, err
		}
	}
}
