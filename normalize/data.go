package normalize

import (
	"strconv"
	"strings"

	"github.com/goshawk-hunt/goshawk/evidence"
)

// data reads the fields of an event by name. Events of one kind have their fields in
// one order, so a search begins behind the field found last.
type data struct {
	fields []evidence.Field
	next   int
}

// value returns the field of that name in any case, or nil.
func (d *data) value(name string) *evidence.Value {
	n := len(d.fields)
	for k := range n {
		i := d.next + k
		if i >= n {
			i -= n
		}
		f := &d.fields[i]
		if len(f.Name) == len(name) && (f.Name == name || strings.EqualFold(f.Name, name)) {
			d.next = i + 1
			return &f.Value
		}
	}
	return nil
}

// text returns a field as text, "" if it is absent.
func (d *data) text(name string) string {
	if v := d.value(name); v != nil {
		return v.Text()
	}
	return ""
}

// filled returns a field as text; "-" means empty.
func (d *data) filled(name string) string {
	if s := d.text(name); s != "-" {
		return s
	}
	return ""
}

// number returns a field as an integer, written as a number, decimal or 0x
// hexadecimal text.
func (d *data) number(name string) (int64, bool) {
	v := d.value(name)
	if v == nil {
		return 0, false
	}
	return integer(v)
}

func integer(v *evidence.Value) (int64, bool) {
	switch v.Kind {
	case evidence.Int, evidence.Uint, evidence.Hex, evidence.Bool:
		return int64(v.Num), true
	case evidence.String:
		return parseInteger(v.Str)
	}
	return 0, false
}

func parseInteger(s string) (int64, bool) {
	s = strings.TrimSpace(s)
	if len(s) > 2 && s[0] == '0' && s[1]|0x20 == 'x' {
		n, err := strconv.ParseUint(s[2:], 16, 64)
		return int64(n), err == nil
	}
	n, err := strconv.ParseInt(s, 10, 64)
	if err != nil {
		u, err := strconv.ParseUint(s, 10, 64)
		return int64(u), err == nil
	}
	return n, true
}

// guid returns a field as a lower-case GUID without braces, "" if it is absent or zero.
func (d *data) guid(name string) string {
	v := d.value(name)
	if v == nil {
		return ""
	}
	s := v.Str
	if v.Kind != evidence.GUID {
		s = strings.ToLower(strings.Trim(s, "{} "))
	}
	if len(s) != 36 || s == "00000000-0000-0000-0000-000000000000" {
		return ""
	}
	return s
}

// truth returns a field as a boolean.
func (d *data) truth(name string) (value, ok bool) {
	v := d.value(name)
	if v == nil {
		return false, false
	}
	switch {
	case v.Kind == evidence.Bool:
		return v.Num != 0, true
	case strings.EqualFold(v.Str, "true"):
		return true, true
	case strings.EqualFold(v.Str, "false"):
		return false, true
	}
	return false, false
}
