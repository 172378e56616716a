package source

import "testing"

func TestUnderline(t *testing.T) {
	f := NewFile("query", "T\n| where FileNam\t== \"é\x1b\"\n")
	for _, c := range []struct {
		d    Diagnostic
		want string
	}{
		{Diagnostic{Code: "X1", Message: "unknown column 'FileNam'", Span: Span{10, 17}, Hint: "did you mean 'FileName'?"},
			"query:2:9: error X1: unknown column 'FileNam'\n  | where FileNam == \"é?\"\n          ~~~~~~~\n  hint: did you mean 'FileName'?"},
		{Diagnostic{Code: "X2", Severity: Warning, Message: "two\nlines", Span: Span{0, 5}, Hint: "write\n  a: b\nhere"},
			"query:1:1: warning X2: two lines\n  T\n  ~\n  hint: write\n          a: b\n        here"},
		{Diagnostic{Code: "X3", Severity: Info, Message: "nowhere", Span: NoSpan}, "query: info X3: nowhere"},
		{Diagnostic{Code: "X4", Message: "at the end", Span: Span{len(f.Text), len(f.Text)}}, "query:3:1: error X4: at the end\n  \n  ~"},
	} {
		if got := f.Underline(c.d); got != c.want {
			t.Errorf("got\n%s\nwant\n%s", got, c.want)
		}
	}
}

func TestPosition(t *testing.T) {
	f := NewFile("x", "é1\r\nb\n")
	for offset, want := range map[int]Position{-1: {1, 1}, 0: {1, 1}, 2: {1, 2}, 5: {2, 1}, 6: {2, 2}, 7: {3, 1}, 99: {3, 1}} {
		if got := f.Position(offset); got != want {
			t.Errorf("offset %d is at %v, want %v", offset, got, want)
		}
	}
	if got := f.Line(1); got != "é1" {
		t.Errorf("line 1 is %q", got)
	}
	if got := f.Line(9); got != "" {
		t.Errorf("line 9 is %q", got)
	}
}

func TestSpanUnion(t *testing.T) {
	if got := NoSpan.Union(Span{2, 3}).Union(Span{0, 1}).Union(NoSpan); got != (Span{0, 3}) {
		t.Errorf("got %v", got)
	}
}

func TestErr(t *testing.T) {
	d := &Diagnostics{File: NewFile("x", "")}
	d.Add(Diagnostic{Severity: Warning})
	if d.Err() != nil {
		t.Error("a warning is no error")
	}
	d.Add(Diagnostic{})
	if d.Err() == nil {
		t.Error("an error is one")
	}
}
