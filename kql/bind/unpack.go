package bind

import (
	"slices"
	"sort"

	"github.com/goshawk-hunt/goshawk/kql/plan"
	"github.com/goshawk-hunt/goshawk/kql/syntax"
	"github.com/goshawk-hunt/goshawk/kql/types"
	"github.com/goshawk-hunt/goshawk/source"
)

// discover runs part of the plan to learn columns that depend on data; ok is false
// if that is not possible now.
func (b *binder) discover(root plan.Node, at source.Span) (rows [][]types.Value, ok bool) {
	if b.o.Discover == nil || b.failed {
		return nil, false
	}
	in := &inliner{done: map[*plan.Shared]plan.Node{}}
	rows, err := b.o.Discover(&plan.Query{Results: []plan.Result{{Root: in.node(root)}}})
	if err != nil {
		b.errorf(codeDiscovery, at, "the columns depend on data that could not be read: %v", err)
		return nil, false
	}
	return rows, true
}

// bagUnpack binds bag_unpack: the keys of a bag become columns, in the order of
// their names behind the others.
//
// Source: https://learn.microsoft.com/kusto/query/bag-unpack-plugin
func (p *pluginCall) bagUnpack() *rel {
	u, ok := p.unpackArguments()
	if !ok || p.r.bad {
		return badRel()
	}
	if u.bag < 0 {
		return p.r // a column that no row has: nothing to unpack
	}
	if text := p.r.column(u.bag); p.b.dynamicText(text) {
		// the text of JSON becomes the bag
		cols := append(types.Schema(nil), p.r.cols...)
		cols[u.bag].Type = types.Dynamic
		xs := p.r.columns()
		xs[u.bag] = p.b.asDynamic(text, p.at())
		p.r = p.r.project(cols, xs, p.at())
	}
	bag := p.r.column(u.bag)
	if bag.T != types.Dynamic {
		p.b.error(codeArgumentType, p.c.Args[0].Span(), "bag_unpack takes a dynamic column, this is "+article(bag.T), "parse it first: extend .. = parse_json(..)")
		return badRel()
	}
	var rest types.Schema
	for i, c := range p.r.cols {
		if i != u.bag {
			rest = append(rest, c)
		}
	}
	if cols, declared := p.schema(rest); declared {
		xs := make([]plan.Expr, len(cols))
		for i, c := range cols {
			if j := rest.Index(c.Name); j >= 0 && rest[j].Type == c.Type && u.conflict != "replace_source" {
				xs[i] = &plan.Column{Name: c.Name, T: c.Type}
			} else {
				xs[i] = u.member(bag, c)
			}
		}
		out := p.r.visible().project(cols, xs, p.at())
		out.open = false
		return out
	}
	return p.unpacked(u, bag, rest)
}

// unpackCall are the arguments of bag_unpack.
type unpackCall struct {
	bag      int
	prefix   string
	conflict string // error, replace_source, keep_source
	ignored  map[string]bool
}

func (p *pluginCall) unpackArguments() (*unpackCall, bool) {
	u := &unpackCall{bag: -1, conflict: "error", ignored: map[string]bool{}}
	ok := len(p.c.Args) > 0
	if !ok {
		p.b.countError(p.f, 0, p.c.Span())
	}
	for i, e := range p.c.Args {
		word := [...]string{"column", "OutputColumnPrefix", "columnsConflict", "ignoredProperties"}[min(i, 3)]
		if n, named := e.(*syntax.Named); named && len(n.Names) == 1 {
			word = n.Names[0].Value
		}
		switch word {
		case "column", "Column":
			u.bag = p.column(e)
			ok = ok && (u.bag >= 0 || p.r.open)
		case "ignoredProperties":
			c, good := p.constant(e)
			items, _ := arrayItems(c)
			for _, item := range items {
				if s, isText := stringOf(item); isText {
					u.ignored[s] = true
				}
			}
			ok = ok && good
		case "columnsConflict":
			c, good := p.constant(e)
			u.conflict = c.Str
			ok = ok && good
			if c.Str != "error" && c.Str != "replace_source" && c.Str != "keep_source" {
				p.b.error(codeBadValue, e.Span(), "'"+c.Str+"' is no way to resolve a conflict", "ways are error, replace_source and keep_source")
				ok = false
			}
		case "OutputColumnPrefix", "column_prefix":
			c, good := p.constant(e)
			u.prefix = c.Str
			ok = ok && good
		default:
			p.b.errorf(codeArgumentCount, e.Span(), "bag_unpack has no argument '%s'", word)
			ok = false
		}
	}
	return u, ok
}

// member reads the member that a column holds.
func (u *unpackCall) member(bag *plan.Column, c types.Column) plan.Expr {
	key := c.Name
	if len(key) >= len(u.prefix) && key[:len(u.prefix)] == u.prefix {
		key = key[len(u.prefix):]
	}
	return convert(&plan.Path{X: bag, Keys: []plan.Expr{text(key)}}, c.Type)
}

