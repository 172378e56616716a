package score_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/goshawk-hunt/goshawk/finding"
	"github.com/goshawk-hunt/goshawk/hunt/score"
)

// life is a task that started a.exe, which started a child with the line.
func life(started, child finding.Confidence, line string, effects ...finding.Effect) *finding.Finding {
	return &finding.Finding{Dossier: &finding.Dossier{
		Nodes: []finding.Node{{Kind: finding.TaskNode, Label: `\t`}, {Kind: finding.ProcessNode, Label: "a.exe", Role: "started"},
			{Kind: finding.ProcessNode, Label: "b.exe", Detail: line, Role: "child"}},
		Edges: []finding.Edge{ // not in their order
			{Chapter: finding.Execution, From: 1, To: 2, Confidence: child}, {Chapter: finding.Execution, From: 0, To: 1, Confidence: started}},
		Effects: effects,
	}}
}

func TestEffects(t *testing.T) {
	did := func(process int, kind, what string, c finding.Confidence) finding.Effect {
		return finding.Effect{Process: process, Kind: kind, What: what, Count: 1, Confidence: c}
	}
	connected := did(1, "network", "connected to 203.0.113.9:443 x.example", finding.Certain)
	run := did(2, "registry", `set HKEY_CURRENT_USER\Software\Microsoft\Windows\CurrentVersion\Run\u = C:\u.exe`, finding.Likely)
	with := func(f *finding.Finding, known string, reasons ...finding.Reason) *finding.Finding {
		f.Known, f.Reasons = known, reasons
		return f
	}
	for _, tt := range []struct {
		what string
		f    *finding.Finding
		says []string // "property points part of the text"
	}{
		{"no dossier", &finding.Finding{}, nil},
		{"a child that dumps", life("certain", "likely", `rundll32.exe C:\windows\system32\comsvcs.dll, MiniDump 624 C:\lsass.dmp full`), []string{"behaviour +50 a process that it started dumps the memory of lsass (b.exe)"}},
		{"a child that only may be its own", life("certain", "possible", "whoami /all", did(2, "network", "connected to 203.0.113.9:443", "certain")), nil},
		{"a start that only may be its own", life("possible", "certain", "whoami /all", connected), nil},
		{"a child that explores", life("certain", "certain", "whoami /all"), []string{"behaviour +20 a process that it started explores"}},
		{"what the action says already", with(life("certain", "certain", "whoami /all"), "", finding.Reason{Points: 20, Property: finding.Action, Text: "explores the system or the domain"}), nil},
		{"public address and run key", life("certain", "certain", "", connected, run), []string{"behaviour +25 its processes wrote to places from where programs start", "network +8 its processes connected to public addresses: 203.0.113.9:443"}},
		{"a known task", with(life("certain", "certain", "", connected, run), "the known task"), nil},
		{"a known task with a child that clears", with(life("certain", "certain", "wevtutil cl Security"), "the known task"), []string{"behaviour +45 a process that it started clears event logs"}},
		{"said by a hunt", with(life("certain", "certain", "", connected), "", finding.Reason{Points: 12, Property: finding.Network, Text: "connected"}), nil},
		{"an effect that may be another's", life("certain", "certain", "", did(1, "network", "connected to 203.0.113.9:443", finding.Possible)), nil},
		{"private and failed", life("certain", "certain", "", did(1, "network", "connected to 10.0.0.1:443", "certain"), did(1, "network", "failed to connect to 203.0.113.9:443", "certain"),
			did(1, "network", "connected to [fe80::1]:445", "certain"), did(1, "network", "connected to ::ffff:192.168.1.1:445", "certain")), nil},
		{"files", life("certain", "certain", "", did(1, "file", `created C:\Program Files\x\x.dll`, "certain"), did(1, "file", `created C:\Users\a\AppData\Local\Temp\__PSScriptPolicyTest_a.ps1`, "certain"),
			did(1, "file", `deleted C:\Users\Public\z.exe`, "certain"), did(2, "file", `renamed to C:\Users\Public\y.exe`, "likely")), []string{`behaviour +18 its processes wrote programs or scripts where users may write: C:\Users\Public\y.exe`}},
		{"injection", life("certain", "certain", "", did(1, "other", "CreateRemoteThreadApiCall explorer.exe", "certain")), []string{"behaviour +25 its processes reached into other processes: explorer.exe"}},
	} {
		t.Run(tt.what, func(t *testing.T) {
			tt.f.Reasons = append(tt.f.Reasons, score.Effects(tt.f)...)
			n := 0
			for _, r := range score.Effects(tt.f) {
				t.Errorf("asked again it says more: %v", r)
			}
			for _, r := range tt.f.Reasons {
				if r.Property != finding.Behaviour && r.Property != finding.Network || r.Text == "connected" {
					continue
				}
				n++
				found := false
				for _, s := range tt.says {
					found = found || strings.HasPrefix(fmt.Sprintf("%s %+d %s", r.Property, r.Points, r.Text), s)
				}
				if !found {
					t.Errorf("says %+v, want %q", r, tt.says)
				}
			}
			if n != len(tt.says) {
				t.Errorf("%d reasons, want %q: %+v", n, tt.says, tt.f.Reasons)
			}
		})
	}
}
