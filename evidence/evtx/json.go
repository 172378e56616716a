package evtx

import (
	"encoding/binary"
	"math/bits"
	"strconv"
	"strings"
	"unicode/utf8"
	"unsafe"

	"github.com/goshawk-hunt/goshawk/evidence"
)

// jsonWriter writes events as JSON objects. Most of a line is the same in all
// events of a kind; it is kept, as the parts of a shape.
type jsonWriter struct {
	shapes [256]shape
}

// shape is what the lines of some events have in common.
type shape struct {
	of    evidence.Event // what they share; of Data the names only
	head  string         // up to Keywords
	place string         // Channel and Computer
	data  string         // from the end of System to the first field
	steps []shapeStep
	tail  string // what ends the data
	size  int
}

// shapeStep is a field of the event and what stands before its value.
type shapeStep struct {
	before string
	field  int
}

// maxShape bounds what is kept of a shape, in bytes.
const maxShape = 16 << 10

// append writes an event on a line of its own.
func (w *jsonWriter) append(b []byte, e *evidence.Event) []byte {
	hash := e.EventID ^ uint32(len(e.Data))<<8 ^ uint32(len(e.Provider))<<16 ^ uint32(e.Keywords>>48)<<4 ^ uint32(e.Version)<<24
	s := &w.shapes[hash*0x9e3779b1>>24]
	if !s.fits(e) {
		*s = shapeOf(e)
	}
	b = s.append(b, e)
	if s.size > maxShape {
		*s = shape{}
	}
	return b
}

// fits reports whether s is the shape of e.
func (s *shape) fits(e *evidence.Event) bool {
	of := &s.of
	if s.size == 0 || len(e.Data) != len(of.Data) ||
		e.EventID != of.EventID || e.Qualifiers != of.Qualifiers || e.Version != of.Version || e.Level != of.Level ||
		e.Task != of.Task || e.Opcode != of.Opcode || e.Keywords != of.Keywords || e.UserData != of.UserData ||
		e.Provider != of.Provider || e.ProviderGUID != of.ProviderGUID ||
		e.Channel != of.Channel || e.Computer != of.Computer || e.DataName != of.DataName {
		return false
	}
	for i := range e.Data {
		if e.Data[i].Name != of.Data[i].Name {
			return false
		}
	}
	return true
}

// shapeOf makes the shape of e. It shares no memory with e.
func shapeOf(e *evidence.Event) shape {
	s := shape{of: evidence.Event{
		Provider: strings.Clone(e.Provider), ProviderGUID: strings.Clone(e.ProviderGUID),
		Channel: strings.Clone(e.Channel), Computer: strings.Clone(e.Computer),
		EventID: e.EventID, Qualifiers: e.Qualifiers, Version: e.Version, Level: e.Level, Task: e.Task,
		Opcode: e.Opcode, Keywords: e.Keywords, UserData: e.UserData, DataName: strings.Clone(e.DataName),
	}}
	s.head = headOf(e)
	place := object{[]byte("{")}
	place.text("Channel", e.Channel)
	place.text("Computer", e.Computer)
	s.place = "," + string(place.b[1:])
	s.size = len(s.head) + 2*len(s.place) + 2*len(e.DataName)
	s.fields(e)
	return s
}

func headOf(e *evidence.Event) string {
	var o object
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
	return string(o.b)
}

// fields plans the fields. Unnamed ones are an array under "Data", a name that
// comes again gets a number, as in evtx_dump.
func (s *shape) fields(e *evidence.Event) {
	o := object{[]byte("}")}
	if e.UserData {
		o.open("UserData")
		if e.DataName != "" {
			o.open(e.DataName)
			s.tail = "}"
		}
	} else {
		o.open("EventData")
		if e.DataName != "" {
			o.attributes("", "Name", e.DataName)
		}
	}
	s.tail += "}"
	s.data = string(o.b)
	s.of.Data = make([]evidence.Field, len(e.Data))
	s.steps = make([]shapeStep, 0, len(e.Data))
	seen := make(map[string]int, len(e.Data))
	var unnamed []int
	for i := range e.Data {
		name := strings.Clone(e.Data[i].Name)
		if s.of.Data[i].Name = name; name == "" {
			unnamed = append(unnamed, i)
			continue
		}
		n := seen[name]
		seen[name]++
		if n > 0 {
			name += "_" + strconv.Itoa(n)
		}
		from := len(o.b)
		o.key(name)
		s.steps = append(s.steps, shapeStep{string(o.b[from:]), i})
		o.b = append(o.b, '0') // a value
	}
	for n, i := range unnamed {
		before := ","
		if n == 0 {
			from := len(o.b)
			o.open("Data")
			o.key("#text")
			before = string(append(o.b[from:], '['))
			s.tail = "]}" + s.tail
		}
		s.steps = append(s.steps, shapeStep{before, i})
	}
	s.size += 2*len(o.b) + 128*len(e.Data)
}

