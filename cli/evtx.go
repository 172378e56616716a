package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"runtime"

	"github.com/spf13/pflag"

	"github.com/goshawk-hunt/goshawk/evidence"
	"github.com/goshawk-hunt/goshawk/evidence/archive"
	"github.com/goshawk-hunt/goshawk/evidence/evtx"
)

func evtxCommand() command {
	return command{
		name: "evtx", args: "dump PATH.. [--format jsonl|xml] [--recover]", summary: "write event logs as JSON lines or XML",
		help: `
Writes every record of Windows event logs (.evtx) to stdout, one a line: as JSON in
the shape of evtx_dump, or as the XML that Windows renders. Files, folders and
archives are read; what a file is, is decided by its content.

What is damaged is told on stderr, with its offset, and reading goes on behind it.
With --recover, records in the unused space of chunks and behind damage are
written too; JSON has "Recovered":true on them, XML <?goshawk recovered?> before
them. They were deleted or overwritten: trust what they say less.

  goshawk evtx dump Security.evtx | jq -c 'select(.Event.System.EventID==4698)'
  goshawk evtx dump --format xml --recover ./logs collection.zip > events.xml`,
		flags: func(fs *pflag.FlagSet, s *settings) {
			fs.StringVar(&s.format, "format", formatJSONL, "jsonl or xml")
			recoverFlag(fs, s)
			passwordFlag(fs, s)
		},
		run: runEvtx,
	}
}

func recoverFlag(fs *pflag.FlagSet, s *settings) {
	fs.BoolVar(&s.recover, "recover", false, "also read event log records from unused space and behind damage, marked as recovered")
}

// dumpFormats are how records are written, by --format.
var dumpFormats = map[string]evtx.DumpFormat{formatJSONL: evtx.DumpJSON, "xml": evtx.DumpXML}

func runEvtx(ctx context.Context, s *settings, args []string) (int, error) {
	if len(args) == 0 || args[0] != "dump" {
		return 0, &usageError{"evtx knows one thing to do: dump", "goshawk evtx dump Security.evtx"}
	}
	if len(args) == 1 {
		return 0, &usageError{"evtx dump needs a PATH to read", "goshawk evtx dump Security.evtx"}
	}
	format, ok := dumpFormats[s.format]
	if !ok {
		return 0, &usageError{fmt.Sprintf("evtx dump has no format %q", s.format), "goshawk evtx dump --format xml Security.evtx"}
	}
	dumper := evtx.NewDumper(s.out, format, evtx.Options{Recover: s.recover, Workers: min(runtime.GOMAXPROCS(0), maxWorkers)})
	unread, logs := 0, 0
	walker := archive.Walker{Readers: []evidence.Reader{evtx.Reader{}}, Passwords: s.passwords, Unsummed: true}
	err := walker.Walk(ctx, args[1:], func(f *archive.File) error {
		if f.Reader == nil {
			if !f.Container || f.Outcome == archive.Refused {
				unread++
				fmt.Fprintf(s.err, "%s: not read: %s\n", printable(f.Path), printable(notALog(f)))
			}
			return nil
		}
		logs++
		sink := dumpSink{errOut: s.err, path: f.Path}
		err := dumper.Dump(ctx, f.Input, &sink)
		sink.finish()
		return err
	})
	if err == nil && logs == 0 {
		err = errors.New("nothing was dumped: no event log is in what was given")
	}
	return ExitOK, err
}

// notALog says why a file is not dumped.
func notALog(f *archive.File) string {
	switch f.Outcome {
	case archive.Read:
		return "no event log"
	case archive.Unknown:
		return "no event log: " + f.Reason
	}
	return f.Reason
}

// dumpSink tells the damages of one log.
type dumpSink struct {
	errOut  io.Writer
	path    string
	damages int
}

// maxTold is how many damages of a log are told one by one.
const maxTold = 100

func (d *dumpSink) Record(*evidence.Record) error { return nil }

func (d *dumpSink) Damage(x evidence.Damage) {
	if d.damages++; d.damages <= maxTold {
		fmt.Fprintf(d.errOut, "%s: damaged at %d: %s\n", printable(d.path), x.Offset, printable(x.Reason))
	}
}

func (d *dumpSink) Progress(int64) {}

func (d *dumpSink) finish() {
	if d.damages > maxTold {
		fmt.Fprintf(d.errOut, "%s: %d more damages\n", printable(d.path), d.damages-maxTold)
	}
}
