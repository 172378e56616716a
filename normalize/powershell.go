package normalize

import (
	"crypto/sha256"
	"encoding/hex"
	"maps"
	"slices"
	"strings"

	"github.com/goshawk-hunt/goshawk/evidence"
)

// scripts are the script blocks whose parts have not all come.
type scripts struct {
	blocks map[scriptKey]*script
	order  []scriptKey // oldest first
	bytes  int
}

type scriptKey struct{ device, id string }

// What waits is bounded: when more text or more blocks wait, the oldest are given out
// without what they lack.
const (
	maxScriptBytes = 64 << 20
	maxScripts     = 4096
	partCost       = 64 // of a part besides its text
)

// script is a script block in work.
type script struct {
	event // of the first part, detached from its record
	total int64
	text  map[int64]string // by number of the part, from 1
	path  string
	sid   string
}

// powerShell makes rows of executed commands (4103) and script blocks (4104).
func (n *Normalizer) powerShell(ev *event) error {
	ev.origin = originPowerShell
	switch ev.EventID {
	case 4103:
		return n.moduleLogging(ev)
	case 4104:
		return n.scriptBlock(ev)
	}
	return nil
}

func (n *Normalizer) scriptBlock(ev *event) error {
	id := ev.guid("ScriptBlockId")
	number, ok1 := ev.number("MessageNumber")
	total, ok2 := ev.number("MessageTotal")
	text := ev.text("ScriptBlockText")
	if !ok1 || !ok2 || id == "" || total <= 1 || number < 1 || number > total {
		s := &script{event: *ev, path: ev.text("Path"), sid: ev.UserID, text: map[int64]string{1: text}, total: 1}
		return n.scriptContent(s, id)
	}
	key := scriptKey{ev.device.name, id}
	s := n.scripts.blocks[key]
	if s == nil {
		key.id = strings.Clone(id)
		s = &script{event: *ev, total: total, text: map[int64]string{}, path: strings.Clone(ev.text("Path")), sid: strings.Clone(ev.UserID)}
		s.Event = &evidence.Event{RecordID: ev.RecordID, ProcessID: ev.ProcessID}
		s.fields = nil
		n.scripts.blocks[key] = s
		n.scripts.order = append(n.scripts.order, key)
	}
	if _, copied := s.text[number]; copied || total != s.total {
		return nil
	}
	if number == 1 {
		// The first part's place is the block's, in whatever order the parts come.
		s.time, s.offset, s.key, s.Event.RecordID = ev.time, ev.offset, ev.key, ev.RecordID
	}
	s.text[number] = strings.Clone(text)
	n.scripts.bytes += len(text) + partCost
	if int64(len(s.text)) == total {
		n.scripts.order = slices.DeleteFunc(n.scripts.order, func(k scriptKey) bool { return k == key })
		return n.release(key)
	}
	for n.scripts.bytes > maxScriptBytes || len(n.scripts.order) > maxScripts {
		n.problem("script block given out before all its parts came")
		if err := n.release(n.scripts.order[0]); err != nil {
			return err
		}
		n.scripts.order = n.scripts.order[1:]
	}
	return nil
}

// release gives out a waiting block.
func (n *Normalizer) release(key scriptKey) error {
	s := n.scripts.blocks[key]
	delete(n.scripts.blocks, key)
	for _, part := range s.text {
		n.scripts.bytes -= len(part) + partCost
	}
	return n.scriptContent(s, key.id)
}

// flushScripts gives out the blocks whose other parts never came.
func (n *Normalizer) flushScripts() error {
	for _, key := range n.scripts.order {
		n.arena = n.arena[:0]
		n.problem("script block of which parts are missing")
		if err := n.release(key); err != nil {
			return err
		}
	}
	n.scripts.order = nil
	return nil
}

// scriptContent makes the row of a script block.
func (n *Normalizer) scriptContent(s *script, id string) error {
	t := n.device
	n.begin(t, &s.event, "ScriptContent")
	t.number(cInitiatingProcessId, int64(s.ProcessID), s.ProcessID != 0)
	t.str(cInitiatingProcessAccountSid, s.sid)
	t.str(cAccountSid, s.sid)
	if a, ok := wellKnown(s.sid); ok {
		t.account(a)
		t.str(cInitiatingProcessAccountDomain, a.domain)
		t.str(cInitiatingProcessAccountName, a.name)
	}
	t.str(cFileName, baseName(s.path))
	t.str(cFolderPath, s.path)
	var b strings.Builder
	for _, number := range slices.Sorted(maps.Keys(s.text)) {
		b.WriteString(s.text[number])
	}
	text := b.String()
	sum := sha256.Sum256([]byte(text))
	o := n.object()
	o.str("Content", text)
	o.str("Hash", hex.EncodeToString(sum[:]))
	o.str("ScriptBlockId", id)
	o.str("Path", s.path)
	if missing := s.total - int64(len(s.text)); missing > 0 {
		o.int("Parts", s.total, true)
		o.int("MissingParts", missing, true)
	}
	t.str(cAdditionalFields, o.text())
	return n.emit(t)
}

