//go:build unix

package casedir

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/goshawk-hunt/goshawk/engine"
	"github.com/goshawk-hunt/goshawk/simulate"
)

// childVar tells this test binary to be the process that is killed.
const childVar = "GOSHAWK_CRASH_CHILD"

// completingLine begins the line by which a child says that it completes the devices behind
// so many.
const completingLine = "completing behind"

// TestCrashChild is no test: it is what the crash tests start and kill.
func TestCrashChild(t *testing.T) {
	what, folder, ok := strings.Cut(os.Getenv(childVar), " ")
	if !ok {
		t.Skip("only runs as a child of the crash tests")
	}
	logs := filepath.Join(filepath.Dir(folder), "logs")
	switch what {
	case "ingest":
		c := openCase(t, folder)
		c.memory.Rows = 400 // so that there are several rounds
		completing := func(devices, of int64) {
			if devices < of {
				fmt.Println(completingLine, devices)
			}
		}
		if _, err := c.Ingest(t.Context(), []string{logs}, IngestOptions{Readers: testReaders, Now: testNow, Completing: completing}); err != nil {
			t.Fatal(err)
		}
	case "compact":
		if _, _, err := Compact(t.Context(), folder, Options{Threads: 2, Memory: "1GB"}); err != nil {
			t.Fatal(err)
		}
	case "hold":
		openCase(t, folder)
		fmt.Println("open")
		io.Copy(io.Discard, os.Stdin)
	case "full":
		// A file may not grow above this: what a full disk says, the limit says too.
		signal.Ignore(syscall.SIGXFSZ)
		limit := uint64(2 << 20)
		c := openCase(t, folder)
		if err := syscall.Setrlimit(syscall.RLIMIT_FSIZE, &syscall.Rlimit{Cur: limit, Max: limit}); err != nil {
			t.Fatal(err)
		}
		_, err := c.Ingest(t.Context(), []string{logs}, IngestOptions{Readers: testReaders, Now: testNow})
		if !errors.Is(err, engine.ErrStorage) {
			fmt.Printf("wrong error: %v\n", err)
		}
		os.Exit(7)
	}
}

// child starts this test binary to do something to a case.
func child(what, folder string) *exec.Cmd {
	cmd := exec.Command(os.Args[0], "-test.run=^TestCrashChild$")
	cmd.Env = append(os.Environ(), childVar+"="+what+" "+folder)
	return cmd
}

// fleetLogs writes the logs of a small fleet, told twice in part: a JSON export of one
// device lies beside its logs.
func fleetLogs(t testing.TB, dir string) {
	t.Helper()
	fleet := simulate.Generate(simulate.Options{Devices: 10, Days: 1, Load: 0.02})
	for form, sub := range map[simulate.Form]string{simulate.AllEVTX: "evtx", simulate.AllJSON: "json"} {
		tmp := t.TempDir()
		if err := fleet.Write(tmp, form); err != nil {
			t.Fatal(err)
		}
		devices, err := os.ReadDir(filepath.Join(tmp, simulate.EvidenceDir))
		if err != nil {
			t.Fatal(err)
		}
		to := filepath.Join(dir, "logs", sub)
		if err := os.MkdirAll(to, 0o755); err != nil {
			t.Fatal(err)
		}
		for i, d := range devices {
			if form == simulate.AllEVTX || i < 3 {
				if err := os.Rename(filepath.Join(tmp, simulate.EvidenceDir, d.Name()), filepath.Join(to, d.Name())); err != nil {
					t.Fatal(err)
				}
			}
		}
	}
}

