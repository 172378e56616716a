package score

import (
	"fmt"
	"time"

	"github.com/goshawk-hunt/goshawk/finding"
)

// Known is what a team's baseline knows of one definition of a task, or of one program
// that the Task Scheduler started.
type Known struct {
	// Devices counts the baseline's devices that have it, 0 when the baseline does not
	// know it; Since is when it was seen first.
	Devices int64
	Since   finding.Time
	// Defined says that the case knows what the task runs; Task that the baseline knows
	// the task's path, with whatever definition.
	Defined, Task bool
}

// Baseline is what a team's baseline says of a finding.
type Baseline struct {
	Size    int64        // the baseline has at least so many devices
	Since   finding.Time // the earliest that the baseline saw
	Program bool         // Known speaks of a program, not of a task
	Known
}

// rarity compares the devices that know the task with those of the case, and asks the
// baseline. What the baseline knows well is not rare, however few devices of the case
// have it; what it does not know is, however many have it.
func rarity(f Facts) []finding.Reason {
	if f.Task == nil && len(runs(f)) == 0 {
		return nil
	}
	b := f.Baseline
	if b == nil || b.Size == 0 {
		return here(f)
	}
	if b.Known.common(b.Size) {
		return []finding.Reason{{Property: finding.Rarity, Text: fmt.Sprintf("not rare: the baseline knows this %s on %d of %s%s", b.what(), b.Devices, b.size(), since(b.Known.Since))}}
	}
	if text := b.unknown(); text != "" {
		return append(here(f), finding.Reason{Points: b.points(), Property: finding.Rarity, Text: text})
	}
	return here(f)
}

// common reports whether the baseline knows a thing on so many of its devices that it
// is nothing special there.
func (k Known) common(size int64) bool {
	const least, share = 3, 20 // devices, and one of so many
	return k.Devices >= least && k.Devices*share > size
}

// unknown is the sentence about a thing that the baseline does not know, or "".
func (b *Baseline) unknown() string {
	of := fmt.Sprintf("the baseline of %s%s", b.size(), since(b.Since))
	switch {
	case b.Program && b.Devices == 0:
		return "the Task Scheduler never started this program in " + of
	case b.Program || b.Devices > 0:
		return ""
	case !b.Task:
		return "not in " + of
	case b.Defined:
		return of + " knows this task, but never with this definition"
	}
	return ""
}

// points of what the baseline does not know. A small baseline knows little.
func (b *Baseline) points() int {
	const fleet = 10
	if b.Size < fleet {
		return 8
	}
	return 15
}

func (b *Baseline) what() string {
	switch {
	case b.Program:
		return "program"
	case b.Defined:
		return "definition"
	}
	return "task"
}

// size says how many devices the baseline has; it keeps none of their names, so that
// only a lower bound is known.
func (b *Baseline) size() string { return "at least " + plural(int(b.Size), "device") }

func since(t finding.Time) string {
	if t.IsZero() {
		return ""
	}
	return " since " + t.UTC().Format(time.DateOnly)
}

// here compares the devices that know the task with those of the case. In a case of
// few devices everything is rare and rarity says little or nothing.
func here(f Facts) []finding.Reason {
	const few, fleet = 5, 10
	if f.Fleet < few || f.Devices == 0 {
		return nil
	}
	points := 0
	switch {
	case f.Devices <= 1 || f.Devices*100 <= f.Fleet:
		points = 12
	case f.Devices*20 <= f.Fleet:
		points = 8
	default:
		return nil
	}
	if f.Fleet < fleet {
		points = min(points, 8)
	}
	var times string
	if f.Runs > 0 {
		times = fmt.Sprintf(" (%s)", plural(f.Runs, "run"))
	}
	return []finding.Reason{{Points: points, Property: finding.Rarity, Text: fmt.Sprintf("seen on %d of %d devices%s", f.Devices, f.Fleet, times)}}
}

func plural(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return fmt.Sprintf("%d %ss", n, noun)
}