// moduleLogging makes one row per command that a pipeline ran.
func (n *Normalizer) moduleLogging(ev *event) error {
	context := ev.text("ContextInfo")
	c := commands{
		user: contextValue(context, "User"), host: contextValue(context, "Host Application"),
		script: contextValue(context, "Script Name"), payload: ev.text("Payload"),
	}
	return n.powerShellCommands(ev, &c, contextValue(context, "Command Name"))
}

// powerShellClassic makes rows of the classic log: of event 800, which has in its third
// text what 4103 has as Payload, and of event 400, the start of an engine, which is the
// only record of a command line where nothing else was audited. Defender has no word
// for the latter.
func (n *Normalizer) powerShellClassic(ev *event) error {
	if ev.EventID != 800 && ev.EventID != 400 {
		return nil
	}
	ev.origin = originPowerShell
	var texts [3]string
	i := 0
	for k := range ev.fields {
		if f := &ev.fields[k]; i < len(texts) && (f.Name == "" || strings.HasPrefix(strings.ToLower(f.Name), "param") || strings.EqualFold(f.Name, "Data")) {
			texts[i] = f.Value.Text()
			i++
		}
	}
	if ev.EventID == 400 {
		return n.powerShellStarted(ev, texts[2])
	}
	c := commands{user: contextValue(texts[1], "UserId"), host: contextValue(texts[1], "HostApplication"), script: contextValue(texts[1], "ScriptName"), payload: texts[2]}
	// The first text is the line of the script; it tells where no command is named.
	return n.powerShellCommands(ev, &c, strings.TrimSpace(texts[0]))
}

func (n *Normalizer) powerShellStarted(ev *event, context string) error {
	line := contextValue(context, "HostApplication")
	if line == "" {
		return nil
	}
	t := n.device
	n.begin(t, ev, "PowerShellEngineStarted")
	stripped := stripFolder(line)
	t.str(cInitiatingProcessCommandLine, stripped)
	o := n.object()
	o.other("InitiatingProcessOriginalCommandLine", line, stripped)
	for _, name := range []string{"HostName", "HostVersion", "HostId", "EngineVersion"} {
		o.str(name, contextValue(context, name))
	}
	t.str(cAdditionalFields, o.text())
	return n.emit(t)
}

// maxCommands bounds the rows of one event.
const maxCommands = 1024

// commands are the commands of a pipeline.
type commands struct {
	user, host, script, payload string
}

// powerShellCommands makes a row for each CommandInvocation of the payload; for the
// named command if there is none.
func (n *Normalizer) powerShellCommands(ev *event, c *commands, name string) error {
	const invocation = "CommandInvocation("
	rest := c.payload
	made := 0
	for made < maxCommands {
		_, after, ok := strings.Cut(rest, invocation)
		if !ok {
			break
		}
		command, tail, ok := strings.Cut(after, ")")
		if !ok {
			break
		}
		detail := tail
		if i := strings.Index(tail, invocation); i >= 0 {
			detail = tail[:i]
		}
		if err := n.powerShellCommand(ev, c, command, detail); err != nil {
			return err
		}
		made++
		rest = tail
	}
	if made == 0 && name != "" {
		return n.powerShellCommand(ev, c, name, c.payload)
	}
	return nil
}

func (n *Normalizer) powerShellCommand(ev *event, c *commands, command, detail string) error {
	t := n.device
	n.begin(t, ev, "PowerShellCommand")
	t.number(cInitiatingProcessId, int64(ev.ProcessID), ev.ProcessID != 0)
	a := n.account(c.user)
	t.str(cInitiatingProcessAccountDomain, a.domain)
	t.str(cInitiatingProcessAccountName, a.name)
	t.str(cInitiatingProcessAccountSid, ev.UserID)
	t.str(cInitiatingProcessCommandLine, stripFolder(c.host))
	o := n.object()
	o.str("Command", command)
	o.str("Parameters", parameters(detail))
	o.str("ScriptName", c.script)
	t.str(cAdditionalFields, o.text())
	return n.emit(t)
}

// parameters reads the bound parameters of a command as one line.
func parameters(detail string) string {
	var list []string
	for line := range strings.Lines(detail) {
		_, binding, ok := strings.Cut(line, "ParameterBinding(")
		if !ok {
			continue
		}
		_, binding, _ = strings.Cut(binding, "): ")
		list = append(list, strings.TrimSpace(binding))
	}
	return strings.Join(list, "; ")
}

// contextValue finds "name = value" or "name=value" among the lines of a context. The
// names are in the language of Windows in 4103; other languages give "".
func contextValue(context, name string) string {
	for line := range strings.Lines(context) {
		key, value, ok := strings.Cut(line, "=")
		if ok && strings.TrimSpace(key) == name {
			return strings.TrimSpace(value)
		}
	}
	return ""
}
