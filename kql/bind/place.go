package bind

import (
	"github.com/goshawk-hunt/goshawk/kql/plan"
	"github.com/goshawk-hunt/goshawk/kql/syntax"
	"github.com/goshawk-hunt/goshawk/kql/types"
)

// geoLookup binds geo_polygon_lookup and geo_line_lookup. Of the options at the end the
// hint about the join's area changes nothing.
//
// Source: https://learn.microsoft.com/kusto/query/geo-polygon-lookup-plugin
func (p *pluginCall) geoLookup() *rel {
	args := p.c.Args
	lines := p.f.Name == "geo_line_lookup"
	if len(args) < 4 || lines && len(args) < 5 {
		p.b.countError(p.f, len(args), p.c.Span())
		return badRel()
	}
	right := p.b.table(args[0], p.v).visible()
	other := *p
	other.r = right
	shape, lon, lat := other.column(args[1]), p.column(args[2]), p.column(args[3])
	o := p.placeOptions(args[4:])
	if shape < 0 || lon < 0 || lat < 0 || o == nil || p.r.bad || right.bad {
		return badRel()
	}
	if t := right.cols[shape].Type; t != types.Dynamic {
		p.b.error(codeArgumentType, args[1].Span(), "a shape is a dynamic, this is "+article(t), "parse it first: extend .. = parse_json(..)")
		return badRel()
	}
	in := p.reals(p.r.visible(), lon, lat)
	spec := &plan.PlaceSpec{
		Longitude: in.cols[len(in.cols)-2].Name, Latitude: in.cols[len(in.cols)-1].Name,
		Shape: right.cols[shape].Name, Lines: lines, Radius: o.radius, ReturnUnmatched: o.unmatched,
	}
	var cols types.Schema
	for _, c := range p.r.cols {
		cols = append(cols, c)
		spec.Sources = append(spec.Sources, plan.JoinSource{Name: c.Name})
	}
	for i, c := range right.cols {
		if i != shape || o.key {
			cols = append(cols, c)
			spec.Sources = append(spec.Sources, plan.JoinSource{Right: true, Name: c.Name})
		}
	}
	cols = uniqueColumns(cols)
	return newRel(&plan.Plugin{Out: plan.Out{Columns: cols, At: p.at()}, Name: p.f.Name, Input: in.node, Right: right.node, Spec: spec}, cols)
}

// reals adds two columns behind those of a table: the coordinates as real.
func (p *pluginCall) reals(r *rel, lon, lat int) *rel {
	cols := append(types.Schema(nil), r.cols...)
	xs := r.columns()
	for i, j := range []int{lon, lat} {
		x := fn("todouble", types.Real, p.at(), r.column(j))
		cols, xs = append(cols, types.Column{Name: "$place" + itoa(i), Type: types.Real}), append(xs, x)
	}
	return r.project(cols, xs, p.at())
}

// placeOptions are the arguments behind the coordinates, by position or by name.
type placeOptions struct {
	radius         *float64
	unmatched, key bool
}

func (p *pluginCall) placeOptions(args []syntax.Expr) *placeOptions {
	o := &placeOptions{}
	ok := true
	for i, e := range args {
		word := [...]string{"radius", "return_unmatched", "lookup_area_radius", "return_lookup_key", ""}[min(i, 4)]
		if n, named := e.(*syntax.Named); named && len(n.Names) == 1 {
			word = n.Names[0].Value
		}
		c, good := p.constant(e)
		ok = ok && good
		switch {
		case !good, word == "lookup_area_radius":
		case c.Type == types.Bool && word == "radius", word == "return_unmatched": // the radius may be left out
			o.unmatched = c.Int != 0
		case word == "return_lookup_key":
			o.key = c.Int != 0
		case word == "radius" && !c.Null && (c.Type == types.Real || c.Type == types.Int || c.Type == types.Long):
			metres := c.Real
			if c.Type != types.Real {
				metres = float64(c.Int)
			}
			o.radius = &metres
		default:
			p.b.errorf(codeBadValue, e.Span(), "'%s' takes no such argument here", p.f.Name)
			ok = false
		}
	}
	if ok && p.f.Name == "geo_line_lookup" && o.radius == nil {
		p.b.errorf(codeArgumentCount, p.c.Span(), "'%s' needs a radius in metres", p.f.Name)
		ok = false
	}
	if !ok {
		return nil
	}
	return o
}

// countRows binds estimate_rows_count: the number of rows is the best estimate.
func (p *pluginCall) countRows() *rel {
	cols := types.Schema{{Name: "EstimatedRowsCount", Type: types.Long}}
	if p.r.bad {
		return &rel{bad: true, cols: cols, node: p.r.node}
	}
	return newRel(&plan.Aggregate{
		Out: plan.Out{Columns: cols, At: p.at()}, Input: p.r.node,
		Aggs: []plan.Agg{{Name: cols[0].Name, Func: must(aggregateKind, "count"), Type: types.Long}},
	}, cols)
}
