// Package evtx reads Windows event logs (.evtx): files, and chunks carved from
// them. It follows MS-EVEN6 and libyal's description of the format.
//
// A log is a file header and chunks of 64 KiB. A chunk stands alone: it holds
// records, and the names and templates that its records refer to. A record is
// binary XML, in practice an instance of a template: the System section with
// holes, and the values for them, one of which is the instance of a second
// template with the event's data.
//
// Reading goes through these stages, each in the file of that name:
//
//	file      finds the chunks, in whatever state the file is
//	chunk     checks a chunk, hands over its records
//	walk      finds the records of a chunk, in their places and out of them
//	template  recognises a definition that was seen before, or parses it
//	plan      turns a definition into steps: which value goes where
//	apply     reads a record by its plans: the way of nearly all records
//	raw       reads a record without templates in one pass
//	general   reads a record by walking its XML: the way of all others
//	lost      makes the best of a record whose definition is gone
//
// A Dumper writes records instead of handing them over: as JSON after these stages,
// as XML by xmlplan or, where that can't, xml in the general way.
//
// The first of apply, raw and general that can read a record does. Where two of
// them can, they give the same event.
//
// Start reading at Reader.Read.
package evtx

import (
	"bytes"
	"context"

	"github.com/goshawk-hunt/goshawk/evidence"
)

// Wanted says how much of an event is wanted.
type Wanted uint8

const (
	WantNone   Wanted = iota // nothing: the event is not emitted
	WantSystem               // the System section without the data
	WantAll                  // all of it
)

// Options changes what is read and how. The zero value reads all that is in
// its place, on one core.
type Options struct {
	// Want is asked for each event, with its System section set. Less work is
	// done for what is not wanted. It must not keep the event. With Workers it
	// is called from several goroutines. nil wants everything.
	Want func(*evidence.Event) Wanted
	// Recover also reads records that lie in the unused space of chunks and
	// behind damage. They are marked as recovered.
	Recover bool
	// Workers is how many chunks are read at once; 0 and 1 mean one. Events are
	// emitted in the order of the file whatever it is. Memory grows by about
	// 2 MiB a worker.
	Workers int
}

// Reader is the evidence.Reader of event logs. Its zero value is ready.
type Reader struct {
	Options Options
}

var (
	fileMagic  = []byte("ElfFile\x00")
	chunkMagic = []byte("ElfChnk\x00")
)

// Format is "evtx".
func (Reader) Format() string { return "evtx" }

// Detect recognises event logs, chunks carved from them, and logs whose file
// header is gone.
func (Reader) Detect(head []byte) bool {
	return bytes.HasPrefix(head, fileMagic) || bytes.HasPrefix(head, chunkMagic) ||
		len(head) > fileHeaderSize && bytes.HasPrefix(head[fileHeaderSize:], chunkMagic)
}

// Read emits the events of in, and a damage for each part that could not be
// read or contradicts what the headers say of it.
func (r Reader) Read(ctx context.Context, in evidence.Input, sink evidence.Sink) error {
	f, err := openFile(in, sink)
	if err != nil || f == nil {
		return err
	}
	if n := r.Options.Workers; n > 1 {
		workers := make([]func(*batch), n)
		for i := range workers {
			workers[i] = newChunkReader(r.Options).keepBatch
		}
		return f.readParallel(ctx, workers, newBatches(n), func(b *batch) error { return b.emit(sink) }, sink)
	}
	c := newChunkReader(r.Options)
	return f.readSequential(ctx, make([]byte, segmentBuffer), sink, func(s segment) (chunkFacts, error) {
		return c.decode(s, sink)
	})
}

// readSequential has read take the chunks of the file, one after the other, in buf.
func (f *file) readSequential(ctx context.Context, buf []byte, sink evidence.Sink, read func(segment) (chunkFacts, error)) error {
	for {
		if err := ctx.Err(); err != nil {
			return err
		}
		s, ok, err := f.next(buf, sink)
		if err != nil {
			return err
		}
		if !ok {
			f.finish(sink)
			return nil
		}
		facts, err := read(s)
		if err != nil {
			return err
		}
		f.seen(facts)
		sink.Progress(min(f.pos, f.in.Size))
	}
}
