package syntax

import "strings"

// paramSet names the parameters that an operator takes between its keyword and
// its operands.
type paramSet string

const (
	anyParams       paramSet = "kind decodeblocks"
	columnParams    paramSet = "" // hints only
	evaluateParams  paramSet = ""
	findParams      paramSet = "withsource with_source datascope"
	graphMark       paramSet = "kind with_component_id"
	graphMatch      paramSet = "cycles"
	graphEdges      paramSet = "with_source_id with_target_id"
	graphNodes      paramSet = "with_node_id"
	graphPaths      paramSet = "output"
	joinParams      paramSet = "kind"
	macroParams     paramSet = "kind isfuzzy best_effort force_remote"
	makeSeriesKind  paramSet = "kind"
	mvParams        paramSet = "kind bagexpansion with_itemindex"
	parseParams     paramSet = "kind flags"
	reduceParams    paramSet = "kind threshold characters"
	renderParams    paramSet = "kind title accumulate"
	scanParams      paramSet = "kind with_match_id with_step_name"
	searchParams    paramSet = "kind datascope"
	unionParams     paramSet = "kind withsource with_source isfuzzy best_effort"
	topNestedParams paramSet = ""
)

// hints are the parameters that tell Kusto's service how to run; any operator
// takes them and they change no result.
const hints = "hint.concurrency hint.distribution hint.materialized hint.num_partitions hint.pass_filters " +
	"hint.pass_filters_column hint.progressive_top hint.remote hint.shufflekey hint.spread hint.strategy"

func (s paramSet) has(name string) bool { return inList(string(s), name) || inList(hints, name) }

func inList(list, name string) bool {
	for s := range strings.FieldsSeq(list) {
		if s == name {
			return true
		}
	}
	return false
}

// optionLen returns the tokens of the parameter name that stands here with "="
// behind it, 0 if none does.
func (p *parser) optionLen() int {
	if !p.at(kWord) {
		return 0
	}
	if p.ahead(1).kind == kAssign {
		return 1
	}
	if p.src(p.cur) == "hint" && p.ahead(1).kind == kDot && p.ahead(2).kind == kWord && p.ahead(3).kind == kAssign {
		return 3
	}
	return 0
}

// options reads the parameters of an operator. With strict, its operands can't
// be name = x, and an unknown parameter is reported.
func (p *parser) options(set paramSet, strict bool) []*Named {
	var list []*Named
	for {
		n := p.optionLen()
		if n == 0 {
			return list
		}
		start := p.start()
		text := p.text[start:p.ahead(n-1).end]
		known := set.has(text) || strings.HasPrefix(text, "__")
		if !known && !strict && n == 1 {
			return list
		}
		name := &Name{Value: text}
		for range n {
			p.next()
		}
		name.At = p.from(start)
		if !known {
			p.warn(errOption(name.Span(), text, string(set)))
		}
		p.next()
		x := &Named{Names: []*Name{name}, X: p.optionValue(text, quote(text+"="))}
		x.At = p.from(start)
		list = append(list, x)
	}
}

// optionValue reads a parameter's value: a literal, a word (fullouter,
// full-outer, 3Dchart), a quoted name, a list of columns or an expression,
// depending on the parameter.
func (p *parser) optionValue(name, where string) Expr {
	switch name {
	case "ycolumns", "anomalycolumns", "series", "by":
		return p.nameList(where)
	case "title", "xtitle", "ytitle":
		if x := p.path(); x != nil {
			return x
		}
	case "xmin", "xmax", "ymin", "ymax", "threshold":
		if x := p.unary(); x != nil {
			return x
		}
	}
	if x := p.literal(); x != nil {
		return x
	}
	start := p.start()
	if p.at(kWord) {
		p.next()
		for p.at(kMinus) && p.touching(0) && p.ahead(1).kind == kWord && p.touching(1) {
			p.next()
			p.next()
		}
		at := p.from(start)
		return &Name{At: at, Value: p.text[at.At.Start:at.At.End]}
	}
	if n := p.nameLen(0, anyName); n > 0 {
		return p.readName(n)
	}
	p.unexpected("a value", where)
	return &Bad{At{p.here()}}
}

// nameList reads a, b up to what is no further name: "c =" begins the next
// property.
func (p *parser) nameList(where string) Expr {
	start := p.start()
	x := &NameList{}
	for {
		x.Names = append(x.Names, p.nameOf(declaredName, where))
		if !p.at(kComma) {
			break
		}
		n := p.nameLen(1, declaredName)
		if n == 0 || p.ahead(1+n).kind == kAssign {
			break
		}
		p.next()
	}
	x.At = p.from(start)
	return x
}
