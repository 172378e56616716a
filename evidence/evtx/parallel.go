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
	out     []byte // the records, rendered
}

// newBatches makes the batches of some workers.
func newBatches(workers int) []*batch {
	batches := make([]*batch, 1)
	if workers > 1 {
		batches = make([]*batch, 2*workers+1)
	}
	for i := range batches {
		batches[i] = &batch{buf: make([]byte, segmentBuffer)}
	}
	return batches
}

// maxKeptOut is how much memory for rendered records is used again, in bytes. The
// chunks of real logs need less.
const maxKeptOut = 1 << 20

// reset makes b ready for the next chunk.
func (b *batch) reset() {
	out := b.out[:0]
	if cap(out) > maxKeptOut {
		out = nil
	}
	*b = batch{
		buf: b.buf, before: b.before[:0], records: b.records[:0],
		damages: b.damages[:0], fields: b.fields[:0], text: b.text, out: out,
	}
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

// readParallel cuts the file into chunks, has workers read them, and hands what
// they found to take in order. There are as many batches as may be under way.
func (f *file) readParallel(
	ctx context.Context, workers []func(*batch), batches []*batch, take func(*batch) error, sink evidence.Sink,
) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	count := len(batches)
	free := make(chan *batch, count)
	work := make(chan *batch, count)
	order := make(chan *batch, count)
	for _, b := range batches {
		free <- b
	}
	for _, read := range workers {
		go func() {
			for b := range work {
				read(b)
				close(b.ready)
			}
		}()
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
		if err = take(b); err != nil {
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
		b.reset()
		b.ready = make(chan struct{})
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

// keepBatch reads the chunk of b and keeps the records there.
func (c *chunkReader) keepBatch(b *batch) {
	c.keep = true
	c.fields, c.text = b.fields, b.text
	// A batch never refuses a record, so that there is no error.
	b.facts, _ = c.decode(b.segment, b)
	b.fields, b.text = c.fields, c.text
}

// damages collects damages.
type damages []evidence.Damage

func (d *damages) Record(*evidence.Record) error { return nil }

func (d *damages) Damage(x evidence.Damage) { *d = append(*d, x) }

func (d *damages) Progress(int64) {}
