// Package baseline keeps what is normal in a fleet: when each task, each definition
// of a task, each program that the Task Scheduler started and each signer was seen
// first and last, and on how many devices.
//
// A baseline is a file of JSON lines that a team shares: one entry a line, sorted, so
// that two versions differ line by line in review and under version control, and any
// two baselines can be merged in any order, with the same result. Devices are counted
// by a sketch of hashes of their names: exact up to 256 devices, within a few per cent
// beyond; the file holds no device's name.
package baseline

import (
	"bufio"
	"bytes"
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/goshawk-hunt/goshawk/finding"
)

// Kinds of entries.
const (
	Task       = "task"       // a task's path
	Definition = "definition" // what a task runs, as whom
	Command    = "command"    // a program that the Task Scheduler started
	Signer     = "signer"     // who signed such programs
)

// Entry is one thing that was seen. TaskKey and DefinitionKey are as the stored
// functions of those names write them: GUIDs, SIDs and users' folders made equal.
type Entry struct {
	Kind          string       `json:"kind"`
	TaskKey       string       `json:"task,omitempty"`
	DefinitionKey string       `json:"definition,omitempty"`
	Command       string       `json:"command,omitempty"`
	Arguments     string       `json:"arguments,omitempty"`
	RunAs         string       `json:"runAs,omitempty"`
	Signer        string       `json:"signer,omitempty"`
	First         finding.Time `json:"first"`
	Last          finding.Time `json:"last"`
	Devices       Sketch       `json:"devices"`
}

// identity is what two entries share that speak of the same thing.
func (e *Entry) identity() string {
	return strings.Join([]string{e.Kind, e.TaskKey, e.DefinitionKey, e.Command + e.Signer}, "\x00")
}

// Baseline is a set of entries. The zero value is empty.
type Baseline struct {
	entries map[string]*Entry
}

// Add merges one entry.
func (b *Baseline) Add(e Entry) {
	if b.entries == nil {
		b.entries = map[string]*Entry{}
	}
	key := e.identity()
	have := b.entries[key]
	if have == nil {
		e.Devices = slices.Clone(e.Devices)
		b.entries[key] = &e
		return
	}
	if have.First.IsZero() || !e.First.IsZero() && e.First.Before(have.First.Time) {
		have.First = e.First
	}
	if e.Last.After(have.Last.Time) {
		have.Last = e.Last
	}
	// what only describes: the smaller one, so that the order of merging is all the same
	have.Arguments, have.RunAs = lesser(have.Arguments, e.Arguments), lesser(have.RunAs, e.RunAs)
	have.Devices = have.Devices.merge(e.Devices)
}

func lesser(a, b string) string {
	if a == "" || b != "" && b < a {
		return b
	}
	return a
}

// Merge adds all entries of another baseline.
func (b *Baseline) Merge(other *Baseline) {
	for _, e := range other.entries {
		b.Add(*e)
	}
}

// Len is the number of entries.
func (b *Baseline) Len() int { return len(b.entries) }

// Has reports whether the baseline knows an entry's thing.
func (b *Baseline) Has(e *Entry) bool { return b.entries[e.identity()] != nil }

// Entries returns the entries, sorted by kind and key.
func (b *Baseline) Entries() []*Entry {
	list := make([]*Entry, 0, len(b.entries))
	for _, e := range b.entries {
		list = append(list, e)
	}
	slices.SortFunc(list, func(x, y *Entry) int {
		return cmp.Or(cmp.Compare(order[x.Kind], order[y.Kind]), cmp.Compare(x.identity(), y.identity()))
	})
	return list
}

// Rarest returns the entries by the number of devices, then the latest first.
func (b *Baseline) Rarest() []*Entry {
	list := b.Entries()
	slices.SortStableFunc(list, func(x, y *Entry) int {
		return cmp.Or(cmp.Compare(x.Devices.Count(), y.Devices.Count()), y.First.Compare(x.First.Time))
	})
	return list
}

var order = map[string]int{Task: 0, Definition: 1, Command: 2, Signer: 3}

// header is the first line of a file.
type header struct {
	Version int `json:"goshawkBaseline"`
}

const fileVersion = 1

// Bounds of a file.
const (
	maxLine    = 1 << 20
	maxBytes   = 512 << 20
	maxEntries = 5_000_000
)

