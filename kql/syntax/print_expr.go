package syntax

// needed returns x's precedence as an operand; precText+1 for what never needs
// brackets.
func needed(x Expr) int {
	switch x := x.(type) {
	case *Binary:
		switch x.Op {
		case "or":
			return precOr
		case "and":
			return precAnd
		case "==", "!=":
			return precEquality
		case "<", "<=", ">", ">=":
			return precRelation
		case "+", "-":
			return precSum
		case "*", "/", "%":
			return precProduct
		}
		return precText
	case *In, *Between:
		return precEquality
	case *Pipeline, *Named:
		return precNone
	}
	return precText + 1
}

// operand writes x, in brackets if it binds looser than least. Trees that Parse
// made have a Paren there already.
func (p *printer) operand(x Expr, least int) {
	if x == nil || needed(x) >= least {
		p.expr(x)
		return
	}
	p.s("(")
	p.expr(x)
	p.s(")")
}

func (p *printer) exprs(list []Expr) {
	for i, x := range list {
		if i > 0 {
			p.s(", ")
		}
		p.expr(x)
	}
}

// query writes an expression that may be a pipeline, between brackets.
func (p *printer) query(open string, x Expr, closer string) {
	if pl, ok := x.(*Pipeline); ok && pl != nil {
		p.block(open, closer, func() { p.pipeline(pl) })
		return
	}
	p.s(open)
	p.expr(x)
	p.s(closer)
}

func (p *printer) expr(x Expr) {
	switch x := x.(type) {
	case *Bad:
	case *Between:
		p.operand(x.X, precRelation)
		if x.Not {
			p.s(" !between (")
		} else {
			p.s(" between (")
		}
		p.operand(x.Low, precOr)
		p.s(" .. ")
		p.operand(x.High, precOr)
		p.s(")")
	case *Binary:
		p.binary(x)
	case *Call:
		p.call(x)
	case *DataScope:
		p.expr(x.X)
		p.s(" datascope=")
		p.name(x.Scope)
	case *Datatable:
		p.s("datatable")
		p.options(x.Params)
		p.s("(")
		p.columns(x.Columns)
		p.s(")[")
		p.exprs(x.Values)
		p.s("]")
	case *EntityGroup:
		p.s("entity_group [")
		p.exprs(x.Items)
		p.s("]")
	case *ExternalData:
		p.externalData(x)
	case *FuncLit:
		p.function(x)
	case *In:
		p.in(x)
	case *Index:
		p.path(x.X)
		p.s("[")
		p.operand(x.I, precOr)
		p.s("]")
	case *InlineExternalTable:
		p.s(x.Text)
	case *JSONArray:
		p.s("[")
		p.exprs(x.Items)
		p.s("]")
	case *JSONObject:
		p.object(x)
	case *Literal:
		p.literal(x)
	case *Member:
		p.path(x.X)
		p.s(".")
		p.name(x.Name)
	case *Name:
		p.name(x)
	case *NameList:
		p.names(x.Names)
	case *Named:
		p.named(x)
	case *Paren:
		p.query("(", x.X, ")")
	case *Pipeline:
		p.pipeline(x)
	case *Star:
		p.s("*")
	case *ToTypeof:
		if x.X != nil {
			p.expr(x.X)
			p.s(" ")
		}
		p.s("to ")
		p.expr(x.Type)
	case *TypedName:
		p.typedName(x)
	case *Unary:
		p.s(x.Op)
		p.path(x.X)
	case *Wildcard:
		if x.Quoted {
			p.s("[", x.Pattern, "]")
			return
		}
		p.s(x.Pattern)
	}
}

// path writes what stands before ".", "[" or behind a sign.
func (p *printer) path(x Expr) {
	if _, signed := x.(*Unary); signed {
		p.s("(")
		p.expr(x)
		p.s(")")
		return
	}
	p.operand(x, precText+1)
}

// binary writes x op y; a chain of thousands is written without recursion on
// its left side.
func (p *printer) binary(x *Binary) {
	var chain []*Binary
	for {
		chain = append(chain, x)
		left, ok := x.X.(*Binary)
		if !ok || needed(left) < leftNeeds(x) {
			break
		}
		x = left
	}
	p.operand(x.X, leftNeeds(x))
	for i := len(chain) - 1; i >= 0; i-- {
		b := chain[i]
		p.s(" ", b.Op, " ")
		p.operand(b.Y, needed(b)+1)
	}
}

func leftNeeds(x *Binary) int {
	if n := needed(x); !chains(n) {
		return n + 1
	}
	return needed(x)
}

func (p *printer) call(x *Call) {
	if x.X != nil {
		p.path(x.X)
		p.s(".")
	}
	p.name(x.F)
	p.options(x.Params)
	if len(x.Params) > 0 {
		p.s(" ")
	}
	if len(x.Args) == 1 {
		p.query("(", x.Args[0], ")")
		return
	}
	p.s("(")
	p.exprs(x.Args)
	p.s(")")
}

func (p *printer) externalData(x *ExternalData) {
	p.s("externaldata(")
	p.columns(x.Columns)
	p.s(")[")
	p.exprs(x.URIs)
	p.s("]")
	if x.Params != nil {
		p.s(" with ")
		p.properties(x.Params)
	}
}

func (p *printer) function(x *FuncLit) {
	if x.View {
		p.s("view ")
	}
	p.params(x.Params)
	p.s(" ")
	if len(x.Body) == 0 {
		p.s("{}")
		return
	}
	p.block("{", "}", func() {
		p.statements(x.Body)
		if _, query := x.Body[len(x.Body)-1].(*ExprStmt); !query {
			p.s(";")
		}
	})
}

func (p *printer) in(x *In) {
	p.operand(x.X, precRelation)
	p.s(" ", x.Op, " ")
	if len(x.List) == 1 {
		p.query("(", x.List[0], ")")
		return
	}
	p.s("(")
	p.exprs(x.List)
	p.s(")")
}

func (p *printer) object(x *JSONObject) {
	p.s("{")
	for i, k := range x.Keys {
		if i > 0 {
			p.s(", ")
		}
		p.str(k.Value)
		p.s(": ")
		p.expr(x.Values[i])
	}
	p.s("}")
}

func (p *printer) named(x *Named) {
	if x.Tuple {
		p.s("(")
		p.names(x.Names)
		p.s(")")
	} else {
		p.names(x.Names)
	}
	p.s(" = ")
	p.operand(x.X, precOr)
}
