package dossier

import (
	"context"
	"sort"
	"strings"

	"github.com/goshawk-hunt/goshawk/finding"
	"github.com/goshawk-hunt/goshawk/hunt/cell"
	"github.com/goshawk-hunt/goshawk/hunt/cmdline"
)

// known is what the case holds about all the tasks that are told of.
type known struct {
	lives   []*life
	names   set // of tasks
	devices set
	// What concerns a task is kept by device|task, what concerns a process by
	// device|pid, what concerns an account by device|account.
	events   map[string][]*event
	stores   map[string][]*stored
	writes   map[string][]*write
	plants   map[string][]*plant // by device
	namers   map[string][]*namer // by device
	sids     map[string]string   // of accounts, by device|account
	byPID    map[string][]*process
	byChild  map[string][]*process // by the parent's device|pid
	byFile   map[string][]*process // started by the scheduler or by nobody known, by device|file name
	logons   map[string][]*logon
	rights   map[string]finding.Source // that a logon has special privileges, by device|logon
	carriers map[string][]*carrier     // of logons, by address|port
	shares   map[string][]*share
	ends     map[string][]*ending
	cleared  map[string][]*clearing
	effects  map[string][]*effect
	cut      bool
}

func newKnown(lives []*life) *known {
	k := &known{lives: lives, names: set{}, devices: set{}, events: map[string][]*event{}, stores: map[string][]*stored{},
		writes: map[string][]*write{}, plants: map[string][]*plant{}, namers: map[string][]*namer{}, sids: map[string]string{}, byPID: map[string][]*process{}, byChild: map[string][]*process{}, byFile: map[string][]*process{},
		logons: map[string][]*logon{}, rights: map[string]finding.Source{}, carriers: map[string][]*carrier{}, shares: map[string][]*share{}, ends: map[string][]*ending{}, cleared: map[string][]*clearing{}, effects: map[string][]*effect{}}
	for _, l := range lives {
		k.names.add(l.name)
		for _, d := range l.d.Devices {
			k.devices.add(d)
		}
	}
	return k
}

// settle puts the rows in an order of their own: the engine returns rows of one time in
// any, and a dossier must be the same in every run.
func (k *known) settle() {
	settled(k.events, func(e *event) string { return e.time.String() + e.source + e.kind + e.proof[0].Record })
	settled(k.stores, func(s *stored) string { return s.store + s.definition.Proof.Record })
	settled(k.writes, func(w *write) string { return w.time.String() + w.what + w.action + w.file + w.names })
	settled(k.namers, func(n *namer) string { return n.process.key() + n.process.proof.Record })
	settled(k.plants, func(p *plant) string {
		return p.time.String() + p.what + p.object + p.value + p.action + p.proof.Table + p.proof.Record
	})
	settled(k.byPID, (*process).key)
	settled(k.byChild, (*process).key)
	settled(k.byFile, (*process).key)
	settled(k.logons, func(g *logon) string { return g.time.String() + g.remote + g.proof.Record })
	settled(k.carriers, func(c *carrier) string { return c.time.String() + c.of.key() + c.of.proof.Record })
	settled(k.shares, func(s *share) string { return s.time.String() + s.kind + s.target + s.proof.Record })
	settled(k.cleared, func(c *clearing) string { return c.time.String() + c.row })
	settled(k.ends, func(e *ending) string { return e.time.String() + e.proof.Table + e.proof.Record })
	settled(k.effects, func(e *effect) string { return e.time.String() + e.kind + e.what + e.proof.Record })
}

func settled[T any](lists map[string][]T, key func(T) string) {
	for _, list := range lists {
		sort.SliceStable(list, func(i, j int) bool { return key(list[i]) < key(list[j]) })
	}
}

func (k *known) each(ctx context.Context, q Querier, name, kql string, f func(*cell.Row)) error {
	cut, err := each(ctx, q, name, kql, f)
	k.cut = k.cut || cut
	return err
}

// event is one event of a task.
type event struct {
	time, caller                   finding.Time
	device, kind, source           string
	id                             int64
	account, userContext, instance string
	logonID, pid, callerPID        int64
	remote, noCaller               bool
	command, arguments             string
	actions                        []finding.TaskAction
	principal, runLevel            string
	starting                       finding.Starting
	hidden, defined                bool
	result                         int64
	hasResult                      bool
	proof                          []finding.Source
}

