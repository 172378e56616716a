package casedir

import (
	"fmt"
	"maps"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/goshawk-hunt/goshawk/evidence"
	"github.com/goshawk-hunt/goshawk/evidence/archive"
	"github.com/goshawk-hunt/goshawk/normalize"
)

// Outcomes of a file besides those of package archive.
const (
	outcomeKnown  = "known"  // the same content is in the case already
	outcomeFailed = "failed" // a part of goshawk failed over it; nothing of it was kept
	// All of it was read, under an assumption that its notes tell.
	outcomeNote = "note"
)

// FileReport is what became of one file of an ingestion.
type FileReport struct {
	Path    string `json:"path"`
	Format  string `json:"format,omitempty"`
	SHA256  string `json:"sha256,omitempty"` // of what was read
	Size    int64  `json:"size"`
	name    string // that the path gives to the content
	Outcome string `json:"outcome"` // read, note, refused, unknown, empty, damaged, known, failed
	Reason  string `json:"reason,omitempty"`
	Records int64  `json:"records"`
	Stored  int64  `json:"stored"` // records that gave rows; the others are in SetAside
	Rows    int64  `json:"rows"`
	// Tables counts the rows by table.
	Tables map[string]int64 `json:"tables,omitempty"`
	// SetAside counts records that gave no row, by reason.
	SetAside map[string]int64 `json:"setAside,omitempty"`
	// Problems counts values that could not be read, by reason; Unknown counts
	// columns that the catalogue does not know.
	Problems map[string]int64  `json:"problems,omitempty"`
	Unknown  map[string]int64  `json:"unknown,omitempty"`
	Damages  []evidence.Damage `json:"damages,omitempty"`
	More     int64             `json:"moreDamages,omitempty"`
	// Notes are what the reader had to assume; nothing is lost by them.
	Notes []evidence.Damage `json:"notes,omitempty"`
	Logs  []Log             `json:"logs,omitempty"`
	First int64             `json:"-"` // ticks, 0 if unknown
	Last  int64             `json:"-"`
	// FirstEvent and LastEvent are First and Last as text of UTC.
	FirstEvent string `json:"firstEvent,omitempty"`
	LastEvent  string `json:"lastEvent,omitempty"`
}

// Log is the part of a Windows event log that a source holds.
type Log struct {
	Computer string `json:"computer"`
	Channel  string `json:"channel"`
	Records  int64  `json:"records"`
	First    int64  `json:"firstNumber"`
	Last     int64  `json:"lastNumber"`
	// Missing is how many numbers between First and Last have no record.
	Missing int64 `json:"missing"`
}

// Account is the account of one ingestion.
type Account struct {
	Files []FileReport `json:"files"`
	// Unlisted counts files that were not read, beyond the first many, of which Files says
	// nothing.
	Unlisted int64            `json:"unlisted,omitempty"`
	Records  int64            `json:"records"`
	Stored   int64            `json:"stored"`
	Rows     map[string]int64 `json:"rows"` // by table
	// Copies counts records that another source of the case had already, as an export or a
	// copy of their log: they were stored and then removed.
	Copies int64 `json:"copies"`
	// Wrong is what Check found at the end: nothing, unless rows were lost.
	Wrong []string      `json:"wrong,omitempty"`
	First int64         `json:"-"` // ticks
	Last  int64         `json:"-"`
	Took  time.Duration `json:"tookNanoseconds"`

	unread int // files in Files of which nothing was read
	// leftOut counts those behind Unlisted by the archive or folder that they lie in.
	leftOut map[string]int64
}

// Read says whether the case has anything of what was given, read now or
// before: false means that nothing could be read.
func (a *Account) Read() bool {
	for i := range a.Files {
		switch a.Files[i].Outcome {
		case archive.Read.String(), outcomeKnown, outcomeNote:
			return true
		case archive.Damaged.String():
			if a.Files[i].Records > 0 {
				return true
			}
		}
	}
	return len(a.Files) == 0
}

// tasks is how many rows tell of scheduled tasks.
func (a *Account) tasks() int64 { return a.Rows["ScheduledTaskEvents"] + a.Rows["ScheduledTasks"] }

// maxUnread is how many files of which nothing was read are listed: an archive may have
// millions of empty files, of links, or of members that can't be opened.
const maxUnread = 20_000

// list adds what became of a file.
func (a *Account) list(r FileReport) {
	if idle := r.SHA256 == "" && r.Records == 0 && r.Outcome != outcomeFailed; idle &&
		(r.Outcome == archive.Empty.String() || r.Outcome == archive.Unknown.String() || strings.Contains(r.Path, "!")) {
		if a.unread >= maxUnread {
			a.Unlisted++
			a.leaveOut(r.Path)
			return
		}
		a.unread++
	}
	a.Files = append(a.Files, r)
}

// maxLeftOut bounds how many archives and folders Unlisted is told of one by one.
const maxLeftOut = 1 << 10

