// Package cli is the command line: one file per command, and everything that the
// commands share. It alone knows every part of the house and wires them.
//
// House rules: results go to stdout and everything else to stderr; an error is
// one line that names the file or the place and the way out; nothing is coloured
// when NO_COLOR is set or the output is no terminal; text from evidence never
// reaches a terminal with control characters in it.
package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"runtime/debug"
	"slices"
	"sort"
	"strings"
	"syscall"

	"github.com/spf13/pflag"

	"github.com/goshawk-hunt/goshawk/casedir"
	"github.com/goshawk-hunt/goshawk/source"
)

// Exit codes, documented in docs/cli.md.
const (
	ExitOK       = 0 // done; nothing at or above --fail-on
	ExitError    = 1 // something could not be done
	ExitFindings = 2 // findings at or above --fail-on
)

// command is one subcommand.
type command struct {
	name    string
	args    string // of the usage line
	summary string // one line
	help    string // what --help teaches, with examples
	topics  []topic
	flags   func(*pflag.FlagSet, *settings)
	run     func(context.Context, *settings, []string) (exit int, err error)
}

// topic is what --help teaches of a subcommand, with the flags that it takes.
type topic struct {
	name, args, help string
	flags            []string
}

// settings is what the flags of all commands set; each command registers only its own.
type settings struct {
	streams
	ingestFlags

	hunt       huntFlags
	query      queryFlags
	clock      clockFlags
	demo       demoFlags
	check      checkFlags
	baseline   baselineFlags
	coverage   coverageFlags
	evaluate   evaluateFlags
	task       taskFlags
	casev      string // --case
	format     string
	memory     string
	report     string
	reputation string
	outDir     string   // --out
	repair     bool     // --repair
	exclude    []string // --exclusions
	force      bool     // --force
	recover    bool     // --recover
	outside    outsideFlagValues
}

type streams struct {
	in       io.Reader
	out, err io.Writer
}

func commands() []command {
	return []command{
		caseCommand(),
		baselineCommand(),
		checkCommand(),
		coverageCommand(),
		demoCommand(),
		evaluateCommand(),
		evtxCommand(),
		huntCommand(),
		ingestCommand(),
		queryCommand(),
		schemaCommand(),
		taskCommand(),
		testCommand(),
		versionCommand(),
	}
}

// usageError is a mistake on the command line itself.
type usageError struct{ message, hint string }

func (e *usageError) Error() string { return e.message }

// quietError has been shown already.
type quietError struct{ error }

// Main runs one command and returns its exit code.
func Main(args []string, in io.Reader, out, errOut io.Writer) int {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	context.AfterFunc(ctx, stop) // a second signal ends what does not listen to the first
	s := &settings{streams: streams{in, &output{Writer: out}, errOut}}
	exit := s.command(ctx, args)
	if err := s.out.(*output).err; err != nil && exit != ExitError {
		return s.finish(ctx, exit, fmt.Errorf("write the output: %w", err))
	}
	return exit
}

// command runs the command that args name.
func (s *settings) command(ctx context.Context, args []string) int {
	if len(args) == 0 || args[0] == "help" && len(args) == 1 || args[0] == "-h" || args[0] == "--help" {
		writeUsage(s.out)
		return ExitOK
	}
	if args[0] == "--version" {
		args = []string{"version"}
	}
	if args[0] == "help" {
		args = []string{args[1], "--help"}
	}
	for _, c := range commands() {
		if c.name == args[0] {
			return runCommand(ctx, c, s, args[1:])
		}
	}
	fmt.Fprintf(s.err, "goshawk: unknown command %q%s\n", printable(args[0]), nearest(args[0]))
	return ExitError
}

