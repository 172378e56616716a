package sqlgen

import (
	"fmt"
	"strings"

	"github.com/goshawk-hunt/goshawk/kql/plan"
	"github.com/goshawk-hunt/goshawk/kql/types"
	"github.com/goshawk-hunt/goshawk/source"
)

// inQuery writes X in (table).
func (sc *scope) inQuery(x *plan.InQuery, condition bool) Operand {
	d := sc.st.d
	op := sc.operand(x.X)
	inner := sc.st.subquery(x.Table)
	elem := &inner.cols[0]
	inner = inner.only(types.Schema{{Name: elem.name, Type: elem.typ}})
	elem = &inner.cols[0]
	name, negated := strings.CutPrefix(x.Op, "!")
	var sql string
	switch name {
	case "in", "in~":
		left, right := op.SQL, elem.sql
		if name == "in~" {
			left, right = sc.st.apply1("tolower", op), sc.st.apply1("tolower", Operand{SQL: atom(elem.sql), Type: elem.typ})
		}
		if elem.typ != op.Type && elem.typ == types.Dynamic {
			if t, err := d.Convert(Operand{SQL: atom(elem.sql), Type: elem.typ}, op.Type); err == nil {
				right = t
			}
		}
		elem.sql = right
		if elem.typ != types.String {
			inner = sc.st.open(inner, addFilter)
			inner.where = append(inner.where, inner.cols[0].sql+" IS NOT NULL")
		}
		sql = fmt.Sprintf("%s IN (%s)", left, indent(sc.st.text(inner, false)))
		if negated {
			sql = "NOT (" + sql + ")"
		}
		if op.Type != types.String && op.Const == nil && (negated || !condition) {
			sql = fmt.Sprintf("COALESCE(%s, %t)", sql, negated)
		}
	default:
		sql = sc.anyOf(x, name, op, inner)
		if negated {
			sql = "NOT " + sql
		}
	}
	return Operand{SQL: atom(sql), Type: types.Bool}
}

// anyOf writes X has_any (table) and has_all by a subquery over the terms.
func (sc *scope) anyOf(x *plan.InQuery, name string, op Operand, inner *rel) string {
	base, all := "has", name == "has_all"
	if name != "has_any" && !all {
		sc.st.fail(codeFunction, source.Span{}, "", "'%s' of a table is not supported", x.Op)
		return "false"
	}
	inner = sc.st.close(inner)
	term := Operand{SQL: atom(inner.cols[0].sql), Type: types.String}
	if inner.cols[0].typ != types.String {
		term.SQL = sc.st.apply1("tostring", Operand{SQL: term.SQL, Type: inner.cols[0].typ})
	}
	t := sc.st.d.Functions[base]
	if t == nil {
		return "false"
	}
	cond, err := t(Call{Name: base, Args: []Operand{op, term}, Type: types.Bool})
	if err != nil {
		sc.st.fail(codeFunction, source.Span{}, "", "'%s' is not supported: %v", x.Op, err)
		return "false"
	}
	if all {
		return fmt.Sprintf("(NOT EXISTS (SELECT 1 FROM %s WHERE NOT %s))", inner.from, atom(cond))
	}
	return fmt.Sprintf("EXISTS (SELECT 1 FROM %s WHERE %s)", inner.from, cond)
}

// scalarQuery writes toscalar(table).
func (sc *scope) scalarQuery(x *plan.ScalarQuery) Operand {
	if plan.OfGroup(x.Table) {
		return sc.groupQuery(x)
	}
	r := sc.st.subquery(x.Table)
	first := r.cols[0]
	if r.limit == "" || r.limit == "1" {
		r = r.clone()
		r.limit = "1"
	} else {
		r = sc.st.close(r)
		r.limit = "1"
		first = r.cols[0]
	}
	r = r.only(types.Schema{{Name: first.name, Type: first.typ}})
	sql := "(" + indent(sc.st.text(r, true)) + ")"
	if first.typ == types.String {
		sql = "COALESCE(" + sql + ", '')"
	}
	return Operand{SQL: sql, Type: x.T}
}

// groupQuery writes toscalar of a table that is computed from the rows of a group: the
// first of its rows that belongs to the group of the row at hand.
func (sc *scope) groupQuery(x *plan.ScalarQuery) Operand {
	r := sc.st.take(sc.st.spread(sc.st.node(x.Table)), &plan.Const{Value: types.Value{Type: types.Long, Int: 1}}, "first")
	r = sc.st.close(r)
	first := r.cols[0]
	values := &rel{label: "values", from: r.from}
	values.hide("value", column{typ: first.typ, sql: first.sql})
	var on []string
	for i, p := range r.part {
		if sc.r.lookup(p) == nil {
			sc.st.fail(codePlace, source.Span{}, "compute it first, as a column", "a value of the group's rows is not supported here")
			return Operand{SQL: sc.st.d.Literal(types.Null(x.T)), Type: x.T}
		}
		name := values.hide(fmt.Sprintf("$of%d", i+1), column{typ: r.lookup(p).typ, sql: r.lookup(p).sql})
		on = append(on, atom(sc.r.lookup(p).sql)+" IS NOT DISTINCT FROM "+sc.st.d.Ident(name))
	}
	values = sc.st.close(values)
	sql := fmt.Sprintf("(SELECT %s FROM %s WHERE %s)", sc.st.d.Ident("value"), values.from, strings.Join(on, " AND "))
	if first.typ == types.String {
		sql = "COALESCE(" + sql + ", '')"
	}
	return Operand{SQL: sql, Type: x.T}
}

// subquery writes a table inside an expression.
func (st *statement) subquery(n plan.Node) *rel {
	outers := st.outers
	st.outers = nil
	defer func() { st.outers = outers }()
	return st.node(n)
}
