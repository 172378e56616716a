package normalize

import "fmt"

// The data of an event is read as a map, which reads the JSON once. Its texts are
// escaped for XML before that, all in one: no character of JSON is among those.

// dataEntries are the members of the data, a list of key and value; values are texts.
func dataEntries(column func(string) string) string {
	return fmt.Sprintf(`map_entries(from_json(%s, '"MAP(VARCHAR, VARCHAR)"'))`, escapedXML(column("EventData")))
}

// escapedXML is an SQL text escaped for XML.
func escapedXML(sql string) string {
	return fmt.Sprintf(`replace(replace(replace(%s, '&', '&amp;'), '<', '&lt;'), '>', '&gt;')`, sql)
}

// unnamedData are the values of the data without names, the array Data, each between two texts.
func unnamedData(open, end string) string {
	return fmt.Sprintf(`array_to_string(list_transform(CAST(json_extract_string(e.value, '$[*]') AS VARCHAR[]), lambda v: %scoalesce(v, '')%s), '')`, open, end)
}

// isUnnamed tells whether the entry e is the array Data.
const isUnnamed = `e.key = 'Data' AND starts_with(e.value, '[') AND json_valid(e.value)`

// dataXML is the data as Windows writes it.
func dataXML(column func(string) string) string {
	return fmt.Sprintf(`('<EventData xmlns="http://schemas.microsoft.com/win/2004/08/events/event">' || coalesce(array_to_string(list_transform(%s, lambda e:
    CASE WHEN %s THEN %s
    WHEN e.key = 'Data' THEN '<Data>' || coalesce(e.value, '') || '</Data>'
    ELSE '<Data Name="' || replace(e.key, '"', '&quot;') || '">' || coalesce(e.value, '') || '</Data>' END), ''), '') || '</EventData>')`,
		dataEntries(column), isUnnamed, unnamedData(`'<Data>' || `, ` || '</Data>'`))
}

// dataTexts are the values of the data, those with names first, each between two texts.
func dataTexts(column func(string) string, open, end string) string {
	list := func(entry string) string {
		return fmt.Sprintf(`coalesce(array_to_string(list_transform(%s, lambda e: %s), ''), '')`, dataEntries(column), entry)
	}
	return "(" + list(fmt.Sprintf(`CASE WHEN e.key = 'Data' THEN '' ELSE %scoalesce(e.value, '')%s END`, open, end)) + " || " +
		list(fmt.Sprintf(`CASE WHEN e.key <> 'Data' THEN '' WHEN %s THEN %s ELSE %scoalesce(e.value, '')%s END`, isUnnamed, unnamedData(open, end), open, end)) + ")"
}
