package jsonl

import (
	"fmt"
	"strings"
	"time"

	"github.com/goshawk-hunt/goshawk/evidence"
	"github.com/goshawk-hunt/goshawk/evidence/ticks"
)

// maxDelay is how long a record may be on its way to still tell its sender's
// zone; Sysmon's UtcTime is the moment itself.
const (
	maxDelay       = 7 * 60 * evidence.TicksPerSecond
	maxSysmonDelay = 5 * evidence.TicksPerSecond
	zoneStep       = 15 * 60 * evidence.TicksPerSecond
	maxZone        = 14 * 3600 * evidence.TicksPerSecond
)

// zoneBetween gives the zone, as what must be added to local, that lies between
// a local time and a UTC that is up to delay later.
func zoneBetween(local, utc, delay int64) (int64, bool) {
	diff := utc - local
	steps := diff / zoneStep
	if diff < 0 && diff%zoneStep != 0 {
		steps--
	}
	zone, rest := steps*zoneStep, diff-steps*zoneStep
	if rest > zoneStep-maxSysmonDelay { // the clocks differ by a little
		zone, rest = zone+zoneStep, 0
	}
	return zone, rest <= delay && zone <= maxZone && zone >= -maxZone
}

// clock knows how far the written times of a file are from UTC, host by host,
// from the Sysmon records at its start: those have the UTC of the same moment
// inside. Collectors were seen that write local time with a Z.
type clock struct {
	learned bool
	votes   map[string]map[int64]int // host -> shift -> records
	shifts  map[string]int64         // host -> shift
	common  int64                    // the shift of all hosts
	unanime bool                     // there is a common one
}

// clockSample is how much of a file is searched for Sysmon records.
const clockSample = 16 << 20

// shift is what must be added to the written times of a host, if it is known.
func (c *clock) shift(r *reading, host string) (int64, bool) {
	if !c.learned {
		c.learned = true
		r.learnClock()
		c.decide()
	}
	if s, ok := c.shifts[host]; ok {
		return s, true
	}
	return c.common, c.unanime
}

// learn takes the evidence of one flat event.
func (c *clock) learn(host, written, utc string) {
	w, ok1 := ticks.Parse(written)
	u, ok2 := ticks.Parse(utc)
	if !ok1 || !ok2 {
		return
	}
	// The record is written just after the moment, so the roles are the other
	// way round: the written time is the late one.
	back, ok := zoneBetween(u.Ticks, w.Ticks, maxSysmonDelay)
	if !ok {
		return
	}
	if c.votes == nil {
		c.votes = map[string]map[int64]int{}
	}
	if c.votes[host] == nil {
		c.votes[host] = map[int64]int{}
	}
	c.votes[host][-back]++
}

func (c *clock) decide() {
	c.shifts = make(map[string]int64, len(c.votes))
	c.unanime = len(c.votes) > 0
	first := true
	for host, votes := range c.votes {
		best, most := int64(0), 0
		for s, n := range votes {
			if n > most || n == most && s < best {
				best, most = s, n
			}
		}
		c.shifts[host] = best
		if first {
			c.common, first = best, false
		}
		c.unanime = c.unanime && best == c.common
	}
	if !c.unanime {
		c.common = 0
	}
	c.votes = nil
}

func formatShift(t int64) string {
	s := fmt.Sprint(time.Duration(t) * 100)
	if t > 0 {
		s = "+" + s
	}
	return s
}

// learnClock searches the start of the file for what tells its zone.
func (r *reading) learnClock() {
	l := &reading{in: r.in, sink: nowhere{}, maxRecord: r.maxRecord}
	l.handle = func(node uint32, s shape, _ *frame) error {
		d := &l.doc
		if s != nxlogShape && s != azureShape {
			return nil
		}
		if utc := d.textAt(node, "UtcTime"); utc != "" {
			r.clock.learn(strings.Clone(d.textAt(node, "Hostname")), first(d.textAt(node, "EventTime"), d.textAt(node, "TimeCreated")), utc)
		}
		d.arena = d.arena[:0]
		return nil
	}
	_ = l.run(r.ctx, min(r.in.Size, clockSample)) // an error shows when the file itself is read
}

// nowhere is the sink of a search.
type nowhere struct{}

func (nowhere) Record(*evidence.Record) error { return nil }
func (nowhere) Damage(evidence.Damage)        {}
func (nowhere) Progress(int64)                {}
