package normalize

import (
	"strconv"

	"github.com/goshawk-hunt/goshawk/internal/jsontext"
)

// object writes a JSON object into the arena. Nothing else may be appended to the
// arena between object and text.
type object struct {
	n    *Normalizer
	mark int
}

func (n *Normalizer) object() object {
	o := object{n, n.mark()}
	n.arena = append(n.arena, '{')
	return o
}

func (o object) key(name string) {
	if len(o.n.arena) > o.mark+1 {
		o.n.arena = append(o.n.arena, ',')
	}
	o.n.arena = append(jsontext.AppendString(o.n.arena, name), ':')
}

// str adds a member unless the value is empty.
func (o object) str(name, value string) {
	if value != "" {
		o.key(name)
		o.n.arena = jsontext.AppendString(o.n.arena, value)
	}
}

// int adds a number, or nothing if ok is false.
func (o object) int(name string, value int64, ok bool) {
	if ok {
		o.key(name)
		o.n.arena = strconv.AppendInt(o.n.arena, value, 10)
	}
}

func (o object) bool(name string, value bool) {
	o.key(name)
	o.n.arena = strconv.AppendBool(o.n.arena, value)
}

// text ends the object and returns it; "" if it has no member.
func (o object) text() string {
	if len(o.n.arena) == o.mark+1 {
		o.n.arena = o.n.arena[:o.mark]
		return ""
	}
	o.n.arena = append(o.n.arena, '}')
	return o.n.since(o.mark)
}
