package cli

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"time"

	"github.com/spf13/pflag"

	"github.com/goshawk-hunt/goshawk/casedir"
	"github.com/goshawk-hunt/goshawk/finding"
	"github.com/goshawk-hunt/goshawk/hunt"
	"github.com/goshawk-hunt/goshawk/hunt/exclusion"
	"github.com/goshawk-hunt/goshawk/hunts"
	"github.com/goshawk-hunt/goshawk/kql/types"
	"github.com/goshawk-hunt/goshawk/report"
	"github.com/goshawk-hunt/goshawk/task/dossier"
)

type huntFlags struct {
	rules  []string
	failOn string
	min    string
	life   bool
	only   bool
	// devices is on how many devices a dossier tells of one task.
	devices int
	unread  int // files of --hunts whose hunts can't be read
	// What early has read of the flags.
	least   finding.Severity // --min
	exclude *exclusion.Set
}

func huntCommand() command {
	return command{
		name: "hunt", args: "PATH.. [--case DIR]", summary: "find malicious scheduled tasks, ranked, with the reasons",
		help: `
Reads the evidence, runs the built-in hunts and those of --hunts, and prints what
they point at, the worst first, each with its reasons. Ends with what was read,
refused and missing: "no findings" over evidence that can't show tasks is not
"clean".

PATH is a file, a folder or an archive. With --case the rows stay in that folder,
and a second run reads only what is new; without PATH an existing case is hunted.

  goshawk hunt ./logs
  goshawk hunt ./logs --dossier
  goshawk hunt ./logs export.json --report out.html
  goshawk hunt --case ./case --hunts ./our-rules --format json
  goshawk hunt ./logs --from 2024-05-01 --to 2024-05-08 --fail-on high

exit codes: 0 nothing at or above --fail-on, 1 error, 2 findings`,
		flags: func(fs *pflag.FlagSet, s *settings) {
			caseFlag(fs, s)
			fs.StringArrayVar(&s.hunt.rules, "hunts", nil, "also run the hunts of a file or folder: Sentinel YAML, FalconForce markdown, Sigma, .kql; - is standard input (repeatable)")
			fs.BoolVar(&s.hunt.only, "only-hunts", false, "leave the built-in hunts out")
			repairFlag(fs, s)
			exclusionFlags(fs, s)
			fs.StringVar(&s.baseline.use, "baseline", "", "a baseline file (goshawk baseline): hunts see it as the table TaskBaseline")
			clockFlag(fs, s)
			fs.StringVar(&s.clock.from, "from", "", "leave out what happened before this time")
			fs.StringVar(&s.clock.to, "to", "", "leave out what happened at or after this time")
			fs.StringVar(&s.format, "format", formatTable, "table, csv, json or jsonl")
			fs.BoolVar(&s.hunt.life, "dossier", false, "print the life of each task found: who asked, changes, runs, processes, what is not known")
			fs.IntVar(&s.hunt.devices, "dossier-devices", dossier.Devices, "on how many devices the life of one task is told; the others are listed")
			fs.StringVar(&s.report, "report", "", "also write the findings as one HTML file")
			fs.StringVar(&s.hunt.failOn, "fail-on", "", "exit with 2 if a finding is at or above this level: info, low, medium, high, critical")
			fs.StringVar(&s.hunt.min, "min", "", "table: print findings from this level on, and count the others (default all, those of info beyond the first ten in one line each)")
			reputationFlag(fs, s)
			outsideFlags(fs, s)
			memoryFlag(fs, s)
			progressFlag(fs, s)
			passwordFlag(fs, s)
		},
		run: runHunt,
	}
}

