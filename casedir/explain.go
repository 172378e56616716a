package casedir

import (
	"context"
	"fmt"

	"github.com/goshawk-hunt/goshawk/evidence/archive"
	"github.com/goshawk-hunt/goshawk/kql/types"
	"github.com/goshawk-hunt/goshawk/normalize"
)

// Explain reads everything under paths and keeps nothing: the account says what each file
// is, which tables it would feed, what would be set aside, and which fields have no place.
func Explain(ctx context.Context, paths []string, o IngestOptions) (*Account, error) {
	if o.Progress == nil {
		o.Progress = func(Progress) {}
	}
	in := &ingestion{Case: &Case{cat: tables()}, options: o, account: &Account{Rows: map[string]int64{}}, known: map[string]string{}}
	walker := archive.Walker{Readers: o.Readers, Limits: o.Limits, Passwords: o.Passwords}
	err := walker.Walk(ctx, paths, func(f *archive.File) error { return in.explain(ctx, f) })
	return in.account, err
}

func (in *ingestion) explain(ctx context.Context, f *archive.File) error {
	report := FileReport{Path: f.Path, Format: f.Format, SHA256: f.SHA256, name: nameOf(f), Size: f.Size, Outcome: f.Outcome.String(), Reason: f.Reason}
	id := identity(f.SHA256, report.name)
	if path, ok := in.known[id]; ok && f.Reader != nil {
		report.Outcome, report.Reason = outcomeKnown, "the same content as "+path
	} else if f.Reader != nil {
		in.known[id] = f.Path
		s := &ingest{ingestion: in, id: 1, file: f, report: &report, foreign: map[string]int64{}}
		if err := s.imagine(ctx); err != nil {
			if ctx.Err() != nil {
				return ctx.Err()
			}
			report.Outcome, report.Reason = outcomeFailed, err.Error()
		}
		in.account.take(&report)
	}
	in.done += f.Disk
	in.passed(f)
	if !f.Container || f.Outcome != archive.Read {
		in.account.list(report)
	}
	return nil
}

// imagine reads the source and lets its rows go.
func (s *ingest) imagine(ctx context.Context) (err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("BUG: %v, please report it", p)
		}
	}()
	s.normalizer = normalize.New(s.cat, func(string, []types.Value) error { return nil }, normalize.Options{Source: s.id})
	return s.read(ctx)
}
