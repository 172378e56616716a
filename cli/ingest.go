package cli

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/spf13/pflag"

	"github.com/goshawk-hunt/goshawk/casedir"
	"github.com/goshawk-hunt/goshawk/evidence"
	"github.com/goshawk-hunt/goshawk/evidence/archive"
	"github.com/goshawk-hunt/goshawk/kql/types"
)

// ingestFlags are the flags of commands that read evidence.
type ingestFlags struct {
	progress    string   // --progress
	passwords   []string // --password
	explainOnly bool     // --explain
}

func ingestCommand() command {
	return command{
		name: "ingest", args: "PATH.. --case DIR|--explain", summary: "read evidence into a case",
		help: `
Reads files, folders and archives into the case folder DIR, made if it is missing.
What a file is, is decided by its content: EVTX; Defender advanced hunting and
Sentinel exports (JSON, JSON lines, CSV, Parquet); JSON of NXLog, Winlogbeat, Wazuh,
evtx_dump and Velociraptor; Windows event XML; task XML and .job files, lists of
schtasks (/query /xml, /query /v /fo csv) and artemis; registry hives with their
logs and exports (.reg) of the task cache; zip, 7z, gzip, xz, tar, zstd and bzip2
of them, within each other, with --password also encrypted ones. What EvtxECmd,
Hayabusa, Chainsaw and Get-WinEvent (ConvertTo-Json) wrote is read as the events it
came from.

Each file is committed as a whole, small ones together. Running it again reads only
what is new: the same content is never counted twice, whatever its name. --recover
must be given when a log is read first; its records are those of WindowsEvent with
EventOriginId == "recovered".

--explain reads everything and keeps nothing: it tells what each file is, which
tables it feeds, what would be set aside, and which fields have no place.

  goshawk ingest ./logs --explain
  goshawk ingest ./logs export.json.gz --case ./case
  goshawk query --case ./case 'DeviceEvents | summarize count() by ActionType'`,
		flags: func(fs *pflag.FlagSet, s *settings) {
			caseFlag(fs, s)
			reputationFlag(fs, s)
			memoryFlag(fs, s)
			recoverFlag(fs, s)
			progressFlag(fs, s)
			passwordFlag(fs, s)
			fs.BoolVar(&s.explainOnly, "explain", false, "tell what each file is and what it would give; keep nothing")
			fs.StringVar(&s.format, "format", formatTable, "how to print the account: table or json")
		},
		run: runIngest,
	}
}

func runIngest(ctx context.Context, s *settings, args []string) (int, error) {
	if len(args) == 0 {
		return 0, &usageError{"ingest needs a PATH to read", "goshawk ingest ./logs --case ./case"}
	}
	if s.explainOnly {
		return s.explainInputs(ctx, args)
	}
	if s.casev == "" {
		return 0, &usageError{"ingest needs --case DIR to keep the rows in", "goshawk ingest ./logs --case ./case"}
	}
	c, err := casedir.Open(ctx, s.casev, true, s.caseOptions())
	if err != nil {
		return 0, err
	}
	defer c.Close()
	account, err := s.ingest(ctx, c, args)
	if err == nil {
		err = s.loadReputation(ctx, c)
	}
	if err == nil {
		err = readAnything(account)
	}
	if s.format == formatJSON {
		enc := json.NewEncoder(s.out)
		if encErr := enc.Encode(account); err == nil {
			err = encErr
		}
	} else {
		writeAccount(s.out, account)
		writeSources(s.out, account)
	}
	return ExitOK, err
}

func (s *settings) ingestOptions(p *progress) casedir.IngestOptions {
	return casedir.IngestOptions{Readers: readers(s.recover), Progress: p.ingest, Completing: p.completing, Now: ticksOf(time.Now()), Passwords: s.passwords}
}

func progressFlag(fs *pflag.FlagSet, s *settings) {
	fs.StringVar(&s.progress, "progress", "auto", "auto, plain (a line now and then), json (objects, one a line) or none; on stderr")
}

