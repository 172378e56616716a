// Package finding is what a hunt found: one suspicious task or process on one or
// more devices, why it is suspicious, and the rows that prove it.
//
// A Finding is plain data. Its JSON form is stable: fields are added, never
// renamed. All text in it may be the attacker's; whoever prints it escapes it.
package finding

import (
	"fmt"
	"sort"
	"strings"
	"time"
)

// Finding is one thing worth an analyst's look.
type Finding struct {
	// ID is the fingerprint of what the finding is about: the same task on the same
	// devices' fleet gets the same ID in every run, whatever hunts point at it.
	ID       string   `json:"id"`
	Title    string   `json:"title"`
	Severity Severity `json:"severity"`
	// Score is the sum of the reasons' points, never below 0.
	Score int `json:"score"`
	// Reasons are ordered by points, highest first; points may be negative when
	// something known to be benign explains a part.
	Reasons []Reason `json:"reasons"`
	// Known names the entry of the catalogue of benign tasks that the task matched, or "".
	Known string `json:"known,omitempty"`

	Hunts      []Hunt   `json:"hunts"`
	Techniques []string `json:"techniques,omitempty"`
	Tactics    []string `json:"tactics,omitempty"`

	// Devices are the devices concerned, sorted. It is empty only when the evidence names none.
	Devices []string `json:"devices"`
	// Accounts are those who created, changed or removed the task, or ran the process.
	Accounts []string `json:"accounts,omitempty"`
	// First and Last span the timeline; zero when no row carries a time.
	First Time `json:"first"`
	Last  Time `json:"last"`

	Task      *Task     `json:"task,omitempty"`
	Processes []Process `json:"processes,omitempty"`
	Timeline  []Moment  `json:"timeline,omitempty"`
	// Dossier is the life of the task; nil for findings that got none.
	Dossier *Dossier `json:"dossier,omitempty"`
	// Evidence holds the rows that the hunts returned, at most MaxEvidence of them.
	Evidence []Row `json:"evidence"`
	// More counts the evidence rows and timeline moments left out.
	More int `json:"more,omitempty"`
	// Unlisted counts former actions, makers and processes that are not listed for want of room
	// though they say something else than those that are: while it is 0, the lists hold all
	// that there is to judge.
	Unlisted int `json:"unlisted,omitempty"`
}

// MaxEvidence bounds the evidence rows and the timeline of one finding.
const MaxEvidence = 200

// Hunt says which hunt pointed at the finding, with the query that did.
type Hunt struct {
	ID    string `json:"id"`
	Name  string `json:"name"`
	Query string `json:"query"`
	// Rows counts the hunt's rows that belong to the finding.
	Rows int `json:"rows"`
}

// Reason is one sentence of the explanation and what it adds to the score.
type Reason struct {
	Points int `json:"points"`
	// Property is the independent property that the reason speaks of.
	Property Property `json:"property"`
	// Text is one sentence, with its numbers, without the points.
	Text string `json:"text"`
	// Fact names what the reason speaks of where several sources may tell of the same;
	// reasons of one fact count once, by the strongest. "" stands alone.
	Fact string `json:"fact,omitempty"`
}

// Property groups reasons: two reasons of different properties are independent of
// each other, two of the same are not.
type Property string

// The properties, in the order of their weight as signals.
const (
	Action    Property = "action"     // what runs
	Store     Property = "store"      // how the task is kept, and whether its stores agree
	Creator   Property = "creator"    // who asked, and from where
	Rarity    Property = "rarity"     // how many devices and runs know it
	LifeCycle Property = "life cycle" // created, changed, deleted
	Privilege Property = "privilege"  // as whom it runs
	Trigger   Property = "trigger"    // when it runs
	Name      Property = "name"       // what it calls itself
	Script    Property = "script"     // what a script block says
	Network   Property = "network"    // where it connects to
	Signature Property = "signature"  // who signed the file, and how widely it is known
	Behaviour Property = "behaviour"  // what the started process did
	Rule      Property = "rule"       // a user's own rule says so
)

