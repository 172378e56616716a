package casedir

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"path/filepath"
	"time"

	"github.com/goshawk-hunt/goshawk/engine"
	"github.com/goshawk-hunt/goshawk/evidence/archive"
)

// group is a transaction of whole sources: each commit costs the engine as much as some
// megabytes of evidence. It is committed while the next group is read.
type group struct {
	tx      engine.Tx
	account Account // as it was before the group
	sources []*ingest
	made    []string // tables of the catalogue that the case had not
	bytes   int64
	began   time.Time
	over    chan struct{} // closed when err is known; nil before it was sent off
	err     error
}

const (
	// groupBytes is how much evidence a group has at most, but for its last source.
	groupBytes = 2 << 30
	// groupTime is how long a group may take: what a kill can lose.
	groupTime = 20 * time.Second
)

// errTogether says that a source failed and took others with it that are in order.
var errTogether = errors.New("a source took others with it")

// open gives the group that is being filled.
func (in *ingestion) open(ctx context.Context) (*group, error) {
	if in.filling != nil {
		return in.filling, nil
	}
	g := &group{account: *in.account, began: time.Now()}
	g.account.Rows = maps.Clone(in.account.Rows)
	g.account.leftOut = maps.Clone(in.account.leftOut)
	var err error
	if in.sent != nil {
		g.tx, err = in.db.BeginAfter(ctx, in.sent.tx)
	} else {
		g.tx, err = in.db.Begin(ctx)
	}
	if err == nil {
		in.filling = g
	}
	return g, err
}

// full says whether a group is worth its commit.
func (in *ingestion) full(g *group) bool {
	limit := int64(groupBytes)
	if in.memory.Engine > 0 {
		limit = min(limit, 4*in.memory.Engine)
	}
	return in.alone || g.bytes >= limit || time.Since(g.began) > groupTime
}

// send has the group that is being filled committed, after the one before it.
func (in *ingestion) send(ctx context.Context) error {
	g := in.filling
	if g == nil {
		return nil
	}
	if err := in.arrive(); err != nil {
		return err
	}
	in.filling, in.sent = nil, g
	g.over = make(chan struct{})
	go func() {
		defer close(g.over)
		defer g.tx.Rollback()
		g.err = in.commit(context.WithoutCancel(ctx), g)
	}()
	return nil
}

func (in *ingestion) commit(ctx context.Context, g *group) error {
	for _, s := range g.sources {
		if err := s.enter(ctx); err != nil {
			return err
		}
	}
	if err := g.tx.Commit(); err != nil {
		return err
	}
	in.has(g.made)
	return nil
}

// arrive waits for the group that was sent. If its commit failed the account is what it
// was before it.
func (in *ingestion) arrive() error {
	g := in.sent
	if g == nil {
		return nil
	}
	<-g.over
	in.sent = nil
	if g.err == nil {
		return nil
	}
	in.undo(g)
	return fmt.Errorf("%w; what was committed before is kept, make room and run again", g.err)
}

// undo takes the sources of a group, and of the one behind it, out of the account.
func (in *ingestion) undo(g *group) {
	if in.filling != nil {
		in.filling.tx.Rollback()
		in.filling = nil
	}
	*in.account = g.account
}

// settle ends the reading that ended with an error or nil: whole sources are kept if the
// engine can.
func (in *ingestion) settle(ctx context.Context, err error) error {
	if g := in.filling; g != nil && err != nil && (ctx.Err() == nil || len(g.sources) == 0) {
		in.undo(g)
	}
	failed := errors.Join(in.send(ctx), in.arrive())
	switch {
	case failed == nil:
		return err
	case errors.Is(err, errTogether): // which would only begin again
		return failed
	}
	return errors.Join(err, failed)
}

// drop takes what there is of a source that failed out of the group. If the engine can't
// do that, the group is lost: an errTogether if it has other sources.
func (in *ingestion) drop(ctx context.Context, s *ingest) error {
	ctx = context.WithoutCancel(ctx)
	g := s.group
	var err error
	if s.normalizer != nil {
		for _, table := range s.normalizer.Filled() {
			if err == nil {
				err = g.tx.Exec(ctx, fmt.Sprintf(`DELETE FROM "%s" WHERE "$Source" = %d`, table, s.id))
			}
		}
	}
	if err == nil {
		return nil
	}
	others := len(g.sources) > 0
	g.tx.Rollback()
	in.filling = nil
	*in.account = g.account
	if others {
		return errTogether
	}
	return nil
}

// walk reads all files under paths, and each source as a transaction of its own if one
// source took others with it.
func (in *ingestion) walk(ctx context.Context, paths []string) error {
	err := in.walkOnce(ctx, paths)
	if !errors.Is(err, errTogether) {
		return err
	}
	in.alone = true
	in.again = map[string]bool{}
	for i := range in.account.Files {
		in.again[in.account.Files[i].Path] = true
	}
	if err := in.begin(ctx); err != nil {
		return err
	}
	return in.walkOnce(ctx, paths)
}

func (in *ingestion) walkOnce(ctx context.Context, paths []string) error {
	walker := archive.Walker{Readers: in.options.Readers, Limits: in.options.Limits, Passwords: in.options.Passwords, Later: in.later}
	if in.Dir != "" {
		walker.TempDir = filepath.Join(in.Dir, tempDir)
		sweep(walker.TempDir)
	}
	in.done, in.chunks = 0, 0
	in.hives = hives{parent: walker.TempDir}
	defer in.hives.close()
	err := walker.Walk(ctx, paths, func(f *archive.File) error {
		if held, err := in.hives.hold(f); held || err != nil {
			return err
		}
		return in.file(ctx, f)
	})
	if err == nil {
		err = in.hives.release(ctx, func(f *archive.File) error { return in.file(ctx, f) })
	}
	return in.settle(ctx, err)
}
