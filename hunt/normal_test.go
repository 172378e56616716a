package hunt_test

import (
	"strings"
	"testing"

	"github.com/goshawk-hunt/goshawk/finding"
	"github.com/goshawk-hunt/goshawk/hunt"
)

// TestBaselineSaysHowRare holds what a team's baseline knows of a task against the
// reasons of its finding.
func TestBaselineSaysHowRare(t *testing.T) {
	const columns = "Name In DefinitionKey Devices:long Since:datetime TaskSince:datetime"
	event := answer{columns: "Timestamp:datetime DeviceName TaskName TaskEvent Command", rows: [][]any{{base, "PC1", `\Job`, "created", `C:\Program Files\x\job.exe`}}}
	size := answer{columns: "Entries:long Size:long Since:datetime", rows: [][]any{{9, 120, base}}}
	for _, tt := range []struct {
		what     string
		size     answer
		tasks    [][]any
		programs [][]any
		event    answer
		says     string // "" when no reason speaks of the baseline
		points   int
	}{
		{what: "no baseline", event: event, tasks: [][]any{{`\job`, `["pc1"]`, "d", nil, nil, nil}}},
		{what: "new task", event: event, size: size, tasks: [][]any{{`\job`, `["pc1"]`, "d", nil, nil, nil}},
			says: "not in the baseline of at least 120 devices since 2024-01-01", points: 15},
		{what: "new definition", event: event, size: size, tasks: [][]any{{`\job`, `["pc1"]`, "d", nil, nil, base}},
			says: "knows this task, but never with this definition", points: 15},
		{what: "one of its definitions is new", event: event, size: size, tasks: [][]any{{`\job`, `["pc1"]`, "c", 80, base, base}, {`\job`, `["pc1"]`, "d", nil, nil, base}, {`\job`, `["pc1"]`, "", nil, nil, base}},
			says: "knows this task, but never with this definition", points: 15},
		{what: "known definition", event: event, size: size, tasks: [][]any{{`\job`, `["pc1"]`, "d", 80, base, base}},
			says: "not rare: the baseline knows this definition on 80 of at least 120 devices since 2024-01-01"},
		{what: "the other device's definition", event: event, size: size, tasks: [][]any{{`\job`, `["pc1"]`, "d", 80, base, base}, {`\job`, `["pc2"]`, "e", nil, nil, base}},
			says: "not rare: the baseline knows this definition on 80"},
		{what: "known on one device", event: event, size: size, tasks: [][]any{{`\job`, `["pc1"]`, "d", 1, base, base}}},
		{what: "small baseline", event: event, size: answer{columns: size.columns, rows: [][]any{{1, 2, nil}}}, tasks: [][]any{{`\job`, `["pc1"]`, "d", nil, nil, nil}},
			says: "not in the baseline of at least 2 devices", points: 8},
		{what: "new program", size: size, programs: [][]any{{`c:\x\a.exe`, `["pc1"]`, nil, nil}},
			event: answer{columns: "Timestamp:datetime DeviceName FolderPath ProcessCommandLine ProcessId:long Role", rows: [][]any{{base, "pc1", `C:\X\a.exe`, "a.exe", 7, "started"}}},
			says:  "the Task Scheduler never started this program in the baseline", points: 15},
	} {
		t.Run(tt.what, func(t *testing.T) {
			q := answers{"event": tt.event, "baseline: size": tt.size,
				"baseline: tasks":    {columns: columns, rows: tt.tasks},
				"baseline: programs": {columns: "Name In Devices:long Since:datetime", rows: tt.programs}}
			res, err := hunt.Run(t.Context(), []hunt.Rule{rule("event")}, q, hunt.Options{})
			if err != nil || len(res.Findings) != 1 || len(res.Notes) != 0 {
				t.Fatalf("%v, findings %v, notes %v", err, res.Findings, res.Notes)
			}
			var said []finding.Reason
			for _, r := range res.Findings[0].Reasons {
				if strings.Contains(r.Text, "baseline") {
					said = append(said, r)
				}
			}
			switch {
			case tt.says == "" && len(said) > 0:
				t.Errorf("said %v without a reason to", said)
			case tt.says != "" && (len(said) != 1 || !strings.Contains(said[0].Text, tt.says) || said[0].Points != tt.points || said[0].Property != finding.Rarity):
				t.Errorf("said %v, want %q with %d points", said, tt.says, tt.points)
			}
		})
	}
}
