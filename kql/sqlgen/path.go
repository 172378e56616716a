package sqlgen

import (
	"slices"

	"github.com/goshawk-hunt/goshawk/kql/plan"
	"github.com/goshawk-hunt/goshawk/kql/types"
	"github.com/goshawk-hunt/goshawk/source"
)

// path writes the access to members and elements of a dynamic value.
func (sc *scope) path(x *plan.Path) Operand {
	if op, ok := sc.element(x); ok {
		return op
	}
	base := sc.document(x.X)
	keys := make([]Operand, len(x.Keys))
	consts := make([]types.Value, 0, len(x.Keys))
	for i, k := range x.Keys {
		keys[i] = sc.operand(k)
		if keys[i].Const != nil {
			consts = append(consts, *keys[i].Const)
		}
	}
	sql, err := sc.st.d.Path(base, keys)
	if err != nil {
		sc.st.fail(codeFunction, source.Span{}, "", "dynamic access: %v", err)
		sql = sc.st.d.Literal(types.Null(types.Dynamic))
	}
	op := Operand{SQL: atom(sql), Type: types.Dynamic, weight: sc.st.weight(sql)}
	if len(consts) == len(keys) {
		op.Path = &PathOperand{X: base, Keys: consts}
		if p := base.Path; p != nil {
			op.Path = &PathOperand{X: p.X, Keys: slices.Concat(p.Keys, consts)}
		}
	}
	return op
}

// element writes an element of a list of texts that is made only for it.
func (sc *scope) element(x *plan.Path) (Operand, bool) {
	c, ok := x.X.(*plan.Call)
	if !ok || len(x.Keys) != 1 {
		return Operand{}, false
	}
	key, ok := x.Keys[0].(*plan.Const)
	if !ok || key.Value.Null || key.Value.Type != types.Long && key.Value.Type != types.Int || key.Value.Int < 0 {
		return Operand{}, false
	}
	call := Call{Name: c.Func.Name, Type: c.T, Args: make([]Operand, len(c.Args))}
	for i, a := range c.Args {
		call.Args[i] = sc.operand(a)
	}
	text := sc.st.d.Element(call, key.Value.Int)
	if text == "" {
		return Operand{}, false
	}
	sql, err := sc.st.d.Convert(Operand{SQL: text, Type: types.String}, types.Dynamic)
	if err != nil {
		return Operand{}, false
	}
	return Operand{SQL: atom(sql), Type: types.Dynamic, Text: atom(text), weight: sc.st.weight(sql)}, true
}

// document writes the value that a path leads into. A text that is parsed only to be
// read from is not printed as a dynamic value in between.
func (sc *scope) document(x plan.Expr) Operand {
	if text := parsedText(x); text != nil {
		return Operand{SQL: atom(sc.st.d.Document(sc.operand(text), false)), Type: types.Dynamic}
	}
	if c, ok := x.(*plan.Column); ok && sc.hoisted[x] == "" {
		if doc := sc.r.document(c.Name); doc != "" {
			return Operand{SQL: doc, Type: types.Dynamic}
		}
	}
	return sc.operand(x)
}

// parsedText returns the text that x reads as JSON, nil if it reads none.
func parsedText(x plan.Expr) plan.Expr {
	if c, ok := x.(*plan.Call); ok && c.Func.Name == "parse_json" && len(c.Args) == 1 && c.Args[0].Type() == types.String {
		return c.Args[0]
	}
	return nil
}

// document returns what paths into a column lead into where that is not its value.
func (r *rel) document(name string) string {
	if c := r.lookup(name); c != nil {
		return c.doc
	}
	return ""
}
