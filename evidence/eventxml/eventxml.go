// Package eventxml reads Windows events that were written as XML text: one event a
// line as forwarders dump them, or a document of many as wevtutil and Event
// Viewer export them. ParseData reads the data sections that tables of Log
// Analytics keep as text, for those who turn such rows into events.
//
// Records are given with the byte offset of their event; in a UTF-16 file, the
// offset in its text as UTF-8.
package eventxml

import (
	"bytes"
	"context"
	"fmt"
	"unicode/utf8"
	"unsafe"

	"github.com/goshawk-hunt/goshawk/evidence"
	"github.com/goshawk-hunt/goshawk/evidence/text"
)

// maxEvent bounds the XML of one event.
const maxEvent = 64 << 20

// Reader reads events as XML text.
type Reader struct{}

// Format is "eventxml".
func (Reader) Format() string { return "eventxml" }

// Detect wants a document whose root is Event or Events.
func (Reader) Detect(head []byte) bool {
	b := text.Head(head)
	b = recordLine(bytes.TrimLeft(b, " \t\r\n\x00"))
	if len(b) == 0 || b[0] != '<' {
		return false
	}
	c := scanner{s: string(b)}
	tok := c.next()
	for tok == tText && allBlank(c.text) {
		tok = c.next()
	}
	if tok != tStart {
		return false
	}
	if c.name == "Events" {
		return true
	}
	if c.name != "Event" {
		return false
	}
	for _, a := range c.attrs {
		if a.name == "xmlns" || a.name == "xmlns:" {
			return a.value == Namespace
		}
	}
	return c.empty || bytes.Contains(b, []byte("<System"))
}

// recordLine cuts off a line like "Record 1", which evtx_dump puts before each event.
func recordLine(b []byte) []byte {
	rest, ok := bytes.CutPrefix(b, []byte("Record "))
	if !ok {
		return b
	}
	digits := len(rest) - len(bytes.TrimLeft(rest, "0123456789"))
	after := bytes.TrimLeft(rest[digits:], " \t\r\n")
	if digits == 0 || len(after) == len(rest)-digits && len(after) > 0 {
		return b
	}
	return after
}

// Namespace is the XML namespace of Windows events.
const Namespace = "http://schemas.microsoft.com/win/2004/08/events/event"

// reading is the state of reading one file.
type reading struct {
	text.Window
	in       evidence.Input
	sink     evidence.Sink
	ctx      context.Context
	rec      evidence.Record
	fields   []evidence.Field
	attrs    []attribute
	noted    bool // that times have no zone
	replaced bool // that bytes were replaced
}

// Read emits a record for every event. An event that breaks off is emitted with
// what it has, if it has an id, and a Damage.
func (Reader) Read(ctx context.Context, in evidence.Input, sink evidence.Sink) error {
	src, _, err := text.NewReader(in, in.Size)
	if err != nil {
		return fmt.Errorf("read %s: %w", in.Path, err)
	}
	r := &reading{Window: text.NewWindow(src, in.Size), in: in, sink: sink, ctx: ctx}
	for {
		more, err := r.event()
		if err != nil {
			return err
		}
		if !more {
			break
		}
	}
	sink.Progress(in.Size)
	return nil
}

// event reads what comes up to the end of the next event.
func (r *reading) event() (more bool, err error) {
	start, err := r.find(0, isEventStart)
	if err != nil {
		return false, err
	}
	if start < 0 {
		n := len(r.Rest())
		if !r.EOF {
			n -= len("<Event")
		}
		r.between(n)
		return !r.EOF, nil
	}
	r.between(start)
	// An event ends with its tag, with the text, or where another one starts.
	tag := len("<Event")
	end, err := r.find(tag, func(b []byte, i int) int {
		if n := isEventEnd(b, i); n != 0 {
			return n
		}
		return isEventStart(b, i)
	})
	if err != nil {
		return false, err
	}
	b := r.Rest()
	whole := false
	switch {
	case end < 0 && len(b) >= maxEvent && !r.EOF:
		r.damage(r.Offset(), int64(len(b)), fmt.Sprintf("event of more than %d bytes", maxEvent))
		r.At += len(b)
		return true, nil
	case end < 0:
		end = len(b)
		whole = selfClosed(b)
	case isEventEnd(b, end) > 0:
		end += isEventEnd(b, end)
		whole = true
	default:
		whole = selfClosed(b[:end])
	}
	return true, r.take(b[:end], whole)
}

