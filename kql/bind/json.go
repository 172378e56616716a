package bind

import (
	"encoding/json"
	"math"
	"strconv"
	"strings"

	"github.com/goshawk-hunt/goshawk/kql/plan"
	"github.com/goshawk-hunt/goshawk/kql/syntax"
	"github.com/goshawk-hunt/goshawk/kql/types"
)

// jsonLiteral binds an array or object that stands where a value must.
func (b *binder) jsonLiteral(e syntax.Expr) plan.Expr {
	text, ok := b.jsonText(e)
	if !ok {
		b.errorf(codeBadLiteral, e.Span(), "this is no dynamic value")
		return unknown()
	}
	return &plan.Const{Value: types.Value{Type: types.Dynamic, Str: text, Null: text == "null"}}
}

// jsonText writes the tree of a dynamic literal as compact JSON. Of two equal keys
// the last wins.
func (b *binder) jsonText(e syntax.Expr) (string, bool) {
	var w strings.Builder
	ok := b.writeJSON(&w, e)
	return w.String(), ok
}

func (b *binder) writeJSON(w *strings.Builder, e syntax.Expr) bool {
	switch e := e.(type) {
	case nil:
		w.WriteString("null")
		return true
	case *syntax.JSONArray:
		w.WriteByte('[')
		for i, item := range e.Items {
			if i > 0 {
				w.WriteByte(',')
			}
			if !b.writeJSON(w, item) {
				return false
			}
		}
		w.WriteByte(']')
		return true
	case *syntax.JSONObject:
		return b.writeObject(w, e)
	case *syntax.Paren:
		return b.writeJSON(w, e.X)
	case *syntax.Unary:
		if l, ok := e.X.(*syntax.Literal); ok && e.Op == "-" {
			c := *l
			c.Negative = !c.Negative
			return b.writeJSON(w, &c)
		}
		return false
	case *syntax.Literal:
		v, ok := b.literalValue(e)
		if !ok {
			return e.Kind == syntax.LitLong && writeBigInteger(w, e)
		}
		w.WriteString(jsonValue(v))
		return true
	}
	return false
}

// writeBigInteger writes an integer that no long holds with its digits: JSON's
// numbers have no bounds, and parse_json keeps such a one so.
func writeBigInteger(w *strings.Builder, l *syntax.Literal) bool {
	digits := strings.TrimLeft(l.Text, "-")
	if digits == "" || digits[0] == '0' || strings.Trim(digits, "0123456789") != "" {
		return false
	}
	if l.Negative || l.Text[0] == '-' {
		w.WriteByte('-')
	}
	w.WriteString(digits)
	return true
}

func (b *binder) writeObject(w *strings.Builder, e *syntax.JSONObject) bool {
	last := map[string]int{}
	for i, k := range e.Keys {
		last[k.Value] = i
	}
	w.WriteByte('{')
	first := true
	for i, k := range e.Keys {
		if last[k.Value] != i {
			continue
		}
		if !first {
			w.WriteByte(',')
		}
		first = false
		w.WriteString(jsonString(k.Value))
		w.WriteByte(':')
		if !b.writeJSON(w, e.Values[i]) {
			return false
		}
	}
	w.WriteByte('}')
	return true
}

// jsonValue writes a scalar as the JSON that it is inside dynamic.
func jsonValue(v types.Value) string {
	if v.Null {
		return "null"
	}
	switch v.Type {
	case types.Bool:
		return strconv.FormatBool(v.Int != 0)
	case types.Int, types.Long:
		return strconv.FormatInt(v.Int, 10)
	case types.Real:
		if math.IsNaN(v.Real) || math.IsInf(v.Real, 0) {
			return strings.Replace(`"`+strconv.FormatFloat(v.Real, 'g', -1, 64)+`"`, "Inf", "Infinity", 1)
		}
		s := strconv.FormatFloat(v.Real, 'g', -1, 64)
		if !strings.ContainsAny(s, ".e") {
			s += ".0"
		}
		return s
	case types.Dynamic, types.Decimal:
		return v.Str
	case types.DateTime:
		return jsonString(types.FormatDateTime(v.Int))
	case types.TimeSpan:
		return jsonString(types.FormatTimeSpan(v.Int))
	}
	return jsonString(v.Str)
}

func jsonString(s string) string {
	var w strings.Builder
	enc := json.NewEncoder(&w)
	enc.SetEscapeHTML(false)
	if enc.Encode(s) != nil {
		return `""`
	}
	return strings.TrimSuffix(w.String(), "\n")
}

// arrayItems returns the elements of a constant array as dynamic constants.
func arrayItems(v types.Value) ([]plan.Expr, bool) {
	if !strings.HasPrefix(v.Str, "[") {
		return nil, false
	}
	var raw []json.RawMessage
	if json.Unmarshal([]byte(v.Str), &raw) != nil {
		return nil, false
	}
	items := make([]plan.Expr, len(raw))
	for i, r := range raw {
		s := string(r)
		items[i] = &plan.Const{Value: types.Value{Type: types.Dynamic, Str: s, Null: s == "null"}}
	}
	return items, true
}

// fromJSON reads a constant dynamic scalar as type t, ok false if it is of another kind.
func fromJSON(v types.Value, t types.Type) (types.Value, bool) {
	out := types.Value{Type: t}
	if v.Null {
		return out, false
	}
	if strings.HasPrefix(v.Str, `"`) {
		var s string
		if json.Unmarshal([]byte(v.Str), &s) != nil {
			return out, false
		}
		return fromText(s, t)
	}
	switch t {
	case types.String:
		out.Str = v.Str
		if v.Str == "true" || v.Str == "false" {
			out.Str = strings.ToUpper(v.Str[:1]) + v.Str[1:]
		}
		return out, true
	case types.Int, types.Long:
		return integerValue(t, v.Str)
	case types.Real:
		return realValue(v.Str)
	case types.Decimal:
		return decimalValue(v.Str)
	case types.Bool:
		switch v.Str {
		case "true":
			out.Int = 1
			return out, true
		case "false":
			return out, true
		}
	}
	return out, false
}

// fromText reads a string as type t.
func fromText(s string, t types.Type) (types.Value, bool) {
	out := types.Value{Type: t}
	var ok bool
	switch t {
	case types.String:
		out.Str, ok = s, true
	case types.DateTime:
		out.Int, ok = types.ParseDateTime(s)
	case types.TimeSpan:
		out.Int, ok = types.ParseTimeSpan(s)
	case types.GUID:
		out.Str, ok = parseGUID(s)
	case types.Int, types.Long:
		return integerValue(t, s)
	case types.Real:
		return realValue(s)
	case types.Decimal:
		return decimalValue(s)
	case types.Bool:
		switch strings.ToLower(s) {
		case "true", "1":
			out.Int, ok = 1, true
		case "false", "0":
			ok = true
		}
	}
	return out, ok
}
