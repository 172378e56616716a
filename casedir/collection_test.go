package casedir

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/goshawk-hunt/goshawk/evidence"
	"github.com/goshawk-hunt/goshawk/evidence/regf"
	"github.com/goshawk-hunt/goshawk/evidence/regf/regfwrite"
	"github.com/goshawk-hunt/goshawk/evidence/taskxml"
	"github.com/goshawk-hunt/goshawk/kql/types"
)

func TestCollectionOf(t *testing.T) {
	for path, want := range map[string]string{
		"/cases/x/PC1/C/Windows/System32/Tasks/A/B":                                                        `pc1|||`,
		`D:\kape\PC1\C\Windows\System32\config\SYSTEM`:                                                     `pc1||system|`,
		"out/PC1.zip!C/Windows/System32/winevt/Logs/Security.evtx":                                         `pc1|||log`,
		"out/PC1.zip!C/Windows/System32/winevt/Logs/ForwardedEvents.evtx":                                  `pc1|||`,
		"Collection-PC1_lab_local-2024-05-02T10_00_00Z.zip!uploads/auto/C%3A/Windows/System32/Tasks/A":     `pc1_lab_local|pc1_lab_local||`,
		"Collection-PC1-2024-05-02T10_00_00Z/uploads/ntfs/%5C%5C.%5CC%3A/Windows/System32/config/SOFTWARE": `pc1|pc1||`,
		"C/Windows/System32/Tasks/A":                                                                       `|||`,
		"pc1/Tasks/Folder/A":                                                                               `pc1|||`,
		"pc1/hives/SYSTEM":                                                                                 `pc1||system|`,
		"pc1/SYSTEM.bak":                                                                                   "none",
		"pc1/logs/Security.evtx":                                                                           "none",
	} {
		got := "none"
		if c := collectionOf(path); c != nil {
			got = fmt.Sprintf("%s|%s|%s|%s", c.Label, c.Host, flag(c.System, "system"), flag(c.Log, "log"))
		}
		if got != want {
			t.Errorf("%s: %s, want %s", path, got, want)
		}
	}
}

func flag(set bool, word string) string {
	if set {
		return word
	}
	return ""
}

const onePublicTask = `<Task version="1.2" xmlns="http://schemas.microsoft.com/windows/2004/02/mit/task"><Actions><Exec><Command>C:\Users\Public\a.exe</Command></Exec></Actions></Task>`

// TestCollections wants each task on the machine that its collection was taken from, as
// soon as something names it, and one content on two machines twice.
func TestCollections(t *testing.T) {
	dir := t.TempDir()
	put := func(name string, b []byte) {
		p := filepath.Join(dir, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(p), 0o777); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(p, b, 0o666); err != nil {
			t.Fatal(err)
		}
	}
	c := openCase(t, filepath.Join(t.TempDir(), "case"))
	want := func(devices string) {
		t.Helper()
		if _, err := c.Ingest(t.Context(), []string{dir}, IngestOptions{Readers: []evidence.Reader{taskxml.Reader{}, regf.Reader{}}, Now: testNow}); err != nil {
			t.Fatal(err)
		}
		rows, err := c.sql(t.Context(), `SELECT DeviceName FROM ScheduledTasks WHERE "$Origin" = 'file' ORDER BY DeviceName`, columns("DeviceName:string"))
		if err != nil {
			t.Fatal(err)
		}
		if got := names(rows); got != devices {
			t.Errorf("tasks are on %q, want %q", got, devices)
		}
	}
	put("first/C/Windows/System32/Tasks/Same", []byte(onePublicTask))
	want("")
	put("second/C/Windows/System32/Tasks/Same", []byte(onePublicTask))
	want("first second")
	root := &regfwrite.Key{Name: "ROOT", Written: 133500000000000000}
	root.At(`ControlSet001\Control\ComputerName\ComputerName`).Values = []regfwrite.Value{regfwrite.String("ComputerName", "PC-A")}
	put("first/C/Windows/System32/config/SYSTEM", regfwrite.Write(root))
	want("pc-a second")
	want("pc-a second")
	if n := count(t, c, "ScheduledTasks"); n != 2 {
		t.Errorf("%d tasks", n)
	}
}

func names(rows [][]types.Value) string {
	var out []string
	for _, r := range rows {
		out = append(out, r[0].Str)
	}
	return strings.TrimSpace(strings.Join(out, " "))
}
