// Package evidencetest checks readers of evidence: it prints what they find, runs
// their golden files and holds them to the contract of package evidence.
package evidencetest

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"strings"
	"testing"
	"unicode/utf8"

	"golang.org/x/tools/txtar"

	"github.com/goshawk-hunt/goshawk/evidence"
	"github.com/goshawk-hunt/goshawk/internal/golden"
)

// Input is content as the input of a reader.
func Input(path string, content []byte) evidence.Input {
	return evidence.Input{Path: path, ReaderAt: bytes.NewReader(content), Size: int64(len(content))}
}

// Print reads content and prints records and damages, one line each in the order
// of their arrival.
func Print(t testing.TB, r evidence.Reader, path string, content []byte) string {
	t.Helper()
	var p printer
	if err := r.Read(t.Context(), Input(path, content), &p); err != nil {
		t.Fatalf("%s: %v", path, err)
	}
	return p.String()
}

type printer struct{ strings.Builder }

func (p *printer) Progress(int64) {}

func (p *printer) Damage(d evidence.Damage) {
	if d.Foreign > 0 {
		fmt.Fprintf(p, "foreign %d @%d: %s\n", d.Foreign, d.Offset, d.Reason)
		return
	}
	if d.Note {
		fmt.Fprintf(p, "note @%d: %s\n", d.Offset, d.Reason)
		return
	}
	fmt.Fprintf(p, "damage @%d+%d: %s\n", d.Offset, d.Length, d.Reason)
}

func (p *printer) Record(r *evidence.Record) error {
	fmt.Fprintf(p, "%s @%d", r.Shape, r.Offset)
	switch r.Kind {
	case evidence.KindEvent:
		e := r.Event
		p.text("provider", e.Provider)
		p.text("guid", e.ProviderGUID)
		p.text("channel", e.Channel)
		p.text("computer", e.Computer)
		fmt.Fprintf(p, " event=%d v%d level=%d opcode=%d task=%d keywords=%#x record=%d time=%s pid=%d tid=%d",
			e.EventID, e.Version, e.Level, e.Opcode, e.Task, e.Keywords, e.RecordID, evidence.FormatTime(e.Time), e.ProcessID, e.ThreadID)
		p.text("user", e.UserID)
		p.text("activity", e.ActivityID)
		p.text("message", e.Message)
		if e.UserData {
			fmt.Fprintf(p, " userdata=%q", e.DataName)
		}
		if e.Recovered {
			p.WriteString(" recovered")
		}
		p.WriteByte('\n')
		p.fields(e.Data)
	case evidence.KindRow:
		fmt.Fprintf(p, " table=%q\n", r.Row.Table)
		p.fields(r.Row.Fields)
	case evidence.KindTask:
		fmt.Fprintf(p, " task=%q modified=%d", r.Task.Name, r.Task.Modified)
		if l := r.Task.Listing; l != nil {
			fmt.Fprintf(p, " listing=%+v", *l)
		}
		fmt.Fprintf(p, "\n\t%q\n", r.Task.XML)
	}
	return nil
}

func (p *printer) text(name, s string) {
	if s != "" {
		fmt.Fprintf(p, " %s=%q", name, s)
	}
}

func (p *printer) fields(fields []evidence.Field) {
	for _, f := range fields {
		fmt.Fprintf(p, "\t%s %s %q\n", f.Name, kindName(f.Value.Kind), f.Value.Text())
	}
}

// kindName is the name of a kind of value.
func kindName(k evidence.ValueKind) string {
	names := [...]string{"null", "string", "int", "uint", "hex", "real", "bool", "time", "guid", "sid", "binary", "json"}
	if int(k) < len(names) {
		return names[k]
	}
	return fmt.Sprint(uint8(k))
}

