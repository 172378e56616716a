package casedir

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"time"

	"github.com/goshawk-hunt/goshawk/catalog"
	"github.com/goshawk-hunt/goshawk/engine"
	"github.com/goshawk-hunt/goshawk/evidence"
	"github.com/goshawk-hunt/goshawk/evidence/archive"
	"github.com/goshawk-hunt/goshawk/normalize"
)

// maxDamages is how many damages of one file are kept word for word; the others
// are counted.
const maxDamages = 200

// FileReport is what became of one file of an ingestion.
type FileReport struct {
	Path    string `json:"path"`
	Format  string `json:"format,omitempty"`
	Size    int64  `json:"size"`
	Outcome string `json:"outcome"` // read, refused, unknown, empty, damaged, known
	Reason  string `json:"reason,omitempty"`
	Records int64  `json:"records"`
	Rows    int64  `json:"rows"`
	// SetAside counts records that gave no row, by reason.
	SetAside map[string]int64 `json:"setAside,omitempty"`
	// Problems counts values that could not be read, by reason; Unknown counts
	// columns that the catalogue does not know.
	Problems map[string]int64  `json:"problems,omitempty"`
	Unknown  map[string]int64  `json:"unknown,omitempty"`
	Damages  []evidence.Damage `json:"damages,omitempty"`
	More     int64             `json:"moreDamages,omitempty"`
}

// Account is the account of one ingestion.
type Account struct {
	Files   []FileReport     `json:"files"`
	Records int64            `json:"records"`
	Rows    map[string]int64 `json:"rows"` // by table
	First   int64            `json:"-"`    // ticks
	Last    int64            `json:"-"`
	Took    time.Duration    `json:"tookNanoseconds"`
}

// IngestOptions say how to ingest.
type IngestOptions struct {
	Readers []evidence.Reader
	// Progress is told often: the current file, bytes of disk done, records.
	Progress func(file string, done, records int64)
	// Now is the ingestion time in ticks.
	Now int64
}

// Ingest reads everything under paths into the case: every file is one
// transaction, a file whose content is in the case already is skipped. It returns
// the account also when it was interrupted.
func (c *Case) Ingest(ctx context.Context, paths []string, o IngestOptions) (*Account, error) {
	started := time.Now()
	in := &ingestion{Case: c, options: o, account: &Account{Rows: map[string]int64{}}}
	if o.Progress == nil {
		in.options.Progress = func(string, int64, int64) {}
	}
	known, err := c.Sources(ctx)
	if err != nil {
		return in.account, err
	}
	in.known = map[string]string{}
	for _, s := range known {
		in.known[s.SHA256] = s.Path
		in.nextID = max(in.nextID, s.ID)
	}
	walker := archive.Walker{Readers: o.Readers}
	err = walker.Walk(ctx, paths, func(f *archive.File) error { return in.file(ctx, f) })
	if err == nil {
		err = c.Finish(ctx)
	}
	in.account.Took = time.Since(started)
	return in.account, err
}

// Finish does what only the whole case can tell, if sources came since it was
// last done.
func (c *Case) Finish(ctx context.Context) error {
	pending, err := c.meta(ctx, "pending")
	if err != nil || pending == 0 {
		return err
	}
	tx, err := c.db.Begin(ctx)
	if err != nil {
		return err
	}
	defer tx.Rollback()
	for _, sql := range append(normalize.Finish(), `INSERT OR REPLACE INTO goshawk_meta VALUES ('pending', 0)`) {
		if err := tx.Exec(ctx, sql); err != nil {
			return fmt.Errorf("complete the case: %w", err)
		}
	}
	return tx.Commit()
}

// ingestion is one call of Ingest.
type ingestion struct {
	*Case
	options IngestOptions
	account *Account
	known   map[string]string // content to path
	nextID  int64
	done    int64 // bytes of disk
}

// file takes one file of the walk.
func (in *ingestion) file(ctx context.Context, f *archive.File) error {
	report := FileReport{Path: f.Path, Format: f.Format, Size: f.Size, Outcome: f.Outcome.String(), Reason: f.Reason}
	if f.Reader != nil {
		if path, ok := in.known[f.SHA256]; ok {
			report.Outcome, report.Reason = "known", "the same content is in the case as "+path
		} else if err := in.source(ctx, f, &report); err != nil {
			return err
		} else {
			in.known[f.SHA256] = f.Path
		}
	}
	in.done += f.Disk
	in.options.Progress(f.Path, in.done, in.account.Records)
	if !f.Container || f.Outcome != archive.Read {
		in.account.Files = append(in.account.Files, report)
	}
	return nil
}

