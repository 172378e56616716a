package exclusion

import (
	"strconv"
	"strings"

	"github.com/goshawk-hunt/goshawk/finding"
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
	{Name: "FolderPath", Type: types.String}, // of what runs: the process, else the action's command
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

// rowsOf returns the rows of a finding as KQL literals; ok is false if it has too
// many, or nothing to ask for.
func rowsOf(f *finding.Finding) (rows []string, ok bool) {
	devices := f.Devices
	if len(devices) == 0 {
		devices = []string{""}
	}
	cells := map[string]string{"FindingId": f.ID, "Title": f.Title, "Severity": f.Severity.String()}
	creator := ""
	if t := f.Task; t != nil {
		cells["TaskName"], cells["RunAs"], cells["RunLevel"], cells["Author"] = t.Name, t.Principal, t.RunLevel, t.Author
		creator = t.CreatedBy
	}
	if creator == "" && len(f.Accounts) == 1 {
		creator = f.Accounts[0]
	}
	cells["CreatorAccount"] = creator
	var parts []map[string]string
	if t := f.Task; t != nil {
		for _, a := range append(append([]finding.TaskAction(nil), t.Actions...), t.Former...) {
			parts = append(parts, map[string]string{"Command": a.Command, "Arguments": a.Arguments, "ClassId": a.ClassID, "FolderPath": a.Command,
				"FileName": base(a.Command), "ProcessCommandLine": strings.TrimSpace(a.Command + " " + a.Arguments),
				"SHA1": hashOf(f, a.Command), "AccountName": creator})
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
	for _, part := range parts {
		where := devices
		if d := part["DeviceName"]; d != "" {
			where = []string{d}
		}
		for _, d := range where {
			part["DeviceName"] = d
			rows = append(rows, literalRow(f, cells, part))
			if len(rows) > maxRows {
				return nil, false
			}
		}
	}
	return rows, len(rows) > 0 && f.More == 0
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

// hashOf is the hash of a process that ran the action's command, "" if none is known
// or two disagree.
func hashOf(f *finding.Finding, command string) string {
	found := ""
	for i := range f.Processes {
		p := &f.Processes[i]
		if p.SHA1 == "" || p.Role == "creator" || !strings.EqualFold(base(p.FolderPath), base(command)) && !strings.EqualFold(p.FileName, base(command)) {
			continue
		}
		if found != "" && found != p.SHA1 {
			return ""
		}
		found = p.SHA1
	}
	return found
}

func base(path string) string {
	path = strings.Trim(path, `" `)
	return path[strings.LastIndexAny(path, `\/`)+1:]
}

// literalRow writes one row as the values of a datatable.
func literalRow(f *finding.Finding, cells, part map[string]string) string {
	var b strings.Builder
	for i, c := range Columns {
		if i > 0 {
			b.WriteString(", ")
		}
		switch {
		case c.Name == "Score":
			b.WriteString(strconv.Itoa(f.Score))
		case c.Name == "Hunts":
			b.WriteString(listLiteral(huntsOf(f)))
		case c.Name == "Techniques":
			b.WriteString(listLiteral(f.Techniques))
		default:
			text, ok := part[c.Name]
			if !ok {
				text = cells[c.Name]
			}
			b.WriteString(textLiteral(text))
		}
	}
	return b.String()
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
