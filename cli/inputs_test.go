package cli

import (
	"testing"

	"github.com/goshawk-hunt/goshawk/casedir"
)

// The report names what the case had before this run, and no source twice.
func TestInputs(t *testing.T) {
	sources := []casedir.Source{{SHA256: "a", Path: "old.evtx", Records: 7, Damages: 1}, {SHA256: "b", Path: "new.evtx", Records: 3}}
	got := inputs(&casedir.Account{Files: []casedir.FileReport{{Path: "new.evtx", SHA256: "b", Outcome: "read", Records: 3},
		{Path: "old.evtx", SHA256: "a", Outcome: "known"}}}, sources)
	if len(got) != 2 || got[0].Path != "new.evtx" || got[1].Path != "old.evtx" || got[1].Records != 7 || len(got[1].Notes) != 1 {
		t.Errorf("%+v", got)
	}
	if got = inputs(&casedir.Account{}, sources); len(got) != 2 {
		t.Errorf("nothing new: %+v", got)
	}
}