// leaveOut counts a file that is not listed.
func (a *Account) leaveOut(path string) {
	if a.leftOut == nil {
		a.leftOut = map[string]int64{}
	}
	where := filepath.Dir(path) + string(filepath.Separator)
	if archive, _, in := strings.Cut(path, "!"); in {
		where = archive + "!"
	}
	if _, ok := a.leftOut[where]; !ok && len(a.leftOut) >= maxLeftOut {
		where = ""
	}
	a.leftOut[where]++
}

// Failed lists the files that a part of goshawk failed over.
func (a *Account) Failed() []FileReport {
	var list []FileReport
	for i := range a.Files {
		if a.Files[i].Outcome == outcomeFailed {
			list = append(list, a.Files[i])
		}
	}
	return list
}

// take adds what was made of a file, after it was committed.
func (a *Account) take(r *FileReport) {
	a.Records += r.Records
	a.Stored += r.Stored
	for table, rows := range r.Tables {
		a.Rows[table] += rows
	}
	if r.First != 0 && (a.First == 0 || r.First < a.First) {
		a.First = r.First
	}
	a.Last = max(a.Last, r.Last)
}

// fill writes the normaliser's counts into the report and holds them against what the
// reader emitted: every record gave rows or was set aside with a reason.
func (r *FileReport) fill(s *normalize.Stats, emitted int64) error {
	r.Records, r.Stored, r.First, r.Last = s.Records, s.Stored, s.First, s.Last
	r.FirstEvent, r.LastEvent = timeText(s.First), timeText(s.Last)
	r.SetAside, r.Problems, r.Unknown, r.Tables = nonEmpty(s.SetAside), nonEmpty(s.Problems), nonEmpty(s.Unknown), nonEmpty(s.Rows)
	for _, rows := range s.Rows {
		r.Rows += rows
	}
	if r.Outcome == archive.Read.String() && len(r.Damages) > 0 {
		r.Outcome, r.Reason = archive.Damaged.String(), r.Damages[0].Reason
	} else if r.Outcome == archive.Read.String() && len(r.Notes) > 0 {
		r.Outcome, r.Reason = outcomeNote, r.Notes[0].Reason
	}
	var aside, most int64
	why := ""
	for _, reason := range slices.Sorted(maps.Keys(s.SetAside)) {
		n := s.SetAside[reason]
		if aside += n; n > most {
			most, why = n, reason
		}
	}
	if s.Stored == 0 && aside > 0 && len(r.Damages) == 0 {
		r.Outcome, r.Reason = archive.Unknown.String(), why // all of it was read, and none of it has a place
	}
	if emitted != s.Records || s.Records != s.Stored+aside {
		return fmt.Errorf("BUG: the account does not come out even: %d records read, %d taken, %d stored, %d set aside", emitted, s.Records, s.Stored, aside)
	}
	return nil
}

func nonEmpty(m map[string]int64) map[string]int64 {
	if len(m) == 0 {
		return nil
	}
	return m
}

// maxLogs bounds how many logs of one source are told apart.
const maxLogs = 1 << 12

// logs collects the logs of a source while its records stream by. Names that differ in
// case are those of one log.
type logs struct {
	byName  map[logName]*Log      // in lower case
	spelled map[logName]*spelling // as the records have it
	last    *spelling
}

// spelling is a log under a name of its records.
type spelling struct {
	logName
	*Log
}

type logName struct{ computer, channel string }

// see counts an event that has a number and its place in a log: one that was recovered may
// repeat another, or was taken out of where a number is missing.
func (l *logs) see(e *evidence.Event) {
	if e.RecordID == 0 || e.Recovered {
		return
	}
	log := l.last
	if log == nil || log.channel != e.Channel || log.computer != e.Computer {
		if log = l.find(e); log == nil {
			return
		}
		l.last = log
	}
	n := int64(min(e.RecordID, 1<<62))
	if log.Records == 0 || n < log.First {
		log.First = n
	}
	log.Last = max(log.Last, n)
	log.Records++
}

func (l *logs) find(e *evidence.Event) *spelling {
	if log := l.spelled[logName{e.Computer, e.Channel}]; log != nil {
		return log
	}
	name := logName{cloneText(e.Computer), cloneText(e.Channel)}
	folded := logName{strings.ToLower(name.computer), strings.ToLower(name.channel)}
	log := l.byName[folded]
	if log == nil {
		if len(l.byName) >= maxLogs {
			return nil
		}
		if l.byName == nil {
			l.byName, l.spelled = map[logName]*Log{}, map[logName]*spelling{}
		}
		log = &Log{Computer: name.computer, Channel: name.channel}
		l.byName[folded] = log
	}
	as := &spelling{name, log}
	if len(l.spelled) < maxLogs {
		l.spelled[name] = as
	}
	return as
}

// list returns the logs by name.
func (l *logs) list() []Log {
	list := make([]Log, 0, len(l.byName))
	for _, log := range l.byName {
		log.Missing = max(0, log.Last-log.First+1-log.Records)
		list = append(list, *log)
	}
	sortLogs(list)
	return list
}
