package cli

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/spf13/pflag"
	"golang.org/x/tools/txtar"

	"github.com/goshawk-hunt/goshawk/casedir"
	"github.com/goshawk-hunt/goshawk/catalog"
	"github.com/goshawk-hunt/goshawk/evidence/archive"
	"github.com/goshawk-hunt/goshawk/hunt/rulefile"
)

const formatJUnit = "junit"

func testCommand() command {
	return command{
		name: "test", args: "FILE|DIR..", summary: "run hunts over evidence of their own and compare the rows",
		help: `
Runs tests of hunts: each gives a hunt evidence and says which rows must come. A
test is a txtar file; folders are searched for *.txtar, - is standard input.

  The service's child is found, its update is not.
  -- hunt --
  ../rules/rare-child.yaml
  -- DeviceProcessEvents.jsonl --
  {"Timestamp": "2024-05-01T10:00:00Z", "DeviceName": "pc1", "FileName": "a.exe"}
  {"Timestamp": "2024-05-01T10:00:01Z", "DeviceName": "pc2", "FileName": "update.exe"}
  -- want --
  {"DeviceName": "pc1", "FileName": "a.exe"}

hunt        the path of a file of hunts, from where the test lies; below it the id or
            name of one, where the file has several
query       KQL, instead of hunt
want        the rows, one JSON object each, in any order: the columns that are named
            must be equal, and no other row may come; empty: no row
want some   the same, and other rows may come
TABLE.jsonl rows of a table of Defender or Sentinel
evidence    paths of evidence (EVTX, exports, archives ..), from where the test lies
now         what now() and ago() mean (default: the last event of the evidence)
functions/NAME.kql, watchlists/NAME.csv, externaldata/HOST/PATH
            what the query reads besides
any other   a file of evidence as it is, such as log.xml or tasks.json

Evidence goes the way of real evidence; what of it can't be read, or has a column
that its table lacks, fails the test.

  goshawk test rules/
  goshawk test --format junit rules/ > tests.xml

exit codes: 0 all rows came as wanted, 1 they did not, or a test can't be run`,
		flags: func(fs *pflag.FlagSet, s *settings) {
			fs.StringVar(&s.format, "format", formatTable, "table, json or junit")
			functionsFlag(fs, s)
			repairFlag(fs, s)
			memoryFlag(fs, s)
		},
		run: runTest,
	}
}

// testResult is what came of one test.
type testResult struct {
	File       string           `json:"file"`
	About      string           `json:"about,omitempty"`
	OK         bool             `json:"ok"`
	Rows       int              `json:"rows"`
	Error      string           `json:"error,omitempty"`
	Missing    []map[string]any `json:"missing,omitempty"`
	Unexpected []string         `json:"unexpected,omitempty"` // rows as lines of a test
	Seconds    float64          `json:"seconds"`
}

func runTest(ctx context.Context, s *settings, args []string) (int, error) {
	if len(args) == 0 {
		return 0, &usageError{"test needs a FILE or a folder", "goshawk test rules/"}
	}
	if s.format != formatTable && s.format != formatJSON && s.format != formatJUnit {
		return 0, &usageError{fmt.Sprintf("unknown --format %q", s.format), "test prints table, json or junit"}
	}
	files, err := filesBelow(args, ".txtar")
	if err != nil {
		return 0, err
	}
	began := time.Now()
	cat, results, failed := catalog.Default(), []testResult{}, 0
	for _, path := range files {
		t, err := s.readTest(path, cat)
		if err == nil && t == nil {
			if !slices.Contains(args, path) {
				continue // an archive of something else
			}
			err = errors.New("no test, expected -- want -- with the rows that must come")
		}
		r := testResult{File: path}
		if err == nil {
			r = s.runOne(ctx, t)
		} else {
			r.Error = err.Error()
		}
		if ctx.Err() != nil {
			return 0, ctx.Err()
		}
		if !r.OK {
			failed++
		}
		results = append(results, r)
		if s.format == formatTable {
			s.printTest(&r)
		}
	}
	if err := s.writeTests(results, failed, time.Since(began)); err != nil {
		return 0, err
	}
	fmt.Fprintf(s.err, "%d %s, %d failed in %s\n", len(results), plural(len(results), "test", "tests"), failed, time.Since(began).Round(time.Millisecond))
	if len(results) == 0 {
		return 0, &usageError{"no test is in " + strings.Join(args, ", "), "goshawk test --help shows one"}
	}
	if failed > 0 {
		return ExitError, nil
	}
	return ExitOK, nil
}

// runOne runs one test in a case of its own.
func (s *settings) runOne(ctx context.Context, t *testFile) (r testResult) {
	began := time.Now()
	r = testResult{File: t.path, About: t.about}
	defer func() { r.Seconds = seconds(time.Since(began)) }()
	rows, err := s.testAnswer(ctx, t)
	if err == nil {
		var left []int
		r.Rows = len(rows.Rows)
		if r.Missing, left, err = rows.compare(t.want); err == nil && !t.some {
			asked := map[string]bool{}
			for _, w := range t.want {
				for name := range w {
					asked[name] = true
				}
			}
			for _, k := range left {
				r.Unexpected = append(r.Unexpected, rows.text(rows.Rows[k], asked))
			}
		}
	}
	if err != nil {
		r.Error = err.Error()
	}
	r.OK = err == nil && len(r.Missing)+len(r.Unexpected) == 0
	return r
}

