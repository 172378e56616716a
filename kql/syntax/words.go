package syntax

// word tells keywords apart; wName is any other identifier.
type word uint8

const (
	wName word = iota
	wAlias
	wAnd
	wAs
	wAsc
	wAssertSchema
	wBetween
	wBy
	wConsume
	wContains
	wContainsCS
	wContainscs
	wCount
	wDatatable
	wDeclare
	wDefault
	wDesc
	wDistinct
	wDynamic
	wEndsWith
	wEndsWithCS
	wEntityGroup
	wEvaluate
	wExtend
	wExternalData
	wFacet
	wFilter
	wFind
	wFork
	wFrom
	wGetSchema
	wGrannyAsc
	wGrannyDesc
	wGraphMarkComponents
	wGraphMatch
	wGraphShortestPaths
	wGraphToTable
	wGraphWhereEdges
	wGraphWhereNodes
	wHas
	wHasAll
	wHasAny
	wHasCS
	wHasPrefix
	wHasPrefixCS
	wHasSuffix
	wHasSuffixCS
	wIn
	wInCI
	wInternal // operators of the service itself: __executeAndCache and others
	wInvoke
	wJoin
	wLet
	wLike
	wLikeCS
	wLimit
	wLookup
	wMacroExpand
	wMakeGraph
	wMakeSeries
	wMatches
	wMaterialize
	wMvApply
	wMvExpand
	wNotBetween
	wNotContains
	wNotContainsCS
	wNotEndsWith
	wNotEndsWithCS
	wNotHas
	wNotHasCS
	wNotHasPrefix
	wNotHasPrefixCS
	wNotHasSuffix
	wNotHasSuffixCS
	wNotIn
	wNotInCI
	wNotLike
	wNotLikeCS
	wNotStartsWith
	wNotStartsWithCS
	wNotcontains
	wNotcontainscs
	wOf
	wOn
	wOr
	wOrder
	wParse
	wParseKv
	wParseWhere
	wPartition
	wPartitionedBy
	wPrint
	wProject
	wProjectAway
	wProjectByNames
	wProjectKeep
	wProjectRename
	wProjectReorder
	wProjectSmart
	wRange
	wReduce
	wRender
	wRestrict
	wSample
	wSampleDistinct
	wScan
	wSearch
	wSerialize
	wSet
	wSort
	wStartsWith
	wStartsWithCS
	wStep
	wSummarize
	wTake
	wTo
	wToScalar
	wToTable
	wTop
	wTopHitters
	wTopNested
	wType // the name of a scalar type
	wTypeof
	wUnion
	wView
	wWhere
	wWith
	wordCount
)

// wordInfo is what the parser knows of a keyword.
type wordInfo struct {
	text     string
	word     word
	reserved bool // can't name a column where an operand is expected
	operator bool // begins an operator behind "|"
}

