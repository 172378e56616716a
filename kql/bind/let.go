package bind

import (
	"github.com/goshawk-hunt/goshawk/kql/builtin"
	"github.com/goshawk-hunt/goshawk/kql/plan"
	"github.com/goshawk-hunt/goshawk/kql/syntax"
	"github.com/goshawk-hunt/goshawk/kql/types"
	"github.com/goshawk-hunt/goshawk/source"
)

// script binds all statements; the last query is the result.
func (b *binder) script(s *syntax.Script) *plan.Query {
	v := &env{scope: (*scope)(nil).inner()}
	var last *value
	var at source.Span
	for _, st := range s.Statements {
		val := b.statement(st, v)
		if val != nil {
			last, at = val, st.Span()
		}
	}
	if last == nil {
		if b.failed {
			return nil
		}
		return b.library(s, v)
	}
	q := &plan.Query{Render: b.render}
	switch {
	case last.x != nil:
		if bad(last.x) {
			return nil
		}
		// a scalar alone is a table of one value
		cols := types.Schema{{Name: "print_0", Type: last.x.Type()}}
		q.Results = []plan.Result{{Root: &plan.Values{Out: plan.Out{Columns: cols, At: at}, Rows: [][]plan.Expr{{last.x}}}}}
	case last.rel == nil || last.rel.bad:
		return nil
	case last.rel.graph != nil:
		b.error(codeTableExpected, at, "the query ends with a graph", "graph-match or graph-to-table make a table of a graph")
		return nil
	case last.rel.results != nil:
		q.Results = last.rel.results
	default:
		r := last.rel.visible()
		q.Results = []plan.Result{{Root: r.node, Open: r.open}}
	}
	return b.complete(q, at)
}

// library binds a script without a query: where Options.Library allows it the result
// is what the script defines.
func (b *binder) library(s *syntax.Script, v *env) *plan.Query {
	cols := types.Schema{{Name: "Name", Type: types.String}, {Name: "Kind", Type: types.String}}
	var rows [][]plan.Expr
	for _, st := range s.Statements {
		let, ok := st.(*syntax.LetStmt)
		if !ok {
			continue
		}
		kind := "value"
		switch ent := v.scope.names[let.Name.Value]; {
		case ent == nil:
			continue
		case ent.fn != nil:
			kind = "function"
		case ent.rel != nil:
			kind = "table"
		}
		rows = append(rows, []plan.Expr{text(let.Name.Value), text(kind)})
	}
	const message, hint = "there is no query here", "end the text with a table or a pipeline"
	if !b.o.Library || len(rows) == 0 {
		b.error(CodeNoQuery, s.Span(), message, hint)
		return nil
	}
	b.warn(CodeNoQuery, s.Span(), message+": the result is what the text defines", hint)
	q := &plan.Query{Results: []plan.Result{{Root: &plan.Values{Out: plan.Out{Columns: cols, At: s.Span()}, Rows: rows}}}}
	return b.complete(q, s.Span())
}

// statement binds one statement and returns the value of a query.
func (b *binder) statement(st syntax.Stmt, v *env) *value {
	switch st := st.(type) {
	case *syntax.AliasStmt:
		b.errorf(codeUnsupported, st.Span(), "other clusters, databases and workspaces can't be reached")
	case *syntax.BadStmt:
		b.failed = true
	case *syntax.CommandStmt:
		b.error(codeNotAQuery, st.Span(), "a management command is no query", "goshawk schema lists the tables")
	case *syntax.DeclareStmt:
		b.parameters(st, v)
	case *syntax.ExprStmt:
		query := *v
		query.source = true
		val := b.inside(st.X, &query)
		return &val
	case *syntax.LetStmt:
		b.let(st, v)
	case *syntax.PatternStmt:
		b.declarePattern(st, v)
	case *syntax.RestrictStmt:
		b.errorf(codeUnsupported, st.Span(), "restrict access is not supported: there is nobody to restrict")
	case *syntax.SetStmt:
		if st.Value != nil && st.Name != nil {
			if c, ok := constOf(b.scalar(st.Value, v)); ok {
				b.settings[st.Name.Value] = c
			}
		}
	}
	return nil
}

