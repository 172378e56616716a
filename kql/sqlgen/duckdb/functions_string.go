package duckdb

import (
	"fmt"

	"github.com/goshawk-hunt/goshawk/kql/scalar"
	"github.com/goshawk-hunt/goshawk/kql/sqlgen"
	"github.com/goshawk-hunt/goshawk/kql/types"
)

// stringTemplates write functions of text. A text is never null, and neither is a result.
var stringTemplates = map[string]sqlgen.Template{
	"base64_decode_toarray":              goFunc("base64_decode_toarray"),
	"base64_decode_toguid":               goFunc("base64_decode_toguid"),
	"base64_decode_tostring":             goFunc("base64_decode_tostring"),
	"base64_encode_fromarray":            goFunc("base64_encode_fromarray"),
	"base64_encode_fromguid":             goFunc("base64_encode_fromguid"),
	"base64_encode_tostring":             pattern("to_base64(encode({0}))"),
	"countof":                            countOf,
	"gzip_compress_to_base64_string":     goFunc("gzip_compress"),
	"gzip_decompress_from_base64_string": goFunc("gzip_decompress"),
	"has_any_index":                      withText(goFunc("has_any_index"), 0),
	"indexof":                            withText(indexOf, 0, 1),
	"indexof_regex":                      withText(indexOfRegex, 0, 1),
	"isascii":                            withText(pattern("regexp_full_match({0}, '[\\x00-\\x7F]*')")),
	"isutf8":                             withText(pattern("({0} IS NOT NULL)")),
	"punycode_domain_from_string":        goFunc("punycode_domain_decode"),
	"punycode_domain_to_string":          goFunc("punycode_domain_encode"),
	"punycode_from_string":               goFunc("punycode_encode"),
	"punycode_to_string":                 goFunc("punycode_decode"),
	"replace_string":                     replaceString,
	"replace_strings":                    goFunc("replace_strings"),
	"reverse":                            textFunc("reverse"),
	"split":                              split,
	"strcat":                             strcat,
	"strcat_array":                       withText(goFunc("strcat_array"), 1),
	"strcat_delim":                       strcatDelim,
	"strcmp":                             withText(pattern("CAST(CASE WHEN {0} < {1} THEN -1 WHEN {0} > {1} THEN 1 ELSE 0 END AS BIGINT)")),
	"string_size":                        withText(pattern("CAST(strlen({0}) AS BIGINT)")),
	"strlen":                             withText(pattern("length({0})")),
	"strrep":                             strRep,
	"substring":                          substring,
	"tolower":                            withText(pattern("lower({0})")),
	"toupper":                            withText(pattern("upper({0})")),
	"translate":                          goFunc("translate"),
	"unicode_codepoints_from_string":     textFunc("codepoints"),
	"unicode_codepoints_to_string":       codepointsToString,
	"url_decode":                         goFunc("url_decode"),
	"url_encode":                         goFunc("url_encode"),
	"url_encode_component":               goFunc("url_encode_component"),
	"zlib_compress_to_base64_string":     goFunc("zlib_compress"),
	"zlib_decompress_from_base64_string": goFunc("zlib_decompress"),
}

func strcat(c sqlgen.Call) (string, error) {
	sql := "("
	for i, x := range c.Args {
		if i > 0 {
			sql += " || "
		}
		sql += textOperand(x).SQL
	}
	return sql + ")", nil
}

func strcatDelim(c sqlgen.Call) (string, error) {
	args := make([]sqlgen.Operand, len(c.Args))
	for i, x := range c.Args {
		args[i] = textOperand(x)
	}
	return "concat_ws(" + list(args) + ")", nil
}

