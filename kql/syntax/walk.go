package syntax

// Walk calls visit for n and every node below it, parents before children. It
// does not go below a node for which visit returns false. Missing parts are not
// visited, and n may be nil.
func Walk(n Node, visit func(Node) bool) {
	if n == nil || !visit(n) {
		return
	}
	switch n := n.(type) {
	case *Param: // an Expr too, by the TypedName inside
		walkPart(n, visit)
	case Stmt:
		walkStmt(n, visit)
	case Expr:
		walkExpr(n, visit)
	case Operator:
		walkOperator(n, visit)
	default:
		walkPart(n, visit)
	}
}

// one walks a node that may be missing.
func one[T any, P interface {
	*T
	Node
}](n P, visit func(Node) bool) {
	if n != nil {
		Walk(n, visit)
	}
}

// list walks nodes; elements of a list may be missing.
func list[N interface {
	comparable
	Node
}](nodes []N, visit func(Node) bool) {
	var missing N
	for _, n := range nodes {
		if n != missing {
			Walk(n, visit)
		}
	}
}

// walkStmt walks below a statement.
func walkStmt(n Stmt, visit func(Node) bool) {
	switch n := n.(type) {
	case *AliasStmt:
		one(n.Name, visit)
		Walk(n.X, visit)
	case *DeclareStmt:
		list(n.Params, visit)
	case *ExprStmt:
		Walk(n.X, visit)
	case *LetStmt:
		one(n.Name, visit)
		Walk(n.X, visit)
	case *PatternStmt:
		one(n.Name, visit)
		list(n.Params, visit)
		one(n.Path, visit)
		list(n.Entries, visit)
	case *RestrictStmt:
		list(n.Entities, visit)
		list(n.With, visit)
	case *SetStmt:
		one(n.Name, visit)
		Walk(n.Value, visit)
	}
}

// walkPart walks below what is neither statement, expression nor operator.
func walkPart(n Node, visit func(Node) bool) {
	switch n := n.(type) {
	case *GraphEdge:
		one(n.Name, visit)
		Walk(n.Min, visit)
		Walk(n.Max, visit)
	case *GraphNode:
		one(n.Name, visit)
	case *GraphNodes:
		Walk(n.Table, visit)
		Walk(n.On, visit)
	case *GraphOutput:
		one(n.Name, visit)
		list(n.Params, visit)
	case *GraphPattern:
		list(n.Nodes, visit)
		list(n.Edges, visit)
	case *Order:
		Walk(n.X, visit)
	case *Param:
		one(n.Name, visit)
		list(n.Table, visit)
		Walk(n.Default, visit)
	case *ParsePart:
		one(n.Text, visit)
		one(n.Column, visit)
	case *PatternEntry:
		list(n.Values, visit)
		Walk(n.Path, visit)
		list(n.Body, visit)
	case *ScanStep:
		one(n.Name, visit)
		Walk(n.Condition, visit)
		list(n.Assign, visit)
	case *Script:
		list(n.Statements, visit)
	case *SeriesColumn:
		Walk(n.X, visit)
		Walk(n.Default, visit)
	case *TopNestedClause:
		Walk(n.Count, visit)
		Walk(n.Of, visit)
		Walk(n.Others, visit)
		Walk(&n.By, visit)
	}
}
