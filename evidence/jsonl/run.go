package jsonl

import (
	"context"
	"fmt"
	"unicode/utf8"

	"github.com/goshawk-hunt/goshawk/evidence"
	"github.com/goshawk-hunt/goshawk/evidence/text"
)

const (
	// maxRecord bounds one object, maxNodes the values in it.
	maxRecord = 64 << 20
	maxNodes  = 4 << 20
	// streamFrom is the size from which an envelope is read piece by piece.
	streamFrom = 4 << 20
	// maxLevel bounds envelopes in envelopes.
	maxLevel = 16
)

// run reads the text of the first size bytes to its end.
func (r *reading) run(ctx context.Context, size int64) error {
	src, _, err := text.NewReader(r.in, size)
	if err != nil {
		return fmt.Errorf("read %s: %w", r.in.Path, err)
	}
	r.ctx = ctx
	r.window = window{text.NewWindow(src, size)}
	arrays := 0
	var inArray *frame
	for {
		c, err := r.next()
		if err != nil {
			return err
		}
		switch {
		case c == 0:
			if arrays > 0 {
				r.damage(r.Offset(), 0, "document ends inside an array")
			}
			return nil
		case c == '{':
			err = r.elementOn(inArray)
		case c == '[':
			r.At++
			arrays++
			inArray = &frame{}
		case c == ']' && arrays > 0:
			r.At++
			if arrays--; arrays == 0 {
				inArray = nil
			}
		case arrays > 0:
			err = r.element(inArray)
		case r.recordLine():
		default:
			err = r.broken(nil, &syntaxError{msg: "expected an object"})
		}
		if err != nil {
			return err
		}
	}
}

// recordLine skips a line like "Record 1", which evtx_dump puts before objects.
func (r *reading) recordLine() bool {
	rest := r.Rest()
	cut := trimRecordLine(rest)
	r.At += len(rest) - len(cut)
	return len(cut) < len(rest)
}

// elementOn reads the object at the window, and in a long text as many as follow it.
func (r *reading) elementOn(f *frame) error {
	if r.block == 0 || r.Offset()+aheadFrom*int64(r.block) > r.in.Size || r.tries == aheadTries {
		return r.element(f)
	}
	before := r.Offset()
	r.tries++
	if err := r.objects(f); err != nil || r.Offset() > before {
		return err
	}
	return r.element(f)
}

// element reads the value at the window, an object or an array, in a frame.
func (r *reading) element(f *frame) error {
	r.level++
	defer func() { r.level-- }()
	for {
		b := r.Rest()
		n, bad := r.doc.parse(b)
		if bad == nil {
			if err := r.valid(b[:n]); err != nil {
				return err
			}
			if err := r.tick(); err != nil {
				return err
			}
			err := r.dispatch(0, f)
			r.At += n
			return err
		}
		wants := bad == errMore && !r.EOF && len(b) < r.maxRecord
		if (!wants || len(b) >= streamFrom) && r.level <= maxLevel && r.openEnvelope(f) {
			return r.descend(f)
		}
		if !wants {
			return r.broken(f, bad)
		}
		if err := r.Fill(); err != nil {
			return err
		}
	}
}

// valid makes the parsed document valid UTF-8.
func (r *reading) valid(b []byte) error {
	if utf8.Valid(b) {
		return nil
	}
	if !r.noted[noteNotUTF8] {
		r.noted[noteNotUTF8] = true
		r.flushDamage()
		r.sink.Damage(evidence.Damage{Path: r.in.Path, Offset: r.Offset(), Reason: text.NotUTF8, Note: true})
	}
	if _, bad := r.doc.parse(text.Valid(b)); bad != nil {
		return fmt.Errorf("read %s: %w", r.in.Path, bad) // cannot be: only strings changed
	}
	return nil
}

// tick reports progress and looks whether to stop, now and then.
func (r *reading) tick() error {
	if at := r.Offset(); at-r.ticked >= 1<<20 {
		r.ticked = at
		r.sink.Progress(min(at, r.in.Size))
		return r.ctx.Err()
	}
	return nil
}

// dispatch takes a value that is in memory: an object to handle, an envelope or
// an array with more of them.
func (r *reading) dispatch(node uint32, f *frame) error {
	d := &r.doc
	switch d.nodes[node].kind {
	case kArray:
		if f != nil && f.envelope == nRows {
			return r.handle(node, unknownShape, f)
		}
		return r.dispatchAll(node, f)
	case kObject:
		s := d.shapeOf(node)
		if s == innerShape {
			if in, ok := d.inner(node); ok {
				return r.dispatch(in, f)
			}
		}
		if s == unknownShape && (f == nil || f.envelope != nResults) {
			if is, err := r.envelope(node); is || err != nil {
				return err
			}
		}
		return r.handle(node, s, f)
	}
	return nil
}

func (r *reading) dispatchAll(array uint32, f *frame) error {
	d := &r.doc
	for m := array + 1; m < d.nodes[array].next; m = d.nodes[m].next {
		if err := r.dispatch(m, f); err != nil {
			return err
		}
	}
	return nil
}

