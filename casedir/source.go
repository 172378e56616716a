package casedir

import (
	"context"
	"fmt"
	"strings"

	"github.com/goshawk-hunt/goshawk/catalog"
	"github.com/goshawk-hunt/goshawk/evidence"
	"github.com/goshawk-hunt/goshawk/evidence/archive"
	"github.com/goshawk-hunt/goshawk/normalize"
)

// maxDamages is how many damages of one file are kept word for word, the others are
// counted; and how many notes, of which a reader makes a few.
const maxDamages = 200

// ingest reads one source in a transaction that it may share with others. It is the evidence.Sink of the reader.
type ingest struct {
	*ingestion
	id     int64
	file   *archive.File
	report *FileReport

	group      *group
	normalizer *normalize.Normalizer
	logs       logs
	records    int64
	foreign    map[string]int64 // what the reader knew no record in, by reason
	failed     bool             // the case, and not the evidence, stopped the reader
}

// run gives all of the source to its group.
func (s *ingest) run(ctx context.Context) (err error) {
	// The reader's and the normaliser's mistakes over one file are that file's.
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("BUG: %v, please report it", p)
		}
	}()
	s.normalizer = normalize.New(s.cat, s.group.tx.Append, normalize.Options{Source: s.id, Ingested: s.options.Now, Collection: collectionOf(s.file.Path),
		Create: func(t *catalog.Table) error { return s.create(ctx, t) }})
	return s.read(ctx)
}

// read gives all records of the source to the normaliser and fills the report.
func (s *ingest) read(ctx context.Context) error {
	if err := s.file.Reader.Read(ctx, s.file.Input, s); err != nil {
		if ctx.Err() != nil || s.failed {
			return err
		}
		s.Damage(evidence.Damage{Path: s.file.Path, Reason: err.Error()})
	}
	if err := s.normalizer.Close(); err != nil {
		return err
	}
	s.file.Sum()
	s.report.SHA256, s.report.Outcome, s.report.Reason = s.file.SHA256, s.file.Outcome.String(), s.file.Reason
	stats := s.normalizer.Stats()
	for reason, n := range s.foreign {
		stats.Records += n
		stats.SetAside[reason] += n
		s.records += n
	}
	s.report.Logs = s.logs.list()
	return s.report.fill(&stats, s.records)
}

// create makes a table of the catalogue that the case lacks, with this source.
func (s *ingest) create(ctx context.Context, t *catalog.Table) error {
	if s.exists(t.Name) {
		return nil
	}
	if err := s.group.tx.Create(ctx, t.Name, t.Stored()); err != nil {
		s.failed = true
		return err
	}
	s.group.made = append(s.group.made, t.Name)
	return nil
}

// Record implements evidence.Sink.
func (s *ingest) Record(r *evidence.Record) error {
	s.records++
	if r.Kind == evidence.KindEvent {
		s.logs.see(&r.Event)
	}
	if err := s.normalizer.Record(r); err != nil {
		s.failed = true
		return err
	}
	return nil
}

// Damage implements evidence.Sink.
func (s *ingest) Damage(d evidence.Damage) {
	if d.Path == "" {
		d.Path = s.file.Path
	}
	if d.Foreign > 0 {
		s.foreign[d.Reason] += d.Foreign
		return
	}
	if d.Note {
		if len(s.report.Notes) < maxDamages {
			s.report.Notes = append(s.report.Notes, d)
		}
		return
	}
	if len(s.report.Damages) >= maxDamages {
		s.report.More++
		return
	}
	s.report.Damages = append(s.report.Damages, d)
}

// Progress implements evidence.Sink.
func (s *ingest) Progress(done int64) {
	disk := done
	if s.file.Size > 0 {
		disk = int64(float64(s.file.Disk) * float64(done) / float64(s.file.Size))
	}
	at := s.place(s.file, done)
	at.Done += disk
	at.Records += s.records
	at.Tasks += s.normalizer.Tasks()
	s.options.Progress(at)
}

var _ evidence.Sink = (*ingest)(nil)

// cloneText copies a text that a reader will overwrite.
func cloneText(s string) string { return strings.Clone(s) }
