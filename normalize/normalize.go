// Package normalize turns records of evidence into rows of the catalogue's
// tables: what a Windows event, an exported row or a task definition means in
// the words that hunts are written in.
//
// It works in two stages. A Normalizer turns each record into rows as it streams
// by: every event is kept, as a row of WindowsEvent, and what Defender would have
// made of it goes to the Device tables and to ScheduledTaskEvents. What only the
// whole case can tell (a parent read from another file, the process of the
// Schedule service, the two records of one process) is done by the statements of
// Finish, set by set over the stored tables. Both are deterministic: neither the
// order of files nor a second run changes the rows.
package normalize

import (
	"maps"
	"slices"
	"strings"
	"unicode/utf8"
	"unsafe"

	"github.com/goshawk-hunt/goshawk/catalog"
	"github.com/goshawk-hunt/goshawk/evidence"
	"github.com/goshawk-hunt/goshawk/kql/types"
)

// Options says what a Normalizer can't know from the records.
type Options struct {
	// Source identifies the source of evidence in the case: small, unique, stable.
	Source int64
	// Ingested is the ingestion time of all rows in ticks; 0 leaves it to the engine.
	// Rows then have one value more than Table.Stored().
	Ingested int64
	// Device is the device name for records that carry none, as task files do.
	Device string
	// Collection is the collection that the source is a part of, nil if it is of none.
	Collection *Collection
	// Create is called once before the first row of a table that is not among
	// Tables(). Nil means that all tables of the catalogue exist.
	Create func(*catalog.Table) error
}

// Collection is what a collector took from one machine: files in their places.
type Collection struct {
	// Label tells collections apart, "" where the path has none: the folder's name. Where
	// nothing else names the machine, and there are several, it does.
	Label string
	// Host is the machine's name where the collector wrote it.
	Host string
	// Log says that the source is a log of the machine's own, System that it is its
	// SYSTEM hive: they name it.
	Log, System bool
}

// Stats counts what became of the records.
type Stats struct {
	// Records counts all records taken: Stored and those of SetAside, once the
	// Normalizer is closed.
	Records  int64
	Stored   int64            // records that gave at least one row
	SetAside map[string]int64 // by reason, records that gave none
	Rows     map[string]int64 // by table
	// Problems counts values that could not be read as what they should be, by
	// reason. Their records were stored without them.
	Problems map[string]int64
	// Unknown counts the values of exported columns that the catalogue does not
	// know, by "Table.Column".
	Unknown map[string]int64
	// First and Last are the earliest and latest event time in ticks, 0 if none.
	First, Last int64
}

// Normalizer turns the records of one source into rows. It is not safe for
// concurrent use; several may run side by side.
type Normalizer struct {
	cat *catalog.Catalog
	out func(table string, row []types.Value) error
	opt Options

	process, network, file, registry, imageLoad, logon, device  *table // Device tables
	certificate                                                 *table
	windows, exit, hosts, taskEvents, exportedTaskEvents, tasks *table
	events, eventHeader                                         *table
	exported                                                    map[string]*exportedTable
	headers                                                     map[string]*header
	lastHeader                                                  *header         // of the row before
	filled                                                      map[string]bool // the names of a row's columns that have a value

	images   map[string]*image
	accounts map[string]account
	digests  map[string]hashes
	lowered  map[string]string
	devices  map[string]*device
	kinds    map[string]kind
	scripts  scripts
	shapes   shapes
	interned interned
	log      log
	origin   origin
	handles  map[handle]deletion
	listed   map[string]string // the list of the TaskCache in which a task's id stands

	host     string // the machine's name by the source, and since when
	hostTime int64

	valid bool   // all text that came so far is valid UTF-8
	path  string // of the record before
	arena []byte // text made for the record in work
	gave  bool   // the record in work gave a row
	// claimed is the key that a case gave the event in work, a row of its export, 0 if none.
	claimed uint64
	stats   Stats
}