// source reads one file in one transaction.
func (in *ingestion) source(ctx context.Context, f *archive.File, report *FileReport) (err error) {
	tx, err := in.db.Begin(ctx)
	if err != nil {
		return err
	}
	defer tx.Rollback()
	in.nextID++
	n := normalize.New(in.cat, tx.Append, normalize.Options{Source: in.nextID, Ingested: in.options.Now,
		Create: func(t *catalog.Table) error { return in.createDuring(ctx, tx, t) }})
	sink := &sink{ingestion: in, normalizer: n, file: f, report: report}
	if err := f.Reader.Read(ctx, f.Input, sink); err != nil {
		if ctx.Err() != nil || sink.failed {
			return fmt.Errorf("%s: %w", f.Path, err)
		}
		sink.Damage(evidence.Damage{Path: f.Path, Reason: err.Error()})
	}
	if err := n.Close(); err != nil {
		return fmt.Errorf("%s: %w", f.Path, err)
	}
	stats := n.Stats()
	in.add(&stats, report)
	if err := in.manifest(ctx, tx, f, report, &stats); err != nil {
		return err
	}
	return tx.Commit()
}

// createDuring makes a table of the catalogue that the case lacks. A table that is
// made for a source that is rolled back stays, empty.
func (in *ingestion) createDuring(ctx context.Context, _ engine.Tx, t *catalog.Table) error {
	return in.ensure(ctx, t)
}

func (in *ingestion) add(s *normalize.Stats, report *FileReport) {
	report.Records, report.SetAside, report.Problems, report.Unknown = s.Records, nonEmpty(s.SetAside), nonEmpty(s.Problems), nonEmpty(s.Unknown)
	for table, rows := range s.Rows {
		report.Rows += rows
		in.account.Rows[table] += rows
	}
	in.account.Records += s.Records
	if s.First != 0 && (in.account.First == 0 || s.First < in.account.First) {
		in.account.First = s.First
	}
	in.account.Last = max(in.account.Last, s.Last)
	if report.Outcome == archive.Read.String() && len(report.Damages) > 0 {
		report.Outcome, report.Reason = archive.Damaged.String(), report.Damages[0].Reason
	}
}

func (in *ingestion) manifest(ctx context.Context, tx engine.Tx, f *archive.File, r *FileReport, s *normalize.Stats) error {
	damages := int64(len(r.Damages)) + r.More
	err := tx.Exec(ctx, fmt.Sprintf(`INSERT INTO goshawk_sources VALUES (%d, %s, %s, %s, %d, %d, %d, %d, %d, %d, %d, %d)`,
		in.nextID, quote(f.SHA256), quote(f.Path), quote(f.Format), f.Size, s.Records, s.Stored, r.Rows, damages, s.First, s.Last, in.options.Now))
	if err != nil {
		return err
	}
	for _, d := range r.Damages {
		if err := tx.Exec(ctx, fmt.Sprintf(`INSERT INTO goshawk_damages VALUES (%d, %s, %d, %d, %s)`, in.nextID, quote(d.Path), d.Offset, d.Length, quote(d.Reason))); err != nil {
			return err
		}
	}
	for _, reason := range slices.Sorted(maps.Keys(s.SetAside)) {
		if err := tx.Exec(ctx, fmt.Sprintf(`INSERT INTO goshawk_set_aside VALUES (%d, %s, %d)`, in.nextID, quote(reason), s.SetAside[reason])); err != nil {
			return err
		}
	}
	return tx.Exec(ctx, `INSERT OR REPLACE INTO goshawk_meta VALUES ('pending', 1)`)
}

// sink passes a reader's records to the normaliser and keeps its damages.
type sink struct {
	*ingestion
	normalizer *normalize.Normalizer
	file       *archive.File
	report     *FileReport
	records    int64
	failed     bool
}

func (s *sink) Record(r *evidence.Record) error {
	s.records++
	if err := s.normalizer.Record(r); err != nil {
		s.failed = true
		return err
	}
	return nil
}

func (s *sink) Damage(d evidence.Damage) {
	if d.Path == "" {
		d.Path = s.file.Path
	}
	if len(s.report.Damages) >= maxDamages {
		s.report.More++
		return
	}
	s.report.Damages = append(s.report.Damages, d)
}

func (s *sink) Progress(done int64) {
	disk := done
	if s.file.Size > 0 {
		disk = int64(float64(s.file.Disk) * float64(done) / float64(s.file.Size))
	}
	s.options.Progress(s.file.Path, s.done+disk, s.account.Records+s.records)
}

func nonEmpty(m map[string]int64) map[string]int64 {
	if len(m) == 0 {
		return nil
	}
	return m
}

var _ evidence.Sink = (*sink)(nil)
