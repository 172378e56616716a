package dossier

import (
	"context"
	"slices"
	"strings"

	"github.com/goshawk-hunt/goshawk/finding"
	"github.com/goshawk-hunt/goshawk/hunt/cell"
	"github.com/goshawk-hunt/goshawk/hunt/cmdline"
)

// maxNamed bounds the files and the registry keys for which a case is asked.
const maxNamed = 2000

// plant is what somebody wrote of a file or registry value that actions name, the same
// by the same as one.
type plant struct {
	time, last      finding.Time
	device          string
	what            string // file, registry
	object, value   string // path of the file; key and name of the value
	action          string // Wrote, Deleted
	data            string // of the value, SHA-1 of the file
	count           int64
	account, remote string // of a write over the network
	writer          *process
	proof           finding.Source
}

// nameActions collects what the actions of each life name. COM classes are named by their
// registration.
func (k *known) nameActions() (files, keys set) {
	files, keys = set{}, set{}
	for _, l := range k.lives {
		for _, a := range k.actionsOf(l) {
			n := cmdline.Names(a.Command, a.Arguments)
			if a.ClassID != "" {
				n.Registry = append(n.Registry, classKeys(a.ClassID)...)
			}
			l.named.Add(n)
		}
		l.readings = systems(l.named.Files)
		for _, f := range append(l.readings, l.named.Files...) {
			if len(files) < maxNamed {
				files.add(anyUsers(f))
			}
		}
		for i := range l.named.Registry {
			if len(keys) < maxNamed {
				views(keys, l.named.Registry[i].Path)
			}
		}
	}
	return files, keys
}

// actionsOf are a task's actions as hunts, events and stores have them.
func (k *known) actionsOf(l *life) []finding.TaskAction {
	const limit = 64
	var out []finding.TaskAction
	seen := map[finding.TaskAction]bool{}
	keep := func(actions []finding.TaskAction) {
		for _, a := range actions {
			if !seen[a] && len(out) < limit {
				seen[a], out = true, append(out, a)
			}
		}
	}
	if t := l.f.Task; t != nil {
		keep(t.Actions)
		keep(t.Former)
	}
	if l.name == "" {
		return out
	}
	for _, d := range append([]string{""}, l.d.Devices...) {
		for _, e := range k.events[d+"|"+l.name] {
			keep(e.actions)
		}
		for _, s := range k.stores[d+"|"+l.name] {
			keep(s.definition.Actions)
		}
	}
	return out
}

