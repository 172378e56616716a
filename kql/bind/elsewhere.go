package bind

import "github.com/goshawk-hunt/goshawk/kql/syntax"

// tableCall binds table("name").
func (b *binder) tableCall(e *syntax.Call, v *env) *rel {
	if len(e.Args) == 0 {
		b.errorf(codeArgumentCount, e.Span(), "'table' takes the name of a table")
		return badRel()
	}
	x := b.scalar(e.Args[0], v)
	if bad(x) {
		return badRel()
	}
	s, ok := stringOf(x)
	if !ok {
		b.errorf(codeConstantExpected, e.Args[0].Span(), "a table's name is expected as a constant string")
		return badRel()
	}
	n := &syntax.Name{At: syntax.At{At: e.Args[0].Span()}, Value: s}
	if ent := v.scope.lookup(s); ent != nil && ent.rel != nil {
		return b.useTable(ent)
	}
	if val, ok := b.entityName(n, v); ok && val.rel != nil {
		return val.rel
	}
	named := *v
	named.source = true
	if r := b.absentTable(n, e.Span(), &named); r != nil {
		return r
	}
	b.unknownTable(n, v)
	return badRel()
}

// isClusterPath reports whether a call begins a path to another database.
func isClusterPath(c *syntax.Call) bool {
	if c.X != nil {
		return true
	}
	switch c.F.Value {
	case "cluster", "database", "workspace", "app", "resource", "adx", "arg":
		return true
	}
	return false
}

func isClusterMember(m *syntax.Member) bool {
	switch x := unparen(m.X).(type) {
	case *syntax.Call:
		return isClusterPath(x)
	case *syntax.Member:
		return isClusterMember(x)
	}
	return false
}

// qualified binds database("d").T and D.T: tables of other databases are not here.
func (b *binder) qualified(e *syntax.Member, v *env) value {
	if c, ok := unparen(e.X).(*syntax.Call); ok && c.F != nil && c.X == nil && c.F.Value == "database" && len(c.Args) == 0 {
		return b.bind(e.Name, v) // database().T is the current one
	}
	if n, ok := unparen(e.X).(*syntax.Name); ok && b.scan(e.Name.Value, e.Span()) == nil {
		b.unknownTable(n, v)
		return value{x: unknown()}
	}
	if r := b.absentElsewhere(e.Name, e.Span()); r != nil {
		return value{rel: r}
	}
	hint := ""
	if b.scan(e.Name.Value, e.Span()) != nil {
		hint = "this case has one database: write " + e.Name.Value + " alone"
	}
	b.error(codeUnsupported, e.Span(), "other clusters, databases and workspaces can't be reached", hint)
	return value{x: unknown()}
}

func (b *binder) qualifiedCall(e *syntax.Call, v *env) value {
	x := e.X
	if n, ok := x.(*syntax.Name); ok {
		if ent := v.scope.lookup(n.Value); ent != nil && ent.place != nil {
			x = ent.place
		}
	}
	if c, ok := x.(*syntax.Call); ok && c.X == nil && c.F.Value == "database" && len(c.Args) == 0 {
		plain := *e
		plain.X = nil
		return b.call(&plain, v)
	}
	if b.method(e, v) {
		return value{x: unknown()}
	}
	b.error(codeUnsupported, e.Span(), "other clusters, databases and workspaces can't be reached", "")
	return value{x: unknown()}
}
