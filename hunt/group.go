package hunt

import (
	"crypto/sha256"
	"encoding/hex"
	"sort"
	"strings"

	"github.com/goshawk-hunt/goshawk/finding"
	"github.com/goshawk-hunt/goshawk/hunt/cmdline"
)

// group is the items that speak of the same thing.
type group struct {
	key   string
	items []*item
}

// maxSpread bounds the devices that one summarised row is spread over.
const maxSpread = 10_000

// gather puts the items of all rules together: first what concerns the same task or
// process on one device, then what is the same task or process on several devices.
// Groups come in the order in which their first item was seen.
func gather(items []*item) []*group {
	local := newIndex()
	for _, it := range items {
		for _, one := range spread(it) {
			local.add(localKey(one), one)
		}
	}
	link(local)
	fleet := newIndex()
	names := variants(local)
	unsure := ambiguous(local, names)
	for _, g := range local.groups {
		if len(g.items) > 0 {
			key := fleetKey(g, names)
			if name, _, _ := identity(g); g.items[0].device() == "" && unsure[name] {
				key += "|of no named device"
			}
			fleet.add(key, g.items...)
		}
	}
	return fleet.groups
}

// ambiguous are the names of tasks that several devices have, with several actions: what
// names no device, such as a copied file, is then told apart from them, because nothing
// says whose it is.
func ambiguous(x *index, names map[string]map[action]bool) map[string]bool {
	first, out := map[string]string{}, map[string]bool{}
	for _, g := range x.groups {
		if len(g.items) == 0 || g.items[0].device() == "" {
			continue
		}
		name, _, _ := identity(g)
		if name == "" {
			continue
		}
		device, key := g.items[0].device(), fleetKey(g, names)
		if have, ok := first[name]; !ok {
			first[name] = device + "|" + key
		} else if d, k, _ := strings.Cut(have, "|"); d != device && k != key {
			out[name] = true
		}
	}
	return out
}

// index is groups by key in order of appearance.
type index struct {
	groups []*group
	byKey  map[string]*group
}

func newIndex() *index { return &index{byKey: map[string]*group{}} }

func (x *index) add(key string, items ...*item) {
	g := x.byKey[key]
	if g == nil {
		g = &group{key: key}
		x.byKey[key] = g
		x.groups = append(x.groups, g)
	}
	g.items = append(g.items, items...)
}

// spread makes one item per device of a row that stands for several.
func spread(it *item) []*item {
	if len(it.devices) <= 1 {
		return []*item{it}
	}
	var out []*item
	for _, d := range it.devices[:min(len(it.devices), maxSpread)] {
		one := *it
		one.devices = []string{d}
		out = append(out, &one)
	}
	return out
}

func (it *item) device() string {
	if len(it.devices) == 0 {
		return ""
	}
	return it.devices[0]
}

// localKey says what an item is about on its device: a task by its path, a process by
// its id and time, or, failing both, the title that the rule gave, or the row's text.
func localKey(it *item) string {
	if it.task.Name != "" {
		return it.device() + "|task|" + cmdline.ExactTaskName(it.task.Name)
	}
	if len(it.processes) > 0 {
		return it.device() + "|process|" + processKey(it.processes[0])
	}
	if it.title != "" {
		return it.device() + "|row|" + it.rule.ID + "|" + it.title
	}
	var b strings.Builder
	for _, f := range it.row.Columns {
		if f.Name != colTime && f.Name != colRecord {
			b.WriteString(f.Name + "=" + f.Value + "\x1f")
		}
	}
	return it.device() + "|row|" + it.rule.ID + "|" + b.String()
}

// variants are the distinct actions of each normalised task name in the fleet, as far as
// definitions tell them.
func variants(x *index) map[string]map[action]bool {
	names := map[string]map[action]bool{}
	for _, g := range x.groups {
		name, a, defined := identity(g)
		if name == "" || !defined {
			continue
		}
		if names[name] == nil {
			names[name] = map[action]bool{}
		}
		names[name][a] = true
	}
	return names
}

// action is what a task runs, written so that all spellings of one are equal.
type action struct{ program, arguments, class string }

func actionOf(a finding.TaskAction) action {
	command, arguments := a.Command, a.Arguments
	if arguments == "" { // the whole line may stand in one field
		if program, rest := cmdline.Split(command); rest != "" && cmdline.Ext(program) == ".exe" {
			command, arguments = program, rest
		}
	}
	return action{cmdline.Program(command), cmdline.Arguments(arguments), strings.ToLower(a.ClassID)}
}

// identity returns the normalised name of a group's task and its first action by the
// earliest definition; where none is known, defined is false and the action what a run
// tells of it. Which source or hunt told first makes no difference.
func identity(g *group) (name string, first action, defined bool) {
	var best *item
	for _, it := range g.items {
		if it.task.Name == "" {
			continue
		}
		name = cmdline.TaskName(it.task.Name)
		if len(it.task.Actions) > 0 && (best == nil || earlier(it, best)) {
			best = it
		}
	}
	if best == nil {
		return name, action{}, false
	}
	return name, actionOf(best.task.Actions[0]), !best.ran()
}

// earlier reports whether a tells better than b what the task is: a definition before a
// run, then the earlier, then by its text, so that equal evidence gives equal answers.
func earlier(a, b *item) bool {
	if a.ran() != b.ran() {
		return b.ran()
	}
	if !a.time.Equal(b.time.Time) {
		return !a.time.IsZero() && (b.time.IsZero() || a.time.Before(b.time.Time))
	}
	x, y := actionOf(a.task.Actions[0]), actionOf(b.task.Actions[0])
	if x.program != y.program {
		return x.program < y.program
	}
	return x.arguments < y.arguments
}

// fleetKey says what a group is about, whatever the device. A task of which only runs are
// known is taken for the one definition of its name that they fit.
func fleetKey(g *group, names map[string]map[action]bool) string {
	if name, a, defined := identity(g); name != "" {
		if !defined {
			var fits []action
			for v := range names[name] {
				if a == (action{}) || v.program == a.program {
					fits = append(fits, v)
				}
			}
			if len(fits) == 1 {
				a = fits[0]
			}
		}
		return "task|" + name + "|" + a.program + "|" + a.arguments + "|" + a.class
	}
	it := g.items[0]
	if len(it.processes) == 0 {
		return g.key
	}
	p := it.processes[0]
	program, rest := cmdline.Split(p.CommandLine)
	if p.FolderPath != "" {
		program = p.FolderPath
	}
	return "process|" + p.Role + "|" + cmdline.Program(program) + "|" + cmdline.Arguments(rest)
}

// fingerprint turns a key into a finding's ID.
func fingerprint(key string) string {
	sum := sha256.Sum256([]byte(key))
	return hex.EncodeToString(sum[:8])
}

// sorted returns the distinct non-empty texts in order.
func sorted(in []string) []string {
	seen := map[string]bool{}
	var out []string
	for _, s := range in {
		if s != "" && !seen[s] {
			seen[s] = true
			out = append(out, s)
		}
	}
	sort.Strings(out)
	return out
}
