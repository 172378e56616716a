// Package docs writes the reference pages of the language: what is supported, from the
// table of functions, and what each diagnostic means. A test keeps them up to date and
// runs every example.
package docs

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/goshawk-hunt/goshawk/casedir"
	"github.com/goshawk-hunt/goshawk/hunt/exclusion"
	"github.com/goshawk-hunt/goshawk/hunt/rulefile"
	"github.com/goshawk-hunt/goshawk/kql/bind"
	"github.com/goshawk-hunt/goshawk/kql/builtin"
	"github.com/goshawk-hunt/goshawk/kql/sqlgen"
	"github.com/goshawk-hunt/goshawk/kql/syntax"
	"github.com/goshawk-hunt/goshawk/source"
)

// stage is a catalogue of codes.
type stage struct {
	title, intro, language string
	codes                  []source.Code
	// said are the diagnostics of an example of a code.
	said func(ctx context.Context, code, text string) *source.Diagnostics
}

// stages lists the catalogues of all codes.
func (s *speaker) stages() []stage {
	return []stage{
		{"Reading a query", "The text is not KQL as it stands.", "kql", syntax.Codes[:], s.parsed},
		{"Names and types", "The text is KQL, but a name or type does not fit.", "kql", bind.Codes[:], s.compiled},
		{"What the engine can't do", "The query has a meaning, but Goshawk can't run it.", "kql", sqlgen.Codes[:], s.compiled},
		{"Running", "The query compiles, but running it fails.", "kql", casedir.Codes[:], s.ran},
		{"Rule files", "Hunts in YAML, markdown and plain files.", "yaml", rulefile.Codes[:], s.checked},
		{"Exclusions", "Files of exclusions.", "yaml", exclusion.Codes[:], s.excluded},
	}
}

// Errors writes docs/errors.md: of each code what it means, a text that gets it, what
// the program then prints, and the text put right.
func Errors(ctx context.Context) (string, error) {
	s, err := newSpeaker(ctx)
	if err != nil {
		return "", err
	}
	defer s.close()
	var b strings.Builder
	b.WriteString("# Diagnostics\n\nEvery diagnostic has a code that keeps its meaning. This page is generated from the program's own catalogues;\n" +
		"what it prints for the examples is what the program prints.\n")
	for _, stage := range s.stages() {
		fmt.Fprintf(&b, "\n## %s\n\n%s\n", stage.title, stage.intro)
		for _, c := range stage.codes {
			fmt.Fprintf(&b, "\n### %s: %s\n\n%s\n", c.Code, c.Title, c.Explanation)
			if c.Example == "" {
				fmt.Fprintf(&b, "\nNo example: %s\n", c.NoExample)
				continue
			}
			shown := c.Shown
			if shown == "" {
				shown = strings.ToValidUTF8(c.Example, "\ufffd")
			}
			said := message(stage.said(ctx, c.Code, c.Example), c)
			b.WriteString("\n" + fenced(stage.language, shown) + "\n" + fenced("text", said))
			if c.Mended != "" {
				b.WriteString("\nMended:\n\n" + fenced(stage.language, c.Mended))
			}
		}
	}
	return b.String(), nil
}

// fenced writes a block of text whose fence it does not contain.
func fenced(language, text string) string {
	fence := "```"
	for strings.Contains(text, fence) {
		fence += "`"
	}
	return fence + language + "\n" + strings.TrimSuffix(text, "\n") + "\n" + fence + "\n"
}

// code writes text in a table cell.
func code(text string) string {
	text = strings.ReplaceAll(strings.ReplaceAll(text, "\n", " "), "|", "\\|")
	if strings.Contains(text, "`") {
		return "`` " + text + " ``"
	}
	return "`" + text + "`"
}