func passwordFlag(fs *pflag.FlagSet, s *settings) {
	fs.StringArrayVar(&s.passwords, "password", nil, "password of encrypted archives; may be given several times")
}

func caseFlag(fs *pflag.FlagSet, s *settings) {
	fs.StringVar(&s.casev, "case", "", "case folder; its data is one file, "+casedir.FileName)
}

func memoryFlag(fs *pflag.FlagSet, s *settings) {
	fs.StringVar(&s.memory, "memory", "", "memory of the whole run, such as 4GB; what needs more goes to disk (default a quarter of the machine's)")
}

func reputationFlag(fs *pflag.FlagSet, s *settings) {
	fs.StringVar(&s.reputation, "reputation", "", "what you know of files, for FileProfile: CSV, JSON or Parquet with SHA1 or SHA256, GlobalPrevalence, Signer ..; kept in the case")
}

// loadReputation puts the file of --reputation into the case.
func (s *settings) loadReputation(ctx context.Context, c *casedir.Case) error {
	if s.reputation == "" {
		return nil
	}
	stats, err := c.LoadReputation(ctx, s.reputation)
	if err != nil {
		return err
	}
	fmt.Fprintf(s.err, "reputation of %d files", stats.Read)
	if stats.NoHash+stats.Problem > 0 {
		fmt.Fprintf(s.err, "; %d entries without a hash, %d values not understood", stats.NoHash, stats.Problem)
	}
	fmt.Fprintln(s.err)
	return nil
}

// ingest reads paths into a case with progress on stderr.
func (s *settings) ingest(ctx context.Context, c *casedir.Case, paths []string) (*casedir.Account, error) {
	total, _ := archive.Size(paths)
	p, err := s.newProgress("read", total)
	if err != nil {
		return &casedir.Account{}, err
	}
	defer p.finish()
	return c.Ingest(ctx, paths, s.ingestOptions(p))
}

// readAnything is the error of an ingestion that gave nothing, or failed over a file by
// a mistake of ours. Files that can't be read for what they are make no error.
func readAnything(a *casedir.Account) error {
	if failed := a.Failed(); len(failed) > 0 {
		return fmt.Errorf("%s: nothing of it was kept: %s", failed[0].Path, failed[0].Reason)
	}
	if len(a.Wrong) > 0 {
		return fmt.Errorf("BUG: the account of the case does not come out even: %s", a.Wrong[0])
	}
	if !a.Read() {
		return fmt.Errorf("nothing of what was given could be read: %s: %s", a.Files[0].Path, a.Files[0].Reason)
	}
	return nil
}

// ticksOf converts a time to ticks of 100 ns since 0001-01-01.
func ticksOf(t time.Time) int64 {
	return types.UnixEpoch + t.Unix()*types.TicksPerSecond + int64(t.Nanosecond())/100
}

// writeAccount tells what was read, refused and set aside, for people.
func writeAccount(w io.Writer, a *casedir.Account) {
	var bytes int64
	read := 0
	for _, f := range a.Files {
		if f.Records > 0 || f.Outcome == archive.Read.String() {
			read++
			bytes += f.Size
		}
	}
	of := ""
	if read < len(a.Files) {
		of = fmt.Sprintf("%d of ", read)
	}
	fmt.Fprintf(w, "read %s%d %s, %s, %d %s in %s", of, len(a.Files), plural(len(a.Files), "file", "files"), size(bytes), a.Records, plural(int(a.Records), "record", "records"), a.Took.Round(10*time.Millisecond))
	if a.First != 0 {
		fmt.Fprintf(w, "; events from %s to %s", evidence.FormatTime(a.First), evidence.FormatTime(a.Last))
	}
	fmt.Fprintln(w)
	if a.Copies > 0 {
		fmt.Fprintf(w, "  %d %s came twice, in a copy or an export, and %s kept once\n", a.Copies, plural(int(a.Copies), "record", "records"), plural(int(a.Copies), "is", "are"))
	}
	for _, table := range slices.Sorted(maps.Keys(a.Rows)) {
		fmt.Fprintf(w, "  %-28s %d %s\n", table, a.Rows[table], plural(int(a.Rows[table]), "row", "rows"))
	}
	writeNotRead(w, a)
	if a.Records > 0 {
		even := "records and rows come out even"
		if len(a.Wrong) > 0 {
			even = "ROWS ARE MISSING: " + printable(a.Wrong[0])
		}
		fmt.Fprintf(w, "  account: %d records read = %d stored + %d set aside; %s\n", a.Records, a.Stored, a.Records-a.Stored, even)
	}
}