func (k *known) askEvents(ctx context.Context, q Querier) error {
	if len(k.names) == 0 {
		return nil
	}
	return k.each(ctx, q, "events of tasks", `ScheduledTaskEvents
| where tolower(TaskName) in (`+k.spellings()+`)
| project Timestamp, DeviceName, ActionType, TaskName, Source, EventId, AccountName, AccountSid, LogonId, UserContext, InstanceId, Command, Arguments, Actions, Triggers,
    RunAs, RunLevel, Hidden, ResultCode, ProcessId, IsRemote, InitiatingProcessId, InitiatingProcessCreationTime, ReportId`, func(t *cell.Row) {
		e := &event{time: t.Time("Timestamp"), device: t.Lower("DeviceName"), kind: strings.ToLower(strings.TrimPrefix(t.Text("ActionType"), "ScheduledTask")),
			source: t.Text("Source"), id: t.Int("EventId"), account: t.Text("AccountName"), userContext: t.Text("UserContext"), instance: t.Text("InstanceId"),
			logonID: t.Int("LogonId"), pid: t.Int("ProcessId"), callerPID: t.Int("InitiatingProcessId"), caller: t.Time("InitiatingProcessCreationTime"),
			remote: t.Yes("IsRemote"), command: t.Text("Command"), arguments: t.Text("Arguments"), actions: Actions(t.Value("Actions").Str),
			principal: t.Text("RunAs"), runLevel: t.Text("RunLevel"), starting: Starting(cell.Plain(t.Value("Triggers"))), hidden: t.Yes("Hidden"),
			defined: t.Has("Hidden"), result: t.Int("ResultCode"), hasResult: t.Has("ResultCode")}
		if sid := t.Lower("AccountSid"); sid != "" {
			k.sids[e.device+"|"+strings.ToLower(e.account)] = sid
		}
		e.noCaller = e.callerPID == 0
		if e.account == "" {
			e.account = e.userContext
		}
		e.defined = e.defined && (e.kind == "created" || e.kind == "updated")
		source := finding.Source{Table: "ScheduledTaskEvents, " + e.source, Record: t.Text("ReportId")}
		if e.id != 0 {
			source.Table += " " + decimal(e.id)
		}
		e.proof = []finding.Source{source}
		key := e.device + "|" + cmdline.ExactTaskName(t.Text("TaskName"))
		k.events[key] = append(k.events[key], e)
	})
}

