package baseline

import (
	"bytes"
	"fmt"
	"math"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"github.com/goshawk-hunt/goshawk/finding"
)

func at(day int) finding.Time {
	return finding.Time{Time: time.Date(2026, 1, day, 12, 0, 0, 123456700, time.UTC)}
}

func names(prefix string, n int) []string {
	list := make([]string, n)
	for i := range list {
		list[i] = fmt.Sprintf("%s-%04d.corp.example", prefix, i)
	}
	return list
}

func written(t *testing.T, b *Baseline) string {
	t.Helper()
	var out bytes.Buffer
	if err := b.Write(&out); err != nil {
		t.Fatal(err)
	}
	return out.String()
}

// Baselines merge in any order and grouping, and a file that was read writes the same.
func TestMerge(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 2))
	var parts []*Baseline
	for i := range 6 {
		b := &Baseline{}
		for range 40 {
			task := fmt.Sprintf(`\task %d`, rng.IntN(12))
			first := 1 + rng.IntN(20)
			b.Add(Entry{Kind: Task, TaskKey: task, First: at(first), Last: at(first + rng.IntN(5)), Devices: SketchOf(names(fmt.Sprint("ws", rng.IntN(4)), rng.IntN(200)))})
			b.Add(Entry{Kind: Definition, TaskKey: task, DefinitionKey: fmt.Sprint(rng.IntN(3)), Arguments: fmt.Sprint("/", i), Devices: SketchOf(names("a", 2))})
		}
		parts = append(parts, b)
	}
	forwards, backwards := &Baseline{}, &Baseline{}
	for i := range parts {
		forwards.Merge(parts[i])
		backwards.Merge(parts[len(parts)-1-i])
	}
	pairs := &Baseline{}
	for i := 0; i < len(parts); i += 2 {
		two := &Baseline{}
		two.Merge(parts[i+1])
		two.Merge(parts[i])
		two.Merge(two)
		pairs.Merge(two)
	}
	want := written(t, forwards)
	if written(t, backwards) != want || written(t, pairs) != want {
		t.Error("the order of merging matters")
	}
	again, err := Read(strings.NewReader(want))
	if err != nil {
		t.Fatal(err)
	}
	if written(t, again) != want {
		t.Error("what is read is not what was written")
	}
	if strings.Contains(want, "corp.example") {
		t.Error("the file names devices")
	}
}

func TestSketch(t *testing.T) {
	for _, n := range []int{0, 1, 3, 255, 256, 1000, 20000} {
		list := names("ws", n)
		got := SketchOf(list).Count()
		// the error of k minimum values is about 1/sqrt(k-2): four times that is a defect
		if off := math.Abs(float64(got-int64(n))) / math.Max(1, float64(n)); n < most && off != 0 || off > 4/math.Sqrt(most-2) {
			t.Errorf("%d names are counted as %d", n, got)
		}
		if half := SketchOf(list[:n/2]).merge(SketchOf(list[n/3:])); half.Count() != got {
			t.Errorf("%d names in two overlapping halves are counted as %d, in one as %d", n, half.Count(), got)
		}
	}
	if SketchOf([]string{"A ", "a", ""}).Count() != 1 {
		t.Error("case and blanks make no other device")
	}
}

