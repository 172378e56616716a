package cli

import (
	"os"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"
)

// TestScript runs the command line as people use it: testdata/script/*.txtar.
func TestScript(t *testing.T) {
	testscript.Run(t, testscript.Params{Dir: "testdata/script", RequireExplicitExec: true, Cmds: scriptCommands})
}

// goshawk is the command that scripts run.
func goshawk() { os.Exit(Main(os.Args[1:], os.Stdin, os.Stdout, os.Stderr)) }
