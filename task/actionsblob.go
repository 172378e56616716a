package task

import (
	"encoding/binary"
	"fmt"

	"github.com/goshawk-hunt/goshawk/evidence/text"
)

// Marks of the kinds of actions in a TaskCache's Actions value.
const (
	markExec       = 0x6666
	markComHandler = 0x7777
	markEmail      = 0x8888
	markMessage    = 0x9999
)

// ParseActions reads the Actions value of a task in the registry. The format is not
// documented by Microsoft; it is known from analysis. For e-mails and messages only
// the kind and the ID are kept. On an error it returns the actions before it.
func ParseActions(b []byte) (context string, actions []Action, err error) {
	r := &blobReader{b: b}
	version := r.u16()
	if version > 1 {
		context = r.text()
	}
	for len(r.b) > 0 && !r.short {
		mark := r.u16()
		a := Action{ID: r.text()}
		switch mark {
		case markExec:
			a.Kind, a.Command, a.Arguments, a.WorkingDirectory = "Exec", r.text(), r.text(), r.text()
		case markComHandler:
			a.Kind, a.ClassID, a.Data = "ComHandler", classID(r.take(16)), r.text()
		case markEmail:
			a.Kind = "SendEmail"
			for range 8 {
				r.text()
			}
			r.texts(1)
			r.texts(2)
		case markMessage:
			a.Kind = "ShowMessage"
			r.text()
			r.text()
		default:
			return context, actions, fmt.Errorf("action %d is of the unknown kind %#x", len(actions)+1, mark)
		}
		if r.short {
			break
		}
		actions = append(actions, a)
		if mark == markExec && version >= 3 {
			r.u16() // flags, not needed to tell what runs
		}
	}
	if r.short {
		err = fmt.Errorf("the value ends early, after %d whole actions", len(actions))
	}
	return context, actions, err
}

func classID(b []byte) string {
	if len(b) < 16 {
		return ""
	}
	le := binary.LittleEndian
	return fmt.Sprintf("{%08X-%04X-%04X-%X-%X}", le.Uint32(b), le.Uint16(b[4:]), le.Uint16(b[6:]), b[8:10], b[10:16])
}

// blobReader takes a value apart; short says that it ended too early.
type blobReader struct {
	b     []byte
	short bool
}

func (r *blobReader) take(n uint32) []byte {
	if r.short || uint64(n) > uint64(len(r.b)) {
		r.short, r.b = true, nil
		return nil
	}
	out := r.b[:n]
	r.b = r.b[n:]
	return out
}

func (r *blobReader) u16() uint16 {
	if b := r.take(2); b != nil {
		return binary.LittleEndian.Uint16(b)
	}
	return 0
}

func (r *blobReader) u32() uint32 {
	if b := r.take(4); b != nil {
		return binary.LittleEndian.Uint32(b)
	}
	return 0
}

// text reads UTF-16 behind its length in bytes.
func (r *blobReader) text() string {
	b := r.take(r.u32())
	if len(b) == 0 {
		return ""
	}
	return string(text.Decode(append([]byte{0xFF, 0xFE}, b...)))
}

// texts skips a counted list of groups of texts.
func (r *blobReader) texts(group int) {
	for n := r.u32(); n > 0 && !r.short; n-- {
		for range group {
			r.text()
		}
	}
}
