package cell_test

import (
	"testing"

	"github.com/goshawk-hunt/goshawk/hunt/cell"
	"github.com/goshawk-hunt/goshawk/kql/types"
)

func TestRow(t *testing.T) {
	schema := types.Schema{{Name: "Text", Type: types.String}, {Name: "Dash", Type: types.String}, {Name: "Hex", Type: types.String},
		{Name: "Quoted", Type: types.Dynamic}, {Name: "Long", Type: types.Long}, {Name: "Real", Type: types.Real}, {Name: "Bool", Type: types.Bool}, {Name: "When", Type: types.DateTime}, {Name: "Null", Type: types.Long}}
	r := cell.New(schema)
	r.Cells = []types.Value{
		{Type: types.String, Str: "Abc"}, {Type: types.String, Str: "-"}, {Type: types.String, Str: " 0x1f4 "}, {Type: types.Dynamic, Str: `"a\\b"`},
		{Type: types.Long, Int: -3}, {Type: types.Real, Real: 2.9}, {Type: types.Bool, Int: 1}, {Type: types.DateTime, Int: 638_396_640_000_000_001}, {Type: types.Long, Null: true},
	}
	for _, tt := range []struct {
		what      string
		got, want any
	}{
		{"text", r.Text("Text"), "Abc"}, {"lower", r.Lower("Text"), "abc"}, {"dash", r.Text("Dash"), ""}, {"quoted", r.Text("Quoted"), `a\b`},
		{"hexadecimal", r.Int("Hex"), int64(500)}, {"long", r.Int("Long"), int64(-3)}, {"real", r.Int("Real"), int64(2)}, {"no number", r.Int("Text"), int64(0)},
		{"bool", r.Yes("Bool"), true}, {"text is not true", r.Yes("Text"), false}, {"time", r.Time("When").String(), "2024-01-01T00:00:00.0000001Z"},
		{"text is no time", r.Time("Text").IsZero(), true}, {"null", r.Has("Null"), false}, {"no column", r.Has("Nothing"), false}, {"no column's text", r.Text("Nothing"), ""},
	} {
		if tt.got != tt.want {
			t.Errorf("%s: got %v, want %v", tt.what, tt.got, tt.want)
		}
	}
	r.Cells = r.Cells[:1]
	if r.Has("Long") {
		t.Error("a row that is shorter than the schema has its last cells null")
	}
}
