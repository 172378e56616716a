package cli

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"strings"

	"golang.org/x/tools/txtar"

	"github.com/goshawk-hunt/goshawk/catalog"
)

// testFile is one test of a hunt: a txtar archive whose files are what it needs.
type testFile struct {
	path  string
	about string // what stands above the first file
	hunt  string // path of a file of hunts, from where the test lies
	which string // id or name of the one that is meant; "" if the file has one
	query string // instead of hunt
	now   string
	// evidence are paths from where the test lies; given are files of the test itself that
	// are read as evidence, beside those that belong into the case's folder.
	evidence      []string
	given, folder []txtar.File
	want          []map[string]any
	some          bool // more rows than those of want may come
}

// Names of a test's files. Every other one is evidence.
const (
	testHunt     = "hunt"
	testQuery    = "query"
	testNow      = "now"
	testEvidence = "evidence"
	testWant     = "want"
	testWantSome = "want some"
)

// testFolders are the folders of a case, and of externaldata, that a test may fill.
var testFolders = []string{"functions/", "watchlists/", "externaldata/"}

// readTest reads a test; nil if the archive says nothing of rows that are wanted.
func (s *settings) readTest(path string, cat *catalog.Catalog) (*testFile, error) {
	f, err := s.readText(path)
	if err != nil {
		return nil, err
	}
	a := txtar.Parse([]byte(f.Text))
	t := &testFile{path: path, about: strings.TrimSpace(string(a.Comment))}
	wanted, seen := false, map[string]bool{}
	for _, x := range a.Files {
		if seen[x.Name] || x.Name == testWantSome && seen[testWant] || x.Name == testWant && seen[testWantSome] {
			return nil, fmt.Errorf("-- %s -- stands twice", x.Name)
		}
		seen[x.Name] = true
		wanted = wanted || x.Name == testWant || x.Name == testWantSome
		if err := t.take(x, cat); err != nil {
			return nil, fmt.Errorf("-- %s --: %w", x.Name, err)
		}
	}
	switch {
	case !wanted:
		return nil, nil
	case t.hunt == "" && t.query == "":
		return nil, errors.New("nothing to run, expected -- hunt -- with a path, or -- query -- with KQL")
	case t.hunt != "" && t.query != "":
		return nil, errors.New("-- hunt -- and -- query -- at once, expected one of them")
	}
	return t, nil
}

// take adds one file of the archive to the test.
func (t *testFile) take(x txtar.File, cat *catalog.Catalog) error {
	lines := strings.FieldsFunc(string(x.Data), func(r rune) bool { return r == '\n' || r == '\r' })
	switch x.Name {
	case testHunt:
		if len(lines) == 0 || len(lines) > 2 {
			return errors.New("expected the path of a file of hunts, and below it the id or name of one where it has several")
		}
		t.hunt = strings.TrimSpace(lines[0])
		if len(lines) == 2 {
			t.which = strings.TrimSpace(lines[1])
		}
	case testQuery:
		t.query = string(x.Data)
	case testNow:
		t.now = strings.TrimSpace(string(x.Data))
	case testEvidence:
		for _, line := range lines {
			t.evidence = append(t.evidence, strings.TrimSpace(line))
		}
	case testWant, testWantSome:
		t.some = x.Name == testWantSome
		return t.takeWant(x.Data)
	default:
		if !filepath.IsLocal(x.Name) || strings.Contains(x.Name, `\`) {
			return errors.New("expected a name without a path that leads out of the test")
		}
		for _, folder := range testFolders {
			if strings.HasPrefix(x.Name, folder) {
				t.folder = append(t.folder, x)
				return nil
			}
		}
		if table, ok := strings.CutSuffix(x.Name, ".jsonl"); ok && cat.Table(table) != nil {
			x.Data = rowsOf(table, lines)
		}
		t.given = append(t.given, x)
	}
	return nil
}

// rowsOf writes the rows of a table so that each names it in Type, as the exports of a
// workspace do.
func rowsOf(table string, lines []string) []byte {
	var b bytes.Buffer
	for _, line := range lines {
		var row map[string]json.RawMessage
		members, ok := strings.CutPrefix(strings.TrimSpace(line), "{")
		if ok && json.Unmarshal([]byte(line), &row) == nil && row["Type"] == nil {
			line = `{"Type":"` + table + `"`
			if len(row) > 0 {
				line += ","
			}
			line += members
		}
		b.WriteString(line + "\n")
	}
	return b.Bytes()
}

// takeWant reads the rows that are wanted: objects of the columns that matter.
func (t *testFile) takeWant(data []byte) error {
	d := json.NewDecoder(bytes.NewReader(data))
	d.UseNumber()
	for {
		var row map[string]any
		err := d.Decode(&row)
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return fmt.Errorf("expected JSON objects of columns, one a row: %w", err)
		}
		t.want = append(t.want, row)
	}
}