// unpacked lays out the keys that the data have.
func (p *pluginCall) unpacked(u *unpackCall, bag *plan.Column, rest types.Schema) *rel {
	all := *p.r.visible()
	all.node = p.b.ungrouped(all.node)
	found, _ := p.b.discover(bagKeys(&all, bag), p.at())
	keys := types.Schema{}
	for _, row := range found {
		if len(row) == 2 && !u.ignored[row[0].Str] {
			keys = append(keys, types.Column{Name: u.prefix + row[0].Str, Type: memberType(row[1])})
		}
	}
	sort.Slice(keys, func(i, j int) bool { return keys[i].Name < keys[j].Name })
	pr := newProjection()
	for i, c := range p.r.cols {
		k := keys.Index(c.Name)
		switch {
		case i == u.bag && k < 0:
		case i == u.bag, k >= 0 && u.conflict == "replace_source":
			pr.add(outColumn{name: c.Name, x: u.member(bag, keys[k]), t: keys[k].Type}, "", false, false)
		case k >= 0 && u.conflict == "error":
			p.b.error(codeDuplicateColumn, p.c.Span(), "the bag has a key '"+c.Name+"', and the table a column of that name",
				"give the new columns a prefix: bag_unpack(column, 'prefix_'), or say columnsConflict='replace_source'")
			return badRel()
		default:
			pr.add(outColumn{name: c.Name, x: p.r.column(i), t: c.Type}, "", false, false)
		}
	}
	for _, k := range keys {
		if _, taken := pr.index[k.Name]; !taken {
			pr.add(outColumn{name: k.Name, x: u.member(bag, k), t: k.Type}, "", false, false)
		}
	}
	cols, xs := pr.schema()
	out := p.r.project(cols, xs, p.at())
	out.open = true
	return out
}

// bagKeys is the query for the keys of a bag with the kinds of their values.
func bagKeys(r *rel, bag *plan.Column) plan.Node {
	in := r.project(types.Schema{{Name: bag.Name, Type: bag.T}}, []plan.Expr{bag}, source.NoSpan)
	const key, kind = "$key", "$kind"
	keyColumn := types.Column{Name: key, Type: types.String}
	unnest := &plan.Unnest{
		Out: plan.Out{Columns: append(append(types.Schema(nil), in.cols...), keyColumn)}, Input: in.node,
		Items: []plan.UnnestItem{{X: fn("bag_keys", types.Dynamic, source.NoSpan, bag), As: keyColumn}},
	}
	cols := types.Schema{keyColumn, {Name: kind, Type: types.String}}
	kinds := &plan.Project{Out: plan.Out{Columns: cols}, Input: unnest, Exprs: []plan.Expr{
		&plan.Column{Name: key, T: types.String},
		fn("gettype", types.String, source.NoSpan, &plan.Path{X: bag, Keys: []plan.Expr{&plan.Column{Name: key, T: types.String}}}),
	}}
	return &plan.Aggregate{
		Out: plan.Out{Columns: types.Schema{keyColumn, {Name: kind, Type: types.Dynamic}}}, Input: kinds,
		Keys: []plan.Named{{Name: key, X: &plan.Column{Name: key, T: types.String}}},
		Aggs: []plan.Agg{{Name: kind, Func: must(aggregateKind, "make_set"), Args: []plan.Expr{&plan.Column{Name: kind, T: types.String}}, Type: types.Dynamic}},
	}
}

// memberType is the type of a column that holds values of these kinds: the one
// kind's, or dynamic where they differ.
func memberType(kinds types.Value) types.Type {
	items, _ := arrayItems(kinds)
	t := types.Unknown
	for _, item := range items {
		s, _ := stringOf(item)
		k := types.Dynamic
		switch s {
		case "null", "":
			continue
		case "bool", "boolean":
			k = types.Bool
		case "int", "long":
			k = types.Long
		case "real", "double":
			k = types.Real
		case "string":
			k = types.String
		case "datetime":
			k = types.DateTime
		case "timespan":
			k = types.TimeSpan
		case "guid":
			k = types.GUID
		}
		switch {
		case t == types.Unknown, t == k:
			t = k
		case t.IsNumeric() && k.IsNumeric():
			t = types.Real
		default:
			return types.Dynamic
		}
	}
	if t == types.Unknown {
		return types.Dynamic
	}
	return t
}