// substring counts characters from 0, or from the end if the start is negative.
func substring(c sqlgen.Call) (string, error) {
	x := textOperand(c.Args[0])
	start := longOperand(c.Args[1])
	length := "2147483647"
	if len(c.Args) > 2 {
		length = fmt.Sprintf("greatest(%s, 0)", longOperand(c.Args[2]).SQL)
		if n, ok := constLong(c.Args[2]); ok {
			length = fmt.Sprint(max(min(n, 2147483647), 0))
		}
	}
	if n, ok := constLong(start); ok && n >= 0 {
		return fmt.Sprintf("substring(%s, %d, %s)", x.SQL, min(n, 2147483646)+1, length), nil
	}
	return fmt.Sprintf("kql_substring(%s, %s, %s)", x.SQL, start.SQL, length), nil
}

func replaceString(c sqlgen.Call) (string, error) {
	return fill("replace({0}, {1}, {2})", c.Args)
}

// split makes an array of the parts of a text, or of one of them.
func split(c sqlgen.Call) (string, error) {
	parts := splitList(c)
	if len(c.Args) > 2 {
		n := longOperand(c.Args[2]).SQL
		return fmt.Sprintf("CAST(to_json(kql_part(%s, %s)) AS VARCHAR)", parts, n), nil
	}
	return "CAST(to_json(" + parts + ") AS VARCHAR)", nil
}

// splitList is the parts of split as an SQL list.
func splitList(c sqlgen.Call) string {
	return "string_split(" + textOperand(c.Args[0]).SQL + ", " + textOperand(c.Args[1]).SQL + ")"
}

// texts writes the parts of split.
func texts(c sqlgen.Call) string {
	if c.Name != "split" || len(c.Args) != 2 {
		return ""
	}
	return splitList(c)
}

// element writes one part of split.
func element(c sqlgen.Call, index int64) string {
	if c.Name != "split" || len(c.Args) != 2 || index > maxElement {
		return ""
	}
	return fmt.Sprintf("(%s)[%d]", splitList(c), index+1)
}

// maxElement bounds the index of an element in SQL.
const maxElement = 1 << 30

func indexOf(c sqlgen.Call) (string, error) {
	if s, ok := constText(c.Args[1]); ok && s != "" && len(c.Args) == 2 {
		return fill("(strpos({0}, {1}) - 1)", c.Args)
	}
	return padded("indexof", "", "", "0::BIGINT", "-1::BIGINT", "1::BIGINT")(longFrom(c, 2))
}

func indexOfRegex(c sqlgen.Call) (string, error) {
	if s, ok := constText(c.Args[1]); ok {
		re, err := scalar.TranslateRegex(s)
		if err != nil {
			return "", err
		}
		c.Args[1] = sqlgen.Operand{SQL: Text(re), Type: types.String}
	}
	return padded("indexof_regex", "", "", "0::BIGINT", "-1::BIGINT", "1::BIGINT")(longFrom(c, 2))
}

// longFrom makes the int arguments from place i on long.
func longFrom(c sqlgen.Call, i int) sqlgen.Call {
	args := append([]sqlgen.Operand(nil), c.Args...)
	for ; i < len(args); i++ {
		args[i] = longOperand(args[i])
	}
	c.Args = args
	return c
}

// countOf counts overlapping occurrences of a text, or matches of a regular expression.
func countOf(c sqlgen.Call) (string, error) {
	if len(c.Args) > 2 {
		kind, ok := constText(c.Args[2])
		if !ok || kind != "normal" && kind != "regex" {
			return "", fmt.Errorf("counts kind normal or regex only")
		}
		if kind == "regex" {
			return goCall("countof_regex", c.Args[:2]...), nil
		}
	}
	return goCall("countof", c.Args[:2]...), nil
}

func strRep(c sqlgen.Call) (string, error) {
	args := []sqlgen.Operand{textOperand(c.Args[0]), longOperand(c.Args[1]), {SQL: "''"}}
	if len(c.Args) > 2 {
		args[2] = textOperand(c.Args[2])
	}
	return goCall("strrep", args...), nil
}

// codepointsToString joins code points and arrays of them.
func codepointsToString(c sqlgen.Call) (string, error) {
	args := make([]sqlgen.Operand, len(c.Args))
	for i, x := range c.Args {
		args[i] = dynamicOperand(x)
	}
	return goCall("codepoints_text", args...), nil
}