// keywordList holds every keyword with a role in the grammar. Words that are
// reserved by Kusto without a role here (title, flags, card ..) are plain names:
// the engine reads them so, and nothing is ambiguous.
var keywordList = [...]wordInfo{
	{"__contextual_datatable", wInternal, true, true},
	{"__executeAndCache", wInternal, true, true},
	{"__partitionby", wInternal, true, true},
	{"alias", wAlias, false, false},
	{"and", wAnd, true, false},
	{"as", wAs, true, true},
	{"asc", wAsc, true, false},
	{"assert-schema", wAssertSchema, true, true},
	{"between", wBetween, true, false},
	{"bool", wType, false, false},
	{"boolean", wType, false, false},
	{"by", wBy, true, false},
	{"consume", wConsume, false, true},
	{"contains", wContains, true, false},
	{"contains_cs", wContainsCS, true, false},
	{"containscs", wContainscs, true, false},
	{"count", wCount, false, true},
	{"datatable", wDatatable, true, false},
	{"date", wType, false, false},
	{"datetime", wType, false, false},
	{"decimal", wType, false, false},
	{"declare", wDeclare, false, false},
	{"default", wDefault, false, false},
	{"desc", wDesc, true, false},
	{"distinct", wDistinct, false, true},
	{"double", wType, false, false},
	{"dynamic", wDynamic, true, false},
	{"endswith", wEndsWith, true, false},
	{"endswith_cs", wEndsWithCS, true, false},
	{"entity_group", wEntityGroup, false, false},
	{"evaluate", wEvaluate, false, true},
	{"extend", wExtend, false, true},
	{"external_data", wExternalData, true, false},
	{"externaldata", wExternalData, true, false},
	{"facet", wFacet, false, true},
	{"filter", wFilter, false, true},
	{"find", wFind, true, true},
	{"float", wType, false, false},
	{"fork", wFork, false, true},
	{"from", wFrom, false, false},
	{"getschema", wGetSchema, false, true},
	{"granny-asc", wGrannyAsc, true, false},
	{"granny-desc", wGrannyDesc, true, false},
	{"graph-mark-components", wGraphMarkComponents, true, true},
	{"graph-match", wGraphMatch, true, true},
	{"graph-shortest-paths", wGraphShortestPaths, true, true},
	{"graph-to-table", wGraphToTable, true, true},
	{"graph-where-edges", wGraphWhereEdges, true, true},
	{"graph-where-nodes", wGraphWhereNodes, true, true},
	{"guid", wType, false, false},
	{"has", wHas, true, false},
	{"has_all", wHasAll, true, false},
	{"has_any", wHasAny, true, false},
	{"has_cs", wHasCS, true, false},
	{"hasprefix", wHasPrefix, true, false},
	{"hasprefix_cs", wHasPrefixCS, true, false},
	{"hassuffix", wHasSuffix, true, false},
	{"hassuffix_cs", wHasSuffixCS, true, false},
	{"in", wIn, true, false},
	{"in~", wInCI, true, false},
	{"int", wType, false, false},
	{"int32", wType, false, false},
	{"int64", wType, false, false},
	{"invoke", wInvoke, true, true},
	{"join", wJoin, false, true},
	{"let", wLet, false, false},
	{"like", wLike, true, false},
	{"likecs", wLikeCS, true, false},
	{"limit", wLimit, false, true},
	{"long", wType, false, false},
	{"lookup", wLookup, false, true},
	{"macro-expand", wMacroExpand, true, true},
	{"make-graph", wMakeGraph, true, true},
	{"make-series", wMakeSeries, true, true},
	{"matches", wMatches, true, false},
	{"materialize", wMaterialize, true, false},
	{"materialized-view-combine", wInternal, true, true},
	{"mv-apply", wMvApply, true, true},
	{"mv-expand", wMvExpand, true, true},
	{"mvapply", wMvApply, false, true},
	{"mvexpand", wMvExpand, false, true},
	{"!between", wNotBetween, true, false},
	{"!contains", wNotContains, true, false},
	{"!contains_cs", wNotContainsCS, true, false},
	{"!endswith", wNotEndsWith, true, false},
	{"!endswith_cs", wNotEndsWithCS, true, false},
	{"!has", wNotHas, true, false},
	{"!has_cs", wNotHasCS, true, false},
	{"!hasprefix", wNotHasPrefix, true, false},
	{"!hasprefix_cs", wNotHasPrefixCS, true, false},
	{"!hassuffix", wNotHasSuffix, true, false},
	{"!hassuffix_cs", wNotHasSuffixCS, true, false},
	{"!in", wNotIn, true, false},
	{"!in~", wNotInCI, true, false},
	{"!startswith", wNotStartsWith, true, false},
	{"!startswith_cs", wNotStartsWithCS, true, false},
	{"notcontains", wNotcontains, true, false},
	{"notcontainscs", wNotcontainscs, true, false},
	{"notlike", wNotLike, true, false},
	{"notlikecs", wNotLikeCS, true, false},
	{"of", wOf, true, false},
	{"on", wOn, false, false},
	{"or", wOr, true, false},
	{"order", wOrder, false, true},
	{"parse", wParse, false, true},
	{"parse-kv", wParseKv, true, true},
	{"parse-where", wParseWhere, true, true},
	{"partition", wPartition, false, true},
	{"partitioned-by", wPartitionedBy, true, false},
	{"print", wPrint, true, true},
	{"project", wProject, true, true},
	{"project-away", wProjectAway, true, true},
	{"project-by-names", wProjectByNames, true, true},
	{"project-keep", wProjectKeep, true, true},
	{"project-rename", wProjectRename, true, true},
	{"project-reorder", wProjectReorder, true, true},
	{"project-smart", wProjectSmart, true, false},
	{"range", wRange, false, true},
	{"real", wType, false, false},
	{"reduce", wReduce, false, true},
	{"render", wRender, false, true},
	{"restrict", wRestrict, false, false},
	{"sample", wSample, true, true},
	{"sample-distinct", wSampleDistinct, true, true},
	{"scan", wScan, false, true},
	{"search", wSearch, true, true},
	{"serialize", wSerialize, false, true},
	{"set", wSet, true, false},
	{"sort", wSort, false, true},
	{"startswith", wStartsWith, true, false},
	{"startswith_cs", wStartsWithCS, true, false},
	{"step", wStep, false, false},
	{"string", wType, false, false},
	{"summarize", wSummarize, false, true},
	{"take", wTake, false, true},
	{"time", wType, false, false},
	{"timespan", wType, false, false},
	{"to", wTo, true, false},
	{"top", wTop, false, true},
	{"top-hitters", wTopHitters, true, true},
	{"top-nested", wTopNested, true, true},
	{"toscalar", wToScalar, true, false},
	{"totable", wToTable, true, false},
	{"typeof", wTypeof, false, false},
	{"union", wUnion, true, true},
	{"uniqueid", wType, false, false},
	{"view", wView, false, false},
	{"where", wWhere, true, true},
	{"with", wWith, false, false},
}

// keywords finds a keyword by its text, which is case-sensitive as in Kusto.
var keywords = func() map[string]*wordInfo {
	m := make(map[string]*wordInfo, len(keywordList))
	for i := range keywordList {
		m[keywordList[i].text] = &keywordList[i]
	}
	return m
}()

// reservedWords and operatorWords answer for a word what keywordList says of it.
var reservedWords, operatorWords = func() (r, o [wordCount]bool) {
	for _, k := range keywordList {
		r[k.word] = r[k.word] || k.reserved
		o[k.word] = o[k.word] || k.operator
	}
	return r, o
}()

// dashedPrefixes are the first parts of keywords with dashes; only behind these
// the lexer looks for more.
var dashedPrefixes = func() map[string]bool {
	m := map[string]bool{}
	for _, k := range keywordList {
		for i := 1; i < len(k.text); i++ {
			if k.text[i] == '-' {
				m[k.text[:i]] = true
				break
			}
		}
	}
	return m
}()
