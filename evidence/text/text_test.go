package text

import (
	"bytes"
	"io"
	"testing"
	"testing/iotest"
	"unicode/utf16"
	"unicode/utf8"
)

func encode(s string, bigEndian, mark bool) []byte {
	var out []byte
	u := utf16.Encode([]rune(s))
	if mark {
		u = append([]uint16{0xFEFF}, u...)
	}
	for _, c := range u {
		if bigEndian {
			out = append(out, byte(c>>8), byte(c))
		} else {
			out = append(out, byte(c), byte(c>>8))
		}
	}
	return out
}

const sample = "<Täsk name='x'>\U0001F986 ok</Täsk>\r\n"

func TestDecode(t *testing.T) {
	for name, in := range map[string][]byte{
		"utf-8":          []byte(sample),
		"utf-8 mark":     append([]byte("\xEF\xBB\xBF"), sample...),
		"utf-16le mark":  encode(sample, false, true),
		"utf-16be mark":  encode(sample, true, true),
		"utf-16le plain": encode(sample, false, false),
		"utf-16be plain": encode(sample, true, false),
	} {
		if got := string(Decode(in)); got != sample {
			t.Errorf("%s: Decode = %q", name, got)
		}
		if got := string(Head(in)); got != sample {
			t.Errorf("%s: Head = %q", name, got)
		}
		r, _, err := NewReader(bytes.NewReader(in), int64(len(in)))
		if err != nil {
			t.Fatal(err)
		}
		got, err := io.ReadAll(iotest.OneByteReader(r))
		if err != nil || string(got) != sample {
			t.Errorf("%s: NewReader = %q, %v", name, got, err)
		}
	}
}

func TestDecodeBroken(t *testing.T) {
	for in, want := range map[string]string{
		"\xFF\xFEa\x00\x00\xD8b\x00": "a\uFFFDb", // a high surrogate alone
		"\xFF\xFEa\x00\x00\xD8":      "a\uFFFD",
		"\xFF\xFEa\x00b":             "a\uFFFD", // an odd byte
		"a\xFFb":                     "a\uFFFDb",
		"":                           "",
		"\xFF\xFE":                   "",
	} {
		if got := string(Decode([]byte(in))); got != want {
			t.Errorf("Decode(%q) = %q, want %q", in, got, want)
		}
	}
	if got := string(Head([]byte("\xFF\xFEa\x00\x3E\xD8"))); got != "a" {
		t.Errorf("Head keeps half a character: %q", got)
	}
}

func TestDocument(t *testing.T) {
	for in, want := range map[string]string{
		"<Task/>":                            "<Task/>",
		"&lt;?xml?&gt;&lt;A&gt;x &amp;gt; y": "<?xml?><A>x &gt; y",
		" &lt;Task&gt;":                      " <Task>",
		"&amp;lt;Task&amp;gt;":               "<Task>",
		"a &lt;b":                            "a &lt;b",
		"&lt; 5":                             "&lt; 5",
		"&lt;":                               "&lt;",
		"":                                   "",
		"&amp;&amp;":                         "&amp;&amp;",
	} {
		if got := Document(in); got != want {
			t.Errorf("Document(%q) = %q, want %q", in, got, want)
		}
	}
}

func TestUnescapeXML(t *testing.T) {
	for in, want := range map[string]string{
		"a&lt;&gt;&amp;&quot;&apos;b": `a<>&"'b`,
		"&#65;&#x42;&#x1F986;":        "AB\U0001F986",
		"&#0;&#xD800;&#x110000;":      "&#0;&#xD800;&#x110000;",
		"&nbsp; & &; &#; &#x;":        "&nbsp; & &; &#; &#x;",
	} {
		if got := UnescapeXML(in); got != want {
			t.Errorf("UnescapeXML(%q) = %q, want %q", in, got, want)
		}
	}
}

func FuzzDecode(f *testing.F) {
	f.Add([]byte(sample))
	f.Add(encode(sample, false, true))
	f.Add(encode(sample, true, false))
	f.Fuzz(func(t *testing.T, b []byte) {
		whole := Decode(b)
		if !utf8.Valid(whole) {
			t.Fatalf("not UTF-8: %q", whole)
		}
		r, e, err := NewReader(bytes.NewReader(b), int64(len(b)))
		if err != nil {
			t.Fatal(err)
		}
		got, err := io.ReadAll(iotest.HalfReader(r))
		if err != nil {
			t.Fatal(err)
		}
		if e != UTF8 && !bytes.Equal(got, whole) {
			t.Fatalf("streamed %q, whole %q", got, whole)
		}
		if s := Document(string(whole)); len(s) > len(whole) {
			t.Fatalf("grew: %q", s)
		}
	})
}
