package normalize

import (
	"crypto/sha1"
	"encoding/hex"
	"strings"

	"github.com/goshawk-hunt/goshawk/evidence"
)

// kind is a log whose events mean more than WindowsEvent says.
type kind uint8

const (
	kindOther kind = iota
	kindSysmon
	kindSecurity
	kindTaskScheduler
	kindPowerShell        // Microsoft-Windows-PowerShell and PowerShell 7
	kindPowerShellClassic // Windows PowerShell
	kindServices          // Service Control Manager
	kindBoot              // providers that tell of the start of the system
)

// kindOf recognises the log of an event. Providers have several logs, and logs of
// several collectors lose one of the two names.
func (n *Normalizer) kindOf(provider, channel string) kind {
	if l := &n.log; l.provider != provider || l.channel != channel {
		*l = log{strings.Clone(provider), strings.Clone(channel), n.newLog(provider, channel)}
	}
	return n.log.kind
}

// log is the log of the event before.
type log struct {
	provider, channel string
	kind              kind
}

// newLog is kindOf for another log than that of the event before.
func (n *Normalizer) newLog(provider, channel string) kind {
	m := n.mark()
	n.arena = append(append(append(n.arena, provider...), 0), channel...)
	key := n.since(m)
	k, ok := n.kinds[key]
	if !ok {
		k = newKind(strings.ToLower(provider), strings.ToLower(channel))
		if len(n.kinds) >= maxAccounts {
			clear(n.kinds)
		}
		n.kinds[strings.Clone(key)] = k
	}
	n.arena = n.arena[:m]
	return k
}

func newKind(provider, channel string) kind {
	switch {
	case provider == "microsoft-windows-sysmon", provider == "sysmon", channel == "microsoft-windows-sysmon/operational":
		return kindSysmon
	case provider == "microsoft-windows-taskscheduler" && (channel == "" || channel == "microsoft-windows-taskscheduler/operational"),
		provider == "" && channel == "microsoft-windows-taskscheduler/operational":
		return kindTaskScheduler
	case provider == "microsoft-windows-powershell", provider == "powershellcore",
		provider == "" && channel == "microsoft-windows-powershell/operational":
		return kindPowerShell
	case provider == "powershell", provider == "" && channel == "windows powershell":
		return kindPowerShellClassic
	case provider == "service control manager":
		return kindServices
	case provider == "microsoft-windows-security-auditing", channel == "security":
		return kindSecurity
	case provider == "microsoft-windows-kernel-general", provider == "eventlog":
		return kindBoot
	}
	return kindOther
}

// device is the machine that a record speaks of.
type device struct{ name, id string }

// deviceOf returns the device of a computer name. Defender writes names in lower
// case. Its ids are 40 hexadecimal digits; where there is none, SHA-1 of the name
// takes its place, so that all records of a machine have the same.
func (n *Normalizer) deviceOf(computer string) *device {
	if computer == "" {
		computer = n.opt.Device
	}
	if d, ok := n.devices[computer]; ok {
		return d
	}
	if len(n.devices) >= maxAccounts {
		clear(n.devices)
	}
	computer = strings.Clone(computer)
	d := &device{name: strings.ToLower(strings.TrimRight(computer, ". "))}
	if d.name != "" {
		sum := sha1.Sum([]byte(d.name))
		d.id = hex.EncodeToString(sum[:])
	}
	n.devices[computer] = d
	return d
}

// event is a Windows event in work.
type event struct {
	*evidence.Event
	data
	device *device
	path   string // of the file
	offset int64
	time   int64 // of the row: when it happened, in ticks
	origin string
	key    uint64
	part   uint64 // how many rows the event gave
}

func (n *Normalizer) event(r *evidence.Record, e *evidence.Event) error {
	n.nameByPosition(e)
	ev := event{Event: e, data: data{fields: e.Data}, path: r.Path, offset: r.Offset, time: e.Time}
	computer := e.Computer
	if computer == "" {
		computer = ev.filled("FQDN") // of task events, whose collectors may lose the rest
	}
	ev.device = n.deviceOf(computer)
	if e.Time == 0 {
		n.problem("event without a time")
	}
	n.seen(e.Time)
	if c := n.opt.Collection; c != nil && c.Log && e.Time > n.hostTime && ev.device.name != "" {
		n.host, n.hostTime = ev.device.name, e.Time
	}
	ev.key = n.key(&ev, r)
	if err := n.windowsEvent(&ev); err != nil {
		return err
	}
	switch n.kindOf(e.Provider, e.Channel) {
	case kindSysmon:
		return n.sysmon(&ev)
	case kindSecurity:
		return n.security(&ev)
	case kindTaskScheduler:
		return n.taskScheduler(&ev)
	case kindPowerShell:
		return n.powerShell(&ev)
	case kindPowerShellClassic:
		return n.powerShellClassic(&ev)
	case kindServices:
		return n.services(&ev)
	case kindBoot:
		return n.boot(&ev)
	}
	return nil
}

