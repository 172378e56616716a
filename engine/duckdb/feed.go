package duckdb

import (
	"slices"
	"sync"
)

// feeder hands full chunks to DuckDB while the next ones are being filled: a source is
// read on one core and stored on another.
type feeder struct {
	work  chan delivery
	over  chan struct{} // closed when what takes from work has ended
	size  int64         // bytes of the chunks that were made besides the first of each table
	queue []delivery    // taken from work and not yet by DuckDB

	mu  sync.Mutex
	err error // the first that DuckDB refused
}

// delivery is a full chunk of an appender.
type delivery struct {
	to    *appender
	chunk *builder
	// settled is closed, if there is neither, when all that came before is in its table.
	settled chan struct{}
}

// deliveries is how many chunks may wait.
const deliveries = 64

// hand takes the appender's full chunk and gives it an empty one.
func (f *feeder) hand(t *tx, a *appender) error {
	if err := f.failure(); err != nil {
		return err
	}
	if f.work == nil {
		f.work, f.over = make(chan delivery, deliveries), make(chan struct{})
		go f.run(t)
	}
	if a.spare == nil {
		a.spare = make(chan *builder, deliveries+1)
	}
	a.seal()
	f.work <- delivery{to: a, chunk: a.builder}
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

// run has DuckDB take what is delivered until stop.
func (f *feeder) run(t *tx) {
	defer close(f.over)
	for f.receive(len(f.queue) == 0) {
		d := f.queue[0]
		if d.settled != nil {
			f.queue = f.queue[1:]
			close(d.settled)
			continue
		}
		if f.failure() == nil {
			f.fail(f.feed(t, d.to))
		}
		if f.failure() != nil {
			f.drop(d.to)
		}
	}
}

// receive puts what was delivered into the queue; wait is for when there is nothing. It is
// false when the queue is empty and stays so.
func (f *feeder) receive(wait bool) bool {
	for wait || len(f.work) > 0 {
		d, ok := <-f.work
		if !ok {
			break
		}
		f.queue = append(f.queue, d)
		wait = false
	}
	return len(f.queue) > 0
}

// feed has DuckDB take the chunks of an appender. The statement goes on as long as those
// of no other wait.
func (f *feeder) feed(t *tx, a *appender) error {
	if err := t.start(); err != nil {
		return err
	}
	var taken *builder
	recycle := func() {
		if taken != nil {
			taken.reset()
			a.spare <- taken
			taken = nil
		}
	}
	defer recycle()
	return a.take(t.conn, func() *builder {
		recycle()
		taken = f.chunk(a)
		return taken
	})
}

// chunk is the next one of an appender, nil if there is none and others wait.
func (f *feeder) chunk(a *appender) *builder {
	f.receive(len(f.queue) == 0)
	i := slices.IndexFunc(f.queue, func(d delivery) bool { return d.to == a })
	if i < 0 {
		return nil
	}
	b := f.queue[i].chunk
	f.queue = slices.Delete(f.queue, i, i+1)
	return b
}

// drop gives back the chunks of an appender that wait and won't be taken.
func (f *feeder) drop(a *appender) {
	f.queue = slices.DeleteFunc(f.queue, func(d delivery) bool {
		if d.to == a {
			d.chunk.reset()
			a.spare <- d.chunk
		}
		return d.to == a
	})
}

func (f *feeder) failure() error {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.err
}

func (f *feeder) fail(err error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.err == nil {
		f.err = err
	}
}

// wait returns when nothing is under way.
func (f *feeder) wait() error {
	if f.work != nil {
		settled := make(chan struct{})
		f.work <- delivery{settled: settled}
		<-settled
	}
	return f.failure()
}

// stop ends the feeder. Nothing may be handed to it any more.
func (f *feeder) stop() {
	if f.work != nil {
		close(f.work)
		<-f.over
		f.work = nil
	}
}
