package evtx

import (
	"context"
	"io"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/goshawk-hunt/goshawk/evidence"
)

// recoveredPI stands before the element of a record that was not in its place.
const recoveredPI = "<?goshawk recovered?>"

// WriteXML writes every record of in as an Event element on a line of its own,
// as Windows renders it. With Options.Recover, a record that was recovered has the
// processing instruction <?goshawk recovered?> before it. Damages and progress go to sink, records don't. What
// Options.Want says does not count here.
func WriteXML(ctx context.Context, in evidence.Input, o Options, w io.Writer, sink evidence.Sink) error {
	f, err := openFile(in, sink)
	if err != nil || f == nil {
		return err
	}
	c := newChunkReader(o)
	var line []byte
	c.raw = func(pos, size int, recovered bool) (err error) {
		line = line[:0]
		if recovered {
			line = append(line, recoveredPI...)
		}
		head := len(line)
		line, err = c.appendXML(line, pos, size)
		if len(line) > head {
			line = append(line, '\n')
			if _, err := w.Write(line); err != nil {
				return writeError{err}
			}
		}
		return err
	}
	return f.readSequential(ctx, c, sink)
}

// writeError is an error of the output, in contrast to one of the record.
type writeError struct{ error }

func (e writeError) Unwrap() error { return e.error }

// WriteJSON writes every event of in as a JSON object on a line of its own, in
// the shape of evtx_dump: Event, System, EventData or UserData, and attributes
// under "#attributes", and "Recovered":true beside Event of a record that was not
// in its place. Names of nested UserData stay joined with dots, times
// have seven digits. Damages and progress go to sink, records don't.
func WriteJSON(ctx context.Context, in evidence.Input, o Options, w io.Writer, sink evidence.Sink) error {
	return Reader{Options: o}.Read(ctx, in, &jsonSink{Sink: sink, w: w})
}

type jsonSink struct {
	evidence.Sink
	w    io.Writer
	line []byte
}

func (s *jsonSink) Record(r *evidence.Record) error {
	s.line = append(appendEventJSON(s.line[:0], &r.Event), '\n')
	_, err := s.w.Write(s.line)
	return err
}

func appendEventJSON(b []byte, e *evidence.Event) []byte {
	o := object{b: b}
	o.open("")
	o.open("Event")
	o.open("System")
	o.attributes("Provider", "Name", e.Provider, "Guid", e.ProviderGUID)
	if e.Qualifiers != 0 {
		o.open("EventID")
		o.open("#attributes")
		o.number("Qualifiers", uint64(e.Qualifiers))
		o.close()
		o.number("#text", uint64(e.EventID))
		o.close()
	} else {
		o.number("EventID", uint64(e.EventID))
	}
	o.number("Version", uint64(e.Version))
	o.number("Level", uint64(e.Level))
	o.number("Task", uint64(e.Task))
	o.number("Opcode", uint64(e.Opcode))
	o.text("Keywords", "0x"+strconv.FormatUint(e.Keywords, 16))
	if e.Time != 0 {
		o.attributes("TimeCreated", "SystemTime", evidence.FormatTime(e.Time))
	}
	o.number("EventRecordID", e.RecordID)
	o.attributes("Correlation", "ActivityID", e.ActivityID)
	o.open("Execution")
	o.open("#attributes")
	o.number("ProcessID", uint64(e.ProcessID))
	o.number("ThreadID", uint64(e.ThreadID))
	o.close()
	o.close()
	o.text("Channel", e.Channel)
	o.text("Computer", e.Computer)
	o.attributes("Security", "UserID", e.UserID)
	o.close()
	o.data(e)
	if e.Message != "" {
		o.open("RenderingInfo")
		o.text("Message", e.Message)
		o.close()
	}
	o.close()
	if e.Recovered {
		o.b = append(o.b, `,"Recovered":true`...)
	}
	o.close()
	return o.b
}

// object writes JSON objects.
type object struct {
	b []byte
}

func (o *object) key(name string) {
	if last := o.b[len(o.b)-1]; last != '{' {
		o.b = append(o.b, ',')
	}
	o.b = appendJSON(o.b, name)
	o.b = append(o.b, ':')
}