// append writes e, which fits s.
func (s *shape) append(b []byte, e *evidence.Event) []byte {
	o := object{append(b, s.head...)}
	if e.Time != 0 {
		o.b = append(o.b, `,"TimeCreated":{"#attributes":{"SystemTime":"`...)
		o.b = append(evidence.AppendTime(o.b, e.Time), `"}}`...)
	}
	o.number("EventRecordID", e.RecordID)
	o.attributes("Correlation", "ActivityID", e.ActivityID)
	o.b = append(o.b, `,"Execution":{"#attributes":{"ProcessID":`...)
	o.b = strconv.AppendUint(o.b, uint64(e.ProcessID), 10)
	o.b = append(o.b, `,"ThreadID":`...)
	o.b = strconv.AppendUint(o.b, uint64(e.ThreadID), 10)
	o.b = append(o.b, "}}"...)
	o.b = append(o.b, s.place...)
	o.attributes("Security", "UserID", e.UserID)
	o.b = append(o.b, s.data...)
	for i := range s.steps {
		step := &s.steps[i]
		o.b = append(o.b, step.before...)
		o.value(&e.Data[step.field].Value)
	}
	o.b = append(o.b, s.tail...)
	if e.Message != "" {
		o.open("RenderingInfo")
		o.text("Message", e.Message)
		o.close()
	}
	o.close()
	if e.Recovered {
		o.b = append(o.b, `,"Recovered":true`...)
	}
	return append(o.b, "}\n"...)
}

// object writes JSON objects.
type object struct {
	b []byte
}

func (o *object) key(name string) {
	if last := o.b[len(o.b)-1]; last != '{' {
		o.b = append(o.b, ',')
	}
	o.b = append(appendJSON(o.b, name), ':')
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

func (o *object) value(v *evidence.Value) {
	switch v.Kind {
	case evidence.String:
		o.b = appendJSON(o.b, v.Str)
	case evidence.Null:
		o.b = append(o.b, "null"...)
	case evidence.Int, evidence.Uint, evidence.Bool:
		o.b = v.AppendText(o.b)
	case evidence.GUID:
		o.b = append(o.b, '"')
		o.b = append(appendUpper(o.b, v.Str), '"')
	default: // digits, letters and what stands between them
		o.b = append(o.b, '"')
		o.b = append(v.AppendText(o.b), '"')
	}
}

// appendUpper writes ASCII text in upper case.
func appendUpper(b []byte, s string) []byte {
	for i := range len(s) {
		ch := s[i]
		if ch >= 'a' && ch <= 'z' {
			ch -= 'a' - 'A'
		}
		b = append(b, ch)
	}
	return b
}

// appendJSON writes a JSON string. Bytes that are no UTF-8 become U+FFFD; what a
// terminal would obey is escaped.
func appendJSON(b []byte, s string) []byte {
	b = append(b, '"')
	for len(s) > 0 {
		word, n := eight(s)
		b = binary.LittleEndian.AppendUint64(b, word)
		plain := min(bits.TrailingZeros64(notPlain(word))/8, n)
		b = b[:len(b)-8+plain]
		if s = s[plain:]; plain == n {
			continue
		}
		b, s = appendEscaped(b, s)
	}
	return append(b, '"')
}

// eight returns the first eight bytes of s, the first in the lowest byte, and how
// many there are.
func eight(s string) (word uint64, n int) {
	src := unsafe.Slice(unsafe.StringData(s), len(s))
	switch n = len(src); {
	case n >= 8:
		return binary.LittleEndian.Uint64(src), 8
	case n >= 4:
		return uint64(binary.LittleEndian.Uint32(src)) | uint64(binary.LittleEndian.Uint32(src[n-4:]))<<(8*n-32), n
	}
	return uint64(src[0]) | uint64(src[n/2])<<(n/2*8) | uint64(src[n-1])<<(8*n-8), n
}

// notPlain has the highest bit set in the first byte of word that JSON does not hold
// as it is: control characters, quotes, backslashes and what is not ASCII. Bits
// behind the first one mean nothing.
func notPlain(word uint64) uint64 {
	const ones, tops = 0x0101010101010101, 0x8080808080808080
	quote, backslash := word^'"'*ones, word^'\\'*ones
	return (word | (word - ' '*ones) | (word + ones) | (quote - ones) | (backslash - ones)) & tops
}

// appendEscaped writes the first character of s, and those that follow and are not
// ASCII, and returns the rest.
func appendEscaped(b []byte, s string) ([]byte, string) {
	switch ch := s[0]; {
	case ch == '"' || ch == '\\':
		return append(b, '\\', ch), s[1:]
	case ch == '\n':
		return append(b, '\\', 'n'), s[1:]
	case ch == '\r':
		return append(b, '\\', 'r'), s[1:]
	case ch == '\t':
		return append(b, '\\', 't'), s[1:]
	case ch < utf8.RuneSelf:
		return append(b, '\\', 'u', '0', '0', lowerHex[ch>>4], lowerHex[ch&15]), s[1:]
	}
	for len(s) > 0 && s[0] >= utf8.RuneSelf {
		r, n := utf8.DecodeRuneInString(s)
		if obeyed(r) {
			b = append(b, '\\', 'u', lowerHex[r>>12&15], lowerHex[r>>8&15], lowerHex[r>>4&15], lowerHex[r&15])
		} else {
			b = utf8.AppendRune(b, r)
		}
		s = s[n:]
	}
	return b, s
}

// obeyed reports whether r controls a terminal or the direction of text.
func obeyed(r rune) bool {
	return r >= 0x7f && r <= 0x9f || r == 0x61c || r == 0x200e || r == 0x200f ||
		r >= 0x2028 && r <= 0x202e || r >= 0x2066 && r <= 0x2069
}
