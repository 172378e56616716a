package cli

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"slices"
	"time"

	"github.com/spf13/pflag"

	"github.com/goshawk-hunt/goshawk/casedir"
	"github.com/goshawk-hunt/goshawk/finding"
	"github.com/goshawk-hunt/goshawk/kql/types"
)

func caseCommand() command {
	return command{
		name: "case", args: "info|compact|export --case DIR", summary: "what a case holds; make it small; export it",
		help: `
info     says what the case holds, source by source: bytes, SHA-256, records, rows by
         table, damages with their places, times, gaps in the numbers of logs; and
         checks that records read = records stored + records set aside, and that the
         tables have the rows that the sources account for. Exit code 1 if they do not.
compact  writes the case anew in an order that makes it small.
export   writes the rows as Parquet files, one for each table and day, with real
         timestamps, which any tool reads, into the folder of --out.

  goshawk case info --case ./case
  goshawk case info --case ./case --format json
  goshawk case compact --case ./case
  goshawk case export --case ./case --out ./parquet`,
		flags: func(fs *pflag.FlagSet, s *settings) {
			caseFlag(fs, s)
			memoryFlag(fs, s)
			fs.StringVar(&s.format, "format", formatTable, "how to print what the case holds: table or json")
			fs.StringVar(&s.outDir, "out", "", "export: the folder to write to, empty or not there yet")
		},
		run: runCase,
	}
}

func runCase(ctx context.Context, s *settings, args []string) (int, error) {
	if len(args) > 1 {
		return 0, &usageError{fmt.Sprintf("case %s takes no %q", args[0], args[1]), "the case is named with --case, the folder of an export with --out"}
	}
	if len(args) != 1 || s.casev == "" {
		return 0, &usageError{"case needs one of info, compact, export, and --case DIR", "goshawk case info --case ./case"}
	}
	o := s.caseOptions()
	switch args[0] {
	case "info":
		return ExitOK, s.caseInfo(ctx, o)
	case "compact":
		return ExitOK, s.caseCompact(ctx, o)
	case "export":
		return ExitOK, s.caseExport(ctx, o)
	}
	return 0, &usageError{fmt.Sprintf("case does not know %q", args[0]), "info, compact and export are what it does"}
}

// caseOptions are how every command opens a case.
func (s *settings) caseOptions() casedir.Options {
	return casedir.Options{Memory: s.memory, Upgrading: func() {
		fmt.Fprintf(s.err, "the case in %s was made by an earlier version: bringing it up to this one, which is done once\n", printable(s.casev))
	}}
}

func (s *settings) caseInfo(ctx context.Context, o casedir.Options) error {
	o.ReadOnly = true
	c, err := casedir.Open(ctx, s.casev, false, o)
	if err != nil {
		return err
	}
	defer c.Close()
	info, err := c.Info(ctx)
	if err != nil {
		return err
	}
	if s.format == formatJSON {
		enc := json.NewEncoder(s.out)
		enc.SetEscapeHTML(false)
		err = enc.Encode(info)
	} else {
		writeInfo(s.out, info)
	}
	if err == nil && len(info.Wrong) > 0 {
		err = fmt.Errorf("the account of the case does not come out even: %s", info.Wrong[0])
	}
	return err
}

func (s *settings) caseCompact(ctx context.Context, o casedir.Options) error {
	before, after, err := casedir.Compact(ctx, s.casev, o)
	if err != nil {
		return err
	}
	fmt.Fprintf(s.out, "%s before, %s now\n", size(before), size(after))
	return nil
}

func (s *settings) caseExport(ctx context.Context, o casedir.Options) error {
	if s.outDir == "" {
		return &usageError{"case export needs --out DIR", "goshawk case export --case ./case --out ./parquet"}
	}
	p := newProgress(s.err, "export", 0)
	files, rows, err := casedir.Export(ctx, s.casev, s.outDir, o, p.step)
	p.finish()
	if err != nil {
		return err
	}
	fmt.Fprintf(s.out, "%d rows in %d %s below %s\n", rows, files, plural(files, "file", "files"), printable(s.outDir))
	return nil
}

