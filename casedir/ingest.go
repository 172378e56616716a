package casedir

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime/debug"
	"strings"
	"time"

	"github.com/goshawk-hunt/goshawk/engine"
	"github.com/goshawk-hunt/goshawk/evidence"
	"github.com/goshawk-hunt/goshawk/evidence/archive"
	"github.com/goshawk-hunt/goshawk/evidence/evtx"
	"github.com/goshawk-hunt/goshawk/evidence/regf"
)

// IngestOptions say how to ingest.
type IngestOptions struct {
	Readers []evidence.Reader
	// Progress is told often where the work is.
	Progress func(Progress)
	// Completing is told, when all is read, of how many of all devices the events are completed.
	Completing func(devices, of int64)
	// Now is the ingestion time in ticks.
	Now int64
	// Passwords are tried on encrypted archives.
	Passwords []string
	// Limits bound what archives may expand to.
	Limits archive.Limits
}

// Progress is where an ingestion is.
type Progress struct {
	File     string // in work
	FileDone int64  // bytes of its content
	FileSize int64
	Done     int64 // bytes of all files on disk
	// ChunksDone of Chunks are the chunks of the file in work, if it is a log; AllChunks are
	// those that are done of all files.
	ChunksDone, Chunks, AllChunks int64

	Files   int   // that are done
	Records int64 // of all files
	Tasks   int64 // rows of all files that tell of scheduled tasks
}

// Ingest reads everything under paths into the case: every file is taken as a whole or
// not at all, a file whose content is in the case already is skipped. A file that
// can't be taken is named in the account with the reason, and the rest goes on; only
// ctx and a failing storage stop the run. It returns the account in any case.
func (c *Case) Ingest(ctx context.Context, paths []string, o IngestOptions) (*Account, error) {
	started := time.Now()
	in := &ingestion{Case: c, options: o, account: &Account{Rows: map[string]int64{}}}
	if o.Progress == nil {
		in.options.Progress = func(Progress) {}
	}
	if o.Completing == nil {
		in.options.Completing = func(int64, int64) {}
	}
	err := in.begin(ctx)
	if err == nil {
		err = in.walk(ctx, paths)
	}
	debug.FreeOSMemory() // what the readers had is the engine's now
	if err == nil {
		err = in.note(ctx)
	}
	if err == nil {
		in.account.Copies, err = c.finish(ctx, in.options.Completing)
	}
	if err == nil {
		in.account.Wrong, err = c.Check(ctx)
	}
	if err == nil {
		err = c.db.Filled(ctx)
	}
	if err == nil {
		err = c.setUnfinished(ctx, false)
	}
	in.account.Took = time.Since(started)
	return in.account, err
}

// sweep removes what a killed run left of members of archives. The case is open, so no
// other run is at work in it.
func sweep(dir string) {
	left, _ := os.ReadDir(dir)
	for _, d := range left {
		if strings.HasPrefix(d.Name(), archive.TempPrefix) {
			_ = os.RemoveAll(filepath.Join(dir, d.Name())) // what stays is swept the next time
		}
	}
}

// ingestion is one call of Ingest.
type ingestion struct {
	*Case
	options IngestOptions
	account *Account
	known   map[string]string // content to path
	sizes   map[int64]bool    // of known content
	lastID  int64
	done    int64 // bytes of disk
	chunks  int64 // of logs
	hives   hives
	// archives are the files on disk whose members were read: they are no sources, and a
	// part of what was given.
	archives []FileReport

	filling *group          // that sources are added to
	sent    *group          // that is being committed
	alone   bool            // each source is a group
	again   map[string]bool // files that an earlier walk of this run has done with
}

func (in *ingestion) begin(ctx context.Context) error {
	known, err := in.Sources(ctx)
	if err != nil {
		return err
	}
	in.known = make(map[string]string, len(known))
	in.sizes = make(map[int64]bool, len(known))
	for i := range known {
		in.known[identity(known[i].SHA256, known[i].Name)] = known[i].Path
		in.sizes[known[i].Size] = true
		in.lastID = max(in.lastID, known[i].ID)
	}
	return in.setUnfinished(ctx, true)
}

// file takes one file of the walk.
func (in *ingestion) file(ctx context.Context, f *archive.File) error {
	if in.again[f.Path] {
		in.done += f.Disk
		return nil
	}
	report := FileReport{Path: f.Path, Format: f.Format, SHA256: f.SHA256, name: nameOf(f) + in.hives.with, Size: f.Size, Outcome: f.Outcome.String(), Reason: f.Reason}
	if f.Reader != nil {
		if err := in.take(ctx, f, &report); err != nil {
			return err
		}
		explainHive(f, &report)
	}
	in.done += f.Disk
	if !f.Container || f.Outcome != archive.Read {
		in.account.list(report)
	} else if f.SHA256 != "" {
		in.archives = append(in.archives, report)
	}
	in.passed(f)
	return nil
}

// place is where the ingestion is with so many bytes of a file done.
func (in *ingestion) place(f *archive.File, done int64) Progress {
	at := Progress{File: f.Path, FileDone: done, FileSize: f.Size, Done: in.done, AllChunks: in.chunks, Files: len(in.account.Files), Records: in.account.Records, Tasks: in.account.tasks()}
	if f.Reader != nil && f.Format == (evtx.Reader{}).Format() {
		at.ChunksDone, at.Chunks = evtx.Chunks(done), evtx.Chunks(f.Size)
		at.AllChunks += at.ChunksDone
	}
	return at
}

// passed tells that a file is done.
func (in *ingestion) passed(f *archive.File) {
	at := in.place(f, f.Size)
	in.chunks = at.AllChunks
	in.options.Progress(at)
}

// later says of a file that it can't be known: its hash is computed while it is read.
func (in *ingestion) later(f *archive.File) bool {
	return f.Size >= hashFirst && f.Format != (regf.Reader{}).Format() && !in.sizes[f.Size]
}

// hashFirst is up to which size a file is hashed before it is read.
const hashFirst = 1 << 20

// take reads a file into the case unless its content is there. An error ends the run.
func (in *ingestion) take(ctx context.Context, f *archive.File, report *FileReport) error {
	in.sizes[f.Size] = true
	if path, ok := in.known[identity(f.SHA256, report.name)]; ok && f.SHA256 != "" {
		report.Outcome, report.Reason = outcomeKnown, "the same content is in the case as "+path
		return nil
	}
	g, err := in.open(ctx)
	if err != nil {
		return err
	}
	s := &ingest{ingestion: in, id: in.lastID + 1, file: f, report: report, group: g, foreign: map[string]int64{}}
	switch err := s.run(ctx); {
	case err == nil:
		in.lastID = s.id
		in.known[identity(f.SHA256, report.name)] = f.Path
		in.account.take(report)
		s.file, s.normalizer = nil, nil
		g.sources = append(g.sources, s)
		g.bytes += f.Size
		if in.full(g) {
			return in.send(ctx)
		}
		return nil
	case ctx.Err() != nil:
		return errors.Join(ctx.Err(), in.drop(ctx, s))
	case errors.Is(err, engine.ErrStorage):
		return fmt.Errorf("%s: %w; what was committed before is kept, make room and run again", f.Path, err)
	default:
		f.Sum()
		*report = FileReport{Path: f.Path, Format: f.Format, SHA256: f.SHA256, Size: f.Size, Outcome: outcomeFailed, Reason: err.Error()}
		return in.drop(ctx, s)
	}
}