func runHunt(ctx context.Context, s *settings, args []string) (int, error) {
	if err := checkFormat(s.format); err != nil {
		return 0, err
	}
	failOn, err := severityFlag("--fail-on", s.hunt.failOn)
	if err != nil {
		return 0, err
	}
	if s.hunt.least, err = severityFlag("--min", s.hunt.min); err != nil {
		return 0, err
	}
	if len(args) == 0 && s.casev == "" {
		return 0, &usageError{"hunt needs a PATH to read or a --case", "goshawk hunt ./logs"}
	}
	if err := s.early(); err != nil {
		return 0, err
	}
	rules, err := s.rules()
	if err != nil {
		return 0, err
	}
	c, account, err := s.openWith(ctx, args)
	if err != nil {
		return 0, err
	}
	defer c.Close()
	if len(account.Files) > 0 && !account.Read() {
		writeNotRead(s.err, account)
		return 0, readAnything(account)
	}
	if err := s.loadReputation(ctx, c); err != nil {
		return 0, err
	}
	if err := s.loadBaseline(ctx, c); err != nil {
		return 0, err
	}
	result, err := s.huntCase(ctx, c, rules, account)
	if err != nil {
		return 0, err
	}
	if err := readAnything(account); err != nil {
		return 0, err
	}
	if failOn != finding.None && reaches(result, failOn) {
		return ExitFindings, nil
	}
	return ExitOK, errors.Join(failedHunts(result), s.unreadHunts())
}

// unreadHunts is the error of a run for which some hunts could not be read.
func (s *settings) unreadHunts() error {
	if s.hunt.unread == 0 {
		return nil
	}
	return fmt.Errorf("%d %s of --hunts can't be read: what %s for was not looked for", s.hunt.unread,
		plural(s.hunt.unread, "file", "files"), plural(s.hunt.unread, "it looks", "they look"))
}

// failedHunts is the error of a run in which a hunt failed: it has not looked.
func failedHunts(r *hunt.Result) error {
	failed, first := 0, ""
	for _, o := range r.Outcomes {
		if o.Error == "" {
			continue
		}
		if failed++; failed == 1 {
			first = o.ID
		}
	}
	if failed == 0 {
		return nil
	}
	return fmt.Errorf("%d of %d hunts failed, the first %s: what they look for was not looked for", failed, len(r.Outcomes), first)
}

// openWith opens the case, or a temporary one, reads paths into it and completes it. The
// account is empty without paths; what it says of them is the caller's to judge.
func (s *settings) openWith(ctx context.Context, paths []string) (*casedir.Case, *casedir.Account, error) {
	c, err := s.openForHunt(ctx, len(paths) > 0)
	if err != nil {
		return nil, nil, err
	}
	account := &casedir.Account{}
	if len(paths) > 0 {
		account, err = s.ingest(ctx, c, paths)
	} else {
		err = c.Finish(ctx)
	}
	if err != nil && s.casev == "" && ctx.Err() == nil {
		err = fmt.Errorf("%w; the case is a temporary one below %s: --case DIR keeps it on another disk", err, os.TempDir())
	}
	if err != nil {
		c.Close()
		return nil, nil, err
	}
	return c, account, nil
}

func (s *settings) openForHunt(ctx context.Context, create bool) (*casedir.Case, error) {
	o := s.caseOptions()
	s.outside.into(&o)
	if s.casev == "" {
		c, err := casedir.Temporary(ctx, o)
		if err != nil {
			return nil, fmt.Errorf("%w; TMPDIR says where temporary cases go, and --case DIR keeps one elsewhere", err)
		}
		return c, nil
	}
	// A complete case is after a hunt as it was, but for the baseline and the reputations that
	// it is to keep.
	o.ReadOnly = !create && s.baseline.use == "" && s.reputation == ""
	return casedir.Open(ctx, s.casev, create, o)
}

// severityFlag reads a flag that names a severity; "" is None.
func severityFlag(flag, s string) (finding.Severity, error) {
	if s == "" {
		return finding.None, nil
	}
	level, err := finding.ParseSeverity(s)
	if err != nil {
		return finding.None, &usageError{fmt.Sprintf("unknown %s %q", flag, s), "levels are info, low, medium, high, critical"}
	}
	return level, nil
}