// Task is the scheduled task of a finding, as far as the evidence tells it.
type Task struct {
	Name string `json:"name"`
	// Actions are in the order in which the task runs them.
	Actions []TaskAction `json:"actions,omitempty"`
	// Former are actions that the task had before, or that another source gives it.
	Former []TaskAction `json:"former,omitempty"`
	// Decoded are the texts that stand in Base64 in the actions.
	Decoded   []string `json:"decoded,omitempty"`
	Principal string   `json:"principal,omitempty"`
	RunLevel  string   `json:"runLevel,omitempty"`
	LogonType string   `json:"logonType,omitempty"`
	Starting
	Hidden    bool   `json:"hidden,omitempty"`
	Author    string `json:"author,omitempty"`
	Created   Time   `json:"created"`
	CreatedBy string `json:"createdBy,omitempty"` // on the device where it was first
	// Makers are the accounts that created or changed it, by device.
	Makers     []Maker `json:"makers,omitempty"`
	Definition string  `json:"definition,omitempty"` // task XML or JSON as the evidence has it
	// Damage says of a definition that could not be read to its end what is wrong with
	// it, which parts were read and which not.
	Damage string `json:"damage,omitempty"`
}

// Starting says what starts a task, three times the same: whoever has another text of the
// triggers sets all of it (dossier.Starting).
type Starting struct {
	Triggers string  `json:"triggers,omitempty"` // in the words of definitions
	Schedule string  `json:"schedule,omitempty"` // in plain words
	Starts   []Start `json:"starts,omitempty"`   // as data
}

// Start is one thing that starts a task.
type Start struct {
	Kind string `json:"kind"` // the trigger's element in a definition: LogonTrigger
	// Every is how often it repeats, in seconds; 0 if it does not.
	Every int64 `json:"everySeconds,omitempty"`
	Off   bool  `json:"off,omitempty"` // it is turned off
}

// Maker is an account that created or changed a task on a device, "" where the evidence
// names none.
type Maker struct {
	Device  string `json:"device,omitempty"`
	Account string `json:"account"`
}

// TaskAction is one action of a task.
type TaskAction struct {
	Kind      string `json:"kind,omitempty"` // Exec, ComHandler, SendEmail or ShowMessage
	Command   string `json:"command,omitempty"`
	Arguments string `json:"arguments,omitempty"`
	ClassID   string `json:"classId,omitempty"`
	// Bare says that the evidence names the program alone, as the scheduler's log of
	// runs does: what arguments it is given, if any, is not known.
	Bare bool `json:"argumentsNotKnown,omitempty"`
}

// Text returns an action as one would type it.
func (a TaskAction) Text() string {
	switch {
	case a.Command != "":
		return strings.TrimSpace(a.Command + " " + a.Arguments)
	case a.ClassID != "":
		return "the COM class " + a.ClassID
	case a.Kind == "Exec":
		return "a program that the definition does not name"
	}
	return a.Kind
}

