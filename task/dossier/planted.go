package dossier

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/goshawk-hunt/goshawk/finding"
	"github.com/goshawk-hunt/goshawk/hunt/cmdline"
)

// planted tells who put there what the task's actions name: programs, scripts and other
// files, values of the registry, the registration of a COM class.
func (l *life) planted(k *known, device string, events []*event) {
	told := 0
	for _, p := range k.plants[device] {
		certain, why, ok := l.means(k, p, events)
		if !ok || p.action == "Wrote" && !alive(events, p.time) && over(events, p.time) {
			continue
		}
		from := l.planter(k, p)
		if from < 0 {
			continue
		}
		if told++; told > maxMoments {
			l.d.More++
			continue
		}
		e := finding.Edge{Chapter: finding.Defined, From: from, To: l.taskNode(device), Verb: p.verb(), Object: p.name(), Content: p.content(), Time: p.time, Confidence: finding.Likely, Why: why, Proof: []finding.Source{p.proof}}
		if certain {
			e.Confidence = finding.Certain
		}
		if p.action == "Deleted" {
			e.Chapter = finding.End
		}
		l.link(e)
	}
}

// over reports whether the task's end lies before a moment.
func over(events []*event, t finding.Time) bool {
	for _, e := range events {
		if e.kind == "deleted" && e.time.Before(t.Time) {
			return true
		}
	}
	return false
}

// planter returns the place of who wrote; -1 when that is a process of the task itself,
// whose deeds are told as such, or nobody is named.
func (l *life) planter(k *known, p *plant) int {
	if p.writer == nil {
		if p.remote == "" {
			return -1
		}
		return l.host(p.remote)
	}
	w := k.began(p.device, p.writer.pid, p.writer.created)
	if w == nil {
		w, _ = k.at(p.device, p.writer.pid, p.time)
	}
	if w == nil || p.writer.file != "" && !strings.EqualFold(w.name(), p.writer.name()) {
		w = l.canonical(k, p.writer)
	}
	if at, ok := l.procs[w]; ok && (l.d.Nodes[at].Role == RoleStarted || l.d.Nodes[at].Role == RoleChild) {
		return -1
	}
	w.complete(p.writer)
	at := l.process(w, RolePlanter)
	if at >= 0 && l.d.Nodes[at].Account == "" {
		l.d.Nodes[at].Account = w.account
	}
	l.ancestors(k, w)
	return at
}

