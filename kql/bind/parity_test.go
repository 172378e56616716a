package bind_test

import (
	"strings"
	"testing"

	"github.com/goshawk-hunt/goshawk/internal/kqltest"
	"github.com/goshawk-hunt/goshawk/kql/bind"
	"github.com/goshawk-hunt/goshawk/kql/syntax"
	"github.com/goshawk-hunt/goshawk/source"
)

// TestColumnsOfResults holds the names of result columns, or the code of the error,
// where Kusto's rule is not plain.
func TestColumnsOfResults(t *testing.T) {
	for _, test := range []struct{ query, want string }{
		{"Process | summarize arg_max(Id, *) by D = Device | project-away Fields, Score, CommandLine, Parent", "D Id Timestamp Name"},
		{"Process | summarize take_any(*) by D = Device, T = Timestamp | project-keep D, T, I*, N*", "D T Id Name"},
		{"Process | summarize arg_max(Id, *) by D = tolower(Device) | project-keep D*, Id", "D Id Device"},
		{"Process | top-nested 2 of tolower(Device) by count(), top-nested 1 of Id + 1 by max(Id)", "Column1 aggregated_Column1 Column2 aggregated_Column2"},
		{"Process | join kind=inner (Network | project Port) on $left.Id == $right.Port | project-keep Id, Port", "Id Port"},
		{"Process | join kind=inner Network on $left.Score == $right.Port", "KQL0131"},
		{"Process | lookup Network on $left.Score == $right.Id", "KQL0131"},
	} {
		file := source.NewFile("query", test.query)
		script, _ := syntax.Parse(file)
		q, list := bind.Bind(file, script, kqltest.Options())
		var got []string
		if q == nil {
			got = append(got, list[0].Code)
		} else {
			for _, c := range q.Results[0].Root.Schema() {
				got = append(got, c.Name)
			}
		}
		if have := strings.Join(got, " "); have != test.want {
			t.Errorf("%s\ngives %s\nwant  %s", test.query, have, test.want)
		}
	}
}
