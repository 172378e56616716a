package taskxml

import (
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/goshawk-hunt/goshawk/evidence"
	"github.com/goshawk-hunt/goshawk/evidence/evidencetest"
	"github.com/goshawk-hunt/goshawk/evidence/text"
	"github.com/goshawk-hunt/goshawk/internal/golden"
)

func TestRead(t *testing.T) { evidencetest.Golden(t, Reader{}, "testdata/*.txtar") }

func TestDetect(t *testing.T) {
	for in, want := range map[string]bool{
		`<Task xmlns="http://schemas.microsoft.com/windows/2004/02/mit/task">`: true,
		"<?xml version='1.0' encoding='UTF-16'?>\r\n<!DOCTYPE Task>\n<Task>":   true,
		"<Task/>": true,
		`<?xml version="1.0"?><ScheduledTasks clsid="{C}"><TaskV2/>`: true,
		"<ScheduledTasksReport/>":                                    false,
		`<Task xmlns="http://other">`:                                false,
		"<Tasks>":                                                    false,
		"<Project><Task/></Project>":                                 false,
		"<?xml version='1.0'":                                        false,
		"Task":                                                       false,
		"":                                                           false,
		"{\"Task\":1}":                                               false,
	} {
		if got := (Reader{}).Detect([]byte(in)); got != want {
			t.Errorf("Detect(%q) = %v", in, got)
		}
		if got := (Reader{}).Detect(evidencetest.UTF16(in)); got != want {
			t.Errorf("Detect(%q) in UTF-16 = %v", in, got)
		}
	}
}

func TestTaskName(t *testing.T) {
	for in, want := range map[string]string{
		"C/Windows/System32/Tasks/Microsoft/Windows/Foo":                 `\Microsoft\Windows\Foo`,
		`D:\case\C\WINDOWS\system32\TASKS\Nightly job`:                   `\Nightly job`,
		"kape.zip!C/Windows/System32/Tasks/A":                            `\A`,
		"c.zip!uploads/auto/C%3A/Windows/System32/Tasks/A%20b":           `\A b`,
		"c.zip!uploads/ntfs/%5C%5C.%5CC%3A/Windows/System32/Tasks/X%2Fy": `\X\y`,
		"c/Windows/System32/Tasks/100%25":                                `\100%25`,
		"Windows/System32/Tasks/System32/Tasks/x":                        `\x`,
		"exports/Tasks/A":            "",
		"mySystem32/Tasks/A":         "",
		"Windows/System32/Tasks/":    "",
		"C/Windows/SysWOW64/Tasks/A": `\A`,
	} {
		if got := text.TaskName(in); got != want {
			t.Errorf("TaskName(%q) = %q, want %q", in, got, want)
		}
	}
}

func TestPathNames(t *testing.T) {
	got := evidencetest.Print(t, Reader{}, "C/Windows/System32/Tasks/Real", []byte("<Task><URI>\\Claimed</URI></Task>"))
	if !strings.HasPrefix(got, `taskxml @0 task="\\Real"`) {
		t.Error(got)
	}
}

func TestTooBig(t *testing.T) {
	doc := "<Task>" + strings.Repeat(" ", MaxSize) + "</Task>"
	got := evidencetest.Print(t, Reader{}, "x", []byte(doc))
	if !strings.HasPrefix(got, "damage @16777216+13: task definition of 16777229 bytes") {
		t.Error(got[:200])
	}
}

// each calls do for every real task definition.
func each(t *testing.T, do func(path string, content []byte)) {
	dir := filepath.Join(golden.Shared(t), "evidence", "tasks_xml")
	err := filepath.WalkDir(dir, func(p string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		b, err := os.ReadFile(p)
		if err == nil {
			do(p, b)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

type find struct {
	tasks, damages int
	name           string
}

func (f *find) Record(r *evidence.Record) error { f.tasks++; f.name = r.Task.Name; return nil }
func (f *find) Damage(evidence.Damage)          { f.damages++ }
func (f *find) Progress(int64)                  {}

func TestReal(t *testing.T) {
	files, unnamed := 0, 0
	each(t, func(p string, b []byte) {
		if strings.HasSuffix(p, ".job") {
			return
		}
		files++
		if !(Reader{}).Detect(b) {
			t.Errorf("%s: not detected", p)
		}
		var f find
		if err := (Reader{}).Read(t.Context(), evidencetest.Input(p, b), &f); err != nil || f.tasks != 1 || f.damages != 0 {
			t.Errorf("%s: %+v, %v", p, f, err)
		}
		if f.name == "" {
			unnamed++
			t.Logf("%s has no name", p)
		}
		// Half of it is still a task, with a damage.
		f = find{}
		if err := (Reader{}).Read(t.Context(), evidencetest.Input(p, b[:len(b)/4*2]), &f); err != nil || f.tasks != 1 || f.damages != 1 {
			t.Errorf("%s, cut: %+v, %v", p, f, err)
		}
	})
	t.Logf("%d definitions, %d without a name", files, unnamed)
}

func FuzzRead(f *testing.F) {
	for _, c := range evidencetest.Contents(f, "testdata/*.txtar") {
		f.Add(c)
		f.Add(evidencetest.UTF16(string(c)))
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		Reader{}.Detect(b)
		evidencetest.Check(t, Reader{}, b)
	})
}
