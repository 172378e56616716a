package evtx

import (
	"context"
	"io"

	"github.com/goshawk-hunt/goshawk/evidence"
)

// DumpFormat is how a Dumper writes records, each on a line of its own.
type DumpFormat uint8

const (
	// DumpJSON writes a JSON object in the shape of evtx_dump: Event, System,
	// EventData or UserData, and attributes under "#attributes", and
	// "Recovered":true beside Event of a record that was not in its place. Names of
	// nested UserData stay joined with dots, times have seven digits.
	DumpJSON DumpFormat = iota
	// DumpXML writes an Event element as Windows renders it. A record that was
	// recovered has the processing instruction <?goshawk recovered?> before it. What
	// Options.Want says does not count here.
	DumpXML
)

// recoveredPI stands before the element of a record that was not in its place.
const recoveredPI = "<?goshawk recovered?>"

// Dumper writes the records of logs, one log after the other, with memory that it
// uses again.
type Dumper struct {
	w         io.Writer
	renderers []*renderer // one for each worker
	batches   []*batch
}

// NewDumper returns a Dumper that writes to w, in pieces of about a chunk.
func NewDumper(w io.Writer, format DumpFormat, o Options) *Dumper {
	d := &Dumper{w: w}
	for range max(1, o.Workers) {
		d.renderers = append(d.renderers, newRenderer(format, o))
	}
	d.batches = newBatches(len(d.renderers))
	return d
}

// Dump writes every record of in. Damages and progress go to sink, records don't.
func (d *Dumper) Dump(ctx context.Context, in evidence.Input, sink evidence.Sink) error {
	f, err := openFile(in, sink)
	if err != nil || f == nil {
		return err
	}
	take := func(b *batch) error {
		if err := b.emit(sink); err != nil || len(b.out) == 0 {
			return err
		}
		_, err := d.w.Write(b.out)
		return err
	}
	if len(d.renderers) == 1 {
		b := d.batches[0]
		return f.readSequential(ctx, b.buf, sink, func(s segment) (chunkFacts, error) {
			b.reset()
			b.segment = s
			d.renderers[0].read(b)
			return b.facts, take(b)
		})
	}
	workers := make([]func(*batch), len(d.renderers))
	for i, r := range d.renderers {
		workers[i] = r.read
	}
	return f.readParallel(ctx, workers, d.batches, take, sink)
}

// WriteJSON writes every record of in as DumpJSON says. Damages and progress go to sink.
func WriteJSON(ctx context.Context, in evidence.Input, o Options, w io.Writer, sink evidence.Sink) error {
	return NewDumper(w, DumpJSON, o).Dump(ctx, in, sink)
}

// WriteXML writes every record of in as DumpXML says. Damages and progress go to sink.
func WriteXML(ctx context.Context, in evidence.Input, o Options, w io.Writer, sink evidence.Sink) error {
	return NewDumper(w, DumpXML, o).Dump(ctx, in, sink)
}

// renderer reads chunks and renders their records into the batch at hand, which
// keeps the damages.
type renderer struct {
	*batch
	c    *chunkReader
	json jsonWriter
}

func newRenderer(format DumpFormat, o Options) *renderer {
	r := &renderer{c: newChunkReader(o)}
	if format == DumpXML {
		r.c.raw = r.xml
	}
	return r
}

// read renders the chunk of b.
func (r *renderer) read(b *batch) {
	r.batch = b
	// A batch never refuses anything, so that there is no error.
	b.facts, _ = r.c.decode(b.segment, r)
	r.batch = nil
}

// Record renders a record as JSON.
func (r *renderer) Record(rec *evidence.Record) error {
	r.out = r.json.append(r.out, &rec.Event)
	return nil
}

// xml renders a record that was not read.
func (r *renderer) xml(pos, size int, recovered bool) (err error) {
	start := len(r.out)
	if recovered {
		r.out = append(r.out, recoveredPI...)
	}
	head := len(r.out)
	if r.out, err = r.c.appendXML(r.out, pos, size); len(r.out) > head {
		r.out = append(r.out, '\n')
	} else {
		r.out = r.out[:start]
	}
	return err
}
