package cli

import (
	"encoding/json"
	"fmt"
	"io"
	"sync"
	"time"

	"github.com/goshawk-hunt/goshawk/casedir"
)

// progress reports long work by bytes: one line that redraws itself on a
// terminal, plain lines every few seconds elsewhere. Its methods may be called
// from several goroutines.
type progress struct {
	mu       sync.Mutex
	w        io.Writer
	live     bool
	json     *json.Encoder // of --progress json
	verb     string
	total    int64 // bytes, 0 if unknown
	done     int64
	records  int64
	file     string
	at       casedir.Progress
	rules    *ruleLine // nil while no rules run
	devices  *deviceLine
	started  time.Time
	lastShow time.Time
	every    time.Duration
	now      func() time.Time
}

func newProgress(w io.Writer, verb string, total int64) *progress {
	p := &progress{w: w, live: isTerminal(w), verb: verb, total: total, every: 5 * time.Second, now: time.Now}
	if p.live {
		p.every = 100 * time.Millisecond
	}
	p.started = p.now()
	p.lastShow = p.started
	return p
}

// newProgress makes the progress that --progress asks for.
func (s *settings) newProgress(verb string, total int64) (*progress, error) {
	p := newProgress(s.err, verb, total)
	switch s.progress {
	case "", "auto":
	case "plain":
		p.live, p.every = false, 5*time.Second
	case "none":
		p.live, p.w = false, io.Discard
	case "json":
		p.live, p.json, p.every = false, json.NewEncoder(s.err), time.Second
	default:
		return nil, &usageError{fmt.Sprintf("unknown --progress %q", s.progress), "auto, plain, json and none are known"}
	}
	return p, nil
}

// progressLine is a line of --progress json. Bytes are of the files on disk, chunks those of
// logs; tasks are
// rows that tell of scheduled tasks, found so far; "end" is true in the last line of a step.
type progressLine struct {
	Step      string  `json:"step"`
	File      string  `json:"file"`
	FileDone  int64   `json:"fileDone"`
	FileSize  int64   `json:"fileSize"`
	FileChunk int64   `json:"fileChunksDone"`
	OfChunks  int64   `json:"fileChunks"`
	Files     int     `json:"files"`
	Done      int64   `json:"done"`
	Total     int64   `json:"total"`
	Chunks    int64   `json:"chunks"`
	Records   int64   `json:"records"`
	Tasks     int64   `json:"tasks"`
	Seconds   float64 `json:"seconds"`
	PerSecond float64 `json:"bytesPerSecond"`
	Rate      float64 `json:"recordsPerSecond"`
	Left      float64 `json:"secondsLeft"`
	End       bool    `json:"end"`
}

// ruleLine is a line of --progress json while rules run: before each, and at the end.
type ruleLine struct {
	Step    string  `json:"step"`
	Rule    string  `json:"rule"`
	Done    int     `json:"done"`
	Total   int     `json:"total"`
	Hits    int     `json:"hits"` // rows of the rules so far, which become findings
	Seconds float64 `json:"seconds"`
	End     bool    `json:"end"`
}

// deviceLine is a line of --progress json while events are completed, device by device:
// before some of them, and at the end.
type deviceLine struct {
	Step    string  `json:"step"`
	Done    int64   `json:"done"`
	Total   int64   `json:"total"`
	Seconds float64 `json:"seconds"`
	Left    float64 `json:"secondsLeft"`
	End     bool    `json:"end"`
}

// completing tells of how many of all devices the events are completed, which follows the
// reading.
func (p *progress) completing(done, total int64) {
	p.mu.Lock()
	defer p.mu.Unlock()
	now := p.now()
	if p.devices == nil {
		if p.json != nil {
			p.writeJSON(now, true)
		}
		p.started, p.devices = now, &deviceLine{Step: "complete"}
	}
	l := p.devices
	l.Done, l.Total, l.Seconds, l.Left = done, total, now.Sub(p.started).Seconds(), 0
	line := fmt.Sprintf("complete the events of %d of %d %s", done, total, plural(int(total), "device", "devices"))
	if done > 0 && done < total {
		l.Left = l.Seconds / float64(done) * float64(total-done)
		line += fmt.Sprintf(", %s left", time.Duration(l.Left*float64(time.Second)).Round(time.Second))
	}
	p.say(now, l, line)
}

// ingest tells where an ingestion is.
func (p *progress) ingest(at casedir.Progress) {
	p.mu.Lock()
	p.at = at
	p.mu.Unlock()
	p.update(at.File, at.Done, at.Records)
}

