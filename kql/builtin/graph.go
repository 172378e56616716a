package builtin

import "github.com/goshawk-hunt/goshawk/kql/types"

// graphFunctions are the functions of graph patterns.
var graphFunctions = []Function{
	{
		Name: "all", Kind: Scalar,
		Overloads: []Overload{
			sig(Fixed(types.Bool), par("pattern_element"), form(FormElement, par("expression", types.Bool))),
		},
		Doc:     "Says whether a condition holds for all elements of a variable-length edge.",
		Example: `datatable(s:string, d:string, w:long)["a", "b", 1, "b", "c", 2] | make-graph s --> d with_node_id = id | graph-match (x)-[e*1..2]->(y) where all(e, w > 0) project x = x.id`,
		Page:    "all-function",
	},
	{
		Name: "any", Kind: Scalar,
		Naming: NameCustom, Prefix: "any",
		Overloads: []Overload{
			sig(Fixed(types.Bool), par("pattern_element"), form(FormElement, par("expression", types.Bool))),
		},
		Doc:     "Says whether a condition holds for some element of a variable-length edge.",
		Example: `datatable(s:string, d:string, w:long)["a", "b", 1, "b", "c", 2] | make-graph s --> d | graph-match (x)-[e*1..2]->(y) where any(e, w > 1) project n = array_length(map(e, w))`,
		Page:    "any-function",
	},
	{
		Name: "inner_nodes", Kind: Scalar,
		Overloads: []Overload{
			sig(Fixed(types.Dynamic), par("edge")),
		},
		Doc:     "Stands for the nodes between the edges of a variable-length edge.",
		Example: `datatable(s:string, d:string)["a", "b", "b", "c"] | make-graph s --> d with_node_id = id | graph-match (x)-[e*2..2]->(y) project m = map(inner_nodes(e), id)`,
		Page:    "inner-nodes-function",
	},
	{
		Name: "labels", Kind: Scalar,
		Overloads: []Overload{
			sig(Fixed(types.Dynamic), opt(par("pattern_element"))),
		},
		Doc:     "Gives the labels of a node or edge: none, for labels belong to stored graph models.",
		Example: `datatable(s:string, d:string)["a", "b"] | make-graph s --> d | graph-match (x)-[e]->(y) project l = labels(e)`,
		Page:    "labels-graph-function",
	},
	{
		Name: "map", Kind: Scalar,
		Overloads: []Overload{
			sig(Fixed(types.Dynamic), par("pattern_element"), form(FormElement, par("expression"))),
		},
		Doc:     "Computes an expression for each element of a variable-length edge.",
		Example: `datatable(s:string, d:string, w:long)["a", "b", 1, "b", "c", 2] | make-graph s --> d | graph-match (x)-[e*1..2]->(y) project w = map(e, w)`,
		Page:    "map-function",
	},
	{
		Name: "node_degree_in", Kind: Scalar,
		Overloads: []Overload{
			sig(Fixed(types.Long), opt(par("node"))),
		},
		Doc:     "Counts the edges that end in a node.",
		Example: `datatable(s:string, d:string)["a", "b"] | make-graph s --> d | graph-match (x)-[e]->(y) project n = node_degree_in(y)`,
		Page:    "node-degree-in-function",
	},
	{
		Name: "node_degree_out", Kind: Scalar,
		Overloads: []Overload{
			sig(Fixed(types.Long), opt(par("node"))),
		},
		Doc:     "Counts the edges that start in a node.",
		Example: `datatable(s:string, d:string)["a", "b"] | make-graph s --> d | graph-match (x)-[e]->(y) project n = node_degree_out(x)`,
		Page:    "node-degree-out-function",
	},
	{
		Name: "node_id", Kind: Scalar,
		Overloads: []Overload{
			sig(Fixed(types.String), opt(par("node"))),
		},
		Doc:     "Gives the id of a node.",
		Example: `datatable(s:string, d:string)["a", "b"] | make-graph s --> d | graph-match (x)-[e]->(y) project i = node_id(x)`,
		Page:    "node-id-function",
	},
}
