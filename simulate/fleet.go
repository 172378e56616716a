// Package simulate makes a small fleet up: devices with the software and the
// scheduled tasks of real ones, planted attacks with labels, and for each attack
// a benign twin that looks alike. The demo hunts in it and tests measure on it.
//
// It works in two steps. Generate decides what happened (Event, in time order);
// Write tells it as evidence: Defender's streaming export, EVTX, or the JSON of a
// log shipper. The same fleet can so be seen through each kind of telemetry.
// Everything follows from the seed: two runs are equal byte for byte.
package simulate

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"math/rand/v2"
	"sort"
	"strings"

	"github.com/goshawk-hunt/goshawk/evidence"
)

// Options sizes a fleet. The zero value of a field takes its default.
type Options struct {
	Devices int // 50
	Days    int // 14
	Seed    uint64
	End     int64 // ticks of the fleet's last midnight; 2025-07-01
	// Load scales the background activity of a device-day; 1 is the demo's.
	Load float64
}

// Ticks of a day, an hour and a minute.
const (
	day    = 24 * hour
	hour   = 60 * minute
	minute = 60 * second
	second = evidence.TicksPerSecond
)

// defaultEnd is 2025-07-01T00:00:00Z.
const defaultEnd = evidence.UnixEpoch + 20270*day

func (o Options) withDefaults() Options {
	if o.Devices == 0 {
		o.Devices = 50
	}
	if o.Days == 0 {
		o.Days = 14
	}
	if o.End == 0 {
		o.End = defaultEnd
	}
	if o.Load == 0 {
		o.Load = 1
	}
	return o
}

// Telemetry is what a device sends.
type Telemetry uint8

const (
	// Defender devices send Defender for Endpoint's events.
	Defender Telemetry = iota
	// Sysmon devices keep Security, Sysmon and TaskScheduler/Operational logs.
	Sysmon
	// Audit devices keep a Security log with process auditing and TaskScheduler/Operational, no Sysmon.
	Audit
)

// Device is one computer of the fleet.
type Device struct {
	Name      string // lower-case FQDN
	ID        string // 40 hexadecimal digits
	IP        string
	Server    bool
	Telemetry Telemetry
	User      Account // who works on it

	rng      *rand.Rand
	nextPID  uint32
	system   *Process
	services *Process
	schedule *Process // svchost of the Schedule service
	explorer *Process
}

// Account is a user or a built-in identity.
type Account struct{ Domain, Name, SID string }

var system = Account{"nt authority", "system", "S-1-5-18"}

// File is a program on disk. Its hashes follow from its path and version.
type File struct {
	Path, SHA1, SHA256, MD5 string
	Size                    int64
	Signer                  string // "" if unsigned
	Prevalence              int64  // as a reputation service would know it, 0 if it does not
}

// Process is one run of a program.
type Process struct {
	Device      *Device
	PID         uint32
	Start       int64
	File        *File
	CommandLine string
	Account     Account
	Integrity   string
	Parent      *Process
}

// Name returns the file name of the program.
func (p *Process) Name() string { return base(p.File.Path) }

// Kind is what an Event tells.
type Kind uint8

const (
	ProcessCreated Kind = iota + 1
	TaskCreated
	TaskUpdated
	TaskDeleted
	TaskStarted // the Schedule service ran an action: Process is the child
	Connection
	FileCreated
	RegistrySet
	RegistryValueDeleted
	ImageLoaded
	Logon
	ScriptBlock
)

// Event is one thing that happened.
type Event struct {
	Kind    Kind
	Time    int64
	Device  *Device
	Process *Process // who did it; for ProcessCreated and TaskStarted the new process
	Task    *Task
	File    *File
	Remote  struct {
		IP, URL string
		Port    uint16
	}
	Registry struct{ Key, Name, Data string }
	Account  Account // Logon: who; Task*: the subject
	Text     string  // ScriptBlock
	// Label names the scenario that this event is part of, "" for background.
	Label string
}

// Fleet is a generated fleet.
type Fleet struct {
	Options Options
	Devices []*Device
	Events  []Event // by time
	Labels  []Label
	Files   []*File // every program that a reputation service knows
}

// Label is the truth about one planted scenario.
type Label struct {
	Scenario   string   `json:"scenario"`
	Role       string   `json:"role"` // "attack" or "benign_twin"
	Device     string   `json:"device"`
	Task       string   `json:"task"`
	Command    string   `json:"command"`
	Techniques []string `json:"techniques"`
	What       string   `json:"what"`
	First      string   `json:"first"`
	Last       string   `json:"last"`
}

// Generate decides what happened on a fleet.
func Generate(o Options) *Fleet {
	o = o.withDefaults()
	f := &Fleet{Options: o}
	g := &generator{Fleet: f, files: map[string]*File{}, start: o.End - int64(o.Days)*day}
	for i := range o.Devices {
		f.Devices = append(f.Devices, g.device(i))
	}
	for _, d := range f.Devices {
		g.background(d)
	}
	g.rollouts()
	g.plant()
	sort.SliceStable(f.Events, func(i, j int) bool { return f.Events[i].Time < f.Events[j].Time })
	for _, file := range g.files {
		if file.Prevalence > 0 {
			f.Files = append(f.Files, file)
		}
	}
	sort.Slice(f.Files, func(i, j int) bool { return f.Files[i].Path < f.Files[j].Path })
	return f
}

type generator struct {
	*Fleet
	files map[string]*File
	start int64
	label string // of the events being planted
}

