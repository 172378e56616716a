package exclusion

import (
	"slices"
	"strconv"
	"strings"

	"github.com/goshawk-hunt/goshawk/finding"
	"github.com/goshawk-hunt/goshawk/hunt/cmdline"
	"github.com/goshawk-hunt/goshawk/kql/syntax"
	"github.com/goshawk-hunt/goshawk/kql/types"
)

// Columns are what a predicate may ask of a finding. FileProfile's columns (Signer,
// Issuer, GlobalPrevalence ..) are there too, by SHA1.
var Columns = types.Schema{
	{Name: "FindingId", Type: types.String},
	{Name: "Title", Type: types.String},
	{Name: "Severity", Type: types.String},
	{Name: "Score", Type: types.Long},
	{Name: "TaskName", Type: types.String},
	{Name: "Command", Type: types.String},   // of the action, as the definition has it
	{Name: "Arguments", Type: types.String}, // of the action
	{Name: "ClassId", Type: types.String},   // of a COM handler
	{Name: "RunAs", Type: types.String},
	{Name: "RunLevel", Type: types.String},
	{Name: "Author", Type: types.String},
	{Name: "CreatorAccount", Type: types.String},
	{Name: "DeviceName", Type: types.String},
	{Name: "AccountName", Type: types.String}, // of the process, else who made the task
	{Name: "FileName", Type: types.String},
	{Name: "FolderPath", Type: types.String}, // of what runs: the process's, else what the action's command names
	{Name: "ProcessCommandLine", Type: types.String},
	{Name: "SHA1", Type: types.String}, // of a process that was started, "" if none is known
	{Name: "InitiatingProcessCommandLine", Type: types.String},
	{Name: "Hunts", Type: types.Dynamic},
	{Name: "Techniques", Type: types.Dynamic},
}

// profiled are the columns that FileProfile adds, as far as predicates ask for them.
var profiled = []string{"Signer", "Issuer", "SignerHash", "IsCertificateValid", "IsRootSignerMicrosoft", "SignatureState", "GlobalPrevalence",
	"GlobalFirstSeen", "GlobalLastSeen", "ThreatName", "Publisher", "SoftwareName", "ProfileAvailability", "OrgPrevalence"}

// maxRows bounds the rows of one finding; one with more is never hidden.
const maxRows = 512

// maxCell bounds a text; what is longer never equals anything.
const maxCell = 16 << 10

// rowsOf returns the rows of a finding, each once and as KQL literals parallel to Columns;
// whole is false if there is more to ask of than they say.
func rowsOf(f *finding.Finding) (rows [][]string, whole bool) {
	devices := f.Devices
	if len(devices) == 0 {
		devices = []string{""}
	}
	cells := map[string]string{"FindingId": f.ID, "Title": f.Title, "Severity": f.Severity.String()}
	if t := f.Task; t != nil {
		cells["TaskName"], cells["RunAs"], cells["RunLevel"], cells["Author"] = t.Name, t.Principal, t.RunLevel, t.Author
	}
	seen := map[string]bool{}
	for _, part := range partsOf(f) {
		where := devices
		if d := part["DeviceName"]; d != "" {
			where = []string{d}
		}
		_, owned := part["AccountName"] // a process has an account of its own
		for _, d := range where {
			part["DeviceName"] = d
			for _, maker := range makersOf(f, d) {
				if cells["CreatorAccount"] = maker; !owned {
					cells["AccountName"] = maker
				}
				row := literalRow(f, cells, part)
				key := strings.Join(row, ", ")
				if seen[key] {
					continue
				}
				if seen[key] = true; len(rows) == maxRows {
					return rows, false
				}
				rows = append(rows, row)
			}
		}
	}
	return rows, f.Unlisted == 0
}

// makersOf are those who made or changed the task on a device, [""] if that is not known.
func makersOf(f *finding.Finding, device string) []string {
	var out []string
	if f.Task != nil {
		for _, m := range f.Task.Makers {
			if strings.EqualFold(m.Device, device) {
				out = append(out, m.Account)
			}
		}
		if len(out) == 0 && len(f.Task.Makers) == 0 && len(f.Accounts) == 1 {
			out = f.Accounts
		}
	}
	if len(out) == 0 {
		out = []string{""}
	}
	return out
}

