package sqlgen

import (
	"strings"

	"github.com/goshawk-hunt/goshawk/kql/sqlgen/sqltext"
)

// atom returns sql so that it may stand as an operand of any operator: in
// parentheses unless it is a name, a literal, a call or in parentheses already.
func atom(sql string) string {
	if isAtom(sql) {
		return sql
	}
	return "(" + sql + ")"
}

// isAtom reports whether sql is one name, literal, call or parenthesis.
func isAtom(sql string) bool {
	if sql == "" {
		return false
	}
	i := 0
	for i < len(sql) {
		switch c := sql[i]; {
		case c == '\'' || c == '"':
			end := sqltext.Literal(sql, i)
			if end == len(sql) {
				return true
			}
			if sql[end] != '.' {
				return false
			}
			i = end + 1
		case c == '(':
			return sqltext.Closing(sql, i) == len(sql)
		case c == '.':
			i++
		default:
			end := sqltext.Word(sql, i)
			if end == i {
				return false
			}
			i = end
		}
	}
	return true
}

// unparen takes off one pair of parentheses around the whole, for places where
// any expression may stand.
func unparen(sql string) string {
	if len(sql) < 2 || sql[0] != '(' || sqltext.Closing(sql, 0) != len(sql) {
		return sql
	}
	if strings.HasPrefix(sql, "(SELECT") || strings.HasPrefix(sql, "(WITH") {
		return sql
	}
	return sql[1 : len(sql)-1]
}

// bareNumber reports whether sql is a number and nothing else, as the ticks of a row
// that stands in the query are.
func bareNumber(sql string) bool {
	digits := strings.TrimLeft(sql, "(-")
	if digits == "" || digits[0] < '0' || digits[0] > '9' {
		return false
	}
	return strings.Trim(digits, "0123456789.eE+-)") == ""
}

// indent moves the lines of sql to the right, but not those inside of literals.
func indent(sql string) string {
	var b strings.Builder
	for i := 0; i < len(sql); {
		switch sql[i] {
		case '\'', '"':
			end := sqltext.Literal(sql, i)
			b.WriteString(sql[i:end])
			i = end
			continue
		case '\n':
			b.WriteString("\n  ")
		default:
			b.WriteByte(sql[i])
		}
		i++
	}
	return b.String()
}
