package cli

import (
	"bufio"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"time"

	"github.com/spf13/pflag"

	"github.com/goshawk-hunt/goshawk/casedir"
	"github.com/goshawk-hunt/goshawk/finding"
	"github.com/goshawk-hunt/goshawk/hunt"
	"github.com/goshawk-hunt/goshawk/simulate"
)

type demoFlags struct {
	dir           string
	devices, days int
	seed          uint64
}

func demoCommand() command {
	return command{
		name: "demo", args: "[--dir DIR]", summary: "simulate a fleet with planted attacks, and hunt in it",
		help: `
Makes up a fleet (50 devices, 14 days, software and scheduled tasks of real shape),
plants attacks and, for most of them, a benign act that looks alike, tells it as
Defender's export and as EVTX logs, and hunts: the ranked findings go to stdout,
the report to DIR/report.html, and the truth is in DIR/labels.jsonl.

What is found in a simulated fleet proves that the machine works, not how well it
finds what others plant: see docs/evaluation.md for real evidence.

  goshawk demo
  goshawk query --case demo/case 'DeviceEvents | where ActionType == "ScheduledTaskCreated"'`,
		flags: func(fs *pflag.FlagSet, s *settings) {
			fs.StringVar(&s.demo.dir, "dir", "demo", "folder for the evidence, the case and the report; made anew")
			fs.IntVar(&s.demo.devices, "devices", 50, "devices of the fleet")
			fs.IntVar(&s.demo.days, "days", 14, "days of the fleet")
			fs.Uint64Var(&s.demo.seed, "seed", 0, "another fleet of the same kind")
			fs.StringVar(&s.format, "format", formatTable, "table, csv, json or jsonl")
			memoryFlag(fs, s)
		},
		run: runDemo,
	}
}

func runDemo(ctx context.Context, s *settings, _ []string) (int, error) {
	if err := checkFormat(s.format); err != nil {
		return 0, err
	}
	started := time.Now()
	dir := s.demo.dir
	if err := clearDemo(dir); err != nil {
		return 0, err
	}
	fleet := simulate.Generate(simulate.Options{Devices: s.demo.devices, Days: s.demo.days, Seed: s.demo.seed})
	if err := fleet.Write(dir, simulate.Mixed); err != nil {
		return 0, fmt.Errorf("write the simulated fleet: %w", err)
	}
	fmt.Fprintf(s.err, "simulated %d devices over %d days: %d events, %d planted stories (%s)\n", s.demo.devices, s.demo.days, len(fleet.Events), len(fleet.Labels), filepath.Join(dir, simulate.LabelsFile))
	s.casev, s.report = filepath.Join(dir, "case"), filepath.Join(dir, "report.html")
	s.reputation = filepath.Join(dir, simulate.ReputationFile)
	c, err := casedir.Open(ctx, s.casev, true, s.caseOptions())
	if err != nil {
		return 0, err
	}
	defer c.Close()
	account, err := s.ingest(ctx, c, []string{filepath.Join(dir, simulate.EvidenceDir)})
	if err != nil {
		return 0, err
	}
	if err := s.loadReputation(ctx, c); err != nil {
		return 0, err
	}
	rules, err := s.rules()
	if err != nil {
		return 0, err
	}
	result, err := s.huntCase(ctx, c, rules, account)
	if err != nil {
		return 0, err
	}
	s.scoreDemo(fleet.Labels, result)
	fmt.Fprintf(s.err, "done in %s; try: goshawk query --case %s 'DeviceEvents | summarize count() by ActionType'\n", time.Since(started).Round(100*time.Millisecond), s.casev)
	return ExitOK, nil
}

// clearDemo removes what an earlier demo left, and nothing else: a folder that was
// not made by a demo is refused.
func clearDemo(dir string) error {
	entries, err := os.ReadDir(dir)
	if os.IsNotExist(err) {
		return os.MkdirAll(dir, 0o755)
	}
	if err != nil {
		return err
	}
	own := map[string]bool{simulate.EvidenceDir: true, simulate.LabelsFile: true, simulate.ReputationFile: true, "case": true, "report.html": true}
	for _, e := range entries {
		if !own[e.Name()] {
			return &usageError{fmt.Sprintf("%s holds %s, which no demo made", dir, e.Name()), "give another folder with --dir"}
		}
	}
	for name := range own {
		if err := os.RemoveAll(filepath.Join(dir, name)); err != nil {
			return err
		}
	}
	return nil
}

// scoreDemo holds the findings against the labels, on stderr.
func (s *settings) scoreDemo(labels []simulate.Label, result *hunt.Result) {
	w := bufio.NewWriter(s.err)
	defer w.Flush()
	fmt.Fprintln(w, "planted stories and how they rank (medium and above counts as raised):")
	for _, l := range labels {
		rank, level := 0, finding.None
		for i, f := range result.Findings {
			if f.Task != nil && f.Task.Name == l.Task && slices.Contains(f.Devices, l.Device) {
				rank, level = i+1, f.Severity
				break
			}
		}
		verdict := "not raised"
		if rank > 0 {
			verdict = fmt.Sprintf("#%d %s", rank, level)
		}
		fmt.Fprintf(w, "  %-12s %-16s %-14s %s\n", l.Role, l.Scenario, verdict, printable(l.Task))
	}
}