func runCommand(ctx context.Context, c command, s *settings, args []string) int {
	fs := pflag.NewFlagSet(c.name, pflag.ContinueOnError)
	fs.SetOutput(io.Discard)
	fs.SortFlags = false
	c.flags(fs, s)
	err := fs.Parse(args)
	if errors.Is(err, pflag.ErrHelp) {
		// What is asked for may stand behind a subcommand, which has words of its own.
		if i := slices.IndexFunc(c.topics, func(t topic) bool { return t.name == fs.Arg(0) }); i >= 0 {
			c.name, c.args, c.help = c.name+" "+c.topics[i].name, c.topics[i].args, c.topics[i].help
			fs.VisitAll(func(f *pflag.Flag) { f.Hidden = !slices.Contains(c.topics[i].flags, f.Name) })
		}
		fmt.Fprintf(s.out, "usage: goshawk %s %s\n\n%s\n", c.name, c.args, strings.TrimSpace(c.help))
		if fs.HasFlags() {
			fmt.Fprintf(s.out, "\nflags:\n%s", fs.FlagUsages())
		}
		return ExitOK
	}
	exit := ExitOK
	if err != nil {
		err = &usageError{err.Error(), "goshawk " + c.name + " --help lists the flags"}
	} else if err = s.limitMemory(); err == nil {
		if o, ok := s.out.(*output); ok {
			o.inert = s.format != "" && s.format != formatTable && isTerminal(o)
		}
		exit, err = c.run(ctx, s, fs.Args())
	}
	return s.finish(ctx, exit, err)
}

// lazyGC is by how many percent the memory in use may grow between two collections.
const lazyGC = 200

// limitMemory gives the garbage collector its part of --memory; the engine has another.
func (s *settings) limitMemory() error {
	if s.memory == "" && os.Getenv("GOMEMLIMIT") != "" {
		return nil
	}
	m, err := casedir.ParseMemory(s.memory)
	if err != nil {
		return &usageError{"--memory: " + err.Error(), ""}
	}
	debug.SetMemoryLimit(m.Go)
	debug.SetGCPercent(lazyGC) // the limit holds it back
	return nil
}

// finish shows an error and turns it into an exit code.
func (s *settings) finish(ctx context.Context, exit int, err error) int {
	var usage *usageError
	var quiet *quietError
	switch {
	case err == nil:
		return exit
	case errors.As(err, &quiet):
	case errors.As(err, &usage):
		fmt.Fprintf(s.err, "goshawk: %s\n", printable(usage.message))
		if usage.hint != "" {
			fmt.Fprintf(s.err, "  hint: %s\n", usage.hint)
		}
	case ctx.Err() != nil && s.casev != "":
		fmt.Fprintln(s.err, "goshawk: interrupted; what was committed to the case is kept, run the command again to complete it")
	case ctx.Err() != nil:
		fmt.Fprintln(s.err, "goshawk: interrupted")
	default:
		fmt.Fprintf(s.err, "goshawk: %s\n", printableLines(err.Error()))
	}
	return ExitError
}

func writeUsage(w io.Writer) {
	fmt.Fprint(w, `goshawk hunts malicious Windows scheduled tasks (ATT&CK T1053.005) in the evidence
at hand, with KQL hunts run word for word, offline.

usage: goshawk COMMAND [ARGUMENTS]

`)
	for _, c := range commands() {
		fmt.Fprintf(w, "  %-9s %s\n", c.name, c.summary)
	}
	fmt.Fprint(w, `
start here:
  goshawk demo                              a simulated fleet, hunted in under a minute
  goshawk hunt ./logs                       which tasks are malicious, and why
  goshawk hunt ./logs --report out.html     the same as a page to read
  goshawk query --case c 'DeviceEvents | summarize count() by ActionType'

goshawk COMMAND --help teaches the rest. Exit codes: 0 done, 1 error, 2 findings
at or above --fail-on.
`)
}

// nearest suggests a command for a mistyped one.
func nearest(name string) string {
	var names []string
	for _, c := range commands() {
		if strings.HasPrefix(c.name, name[:min(2, len(name))]) || len(name) > 2 && source.Distance(c.name, name, 2) <= 2 {
			names = append(names, c.name)
		}
	}
	sort.Strings(names)
	if len(names) == 0 {
		return "; goshawk --help lists the commands"
	}
	return "; did you mean " + strings.Join(names, " or ") + "?"
}