// writeInfo tells what a case holds, for people.
func writeInfo(w io.Writer, i *casedir.Info) {
	fmt.Fprintf(w, "%s: %s, %d rows", printable(i.Dir), size(i.Bytes), i.Rows)
	if i.Rows > 0 {
		fmt.Fprintf(w, ", %d bytes a row", i.Bytes/i.Rows)
	}
	if i.First != "" {
		fmt.Fprintf(w, "; events from %s to %s", i.First, i.Last)
	}
	fmt.Fprintln(w)
	if i.Unfinished {
		fmt.Fprintln(w, "  UNFINISHED: the last ingestion was interrupted; run goshawk ingest again, it reads only what is missing")
	}
	for _, table := range slices.Sorted(maps.Keys(i.Tables)) {
		fmt.Fprintf(w, "  %-28s %d %s\n", table, i.Tables[table], plural(int(i.Tables[table]), "row", "rows"))
	}
	fmt.Fprintf(w, "%d %s\n", len(i.Sources), plural(len(i.Sources), "source", "sources"))
	for k := range i.Sources {
		if k == maxNamed {
			fmt.Fprintf(w, "  .. and %d more: --format json has all\n", len(i.Sources)-k)
			break
		}
		writeSource(w, &i.Sources[k])
	}
	for k, f := range i.AlsoRead {
		if k == maxNamed {
			fmt.Fprintf(w, "  .. and %d more archives and logs of hives: --format json has all\n", len(i.AlsoRead)-k)
			break
		}
		fmt.Fprintf(w, "  also read %s: %s, sha256 %s", printable(f.Path), size(f.Size), f.SHA256)
		if f.Reason != "" {
			fmt.Fprintf(w, ": %s", printable(f.Reason))
		}
		fmt.Fprintln(w)
	}
	writeLogs(w, i.Logs)
	for k, f := range i.NotRead {
		if k == maxNamed {
			fmt.Fprintf(w, "  .. and %d more files that are no sources\n", len(i.NotRead)-k)
			break
		}
		fmt.Fprintf(w, "  %-8s %s: %s\n", f.Outcome, printable(f.Path), printable(f.Reason))
	}
	fmt.Fprintf(w, "account: %d records read = %d stored + %d set aside", i.Records, i.Stored, i.SetAside)
	if i.Copies > 0 {
		fmt.Fprintf(w, "; %d of the stored were copies of others and are kept once", i.Copies)
	}
	if len(i.Wrong) == 0 {
		fmt.Fprintln(w, "; records and rows come out even")
		return
	}
	fmt.Fprintln(w)
	for _, wrong := range i.Wrong {
		fmt.Fprintf(w, "  WRONG: %s\n", printable(wrong))
	}
}

func writeSource(w io.Writer, s *casedir.SourceInfo) {
	fmt.Fprintf(w, "  %d %s\n    %s, %s, sha256 %s\n    %d %s", s.ID, printable(s.Path), s.Format, size(s.Size), s.SHA256, s.Records, plural(int(s.Records), "record", "records"))
	if s.FirstEvent != "" {
		fmt.Fprintf(w, " from %s to %s", s.FirstEvent, s.LastEvent)
	}
	for _, table := range slices.Sorted(maps.Keys(s.Tables)) {
		fmt.Fprintf(w, ", %s %d", table, s.Tables[table])
	}
	fmt.Fprintln(w)
	for _, reason := range slices.Sorted(maps.Keys(s.SetAside)) {
		fmt.Fprintf(w, "    set aside %d: %s\n", s.SetAside[reason], printable(reason))
	}
	for _, reason := range slices.Sorted(maps.Keys(s.Problems)) {
		fmt.Fprintf(w, "    %d times: %s\n", s.Problems[reason], printable(reason))
	}
	if s.Copies > 0 {
		fmt.Fprintf(w, "    %d %s of another source's\n", s.Copies, plural(int(s.Copies), "record is a copy", "records are copies"))
	}
	for _, d := range s.Notes {
		fmt.Fprintf(w, "    note: %s\n", printable(d.Reason))
	}
	for k, d := range s.Damaged {
		if k == 5 {
			fmt.Fprintf(w, "    .. and %d more damages\n", s.Damages-int64(k))
			break
		}
		fmt.Fprintf(w, "    damage at %d", d.Offset)
		if d.Length > 0 {
			fmt.Fprintf(w, ", %d bytes", d.Length)
		}
		fmt.Fprintf(w, ": %s\n", printable(d.Reason))
	}
}

// writeLogs tells which logs have gaps.
func writeLogs(w io.Writer, logs []casedir.LogInfo) {
	shown := 0
	for _, l := range logs {
		if l.Gaps == 0 && l.Silence < 24*3600*types.TicksPerSecond {
			continue
		}
		if shown++; shown > maxNamed {
			continue
		}
		fmt.Fprintf(w, "  log %s of %s: %d records, numbers %d to %d", printable(l.Channel), printable(l.Computer), l.Records, l.First, l.Last)
		if l.Gaps > 0 {
			fmt.Fprintf(w, ", %d missing in %d %s", l.Missing, l.Gaps, plural(int(l.Gaps), "gap", "gaps"))
		}
		if l.Silence > 0 {
			fmt.Fprintf(w, "; longest silence %s from %s", finding.Human(time.Duration(l.Silence*100)), l.SilenceFrom)
		}
		fmt.Fprintln(w)
	}
	if shown > maxNamed {
		fmt.Fprintf(w, "  .. and %d more logs with gaps\n", shown-maxNamed)
	}
}
