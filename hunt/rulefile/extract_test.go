package rulefile

import (
	"bufio"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/goshawk-hunt/goshawk/internal/golden"
	"github.com/goshawk-hunt/goshawk/source"
)

// corpusQueries returns the public queries of the reference material.
func corpusQueries(tb testing.TB) []string {
	tb.Helper()
	f, err := os.Open(filepath.Join(golden.Shared(tb), "corpus", "queries.jsonl"))
	if err != nil {
		tb.Fatal(err)
	}
	defer f.Close()
	var list []string
	lines := bufio.NewScanner(f)
	lines.Buffer(nil, 16<<20)
	for lines.Scan() {
		var q struct{ Query string }
		if err := json.Unmarshal(lines.Bytes(), &q); err != nil {
			tb.Fatal(err)
		}
		list = append(list, strings.ReplaceAll(q.Query, "\r\n", "\n"))
	}
	if err := lines.Err(); err != nil {
		tb.Fatal(err)
	}
	return list
}

// trimLines drops white space at the ends of lines and blank lines at the ends.
func trimLines(s string) string {
	lines := strings.Split(s, "\n")
	for i := range lines {
		lines[i] = strings.TrimRight(lines[i], " \t\r")
	}
	return strings.Trim(strings.Join(lines, "\n"), "\n")
}

// bare drops what YAML adds to a text: white space, quotes and backslashes.
var bare = strings.NewReplacer(" ", "", "\n", "", "\r", "", "\t", "", "'", "", `"`, "", `\`, "")

// checkPlaces checks that each line of a query leads to the same text in the
// file.
func checkPlaces(t *testing.T, text, query string, span func(source.Span) source.Span) {
	t.Helper()
	for _, l := range splitLines(query) {
		code := strings.TrimSpace(l.text)
		if code == "" {
			continue
		}
		start := l.start + strings.Index(l.text, code)
		at := span(source.Span{Start: start, End: start + len(code)})
		if !at.IsValid() || bare.Replace(text[at.Start:at.End]) != bare.Replace(code) {
			t.Fatalf("the place of %q leads to %v of\n%s", code, at, text)
		}
	}
}

// TestExtractCorpus puts public queries into documents of several forms and looks
// for them there. Bare queries between sentences can't all be told from prose; the
// share that must be found whole is what the rules here reach, less a little.
func TestExtractCorpus(t *testing.T) {
	list := corpusQueries(t)
	indent := func(q, by string) string { return by + strings.ReplaceAll(q, "\n", "\n"+by) }
	for _, form := range []struct {
		name  string
		wrap  func(q string) string
		least float64
	}{
		{"fenced", func(q string) string { return "# Title\n\nText.\n\n```kql\n" + q + "\n```\n\nMore text.\n" }, 0.995},
		{"indented", func(q string) string {
			return "Title\n=====\n\nText.\n\n" + indent(q, "    ") + "\n\nMore text follows here.\n"
		}, 0.97},
		{"bare", func(q string) string {
			return "We looked at this for a while.\nThe query below finds it:\n" + q + "\nThis query helped us to find more of it.\n"
		}, 0.90},
		{"file", func(q string) string { return q + "\n" }, 0.90},
	} {
		t.Run(form.name, func(t *testing.T) {
			whole, total := 0, 0
			var missed []string
			for _, q := range list {
				if strings.Contains(q, "```") {
					continue
				}
				total++
				text := form.wrap(q)
				blocks := queriesOf(text)
				for _, b := range blocks {
					checkPlaces(t, text, b.Query, b.places.span)
				}
				if len(blocks) == 1 && (trimLines(blocks[0].Query) == trimLines(q) || sameCode(blocks[0].Query, q)) {
					whole++
				} else {
					missed = append(missed, q)
				}
			}
			share := float64(whole) / float64(total)
			t.Logf("%d of %d found whole: %.2f%%", whole, total, 100*share)
			if share < form.least {
				for _, q := range missed[:min(3, len(missed))] {
					t.Logf("missed:\n%s", q)
				}
				t.Errorf("%.2f%% found whole, expected %.2f%%", 100*share, 100*form.least)
			}
			if dir := os.Getenv("MISSED"); dir != "" {
				_ = os.WriteFile(filepath.Join(dir, form.name), []byte(strings.Join(missed, "\n=====\n")), 0o600)
			}
		})
	}
}

// sameCode compares without comments and white space.
func sameCode(a, b string) bool {
	code := func(s string) string {
		var out []string
		for _, l := range splitLines(s) {
			out = append(out, strings.Fields(readCode(l.text).text)...)
		}
		return strings.Join(out, " ")
	}
	return code(a) == code(b)
}

// queriesOf gives the queries of a document.
func queriesOf(text string) []block {
	found, _ := extract(splitLines(text))
	return found
}
