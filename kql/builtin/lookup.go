package builtin

import (
	"iter"
	"slices"
)

// families are the rows of each kind, family by family, each in alphabetical order.
var families = map[Kind][][]Function{
	Scalar: {
		conditionalFunctions, conversionFunctions, datetimeFunctions, dynamicFunctions, encodingFunctions, geoFunctions,
		geoCellFunctions, graphFunctions, hashFunctions, ipFunctions, mathFunctions, metaFunctions, parseFunctions,
		regexFunctions, seriesFunctions, seriesMathFunctions, sketchFunctions, stringFunctions,
	},
	Aggregate: {aggregates, collectAggregates, sketchAggregates},
	Infix:     {operators, matchOperators},
	Window:    {windowFunctions},
	Plugin:    {plugins, refusedPlugins},
}

// table is every row by kind. It is written once and only read.
var table = func() map[Kind][]Function {
	all := make(map[Kind][]Function, len(families))
	for kind, rows := range families {
		all[kind] = slices.Concat(rows...)
	}
	return all
}()

// index finds a row by kind and name or alias.
var index = func() map[Kind]map[string]*Function {
	all := make(map[Kind]map[string]*Function, len(table))
	for kind, rows := range table {
		byName := make(map[string]*Function, len(rows))
		for i := range rows {
			byName[rows[i].Name] = &rows[i]
			for _, alias := range rows[i].Aliases {
				byName[alias] = &rows[i]
			}
		}
		all[kind] = byName
	}
	return all
}()

// Lookup returns the row of a name or alias among the rows of kind, or nil. Names are
// case-sensitive, as in Kusto.
func Lookup(name string, kind Kind) *Function { return index[kind][name] }

// All yields every row, kind by kind, each kind family by family in alphabetical order.
func All() iter.Seq[*Function] {
	return func(yield func(*Function) bool) {
		for _, kind := range []Kind{Scalar, Aggregate, Infix, Window, Plugin} {
			for i := range table[kind] {
				if !yield(&table[kind][i]) {
					return
				}
			}
		}
	}
}

// Names returns the names of all rows of kind, without aliases, in alphabetical order: the
// words among which a near name is sought.
func Names(kind Kind) []string {
	names := make([]string, 0, len(table[kind]))
	for i := range table[kind] {
		names = append(names, table[kind][i].Name)
	}
	slices.Sort(names)
	return names
}
