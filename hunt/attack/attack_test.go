package attack

import (
	"strings"
	"testing"
)

// The embedded tables hold what the functions rely on.
func TestTables(t *testing.T) {
	last := ""
	for line := range strings.Lines(techniquesText) {
		x, err := parseLine(line)
		if err != nil {
			t.Fatal(err)
		}
		if len(x.Tactics) == 0 || len(x.Tactics) != len(strings.Fields(line)[1]) {
			t.Errorf("%s: a tactic's letter is unknown in %q", x.ID, line)
		}
		if x.ID <= last {
			t.Errorf("%s is out of order", x.ID)
		}
		last = x.ID
	}
	for line := range strings.Lines(retiredText) {
		words := strings.Fields(line)
		if len(words) != 2 || Lookup(words[0]) != nil || Lookup(words[1]) == nil {
			t.Errorf("retired: %q", line)
		}
	}
}

func TestLookup(t *testing.T) {
	x := Lookup("T1053.005")
	if x == nil || x.ID != "T1053" || !x.Has("Execution") || !x.Has("Persistence") || !x.Has("PrivilegeEscalation") || x.Has("Impact") {
		t.Errorf("T1053.005 is %+v", x)
	}
	for _, id := range []string{"T1053.099", "T9999", "", "T1053.", "T1005.001"} {
		if Lookup(id) != nil {
			t.Errorf("%q is known", id)
		}
	}
	if Successor("T1086") != "T1059.001" || Successor("T1053") != "" {
		t.Error("successors")
	}
	for name, want := range map[string]string{"Privilege Escalation": "PrivilegeEscalation", "defence-evasion": "DefenseEvasion", "IMPACT": "Impact", "Hacking": ""} {
		if got, _ := Tactic(name); got != want {
			t.Errorf("%s is %q, want %q", name, got, want)
		}
	}
	if Enterprise("T0801") || Enterprise("T1436") || !Enterprise("T1053") || !Enterprise("T1485") {
		t.Error("matrices")
	}
}
