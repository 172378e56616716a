package cli

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/spf13/pflag"

	"github.com/goshawk-hunt/goshawk/casedir"
	"github.com/goshawk-hunt/goshawk/finding"
	"github.com/goshawk-hunt/goshawk/hunt"
	"github.com/goshawk-hunt/goshawk/hunts"
)

type evaluateFlags struct {
	evidence string
	strict   bool
}

func evaluateCommand() command {
	return command{
		name: "evaluate", args: "TRUTH.jsonl --evidence DIR", summary: "hold the built-in hunts against labelled evidence",
		help: `
Hunts in each file of a labelled collection alone and prints, as a markdown table,
what was found: for malicious ones whether a finding names the task or its command,
for benign ones the worst finding. A line of TRUTH.jsonl is
{"path","verdict","task_names":[..],"commands":[..]}; a path may end in /** for a
folder without the files that other lines name.

  goshawk evaluate truth.jsonl --evidence ./labelled

exit codes: 0 the table was printed, 1 error, 2 with --strict: a malicious one missed or a benign one raised`,
		flags: func(fs *pflag.FlagSet, s *settings) {
			fs.BoolVar(&s.evaluate.strict, "strict", false, "exit with 2 if a malicious one is missed or a benign one raised")
			fs.StringVar(&s.evaluate.evidence, "evidence", "", "folder that the paths of the labels are in (default the labels' own)")
			memoryFlag(fs, s)
			passwordFlag(fs, s)
		},
		run: runEvaluate,
	}
}

// labelled is one line of the truth.
type labelled struct {
	Path      string   `json:"path"`
	Verdict   string   `json:"verdict"`
	TaskNames []string `json:"task_names"`
	Commands  []string `json:"commands"`
	Notes     string   `json:"notes"`
}

func runEvaluate(ctx context.Context, s *settings, args []string) (int, error) {
	if len(args) != 1 {
		return 0, &usageError{"evaluate needs one file of labels", "goshawk evaluate truth.jsonl --evidence DIR"}
	}
	labels, err := readLabels(args[0])
	if err != nil {
		return 0, err
	}
	root := s.evaluate.evidence
	if root == "" {
		root = filepath.Dir(args[0])
	}
	rules, err := hunts.Load()
	if err != nil {
		return 0, err
	}
	e := &evaluation{settings: s, root: root, rules: rules, labels: labels}
	return e.run(ctx)
}

func readLabels(path string) ([]labelled, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	var labels []labelled
	lines := bufio.NewScanner(f)
	lines.Buffer(nil, 16<<20)
	for n := 1; lines.Scan(); n++ {
		var l labelled
		if err := json.Unmarshal(lines.Bytes(), &l); err != nil {
			return nil, fmt.Errorf("%s:%d: not a label: %w", path, n, err)
		}
		labels = append(labels, l)
	}
	return labels, lines.Err()
}

type evaluation struct {
	*settings
	root   string
	rules  []hunt.Rule
	labels []labelled
}

// atOnce is how many labelled files are hunted in at the same time.
const atOnce = 2

// judged is what became of one label.
type judged struct {
	verdict, best string
	err           error
}

func (e *evaluation) run(ctx context.Context) (int, error) {
	fmt.Fprintln(e.out, "| file | label | verdict | best finding |\n|---|---|---|---|")
	p := newProgress(e.err, "evaluate", 0)
	defer p.finish()
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	results := make([]chan judged, len(e.labels))
	for i := range results {
		results[i] = make(chan judged, 1)
	}
	slots := make(chan struct{}, atOnce)
	go func() {
		for i, l := range e.labels {
			slots <- struct{}{}
			go func() {
				defer func() { <-slots }()
				results[i] <- e.judge(ctx, l)
			}()
		}
	}()
	tally := map[string]int{}
	for i, l := range e.labels {
		p.step(i, len(e.labels), l.Path)
		j := <-results[i]
		if j.err != nil {
			return 0, fmt.Errorf("%s: %w", l.Path, j.err)
		}
		tally[j.verdict]++
		fmt.Fprintf(e.out, "| %s | %s | %s | %s |\n", cell(l.Path), cell(l.Verdict), j.verdict, cell(j.best))
	}
	fmt.Fprintf(e.out, "\nmalicious: %d found, %d missed; benign: %d quiet, %d raised at or above medium; %d not judged\n",
		tally["found"], tally["missed"], tally["quiet"], tally["raised"], tally["-"])
	if e.evaluate.strict && tally["missed"]+tally["raised"] > 0 {
		return ExitFindings, nil
	}
	return ExitOK, nil
}

