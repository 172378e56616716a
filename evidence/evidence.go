// Package evidence turns files that a defender has into records, whatever
// their format. It knows formats and no tables: what a record means is decided
// by package normalize.
//
// A Reader yields every record that it can and a Damage for the rest: damage is
// data, never a reason to stop. Start reading at Record and Reader.
package evidence

import (
	"context"
	"io"
)

// Kind tells which of a Record's parts is set.
type Kind uint8

const (
	// KindEvent is a Windows event, whatever carried it (EVTX, NXLog JSON ..).
	KindEvent Kind = iota + 1
	// KindRow is a row of a named table, as exported by Defender or Sentinel.
	KindRow
	// KindTask is the definition of a scheduled task, as XML or as a .job file.
	KindTask
	// KindRegistry is a key of a registry with its values.
	KindRegistry
)

// Record is one unit of evidence as its source wrote it. A Reader may reuse the
// Record and the memory behind its strings after emit has returned: who keeps
// anything copies it (strings.Clone).
type Record struct {
	Kind   Kind
	Path   string // the file, with "!" before a member of an archive: "logs.zip!a/b.evtx"
	Offset int64  // byte offset of the record in the file; line number for line formats
	Shape  string // which shape was recognised: "evtx", "nxlog", "azure", "winlogbeat", "ecs", "evtx_dump", "defender-api", "defender-stream", "defender-csv", "sentinel-csv", "sentinel-json", "velociraptor", "taskxml" ..

	// Valid says that the reader made sure of it that all texts of the Event are valid
	// UTF-8, names included. The bytes of Binary values are no text.
	Valid bool

	Event Event // KindEvent
	Row   Row   // KindRow
	Task  Task  // KindTask

	Registry Registry // KindRegistry
}

// Event is a Windows event: the System section by name and the data in order.
type Event struct {
	Provider     string // "Microsoft-Windows-Security-Auditing"
	ProviderGUID string // lower case, no braces, "" if unknown
	Channel      string // "Security"
	Computer     string
	EventID      uint32
	Qualifiers   uint16 // EventID@Qualifiers of classic providers
	Version      uint8
	Level        uint8
	Opcode       uint8
	Task         uint16
	Keywords     uint64
	RecordID     uint64
	Time         int64 // ticks of 100 ns since 0001-01-01T00:00:00Z; 0 if unknown
	ProcessID    uint32
	ThreadID     uint32
	UserID       string // SID of System/Security@UserID, "" if absent
	ActivityID   string

	// Data holds EventData or UserData leaves in the order of the event. Unnamed
	// Data elements have Name "". Nested UserData names are joined with ".",
	// without the name of the wrapping element.
	Data []Field
	// UserData is true when Data came from a UserData section; DataName is then
	// the local name of its wrapping element. Otherwise DataName is the Name of
	// EventData ("TaskRegisteredEvent"), or the section's own name where Windows
	// wrote another one in its place ("ProcessingErrorData").
	UserData bool
	DataName string
	// Message is the rendered text where the source carried one.
	Message string
	// Recovered marks a record carved from slack space, not read in its place.
	Recovered bool
}

// Row is one exported row of a table.
type Row struct {
	// Table is the catalogue's name where the export says or its columns prove
	// it, "" where they do not (then normalize decides by the columns).
	Table string
	// Fields holds the columns as exported, transport columns removed. Names and texts
	// are valid UTF-8.
	Fields []Field
	// Names tells lists of names apart: the fields of two rows of one source whose numbers
	// are the same have the same names in the same order. 0 says nothing.
	Names int
}

// Task is a task definition found as a file, or as a tool listed it.
type Task struct {
	// Name is the task's path, "\Microsoft\Windows\Foo", from the place of the
	// file under System32\Tasks if that is visible, else from its URI.
	Name string
	// XML is the whole document as UTF-8, whatever it was written in.
	XML string
	// Job is the content of a .job file of the first task scheduler; XML is "" then.
	Job []byte
	// Modified is the file's time in ticks, 0 if unknown.
	Modified int64
	// Listing is what a tool's list says besides, nil for a file of its own. XML then is
	// the definition as the tool wrote it, which may be JSON with its elements as members.
	Listing *Listing
}