// Golden runs every txtar file that the pattern matches: its first section is the
// content, the section "want" what Print gives for it. A section whose name ends
// in ".utf16" is given to the reader as UTF-16LE with a byte order mark.
// UPDATE_GOLDEN=1 writes want anew.
func Golden(t *testing.T, r evidence.Reader, pattern string) {
	t.Helper()
	files, err := filepath.Glob(pattern)
	if err != nil || len(files) == 0 {
		t.Fatalf("no golden files %s: %v", pattern, err)
	}
	for _, name := range files {
		t.Run(strings.TrimSuffix(filepath.Base(name), ".txtar"), func(t *testing.T) {
			a, err := txtar.ParseFile(name)
			if err != nil {
				t.Fatal(err)
			}
			in := a.Files[0]
			content := in.Data
			if strings.HasSuffix(in.Name, ".utf16") {
				content = UTF16(string(content))
			}
			if !r.Detect(content[:min(len(content), evidence.HeadSize)]) {
				t.Errorf("%s does not detect %s", r.Format(), in.Name)
			}
			got := Print(t, r, in.Name, content)
			a.Files = []txtar.File{in, {Name: "want", Data: []byte(got)}}
			golden.Compare(t, name, string(txtar.Format(a)))
		})
	}
}

// UTF16 is s in UTF-16LE with a byte order mark.
func UTF16(s string) []byte {
	out := []byte{0xFF, 0xFE}
	for _, r := range s {
		if r > 0xFFFF {
			r -= 0x10000
			hi, lo := 0xD800+r>>10, 0xDC00+r&0x3FF
			out = append(out, byte(hi), byte(hi>>8), byte(lo), byte(lo>>8))
			continue
		}
		out = append(out, byte(r), byte(r>>8))
	}
	return out
}

// Contents gives the content of the txtar files of a pattern, for fuzzing.
func Contents(t testing.TB, pattern string) [][]byte {
	t.Helper()
	files, _ := filepath.Glob(pattern)
	var out [][]byte
	for _, name := range files {
		a, err := txtar.ParseFile(name)
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, a.Files[0].Data)
	}
	return out
}

// Check reads content and fails when the reader breaks the contract: text that is
// no UTF-8, records without a kind or shape, damages without a reason or outside
// the file, two answers for the same content, an error that nobody asked for, or
// a sink's error that is lost.
func Check(t testing.TB, r evidence.Reader, content []byte) {
	t.Helper()
	c := checker{t: t, size: int64(len(content))}
	if err := r.Read(t.Context(), Input("fuzz", content), &c); err != nil {
		t.Fatalf("error without a cause: %v", err)
	}
	if a, b := Print(t, r, "fuzz", content), Print(t, r, "fuzz", content); a != b {
		t.Fatalf("two answers:\n%s\n%s", a, b)
	}
	if c.records > 0 {
		if err := r.Read(t.Context(), Input("fuzz", content), &stopper{}); !errors.Is(err, errStop) {
			t.Fatalf("the sink's error is lost: %v", err)
		}
	}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if err := r.Read(ctx, Input("fuzz", content), &printer{}); err != nil && !errors.Is(err, context.Canceled) {
		t.Fatalf("cancelled: %v", err)
	}
}

type checker struct {
	t       testing.TB
	size    int64
	records int
}

func (c *checker) Progress(done int64) {
	if done < 0 || done > c.size {
		c.t.Fatalf("progress of %d in %d bytes", done, c.size)
	}
}

func (c *checker) Damage(d evidence.Damage) {
	if d.Reason == "" || d.Path == "" || d.Offset < 0 || d.Length < 0 || d.Note && d.Length > 0 || !utf8.ValidString(d.Reason) {
		c.t.Fatalf("%+v", d)
	}
}

func (c *checker) Record(r *evidence.Record) error {
	c.records++
	if r.Kind == 0 || r.Shape == "" || r.Path == "" || r.Offset < 0 {
		c.t.Fatalf("%+v", r)
	}
	for _, s := range []string{r.Event.Provider, r.Event.Channel, r.Event.Computer, r.Event.Message, r.Event.UserID, r.Event.DataName, r.Row.Table, r.Task.Name, r.Task.XML} {
		c.valid(s)
	}
	for _, list := range [][]evidence.Field{r.Event.Data, r.Row.Fields} {
		for _, f := range list {
			c.valid(f.Name)
			if f.Value.Kind != evidence.Binary {
				c.valid(f.Value.Str)
			}
			if f.Value.Kind > evidence.JSON {
				c.t.Fatalf("kind %d", f.Value.Kind)
			}
		}
	}
	return nil
}

func (c *checker) valid(s string) {
	if !utf8.ValidString(s) {
		c.t.Fatalf("no UTF-8: %q", s)
	}
}

var errStop = errors.New("stop")

type stopper struct{ printer }

func (*stopper) Record(*evidence.Record) error { return errStop }