func (p *progress) writeJSON(now time.Time, end bool) {
	l := progressLine{Step: p.verb, File: p.file, FileDone: p.at.FileDone, FileSize: p.at.FileSize, FileChunk: p.at.ChunksDone, OfChunks: p.at.Chunks, Files: p.at.Files, Done: p.done, Total: p.total,
		Chunks: p.at.AllChunks, Records: p.records, Tasks: p.at.Tasks, Seconds: now.Sub(p.started).Seconds(), End: end}
	if l.Seconds > 0 {
		l.PerSecond, l.Rate = float64(l.Done)/l.Seconds, float64(l.Records)/l.Seconds
	}
	if l.PerSecond > 0 && l.Done < l.Total {
		l.Left = float64(l.Total-l.Done) / l.PerSecond
	}
	_ = p.json.Encode(l) // nobody reads it: that is no failure of the work
}

// update tells where the work is: the current file, bytes done in all, records in all.
func (p *progress) update(file string, done, records int64) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.file, p.done, p.records = file, done, records
	if now := p.now(); now.Sub(p.lastShow) >= p.every {
		p.lastShow = now
		p.show(now)
	}
}

// step tells that work without bytes has done n of all parts and begins another.
func (p *progress) step(n, all int, what string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.live {
		fmt.Fprintf(p.w, "\r\x1b[K%s %d of %d  %s", p.verb, n+1, all, printable(what))
	}
}

// rule tells that n of all rules are done, with so many hits, and another begins.
func (p *progress) rule(n, all, hits int, name string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	now := p.now()
	p.rules = &ruleLine{p.verb, name, n, all, hits, now.Sub(p.started).Seconds(), false}
	line := fmt.Sprintf("%s %d of %d, %d %s so far  %s", p.verb, n+1, all, hits, plural(hits, "hit", "hits"), printable(name))
	p.say(now, p.rules, line)
}

// say tells a step of work without bytes: as an object, in the live line, or now and then
// as a line.
func (p *progress) say(now time.Time, object any, line string) {
	switch {
	case p.json != nil:
		_ = p.json.Encode(object)
	case p.live:
		fmt.Fprintf(p.w, "\r\x1b[K%s", line)
	case now.Sub(p.lastShow) >= p.every:
		p.lastShow = now
		fmt.Fprintln(p.w, line)
	}
}

func (p *progress) show(now time.Time) {
	if p.json != nil {
		p.writeJSON(now, false)
		return
	}
	line := p.line(now)
	if p.live {
		width := terminalWidth(p.w, 80)
		if r := []rune(line); len(r) >= width {
			line = string(r[:width-1])
		}
		fmt.Fprintf(p.w, "\r\x1b[K%s", line)
		return
	}
	fmt.Fprintln(p.w, line)
}

func (p *progress) line(now time.Time) string {
	elapsed := now.Sub(p.started).Seconds()
	rate := 0.0
	if elapsed > 0 {
		rate = float64(p.done) / elapsed
	}
	line := fmt.Sprintf("%s %s", p.verb, size(p.done))
	if p.total > 0 {
		line += fmt.Sprintf(" of %s (%d%%)", size(p.total), min(100, 100*p.done/p.total))
	}
	line += fmt.Sprintf(", %s/s, %d records", size(int64(rate)), p.records)
	if p.records > 0 && elapsed > 0 {
		line += fmt.Sprintf(" (%.0f/s)", float64(p.records)/elapsed)
	}
	if p.at.Tasks > 0 {
		line += fmt.Sprintf(", %d on tasks", p.at.Tasks)
	}
	if p.total > 0 && rate > 0 && p.done < p.total {
		left := time.Duration(float64(p.total-p.done) / rate * float64(time.Second))
		line += ", " + left.Round(time.Second).String() + " left"
	}
	if p.file != "" {
		line += "  " + printable(p.file)
		if p.at.FileDone > 0 && p.at.FileDone < p.at.FileSize {
			line += fmt.Sprintf(" %d%%", 100*p.at.FileDone/p.at.FileSize)
			if p.at.Chunks > 0 {
				line += fmt.Sprintf(", chunk %d of %d", p.at.ChunksDone, p.at.Chunks)
			}
		}
	}
	return line
}

// finish removes the live line.
func (p *progress) finish() {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.live {
		fmt.Fprint(p.w, "\r\x1b[K")
	}
	switch {
	case p.json == nil:
	case p.devices != nil:
		p.devices.Seconds, p.devices.Left, p.devices.End = p.now().Sub(p.started).Seconds(), 0, true
		_ = p.json.Encode(p.devices)
	case p.rules != nil:
		p.rules.Rule, p.rules.Done, p.rules.End, p.rules.Seconds = "", p.rules.Total, true, p.now().Sub(p.started).Seconds()
		_ = p.json.Encode(p.rules)
	default:
		p.writeJSON(p.now(), true)
	}
}

// size renders bytes with a decimal unit.
func size(n int64) string {
	const units = "kMGTPE"
	if n < 1000 {
		return fmt.Sprintf("%d B", n)
	}
	f, u := float64(n)/1000, 0
	for f >= 999.95 && u < len(units)-1 {
		f, u = f/1000, u+1
	}
	return fmt.Sprintf("%.1f %cB", f, units[u])
}