// pivot binds pivot: the values of a column become columns that hold an aggregate.
//
// Source: https://learn.microsoft.com/kusto/query/pivot-plugin
func (p *pluginCall) pivot() *rel {
	if len(p.c.Args) == 0 {
		p.b.countError(p.f, 0, p.c.Span())
		return badRel()
	}
	v, ok := p.pivotArguments()
	if !ok || p.r.bad {
		return badRel()
	}
	var keys types.Schema
	for _, k := range v.groups {
		keys = append(keys, p.r.cols[k])
	}
	wanted, declared := p.schema(keys)
	var names []string
	if declared {
		for _, c := range wanted {
			if keys.Index(c.Name) < 0 {
				names = append(names, c.Name)
			}
		}
	} else {
		if plan.OfGroup(p.r.node) {
			p.b.error(codeUnsupported, p.c.Span(), "the columns of pivot differ from group to group here", "declare them: evaluate pivot(..) : (key:string, a:long, b:long)")
			return badRel()
		}
		names = p.pivotValues(v)
		if slices.Contains(names, "") {
			p.b.error(codeUnsupported, p.c.Span(), "pivot has no name for the column of an empty value", "leave those rows out before it with where isnotempty(..), or name them with iff(..)")
			return badRel()
		}
	}
	out := p.pivoted(v, keys, names)
	if !declared {
		out.open = true
		return out
	}
	xs := make([]plan.Expr, len(wanted))
	for i, c := range wanted {
		j := out.cols.Index(c.Name)
		xs[i] = p.b.coerce(out.column(j), c.Type, p.at(), c.Name)
	}
	return out.project(wanted, xs, p.at())
}

// pivotCall are the arguments of pivot.
type pivotCall struct {
	pivot  plan.Expr // as text
	agg    plan.Agg
	groups []int
}

func (p *pluginCall) pivotArguments() (*pivotCall, bool) {
	i := p.column(p.c.Args[0])
	v := &pivotCall{agg: plan.Agg{Func: must(aggregateKind, "count"), Type: types.Long}}
	switch {
	case i >= 0 && p.r.cols[i].Type == types.String:
		v.pivot = p.r.column(i)
	case i >= 0:
		v.pivot = fn("tostring", types.String, p.at(), p.r.column(i))
	case p.r.open:
		v.pivot = text("") // a column that no row has
	default:
		return nil, false
	}
	aggregated := -1
	if len(p.c.Args) > 1 {
		c, isCall := unparen(p.c.Args[1]).(*syntax.Call)
		if !isCall {
			p.b.error(codeArgumentType, p.c.Args[1].Span(), "the second argument of pivot is an aggregate", "write count() before the columns")
			return nil, false
		}
		a := &aggregation{}
		in := p.v.rows(p.r)
		in.agg = a
		parts := p.b.parts(c, in)
		if bad(parts.cols[0].x) || len(a.aggs) != 1 {
			if !p.b.failed {
				p.b.errorf(codeArgumentType, c.Span(), "the second argument of pivot is an aggregate")
			}
			return nil, false
		}
		v.agg = a.aggs[0]
		if len(c.Args) > 0 {
			if name, plain := p.b.plainColumn(c.Args[0], p.v.rows(p.r)); plain {
				aggregated = p.r.cols.Index(name)
			}
		}
	}
	for _, e := range p.c.Args[min(2, len(p.c.Args)):] {
		k := p.column(e)
		switch {
		case k >= 0:
			v.groups = append(v.groups, k)
		case !p.r.open:
			return nil, false
		}
	}
	if len(p.c.Args) < 3 {
		for k := range p.r.cols {
			if k != i && k != aggregated {
				v.groups = append(v.groups, k)
			}
		}
	}
	return v, true
}

// pivotValues are the values of the pivot column in the order in which they come.
func (p *pluginCall) pivotValues(v *pivotCall) []string {
	const value = "$value"
	r := p.r.visible()
	in := r.project(types.Schema{{Name: value, Type: types.String}}, []plan.Expr{v.pivot}, source.NoSpan)
	set := &plan.Aggregate{
		Out: plan.Out{Columns: types.Schema{{Name: value, Type: types.Dynamic}}}, Input: in.node,
		Aggs: []plan.Agg{{Name: value, Func: must(aggregateKind, "make_set"), Args: []plan.Expr{&plan.Column{Name: value, T: types.String}}, Type: types.Dynamic}},
	}
	rows, _ := p.b.discover(set, p.at())
	var names []string
	for _, row := range rows {
		items, _ := arrayItems(row[0])
		for _, item := range items {
			if s, ok := stringOf(item); ok {
				names = append(names, s)
			}
		}
	}
	return names
}

// pivoted groups and computes the aggregate of each value.
func (p *pluginCall) pivoted(v *pivotCall, keys types.Schema, names []string) *rel {
	node := &plan.Aggregate{Input: p.r.visible().node}
	cols := append(types.Schema(nil), keys...)
	for _, k := range v.groups {
		node.Keys = append(node.Keys, plan.Named{Name: p.r.cols[k].Name, X: p.r.column(k)})
	}
	for _, name := range names {
		g := v.agg
		is := opCall("==", types.Bool, p.at(), v.pivot, text(name))
		if g.Filter != nil {
			is = opCall("and", types.Bool, p.at(), is, g.Filter)
		}
		g.Filter = is
		cols = append(cols, types.Column{Name: name, Type: g.Type})
		node.Aggs = append(node.Aggs, g)
	}
	cols = uniqueColumns(cols)
	for i := range node.Aggs {
		node.Aggs[i].Name = cols[len(keys)+i].Name
	}
	node.Out = plan.Out{Columns: cols, At: p.at()}
	return newRel(node, cols)
}
