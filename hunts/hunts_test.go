package hunts_test

import (
	"os"
	"path/filepath"
	"regexp"
	"testing"

	"github.com/goshawk-hunt/goshawk/hunts"
	"github.com/goshawk-hunt/goshawk/internal/golden"
)

func TestRulesAreWhole(t *testing.T) {
	rules, err := hunts.Load()
	if err != nil {
		t.Fatal(err)
	}
	if len(rules) < 20 {
		t.Errorf("%d rules", len(rules))
	}
	for _, r := range rules {
		if r.Description == "" || len(r.Techniques) == 0 || len(r.Tactics) == 0 || len(r.Tables) == 0 ||
			len(r.FalsePositives) == 0 || len(r.BlindSpots) == 0 || len(r.References) == 0 || len(r.Evidence) == 0 {
			t.Errorf("%s lacks a part of its documentation", r.ID)
		}
	}
}

// TestBehavioursNameHunts keeps docs/behaviours.md true: it names hunts that exist,
// and every hunt has a place in it.
func TestBehavioursNameHunts(t *testing.T) {
	text, err := os.ReadFile(filepath.Join(golden.Root(t), "docs", "behaviours.md"))
	if err != nil {
		t.Fatal(err)
	}
	rules, err := hunts.Load()
	if err != nil {
		t.Fatal(err)
	}
	named := map[string]bool{}
	for _, m := range regexp.MustCompile("`([a-z]+(?:-[a-z]+)+)`").FindAllStringSubmatch(string(text), -1) {
		named[m[1]] = true
	}
	for _, r := range rules {
		if !named[r.ID] {
			t.Errorf("docs/behaviours.md has no place for %s", r.ID)
		}
		delete(named, r.ID)
	}
	for id := range named {
		t.Errorf("docs/behaviours.md names %s, which is no hunt", id)
	}
}