// New returns a Normalizer that gives its rows to out, with values parallel to
// Table.Stored(). The row and its strings are only valid during the call.
func New(cat *catalog.Catalog, out func(table string, row []types.Value) error, opt Options) *Normalizer {
	n := &Normalizer{
		cat: cat, out: out, opt: opt,
		images: map[string]*image{}, digests: map[string]hashes{}, accounts: map[string]account{}, lowered: map[string]string{},
		devices: map[string]*device{}, kinds: map[string]kind{}, handles: map[handle]deletion{},
		exported: map[string]*exportedTable{}, headers: map[string]*header{}, filled: map[string]bool{},
	}
	n.valid = utf8.ValidString(opt.Device)
	n.scripts.blocks = map[scriptKey]*script{}
	n.stats = Stats{SetAside: map[string]int64{}, Problems: map[string]int64{}, Unknown: map[string]int64{}}
	made := map[string]*table{}
	for _, def := range tables(cat) {
		made[def.Name] = newTable(def)
	}
	n.process, n.network, n.file = made[raw("DeviceProcessEvents")], made[raw("DeviceNetworkEvents")], made[raw("DeviceFileEvents")]
	n.registry, n.imageLoad, n.logon = made[raw("DeviceRegistryEvents")], made[raw("DeviceImageLoadEvents")], made[raw("DeviceLogonEvents")]
	n.device, n.certificate, n.windows = made[raw("DeviceEvents")], made["DeviceFileCertificateInfo"], made["WindowsEvent"]
	n.exit, n.hosts, n.tasks = made[exitTable], made[hostTable], made["ScheduledTasks"]
	n.taskEvents, n.exportedTaskEvents = made[raw("ScheduledTaskEvents")], made["ScheduledTaskEvents"]
	n.events, n.eventHeader = made[eventsTable], made[headersTable]
	return n
}

// Record takes one record. It keeps nothing of r. An error is one of out's.
func (n *Normalizer) Record(r *evidence.Record) error {
	n.stats.Records++
	if cap(n.arena) > 4<<20 {
		n.arena = nil // a huge record came by
	}
	n.arena = n.arena[:0]
	n.gave = false
	if n.valid && (!r.Valid || r.Path != n.path) {
		n.path = strings.Clone(r.Path)
		n.valid = r.Valid && utf8.ValidString(r.Path)
	}
	var err error
	switch r.Kind {
	case evidence.KindEvent:
		err = n.event(r, &r.Event)
	case evidence.KindRow:
		err = n.exportedRow(r)
	case evidence.KindTask:
		err = n.taskFile(r)
	case evidence.KindRegistry:
		err = n.registryKey(r)
	default:
		n.stats.SetAside["record of an unknown kind"]++
		return nil
	}
	if n.gave {
		n.stats.Stored++
	}
	return err
}

// Close gives out what waited for more records, as the parts of a script block do.
func (n *Normalizer) Close() error {
	n.valid = false // a collection's names may not be
	if err := n.flushScripts(); err != nil {
		return err
	}
	return n.hostRow()
}

// Stats returns the counts so far.
func (n *Normalizer) Stats() Stats {
	s := n.stats
	s.Rows = map[string]int64{}
	for name, rows := range n.filledTables() {
		if name != exitTable && name != hostTable && name != headersTable {
			s.Rows[Whole(name)] += rows // some may be made of events, others of rows
		}
	}
	return s
}

// filledTables counts the rows by the table that they were given for.
func (n *Normalizer) filledTables() map[string]int64 {
	rows := map[string]int64{}
	for _, t := range []*table{n.process, n.network, n.file, n.registry, n.imageLoad, n.logon, n.device, n.certificate, n.windows, n.events, n.eventHeader, n.taskEvents, n.exportedTaskEvents, n.tasks, n.exit, n.hosts} {
		if t.rows > 0 {
			rows[t.def.Name] += t.rows
		}
	}
	for name, t := range n.exported {
		if t.table.rows > 0 {
			rows[name] += t.table.rows
		}
	}
	return rows
}

// Filled lists the tables that got rows, those that only normalisation uses included.
func (n *Normalizer) Filled() []string { return slices.Collect(maps.Keys(n.filledTables())) }

// Tasks is how many rows the records so far gave that tell of scheduled tasks.
func (n *Normalizer) Tasks() int64 {
	return n.taskEvents.rows + n.exportedTaskEvents.rows + n.tasks.rows
}

// problem counts a value that could not be read.
func (n *Normalizer) problem(reason string) { n.stats.Problems[reason]++ }

// maxReasons bounds the reasons that are told apart: some quote the evidence.
const maxReasons = 1 << 9

// setAside counts a record that gave no row.
func (n *Normalizer) setAside(reason string) error {
	if _, ok := n.stats.SetAside[reason]; !ok && len(n.stats.SetAside) >= maxReasons {
		reason = "other reasons"
	}
	n.stats.SetAside[reason]++
	return nil
}

// seen widens the span of event times.
func (n *Normalizer) seen(ticks int64) {
	if ticks == 0 {
		return
	}
	if n.stats.First == 0 || ticks < n.stats.First {
		n.stats.First = ticks
	}
	n.stats.Last = max(n.stats.Last, ticks)
}

// mark and since give a text that was appended to the arena. It lives as long as the
// record in work.
func (n *Normalizer) mark() int { return len(n.arena) }

func (n *Normalizer) since(mark int) string {
	if mark == len(n.arena) {
		return ""
	}
	return unsafe.String(&n.arena[mark], len(n.arena)-mark)
}
