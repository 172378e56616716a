// Package attack knows the techniques of MITRE ATT&CK for enterprises: their names,
// to which tactics they belong, and what became of ids that were retired.
package attack

import (
	_ "embed"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"sync"
)

// Lines "ID TACTICS SUBS NAME": tactics by their letter (see tactics), the highest
// number of a sub-technique, 0 without any. Sub-techniques share the tactics.
//
// Source: https://attack.mitre.org, enterprise matrix. ATT&CK is a trademark of The
// MITRE Corporation.
//
//go:embed techniques.txt
var techniquesText string

// Lines "OLD NEW".
//
//go:embed retired.txt
var retiredText string

// Technique is a technique of ATT&CK, without its sub-techniques.
type Technique struct {
	ID      string
	Name    string
	Tactics []string // as Sentinel writes them: "PrivilegeEscalation"
	subs    int
}

// tactics by letter, in the order of the matrix.
var tactics = []struct {
	letter byte
	name   string
}{
	{'R', "Reconnaissance"}, {'D', "ResourceDevelopment"}, {'I', "InitialAccess"}, {'E', "Execution"}, {'P', "Persistence"},
	{'V', "PrivilegeEscalation"}, {'F', "DefenseEvasion"}, {'A', "CredentialAccess"}, {'Y', "Discovery"},
	{'L', "LateralMovement"}, {'O', "Collection"}, {'C', "CommandAndControl"}, {'T', "Exfiltration"}, {'M', "Impact"},
}

// Tactic returns the name of a tactic in Sentinel's spelling, whatever its case,
// blanks and dashes are ("defense-evasion", "Defence Evasion", "TA0005"); ok is
// false if there is no such tactic.
func Tactic(name string) (canonical string, ok bool) {
	key := strings.NewReplacer(" ", "", "-", "", "_", "", "&", "and").Replace(strings.ToLower(name))
	key = strings.Replace(key, "defence", "defense", 1)
	for _, t := range tactics {
		if strings.ToLower(t.name) == key {
			return t.name, true
		}
	}
	// Sentinel also takes the tactics of the matrix for industrial control systems.
	for _, t := range []string{"ImpairProcessControl", "InhibitResponseFunction", "PreAttack"} {
		if strings.ToLower(t) == key {
			return t, true
		}
	}
	return "", false
}

// Tactics lists the tactics of the enterprise matrix in its order.
func Tactics() []string {
	names := make([]string, len(tactics))
	for i, t := range tactics {
		names[i] = t.name
	}
	return names
}

var table = sync.OnceValue(func() map[string]*Technique {
	m := map[string]*Technique{}
	for line := range strings.Lines(techniquesText) {
		t, err := parseLine(line)
		if err != nil {
			panic(err) // the embedded table is tested
		}
		m[t.ID] = t
	}
	return m
})

func parseLine(line string) (*Technique, error) {
	parts := strings.SplitN(strings.TrimSpace(line), " ", 4)
	if len(parts) != 4 {
		return nil, fmt.Errorf("attack: short line %q", line)
	}
	subs, err := strconv.Atoi(parts[2])
	if err != nil {
		return nil, fmt.Errorf("attack: line %q: %w", line, err)
	}
	t := &Technique{ID: parts[0], Name: parts[3], subs: subs}
	for _, x := range tactics {
		if strings.IndexByte(parts[1], x.letter) >= 0 {
			t.Tactics = append(t.Tactics, x.name)
		}
	}
	return t, nil
}

// Lookup returns the technique that an id such as T1053 or T1053.005 is of, nil if
// the matrix has none.
func Lookup(id string) *Technique {
	base, sub, has := strings.Cut(id, ".")
	t := table()[base]
	if t == nil || !has {
		return t
	}
	if n, err := strconv.Atoi(sub); err != nil || n < 1 || n > t.subs {
		return nil
	}
	return t
}

// Enterprise reports whether an id has the form of the enterprise matrix: those of
// the mobile and the industrial one (T0.., T14..) are not in the table.
func Enterprise(id string) bool {
	return strings.HasPrefix(id, "T1") && (!strings.HasPrefix(id, "T14") || strings.HasPrefix(id, "T148") || strings.HasPrefix(id, "T149"))
}

// Successor returns what replaced a retired id, "" if it was not.
func Successor(id string) string {
	base, _, _ := strings.Cut(id, ".")
	for line := range strings.Lines(retiredText) {
		if old, now, _ := strings.Cut(strings.TrimSpace(line), " "); old == base {
			return now
		}
	}
	return ""
}

// Has reports whether the technique belongs to a tactic.
func (t *Technique) Has(tactic string) bool { return slices.Contains(t.Tactics, tactic) }
