package dossier

import (
	"testing"

	"github.com/goshawk-hunt/goshawk/finding"
	"github.com/goshawk-hunt/goshawk/hunt/cmdline"
)

// What nobody is known to have written is compared with every row that tells of a writer:
// once a device, whoever asks for it.
func TestWhatNobodyWroteIsLookedForOnce(t *testing.T) {
	l := newLife(&finding.Finding{Devices: []string{"pc1", "pc2"}, Task: &finding.Task{Name: `\x`}}, nil, Devices)
	l.named = cmdline.Named{Files: []string{`c:\d\x.ps1`, `c:\d\y.ps1`}}
	k := newKnown([]*life{l})
	k.plants["pc1"] = []*plant{{what: "file", object: `C:\D\x.ps1`}}
	for device, want := range map[string]int{"pc1": 1, "pc2": 2} {
		first := l.unwritten(k, device)
		if len(first.files) != want {
			t.Errorf("%s: %q, want %d files", device, first.files, want)
		}
		if again := l.unwritten(k, device); again != first {
			t.Errorf("%s: looked for again", device)
		}
	}
}
