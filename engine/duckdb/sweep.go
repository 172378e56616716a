package duckdb

import "time"

// sweepEvery is how long what DuckDB frees may gather: what it frees and takes again
// sooner costs nothing.
const sweepEvery = 50 * time.Millisecond

// sweep gives memory that DuckDB has freed back to the system, whenever it is more than
// most bytes, until the returned function is called.
func sweep(most int64) (stop func()) {
	purgeFully()
	done, ended := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(ended)
		tick := time.NewTicker(sweepEvery)
		defer tick.Stop()
		for {
			select {
			case <-done:
				return
			case <-tick.C:
				purge(most)
			}
		}
	}()
	return func() {
		close(done)
		<-ended
	}
}
