package cli

import (
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
	verb     string
	total    int64 // bytes, 0 if unknown
	done     int64
	records  int64
	file     string
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

// ingest tells where an ingestion is.
func (p *progress) ingest(at casedir.Progress) { p.update(at.File, at.Done, at.Records) }

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

func (p *progress) show(now time.Time) {
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
	if p.total > 0 && rate > 0 && p.done < p.total {
		left := time.Duration(float64(p.total-p.done) / rate * float64(time.Second))
		line += ", " + left.Round(time.Second).String() + " left"
	}
	if p.file != "" {
		line += "  " + printable(p.file)
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
