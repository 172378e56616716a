// Package jsonl reads evidence that was exported as JSON, in every arrangement of
// it: an object a line, objects one after the other, arrays, the responses of the
// query APIs with their envelopes, pretty-printed or not. What an object is, is
// decided for each on its own, by its keys (see shape).
//
// Records are given with the byte offset of their object; in a UTF-16 file, the
// offset in its text as UTF-8. A time without a zone is read as UTC, which a
// note says once a file; where the records of a file prove their
// zone, it is used instead.
package jsonl

import (
	"bytes"
	"context"
	"fmt"
	"strings"

	"github.com/goshawk-hunt/goshawk/evidence"
	"github.com/goshawk-hunt/goshawk/evidence/text"
)

// Reader reads JSON.
type Reader struct{}

// Format is "json".
func (Reader) Format() string { return "json" }

// Detect wants an object, or an array of objects or arrays, at the start.
func (Reader) Detect(head []byte) bool {
	b := text.Head(head)
	b = trimRecordLine(bytes.TrimLeft(b, " \t\r\n\x1e"))
	for depth := 0; len(b) > 0 && depth < 4; depth++ {
		switch b[0] {
		case '{':
			b = bytes.TrimLeft(b[1:], " \t\r\n")
			return len(b) == 0 || b[0] == '}' || b[0] == '"' && (len(b) == 1 || b[1] >= ' ')
		case '[':
			b = bytes.TrimLeft(b[1:], " \t\r\n")
			if len(b) > 0 && b[0] == ']' {
				return true
			}
		default:
			return false
		}
	}
	return false
}

// trimRecordLine cuts off a line like "Record 1", which evtx_dump puts before
// each object.
func trimRecordLine(b []byte) []byte {
	rest, ok := bytes.CutPrefix(b, []byte("Record "))
	if !ok {
		return b
	}
	i := 0
	for i < len(rest) && rest[i] >= '0' && rest[i] <= '9' {
		i++
	}
	if i == 0 {
		return b
	}
	trimmed := bytes.TrimLeft(rest[i:], " \t\r\n")
	if len(trimmed) == len(rest[i:]) && len(trimmed) > 0 {
		return b
	}
	return trimmed
}

// Read emits a record for every object of a known shape. Objects of no known
// shape are counted in one Damage, as foreign.
func (Reader) Read(ctx context.Context, in evidence.Input, sink evidence.Sink) error {
	return read(ctx, in, sink, aheadBlock)
}

func read(ctx context.Context, in evidence.Input, sink evidence.Sink, block int) error {
	r := &reading{in: in, sink: sink, maxRecord: maxRecord, block: block}
	r.handle = r.record
	if err := r.run(ctx, in.Size); err != nil {
		return err
	}
	r.finish()
	sink.Progress(in.Size)
	return nil
}

// reading is the state of reading one file.
type reading struct {
	window
	doc    doc
	in     evidence.Input
	sink   evidence.Sink
	rec    evidence.Record
	fields []evidence.Field
	keys   keys
	clock  clock
	noted  [noteCount]bool
	damages
	unknown unknownObjects

	ctx       context.Context
	ticked    int64 // offset of the last progress
	level     int   // envelopes around the value in work
	header    frame // of the table whose fragments follow
	maxRecord int
	block     int // how much text is parsed ahead at once, 0: none
	tries     int // of parsing ahead

	// handle takes each object, and each row of values in a frame of rows.
	handle func(node uint32, s shape, f *frame) error
}

// unknownObjects counts what had no shape.
type unknownObjects struct {
	count int64
	first int64  // offset
	keys  string // of the first
	hint  string // what the first is, if that is known
}

// record is the handle that emits.
func (r *reading) record(node uint32, s shape, f *frame) error {
	switch {
	case r.doc.nodes[node].kind == kArray:
		return r.tableRow(node, f)
	case s == unknownShape && f != nil && f.envelope == nResults:
		s = defenderShape
	case s == unknownShape:
		r.noShape(node)
		return nil
	}
	return r.build(node, s, f)
}

func (r *reading) build(node uint32, s shape, f *frame) error {
	k := evidence.KindEvent
	if s == streamShape || s == sentinelShape || s == defenderShape || s == toolShape {
		k = evidence.KindRow
	}
	if s == taskShape {
		k = evidence.KindTask
	}
	label := s.label()
	if s == defenderShape && f != nil && f.envelope == nResults {
		label = "defender-api"
	}
	r.start(label, k, node)
	switch s {
	case nxlogShape, azureShape:
		r.flat(node, s)
	case beatsShape:
		r.beats(node)
	case ecsShape:
		r.ecs(node)
	case ecsFlatShape:
		r.ecsFlat(node)
	case dumpShape:
		event, _ := r.doc.find(node, "Event")
		r.dump(event)
		if _, ok := r.doc.find(node, "Recovered"); ok {
			r.rec.Event.Recovered = true
		}
	case systemShape:
		r.dump(node)
	case veloRowShape, plainShape:
		r.veloRow(node)
	case hayabusaShape:
		r.hayabusa(node)
	case taskShape:
		r.taskList(node)
	case wazuhShape:
		r.wazuh(node)
	case streamShape:
		r.stream(node)
	case sentinelShape, defenderShape, toolShape:
		r.row(node, f)
	}
	return r.emit()
}

// start makes the record ready for the object or row of a node.
func (r *reading) start(label string, k evidence.Kind, node uint32) {
	r.rec = evidence.Record{Kind: k, Path: r.in.Path, Shape: label, Offset: r.offsetOf(r.doc.nodes[node].start)}
	r.fields = r.fields[:0]
	r.doc.arena = r.doc.arena[:0]
}

func (r *reading) field(name string, v evidence.Value) {
	r.fields = append(r.fields, evidence.Field{Name: name, Value: v})
}

func (r *reading) emit() error {
	r.flushDamage()
	return r.sink.Record(&r.rec)
}

// noShape counts an object that no shape fits.
func (r *reading) noShape(node uint32) {
	u := &r.unknown
	if u.count++; u.count > 1 {
		return
	}
	d := &r.doc
	u.first = r.offsetOf(d.nodes[node].start)
	var keys []string
	for m := node + 1; m < d.nodes[node].next; m = d.nodes[m].next {
		if len(keys) == 8 {
			keys = append(keys, "..")
			break
		}
		k := d.key(m)
		keys = append(keys, strings.ToValidUTF8(k[:min(len(k), 40)], ""))
	}
	// A single key is still the text of the object, whose place is used again.
	u.keys, u.hint = strings.Clone(strings.Join(keys, ", ")), d.foreign(node)
}

// note is something to say once a file.
type note int

const (
	noteNoZone note = iota
	noteLocalTime
	noteNotUTF8
	noteCount
)

func (r *reading) noteOnce(n note, format string, args ...any) {
	if r.noted[n] {
		return
	}
	r.noted[n] = true
	r.flushDamage()
	r.sink.Damage(evidence.Damage{Path: r.in.Path, Offset: r.rec.Offset, Reason: fmt.Sprintf(format, args...), Note: true})
}

// finish tells the damages that are told at the end.
func (r *reading) finish() {
	r.finishDamages()
	if u := r.unknown; u.count > 0 {
		reason := u.hint
		if reason == "" {
			reason = "object of no known shape, the first with the keys " + u.keys
		}
		r.sink.Damage(evidence.Damage{Path: r.in.Path, Offset: u.first, Reason: reason, Foreign: u.count})
	}
}
