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
