package syntax

import (
	"strconv"
	"strings"
)

// Print returns canonical KQL of a node: one operator a line, strings in double
// quotes, no comments. Parsing the result gives the same tree but for spans, and
// printing that the same text. Names are printed as Name.Quoted says.
func Print(n Node) string {
	p := &printer{}
	switch n := n.(type) {
	case *Script:
		p.statements(n.Statements)
	case Stmt:
		p.stmt(n)
	case Operator:
		p.op(n)
	case Expr:
		p.expr(n)
	default:
		p.part(n)
	}
	return p.b.String()
}

// maxIndent bounds the white space of deep trees.
const maxIndent = 20

// printer writes nodes. A nil node is written as nothing.
type printer struct {
	b      strings.Builder
	indent int
}

func (p *printer) s(parts ...string) {
	for _, s := range parts {
		p.b.WriteString(s)
	}
}

func (p *printer) newline() {
	p.b.WriteByte('\n')
	for range min(p.indent, maxIndent) {
		p.b.WriteString("    ")
	}
}

func (p *printer) statements(list []Stmt) {
	for i, s := range list {
		if i > 0 {
			p.s(";")
			p.newline()
		}
		p.stmt(s)
	}
}

func (p *printer) stmt(s Stmt) {
	switch s := s.(type) {
	case *AliasStmt:
		p.s("alias database ")
		p.name(s.Name)
		p.s(" = ")
		p.expr(s.X)
	case *BadStmt:
	case *CommandStmt:
		p.s(s.Text)
	case *DeclareStmt:
		p.s("declare query_parameters")
		p.params(s.Params)
	case *ExprStmt:
		p.expr(s.X)
	case *LetStmt:
		p.s("let ")
		p.name(s.Name)
		p.s(" = ")
		p.expr(s.X)
	case *PatternStmt:
		p.s(s.Text)
	case *RestrictStmt:
		p.s("restrict access to (")
		p.exprs(s.Entities)
		p.s(")")
		if s.With != nil {
			p.s(" with ")
			p.properties(s.With)
		}
	case *SetStmt:
		p.s("set ")
		p.name(s.Name)
		if s.Value != nil {
			p.s(" = ")
			p.expr(s.Value)
		}
	}
}

// block writes a query or statements in brackets on lines of their own.
func (p *printer) block(open, closer string, body func()) {
	p.s(open)
	p.indent++
	p.newline()
	body()
	p.indent--
	p.newline()
	p.s(closer)
}

// pipeline writes Source | op | op.
func (p *printer) pipeline(x *Pipeline) {
	first := true
	if x.Source != nil {
		p.expr(x.Source)
		first = false
	}
	for _, op := range x.Ops {
		if !first {
			p.newline()
			p.s("| ")
		}
		p.op(op)
		first = false
	}
}

func (p *printer) name(n *Name) {
	switch {
	case n == nil:
	case n.Quoted:
		p.s("[")
		p.str(n.Value)
		p.s("]")
	default:
		p.s(n.Value)
	}
}

func (p *printer) names(list []*Name) {
	for i, n := range list {
		if i > 0 {
			p.s(", ")
		}
		p.name(n)
	}
}

// str writes a string literal.
func (p *printer) str(s string) { p.s(Quote(s)) }

// typedName writes name:type.
func (p *printer) typedName(x *TypedName) {
	p.name(x.Name)
	switch {
	case x.Open:
		p.s(":(*)")
	case x.Table != nil:
		p.s(":(")
		p.columns(x.Table)
		p.s(")")
	case x.TypeAt.IsValid() && x.TypeAt.End > 0:
		p.s(":", x.Type.String())
	}
}

func (p *printer) columns(list []*TypedName) {
	for i, x := range list {
		if i > 0 {
			p.s(", ")
		}
		p.typedName(x)
	}
}

