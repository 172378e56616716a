package cli

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"strings"
	"time"

	"github.com/spf13/pflag"

	"github.com/goshawk-hunt/goshawk/baseline"
	"github.com/goshawk-hunt/goshawk/casedir"
	"github.com/goshawk-hunt/goshawk/hunt/score"
)

func baselineCommand() command {
	return command{
		name: "baseline", args: "build|show|diff ..", summary: "what tasks are normal here: keep it, share it, compare with it",
		help: `
Keeps when each task, each definition of a task, each program that the Task
Scheduler started and each signer was seen first and last, and on how many devices.

  goshawk baseline build ./logs --out team.jsonl     add what the evidence holds
  goshawk baseline build --case ./case --out team.jsonl
  goshawk baseline build a.jsonl b.jsonl --out team.jsonl    merge baselines
  goshawk baseline show team.jsonl                   rarest first
  goshawk baseline show --known                      the tasks that goshawk knows itself
  goshawk baseline diff team.jsonl ./logs            what is new since
  goshawk hunt ./logs --baseline team.jsonl          hunts see it as TaskBaseline

An existing --out is added to. The file is JSON lines, sorted: it can be reviewed,
put under version control and merged in any order. It holds hashes of devices'
names and no rows of evidence; a name that can be guessed can be confirmed by its
hash, so share it as you share a list of your machines.

In hunts: ScheduledTaskEvents | invoke WithTaskBaseline() | where NewSince`,
		flags: func(fs *pflag.FlagSet, s *settings) {
			caseFlag(fs, s)
			fs.StringVar(&s.baseline.out, "out", "", "build: the file to write or to add to")
			fs.StringVar(&s.baseline.kind, "kind", "", "show, diff: only task, definition, command or signer")
			fs.BoolVar(&s.baseline.known, "known", false, "show: the catalogue of known tasks that ships with goshawk")
			fs.StringVar(&s.format, "format", formatTable, "show, diff: table or jsonl")
			reputationFlag(fs, s)
			memoryFlag(fs, s)
			progressFlag(fs, s)
			passwordFlag(fs, s)
		},
		run: runBaseline,
	}
}

type baselineFlags struct {
	out, kind string
	known     bool
	use       string // hunt --baseline
}

func runBaseline(ctx context.Context, s *settings, args []string) (int, error) {
	usage := &usageError{"baseline needs build, show or diff", "goshawk baseline --help"}
	if len(args) == 0 {
		return 0, usage
	}
	if s.format != formatTable && s.format != formatJSONL {
		return 0, &usageError{fmt.Sprintf("unknown --format %q", s.format), "baseline prints table or jsonl"}
	}
	switch args[0] {
	case "build":
		return ExitOK, s.buildBaseline(ctx, args[1:])
	case "show":
		if s.baseline.known && len(args) == 1 {
			return ExitOK, s.showKnown()
		}
		if len(args) != 2 {
			return 0, &usageError{"show needs one FILE", "goshawk baseline show team.jsonl"}
		}
		b, err := readBaseline(args[1])
		if err != nil {
			return 0, err
		}
		return ExitOK, s.showBaseline(b)
	case "diff":
		if len(args) < 2 || len(args) == 2 && s.casev == "" {
			return 0, &usageError{"diff needs a FILE and evidence, another baseline or a --case", "goshawk baseline diff team.jsonl ./logs"}
		}
		old, err := readBaseline(args[1])
		if err != nil {
			return 0, err
		}
		now, err := s.observed(ctx, args[2:])
		if err != nil {
			return 0, err
		}
		return ExitOK, s.showDifference(baseline.Diff(old, now))
	}
	return 0, usage
}

func readBaseline(path string) (*baseline.Baseline, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	b, err := baseline.Read(f)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	return b, nil
}

// observed is what evidence, a case and other baselines hold, together.
func (s *settings) observed(ctx context.Context, args []string) (*baseline.Baseline, error) {
	all := &baseline.Baseline{}
	var evidence []string
	for _, path := range args {
		if info, err := os.Stat(path); !strings.HasSuffix(path, ".jsonl") || err == nil && info.IsDir() {
			evidence = append(evidence, path)
			continue
		}
		b, err := readBaseline(path)
		switch {
		case errors.Is(err, baseline.ErrNone): // JSON lines may be evidence too
			evidence = append(evidence, path)
		case err != nil:
			return nil, err
		default:
			all.Merge(b)
		}
	}
	if len(evidence) == 0 && s.casev == "" {
		return all, nil
	}
	c, account, err := s.openWith(ctx, evidence)
	if err != nil {
		return nil, err
	}
	defer c.Close()
	writeNotRead(s.err, account)
	if err := readAnything(account); err != nil {
		return nil, err
	}
	if err := s.loadReputation(ctx, c); err != nil {
		return nil, err
	}
	clock, err := s.clock.resolve(ctx, c)
	if err != nil {
		return nil, err
	}
	b, err := baseline.Build(ctx, c.Querier(clock))
	if err != nil {
		return nil, err
	}
	all.Merge(b)
	return all, nil
}