// systemFolders are those in which Windows keeps its shells and script hosts.
var systemFolders = []string{`windowspowershell\v1.0\`, `wbem\`, ""}

// Brief returns an action as Text does, a program in one of Windows' own folders without
// its path where arguments say what it does.
func (a TaskAction) Brief() string {
	text := strings.Trim(a.Command, `" `)
	lower := strings.ToLower(text)
	for _, root := range []string{`c:\windows\`, `%windir%\`, `%systemroot%\`} {
		rest, ok := strings.CutPrefix(lower, root)
		if !ok {
			continue
		}
		for _, sub := range []string{`system32\`, `syswow64\`} {
			below, ok := strings.CutPrefix(rest, sub)
			for _, folder := range systemFolders {
				if name, in := strings.CutPrefix(below, folder); ok && in && a.Arguments != "" && name != "" && !strings.ContainsAny(name, `\/ `) {
					return text[len(text)-len(name):] + " " + a.Arguments
				}
			}
		}
	}
	return a.Text()
}

// Process is a process that made, was, or came out of the task.
type Process struct {
	Role          string `json:"role"` // creator, started, child, related
	Device        string `json:"device,omitempty"`
	Time          Time   `json:"time"`
	PID           int64  `json:"pid,omitempty"`
	FileName      string `json:"fileName,omitempty"`
	FolderPath    string `json:"folderPath,omitempty"`
	CommandLine   string `json:"commandLine,omitempty"`
	Account       string `json:"account,omitempty"`
	SHA1          string `json:"sha1,omitempty"`
	Parent        string `json:"parent,omitempty"`        // parent's command line, else its path
	ParentPID     int64  `json:"parentPid,omitempty"`     // 0 when unknown
	ParentCreated Time   `json:"parentCreated,omitempty"` // zero when unknown
}

// Moment is one entry of the timeline.
type Moment struct {
	Time   Time   `json:"time"`
	Device string `json:"device,omitempty"`
	What   string `json:"what"`
	Detail string `json:"detail,omitempty"`
	Source Source `json:"source"`
}

// Source names the row that proves a statement.
type Source struct {
	Table  string `json:"table,omitempty"`
	Record string `json:"record,omitempty"` // ReportId or event record id, as the evidence has it
	Hunt   string `json:"hunt,omitempty"`
}

// Row is one row that a hunt returned: its non-empty columns, in order.
type Row struct {
	Hunt    string  `json:"hunt"`
	Columns []Field `json:"columns"`
}

// Field is a column of a Row with its value as text.
type Field struct {
	Name  string `json:"name"`
	Value string `json:"value"`
}

// Time is a moment in UTC with the 100 ns of Windows. Its JSON form is
// 2024-01-01T00:00:00.0000000Z, and "" when it is zero (unknown).
type Time struct{ time.Time }

// Layout is how a Time is written: always seven digits of the second.
const Layout = "2006-01-02T15:04:05.0000000Z"

// FromTicks turns KQL ticks (100 ns since 0001-01-01) into a Time.
func FromTicks(ticks int64) Time {
	const perSecond, unixEpoch = 10_000_000, 62135596800
	sec, rest := ticks/perSecond, ticks%perSecond
	if rest < 0 {
		sec, rest = sec-1, rest+perSecond
	}
	return Time{time.Unix(sec-unixEpoch, rest*100).UTC()}
}

// String returns the time as Layout writes it, or "" for an unknown one.
func (t Time) String() string {
	if t.IsZero() {
		return ""
	}
	return t.UTC().Format(Layout)
}

// MarshalJSON writes the time as a string.
func (t Time) MarshalJSON() ([]byte, error) { return []byte(`"` + t.String() + `"`), nil }

// UnmarshalJSON reads what MarshalJSON wrote.
func (t *Time) UnmarshalJSON(b []byte) error {
	if string(b) == `""` || string(b) == "null" {
		*t = Time{}
		return nil
	}
	if err := t.Time.UnmarshalJSON(b); err != nil {
		return fmt.Errorf("%s is no time, expected one such as \"2024-01-31T00:00:00Z\"", Shorten(string(b), 60))
	}
	return nil
}

// Sort orders findings for reading: highest severity and score first, then the most
// recent, then by title and ID, so that equal input gives equal order.
func Sort(fs []Finding) {
	sort.SliceStable(fs, func(i, j int) bool {
		a, b := &fs[i], &fs[j]
		switch {
		case a.Severity != b.Severity:
			return a.Severity > b.Severity
		case a.Score != b.Score:
			return a.Score > b.Score
		case !a.Last.Equal(b.Last.Time):
			return a.Last.After(b.Last.Time)
		case a.Title != b.Title:
			return a.Title < b.Title
		}
		return a.ID < b.ID
	})
}

// Worst returns the highest severity among the findings, None when there is none.
func Worst(fs []Finding) Severity {
	worst := None
	for i := range fs {
		worst = max(worst, fs[i].Severity)
	}
	return worst
}

// Shorten cuts a text to at most n bytes, at a rune's border, and says so with an ellipsis.
func Shorten(s string, n int) string {
	if len(s) <= n {
		return s
	}
	for n > 0 && s[n]&0xC0 == 0x80 {
		n--
	}
	return s[:n] + "…"
}
