package bind_test

import (
	"testing"

	"github.com/goshawk-hunt/goshawk/kql/bind"
	"github.com/goshawk-hunt/goshawk/kql/syntax"
	"github.com/goshawk-hunt/goshawk/source"
)

// TestNeverDynamic proves that a function which takes every type but dynamic refuses a
// dynamic value, while one that takes text reads it as text.
func TestNeverDynamic(t *testing.T) {
	for query, want := range map[string]string{
		`print repeat(dynamic({"a":1}), 3)`:                                     "KQL0111",
		`print repeat(tostring(dynamic({"a":1})), 3)`:                           "",
		`print d = dynamic({"a":"x"}) | extend h = hash_md5(d.a)`:               "KQL0111",
		`print d = dynamic({"a":"x"}) | extend h = hash_md5(tostring(d.a))`:     "",
		`print d = dynamic({"a":"x"}) | extend u = toupper(d.a), n = strlen(d)`: "",
	} {
		file := source.NewFile("query", query)
		script, list := syntax.Parse(file)
		_, more := bind.Bind(file, script, bind.Options{})
		got := ""
		for _, d := range append(list, more...) {
			if d.Severity == source.Error {
				got = d.Code
			}
		}
		if got != want {
			t.Errorf("%s: error %q, want %q", query, got, want)
		}
	}
}
