package normalize

import (
	"strings"
	"testing"

	"github.com/goshawk-hunt/goshawk/evidence"
)

// FuzzShapes gives events the fields whose names stand in text, line by line, in turn, and
// wants what is written without remembering anything.
func FuzzShapes(f *testing.F) {
	f.Add("A,B,C\nA,B,C\nA,B\nA,B,D\nA,B,C\n\n,\nA,A\nA,B")
	f.Add("a\"\\,\xff\na\"\\,\xff\n" + strings.Repeat("x,", 80) + "\n" + strings.Repeat("y", 300))
	f.Fuzz(func(t *testing.T, text string) {
		var s shapes
		for line := range strings.SplitSeq(text, "\n") {
			var fields []evidence.Field
			for i, name := range strings.Split(line, ",") {
				fields = append(fields, evidence.Field{Name: name, Value: evidence.Value{Kind: evidence.Uint, Num: uint64(i)}})
			}
			if line == "" {
				fields = nil
			}
			want := string(appendData(nil, fields))
			for range 2 {
				if got := string(s.appendData(nil, 1, fields)); got != want {
					t.Fatalf("%s, want %s", got, want)
				}
			}
		}
	})
}

// A GUID is written as Windows does: between braces, its letters in upper case and nothing
// else changed.
func TestGUIDValue(t *testing.T) {
	for _, guid := range []string{
		"0123456a-789b-cdef-fedc-ba9876543210", "ffffffff-ffff-ffff-ffff-ffffffffffff", "aaaaaaaa-bbbb-cccc-dddd-eeeeeeee\x00`gz",
		strings.Repeat("f@", 18), strings.Repeat("gF", 18), strings.Repeat("é", 18), strings.Repeat("\xe1f", 18),
	} {
		want := []byte(guid)
		for i, c := range want {
			if 'a' <= c && c <= 'f' {
				want[i] = c - 'a' + 'A'
			}
		}
		v := evidence.Value{Kind: evidence.GUID, Str: guid}
		if got := string(appendValue([]byte("x"), &v)); got != `x"{`+string(want)+`}"` {
			t.Errorf("%q became %q", guid, got)
		}
	}
}
