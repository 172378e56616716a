package normalize

import (
	"strings"

	"github.com/goshawk-hunt/goshawk/evidence"
	"github.com/goshawk-hunt/goshawk/internal/jsontext"
)

// shape is what the names of an event's data alone say of their JSON object. The events of
// one id have the same, so it is kept from one to the next.
type shape struct {
	names []string
	keys  []string // what stands before each value; nil if names repeat or one is missing
}

// shapes remembers the shapes of some events.
type shapes [1 << 7]shape

// Events that have more names, or longer ones, are made to hurt: theirs are not kept.
const (
	maxShape    = 64
	maxShapeKey = 256
)

// of gives the shape of fields, nil if it is not kept. Events that have an id in common
// share a place.
func (s *shapes) of(id uint32, fields []evidence.Field) *shape {
	if len(fields) > maxShape {
		return nil
	}
	kept := &s[(id*31+uint32(len(fields)))%uint32(len(s))]
	if kept.has(fields) {
		return kept
	}
	for i := range fields {
		if len(fields[i].Name) > maxShapeKey {
			return nil
		}
	}
	*kept = newShape(fields)
	return kept
}

// has says whether the shape is that of fields.
func (s *shape) has(fields []evidence.Field) bool {
	if len(fields) != len(s.names) {
		return false
	}
	for i := range fields {
		if fields[i].Name != s.names[i] {
			return false
		}
	}
	return true
}

func newShape(fields []evidence.Field) shape {
	s := shape{names: make([]string, len(fields))}
	single := !repeated(fields)
	for i := range fields {
		s.names[i] = strings.Clone(fields[i].Name)
		single = single && s.names[i] != ""
	}
	if !single {
		return s
	}
	s.keys = make([]string, len(fields))
	for i, name := range s.names {
		before := ","
		if i == 0 {
			before = ""
		}
		s.keys[i] = before + string(jsontext.AppendString(nil, name)) + ":"
	}
	return s
}

// appendData appends the data of an event as a JSON object. Values are strings as
// Windows writes them. Names that repeat have an array; data without a name is "Data".
func (s *shapes) appendData(b []byte, id uint32, fields []evidence.Field) []byte {
	kept := s.of(id, fields)
	if kept == nil || kept.keys == nil {
		return appendData(b, fields)
	}
	b = append(b, '{')
	for i := range fields {
		b = appendValue(append(b, kept.keys[i]...), &fields[i].Value)
	}
	return append(b, '}')
}
