package jsontext

import (
	"encoding/json"
	"strings"
	"testing"
)

func FuzzAppendString(f *testing.F) {
	f.Add("plain")
	f.Add("\"\\\n\r\t\x00\x1f")
	f.Add("\xff\xfeé\u2028")
	f.Add(strings.Repeat("\x00", 99) + "\xe2\x80")
	f.Fuzz(func(t *testing.T, s string) {
		var got string
		if err := json.Unmarshal(AppendString(nil, s), &got); err != nil {
			t.Fatal(err)
		}
		if want := strings.Map(func(r rune) rune { return r }, s); got != want {
			t.Fatalf("%q became %q", s, got)
		}
	})
}

// Every byte is told from the plain ones at every place of a text of every short length.
func TestEveryByte(t *testing.T) {
	prefix := make([]byte, 0, 7) // grows while it is appended to
	for n := 1; n < 20; n++ {
		for at := range n {
			for c := range 256 {
				text := []byte(strings.Repeat(" ", n))
				text[at] = byte(c)
				var got string
				if err := json.Unmarshal(AppendString(prefix, string(text)), &got); err != nil {
					t.Fatalf("%q: %v", text, err)
				}
				if want := strings.ToValidUTF8(string(text), "\uFFFD"); got != want {
					t.Fatalf("%q became %q", text, got)
				}
			}
		}
	}
}

func BenchmarkAppendString(b *testing.B) {
	for name, s := range map[string]string{
		"short": "0x3e7",
		"plain": "SHA1=2fcae4e8a75e1f5c9f3c0d9a0c8cba7ea3ddd7d8,MD5=b32189bdff6e577a92baa61ad49264e6",
		"path":  `C:\Windows\System32\WindowsPowerShell\v1.0\powershell.exe`,
		"other": "Журнал событий очищен",
	} {
		b.Run(name, func(b *testing.B) {
			buf := make([]byte, 0, 1<<10)
			b.SetBytes(int64(len(s)))
			for b.Loop() {
				buf = AppendString(buf[:0], s)
			}
		})
	}
}