func (s *settings) buildBaseline(ctx context.Context, args []string) error {
	if s.baseline.out == "" || len(args) == 0 && s.casev == "" {
		return &usageError{"build needs evidence or a --case, and --out FILE", "goshawk baseline build ./logs --out team.jsonl"}
	}
	b, err := readBaseline(s.baseline.out)
	if errors.Is(err, fs.ErrNotExist) {
		b, err = &baseline.Baseline{}, nil
	}
	if err != nil {
		return err
	}
	before := b.Len()
	more, err := s.observed(ctx, args)
	if err != nil {
		return err
	}
	b.Merge(more)
	tmp := s.baseline.out + ".part"
	f, err := os.Create(tmp)
	if err != nil {
		return fmt.Errorf("write the baseline: %w", err)
	}
	if err := errors.Join(b.Write(f), f.Close()); err != nil {
		os.Remove(tmp)
		return fmt.Errorf("write the baseline: %w", err)
	}
	if err := os.Rename(tmp, s.baseline.out); err != nil {
		return err
	}
	fmt.Fprintf(s.err, "%s: %d entries, %d of them new\n", printable(s.baseline.out), b.Len(), b.Len()-before)
	return nil
}

// loadBaseline puts the file of --baseline where hunts see it.
func (s *settings) loadBaseline(ctx context.Context, c *casedir.Case) error {
	if s.baseline.use == "" {
		return nil
	}
	b, err := readBaseline(s.baseline.use)
	if err != nil {
		return err
	}
	return c.Replace(ctx, baseline.TableName, b.Rows())
}

func (s *settings) wants(e *baseline.Entry) bool {
	return s.baseline.kind == "" || e.Kind == s.baseline.kind
}

// showBaseline prints the entries, the rarest first.
func (s *settings) showBaseline(b *baseline.Baseline) error {
	if s.format == formatJSONL {
		enc := json.NewEncoder(s.out)
		for _, e := range b.Rarest() {
			if s.wants(e) {
				if err := enc.Encode(e); err != nil {
					return err
				}
			}
		}
		return nil
	}
	for _, e := range b.Rarest() {
		if s.wants(e) {
			fmt.Fprintf(s.out, "%7d %-7s  %s  %s  %-10s %s\n", e.Devices.Count(), plural(int(e.Devices.Count()), "device", "devices"), day(e.First.Time), day(e.Last.Time), e.Kind, printable(entryText(e)))
		}
	}
	return nil
}

func day(t time.Time) string {
	if t.IsZero() {
		return "unknown   "
	}
	return t.Format(time.DateOnly)
}

// entryText is what an entry speaks of.
func entryText(e *baseline.Entry) string {
	switch e.Kind {
	case baseline.Task:
		return e.TaskKey
	case baseline.Definition:
		text := strings.TrimSpace(e.Command + " " + e.Arguments)
		if e.RunAs != "" {
			text += " as " + e.RunAs
		}
		return e.TaskKey + " runs " + text
	case baseline.Signer:
		return e.Signer
	}
	return e.Command
}

func (s *settings) showDifference(list []baseline.Difference) error {
	enc := json.NewEncoder(s.out)
	shown := 0
	for _, d := range list {
		if !s.wants(d.Entry) {
			continue
		}
		shown++
		if s.format == formatJSONL {
			if err := enc.Encode(d); err != nil {
				return err
			}
			continue
		}
		n := int(d.Entry.Devices.Count())
		fmt.Fprintf(s.out, "%-12s  %s  %d %s  %s\n", d.News, day(d.Entry.First.Time), n, plural(n, "device", "devices"), printable(entryText(d.Entry)))
		for _, k := range d.Known {
			fmt.Fprintf(s.out, "              known: %s\n", printable(strings.TrimSpace(k.Command+" "+k.Arguments)))
		}
	}
	fmt.Fprintf(s.err, "%d new since the baseline\n", shown)
	return nil
}

// showKnown prints the catalogue of known tasks, with how well each is known.
func (s *settings) showKnown() error {
	enc := json.NewEncoder(s.out)
	for _, k := range score.Catalogue() {
		if s.format == formatJSONL {
			if err := enc.Encode(k); err != nil {
				return err
			}
			continue
		}
		fmt.Fprintf(s.out, "%-8s  %s: %s runs %s\n", k.Grade, k.Software, k.Path, strings.TrimSpace(k.Command+" "+k.Arguments))
	}
	return nil
}
