package normalize

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/goshawk-hunt/goshawk/catalog"
)

// TestRawColumns looks for code that sets, from an event, a column that raw rows lack: its
// value would be lost.
func TestRawColumns(t *testing.T) {
	constants := map[string]column{}
	source, err := os.ReadFile("column.go")
	if err != nil {
		t.Fatal(err)
	}
	for _, m := range regexp.MustCompile(`\b(c[A-Z]\w*):\s+"(\w+)"`).FindAllStringSubmatch(string(source), -1) {
		constants[m[1]] = column(slices.Index(columnNames[:], m[2]))
	}
	files, err := filepath.Glob("*.go")
	if err != nil || len(constants) < 100 {
		t.Fatalf("%d constants, %v", len(constants), err)
	}
	for _, file := range files {
		// process.go sets them in rows of processes, table.go sets Type.
		if strings.HasSuffix(file, "_test.go") || slices.Contains([]string{"column.go", "raw.go", "process.go", "table.go"}, file) {
			continue
		}
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range regexp.MustCompile(`\bc[A-Z]\w*\b`).FindAllString(string(text), -1) {
			if c, ok := constants[m]; ok && slices.Contains(learned, c) {
				t.Errorf("%s names %s, which raw rows lack", file, m)
			}
		}
	}
	for _, def := range Tables() {
		for _, c := range def.Columns {
			if Whole(def.Name) != def.Name && !slices.ContainsFunc(Tables(), func(other *catalog.Table) bool { return other.Name == Whole(def.Name) && other.Column(c.Name) != nil }) {
				t.Errorf("%s has a column %s that %s lacks", def.Name, c.Name, Whole(def.Name))
			}
		}
	}
}
