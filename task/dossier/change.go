package dossier

import (
	"fmt"
	"sort"
	"strings"

	"github.com/goshawk-hunt/goshawk/finding"
	"github.com/goshawk-hunt/goshawk/hunt/cmdline"
)

// merge puts together what two logs say of one change: the same kind within moments.
// The Security log's row, which has the definition and the account, leads. An update
// that the scheduler writes in the instant of a creation is part of the creation.
func merge(events []*event) []*event {
	sorted := append([]*event(nil), events...)
	sort.SliceStable(sorted, func(i, j int) bool {
		a, b := sorted[i], sorted[j]
		switch {
		case !a.time.Equal(b.time.Time):
			return a.time.Before(b.time.Time)
		case a.source != b.source:
			return a.source < b.source
		}
		return a.id < b.id
	})
	var out []*event
	for _, e := range sorted {
		if !changes[e.kind] {
			out = append(out, e)
			continue
		}
		var twin *event
		for i := len(out) - 1; i >= 0 && e.time.Sub(out[i].time.Time) <= instant; i-- {
			o := out[i]
			part := o.kind == "created" && e.kind == "updated" && !e.defined
			if part || o.kind == e.kind && (o.source != e.source || o.id == e.id && o.defined && !e.defined) {
				twin = o
				break
			}
		}
		if twin == nil {
			own := *e
			own.proof = append([]finding.Source(nil), e.proof...)
			out = append(out, &own)
			continue
		}
		twin.fill(e)
	}
	return out
}

// changes are the kinds of events that somebody asked for.
var changes = map[string]bool{"created": true, "updated": true, "deleted": true, "enabled": true, "disabled": true}

// fill completes an event by another log's.
func (e *event) fill(o *event) {
	if o.kind == e.kind && (o.defined && !e.defined || o.logonID != 0 && e.logonID == 0) {
		proof := append(append([]finding.Source(nil), o.proof...), e.proof...)
		first := e.time
		account := e.account
		*e = *o
		e.proof = proof
		if first.Before(e.time.Time) {
			e.time = first
		}
		if e.account == "" {
			e.account = account
		}
		return
	}
	e.proof = addProof(e.proof, o.proof...)
	if e.callerPID == 0 {
		e.callerPID, e.caller = o.callerPID, o.caller
	}
	e.remote = e.remote || o.remote
}

// definitions lists what events and stores say the task is, and how that changed.
func (l *life) definitions(k *known, device string, events []*event) {
	from := len(l.d.Definitions)
	var before *finding.Definition
	for _, e := range events {
		if !e.defined && len(e.actions) == 0 || e.kind != "created" && e.kind != "updated" {
			continue
		}
		d := finding.Definition{Time: e.time, Device: device, How: e.kind, By: e.account, Actions: e.actions, Principal: e.principal, RunLevel: e.runLevel,
			Starting: e.starting, Hidden: e.hidden, Proof: e.proof[0]}
		if before != nil {
			d.Changes = differences(before, &d)
		}
		l.d.Definitions = append(l.d.Definitions, d)
		before = &l.d.Definitions[len(l.d.Definitions)-1]
		if len(l.d.Definitions)-from >= maxMoments {
			l.d.More++
			break
		}
	}
	if l.name == "" {
		return
	}
	for _, s := range l.stored(k, device) {
		d := s.definition
		if d.Device != device {
			d.How += ", of a device that is not named"
		}
		if before != nil {
			d.Changes = differences(before, &d)
		}
		l.d.Definitions = append(l.d.Definitions, d)
	}
}

// stored returns the task as the stores of a device have it.
func (l *life) stored(k *known, device string) []*stored {
	stores := k.stores[device+"|"+l.name]
	if len(stores) == 0 && len(l.d.Devices) == 1 && device != "" && k.onlyOn(device, l.name) {
		stores = k.stores["|"+l.name] // a copied file names no device
	}
	return stores
}

// differences says in sentences what b has other than a.
func differences(a, b *finding.Definition) []string {
	var out []string
	if was, is := actionsText(a.Actions), actionsText(b.Actions); was != "" && is != "" && cmdline.Arguments(was) != cmdline.Arguments(is) {
		out = append(out, fmt.Sprintf("runs %s instead of %s", finding.Shorten(is, 300), finding.Shorten(was, 300)))
	}
	for _, p := range []struct{ what, was, is string }{
		{"runs as", a.Principal, b.Principal}, {"run level", a.RunLevel, b.RunLevel}, {"starts", a.Triggers, b.Triggers},
	} {
		if p.was != "" && p.is != "" && !strings.EqualFold(p.was, p.is) {
			out = append(out, fmt.Sprintf("%s %s instead of %s", p.what, finding.Shorten(p.is, 200), finding.Shorten(p.was, 200)))
		}
	}
	if a.Hidden != b.Hidden {
		out = append(out, map[bool]string{true: "is hidden now", false: "is no longer hidden"}[b.Hidden])
	}
	return out
}

func actionsText(actions []finding.TaskAction) string {
	parts := make([]string, 0, len(actions))
	for _, a := range actions {
		parts = append(parts, a.Text())
	}
	return strings.Join(parts, ", then ")
}