// partsOf are the cells in which the rows of a finding differ: of the actions of its task
// and of what they started. A task of which no more is known than that it is there has one.
func partsOf(f *finding.Finding) []map[string]string {
	var parts []map[string]string
	if t := f.Task; t != nil {
		for _, a := range slices.Concat(t.Actions, t.Former) {
			path, sha1 := fileOf(f, a.Command)
			parts = append(parts, map[string]string{"Command": a.Command, "Arguments": a.Arguments, "ClassId": a.ClassID, "FolderPath": path,
				"FileName": base(a.Command), "ProcessCommandLine": strings.TrimSpace(a.Command + " " + a.Arguments),
				"SHA1": sha1})
		}
	}
	started := len(parts)
	for i := range f.Processes {
		p := &f.Processes[i]
		if p.Role == "creator" && started > 0 {
			continue
		}
		parts = append(parts, map[string]string{"FolderPath": p.FolderPath, "FileName": p.FileName, "ProcessCommandLine": p.CommandLine,
			"SHA1": p.SHA1, "AccountName": p.Account, "InitiatingProcessCommandLine": p.Parent, "DeviceName": p.Device,
			"Command": commandOf(p), "Arguments": argumentsOf(p)})
	}
	if len(parts) == 0 && f.Task != nil && f.Task.Name != "" {
		parts = append(parts, map[string]string{})
	}
	return parts
}

// commandOf and argumentsOf take a process apart as an action would name it.
func commandOf(p *finding.Process) string {
	if p.FolderPath != "" {
		return p.FolderPath
	}
	return p.FileName
}

func argumentsOf(p *finding.Process) string {
	line := strings.TrimSpace(p.CommandLine)
	if rest, ok := strings.CutPrefix(line, `"`); ok {
		_, after, _ := strings.Cut(rest, `"`)
		return strings.TrimSpace(after)
	}
	if path := p.FolderPath; path != "" && len(line) >= len(path) && strings.EqualFold(line[:len(path)], path) {
		return strings.TrimSpace(line[len(path):])
	}
	_, after, _ := strings.Cut(line, " ")
	return strings.TrimSpace(after)
}

// fileOf tells which file an action's command is: the path and the hash of the processes
// that ran it, each "" where they disagree, and the path that the command itself names.
func fileOf(f *finding.Finding, command string) (path, sha1 string) {
	paths, hashes := map[string]string{}, map[string]string{}
	for i := range f.Processes {
		p := &f.Processes[i]
		if p.Role == "creator" || !strings.EqualFold(base(p.FolderPath), base(command)) && !strings.EqualFold(p.FileName, base(command)) {
			continue
		}
		if p.FolderPath != "" {
			paths[strings.ToLower(p.FolderPath)] = p.FolderPath
		}
		if p.SHA1 != "" {
			hashes[p.SHA1] = p.SHA1
		}
	}
	if len(paths) == 0 {
		path = named(command)
	}
	return path + only(paths), only(hashes)
}

// only is the one value there is, else "".
func only(values map[string]string) string {
	if len(values) == 1 {
		for _, v := range values {
			return v
		}
	}
	return ""
}

// named is the path that a command names, its variables written out: "" for a name alone,
// and where it depends on the user.
func named(command string) string {
	path := strings.Trim(strings.TrimSpace(command), `"`)
	if strings.Contains(path, "%") {
		path = cmdline.Expand(path)
	}
	if !strings.ContainsAny(path, `\/`) || strings.ContainsAny(path, "%<") {
		return ""
	}
	return path
}

func base(path string) string {
	path = strings.Trim(path, `" `)
	return path[strings.LastIndexAny(path, `\/`)+1:]
}

// literalRow writes one row as the values of a datatable.
func literalRow(f *finding.Finding, cells, part map[string]string) []string {
	row := make([]string, len(Columns))
	for i, c := range Columns {
		switch c.Name {
		case "Score":
			row[i] = strconv.Itoa(f.Score)
		case "Hunts":
			row[i] = listLiteral(huntsOf(f))
		case "Techniques":
			row[i] = listLiteral(f.Techniques)
		default:
			text, ok := part[c.Name]
			if !ok {
				text = cells[c.Name]
			}
			row[i] = textLiteral(text)
		}
	}
	return row
}

func textLiteral(s string) string {
	if len(s) > maxCell {
		s = s[:maxCell]
	}
	return syntax.Print(&syntax.Literal{Kind: syntax.LitString, Text: strings.ToValidUTF8(s, "\uFFFD")})
}

func listLiteral(list []string) string {
	parts := make([]string, len(list))
	for i, s := range list {
		parts[i] = textLiteral(s)
	}
	return "dynamic([" + strings.Join(parts, ", ") + "])"
}

func huntsOf(f *finding.Finding) []string {
	ids := make([]string, len(f.Hunts))
	for i, h := range f.Hunts {
		ids[i] = h.ID
	}
	return ids
}