// name is what was written: the path of a file, a key with the value's name.
func (p *plant) name() string {
	name := finding.Shorten(p.object, 200)
	if p.value != "" {
		name += `\` + finding.Shorten(p.value, 100)
	}
	return name
}

// verb says what was done, in a sentence that the task ends.
func (p *plant) verb() string {
	kind := ""
	switch {
	case p.what == "registry" && p.value != "":
		kind = "the registry value "
	case p.what == "registry":
		kind = "the registry key "
	}
	return strings.ToLower(p.action) + " " + kind + p.name() + namedBy
}

// namedBy ends the verb of what an action names.
const namedBy = ", named by an action of"

// means reports whether the row is about what an action of the task names, whether that
// is certain, and why.
func (l *life) means(k *known, p *plant, events []*event) (certain bool, why string, ok bool) {
	if p.what == "file" {
		certain, ok = l.meansFile(p.object)
		why = "the row names who wrote and the file, and the task's action the file"
		if !certain {
			why = "the row names who wrote and the file, and the task's action a file in a folder that is another for each user"
		}
	} else {
		var whose string
		certain, whose, ok = l.meansKey(k, p, events)
		why = "the row names who wrote, key and value, and the task's action names them" + whose
	}
	if !ok {
		return false, "", false
	}
	if p.remote != "" {
		why = fmt.Sprintf("%s; it came over the network, by the account %s", why, p.account)
	}
	why += around(events, p.time)
	if p.count > 1 {
		why += fmt.Sprintf("; %d rows say it, the last of %s", p.count, p.last)
	}
	return certain, why, true
}

// around says how long before or after the creation of the task nearest to it something was.
func around(events []*event, t finding.Time) string {
	var nearest *event
	for _, e := range events {
		if e.kind == "created" && (nearest == nil || t.Sub(e.time.Time).Abs() < t.Sub(nearest.time.Time).Abs()) {
			nearest = e
		}
	}
	if nearest == nil || t.Sub(nearest.time.Time).Abs() > 7*24*time.Hour {
		return ""
	}
	if d := t.Sub(nearest.time.Time); rounded(t, nearest.time, d) {
		return "; that was in the second in which the task was created"
	} else if d < 0 {
		return fmt.Sprintf("; that was %s before the task was created", finding.Human(-d))
	} else {
		return fmt.Sprintf("; that was %s after the task was created", finding.Human(d))
	}
}

// rounded reports whether two times that are so far apart may be one, as one of them is
// known to the second only.
func rounded(a, b finding.Time, d time.Duration) bool {
	return d.Abs() < time.Second && (a.Nanosecond() == 0) != (b.Nanosecond() == 0)
}

// content shows what was written, as far as the row has it, decoded where it is Base64.
func (p *plant) content() string {
	const shown = 300
	switch {
	case p.what == "file" && p.data != "":
		return "SHA-1 " + p.data
	case p.what == "file" || p.data == "" || p.action == "Deleted":
		return ""
	}
	size := fmt.Sprintf("%d characters", len([]rune(p.data)))
	if texts := cmdline.Decoded(p.data); len(texts) > 0 {
		return fmt.Sprintf("%s, Base64 of: %s", size, finding.Shorten(texts[0], shown))
	}
	return fmt.Sprintf("%s: %s", size, finding.Shorten(p.data, shown))
}

func (l *life) meansFile(path string) (certain, ok bool) {
	path = strings.ToLower(path)
	ok = slices.Contains(l.readings, path)
	for _, f := range l.named.Files {
		if f == path {
			return true, true
		}
		ok = ok || strings.Contains(f, anyUser) && f == anyUsers(path)
	}
	return false, ok
}

// anyUser stands in a path for the user whom a variable means.
const anyUser = `c:\users\<user>\`

// anyUsers writes the path in a user's folder for any user.
func anyUsers(path string) string {
	if rest, ok := strings.CutPrefix(path, `c:\users\`); ok {
		if _, below, ok := strings.Cut(rest, `\`); ok {
			return anyUser + below
		}
	}
	return path
}

// meansKey reports whether an action names the key and the value. HKEY_CURRENT_USER is
// the hive of the account as which the task runs.
func (l *life) meansKey(k *known, p *plant, events []*event) (certain bool, whose string, ok bool) {
	row, value := cmdline.ParseKey(p.object), strings.ToLower(p.value)
	for i := range l.named.Registry {
		n := &l.named.Registry[i]
		exact := n.Covers(row) && (n.Any || n.Value == value || n.Value == "(default)" && value == "")
		if !exact {
			continue
		}
		ok = true
		if n.Hive != cmdline.HiveUser || n.SID != "" {
			return true, "", true
		}
		sid := l.runsAs(k, p.device, events)
		switch {
		case sid == "" || row.SID == "":
			whose = "; that HKEY_CURRENT_USER is this user's is not proven, as no row says by SID as whom the task runs"
		case sid == row.SID:
			return true, "; the hive is that of the account as which the task runs", true
		default:
			return false, "", false // another user's
		}
	}
	return false, whose, ok
}

// runsAs returns the SID of the account as which the task runs, in lower case; "" when no
// row has it.
func (l *life) runsAs(k *known, device string, events []*event) string {
	principal := ""
	for _, e := range events {
		if e.principal != "" {
			principal = e.principal
		}
	}
	if principal == "" && l.f.Task != nil {
		principal = l.f.Task.Principal
	}
	principal = strings.ToLower(principal)
	if strings.HasPrefix(principal, "s-1-") {
		return principal
	}
	name := principal[strings.LastIndexByte(principal, '\\')+1:]
	if name == "system" || name == "localsystem" {
		return "s-1-5-18"
	}
	return k.sids[device+"|"+name]
}
