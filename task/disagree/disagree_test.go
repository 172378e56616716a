package disagree

import (
	"slices"
	"strings"
	"testing"
)

func TestChecks(t *testing.T) {
	list := Checks()
	if len(list) < 20 {
		t.Fatalf("%d checks", len(list))
	}
	seen := map[string]bool{}
	rank := []string{"high", "medium", "low", "info"}
	last := 0
	for _, c := range list {
		if seen[c.ID] {
			t.Errorf("%s: twice", c.ID)
		}
		seen[c.ID] = true
		at := slices.Index(rank, c.Severity)
		if at < last || c.Title == "" || c.Meaning == "" || c.Benign == "" || len(c.Techniques) == 0 || c.Query == "" {
			t.Errorf("%s: not whole, or behind a lesser one: %+v", c.ID, c)
		}
		last = at
		for _, id := range c.Techniques {
			if !strings.HasPrefix(id, "T1") {
				t.Errorf("%s: technique %s", c.ID, id)
			}
		}
	}
}