func (o *object) open(name string) {
	if name != "" {
		o.key(name)
	}
	o.b = append(o.b, '{')
}

func (o *object) close() { o.b = append(o.b, '}') }

func (o *object) text(name, s string) {
	o.key(name)
	o.b = appendJSON(o.b, s)
}

func (o *object) number(name string, n uint64) {
	o.key(name)
	o.b = strconv.AppendUint(o.b, n, 10)
}

// attributes writes an element that has attributes only, or with no name those
// of the element at hand. Empty ones are left out; an element without its only one is null.
func (o *object) attributes(element string, pairs ...string) {
	if element != "" {
		if len(pairs) == 2 && pairs[1] == "" {
			o.key(element)
			o.b = append(o.b, "null"...)
			return
		}
		o.open(element)
		defer o.close()
	}
	o.open("#attributes")
	for i := 0; i < len(pairs); i += 2 {
		if pairs[i+1] != "" {
			o.text(pairs[i], pairs[i+1])
		}
	}
	o.close()
}

// data writes the fields. Unnamed ones are an array under "Data", a name that
// comes again gets a number, as in evtx_dump.
func (o *object) data(e *evidence.Event) {
	if e.UserData {
		o.open("UserData")
		if e.DataName != "" {
			o.open(e.DataName)
			defer o.close()
		}
	} else {
		o.open("EventData")
		if e.DataName != "" {
			o.attributes("", "Name", e.DataName)
		}
	}
	defer o.close()
	unnamed := 0
	seen := make(map[string]int, len(e.Data))
	for i := range e.Data {
		name := e.Data[i].Name
		if name == "" {
			unnamed++
			continue
		}
		n := seen[name]
		seen[name]++
		if n > 0 {
			name += "_" + strconv.Itoa(n)
		}
		o.key(name)
		o.value(e.Data[i].Value)
	}
	if unnamed == 0 {
		return
	}
	o.open("Data")
	o.key("#text")
	o.b = append(o.b, '[')
	for i := range e.Data {
		if e.Data[i].Name != "" {
			continue
		}
		o.value(e.Data[i].Value)
		if unnamed--; unnamed > 0 {
			o.b = append(o.b, ',')
		}
	}
	o.b = append(o.b, ']')
	o.close()
}

func (o *object) value(v evidence.Value) {
	switch v.Kind {
	case evidence.Null:
		o.b = append(o.b, "null"...)
	case evidence.Int, evidence.Uint, evidence.Bool:
		o.b = append(o.b, v.Text()...)
	case evidence.GUID:
		o.b = appendJSON(o.b, strings.ToUpper(v.Str))
	default:
		o.b = appendJSON(o.b, v.Text())
	}
}

// appendJSON writes a JSON string. Bytes that are no UTF-8 become U+FFFD; what a
// terminal would obey is escaped.
func appendJSON(b []byte, s string) []byte {
	b = append(b, '"')
	for i := 0; i < len(s); {
		ch := s[i]
		switch {
		case ch == '"' || ch == '\\':
			b = append(b, '\\', ch)
		case ch == '\n':
			b = append(b, '\\', 'n')
		case ch == '\r':
			b = append(b, '\\', 'r')
		case ch == '\t':
			b = append(b, '\\', 't')
		case ch < 0x20 || ch == 0x7f:
			b = append(b, '\\', 'u', '0', '0', lowerHex[ch>>4], lowerHex[ch&15])
		case ch < utf8.RuneSelf:
			b = append(b, ch)
		default:
			r, n := utf8.DecodeRuneInString(s[i:])
			if obeyed(r) {
				b = append(b, '\\', 'u', lowerHex[r>>12&15], lowerHex[r>>8&15], lowerHex[r>>4&15], lowerHex[r&15])
			} else {
				b = utf8.AppendRune(b, r)
			}
			i += n
			continue
		}
		i++
	}
	return append(b, '"')
}

// obeyed reports whether r controls a terminal or the direction of text.
func obeyed(r rune) bool {
	return r >= 0x7f && r <= 0x9f || r == 0x61c || r == 0x200e || r == 0x200f ||
		r >= 0x2028 && r <= 0x202e || r >= 0x2066 && r <= 0x2069
}