// Listing is what a tool that lists tasks knows of one besides its definition. Times are
// in ticks, 0 if unknown.
type Listing struct {
	Computer                      string // "" if the list names none
	File                          string // the task's own on that computer
	ID                            string // of the registry, "{8de952da-..}"
	Created, LastRun, LastSuccess int64
	// LastResult is the code that the last run ended with, if HasResult.
	LastResult int64
	HasResult  bool
}

// Registry is a key of a registry hive or export.
type Registry struct {
	// Key is the path below the root of the hive, or as an export writes it:
	// "Microsoft\Windows NT\CurrentVersion\Schedule\TaskCache\Tree\Foo".
	Key       string
	LastWrite int64 // ticks, 0 if unknown
	Values    []RegistryValue
}

// RegistryValue is one value of a key.
type RegistryValue struct {
	Name string // "" is the default value
	Type uint32 // REG_SZ 1, REG_BINARY 3, REG_DWORD 4 ..
	Data []byte
}

// Field is a named value.
type Field struct {
	Name  string
	Value Value
}

// ValueKind is the type that the source gave to a value.
type ValueKind uint8

const (
	Null   ValueKind = iota
	String           // Str
	Int              // Num as int64
	Uint             // Num
	Hex              // Num, written by Windows as 0x..
	Real             // Num as math.Float64bits
	Bool             // Num 0 or 1
	Time             // Num as int64 ticks of 100 ns since 0001-01-01T00:00:00Z
	GUID             // Str, lower case, no braces
	SID              // Str, "S-1-5-18"
	Binary           // Str holds the bytes
	JSON             // Str holds a JSON object or array
)

// Value is one value of a record. The zero Value is Null.
type Value struct {
	Kind ValueKind
	Num  uint64
	Str  string
}

// Damage is a part of a file that could not be read, and why; or, as a Note, what the
// reader had to assume.
type Damage struct {
	Path   string `json:"path"`
	Offset int64  `json:"offset"` // where it starts, bytes (line number for line formats)
	Length int64  `json:"length"` // how much is lost, 0 if unknown
	Reason string `json:"reason"` // lower case, what was found and what was expected
	// Note says that nothing is lost: every record was read, under the assumption that
	// Reason tells (times without a zone).
	Note bool `json:"-"`
	// Foreign is how many things were whole and of no kind that the reader knows: they are
	// no damage, and no records either.
	Foreign int64 `json:"-"`
}

// Input is an open file. Readers never open files: archive and detection do,
// and bound them.
type Input struct {
	Path string
	io.ReaderAt
	Size int64
	// Modified is the file's modification time in ticks, 0 if unknown.
	Modified int64
}

// Sink receives what a Reader finds, in the order of the file.
type Sink interface {
	// Record takes one record. An error stops the reader, which returns it.
	Record(*Record) error
	// Damage takes one damage or note.
	Damage(Damage)
	// Progress tells how many bytes of the input are done; it may be called often.
	Progress(done int64)
}

// Named is a Reader of files whose paths say what they hold, such as the task of that
// name: the same content under another name is something else. Name is "" for a path
// that says nothing.
type Named interface {
	Name(path string) string
}

// Reader reads one format.
type Reader interface {
	// Format is the format's name in one word: "evtx".
	Format() string
	// Detect says whether the first bytes of a file (up to 64 KiB, fewer if the
	// file is shorter) are of this format. It never looks at the file's name.
	Detect(head []byte) bool
	// Read emits all records and damages of in. It returns an error only when
	// the sink or ctx asked to stop or the input could not be read at all.
	Read(ctx context.Context, in Input, sink Sink) error
}