// writeSources tells of each file that was read what it gave; where there are many, the
// first ones, and the case has the others.
func writeSources(w io.Writer, a *casedir.Account) {
	n := 0
	for i := range a.Files {
		f := &a.Files[i]
		if f.Records == 0 {
			continue
		}
		if n++; n > maxNamed {
			continue
		}
		fmt.Fprintf(w, "%s: %s, %d %s, %d %s", printable(f.Path), size(f.Size), f.Records, plural(int(f.Records), "record", "records"), f.Rows, plural(int(f.Rows), "row", "rows"))
		if f.FirstEvent != "" {
			fmt.Fprintf(w, ", %s to %s", f.FirstEvent, f.LastEvent)
		}
		if damages := int64(len(f.Damages)) + f.More; damages > 0 {
			fmt.Fprintf(w, ", %d %s, the first at %d", damages, plural(int(damages), "damage", "damages"), f.Damages[0].Offset)
		}
		var missing int64
		for _, l := range f.Logs {
			missing += l.Missing
		}
		if missing > 0 {
			fmt.Fprintf(w, ", %d numbers missing", missing)
		}
		fmt.Fprintln(w)
	}
	if n > maxNamed {
		fmt.Fprintf(w, ".. and %d more: goshawk case info\n", n-maxNamed)
	}
}

// maxNamed bounds how many files of a kind are named in a text account.
const maxNamed = 20

// writeNotRead names the files that were not, or not wholly, read.
func writeNotRead(w io.Writer, a *casedir.Account) {
	for _, outcome := range []string{"failed", "refused", "damaged", "note", "unknown", "empty", "known", "linked"} {
		n := 0
		for _, f := range a.Files {
			if f.Outcome != outcome {
				continue
			}
			if n++; n > maxNamed {
				continue
			}
			fmt.Fprintf(w, "  %-8s %s: %s\n", outcome, printable(f.Path), printable(f.Reason))
		}
		if n > maxNamed {
			fmt.Fprintf(w, "  %-8s .. and %d more\n", outcome, n-maxNamed)
		}
	}
	if a.Unlisted > 0 {
		fmt.Fprintf(w, "  and %d more files of which nothing was read\n", a.Unlisted)
	}
	aside, unknown := map[string]int64{}, map[string]int64{}
	for _, f := range a.Files {
		for reason, n := range f.SetAside {
			aside[reason] += n
		}
		for column, n := range f.Unknown {
			unknown[column] += n
		}
	}
	writeCounts(w, aside, func(reason string, n int64) string {
		return fmt.Sprintf("set aside %d %s: %s", n, plural(int(n), "record", "records"), printable(reason))
	})
	writeCounts(w, unknown, func(column string, n int64) string {
		return fmt.Sprintf("column %s is not in the catalogue: %d %s kept in no table", printable(column), n, plural(int(n), "value", "values"))
	})
}

// writeCounts writes a line for each entry, the largest first; where there are many, the
// rest in one.
func writeCounts(w io.Writer, m map[string]int64, line func(name string, n int64) string) {
	names := slices.SortedFunc(maps.Keys(m), func(a, b string) int { return cmp.Or(cmp.Compare(m[b], m[a]), strings.Compare(a, b)) })
	for i, name := range names {
		if i == maxNamed {
			fmt.Fprintf(w, "  .. and %d more such lines: --format json has all\n", len(names)-i)
			return
		}
		fmt.Fprintf(w, "  %s\n", line(name, m[name]))
	}
}
