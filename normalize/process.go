package normalize

import "strings"

// process is what a process gives to the rows of those that it starts, and, where rows are
// written whole at once (Options.Whole), to all that it did.
//
// Finish fills them all, from whichever file they come. Most of them come behind the start of
// the process in the same log, though, and where that log is all there is, rows that are
// filled as they stream by are written once. Both ways give the same: a process is known by
// its GUID here, never by its id, which only the whole case can tell.
type process struct {
	line, parentName                                 string
	hashes                                           hashes
	integrity                                        string
	account                                          account
	company, product, version, original, description string
	start, parentStart                               int64
	pid, parent, logon, session                      int64
	hasPid, hasParent, hasLogon, hasSession          bool
}

// processKey is a process of a device.
type processKey struct {
	device *device
	guid   string
}

// maxProcesses bounds how many processes are remembered. When more come, Finish does
// what was forgotten.
const maxProcesses = 1 << 16

// remember keeps the process that the row in work tells of.
func (n *Normalizer) remember(ev *event, guid, parentGUID string, t *table) {
	if guid == "" {
		return
	}
	if len(n.processes) >= maxProcesses {
		clear(n.processes)
	}
	text := func(c column) string { return t.get(c).Str }
	p := &process{
		line: text(cProcessCommandLine), parentName: text(cParentName), integrity: text(cProcessIntegrityLevel),
		hashes:  hashes{sha1: text(cSHA1), sha256: text(cSHA256), md5: text(cMD5)},
		account: account{text(cAccountDomain), text(cAccountName), text(cAccountSid)},
		company: text(cProcessVersionInfoCompanyName), product: text(cProcessVersionInfoProductName),
		version: text(cProcessVersionInfoProductVersion), original: text(cProcessVersionInfoOriginalFileName),
		description: text(cProcessVersionInfoFileDescription), start: ev.time,
	}
	number := func(c column) (int64, bool) {
		v := t.get(c)
		return v.Int, !v.Null
	}
	p.pid, p.hasPid = number(cProcessId)
	p.parent, p.hasParent = number(cInitiatingProcessId)
	p.logon, p.hasLogon = number(cLogonId)
	p.session, p.hasSession = number(cCreatedProcessSessionId)
	if parent := n.processes[processKey{ev.device, parentGUID}]; parent != nil {
		p.parentStart = parent.start
	}
	cloneAll(&guid, &p.line, &p.parentName, &p.integrity, &p.hashes.sha1, &p.hashes.sha256, &p.hashes.md5, &p.account.domain, &p.account.name,
		&p.account.sid, &p.company, &p.product, &p.version, &p.original, &p.description)
	n.processes[processKey{ev.device, guid}] = p
}

// cloneAll puts copies in the place of strings, all in one piece of memory.
func cloneAll(list ...*string) {
	size := 0
	for _, s := range list {
		size += len(*s)
	}
	var b strings.Builder
	b.Grow(size)
	for _, s := range list {
		at := b.Len()
		b.WriteString(*s)
		*s = b.String()[at:]
	}
}

// initiated completes the initiating process of the row in work, if it is remembered.
// What the row says itself stays.
func (n *Normalizer) initiated(t *table, ev *event, guid string) {
	p := n.processes[processKey{ev.device, guid}]
	if p == nil || guid == "" {
		return
	}
	text := func(c column, s string) {
		if t.get(c).Str == "" {
			t.str(c, s)
		}
	}
	number := func(c column, v int64, ok bool) {
		if ok && t.get(c).Null {
			t.int(c, v)
		}
	}
	text(cInitiatingProcessCommandLine, p.line)
	text(cInitiatingProcessSHA1, p.hashes.sha1)
	text(cInitiatingProcessSHA256, p.hashes.sha256)
	text(cInitiatingProcessMD5, p.hashes.md5)
	text(cInitiatingProcessIntegrityLevel, p.integrity)
	if t.get(cInitiatingProcessAccountName).Str == "" {
		t.str(cInitiatingProcessAccountDomain, p.account.domain)
		t.str(cInitiatingProcessAccountName, p.account.name)
		t.str(cInitiatingProcessAccountSid, p.account.sid)
	}
	text(cInitiatingProcessParentFileName, p.parentName)
	text(cInitiatingProcessVersionInfoCompanyName, p.company)
	text(cInitiatingProcessVersionInfoProductName, p.product)
	text(cInitiatingProcessVersionInfoProductVersion, p.version)
	text(cInitiatingProcessVersionInfoOriginalFileName, p.original)
	text(cInitiatingProcessVersionInfoFileDescription, p.description)
	number(cInitiatingProcessId, p.pid, p.hasPid)
	number(cInitiatingProcessLogonId, p.logon, p.hasLogon)
	number(cInitiatingProcessSessionId, p.session, p.hasSession)
	number(cInitiatingProcessCreationTime, p.start, p.start != 0)
	number(cInitiatingProcessParentId, p.parent, p.hasParent)
	number(cInitiatingProcessParentCreationTime, p.parentStart, p.parentStart != 0)
}
