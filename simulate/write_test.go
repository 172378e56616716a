package simulate

import (
	"os"
	"path/filepath"
	"testing"
)

func TestWrite(t *testing.T) {
	fleet := Generate(Options{Devices: 10, Days: 3})
	for form, want := range map[Form][]string{
		Mixed:       {"evidence/advanced-hunting.jsonl", "evidence/ws-004.corp.example/Security.evtx", "evidence/ws-004.corp.example/Microsoft-Windows-Sysmon%4Operational.evtx", "labels.jsonl", "reputation.csv"},
		AllDefender: {"evidence/advanced-hunting.jsonl"},
		AllEVTX:     {"evidence/ws-001.corp.example/Microsoft-Windows-TaskScheduler%4Operational.evtx"},
		AllJSON:     {"evidence/ws-001.corp.example/Security.jsonl"},
	} {
		dir := t.TempDir()
		if err := fleet.Write(dir, form); err != nil {
			t.Fatal(err)
		}
		for _, name := range want {
			if info, err := os.Stat(filepath.Join(dir, filepath.FromSlash(name))); err != nil || info.Size() == 0 {
				t.Errorf("form %d: %s is missing or empty: %v", form, name, err)
			}
		}
	}
}