func reaches(r *hunt.Result, level finding.Severity) bool {
	for _, f := range r.Findings {
		if f.Severity >= level {
			return true
		}
	}
	return false
}

// huntCase runs rules over a case and writes findings, account and report.
func (s *settings) huntCase(ctx context.Context, c *casedir.Case, rules []hunt.Rule, account *casedir.Account) (*hunt.Result, error) {
	clock, err := s.clock.resolve(ctx, c)
	if err != nil {
		return nil, err
	}
	p, err := s.newProgress("hunt", 0)
	if err != nil {
		return nil, err
	}
	result, err := hunt.Run(ctx, rules, c.Querier(clock), hunt.Options{Devices: s.hunt.devices, Exclude: s.hunt.exclude, Today: time.Now(), Progress: func(done, all, hits int, r *hunt.Rule) {
		p.rule(done, all, hits, r.Name)
	}})
	p.finish()
	if err != nil {
		return nil, err
	}
	sources, err := c.Sources(ctx)
	if err != nil {
		return nil, err
	}
	data := report.Data{Title: s.title(), Version: version, Written: time.Now().UTC(), Now: timeOf(clock.Now), Clock: clockReason(clock), Inputs: inputs(account, sources), Result: result}
	if err := s.writeFindings(data, account); err != nil {
		return nil, err
	}
	if s.report != "" {
		if err := writeReport(s.report, data); err != nil {
			return nil, err
		}
		fmt.Fprintf(s.err, "report: %s\n", printable(s.report))
	}
	return result, nil
}

// early finds what would fail behind hours of reading before it begins.
func (s *settings) early() error {
	if _, err := s.clock.window(); err != nil {
		return err
	}
	for _, f := range []struct{ flag, path string }{{"--baseline", s.baseline.use}, {"--reputation", s.reputation}, {"--geoip", s.outside.places}} {
		if f.path == "" {
			continue
		}
		if _, err := os.Stat(f.path); err != nil {
			return flagError(f.flag, f.path, err)
		}
	}
	if s.baseline.use != "" {
		// Its rows are read again when they are needed: they would be held while evidence is read.
		if _, err := readBaseline(s.baseline.use); err != nil {
			return err
		}
	}
	var err error
	if s.hunt.exclude, err = s.exclusions(); err != nil {
		return err
	}
	return reportPlace(s.report)
}

// flagError says which flag named a path that can't be used.
func flagError(flag, path string, err error) error {
	var p *fs.PathError
	if errors.As(err, &p) {
		err = p.Err
	}
	return &usageError{fmt.Sprintf("%s %s: %v", flag, path, err), ""}
}

// clockReason says why a run took its clock.
func clockReason(clock casedir.Clock) string {
	if clock.FromEvidence {
		return "the last event of the evidence (--now changes it)"
	}
	return "as asked, or the clock on the wall for a case without events"
}

// timeOf converts ticks to a time.
func timeOf(ticks int64) time.Time {
	t := ticks - types.UnixEpoch
	return time.Unix(t/types.TicksPerSecond, t%types.TicksPerSecond*100).UTC()
}

// rules are the built-in hunts and those of --hunts.
func (s *settings) rules() ([]hunt.Rule, error) {
	var rules []hunt.Rule
	if !s.hunt.only {
		builtin, err := hunts.Load()
		if err != nil {
			return nil, err
		}
		rules = builtin
	}
	var compiler *casedir.Compiler
	for _, path := range s.hunt.rules {
		if _, err := os.Stat(path); err != nil && path != stdin {
			return nil, flagError("--hunts", path, err)
		}
		if compiler == nil {
			var err error
			if compiler, err = s.ruleCompiler(); err != nil {
				return nil, err
			}
		}
		more, err := s.loadRules(compiler, path)
		if err != nil {
			return nil, err
		}
		rules = append(rules, more...)
	}
	if len(rules) == 0 {
		return nil, &usageError{"no hunts to run", "give --hunts FILE, or leave --only-hunts out"}
	}
	return rules, nil
}
