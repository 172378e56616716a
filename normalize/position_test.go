package normalize

import (
	"testing"

	"github.com/goshawk-hunt/goshawk/evidence"
	"github.com/goshawk-hunt/goshawk/evidence/evtx"
)

// TestPositions holds the names by position against the names that real logs have.
func TestPositions(t *testing.T) {
	n, _ := collector(t, Options{})
	p := &positionSink{t: t, n: n}
	for _, file := range realFiles(t, "evtx/*.evtx") {
		readInto(t, evtx.Reader{}, file, p)
	}
	if p.named < 1000 {
		t.Errorf("%d events were named", p.named)
	}
}

// positionSink takes the names of events away and wants the same ones back.
type positionSink struct {
	t     *testing.T
	n     *Normalizer
	named int
}

func (p *positionSink) Record(r *evidence.Record) error {
	e := &r.Event
	if len(positions[p.n.kindOf(e.Provider, e.Channel)][e.EventID]) == 0 || len(e.Data) == 0 || e.UserData {
		return nil
	}
	want := make([]string, len(e.Data))
	for i := range e.Data {
		want[i], e.Data[i].Name = e.Data[i].Name, ""
	}
	p.n.nameByPosition(e)
	if e.Data[0].Name == "" {
		return nil
	}
	p.named++
	for i := range e.Data {
		if e.Data[i].Name != want[i] {
			p.t.Errorf("%s: event %d of %s: value %d of %d is %s, named %s", r.Path, e.EventID, e.Channel, i, len(want), want[i], e.Data[i].Name)
		}
	}
	return nil
}

func (p *positionSink) Damage(evidence.Damage) {}
func (p *positionSink) Progress(int64)         {}
