package task

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/goshawk-hunt/goshawk/internal/golden"
)

func TestParseActions(t *testing.T) {
	dir := filepath.Join(golden.Shared(t), "evidence", "hives", "taskcache_blobs")
	for name, want := range map[string][]string{
		"ExeTasks":   {"Exec execution.exe", "Exec moar.exe", `Exec C:\users\case\Desktop\witharg.xml`, `Exec D:\only_workingdir.ps1`, `Exec z:\allof\it.exe`},
		"ComHandler": {"ComHandler {61BCD1B9-340C-40EC-9D41-D7F1C0632F05}"},
		"EmailTask":  {"SendEmail "},
		"MessageBox": {"ShowMessage "},
	} {
		b, err := os.ReadFile(filepath.Join(dir, "actions__TestTaskParser_"+name+".bin"))
		if err != nil {
			t.Fatal(err)
		}
		_, actions, err := ParseActions(b)
		var got []string
		for _, a := range actions {
			got = append(got, a.Kind+" "+a.Command+a.ClassID)
		}
		if d := cmp.Diff(want, got); d != "" || (err != nil) != (name == "ExeTasks") { // that one lacks its last byte, of flags
			t.Errorf("%s: %v %s", name, err, d)
		}
		if _, cut, err := ParseActions(b[:len(b)-3]); err == nil || len(cut) != len(actions)-1 {
			t.Errorf("%s cut off: %d actions, %v", name, len(cut), err)
		}
	}
}

func FuzzParseActions(f *testing.F) {
	f.Add([]byte{3, 0, 0, 0, 0, 0, 0x66, 0x66})
	f.Fuzz(func(_ *testing.T, b []byte) { _, _, _ = ParseActions(b) })
}
