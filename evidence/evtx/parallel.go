package evtx

import (
	"context"

	"github.com/goshawk-hunt/goshawk/evidence"
)

// batch is one chunk on its way through a worker: its bytes, and then what was
// read from them. The records point into the batch until it is used again.
type batch struct {
	buf     []byte
	segment segment
	before  []evidence.Damage // found on the way to the chunk
	done    int64             // bytes of the file up to the end of the chunk
	ready   chan struct{}
	facts   chunkFacts

	records []evidence.Record
	damages []placed
	fields  []evidence.Field
	text    arena
}

// placed is a damage and the number of records that come before it.
type placed struct {
	at     int
	damage evidence.Damage
}

// Record keeps a record. The memory behind it is the batch's own.
func (b *batch) Record(r *evidence.Record) error {
	b.records = append(b.records, *r)
	return nil
}

// Damage keeps a damage in its place between the records.
func (b *batch) Damage(d evidence.Damage) {
	b.damages = append(b.damages, placed{at: len(b.records), damage: d})
}

// Progress does nothing: the file's is known to who cut the chunk.
func (b *batch) Progress(int64) {}

// emit hands everything on in order.
func (b *batch) emit(sink evidence.Sink) error {
	for _, d := range b.before {
		sink.Damage(d)
	}
	next := 0
	for i := range b.records {
		for ; next < len(b.damages) && b.damages[next].at <= i; next++ {
			sink.Damage(b.damages[next].damage)
		}
		if err := sink.Record(&b.records[i]); err != nil {
			return err
		}
	}
	for ; next < len(b.damages); next++ {
		sink.Damage(b.damages[next].damage)
	}
	return nil
}

// readParallel cuts the file into chunks, has workers read them, and emits what
// they found in order. As many batches exist as may be under way.
func (f *file) readParallel(ctx context.Context, o Options, sink evidence.Sink) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	count := 2*o.Workers + 1
	free := make(chan *batch, count)
	work := make(chan *batch, count)
	order := make(chan *batch, count)
	for range count {
		free <- &batch{buf: make([]byte, segmentBuffer)}
	}
	for range o.Workers {
		go decodeBatches(o, work)
	}
	var cutErr error
	go func() {
		defer close(order)
		defer close(work)
		cutErr = f.cutBatches(ctx, free, work, order)
	}()
	var err error
	for b := range order {
		<-b.ready
		if err != nil {
			continue // only waiting for the others to end
		}
		if err = b.emit(sink); err != nil {
			cancel()
			continue
		}
		if b.segment.data != nil {
			f.seen(b.facts)
		}
		sink.Progress(b.done)
		free <- b
	}
	if err == nil {
		err = cutErr
	}
	if err == nil {
		f.finish(sink)
	}
	return err
}

// cutBatches sends the chunks of the file to the workers, and in the same order
// to the one who emits.
func (f *file) cutBatches(ctx context.Context, free, work, order chan *batch) error {
	for {
		var b *batch
		select {
		case <-ctx.Done():
			return ctx.Err()
		case b = <-free:
		}
		if err := ctx.Err(); err != nil {
			return err
		}
		*b = batch{
			buf: b.buf, ready: make(chan struct{}), before: b.before[:0], records: b.records[:0],
			damages: b.damages[:0], fields: b.fields[:0], text: b.text,
		}
		var before damages
		s, ok, err := f.next(b.buf, &before)
		if err != nil {
			return err
		}
		b.before, b.done = before, min(f.pos, f.in.Size)
		if !ok {
			close(b.ready)
			order <- b
			return nil
		}
		b.segment = s
		order <- b
		work <- b
	}
}

// decodeBatches is a worker.
func decodeBatches(o Options, work <-chan *batch) {
	c := newChunkReader(o)
	c.keep = true
	for b := range work {
		c.fields, c.text = b.fields, b.text
		// A batch never refuses a record, so that there is no error.
		b.facts, _ = c.decode(b.segment, b)
		b.fields, b.text = c.fields, c.text
		close(b.ready)
	}
}

// damages collects damages.
type damages []evidence.Damage

func (d *damages) Record(*evidence.Record) error { return nil }

func (d *damages) Damage(x evidence.Damage) { *d = append(*d, x) }

func (d *damages) Progress(int64) {}
