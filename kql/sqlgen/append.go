package sqlgen

import (
	"fmt"

	"github.com/goshawk-hunt/goshawk/kql/plan"
	"github.com/goshawk-hunt/goshawk/kql/types"
)

// The columns of the table from which a function computes what it appends.
const (
	appendKey = "$key"
	// AppendRows is the column that says how many rows a key stands for.
	AppendRows = "$rows"
)

// appendKeyed computes the columns that a function appends by the one column that it
// reads: the rows stay in the engine, the function sees each key once and how many rows
// have it, in the order in which the keys appear first. It is nil if n can't be
// computed so.
func (st *statement) appendKeyed(n *plan.Plugin, prepare PluginFunc) *rel {
	s, ok := n.Spec.(*plan.AppendSpec)
	if !ok || n.Input == nil || len(st.outers) > 0 {
		return nil
	}
	key := -1
	for i, a := range n.Args {
		if _, constant := a.(*plan.Const); constant {
			continue
		}
		if key >= 0 {
			return nil
		}
		key = i
	}
	if key < 0 {
		return nil
	}
	own := st.fork()
	in, args, _ := own.inputs(own.node(n.Input).keep(n.Input.Schema()), n)
	in = own.numbered(in)
	rows, table := st.storeRows(own, in, n.Name+"_rows")
	by := rows.lookup(args[key].Column)

	keyed := types.Schema{{Name: appendKey, Type: by.typ}, {Name: AppendRows, Type: types.Long}}
	keys := Select{Schema: keyed, SQL: fmt.Sprintf("SELECT %[1]s AS %[2]s, count(*) AS %[3]s\nFROM %[4]s\nGROUP BY %[1]s\nORDER BY min(%[5]s)",
		by.sql, st.d.Ident(appendKey), st.d.Ident(AppendRows), st.d.Ident(table), rows.lookup(rows.row).sql)}
	spec := &plan.AppendSpec{Sources: []plan.JoinSource{{Name: appendKey}}}
	shape := &rel{cols: []column{{name: appendKey, typ: by.typ}}}
	out := types.Schema{{Name: appendKey, Type: by.typ}}
	for i, src := range s.Sources {
		if src.Right {
			spec.Sources = append(spec.Sources, src)
			shape.cols = append(shape.cols, column{name: src.Name, typ: n.Columns[i].Type})
			out = append(out, types.Column{Name: src.Name, Type: n.Columns[i].Type})
		}
	}
	args[key] = Operand{Type: by.typ, Column: appendKey}
	f, err := prepare(args, spec, keyed, out)
	if err != nil {
		st.fail(codePlugin, n.At, "", "'%s': %v", n.Name, err)
		return empty(n.Columns, st.d)
	}
	appended := st.stepTable(n.Name, f, keys, Select{}, shape)

	left, right := st.reader(st.sqlNames(rows), "", "l."), st.reader(st.sqlNames(appended), "", "r.")
	left.from = fmt.Sprintf("%s AS l\nJOIN %s AS r ON %s IS NOT DISTINCT FROM %s", st.d.Ident(table), appended.from, left.lookup(by.name).sql, right.cols[0].sql)
	cols := make([]column, len(n.Columns))
	for i, c := range n.Columns {
		src := s.Sources[i]
		side := left
		if src.Right {
			side = right
		}
		cols[i] = *side.lookup(src.Name)
		cols[i].name, cols[i].typ = c.Name, c.Type
	}
	left.cols = cols
	left.label = "invoke"
	return left
}
