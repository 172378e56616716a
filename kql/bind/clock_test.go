package bind_test

import (
	"strings"
	"testing"

	"github.com/goshawk-hunt/goshawk/kql/bind"
	"github.com/goshawk-hunt/goshawk/kql/syntax"
	"github.com/goshawk-hunt/goshawk/source"
)

// TestTimeFunctions binds calls whose constants decide whether they mean anything.
func TestTimeFunctions(t *testing.T) {
	for query, want := range map[string]string{
		`print format_datetime(datetime(2024-01-02), "yyyy-MM-dd [HH:mm:ss.fff] tt")`: "",
		`print format_datetime(datetime(2024-01-02), "yyyy-MM-ddTHH")`:                "can't hold 'T'",
		`print format_timespan(1d, "d.hh:mm:ss")`:                                     "",
		`print format_timespan(1d, @"hh\:mm")`:                                        "can't hold '\\'",
		`print bin_auto(7)`:                                                           "'bin_auto' needs a size",
		`set query_bin_auto_size = 5; print bin_auto(7)`:                              "",
		`set query_bin_auto_size = 5; print bin_auto("x")`:                            "'bin_at'",
	} {
		file := source.NewFile("query", query)
		script, _ := syntax.Parse(file)
		_, list := bind.Bind(file, script, bind.Options{})
		var got []string
		for _, d := range list {
			got = append(got, d.Message)
		}
		if text := strings.Join(got, "; "); (text == "") != (want == "") || !strings.Contains(text, want) {
			t.Errorf("%s: got %q, want %q", query, text, want)
		}
	}
}