func (p *printer) params(list []*Param) {
	p.s("(")
	for i, x := range list {
		if i > 0 {
			p.s(", ")
		}
		p.typedName(&x.TypedName)
		if x.Default != nil {
			p.s(" = ")
			p.expr(x.Default)
		}
	}
	p.s(")")
}

// options writes an operator's parameters, each with a space before it.
func (p *printer) options(list []*Named) {
	for _, x := range list {
		p.s(" ")
		p.option(x)
	}
}

func (p *printer) option(x *Named) {
	p.names(x.Names)
	p.s("=")
	p.expr(x.X)
}

func (p *printer) properties(list []*Named) {
	p.s("(")
	for i, x := range list {
		if i > 0 {
			p.s(", ")
		}
		p.option(x)
	}
	p.s(")")
}

// part writes the nodes that are neither statement, operator nor expression.
func (p *printer) part(n Node) {
	switch n := n.(type) {
	case *Order:
		p.order(n)
	case *Param:
		p.typedName(&n.TypedName)
		if n.Default != nil {
			p.s(" = ")
			p.expr(n.Default)
		}
	case *ParsePart:
		p.parsePart(n)
	case *ScanStep:
		p.scanStep(n)
	case *SeriesColumn:
		p.seriesColumn(n)
	case *TopNestedClause:
		p.topNested(n)
	case *GraphPattern:
		p.graphPattern(n)
	case *GraphNode:
		p.s("(")
		p.name(n.Name)
		p.s(")")
	case *GraphEdge:
		p.graphEdge(n)
	case *GraphNodes:
		p.expr(n.Table)
		p.s(" on ")
		p.expr(n.On)
	case *GraphOutput:
		p.graphOutput(n)
	}
}

// literal writes a constant in its shortest form that reads back the same.
func (p *printer) literal(x *Literal) {
	text := x.Text
	if x.Null {
		text = "null"
	} else if x.Negative {
		text = "-" + text
	}
	switch x.Kind {
	case LitString:
		if x.Obfuscated {
			p.s("h")
		}
		p.str(x.Text)
	case LitDynamic:
		if x.JSON == nil {
			p.s("null") // inside dynamic(..)
			return
		}
		p.s("dynamic(")
		p.expr(x.JSON)
		p.s(")")
	case LitType:
		p.s("typeof(")
		p.typeText(x)
		p.s(")")
	default:
		if !x.Null && !x.Negative && isBare(x.Kind, text) {
			p.s(text)
			return
		}
		p.s(typedNames[x.Kind], "(", text, ")")
	}
}

func (p *printer) typeText(x *Literal) {
	p.s(x.Text)
	if x.Open {
		p.s("*")
		if len(x.Columns) > 0 {
			p.s(", ")
		}
	}
	p.columns(x.Columns)
}

// typedNames are the words of type(text).
var typedNames = map[LiteralKind]string{
	LitBool: "bool", LitDateTime: "datetime", LitDecimal: "decimal", LitGUID: "guid",
	LitInt: "int", LitLong: "long", LitReal: "real", LitTimeSpan: "timespan",
}

// isBare reports whether text alone reads as a literal of kind k.
func isBare(k LiteralKind, text string) bool {
	switch k {
	case LitBool:
		return text == "true" || text == "false"
	case LitLong, LitReal, LitTimeSpan:
	default:
		return false
	}
	if text == "" || !isDigit(text[0]) {
		return false
	}
	toks, _ := lex(text)
	want := map[LiteralKind]kind{LitLong: kLong, LitReal: kReal, LitTimeSpan: kTimeSpan}[k]
	return len(toks) == 2 && toks[0].kind == want && int(toks[0].end) == len(text)
}

// String returns the name of the literal's kind, for messages and tests.
func (k LiteralKind) String() string {
	switch k {
	case LitDynamic:
		return "dynamic"
	case LitString:
		return "string"
	case LitType:
		return "typeof"
	}
	if s, ok := typedNames[k]; ok {
		return s
	}
	return "literal " + strconv.Itoa(int(k))
}