// judge hunts in the evidence of one label and holds the result against it.
func (e *evaluation) judge(ctx context.Context, l labelled) judged {
	result, err := e.hunt(ctx, l)
	if err != nil {
		return judged{err: err}
	}
	verdict, best := judge(l, result)
	return judged{verdict: verdict, best: best}
}

// hunt runs the built-in hunts over one labelled file or folder.
func (e *evaluation) hunt(ctx context.Context, l labelled) (*hunt.Result, error) {
	paths, err := e.paths(l.Path)
	if err != nil {
		return nil, err
	}
	c, err := casedir.Temporary(ctx, casedir.Options{Memory: e.memory, Threads: 1})
	if err != nil {
		return nil, err
	}
	defer c.Close()
	_, err = c.Ingest(ctx, paths, casedir.IngestOptions{Readers: readers(false), Now: ticksOf(time.Now())})
	if err != nil {
		return nil, err
	}
	clock, err := e.clock.resolve(ctx, c)
	if err != nil {
		return nil, err
	}
	result, err := hunt.Run(ctx, e.rules, c.Querier(clock), hunt.Options{})
	if err != nil {
		return nil, err
	}
	var failed []error
	for _, o := range result.Outcomes {
		if o.Err != nil {
			failed = append(failed, fmt.Errorf("hunt %s: %w", o.ID, o.Err))
		}
	}
	return result, errors.Join(failed...)
}

// paths are the files of a label; "dir/**" is a folder without the files of others.
func (e *evaluation) paths(path string) ([]string, error) {
	dir, whole := strings.CutSuffix(path, "/**")
	if !whole {
		return []string{filepath.Join(e.root, filepath.FromSlash(path))}, nil
	}
	others := map[string]bool{}
	for _, l := range e.labels {
		others[filepath.Join(e.root, filepath.FromSlash(l.Path))] = true
	}
	var paths []string
	err := filepath.WalkDir(filepath.Join(e.root, filepath.FromSlash(dir)), func(p string, d os.DirEntry, err error) error {
		if err == nil && !d.IsDir() && !others[p] {
			paths = append(paths, p)
		}
		return err
	})
	return paths, err
}

// judge holds a result against a label and names the best finding.
func judge(l labelled, r *hunt.Result) (verdict, best string) {
	var at *finding.Finding
	for i := range r.Findings {
		f := &r.Findings[i]
		if l.Verdict != "malicious" || names(l, f) {
			at = f
			break
		}
	}
	if at != nil {
		best = fmt.Sprintf("%s (%d) %s", at.Severity, at.Score, at.Title)
	}
	switch l.Verdict {
	case "malicious":
		if at != nil {
			return "found", best
		}
		return "missed", best
	case "benign":
		if at != nil && at.Severity >= finding.Medium {
			return "raised", best
		}
		return "quiet", best
	}
	return "-", best
}

// names reports whether a finding is about the labelled task or command. A label
// that has neither is about the file: any finding at or above medium is it.
func names(l labelled, f *finding.Finding) bool {
	if len(l.TaskNames)+len(l.Commands) == 0 {
		return f.Severity >= finding.Medium
	}
	text := strings.ToLower(f.Title)
	if f.Task != nil {
		text += "\n" + strings.ToLower(f.Task.Name)
		for _, a := range f.Task.Actions {
			text += "\n" + strings.ToLower(a.Command+" "+a.Arguments)
		}
	}
	for _, p := range f.Processes {
		text += "\n" + strings.ToLower(p.CommandLine)
	}
	for _, wanted := range append(append([]string{}, l.TaskNames...), l.Commands...) {
		if wanted = strings.ToLower(strings.TrimSpace(wanted)); wanted != "" && strings.Contains(text, wanted) {
			return true
		}
	}
	return false
}

// cell makes a text safe inside a markdown table.
func cell(s string) string {
	return strings.NewReplacer("|", "\\|", "<", "&lt;", "`", "'").Replace(printable(s))
}