// let binds let name = X.
func (b *binder) let(st *syntax.LetStmt, v *env) {
	ent := &entity{}
	switch x := st.X.(type) {
	case *syntax.FuncLit:
		ent.fn = &function{name: st.Name.Value, lit: x, scope: v.scope}
		ent.view = x.View
		b.checkParams(x)
	case *syntax.EntityGroup:
		ent.group = &entityGroup{x.Items, v.scope}
	default:
		val := b.inside(st.X, v.tables())
		switch {
		case val.rel != nil:
			ent.rel = val.rel.leading().named(st.Name.Value)
			ent.bad = false
			b.shareLet(ent, st.Name.Value, st.Name.Span())
		case val.x != nil && !bad(val.x) && b.measured(b.sizes.expr(val.x), st.X.Span()):
			ent.x, ent.level = val.x, 1+b.level
			b.nameScalar(ent)
		default:
			ent.bad = true
		}
	}
	b.define(v.scope, st.Name, ent)
}

// shareLet makes a tabular let a shared part, unless it is as cheap to repeat.
func (b *binder) shareLet(ent *entity, name string, at source.Span) {
	r := ent.rel
	if r.bad || r.graph != nil || r.results != nil {
		return
	}
	if r.plain() {
		ent.rel = r.named(r.table)
		return
	}
	if n, ok := r.node.(*plan.Ref); ok {
		if n.Shared.Name == "" {
			n.Shared.Name = name
		}
		ent.shared = n.Shared
		return
	}
	b.nameTable(ent, name, at)
}

// define adds a name to a scope; it can be defined once.
func (b *binder) define(s *scope, n *syntax.Name, ent *entity) {
	if s.names[n.Value] != nil {
		b.error(codeDuplicateName, n.Span(), "'"+n.Value+"' is declared already", "choose another name")
		return
	}
	s.names[n.Value] = ent
}

// parameters binds declare query_parameters.
func (b *binder) parameters(st *syntax.DeclareStmt, v *env) {
	for _, p := range st.Params {
		ent := &entity{}
		given, ok := b.o.Parameters[p.Name.Value]
		switch {
		case ok:
			x := convert(&plan.Const{Value: given}, p.Type)
			if x.Type() != p.Type {
				b.errorf(codeParameter, p.Span(), "the parameter '%s' is %s, a value of type %s was given", p.Name.Value, article(p.Type), given.Type)
			}
			ent.x = x
		case p.Default != nil:
			ent.x = b.defaultValue(p, v)
		default:
			b.error(codeParameter, p.Span(), "the parameter '"+p.Name.Value+"' has no value", "give it one, or a default: "+p.Name.Value+":"+p.Type.String()+" = ..")
		}
		ent.bad = ent.x == nil || bad(ent.x)
		b.define(v.scope, p.Name, ent)
	}
}

// defaultValue binds the default of a parameter as its type.
func (b *binder) defaultValue(p *syntax.Param, v *env) plan.Expr {
	x := b.scalar(p.Default, v.tables())
	if bad(x) {
		return x
	}
	return b.coerce(x, p.Type, p.Default.Span(), p.Name.Value)
}

// coerce converts the argument of a user function to its declared type, as freely as Kusto does.
func (b *binder) coerce(x plan.Expr, t types.Type, at source.Span, name string) plan.Expr {
	from := x.Type()
	if from == t || t == types.Unknown || from == types.Unknown {
		return x
	}
	if c, ok := x.(*plan.Const); ok && c.Value.Null {
		return nullOf(t)
	}
	switch {
	case promotable(from, t), from == types.Dynamic, t == types.Dynamic,
		from.IsNumeric() && t.IsNumeric():
		return convert(x, t)
	case t == types.String:
		return fn("tostring", types.String, at, x)
	case from == types.String:
		if c, ok := x.(*plan.Const); ok {
			if v, ok := fromText(c.Value.Str, t); ok {
				return &plan.Const{Value: v}
			}
		}
	default:
		if y := converted(x, t, at); y != nil {
			return y
		}
	}
	b.error(codeArgumentType, at, "'"+name+"' is declared as "+t.String()+", this is "+article(from), "convert it: to"+t.String()+"(..)")
	return unknown()
}

// converted calls the function that converts to type t, nil if it does not take x.
func converted(x plan.Expr, t types.Type, at source.Span) plan.Expr {
	f := builtin.Lookup("to"+t.String(), builtin.Scalar)
	if f == nil {
		return nil
	}
	o := choose(f, []types.Type{x.Type()})
	if o == nil || grade(o.Param(0, 1), x.Type()) == matchNone {
		return nil
	}
	return &plan.Call{Func: f, Args: []plan.Expr{fit(x, o.Param(0, 1))}, T: t, At: at}
}