// envelope takes the records in an object of the query APIs, in any order of its
// members. It says whether the object is such.
func (r *reading) envelope(obj uint32) (bool, error) {
	d := &r.doc
	is := false
	f := r.newFrame(obj, d.nodes[obj].next)
	for m := obj + 1; m < d.nodes[obj].next; m = d.nodes[m].next {
		n := &d.nodes[m]
		is = is || n.name == nFrameType || n.name == nError && n.kind == kObject ||
			isEnvelope(n.name) && n.kind == kArray || n.name == nHits && n.kind == kObject
	}
	if !is {
		return false, nil
	}
	for m := obj + 1; m < d.nodes[obj].next; m = d.nodes[m].next {
		n := &d.nodes[m]
		f.envelope = n.name
		var err error
		switch {
		case n.name == nHits && n.kind == kObject:
			err = r.dispatch(m, nil)
		case isEnvelope(n.name) && n.kind == kArray:
			err = r.dispatchAll(m, f)
		}
		if err != nil {
			return true, err
		}
	}
	return true, nil
}

// newFrame learns from the members of an object up to the node end.
func (r *reading) newFrame(obj, end uint32) *frame {
	d := &r.doc
	f := &frame{}
	header, fragment := false, false
	for m := obj + 1; m < end; m = d.nodes[m].next {
		if d.nodes[m].name == nFrameType {
			header = d.text(m) == "TableHeader"
			if fragment = d.text(m) == "TableFragment"; fragment {
				*f = r.header
			}
		}
		r.learn(f, m)
		if fragment && d.key(m) == "TableFragmentType" && d.text(m) == "DataReplace" && !f.skip {
			r.damageAt(d.nodes[m].start, "progressive result replaces rows that came before: rows may be there twice")
		}
	}
	if header {
		r.header = *f
	}
	return f
}

// openEnvelope says whether the value that was parsed in part has records in an
// array that goes on.
func (r *reading) openEnvelope(f *frame) bool {
	d := &r.doc
	if len(d.open) < 2 || d.nodes[0].kind != kObject || f != nil && f.envelope == nResults {
		return false
	}
	var have names
	last := d.open[1]
	for m := uint32(1); m < last; m = d.nodes[m].next {
		have.add(d.nodes[m].name)
	}
	n := &d.nodes[last]
	return n.kind == kArray && isEnvelope(n.name) && !have.any(setOf(nEventID, nTimestamp, nTimeGenerated, nTimestampAt))
}

// descend reads such a value piece by piece.
func (r *reading) descend(outer *frame) error {
	d := &r.doc
	last := d.open[1]
	f := r.newFrame(0, last)
	f.envelope = d.nodes[last].name
	r.At += int(d.nodes[last].start) + 1
	if done, err := r.elements(f); err != nil || done {
		return err
	}
	return r.rest(f)
}

// elements reads the elements of an array up to its end. done is true when the
// text ended first.
func (r *reading) elements(f *frame) (done bool, err error) {
	for {
		c, err := r.next()
		switch {
		case err != nil:
			return true, err
		case c == 0:
			r.damage(r.Offset(), 0, "document ends inside an array")
			return true, nil
		case c == ']':
			r.At++
			return false, nil
		}
		if c == '{' {
			err = r.elementOn(f)
		} else {
			err = r.element(f)
		}
		if err != nil {
			return true, err
		}
	}
}

// rest reads the members of an object behind an array that was read in pieces.
func (r *reading) rest(f *frame) error {
	for {
		c, err := r.next()
		switch {
		case err != nil:
			return err
		case c == 0:
			r.damage(r.Offset(), 0, "document ends inside an object")
			return nil
		case c == '}':
			r.At++
			return nil
		case c != '"':
			return r.broken(nil, &syntaxError{msg: "expected a key in quotes"})
		}
		if ended, err := r.member(f); ended || err != nil {
			return err
		}
	}
}

// member reads one member of such an object.
func (r *reading) member(f *frame) (ended bool, err error) {
	n, bad := r.whole()
	if bad != nil || r.doc.nodes[0].kind != kString {
		return true, r.broken(nil, bad)
	}
	key := nameOf(r.Buf[r.At+1 : r.At+n-1])
	r.At += n
	if c, err := r.next(); err != nil || c != ':' {
		return true, firstError(err, func() error { return r.broken(nil, &syntaxError{msg: "expected a colon after the key"}) })
	}
	r.At++
	c, err := r.next()
	if err != nil {
		return true, err
	}
	if c == '[' && isEnvelope(key) {
		r.At++
		f.envelope = key
		return r.elements(f)
	}
	n, bad = r.whole()
	if bad != nil {
		return true, r.broken(nil, bad)
	}
	r.doc.nodes[0].name = key
	r.learn(f, 0)
	r.At += n
	return false, nil
}

func firstError(err error, otherwise func() error) error {
	if err != nil {
		return err
	}
	return otherwise()
}

// whole parses the value at the window, whatever it is.
func (r *reading) whole() (int, *syntaxError) {
	for {
		n, bad := r.doc.parse(r.Rest())
		if bad != errMore || r.EOF || len(r.Buf)-r.At >= r.maxRecord {
			return n, bad
		}
		if err := r.Fill(); err != nil {
			return 0, &syntaxError{msg: err.Error()}
		}
	}
}
