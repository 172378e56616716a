package duckdb

import (
	"fmt"

	"github.com/goshawk-hunt/goshawk/kql/scalar"
	"github.com/goshawk-hunt/goshawk/kql/sqlgen"
	"github.com/goshawk-hunt/goshawk/kql/types"
)

// parseTemplates write the functions that take texts apart.
var parseTemplates = map[string]sqlgen.Template{
	"extractjson":        extractJSON,
	"parse_command_line": withText(goFunc("parse_command_line")),
	"parse_csv":          withText(goFunc("parse_csv")),
	"parse_json":         parseJSON,
	"parse_path":         withText(goFunc("parse_path")),
	"parse_url":          withText(goFunc("parse_url")),
	"parse_urlquery":     withText(goFunc("parse_urlquery")),
	"parse_user_agent":   parseUserAgent,
	"parse_version":      withText(goFunc("parse_version")),
	"parse_xml":          withText(goFunc("parse_xml")),
}

func parseJSON(c sqlgen.Call) (string, error) {
	x := c.Args[0]
	if x.Type == types.Dynamic {
		// A dynamic value is used as it is: a text in it is read by parse_json(tostring(..)) only.
		return x.SQL, nil
	}
	return "kql_parse_json(" + textOperand(x).SQL + ")", nil
}

// extractJSON reads a value by a JSONPath, converted to the type that the call asks for.
func extractJSON(c sqlgen.Call) (string, error) {
	text := textOperand(c.Args[1])
	path, ok := constText(c.Args[0])
	value := ""
	if keys, plain := scalar.PlainPath(path); ok && plain && allPlain(keys) {
		// A text that is no JSON has no values.
		document, at := "TRY_CAST("+text.SQL+" AS JSON)", Text(jsonPath(keys))
		if c.Type == types.Unknown || c.Type == types.String {
			return "coalesce(json_extract_string(" + document + ", " + at + "), '')", nil
		}
		value = fmt.Sprintf("NULLIF(CAST(json_extract(%s, %s) AS VARCHAR), 'null')", document, at)
	} else {
		value = goCall("extractjson", c.Args[0], text)
	}
	x := sqlgen.Operand{SQL: value, Type: types.Dynamic}
	if c.Type == types.Unknown {
		return convertTo(x, types.String)
	}
	return convertTo(x, c.Type)
}

func allPlain(keys []types.Value) bool {
	for _, k := range keys {
		if !plainKey(k) {
			return false
		}
	}
	return true
}

// parseUserAgent asks for everything where nothing is named.
func parseUserAgent(c sqlgen.Call) (string, error) {
	if len(c.Args) == 1 {
		c.Args = append(c.Args, sqlgen.Operand{SQL: "'[\"browser\",\"os\",\"device\"]'", Type: types.String})
	}
	return withText(goFunc("parse_user_agent"))(c)
}