// ErrNone says that a file is no baseline at all: its first line is not a baseline's.
var ErrNone = errors.New("no baseline")

// Read reads a baseline file. What it can't take whole it refuses, with the line.
func Read(r io.Reader) (*Baseline, error) {
	in := &io.LimitedReader{R: r, N: maxBytes + 1}
	s := bufio.NewScanner(in)
	s.Buffer(make([]byte, 64<<10), maxLine)
	b := &Baseline{}
	line := 0
	for s.Scan() {
		line++
		text := bytes.TrimSpace(s.Bytes())
		if line == 1 {
			if err := readHeader(bytes.TrimPrefix(text, []byte("\uFEFF"))); err != nil {
				return nil, err
			}
			continue
		}
		if len(text) == 0 {
			continue
		}
		e, err := readEntry(text)
		if err != nil {
			return nil, fmt.Errorf("line %d of the baseline: %w", line, err)
		}
		if b.Len() >= maxEntries {
			return nil, fmt.Errorf("the baseline has more than %d entries", maxEntries)
		}
		b.Add(e)
	}
	switch err := s.Err(); {
	case errors.Is(err, bufio.ErrTooLong) && line == 0:
		return nil, fmt.Errorf("%w: the first line has more than %d bytes", ErrNone, maxLine)
	case errors.Is(err, bufio.ErrTooLong):
		return nil, fmt.Errorf("line %d of the baseline has more than %d bytes", line+1, maxLine)
	case err != nil:
		return nil, err
	case in.N == 0:
		return nil, fmt.Errorf("the baseline has more than %d MB", maxBytes>>20)
	case line == 0:
		return nil, fmt.Errorf("%w: the file is empty", ErrNone)
	}
	return b, nil
}

func readHeader(text []byte) error {
	var h header
	if err := json.Unmarshal(text, &h); err != nil || h.Version == 0 {
		return fmt.Errorf("%w: the first line should be {\"goshawkBaseline\":%d}", ErrNone, fileVersion)
	}
	if h.Version != fileVersion {
		return fmt.Errorf("a baseline of version %d, this goshawk reads %d", h.Version, fileVersion)
	}
	return nil
}

// readEntry reads one line, which has to say what its kind is told by.
func readEntry(text []byte) (Entry, error) {
	var e Entry
	if text[0] != '{' {
		return e, fmt.Errorf("expected an object, found %q", finding.Shorten(string(text), 20))
	}
	if err := json.Unmarshal(text, &e); err != nil {
		return e, fmt.Errorf("no entry: %w", err)
	}
	if _, ok := order[e.Kind]; !ok {
		return e, fmt.Errorf("unknown kind %q", e.Kind)
	}
	if field := e.lacks(); field != "" {
		return e, fmt.Errorf("an entry of kind %q without %q", e.Kind, field)
	}
	if !e.Last.IsZero() && e.First.After(e.Last.Time) {
		return e, fmt.Errorf("first seen at %s, after it was last seen at %s", e.First, e.Last)
	}
	e.Devices = e.Devices.normal()
	return e, nil
}

// lacks names the field without which an entry of its kind speaks of nothing, "" if it
// has what it needs.
func (e *Entry) lacks() string {
	switch {
	case (e.Kind == Task || e.Kind == Definition) && e.TaskKey == "":
		return "task"
	case e.Kind == Definition && e.DefinitionKey == "":
		return "definition"
	case e.Kind == Command && e.Command == "":
		return "command"
	case e.Kind == Signer && e.Signer == "":
		return "signer"
	}
	return ""
}

// Write writes the baseline; equal baselines give equal bytes.
func (b *Baseline) Write(w io.Writer) error {
	bw := bufio.NewWriterSize(w, 64<<10)
	enc := json.NewEncoder(bw)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(header{fileVersion}); err != nil {
		return err
	}
	for _, e := range b.Entries() {
		if err := enc.Encode(e); err != nil {
			return err
		}
	}
	return bw.Flush()
}

// Definitions counts the definitions of each task.
func (b *Baseline) Definitions() map[string]int {
	n := map[string]int{}
	for _, e := range b.entries {
		if e.Kind == Definition {
			n[e.TaskKey]++
		}
	}
	return n
}
