package main

import (
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"

	"github.com/goshawk-hunt/goshawk/evidence"
	"github.com/goshawk-hunt/goshawk/evidence/evtx/evtxwrite"
)

// machine makes the logs of one computer up: processes that start, load, connect,
// write and end, told by the security log and by Sysmon as Windows tells them, and
// tasks told by the task scheduler. Everything follows from the seed.
type machine struct {
	name, domain, user string
	rng                *rand.Rand
	now                int64
	nextPID            uint64
	running            []process
	security, sysmon   *log
	tasks              *log
	data               []evidence.Field // of the event at hand, used again
}

// process is a running program.
type process struct {
	pid, parent uint64
	guid        string
	image, line string
	started     int64
}

// log is one file in the making.
type log struct {
	file   *os.File
	writer *evtxwrite.Writer
	base   evidence.Event
	number uint64
	err    error
}

const startOfLogs = evidence.UnixEpoch + 20000*24*3600*evidence.TicksPerSecond

func newLog(dir, channel, provider, guid string, base evidence.Event) (*log, error) {
	file, err := os.Create(filepath.Join(dir, strings.ReplaceAll(channel, "/", "%4")+".evtx"))
	if err != nil {
		return nil, err
	}
	writer, err := evtxwrite.New(file)
	if err != nil {
		return nil, err
	}
	base.Channel, base.Provider, base.ProviderGUID = channel, provider, guid
	return &log{file: file, writer: writer, base: base}, nil
}

func (l *log) size() int64 {
	n, err := l.file.Seek(0, 1)
	if l.err == nil {
		l.err = err
	}
	return n
}

func (l *log) close() error {
	err := l.writer.Close()
	if closeErr := l.file.Close(); err == nil {
		err = closeErr
	}
	if l.err != nil {
		err = l.err
	}
	return err
}

// writeMachine writes the logs of one computer, size bytes together, into dir.
func writeMachine(dir string, seed uint64, size int64) error {
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return err
	}
	m := &machine{
		name: fmt.Sprintf("PC-%04d.corp.example", seed), domain: "CORP", user: fmt.Sprintf("user%02d", seed%40),
		rng: rand.New(rand.NewPCG(seed, 7)), now: startOfLogs, nextPID: 5000,
	}
	var err error
	at := evidence.Event{Computer: m.name, ProcessID: 4, ThreadID: 1300}
	at.Keywords = 0x8020000000000000
	if m.security, err = newLog(dir, "Security", "Microsoft-Windows-Security-Auditing", "54849625-5478-4994-a5ba-3e3b0328c30d", at); err != nil {
		return err
	}
	at.Keywords, at.Level, at.ProcessID, at.UserID = 1<<63, 4, 2640, systemSID
	if m.sysmon, err = newLog(dir, "Microsoft-Windows-Sysmon/Operational", "Microsoft-Windows-Sysmon", "5770385f-c22a-43e0-bf4c-06f5698ffbd9", at); err != nil {
		return err
	}
	at.ProcessID = 1188
	if m.tasks, err = newLog(dir, "Microsoft-Windows-TaskScheduler/Operational", "Microsoft-Windows-TaskScheduler", "de7b24ea-73c8-4a09-985d-5bdadcfa9017", at); err != nil {
		return err
	}
	m.boot()
	for n := 0; m.security.err == nil && m.sysmon.err == nil && m.tasks.err == nil; n++ {
		m.step()
		if n%256 == 0 && m.security.size()+m.sysmon.size()+m.tasks.size() >= size {
			break
		}
	}
	for _, l := range []*log{m.security, m.sysmon, m.tasks} {
		if closeErr := l.close(); err == nil {
			err = closeErr
		}
	}
	return err
}

const systemSID = "S-1-5-18"

func (m *machine) boot() {
	m.running = append(m.running,
		process{pid: 1188, parent: 700, guid: m.guid(), image: `C:\Windows\System32\svchost.exe`, line: `C:\Windows\system32\svchost.exe -k netsvcs -p -s Schedule`, started: m.now},
		process{pid: 3012, parent: 2988, guid: m.guid(), image: `C:\Windows\explorer.exe`, line: `C:\Windows\Explorer.EXE`, started: m.now},
		process{pid: 700, parent: 560, guid: m.guid(), image: `C:\Windows\System32\services.exe`, line: `C:\Windows\system32\services.exe`, started: m.now})
}

// step lets a little happen.
func (m *machine) step() {
	m.now += 1 + m.rng.Int64N(3*evidence.TicksPerSecond)
	switch k := m.rng.IntN(100); {
	case k < 14:
		m.start()
	case k < 26 && len(m.running) > 40:
		m.end()
	case k < 34:
		m.logon()
	case k < 52:
		m.connect()
	case k < 68:
		m.load()
	case k < 80:
		m.write()
	case k < 92:
		m.registry()
	case k < 97:
		m.resolve()
	default:
		m.task()
	}
}

func (m *machine) guid() string {
	return fmt.Sprintf("%08x-%04x-%04x-%04x-%012x", m.rng.Uint32(), m.rng.UintN(1<<16), m.rng.UintN(1<<16), m.rng.UintN(1<<16), m.rng.Uint64N(1<<48))
}

func (m *machine) anyProcess() *process { return &m.running[m.rng.IntN(len(m.running))] }

// The kinds of fields.

func (m *machine) text(name, s string) { m.add(name, evidence.Value{Kind: evidence.String, Str: s}) }
func (m *machine) uint(name string, n uint64) {
	m.add(name, evidence.Value{Kind: evidence.Uint, Num: n})
}
func (m *machine) hex(name string, n uint64) { m.add(name, evidence.Value{Kind: evidence.Hex, Num: n}) }
func (m *machine) sid(name, s string)        { m.add(name, evidence.Value{Kind: evidence.SID, Str: s}) }
func (m *machine) id(name, s string)         { m.add(name, evidence.Value{Kind: evidence.GUID, Str: s}) }

func (m *machine) add(name string, v evidence.Value) {
	m.data = append(m.data, evidence.Field{Name: name, Value: v})
}

// emit writes the event whose fields were added.
func (m *machine) emit(l *log, id uint32, task uint16, version uint8) {
	e := l.base
	l.number++
	e.EventID, e.Task, e.Version, e.RecordID, e.Time, e.Data = id, task, version, l.number, m.now, m.data
	if err := l.writer.Write(&e); err != nil && l.err == nil {
		l.err = err
	}
	m.data = m.data[:0]
}
