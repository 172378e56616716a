package rulefile

import (
	"encoding/json"
	"fmt"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/tools/txtar"

	"github.com/goshawk-hunt/goshawk/internal/golden"
	"github.com/goshawk-hunt/goshawk/source"
)

// TestGolden reads each file of the archives in testdata, with and without
// repair, and compares rules and diagnostics with the files beside it.
func TestGolden(t *testing.T) {
	paths, err := filepath.Glob(filepath.Join("testdata", "*.txtar"))
	if err != nil || len(paths) == 0 {
		t.Fatalf("no archives in testdata: %v", err)
	}
	for _, path := range paths {
		t.Run(strings.TrimSuffix(filepath.Base(path), ".txtar"), func(t *testing.T) {
			a, err := txtar.ParseFile(path)
			if err != nil {
				t.Fatal(err)
			}
			fresh := &txtar.Archive{Comment: a.Comment}
			for _, f := range a.Files {
				if strings.HasSuffix(f.Name, ".rules") || strings.HasSuffix(f.Name, ".errors") {
					continue
				}
				fresh.Files = append(fresh.Files, f)
				fresh.Files = append(fresh.Files, outputs(t, f, Options{}, f.Name)...)
				if _, lost := findLost(splitLines(string(f.Data))); len(lost) > 0 {
					fresh.Files = append(fresh.Files, outputs(t, f, Options{Repair: true}, f.Name+" repaired")...)
				}
			}
			golden.Compare(t, path, string(txtar.Format(fresh)))
		})
	}
}

// outputs reads a file and returns what came of it as files.
func outputs(t *testing.T, f txtar.File, o Options, name string) []txtar.File {
	t.Helper()
	file := source.NewFile(f.Name, string(f.Data))
	rules, diags := Read(file, o)
	var b strings.Builder
	fmt.Fprintf(&b, "%s\n", Detect(file.Text))
	for _, r := range rules {
		if r.Query != "" && r.Format != Sigma { // whose query stands in no file
			checkPlaces(t, file.Text, r.Query, r.Span)
		}
		b.WriteString(show(t, file, r))
	}
	out := []txtar.File{{Name: name + ".rules", Data: []byte(b.String())}}
	for _, d := range diags {
		if !explained(d.Code) {
			t.Errorf("code %s is not in Codes", d.Code)
		}
	}
	if len(diags) > 0 {
		text := (&source.Diagnostics{File: file, List: diags}).Error()
		out = append(out, txtar.File{Name: name + ".errors", Data: []byte(text + "\n")})
	}
	return out
}

// show writes a rule as JSON without its empty fields, and its query with the
// place where each line stands.
func show(t *testing.T, file *source.File, r *Rule) string {
	t.Helper()
	data, err := json.Marshal(r)
	if err != nil {
		t.Fatal(err)
	}
	var fields map[string]any
	if err := json.Unmarshal(data, &fields); err != nil {
		t.Fatal(err)
	}
	for _, k := range []string{"Query", "QueryAt", "FilterAt"} {
		delete(fields, k)
	}
	for k, v := range fields {
		if s := fmt.Sprint(v); s == "" || s == "0" || s == "false" || s == "<nil>" || s == "map[Operator: Threshold:0]" {
			delete(fields, k)
		}
	}
	if r.Frequency > 0 {
		fields["Frequency"] = r.Frequency.String()
	}
	if r.Period > 0 {
		fields["Period"] = r.Period.String()
	}
	pretty, err := json.MarshalIndent(fields, "", "  ")
	if err != nil {
		t.Fatal(err)
	}
	var b strings.Builder
	fmt.Fprintf(&b, "%s\n", pretty)
	for _, l := range splitLines(r.Query) {
		at := file.Position(r.Span(source.Span{Start: l.start + l.indent(), End: l.end()}).Start)
		fmt.Fprintf(&b, "%3d:%-3d %s\n", at.Line, at.Column, l.text)
	}
	if r.FilterAt.IsValid() {
		at := file.Position(r.Span(r.FilterAt).Start)
		fmt.Fprintf(&b, "filter at %d:%d\n", at.Line, at.Column)
	}
	return b.String()
}