func TestDiff(t *testing.T) {
	add := func(entries ...Entry) *Baseline {
		b := &Baseline{}
		for _, e := range entries {
			b.Add(e)
		}
		return b
	}
	task := func(name string) Entry { return Entry{Kind: Task, TaskKey: name, First: at(1)} }
	runs := func(name, command string, day int) Entry {
		return Entry{Kind: Definition, TaskKey: name, DefinitionKey: command, Command: command, First: at(day)}
	}
	old := add(task(`\a`), runs(`\a`, "x", 1), task(`\c`), Entry{Kind: Signer, Signer: "S"}, Entry{Kind: Command, Command: "x"})
	now := add(task(`\a`), runs(`\a`, "x", 1), runs(`\a`, "y", 5), task(`\b`), runs(`\b`, "z", 3), task(`\c`), runs(`\c`, "q", 2), task(`\d`),
		Entry{Kind: Signer, Signer: "T", First: at(9)}, Entry{Kind: Command, Command: "y", First: at(8)})
	var got []string
	for _, d := range Diff(old, now) {
		got = append(got, fmt.Sprintf("%s %s%s%s %d", d.News, d.Entry.TaskKey, d.Entry.Command, d.Entry.Signer, len(d.Known)))
	}
	want := `new task \d 0, new task \bz 0, changed task \ay 1, new program y 0, new signer T 0`
	if strings.Join(got, ", ") != want {
		t.Errorf("got  %s\nwant %s", strings.Join(got, ", "), want)
	}
	if len(Diff(now, add(task(`\a`), runs(`\a`, "y", 7)))) != 0 || len(Diff(now, now)) != 0 {
		t.Error("nothing is new in a part of itself")
	}
}

func TestRead(t *testing.T) {
	const head = "{\"goshawkBaseline\":1}\n"
	for text, want := range map[string]string{
		"":                           "the file is empty",
		"{}":                         "the first line should be",
		strings.Repeat("x", 2<<20):   "the first line has more",
		"{\"goshawkBaseline\":9}":    "version 9",
		head + "{":                   "line 2",
		head + "{\"kind\":\"x\"}":    "unknown kind",
		head + "[]":                  "expected an object, found \"[]\"",
		head + "null":                "expected an object",
		head + "<<<<<<< HEAD":        "expected an object, found \"<<<<<<< HEAD\"",
		head + "{\"kind\":\"task\"}": "kind \"task\" without \"task\"",
		head + "{\"kind\":\"definition\",\"task\":\"a\"}":                                                                "without \"definition\"",
		head + "{\"kind\":\"command\",\"task\":\"a\"}":                                                                   "without \"command\"",
		head + "{\"kind\":\"signer\",\"task\":\"a\"}":                                                                    "without \"signer\"",
		head + "{\"kind\":\"task\",\"task\":\"a\",\"devices\":\"zz\"}":                                                   "digits",
		head + "{\"kind\":\"task\",\"task\":\"a\",\"devices\":\"zzzzzzzzzzzzzzzz\"}":                                     "devices",
		head + "{\"kind\":\"task\",\"task\":\"a\",\"first\":\"yesterday\"}":                                              "\"yesterday\" is no time",
		head + "{\"kind\":\"task\",\"task\":\"a\",\"first\":\"2024-01-02T00:00:00Z\",\"last\":\"2024-01-01T00:00:00Z\"}": "after it was last seen",
		head + "{\"kind\":\"task\",\"task\":\"" + strings.Repeat("a", 2<<20) + "\"}":                                     "line 2 of the baseline has more than",
	} {
		if _, err := Read(strings.NewReader(text)); err == nil || !strings.Contains(err.Error(), want) || len(err.Error()) > 200 {
			t.Errorf("%.99q: %v", text, err)
		}
	}
	b, err := Read(strings.NewReader("\uFEFF{\"goshawkBaseline\":1}\r\n\r\n{\"kind\":\"task\",\"task\":\"a\",\"devices\":\"00000000000000020000000000000001\"}\n"))
	if err != nil || b.Len() != 1 || b.Entries()[0].Devices[0] != 1 {
		t.Errorf("%v %v", b, err)
	}
}

func FuzzRead(f *testing.F) {
	f.Add("{\"goshawkBaseline\":1}\n{\"kind\":\"task\",\"task\":\"a\",\"devices\":\"0000000000000001\",\"first\":\"2026-01-01T00:00:00.0000000Z\"}\n")
	f.Fuzz(func(t *testing.T, text string) {
		b, err := Read(strings.NewReader(text))
		if err != nil {
			return
		}
		b.Rows()
		again, err := Read(strings.NewReader(written(t, b)))
		if err != nil || again.Len() != b.Len() {
			t.Errorf("%v", err)
		}
	})
}