// classKeys are the keys that say what a COM class is.
func classKeys(id string) []cmdline.RegistryName {
	var out []cmdline.RegistryName
	for _, below := range []string{"", `\InprocServer32`, `\LocalServer32`, `\TreatAs`} {
		text := `HKEY_CLASSES_ROOT\CLSID\` + id + below
		out = append(out, cmdline.RegistryName{Key: cmdline.ParseKey(text), Any: true, Text: text})
	}
	return out
}

// systems returns, for each file in a folder that a variable stands for, the one that the
// variable means when the system's own account runs the task.
func systems(files []string) []string {
	var out []string
	const profile = `c:\windows\system32\config\systemprofile\`
	for _, f := range files {
		rest, ok := strings.CutPrefix(f, anyUser)
		if !ok {
			continue
		}
		if name, ok := strings.CutPrefix(rest, `appdata\local\temp\`); ok {
			out = append(out, `c:\windows\temp\`+name)
		}
		out = append(out, profile+rest)
	}
	return out
}

// views adds the spellings of a key below its hive, and below a user, that rows have.
func views(keys set, path string) {
	keys.add(path)
	if below, ok := strings.CutPrefix(path, `software\classes\`); ok {
		keys.add(below)
		keys.add(`wow6432node\` + below)
		keys.add(`software\classes\wow6432node\` + below)
	}
	if below, ok := strings.CutPrefix(path, `software\`); ok {
		keys.add(`software\wow6432node\` + below)
	}
	if below, ok := strings.CutPrefix(path, `system\currentcontrolset\`); ok {
		for _, n := range []string{"001", "002", "003"} {
			keys.add(`system\controlset` + n + `\` + below)
		}
	}
}

// askPlants fetches who wrote or deleted what the tasks' actions name.
func (k *known) askPlants(ctx context.Context, q Querier) error {
	files, keys := k.nameActions()
	if len(files)+len(keys) == 0 || len(k.devices) == 0 {
		return nil
	}
	const by = `DeviceName, Table, What, Object, Value, Action, Account, RemoteIP, InitiatingProcessFileName, InitiatingProcessFolderPath, InitiatingProcessCommandLine,
    InitiatingProcessId, InitiatingProcessCreationTime`
	const common = `project Timestamp, Data, ReportId, ` + by
	on := `DeviceName in~ (` + k.devices.list() + `)`
	query := `let AnyUser = (path:string) { iff(path startswith @"c:\users\", replace_regex(path, @"^c:\\users\\[^\\]+\\", @"c:\\users\\<user>\\"), path) };
union
(DeviceFileEvents | where ` + on + ` | extend Named = AnyUser(tolower(FolderPath)) | where Named in (` + orNone(files) + `)
    | extend Table = "DeviceFileEvents", What = "file", Object = FolderPath, Value = "", Data = tolower(SHA1), Account = InitiatingProcessAccountName, RemoteIP = "", Action = iff(ActionType has "Deleted" or ActionType == "FileDeleted", "Deleted", "Wrote") | ` + common + `),
(DeviceRegistryEvents | where ` + on + ` | extend Object = iff(isempty(RegistryKey), PreviousRegistryKey, RegistryKey)
    | extend Named = replace_regex(tolower(Object), @"^hk[a-z_]+\\(?:(?:s-1-[0-9-]+|\.default)(?:_classes)?\\)?", "") | where Named in (` + orNone(keys) + `)
    | extend Table = "DeviceRegistryEvents", What = "registry", Value = iff(isempty(RegistryValueName), PreviousRegistryValueName, RegistryValueName), Data = RegistryValueData, Account = InitiatingProcessAccountName, RemoteIP = "",
        Action = iff(ActionType has_any ("RegistryValueDeleted", "RegistryKeyDeleted"), "Deleted", "Wrote") | ` + common + `),
(WindowsEvent | where Channel == "Security" and EventID in (4663, 5145) and ` + granted + ` and tolower(Computer) in (` + k.devices.list() + `)
    | extend Mask = tolong(EventData.AccessMask), Share = tolower(tostring(EventData.ShareName)), Relative = tostring(EventData.RelativeTargetName)
    | where binary_and(Mask, 0x10006) != 0 and (EventID == 5145 or tostring(EventData.ObjectType) == "File")
    | extend Object = iff(EventID == 4663, tostring(EventData.ObjectName), strcat(case(Share endswith @"\admin$", @"C:\Windows", Share matches regex @"\\[a-z]\$$", strcat(toupper(substring(Share, strlen(Share) - 2, 1)), ":"), "?"), @"\", Relative))
    | extend Named = AnyUser(tolower(Object)) | where Named in (` + orNone(files) + `)
    | extend Timestamp = TimeGenerated, DeviceName = Computer, Table = strcat("WindowsEvent, Security ", EventID), What = "file", Value = "", Data = "", Account = tostring(EventData.SubjectUserName),
        RemoteIP = iff(EventID == 5145, tostring(EventData.IpAddress), ""), Action = iff(binary_and(Mask, 0x6) != 0, "Wrote", "Deleted"), ReportId = tolong(EventRecordId),
        InitiatingProcessFolderPath = iff(EventID == 4663, tostring(EventData.ProcessName), ""), InitiatingProcessCommandLine = "", InitiatingProcessId = iff(EventID == 4663, tolong(EventData.ProcessId), long(null)), InitiatingProcessCreationTime = datetime(null)
    | extend InitiatingProcessFileName = extract(@"[^\\]*$", 0, InitiatingProcessFolderPath) | ` + common + `)
| summarize (Timestamp, ReportId) = arg_min(Timestamp, ReportId), (Last, Data) = arg_max(Timestamp, Data), Rows = count() by ` + by
	return k.each(ctx, q, "writers of what actions name", query, func(t *cell.Row) {
		p := &plant{time: t.Time("Timestamp"), last: t.Time("Last"), device: t.Lower("DeviceName"), what: t.Text("What"), object: t.Text("Object"), value: t.Text("Value"),
			action: t.Text("Action"), data: t.Text("Data"), count: t.Int("Rows"), account: t.Text("Account"), remote: address(t.Text("RemoteIP")),
			proof: finding.Source{Table: t.Text("Table"), Record: t.Text("ReportId")}}
		if t.Int("InitiatingProcessId") != 0 || t.Text("InitiatingProcessFileName") != "" {
			p.writer = &process{device: p.device, pid: t.Int("InitiatingProcessId"), created: t.Time("InitiatingProcessCreationTime"), file: t.Text("InitiatingProcessFileName"),
				folder: t.Text("InitiatingProcessFolderPath"), line: t.Text("InitiatingProcessCommandLine"), account: p.account, proof: p.proof}
		}
		k.plants[p.device] = append(k.plants[p.device], p)
	})
}

// plantGaps says of which files and registry values that actions name nobody is known to
// have written them. What lies in the folders of Windows and of software is not asked for.
func (l *life) plantGaps(k *known) {
	var order []finding.Gap
	on := map[finding.Gap][]string{}
	for _, device := range l.d.Devices {
		if !l.touches(device) {
			continue
		}
		for _, g := range l.plantGapsOn(k, device) {
			if _, ok := on[g]; !ok {
				order = append(order, g)
			}
			on[g] = append(on[g], device)
		}
	}
	for _, g := range order {
		if devices := on[g]; len(devices) < len(l.d.Devices) {
			g.Text += " (" + names(devices) + ")"
		}
		l.d.Gaps = append(l.d.Gaps, g)
	}
}

// unwritten is what actions name and of which no row of a device says who wrote it.
type unwritten struct {
	files   []string
	entries []cmdline.RegistryName
}

// unwritten is looked for once a device, when those who wrote are known: every file and
// entry is compared with every row.
func (l *life) unwritten(k *known, device string) *unwritten {
	if u := l.nobodys[device]; u != nil {
		return u
	}
	u := &unwritten{}
	l.nobodys[device] = u
	for _, f := range l.named.Files {
		if !ownFolder(f) && !k.wroteFile(device, f) {
			u.files = append(u.files, f)
		}
	}
	for i := range l.named.Registry {
		if n := &l.named.Registry[i]; !strings.HasPrefix(n.Path, `software\classes\clsid\`) && !k.wroteKey(device, n) {
			u.entries = append(u.entries, *n)
		}
	}
	return u
}

func (l *life) plantGapsOn(k *known, device string) []finding.Gap {
	u := l.unwritten(k, device)
	var values []string
	for _, n := range u.entries {
		text := n.Text
		if n.Value != "" {
			text += `\` + n.Value
		}
		values = append(values, text)
	}
	var out []finding.Gap
	for _, g := range []struct {
		list       []string
		kind, what string
	}{{u.files, "file", "files"}, {values, "registry", "the registry"}} {
		if len(g.list) == 0 {
			continue
		}
		gap := finding.Gap{Chapter: finding.Defined, Text: "who wrote " + finding.Shorten(names(g.list), 600) + ", which its action names, is not known: "}
		if l.sees(device, g.kind) {
			gap.Text += "the events of " + g.what + " tell nothing of it: it is older, or not watched"
		} else {
			gap.Text, gap.Hint = gap.Text+"no events of "+g.what+" are in the case", hintDeed
		}
		out = append(out, gap)
	}
	return out
}

// ownFolder reports whether a file lies where Windows and setups put theirs.
func ownFolder(path string) bool {
	for _, open := range []string{`c:\windows\temp\`, `c:\windows\tasks\`} {
		if strings.HasPrefix(path, open) {
			return false
		}
	}
	return strings.HasPrefix(path, `c:\windows\`) || strings.HasPrefix(path, `c:\program files`)
}

// wroteFile reports whether a row names who wrote or deleted the file.
func (k *known) wroteFile(device, file string) bool {
	also := systems([]string{file})
	for _, p := range k.plants[device] {
		if path := strings.ToLower(p.object); p.what == "file" && (path == file || anyUsers(path) == file || slices.Contains(also, path)) {
			return true
		}
	}
	return false
}

func (k *known) wroteKey(device string, n *cmdline.RegistryName) bool {
	for _, p := range k.plants[device] {
		if p.what == "registry" && n.Covers(cmdline.ParseKey(p.object)) && (n.Any || n.Value == strings.ToLower(p.value)) {
			return true
		}
	}
	return false
}