// selfClosed says whether an event's start tag is all of it.
func selfClosed(b []byte) bool {
	i := bytes.IndexByte(b, '>')
	return i > 0 && b[i-1] == '/'
}

// find looks for the first place at or after from for which match gives a
// length; a negative length asks for more text. It gives -1 if there is none.
func (r *reading) find(from int, match func(b []byte, i int) int) (int, error) {
	for {
		b := r.Rest()
		for from < len(b) {
			i := bytes.IndexByte(b[from:], '<')
			if i < 0 {
				from = len(b)
				break
			}
			from += i
			n := match(b, from)
			if n > 0 {
				return from, nil
			}
			if n < 0 && !r.EOF {
				break
			}
			from++
		}
		if r.EOF || len(b) >= maxEvent {
			return -1, nil
		}
		if err := r.ctx.Err(); err != nil {
			return -1, err
		}
		if err := r.Fill(); err != nil {
			return -1, fmt.Errorf("read %s: %w", r.in.Path, err)
		}
	}
}

func isEventStart(b []byte, i int) int {
	const tag = "<Event"
	if len(b)-i <= len(tag) {
		return -1
	}
	if c := b[i+len(tag)]; string(b[i:i+len(tag)]) == tag && (isBlank(c) || c == '>' || c == '/') {
		return len(tag)
	}
	return 0
}

func isEventEnd(b []byte, i int) int {
	const tag = "</Event>"
	if len(b)-i < len(tag) {
		return -1
	}
	if string(b[i:i+len(tag)]) == tag {
		return len(tag)
	}
	return 0
}

// between passes the n bytes before an event: nothing but the frame of a document
// should be there.
func (r *reading) between(n int) {
	b := r.Rest()[:n]
	at := r.Offset()
	r.At += n
	lost := 0
	c := scanner{s: bytesAsString(b)}
	for {
		switch c.next() {
		case tText:
			if t := bytes.Trim([]byte(c.text), " \t\r\n\x00\uFEFF"); len(recordLine(t)) > 0 {
				lost += len(c.text)
			}
			continue
		case tStart:
			if c.name != "Events" {
				lost += c.i - c.at
			}
			continue
		case tEnd:
			if c.name != "Events" && c.name != "Event" {
				lost += c.i - c.at
			}
			continue
		case tBad:
			lost += len(b) - c.at
		}
		break
	}
	if lost > 0 {
		r.damage(at, int64(n), "text that is no event")
	}
}

func (r *reading) damage(offset, length int64, reason string) {
	r.sink.Damage(evidence.Damage{Path: r.in.Path, Offset: offset, Length: length, Reason: reason})
}

// take parses the XML of one event, which is the next in the window, and emits it.
func (r *reading) take(b []byte, whole bool) error {
	at := r.Offset()
	r.At += len(b)
	if !utf8.Valid(b) {
		if !r.replaced {
			r.replaced = true
			r.sink.Damage(evidence.Damage{Path: r.in.Path, Offset: at, Reason: text.NotUTF8, Note: true})
		}
		b = text.Valid(b)
	}
	r.rec = evidence.Record{Kind: evidence.KindEvent, Path: r.in.Path, Offset: at, Shape: "eventxml"}
	p := parser{scanner: scanner{s: bytesAsString(b), attrs: r.attrs}, ev: &r.rec.Event, fields: r.fields[:0]}
	err := p.event()
	r.rec.Event.Data = p.fields
	r.fields, r.attrs = p.fields, p.attrs
	if err != nil || !whole {
		reason := "event without end"
		if err != nil {
			reason = err.Error()
		}
		r.damage(at, int64(len(b)), reason)
	}
	if p.unzoned && !r.noted {
		r.noted = true
		r.sink.Damage(evidence.Damage{Path: r.in.Path, Offset: at, Reason: "times are written without a zone: read as UTC", Note: true})
	}
	r.sink.Progress(min(r.Offset(), r.in.Size))
	if !p.found || r.rec.Event.EventID == 0 && r.rec.Event.Channel == "" {
		if err == nil {
			r.damage(at, int64(len(b)), "event without a system section")
		}
		return r.ctx.Err()
	}
	return r.sink.Record(&r.rec)
}

// bytesAsString gives b as a string without copying it.
func bytesAsString(b []byte) string { return unsafe.String(unsafe.SliceData(b), len(b)) }
