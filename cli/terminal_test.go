package cli

import (
	"bytes"
	"errors"
	"strings"
	"testing"
)

// full is a disk without room.
type full struct{}

func (full) Write([]byte) (int, error) { return 0, errors.New("no space left on device") }

// A command whose results can't be written has not done what was asked, whether it
// looks at its writes or not.
func TestOutputFull(t *testing.T) {
	for _, args := range [][]string{{"version"}, {"schema", "DeviceEvents"}, {"--help"}, {"hunt", "--help"}, {"query", "print 1"}, {"baseline", "show", "--known"}} {
		var errOut bytes.Buffer
		if exit := Main(args, strings.NewReader(""), full{}, &errOut); exit != ExitError {
			t.Errorf("%v: exit %d", args, exit)
		}
		if !strings.Contains(errOut.String(), "no space left on device") {
			t.Errorf("%v: %s", args, errOut.String())
		}
	}
}

// TestOutputIsInert writes what would command a terminal, in one piece and byte by byte.
func TestOutputIsInert(t *testing.T) {
	const text = "a\x1b[2J\u202eb\u2066é\t\"\u0085\xff€\n"
	for _, size := range []int{1, 2, 3, len(text)} {
		var b strings.Builder
		o := &output{Writer: &b, inert: true}
		for rest := text; rest != ""; {
			n := min(size, len(rest))
			if got, err := o.Write([]byte(rest[:n])); got != n || err != nil {
				t.Fatalf("wrote %d of %d: %v", got, n, err)
			}
			rest = rest[n:]
		}
		if want := "a?[2J?b?é\t\"?\uFFFD€\n"; b.String() != want {
			t.Errorf("in pieces of %d: %q, want %q", size, b.String(), want)
		}
	}
}
