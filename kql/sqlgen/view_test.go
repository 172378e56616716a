package sqlgen_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/goshawk-hunt/goshawk/kql/sqlgen"
	"github.com/goshawk-hunt/goshawk/kql/sqlgen/duckdb"
)

// TestView shows what is computed where of a table that is made of another.
func TestView(t *testing.T) {
	dialect := duckdb.New()
	member := func(name, format string) func(column, field func(string) string) string {
		return func(_, field func(string) string) string { return fmt.Sprintf(format, field(name)) }
	}
	dialect.Views = map[string]*sqlgen.View{"Network": {
		Table: "Raw",
		Where: "Kind = 3",
		Columns: map[string]func(column, field func(string) string) string{
			"Device":   func(column, _ func(string) string) string { return "upper(" + column("Computer") + ")" },
			"RemoteIP": member("ip", "coalesce(%s, '')"),
			"Id":       member("id", "TRY_CAST(%s AS BIGINT)"),
			"Port":     member("port", "TRY_CAST(%s AS INTEGER)"),
		},
		Field: func(column func(string) string, m string) string {
			return fmt.Sprintf("get(%s, '%s')", column("Data"), m)
		},
		Fields: func(column func(string) string, ms []string) string {
			return fmt.Sprintf("get(%s, ['%s'])", column("Data"), strings.Join(ms, "', '"))
		},
	}}
	programs(t, "view", dialect)
}
