package casedir

import (
	"fmt"
	"path/filepath"
	"strings"
	"testing"

	"github.com/goshawk-hunt/goshawk/internal/kqltest"
)

// The rows of FileProfile stay in the engine: each file is looked up once, whatever the
// number of its rows, and the rows keep their order.
func TestFileProfileByHash(t *testing.T) {
	dir := t.TempDir()
	var lines strings.Builder
	for i := range 12 {
		hash := strings.Repeat("a0b1"[i%4:i%4+1], 40)
		if i%4 == 3 {
			hash = strings.ToUpper(strings.Repeat("a", 40)) // the first file once more
		}
		if i == 5 {
			hash = ""
		}
		lines.WriteString(row("DeviceProcessEvents", fmt.Sprintf(`"DeviceName":"d%d","ProcessId":%d,"SHA1":"%s","FileName":"f.exe"`, i%3, i, hash)))
	}
	write(t, dir, "logs/p.jsonl", lines.String())
	c := openCase(t, filepath.Join(dir, "case"))
	ingestInto(t, c, filepath.Join(dir, "logs"))
	ask := func(query string) (string, []string) {
		t.Helper()
		_, rows, warnings, err := c.Querier(Clock{Now: kqltest.Now}).Query(t.Context(), "query", query)
		if err != nil {
			t.Fatal(err)
		}
		var b strings.Builder
		for _, r := range rows {
			for _, v := range r {
				if b.WriteString(v.Str); v.Int != 0 {
					fmt.Fprint(&b, v.Int)
				}
				b.WriteByte(' ')
			}
		}
		return strings.TrimSpace(b.String()), warnings
	}
	got, warnings := ask(`DeviceProcessEvents | sort by ProcessId desc | invoke FileProfile(SHA1, 2) | project ProcessId, ProfileAvailability, OrgPrevalence`)
	if want := "11 Missing 3 10 Missing 3 9   8 Missing 3 7 Missing 3 6 Missing 3 5   4 Missing 3 3 Missing 3 2 Missing 3 1    Missing 3"; got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
	if w := strings.Join(warnings, "\n"); !strings.Contains(w, "2 of 2 files is unknown") || !strings.Contains(w, "1 rows have no hash") || !strings.Contains(w, "2 files were beyond") {
		t.Errorf("warnings: %s", w)
	}
	for _, query := range []string{
		`DeviceProcessEvents | invoke FileProfile() | count`,
		`DeviceProcessEvents | partition by DeviceName (invoke FileProfile()) | count`,
		`DeviceProcessEvents | invoke FileProfile() | invoke FileProfile() | count`,
	} {
		if got, _ := ask(query); got != "12" {
			t.Errorf("%s: %s", query, got)
		}
	}
}
