package jsonl

import (
	"fmt"

	"github.com/goshawk-hunt/goshawk/evidence"
)

// maxDamages is how many damages of a file are told one by one.
const maxDamages = 1000

// damages joins the damages of a file that touch, and counts those beyond the
// first many.
type damages struct {
	pending evidence.Damage
	told    int
	more    int64
	lost    int64
}

// damage tells that length bytes at offset could not be read.
func (r *reading) damage(offset, length int64, reason string) {
	r.add(evidence.Damage{Path: r.in.Path, Offset: offset, Length: length, Reason: reason})
}

// damageAt tells of a place in the document in work.
func (r *reading) damageAt(start uint32, reason string) {
	r.damage(r.offsetOf(start), 0, reason)
}

func (r *reading) add(d evidence.Damage) {
	p := &r.pending
	if p.Reason != "" && p.Length > 0 && d.Length > 0 && d.Offset <= p.Offset+p.Length+2 && d.Offset >= p.Offset {
		p.Length = d.Offset + d.Length - p.Offset
		return
	}
	r.flushDamage()
	*p = d
	if d.Length == 0 {
		r.flushDamage()
	}
}

func (r *reading) flushDamage() {
	p := r.pending
	r.pending = evidence.Damage{}
	switch {
	case p.Reason == "":
	case r.told < maxDamages:
		r.told++
		r.sink.Damage(p)
	default:
		r.more++
		r.lost += p.Length
	}
}

// finishDamages tells what is left to tell.
func (r *reading) finishDamages() {
	r.flushDamage()
	if r.more > 0 {
		r.sink.Damage(evidence.Damage{Path: r.in.Path, Offset: r.Offset(), Reason: fmt.Sprintf("%d more damages of %d bytes, not told one by one", r.more, r.lost)})
	}
}
