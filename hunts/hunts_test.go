package hunts_test

import (
	"testing"

	"github.com/goshawk-hunt/goshawk/hunts"
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
