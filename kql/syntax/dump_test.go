package syntax

import (
	"fmt"
	"reflect"
	"strconv"
	"strings"

	"github.com/goshawk-hunt/goshawk/kql/types"
	"github.com/goshawk-hunt/goshawk/source"
)

// dump writes a tree as an s-expression: (Type field=value child ..). Fields
// with zero values and all spans are left out, so two trees of the same meaning
// have the same dump.
func dump(n any) string {
	d := &dumper{}
	d.value(reflect.ValueOf(n))
	return d.b.String()
}

type dumper struct {
	b     strings.Builder
	depth int
}

func (d *dumper) value(v reflect.Value) {
	switch v.Kind() {
	case reflect.Interface, reflect.Pointer:
		if v.IsNil() {
			d.b.WriteString("nil")
			return
		}
		d.value(v.Elem())
	case reflect.Slice:
		d.list(v)
	case reflect.String:
		d.b.WriteString(strconv.Quote(v.String()))
	case reflect.Bool:
		fmt.Fprint(&d.b, v.Bool())
	case reflect.Struct:
		d.node(v)
	default:
		fmt.Fprint(&d.b, v.Interface())
	}
}

func (d *dumper) list(v reflect.Value) {
	d.depth++
	d.b.WriteByte('[')
	for i := range v.Len() {
		d.newline()
		d.value(v.Index(i))
	}
	d.b.WriteByte(']')
	d.depth--
}

func (d *dumper) newline() {
	d.b.WriteByte('\n')
	d.b.WriteString(strings.Repeat("  ", d.depth))
}

func (d *dumper) node(v reflect.Value) {
	if v.Type() == reflect.TypeFor[Name]() {
		n := v.Interface().(Name)
		switch {
		case n.Quoted:
			fmt.Fprintf(&d.b, "[%q]", n.Value)
		default:
			d.b.WriteString(n.Value)
		}
		return
	}
	if v.Type() == reflect.TypeFor[Literal]() {
		if x := v.Interface().(Literal); x.JSON == nil && x.Columns == nil && !x.Open {
			fmt.Fprintf(&d.b, "(%s", x.Kind)
			if x.Obfuscated {
				d.b.WriteString(" hidden")
			}
			switch {
			case x.Null:
				d.b.WriteString(" null")
			case x.Negative:
				fmt.Fprintf(&d.b, " -%s", x.Text)
			default:
				fmt.Fprintf(&d.b, " %q", x.Text)
			}
			d.b.WriteByte(')')
			return
		}
	}
	d.b.WriteByte('(')
	d.b.WriteString(v.Type().Name())
	d.depth++
	d.fields(v)
	d.depth--
	d.b.WriteByte(')')
}

func (d *dumper) fields(v reflect.Value) {
	for i := range v.NumField() {
		f, x := v.Type().Field(i), v.Field(i)
		if f.Type == reflect.TypeFor[source.Span]() || f.Type == reflect.TypeFor[At]() {
			continue
		}
		if f.Anonymous {
			d.fields(x)
			continue
		}
		if x.IsZero() || x.Kind() == reflect.Slice && x.Len() == 0 {
			continue
		}
		simple := x.Kind() == reflect.String || x.Kind() == reflect.Bool || x.Type() == reflect.TypeFor[*Name]() || x.Type() == reflect.TypeFor[types.Type]() || x.Type() == reflect.TypeFor[LiteralKind]()
		if simple {
			d.b.WriteByte(' ')
		} else {
			d.newline()
		}
		d.b.WriteString(strings.ToLower(f.Name[:1]) + f.Name[1:] + "=")
		d.value(x)
	}
}
