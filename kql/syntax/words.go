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
	wNameType // bool and guid, which may be names
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
	wReferred // kind, withsource, with_source
	wRender
	wReserved // a keyword outside queries
	wRestrict
	wSample
	wSampleDistinct
	wScan
	wSearch
	wSerialize
	wSet
	wSoft // a keyword outside queries that names may be declared with
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

// nameUse tells where a word may be a name without brackets.
type nameUse uint8

const (
	noName       nameUse = iota
	declaredName         // before "=" and ":" only: project where = 1
	referredName         // where a column or table is read: project x, kind
	anyName
)

// wordInfo is what the parser knows of a keyword.
type wordInfo struct {
	text     string
	word     word
	use      nameUse
	operator bool // begins an operator behind "|"
}

// keywordList holds Kusto's keywords of one word or with dashes; wReserved has
// no role in the grammar of queries. Source: the engine and the parser that
// Microsoft publishes refuse the same words as names.
var keywordList = [...]wordInfo{
	{"3Dchart", wReserved, noName, false},
	{"__contextual_datatable", wInternal, noName, true},
	{"__crossCluster", wReserved, noName, false},
	{"__crossDB", wReserved, noName, false},
	{"__executeAndCache", wInternal, noName, true},
	{"__id", wReserved, noName, false},
	{"__isFuzzy", wReserved, noName, false},
	{"__noWithSource", wReserved, noName, false},
	{"__packedColumn", wReserved, noName, false},
	{"__partitionby", wInternal, anyName, true},
	{"__projectAway", wReserved, noName, false},
	{"__sourceColumnIndex", wReserved, noName, false},
	{"accumulate", wSoft, declaredName, false},
	{"alias", wAlias, anyName, false},
	{"and", wAnd, noName, false},
	{"anomalychart", wReserved, noName, false},
	{"areachart", wReserved, noName, false},
	{"as", wAs, declaredName, true},
	{"asc", wAsc, noName, false},
	{"assert-schema", wAssertSchema, noName, true},
	{"bagexpansion", wReserved, noName, false},
	{"barchart", wReserved, noName, false},
	{"!between", wNotBetween, noName, false},
	{"between", wBetween, noName, false},
	{"bin_legacy", wReserved, noName, false},
	{"bool", wNameType, anyName, false},
	{"boolean", wType, noName, false},
	{"by", wBy, declaredName, false},
	{"byte", wType, noName, false},
	{"cachingpolicy", wReserved, noName, false},
	{"callout", wReserved, noName, false},
	{"cancel", wReserved, noName, false},
	{"card", wReserved, noName, false},
	{"char", wType, noName, false},
	{"columnchart", wReserved, noName, false},
	{"consume", wConsume, anyName, true},
	{"!contains", wNotContains, noName, false},
	{"contains", wContains, declaredName, false},
	{"!contains_cs", wNotContainsCS, noName, false},
	{"contains_cs", wContainsCS, noName, false},
	{"containscs", wContainscs, noName, false},
	{"count", wCount, anyName, true},
	{"cycles", wReserved, noName, false},
	{"dataexport", wReserved, noName, false},
	{"datascope", wReserved, noName, false},
	{"datatable", wDatatable, declaredName, false},
	{"date", wType, noName, false},
	{"datetime", wType, noName, false},
	{"decimal", wType, noName, false},
	{"declare", wDeclare, anyName, false},
	{"decodeblocks", wReserved, noName, false},
	{"default", wDefault, anyName, false},
	{"desc", wDesc, noName, false},
	{"distinct", wDistinct, anyName, true},
	{"double", wType, noName, false},
	{"dynamic", wDynamic, noName, false},
	{"earliest", wSoft, declaredName, false},
	{"encodingpolicy", wReserved, noName, false},
	{"!endswith", wNotEndsWith, noName, false},
	{"endswith", wEndsWith, noName, false},
	{"!endswith_cs", wNotEndsWithCS, noName, false},
	{"endswith_cs", wEndsWithCS, noName, false},
	{"entity_group", wEntityGroup, anyName, false},
	{"evaluate", wEvaluate, anyName, true},
	{"expandoutput", wReserved, noName, false},
	{"extend", wExtend, anyName, true},
	{"extent_tags_retention", wReserved, noName, false},
	{"external_data", wExternalData, noName, false},
	{"externaldata", wExternalData, declaredName, false},
	{"facet", wFacet, anyName, true},
	{"filter", wFilter, anyName, true},
	{"find", wFind, declaredName, true},
	{"first", wReserved, noName, false},
	{"flags", wReserved, noName, false},
	{"float", wType, noName, false},
	{"force_remote", wReserved, noName, false},
	{"fork", wFork, anyName, true},
	{"from", wFrom, anyName, false},
	{"getschema", wGetSchema, anyName, true},
	{"granny-asc", wGrannyAsc, noName, false},
	{"granny-desc", wGrannyDesc, noName, false},
	{"graph-mark-components", wGraphMarkComponents, noName, true},
	{"graph-match", wGraphMatch, noName, true},
	{"graph-shortest-paths", wGraphShortestPaths, noName, true},
	{"graph-to-table", wGraphToTable, noName, true},
	{"graph-where-edges", wGraphWhereEdges, noName, true},
	{"graph-where-nodes", wGraphWhereNodes, noName, true},
	{"guid", wNameType, anyName, false},
	{"harddelete", wReserved, noName, false},
	{"hardretention", wReserved, noName, false},
	{"!has", wNotHas, noName, false},
	{"has", wHas, declaredName, false},
	{"has_all", wHasAll, noName, false},
	{"has_any", wHasAny, noName, false},
	{"!has_cs", wNotHasCS, noName, false},
	{"has_cs", wHasCS, noName, false},
	{"!hasprefix", wNotHasPrefix, noName, false},
	{"hasprefix", wHasPrefix, noName, false},
	{"!hasprefix_cs", wNotHasPrefixCS, noName, false},
	{"hasprefix_cs", wHasPrefixCS, noName, false},
	{"!hassuffix", wNotHasSuffix, noName, false},
	{"hassuffix", wHasSuffix, noName, false},
	{"!hassuffix_cs", wNotHasSuffixCS, noName, false},
	{"hassuffix_cs", wHasSuffixCS, noName, false},
	{"hotcache", wReserved, noName, false},
	{"!in", wNotIn, noName, false},
	{"in", wIn, declaredName, false},
	{"int", wType, noName, false},
	{"int16", wType, noName, false},
	{"int32", wType, noName, false},
	{"int64", wType, noName, false},
	{"int8", wType, noName, false},
	{"invoke", wInvoke, declaredName, true},
	{"!in~", wNotInCI, noName, false},
	{"in~", wInCI, noName, false},
	{"isfuzzy", wReserved, noName, false},
	{"join", wJoin, anyName, true},
	{"journal", wReserved, noName, false},
	{"kind", wReferred, referredName, false},
	{"ladderchart", wReserved, noName, false},
	{"last", wReserved, noName, false},
	{"latest", wSoft, declaredName, false},
	{"let", wLet, anyName, false},
	{"like", wLike, noName, false},
	{"likecs", wLikeCS, noName, false},
	{"limit", wLimit, anyName, true},
	{"linechart", wReserved, noName, false},
	{"long", wType, noName, false},
	{"lookup", wLookup, anyName, true},
	{"macro-expand", wMacroExpand, noName, true},
	{"make-graph", wMakeGraph, noName, true},
	{"make-series", wMakeSeries, noName, true},
	{"matches", wMatches, noName, false},
	{"materialize", wMaterialize, declaredName, false},
	{"materialized-view-combine", wInternal, noName, true},
	{"mdm", wSoft, declaredName, false},
	{"missing", wReserved, noName, false},
	{"mv-apply", wMvApply, noName, true},
	{"mv-expand", wMvExpand, noName, true},
	{"mvapply", wMvApply, anyName, true},
	{"mvexpand", wMvExpand, anyName, true},
	{"nooptimization", wReserved, noName, false},
	{"notcontains", wNotcontains, noName, false},
	{"notcontainscs", wNotcontainscs, noName, false},
	{"notlike", wNotLike, noName, false},
	{"notlikecs", wNotLikeCS, noName, false},
	{"of", wOf, declaredName, false},
	{"on", wOn, anyName, false},
	{"or", wOr, noName, false},
	{"order", wOrder, anyName, true},
	{"others", wReserved, noName, false},
	{"parse", wParse, anyName, true},
	{"parse-kv", wParseKv, noName, true},
	{"parse-where", wParseWhere, noName, true},
	{"partition", wPartition, anyName, true},
	{"partitioned-by", wPartitionedBy, noName, false},
	{"pathformat", wReserved, noName, false},
	{"piechart", wReserved, noName, false},
	{"pivotchart", wReserved, noName, false},
	{"print", wPrint, declaredName, true},
	{"project", wProject, noName, true},
	{"project-away", wProjectAway, noName, true},
	{"project-by-names", wProjectByNames, noName, true},
	{"project-keep", wProjectKeep, noName, true},
	{"project-rename", wProjectRename, noName, true},
	{"project-reorder", wProjectReorder, noName, true},
	{"project-smart", wProjectSmart, noName, false},
	{"queries", wReserved, noName, false},
	{"query_results", wReserved, noName, false},
	{"range", wRange, anyName, true},
	{"real", wType, noName, false},
	{"reduce", wReduce, anyName, true},
	{"relaxed", wReserved, noName, false},
	{"render", wRender, anyName, true},
	{"restrict", wRestrict, anyName, false},
	{"restricted_view_access", wReserved, noName, false},
	{"row_level_security", wReserved, noName, false},
	{"rowstore", wReserved, noName, false},
	{"rowstore_references", wReserved, noName, false},
	{"rowstore_sealinfo", wReserved, noName, false},
	{"rowstorepolicy", wReserved, noName, false},
	{"rowstores", wReserved, noName, false},
	{"sample", wSample, declaredName, true},
	{"sample-distinct", wSampleDistinct, declaredName, true},
	{"scan", wScan, anyName, true},
	{"scatterchart", wReserved, noName, false},
	{"seal", wReserved, noName, false},
	{"seals", wReserved, noName, false},
	{"search", wSearch, declaredName, true},
	{"serialize", wSerialize, anyName, true},
	{"set", wSet, declaredName, false},
	{"shards", wReserved, noName, false},
	{"simple", wReserved, noName, false},
	{"softdelete", wReserved, noName, false},
	{"softretention", wReserved, noName, false},
	{"sort", wSort, anyName, true},
	{"sql", wSoft, declaredName, false},
	{"stackedareachart", wReserved, noName, false},
	{"!startswith", wNotStartsWith, noName, false},
	{"startswith", wStartsWith, noName, false},
	{"!startswith_cs", wNotStartsWithCS, noName, false},
	{"startswith_cs", wStartsWithCS, noName, false},
	{"statistics", wReserved, noName, false},
	{"step", wStep, anyName, false},
	{"storedqueryresultcontainers", wReserved, noName, false},
	{"string", wType, noName, false},
	{"summarize", wSummarize, anyName, true},
	{"tablepurge", wReserved, noName, false},
	{"take", wTake, anyName, true},
	{"time", wType, noName, false},
	{"timechart", wReserved, noName, false},
	{"timeline", wReserved, noName, false},
	{"timepivot", wReserved, noName, false},
	{"timespan", wType, noName, false},
	{"title", wSoft, declaredName, false},
	{"to", wTo, declaredName, false},
	{"top", wTop, anyName, true},
	{"top-hitters", wTopHitters, declaredName, true},
	{"top-nested", wTopNested, declaredName, true},
	{"toscalar", wToScalar, declaredName, false},
	{"totable", wToTable, declaredName, false},
	{"treemap", wReserved, noName, false},
	{"typeof", wTypeof, anyName, false},
	{"uint", wType, noName, false},
	{"uint16", wType, noName, false},
	{"uint32", wType, noName, false},
	{"uint64", wType, noName, false},
	{"uint8", wType, noName, false},
	{"ulong", wType, noName, false},
	{"union", wUnion, noName, true},
	{"uniqueid", wType, noName, false},
	{"unrestrictedviewers", wReserved, noName, false},
	{"verbose", wSoft, declaredName, false},
	{"view", wView, anyName, false},
	{"viewers", wSoft, declaredName, false},
	{"views", wReserved, noName, false},
	{"where", wWhere, declaredName, true},
	{"with", wWith, anyName, false},
	{"with_itemindex", wReserved, noName, false},
	{"with_match_id", wReserved, noName, false},
	{"with_source", wReferred, referredName, false},
	{"with_step_name", wReserved, noName, false},
	{"withsource", wReferred, referredName, false},
	{"writeaheadlog", wReserved, noName, false},
}

// keywords finds a keyword by its text, which is case-sensitive as in Kusto.
var keywords = func() map[string]*wordInfo {
	m := make(map[string]*wordInfo, len(keywordList))
	for i := range keywordList {
		m[keywordList[i].text] = &keywordList[i]
	}
	return m
}()

// nameUses and operatorWords answer for a word what keywordList says of it.
var nameUses, operatorWords = func() (uses [wordCount]nameUse, operators [wordCount]bool) {
	uses[wName] = anyName
	for _, k := range keywordList {
		uses[k.word] = max(uses[k.word], k.use)
		operators[k.word] = operators[k.word] || k.operator
	}
	return uses, operators
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

// Operators lists the words that begin a tabular operator, sorted.
func Operators() []string {
	var list []string
	for _, k := range keywordList {
		if k.operator {
			list = append(list, k.text)
		}
	}
	return list
}