const languageIntro = `# The language

Goshawk runs KQL as Defender XDR and Sentinel write it. This page is generated from the table of functions that the
program itself uses; every example on it is run by a test. What is not listed here is refused with a diagnostic
(docs/errors.md), never answered by a guess.

## Where answers differ from Kusto's

- What Kusto leaves open (the order of rows without sort, which row innerunique or take_any takes, ties) may come out
  otherwise. Sets of values from stored tables come out sorted.
- dcount, count_distinct, top-hitters and percentiles are exact where Kusto estimates.
- datetime covers the years 1 to 9999 in steps of 100 ns, as in Kusto; now() is the time of the last event of the
  evidence unless --now says otherwise.
- ingestion_time() is when the product would have stored the event, as far as the evidence tells.
- Regular expressions are RE2's, as in Kusto; look-around and back references are refused.
- has and its kin compare terms of letters and digits as Kusto's index does, also on text that has no index.
- parse_json also takes a comma after the last element. A time or a guid inside a dynamic value is its text, and
  gettype calls it a string. toupper makes a capital ẞ of ß.
- autocluster, diffpatterns, diffpatterns_text and reduce choose a few of many patterns, by a method that Microsoft
  names and does not publish in full: each warns (KQL0169) that Kusto may choose others. What is told of a pattern is
  exact. Candidates are the patterns that basket would give. autocluster scores them by rows^SizeWeight times
  (columns^2)^(1-SizeWeight), as shares and without values that 90% of the rows have, and takes the best that shares less than half of its values with one taken
  before and has rows of its own. diffpatterns takes the greatest difference that is neither a part of one taken before
  nor has it as a part. basket is exact: all patterns with the share, and no other.
- funnel_sequence and funnel_sequence_completion warn too (KQL0169). funnel_sequence counts an id that stays in a state
  once, lets no other state lie within the sequence, and takes the states right before and after it in the same window
  of time; funnel_sequence_completion lets other states lie between, and a step is later than the one before.
- Not here, because nothing public says what they compute: hash_combine, hash_many, series_periods_detect,
  series_periods_validate and the tukey kind of series_outliers. Nor what only a cluster has: current_database,
  cursor functions, extents.
- externaldata and the network are off by default.
- Management commands (.show and the like) are not the language and refused.
`

// Language writes docs/language.md.
func Language() string {
	var b strings.Builder
	b.WriteString(languageIntro)
	b.WriteString("\n## Tabular operators\n\n| operator | what it does | example | differs |\n| --- | --- | --- | --- |\n")
	for _, o := range operators {
		if o.differs == "refused" {
			continue
		}
		example := ""
		if o.example != "" {
			example = code(o.example)
		}
		fmt.Fprintf(&b, "| %s | %s | %s | %s |\n", code(o.name), o.doc, example, o.differs)
	}
	for _, k := range []struct {
		kind  builtin.Kind
		title string
	}{
		{builtin.Infix, "Operators of expressions"}, {builtin.Scalar, "Functions"}, {builtin.Aggregate, "Aggregates"},
		{builtin.Window, "Window functions"}, {builtin.Plugin, "Plugins"},
	} {
		fmt.Fprintf(&b, "\n## %s\n\n| name | what it does | example |\n| --- | --- | --- |\n", k.title)
		for _, f := range functions(k.kind) {
			if f.Unsupported == "" {
				fmt.Fprintf(&b, "| %s | %s | %s |\n", names(f), describe(f), code(f.Example))
			}
		}
	}
	refused(&b)
	return b.String()
}

// functions lists the rows of a kind by name.
func functions(kind builtin.Kind) []*builtin.Function {
	var list []*builtin.Function
	for f := range builtin.All() {
		if f.Kind == kind {
			list = append(list, f)
		}
	}
	slices.SortFunc(list, func(a, b *builtin.Function) int { return strings.Compare(a.Name, b.Name) })
	return list
}

func names(f *builtin.Function) string {
	s := code(f.Name)
	if len(f.Aliases) > 0 {
		s += " (also " + strings.Join(f.Aliases, ", ") + ")"
	}
	return s
}

func describe(f *builtin.Function) string {
	s := strings.ReplaceAll(f.Doc, "|", "\\|")
	if f.Deprecated != "" {
		s += " Old: use " + code(f.Deprecated) + "."
	}
	if f.Data != "" {
		s += " Answers from " + f.Data + "; null without it."
	}
	return s
}

// refused lists what is known and not supported.
func refused(b *strings.Builder) {
	b.WriteString("\n## What is refused\n\nEach gives a diagnostic that says so.\n\n| name | why |\n| --- | --- |\n")
	for _, o := range operators {
		if o.differs == "refused" {
			fmt.Fprintf(b, "| %s | %s |\n", code(o.name), o.doc)
		}
	}
	for _, kind := range []builtin.Kind{builtin.Infix, builtin.Scalar, builtin.Aggregate, builtin.Window, builtin.Plugin} {
		for _, f := range functions(kind) {
			if f.Unsupported != "" {
				fmt.Fprintf(b, "| %s | %s |\n", code(f.Name), f.Unsupported)
			}
		}
	}
}