// manifest is the order and the identity of a case's sources.
func manifest(t testing.TB, c *Case) string {
	t.Helper()
	sources, err := c.Sources(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	var b strings.Builder
	for _, s := range sources {
		fmt.Fprintln(&b, s.ID, s.SHA256, filepath.Base(s.Path), s.Records, s.Stored, s.Rows)
	}
	return b.String()
}

// state is all that two cases of the same evidence must agree in.
func state(t testing.TB, c *Case) map[string]string {
	s := contents(t, c)
	s["manifest"] = manifest(t, c)
	return s
}

// crashes is how often the process is killed: GOSHAWK_CRASHES, or a few.
func crashes(t testing.TB) int {
	if n, err := strconv.Atoi(os.Getenv("GOSHAWK_CRASHES")); err == nil {
		return n
	}
	if testing.Short() {
		t.Skip("kills processes for seconds")
	}
	return 4
}

// A process that is killed at any moment leaves a case that opens, whose account comes out
// even, and that the next run completes: it then equals a case never interrupted.
func TestCrash(t *testing.T) {
	n := crashes(t)
	dir := t.TempDir()
	fleetLogs(t, dir)
	whole := filepath.Join(dir, "whole")
	started := time.Now()
	if out, err := child("ingest", whole).CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	took := time.Since(started)
	c := openCase(t, whole)
	want := state(t, c)
	c.Close()
	t.Run("disk full", func(t *testing.T) { testDiskFull(t, dir, want) })
	killed, early, completing, between := 0, 0, 0, 0
	for i := range n {
		folder := filepath.Join(dir, fmt.Sprintf("case%d", i))
		what := "ingest"
		if i%4 == 3 { // a case that is complete is made small
			what = "compact"
			if err := os.CopyFS(folder, os.DirFS(whole)); err != nil {
				t.Fatal(err)
			}
		}
		times := 1
		if n > 8 {
			times += i % 3
		}
		for range times { // killed again while it completes what was killed before
			moment := time.Duration(rand.Int64N(int64(took)))
			ended, said := kill(t, child(what, folder), moment)
			if !ended {
				killed++
			}
			if _, err := os.Stat(filepath.Join(folder, FileName)); err != nil {
				early++
				continue
			}
			c := openCase(t, folder)
			if wrong, err := c.Check(t.Context()); err != nil || len(wrong) > 0 {
				t.Errorf("case %d after a kill at %v: %v %v", i, moment, wrong, err)
			}
			if pending, err := c.meta(t.Context(), "pending"); err != nil {
				t.Error(err)
			} else if !ended && pending != 0 && strings.Contains(said, completingLine) {
				completing++
				if strings.Count(said, completingLine) > 1 {
					between++
				}
			}
			c.Close()
		}
		c := openCase(t, folder)
		ingestInto(t, c, filepath.Join(dir, "logs"))
		if c.Unfinished() {
			t.Errorf("case %d is called unfinished", i)
		}
		sameContents(t, fmt.Sprintf("case %d", i), state(t, c), want)
		c.Close()
		if t.Failed() {
			t.Fatalf("case %d differs", i)
		}
		os.RemoveAll(folder)
	}
	t.Logf("a whole run takes %v; %d processes killed, %d of them before there was a case, %d while devices were completed, %d of these with some committed",
		took, killed, early, completing, between)
	if n >= 100 && between == 0 {
		t.Error("no process was killed between two rounds")
	}
}

// kill starts a process and kills it at a moment, unless it has ended, and returns what it
// said.
func kill(t testing.TB, cmd *exec.Cmd, moment time.Duration) (ended bool, said string) {
	t.Helper()
	var out bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &out
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	time.Sleep(moment)
	cmd.Process.Kill()
	err := cmd.Wait()
	if err != nil && !strings.Contains(err.Error(), "killed") {
		t.Errorf("%v: %s", err, out.String())
	}
	return err == nil, out.String()
}

// testDiskFull: a full disk stops the run with an error that says so; with room it is
// completed.
func testDiskFull(t *testing.T, dir string, want map[string]string) {
	folder := filepath.Join(dir, "full")
	cmd := child("full", folder)
	out, err := cmd.CombinedOutput()
	if cmd.ProcessState.ExitCode() != 7 || bytes.Contains(out, []byte("wrong error")) {
		t.Fatalf("%v: %s", err, out)
	}
	c := openCase(t, folder)
	if wrong, err := c.Check(t.Context()); err != nil || len(wrong) > 0 || !c.Unfinished() {
		t.Errorf("after a full disk: %v %v, unfinished %v", wrong, err, c.Unfinished())
	}
	ingestInto(t, c, filepath.Join(dir, "logs"))
	sameContents(t, "completed", state(t, c), want)
}

// A second writer is refused, and the first is not disturbed.
func TestSecondWriter(t *testing.T) {
	folder := filepath.Join(t.TempDir(), "case")
	cmd := child("hold", folder)
	in, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	if line, err := bufio.NewReader(out).ReadString('\n'); err != nil || line != "open\n" {
		t.Fatalf("%q %v", line, err)
	}
	if c, err := Open(t.Context(), folder, true, Options{}); err == nil {
		c.Close()
		t.Error("two processes have the case open")
	} else if !strings.Contains(err.Error(), "in use by") {
		t.Errorf("the error does not say why: %v", err)
	}
	in.Close()
	if err := cmd.Wait(); err != nil {
		t.Error(err)
	}
	openCase(t, folder)
}
