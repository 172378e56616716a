package sqlgen

import (
	"github.com/goshawk-hunt/goshawk/kql/plan"
	"github.com/goshawk-hunt/goshawk/kql/types"
)

// keyValues writes parse-kv: one function makes a bag of the keys in the text, of
// which each key is a column.
func (st *statement) keyValues(n *plan.Plugin, s *plan.KeyValueSpec) *rel {
	r, op := st.expr(st.open(st.node(n.Input), addProject), n.Args[0])
	r = r.clone()
	bag := r.hide("$bag", column{typ: types.Dynamic, sql: st.d.KeyValues(op, s)})
	r.label = "parse_kv"
	r = st.close(r)
	cols := make([]column, 0, len(n.Columns))
	for _, c := range n.Columns {
		if s.Keys.Index(c.Name) < 0 {
			cols = append(cols, *r.lookup(c.Name))
			continue
		}
		key := types.Value{Type: types.String, Str: c.Name}
		x := Operand{SQL: r.lookup(bag).sql, Type: types.Dynamic}
		sql, err := st.d.Path(x, []Operand{{SQL: st.d.Literal(key), Type: types.String, Const: &key}})
		member := Operand{SQL: atom(sql), Type: types.Dynamic, Path: &PathOperand{X: x, Keys: []types.Value{key}}}
		if err == nil && c.Type != types.Dynamic {
			text := Operand{SQL: st.apply1("tostring", member), Type: types.String}
			sql, err = text.SQL, nil
			if c.Type != types.String {
				sql, err = st.d.Convert(text, c.Type)
			}
		}
		if err != nil {
			st.fail(codeFunction, n.At, "", "a value of parse-kv as %s: %v", c.Type, err)
		}
		cols = append(cols, column{name: c.Name, typ: c.Type, sql: sql})
	}
	r.cols = cols
	r.drop(bag)
	return r
}
