package rulefile

import (
	"strings"
	"testing"
	"time"

	"github.com/goshawk-hunt/goshawk/source"
)

// TestHostile reads large files made to take long; each must be read in a time
// that grows with its size alone.
func TestHostile(t *testing.T) {
	const size = 512 << 10
	repeat := func(s string) string { return strings.Repeat(s, size/len(s)) }
	for name, text := range map[string]string{
		"comments":       repeat("// a\n"),
		"ids":            repeat("id: a\n"),
		"id and name":    repeat("id: a\nname: b\ndescription: |\nc\n"),
		"lost":           repeat("id: a\nname: b\nquery: |\nT\n| take 1\n"),
		"logsource":      repeat("logsource:\n"),
		"sigma":          repeat("title: a\nlogsource:\ndetection:\n"),
		"fences":         repeat("```\n"),
		"tildes":         repeat("~~~ a\n"),
		"headings":       repeat("# a\n"),
		"tables":         repeat("| a | b |\n"),
		"rules of lines": repeat("a\n---\n"),
		"pipes":          repeat("| where a\n"),
		"names":          repeat("T\n"),
		"open":           "T\n| where " + repeat("(\n"),
		"lets":           repeat("let a = 1;\n"),
		"indented":       repeat("\n    a"),
		"blanks":         "T\n" + repeat("\n") + "| take 1",
		"long line":      "T | where " + repeat("a|b "),
		"anchors":        "id: 1\nname: a\nx: &a [a]\n" + repeat("y: [*a, *a]\n") + "query: T\n",
		"deep yaml":      "id: 1\nname: a\nquery: " + strings.Repeat("[", 20_000),
		"falcon":         "# a\n## Metadata\n## Detection\n" + repeat("```\nT | take 1\n```\n"),
		"bold":           "# a\n## Metadata\n" + repeat("**a** b\n") + "## Detection\n",
	} {
		t.Run(name, func(t *testing.T) {
			start := time.Now()
			rules, diags := Read(source.NewFile("file.kql", text), Options{Repair: true})
			ExtractQueries(text)
			if took := time.Since(start); took > 10*time.Second {
				t.Errorf("%d bytes took %v: %d rules, %d diagnostics", len(text), took, len(rules), len(diags))
			}
			t.Log(time.Since(start), len(rules), len(diags))
		})
	}
}