func (g *generator) device(i int) *Device {
	rng := rand.New(rand.NewPCG(g.Options.Seed, uint64(i)+1))
	d := &Device{rng: rng, nextPID: 4000, IP: fmt.Sprintf("10.20.%d.%d", i/200, 10+i%200)}
	name := fmt.Sprintf("ws-%03d", i+1)
	if i%10 == 9 {
		name, d.Server = fmt.Sprintf("srv-%03d", i+1), true
	}
	d.Name = name + ".corp.example"
	sum := sha256.Sum256([]byte("device " + d.Name))
	d.ID = hex.EncodeToString(sum[:20])
	switch {
	case i%5 == 3:
		d.Telemetry = Sysmon
	case i%10 == 6:
		d.Telemetry = Audit
	}
	user := people[i%len(people)]
	if i >= len(people) {
		user += fmt.Sprint(i / len(people))
	}
	d.User = Account{"corp", user, fmt.Sprintf("S-1-5-21-1004336348-1177238915-682003330-%d", 1100+i)}
	g.boot(d)
	return d
}

// boot starts the processes that everything else descends from.
func (g *generator) boot(d *Device) {
	at := g.start - int64(d.rng.IntN(6))*hour - minute
	d.system = &Process{Device: d, PID: 4, Start: at, File: g.windows("ntoskrnl.exe"), Account: system, Integrity: "System"}
	wininit := g.spawn(d.system, at+second, g.windows("wininit.exe"), "wininit.exe", system)
	d.services = g.spawn(wininit, at+2*second, g.windows("services.exe"), `C:\Windows\system32\services.exe`, system)
	d.schedule = g.spawn(d.services, at+4*second, g.windows("svchost.exe"), `C:\Windows\system32\svchost.exe -k netsvcs -p -s Schedule`, system)
	d.explorer = g.spawn(wininit, at+60*second, g.file(`C:\Windows\explorer.exe`, "Microsoft Windows", 9_000_000), `C:\Windows\Explorer.EXE`, d.User)
}

// windows returns a program of System32.
func (g *generator) windows(name string) *File {
	return g.file(`C:\Windows\System32\`+name, "Microsoft Windows", 9_000_000)
}

// file returns the program at a path; hashes follow from path and signer.
func (g *generator) file(path, signer string, prevalence int64) *File {
	if f := g.files[path]; f != nil {
		return f
	}
	a := sha256.Sum256([]byte("content of " + path))
	b := sha256.Sum256(a[:])
	f := &File{Path: path, SHA256: hex.EncodeToString(a[:]), SHA1: hex.EncodeToString(b[:20]), MD5: hex.EncodeToString(b[16:]),
		Size: 20_000 + int64(a[0])*4096, Signer: signer, Prevalence: prevalence}
	g.files[path] = f
	return f
}

// spawn starts a process and records it.
func (g *generator) spawn(parent *Process, at int64, file *File, commandLine string, who Account) *Process {
	d := parent.Device
	d.nextPID += 4 * uint32(1+d.rng.IntN(9))
	p := &Process{Device: d, PID: d.nextPID, Start: at, File: file, CommandLine: commandLine, Account: who, Integrity: "Medium", Parent: parent}
	if who.SID == system.SID {
		p.Integrity = "System"
	}
	g.add(Event{Kind: ProcessCreated, Time: at, Process: p})
	return p
}

// run has the Schedule service start an action of a task.
func (g *generator) run(d *Device, t *Task, at int64, file *File, commandLine string) *Process {
	p := g.spawn(d.schedule, at, file, commandLine, t.account(d))
	g.add(Event{Kind: TaskStarted, Time: at, Process: p, Task: t})
	return p
}

func (g *generator) connect(p *Process, at int64, ip, url string, port uint16) {
	e := Event{Kind: Connection, Time: at, Process: p}
	e.Remote.IP, e.Remote.URL, e.Remote.Port = ip, url, port
	g.add(e)
}

func (g *generator) write(p *Process, at int64, path string) {
	g.add(Event{Kind: FileCreated, Time: at, Process: p, File: g.file(path, "", 0)})
}

func (g *generator) registry(p *Process, kind Kind, at int64, key, name, data string) {
	e := Event{Kind: kind, Time: at, Process: p}
	e.Registry.Key, e.Registry.Name, e.Registry.Data = key, name, data
	g.add(e)
}

func (g *generator) load(p *Process, at int64, path, signer string) {
	g.add(Event{Kind: ImageLoaded, Time: at, Process: p, File: g.file(path, signer, 0)})
}

// task records that a task was registered, changed or deleted by a process.
func (g *generator) task(kind Kind, t *Task, by *Process, at int64) {
	g.add(Event{Kind: kind, Time: at, Process: by, Task: t, Account: by.Account})
}

func (g *generator) add(e Event) {
	if e.Device == nil {
		e.Device = e.Process.Device
	}
	e.Label = g.label
	g.Events = append(g.Events, e)
}

func base(path string) string { return path[strings.LastIndexByte(path, '\\')+1:] }

var people = []string{
	"a.novak", "b.silva", "c.meyer", "d.rossi", "e.larsen", "f.dubois", "g.kaya", "h.sato", "i.popov", "j.moreau",
	"k.jensen", "l.costa", "m.weber", "n.khan", "o.nagy", "p.lopez", "q.tran", "r.olsen", "s.haas", "t.virtanen",
}