// testAnswer reads a test's evidence into a case and runs its query there.
func (s *settings) testAnswer(ctx context.Context, t *testFile) (*testRows, error) {
	dir, err := os.MkdirTemp("", "goshawk-test-")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(dir)
	paths, err := t.unpack(dir)
	if err != nil {
		return nil, err
	}
	casev := filepath.Join(dir, "case")
	folders := s.outside.functions
	if own := casedir.FunctionsOf(casev); own != "" {
		folders = append([]string{own}, folders...)
	}
	query, err := s.testQuery(t, folders)
	if err != nil {
		return nil, err
	}
	o := casedir.Options{Memory: s.memory, Functions: s.outside.functions}
	o.External.Mirror = filepath.Join(casev, "externaldata")
	c, err := casedir.Open(ctx, casev, true, o)
	if err != nil {
		return nil, err
	}
	defer c.Close()
	if len(paths) > 0 {
		account, err := c.Ingest(ctx, paths, casedir.IngestOptions{Readers: readers(false), Now: ticksOf(time.Now())})
		if err == nil {
			err = wholeEvidence(account, dir)
		}
		if err != nil {
			return nil, err
		}
	}
	clock, err := clockFlags{now: t.now}.resolve(ctx, c)
	if err != nil {
		return nil, err
	}
	var b bytes.Buffer
	if err := answerJSON(ctx, c, &b, "", t.path+", query", query, clock); err != nil {
		return nil, err
	}
	return decodeRows(b.Bytes())
}

// unpack writes the files of a test below dir and returns the paths of its evidence.
func (t *testFile) unpack(dir string) ([]string, error) {
	if err := os.Mkdir(filepath.Join(dir, "case"), 0o700); err != nil {
		return nil, err
	}
	paths := []string{}
	for folder, files := range map[string][]txtar.File{"case": t.folder, "evidence": t.given} {
		for _, f := range files {
			path := filepath.Join(dir, folder, filepath.FromSlash(f.Name))
			if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
				return nil, err
			}
			if err := os.WriteFile(path, f.Data, 0o600); err != nil {
				return nil, err
			}
		}
	}
	if len(t.given) > 0 {
		paths = append(paths, filepath.Join(dir, "evidence"))
	}
	for _, p := range t.evidence {
		if !filepath.IsAbs(p) {
			p = filepath.Join(filepath.Dir(t.path), p)
		}
		paths = append(paths, p)
	}
	return paths, nil
}

// testQuery is the query of a test, which compiles.
func (s *settings) testQuery(t *testFile, functions []string) (string, error) {
	if t.query != "" {
		return t.query, nil
	}
	path := t.hunt
	if !filepath.IsAbs(path) {
		path = filepath.Join(filepath.Dir(t.path), path)
	}
	rules, d, err := s.readRules(path)
	if err != nil {
		return "", err
	}
	if err := d.Err(); err != nil {
		return "", err
	}
	if t.which != "" {
		rules = slices.DeleteFunc(rules, func(r *rulefile.Rule) bool { return r.ID != t.which && r.Name != t.which })
	}
	switch {
	case len(rules) == 0:
		return "", fmt.Errorf("%s: no hunt with the id or name %q", path, t.which)
	case len(rules) > 1:
		return "", fmt.Errorf("%s has %d hunts; name one by its id or name in the second line of -- hunt --", path, len(rules))
	}
	compiler, err := casedir.NewCompiler(casedir.MissingAny, functions...)
	if err != nil {
		return "", err
	}
	_, err = compileRule(compiler, d.File, rules[0])
	return rules[0].Query, err
}

// wholeEvidence is the error of evidence of which something did not get into the case:
// a test over less than it gives would prove nothing.
func wholeEvidence(a *casedir.Account, dir string) error {
	for i := range a.Files {
		f := &a.Files[i]
		path := strings.TrimPrefix(f.Path, filepath.Join(dir, "evidence")+string(filepath.Separator))
		for reason := range f.SetAside {
			return fmt.Errorf("evidence %s: a record was set aside: %s", path, reason)
		}
		for column := range f.Unknown {
			if strings.HasSuffix(column, ".Type") {
				continue // rowsOf put it there
			}
			return fmt.Errorf("evidence %s: there is no column %s", path, column)
		}
		if f.Outcome != archive.Read.String() && f.Outcome != "note" && f.Outcome != "known" {
			return fmt.Errorf("evidence %s: %s: %s", path, f.Outcome, f.Reason)
		}
	}
	if a.Copies > 0 {
		return fmt.Errorf("%d %s of the evidence %s twice and kept once; give each its own time or number", a.Copies,
			plural(int(a.Copies), "record", "records"), plural(int(a.Copies), "stands", "stand"))
	}
	return nil
}
