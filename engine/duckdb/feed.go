package duckdb

import (
	"sync"

	"github.com/duckdb/duckdb-go/mapping"
)

// feeder hands full chunks to DuckDB while the next ones are being filled: a source is
// read on one core and stored on another.
type feeder struct {
	work    chan delivery
	pending sync.WaitGroup
	size    int64 // bytes of the chunks that were made besides the first of each table

	mu  sync.Mutex
	err error // the first that DuckDB refused
}

// delivery is a full chunk of an appender.
type delivery struct {
	to    *appender
	chunk *builder
}

const (
	// deliveries is how many chunks may wait.
	deliveries = 64
	// chunksPerFlush is after how many chunks their rows go on to the table. DuckDB
	// alone would wait for a hundred, and do all of the work of most sources at the end.
	chunksPerFlush = 8
)

// hand takes the appender's full chunk and gives it an empty one.
func (f *feeder) hand(t *tx, a *appender) error {
	if err := f.failure(); err != nil {
		return err
	}
	if f.work == nil {
		f.work = make(chan delivery, deliveries)
		go f.run(t, f.work)
	}
	if a.spare == nil {
		a.spare = make(chan *builder, deliveries+1)
	}
	f.pending.Add(1)
	f.work <- delivery{a, a.builder}
	a.builder = f.empty(t, a)
	return nil
}

// empty gives an empty chunk: one that was used before, or another one as long as there
// is room. A table has at least two.
func (f *feeder) empty(t *tx, a *appender) *builder {
	select {
	case b := <-a.spare:
		return b
	default:
	}
	if size := a.size(); a.chunks < 2 || a.chunks < deliveries && f.size+size <= t.db.opts.Waiting {
		f.size += size
		a.chunks++
		return newBuilder(a.schema)
	}
	return <-a.spare
}

func (f *feeder) run(t *tx, work <-chan delivery) {
	for d := range work {
		if f.failure() == nil {
			err := t.start()
			if err == nil {
				err = d.to.take(t.conn, d.chunk)
			}
			if err != nil {
				f.mu.Lock()
				f.err = err
				f.mu.Unlock()
			}
		}
		d.chunk.reset()
		d.to.spare <- d.chunk
		f.pending.Done()
	}
}

// take appends a chunk. DuckDB copies it.
func (a *appender) take(c *conn, b *builder) error {
	if err := a.connect(c); err != nil {
		return err
	}
	if mapping.AppendDataChunk(a.appender, b.seal()) == mapping.StateError {
		return a.failed()
	}
	if a.taken++; a.taken%chunksPerFlush == 0 && mapping.AppenderFlush(a.appender) == mapping.StateError {
		return a.failed()
	}
	return nil
}

func (f *feeder) failure() error {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.err
}

// wait returns when nothing is under way.
func (f *feeder) wait() error {
	f.pending.Wait()
	return f.failure()
}

// stop ends the feeder. Nothing may be handed to it any more.
func (f *feeder) stop() {
	if f.work != nil {
		f.pending.Wait()
		close(f.work)
		f.work = nil
	}
}
