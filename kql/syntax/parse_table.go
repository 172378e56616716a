package syntax

// datatable reads datatable(a:long, ..)[values].
func (p *parser) datatable() Expr {
	start := p.start()
	p.next()
	x := &Datatable{Params: p.options(anyParams, false)}
	x.Columns = p.schema("datatable")
	open, ok := p.open(kLBracket, "datatable")
	if ok {
		p.take(kComma)
		x.Values = p.list(p.datatableValue, "datatable", true)
		if k := p.cur.kind; k != kRBracket && k != kEOF && len(x.Values) > 0 {
			p.fail(errDatatableValue(p.cur.span()))
		}
		p.shut(open, "datatable")
	}
	x.At = p.from(start)
	return x
}

// datatableValue reads a literal, the only thing that may stand there.
func (p *parser) datatableValue() Expr {
	if x := p.literal(); x != nil {
		return x
	}
	if k := p.cur.kind; k == kWord || k == kLParen {
		p.fail(errDatatableValue(p.cur.span()))
		return &Bad{At{p.here()}}
	}
	return nil
}

// externalData reads externaldata(a:long, ..)[uris] with (..).
func (p *parser) externalData() Expr {
	start := p.start()
	p.next()
	p.options(anyParams, false)
	x := &ExternalData{Columns: p.schema("externaldata")}
	open, ok := p.open(kLBracket, "externaldata")
	if ok {
		x.URIs = p.list(p.tabular, "externaldata", true)
		p.shut(open, "externaldata")
	}
	if p.takeWord(wWith) {
		x.Params = p.properties("externaldata .. with", false)
	}
	x.At = p.from(start)
	return x
}

// properties reads (name = value, ..).
func (p *parser) properties(where string, leadingComma bool) []*Named {
	open, ok := p.open(kLParen, where)
	if !ok {
		return nil
	}
	if leadingComma {
		p.take(kComma)
	}
	list := p.propertyList(where)
	p.shut(open, where)
	return list
}

// propertyList reads name = value, ..
func (p *parser) propertyList(where string) []*Named {
	list := []*Named{}
	for p.at(kWord) || p.at(kLBracket) {
		start := p.start()
		x := &Named{Names: []*Name{p.propertyName(where)}}
		p.expect(kAssign, where)
		x.X = p.optionValue(x.Names[0].Value, where)
		x.At = p.from(start)
		list = append(list, x)
		if !p.at(kComma) {
			break
		}
		comma := p.next()
		if !p.at(kWord) && !p.at(kLBracket) {
			p.missingAfterComma(comma, where)
		}
	}
	return list
}

// propertyName reads any word or a quoted name.
func (p *parser) propertyName(where string) *Name {
	if p.at(kWord) {
		return p.readName(1)
	}
	return p.name(where)
}

// tabularCall reads toscalar(query), totable(query) or materialize(query).
func (p *parser) tabularCall() Expr {
	start := p.start()
	t := p.next()
	c := &Call{F: &Name{At: At{t.span()}, Value: p.src(t)}}
	where := c.F.Value + "()"
	c.Params = p.options(anyParams, false)
	open, ok := p.open(kLParen, where)
	if ok && p.enter() {
		x := p.tabular()
		if x == nil {
			p.unexpected("a query", where)
			x = &Bad{At{p.here()}}
		}
		c.Args = []Expr{x}
		p.shut(open, where)
	}
	if ok {
		p.leave()
	}
	c.At = p.from(start)
	return c
}

// entityGroup reads entity_group [cluster(..).database(..), ..].
func (p *parser) entityGroup() Expr {
	start := p.start()
	p.next()
	open := p.pos
	p.next()
	x := &EntityGroup{Items: p.required(p.expr, "entity_group")}
	p.shut(open, "entity_group")
	x.At = p.from(start)
	return x
}

// inlineExternalTable keeps inline_external_table (..) kind=storage .. as text:
// nothing outside Kusto's service can read it.
func (p *parser) inlineExternalTable() Expr {
	start := p.start()
	for {
		switch {
		case p.cur.kind.opener() && p.cur.match >= 0:
			p.jump(int(p.cur.match))
		case p.cur.kind.opener():
			p.shut(p.pos, "inline_external_table")
			return &Bad{p.from(start)}
		case p.at(kWord), p.at(kAssign), p.at(kString):
		default:
			x := &InlineExternalTable{At: p.from(start)}
			x.Text = p.text[start:p.prevEnd]
			return x
		}
		p.next()
	}
}