// spellings are the tasks' names as events write them.
func (k *known) spellings() string {
	all := set{}
	for n := range k.names {
		all.add(n)
		all.add(`nt task` + n)
		all.add(strings.TrimPrefix(n, `\`))
	}
	return all.list()
}

// stored is a task as a store has it.
type stored struct {
	store      string
	definition finding.Definition
	dated      finding.Time // by the definition itself, often in a local time that it takes for UTC
}

func (k *known) askStores(ctx context.Context, q Querier) error {
	if len(k.names) == 0 {
		return nil
	}
	return k.each(ctx, q, "stores of tasks", `ScheduledTasks
| where Store != "Event" and tolower(TaskName) in (`+k.spellings()+`)
| project Timestamp, DeviceName, Store, TaskName, Actions, Triggers, RunAs, RunLevel, Hidden, Author, CreationTime, RegistrationTime, LastRunTime, LastResult, ReportId`, func(t *cell.Row) {
		s := &stored{store: t.Text("Store"), dated: t.Time("RegistrationTime"), definition: finding.Definition{Time: t.Time("CreationTime"), Device: t.Lower("DeviceName"),
			How: "stored in " + t.Text("Store"), By: t.Text("Author"), Actions: Actions(t.Value("Actions").Str), Principal: t.Text("RunAs"),
			RunLevel: t.Text("RunLevel"), Starting: Starting(cell.Plain(t.Value("Triggers"))), Hidden: t.Yes("Hidden"),
			Proof: finding.Source{Table: "ScheduledTasks, " + t.Text("Store"), Record: t.Text("ReportId")}}}
		key := s.definition.Device + "|" + cmdline.ExactTaskName(t.Text("TaskName"))
		k.stores[key] = append(k.stores[key], s)
	})
}

// onlyOn reports whether no other named device of the case has a task of this name: then
// a file that names no device is taken for that device's.
func (k *known) onlyOn(device, name string) bool {
	other := func(key string) bool {
		d, n, _ := strings.Cut(key, "|")
		return n == name && d != "" && d != device
	}
	for key := range k.events {
		if other(key) {
			return false
		}
	}
	for key := range k.stores {
		if other(key) {
			return false
		}
	}
	return true
}

// write is what one process wrote of a task's file or registry entries.
type write struct {
	time       finding.Time
	device     string
	file, path string // of the writer
	line       string
	pid        int64
	created    finding.Time
	what       string // the registry entries, the file
	action     string // created, set, deleted
	count      int64
	names      string
	proof      finding.Source
}

func (k *known) askWrites(ctx context.Context, q Querier) error {
	if len(k.names) == 0 {
		return nil
	}
	by := `DeviceName, TaskPath, ActionType = iff(ActionType has "Deleted", "Deleted", "Written"), InitiatingProcessFileName, InitiatingProcessFolderPath, InitiatingProcessCommandLine, InitiatingProcessId, InitiatingProcessCreationTime`
	query := `let Registry = DeviceRegistryEvents
    | extend Key = iff(isempty(RegistryKey), PreviousRegistryKey, RegistryKey)
    | where Key contains @"\Schedule\TaskCache\"
    | extend TaskPath = tolower(extract(@"(?i)\\TaskCache\\Tree(\\.+)$", 1, Key)), Guid = toupper(extract(@"(\{[0-9A-Fa-f-]{36}\})", 1, Key)),
        Named = iff(isempty(RegistryValueName), PreviousRegistryValueName, RegistryValueName);
let Ids = Registry
    | where TaskPath in (` + k.names.list() + `) and Named =~ "Id" and isnotempty(RegistryValueData)
    | distinct DeviceName, Owner = TaskPath, Guid = toupper(RegistryValueData);
let ByPath = Registry | where TaskPath in (` + k.names.list() + `);
let ById = Registry | where isempty(TaskPath) and isnotempty(Guid) | join kind=inner Ids on DeviceName, Guid | extend TaskPath = Owner;
let Files = DeviceFileEvents
    | where FolderPath contains @"\Tasks\"
    | extend TaskPath = tolower(strcat(@"\", extract(@"(?i)\\Windows\\(?:System32\\|SysWOW64\\)?Tasks\\(.+)$", 1, FolderPath)))
    | where TaskPath in (` + k.names.list() + `) or (TaskPath endswith ".job" and substring(TaskPath, 0, strlen(TaskPath) - 4) in (` + k.names.list() + `))
    | extend TaskPath = iff(TaskPath endswith ".job", substring(TaskPath, 0, strlen(TaskPath) - 4), TaskPath), Named = FolderPath;
union (ByPath | extend What = "registry entries"), (ById | extend What = "registry entries"), (Files | extend What = "file")
| summarize Timestamp = min(Timestamp), Rows = count(), Names = make_set_if(Named, isnotempty(Named), 16), ReportId = min(ReportId) by What, ` + by
	return k.each(ctx, q, "writers of tasks", query, func(t *cell.Row) {
		w := &write{time: t.Time("Timestamp"), device: t.Lower("DeviceName"), file: t.Text("InitiatingProcessFileName"), path: t.Text("InitiatingProcessFolderPath"),
			line: t.Text("InitiatingProcessCommandLine"), pid: t.Int("InitiatingProcessId"), created: t.Time("InitiatingProcessCreationTime"),
			what: t.Text("What"), action: t.Text("ActionType"), count: t.Int("Rows"), names: strings.Join(texts(t.Value("Names").Str), ", ")}
		w.proof = finding.Source{Table: "DeviceRegistryEvents", Record: t.Text("ReportId")}
		if w.what == "file" {
			w.proof.Table = "DeviceFileEvents"
		}
		key := w.device + "|" + t.Text("TaskPath")
		k.writes[key] = append(k.writes[key], w)
	})
}
