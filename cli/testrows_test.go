package cli

import (
	"strings"
	"testing"
)

// TestRowsArePaired holds rows against those that a test wants: each row answers one.
func TestRowsArePaired(t *testing.T) {
	const rows = `{"columns":[{"name":"a","type":"long"},{"name":"b","type":"string"},{"name":"t","type":"datetime"},{"name":"r","type":"real"},{"name":"d","type":"dynamic"}],
		"rows":[[1,"x","2024-05-01T10:00:00.0000000Z",0.1,{"k":[1,"2"]}],[1,"y",null,"NaN",null]]}`
	for want, says := range map[string]string{
		`{"a":1} {"a":1,"b":"x"}`:                        "", // the first has to leave its row to the second
		`{"a":1,"b":"x"} {"a":1}`:                        "",
		`{"b":"y"}`:                                      "0 missing, 1 left",
		`{"a":1} {"a":1} {"a":1}`:                        "1 missing, 0 left",
		`{"a":"1"} {}`:                                   "1 missing, 1 left", // a text is no number
		`{"t":"2024-05-01T12:00:00+02:00"} {"t":null}`:   "",
		`{"t":"soon"} {}`:                                "1 missing, 1 left",
		`{"r":0.10000000000000001} {"r":"NaN"}`:          "",
		`{"d":{"k":[1.0,"2"]}} {"d":null}`:               "",
		`{"d":{"k":[1]}} {}`:                             "1 missing, 1 left",
		`{"d":{"k":[1,"2"],"l":null}} {}`:                "1 missing, 1 left",
		`{"A":1}`:                                        `no column "A"`,
		`{"a":1e999999999} {}`:                           "1 missing, 1 left",
		`{"a":1.0000000001,"b":"x"} {"a":10e-1,"b":"y"}`: "",
	} {
		r, err := decodeRows([]byte(rows))
		if err != nil {
			t.Fatal(err)
		}
		var f testFile
		if err := f.takeWant([]byte(want)); err != nil {
			t.Fatal(err)
		}
		missing, left, err := r.compare(f.want)
		got := ""
		switch {
		case err != nil:
			got = err.Error()
		case len(missing)+len(left) > 0:
			got = strings.Join([]string{number(len(missing)) + " missing", number(len(left)) + " left"}, ", ")
		}
		if says == "" && got != "" || !strings.Contains(got, says) {
			t.Errorf("%s: %q, want %q", want, got, says)
		}
	}
}

func number(n int) string { return string(rune('0' + n)) }
