package rulefile

import (
	"runtime"
	"strings"
	"testing"

	"github.com/goshawk-hunt/goshawk/source"
)

// hostile are texts of about size bytes that are made to take long.
func hostile(size int) map[string]string {
	repeat := func(s string) string { return strings.Repeat(s, size/len(s)) }
	return map[string]string{
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
		"deep yaml":      "id: 1\nname: a\nquery: " + strings.Repeat("[", size),
		"falcon":         "# a\n## Metadata\n## Detection\n" + repeat("```\nT | take 1\n```\n"),
		"bold":           "# a\n## Metadata\n" + repeat("**a** b\n") + "## Detection\n",
	}
}

// TestHostile reads hostile files; what that allocates must grow with their size alone.
func TestHostile(t *testing.T) {
	const size, factor = 4 << 10, 4
	cost := func(text string) uint64 {
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		Read(source.NewFile("file.kql", text), Options{Repair: true})
		queriesOf(text)
		runtime.ReadMemStats(&after)
		return after.TotalAlloc - before.TotalAlloc
	}
	large := hostile(factor * size)
	for name, text := range hostile(size) {
		t.Run(name, func(t *testing.T) {
			small, big := cost(text), cost(large[name])
			if big > 2*factor*small {
				t.Errorf("%d bytes allocate %d, %d bytes allocate %d", len(text), small, len(large[name]), big)
			}
		})
	}
}

// BenchmarkHostile reads half a megabyte of each.
func BenchmarkHostile(b *testing.B) {
	for name, text := range hostile(512 << 10) {
		b.Run(name, func(b *testing.B) {
			b.SetBytes(int64(len(text)))
			for b.Loop() {
				Read(source.NewFile("file.kql", text), Options{Repair: true})
				queriesOf(text)
			}
		})
	}
}