// key is the identity of an event: its place in the log of its machine. Copies of the
// event from another file or collector have the same key; Finish removes those whose
// times agree too. Events without a number are only the same as themselves, where they
// stand in their file, and are copies only of what says the same.
func (n *Normalizer) key(ev *event, r *evidence.Record) uint64 {
	h := uint64(fnvOffset)
	if ev.RecordID == 0 {
		if n.claimed != 0 {
			return n.claimed
		}
		h = hashNumber(hashNumber(hashString(h, ev.device.name), uint64(ev.Time)), uint64(r.Offset))
		return hashNumber(h, uint64(ev.EventID))
	}
	if o := &n.origin; o.device != ev.device || o.channel != ev.Channel {
		h = hashString(h, ev.device.name)
		for i := range len(ev.Channel) {
			h = (h ^ uint64(ev.Channel[i]|0x20)) * fnvPrime
		}
		*o = origin{ev.device, strings.Clone(ev.Channel), h}
	}
	return hashNumber(hashNumber(n.origin.hash, ev.RecordID), uint64(ev.EventID))
}

// origin is what the keys of a log's events have in common, of the event before.
type origin struct {
	device  *device
	channel string
	hash    uint64
}

// FNV-1a, 64 bits.
const (
	fnvOffset = 0xcbf29ce484222325
	fnvPrime  = 0x100000001b3
)

func hashString(h uint64, s string) uint64 {
	for i := range len(s) {
		h = (h ^ uint64(s[i])) * fnvPrime
	}
	return (h ^ 0xff) * fnvPrime
}

func hashNumber(h, v uint64) uint64 {
	for range 8 {
		h = (h ^ v&0xff) * fnvPrime
		v >>= 8
	}
	return h
}

// begin starts a row of an event in one of the Device tables or ScheduledTaskEvents.
func (n *Normalizer) begin(t *table, ev *event, action string) {
	t.begin()
	t.time(cTimestamp, ev.time)
	t.str(cDeviceId, ev.device.id)
	t.str(cDeviceName, ev.device.name)
	t.str(cActionType, action)
	t.number(cReportId, int64(ev.RecordID), ev.RecordID != 0)
	t.int(cSourceId, n.opt.Source)
	t.int(cOffset, ev.offset)
	t.str(cSourceFile, ev.path)
	t.int(cSourceOffset, ev.offset)
	t.str(cOrigin, ev.origin)
	t.int(cKey, int64(hashNumber(ev.key, ev.part)))
	ev.part++
}

// subject sets the initiating account and its session: SubjectUserName and its like.
func (n *Normalizer) subject(t *table, ev *event) account {
	sid := ev.text("SubjectUserSid")
	name := ev.text("SubjectUserName")
	a := n.named(ev.text("SubjectDomainName"), name, sid)
	t.str(cInitiatingProcessAccountDomain, a.domain)
	t.str(cInitiatingProcessAccountName, a.name)
	t.str(cInitiatingProcessAccountSid, a.sid)
	id, ok := ev.number("SubjectLogonId")
	t.number(cInitiatingProcessLogonId, id, ok)
	return a
}

// actor sets the initiating process by its image and id.
func (n *Normalizer) actor(t *table, image string, pid int64, ok bool) {
	if image != "" && image != "-" {
		m := n.image(image)
		t.str(cInitiatingProcessFileName, m.lowerName)
		t.str(cInitiatingProcessFolderPath, m.lowerPath)
	}
	t.number(cInitiatingProcessId, pid, ok)
}

// account sets the account that a row is about.
func (t *table) account(a account) {
	t.str(cAccountDomain, a.domain)
	t.str(cAccountName, a.name)
	t.str(cAccountSid, a.sid)
}

// file sets the file that a row is about.
func (n *Normalizer) fileOf(t *table, path string) {
	t.str(cFileName, baseName(path))
	t.str(cFolderPath, path)
}

func (t *table) hashes(h hashes) {
	t.str(cSHA1, h.sha1)
	t.str(cSHA256, h.sha256)
	t.str(cMD5, h.md5)
}
