package main

import (
	"bytes"
	"context"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"

	"github.com/goshawk-hunt/goshawk/evidence"
	"github.com/goshawk-hunt/goshawk/evidence/evtx"
)

// counter is a sink that does as little as a sink can.
type counter struct{ records, damages int }

func (c *counter) Record(*evidence.Record) error { c.records++; return nil }
func (c *counter) Damage(evidence.Damage)        { c.damages++ }
func (c *counter) Progress(int64)                {}

// decode reads logs to records and nothing more: the child of decodes. The first
// argument is how often.
func decode(args []string) error {
	var times int
	if _, err := fmt.Sscan(args[0], &times); err != nil {
		return err
	}
	for range times {
		for _, path := range args[1:] {
			if _, err := read(path, evtx.Options{}); err != nil {
				return err
			}
		}
	}
	return nil
}

func read(path string, o evtx.Options) (counter, error) {
	var c counter
	f, err := os.Open(path)
	if err != nil {
		return c, err
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return c, err
	}
	err = evtx.Reader{Options: o}.Read(context.Background(), evidence.Input{Path: path, ReaderAt: f, Size: info.Size()}, &c)
	return c, err
}

// decodes measures decoding of the real logs on one core, and compares the counts.
func (b *bench) decodes(ctx context.Context, size int64) error {
	files, once, err := logsIn(filepath.Join(b.shared, "evidence", "evtx"))
	if err != nil || len(files) == 0 {
		fmt.Printf("no real logs below %s: decoding is not measured (%v)\n", b.shared, err)
		return nil
	}
	times := int(max(1, (size+once-1)/once))
	fmt.Printf("decode: %d real logs of %d MB, %d times, one core\n", len(files), once/1e6, times)
	if err := b.counts(files); err != nil {
		return err
	}
	var other *figure
	if b.foreign != "" {
		if other, err = b.export(ctx, files, times); err != nil {
			return err
		}
	}
	self, err := os.Executable()
	if err != nil {
		return err
	}
	one := []string{"GOMAXPROCS=1"}
	f, err := measure(ctx, once*int64(times), one, self, append([]string{"decode", fmt.Sprint(times)}, files...)...)
	if err != nil {
		return err
	}
	f.print("records", other)
	for _, format := range []string{"jsonl", "xml"} {
		var sum figure
		for range times { // a path that is named twice is read once
			f, err := measure(ctx, once, one, b.goshawk, append([]string{"evtx", "dump", "--format", format}, files...)...)
			if err != nil {
				return err
			}
			sum = sum.add(f)
		}
		sum.print("goshawk evtx dump, "+format, other)
	}
	return nil
}

// export has evtxexport write all files as XML, times over.
func (b *bench) export(ctx context.Context, files []string, times int) (*figure, error) {
	var sum figure
	for range times {
		for _, path := range files {
			info, err := os.Stat(path)
			if err != nil {
				return nil, err
			}
			f, err := measure(ctx, info.Size(), nil, b.foreign, "-f", "xml", path)
			if err != nil && ctx.Err() != nil {
				return nil, err
			}
			sum = sum.add(f) // files that it can't read count with the time that it took
		}
	}
	sum.print("evtxexport -f xml", nil)
	return &sum, nil
}

// counts compares how many records each file has with evtxexport's count.
func (b *bench) counts(files []string) error {
	if b.foreign == "" {
		return nil
	}
	same, unread := 0, 0
	for _, path := range files {
		ours, err := read(path, evtx.Options{})
		if err != nil {
			return err
		}
		out, err := exec.Command(b.foreign, "-f", "xml", path).Output()
		theirs := bytes.Count(out, []byte("<Event xmlns"))
		switch {
		case err != nil || bytes.Contains(out, []byte("Unable to")):
			unread++
			fmt.Printf("  %s: evtxexport fails after %d records; we read %d, damages %d\n", filepath.Base(path), theirs, ours.records, ours.damages)
		case theirs == ours.records:
			same++
		default:
			fmt.Printf("  %s: we read %d records, evtxexport %d; damages %d\n", filepath.Base(path), ours.records, theirs, ours.damages)
		}
	}
	fmt.Printf("  counts of records: %d files equal, %d that evtxexport can't read, of %d\n", same, unread, len(files))
	return nil
}

// ingests measures ingest to rows on disk of size bytes of logs, each of machine bytes.
func (b *bench) ingests(ctx context.Context, what string, size, machine int64, compare bool) error {
	logs, done, err := b.logs(fmt.Sprintf("logs-%d-%d", size, machine), size, func(dir string) error {
		for seed := uint64(1); size > 0; seed++ {
			n := min(size, machine)
			if err := writeMachine(filepath.Join(dir, fmt.Sprintf("pc%04d", seed)), seed, n); err != nil {
				return err
			}
			size -= n
		}
		return nil
	})
	if err != nil {
		return err
	}
	defer done()
	files, total, err := logsIn(logs)
	if err != nil {
		return err
	}
	fmt.Printf("ingest: %s, %d files of %d MB together, --memory %s\n", what, len(files), total/1e6, b.memory)
	var other *figure
	if compare && b.foreign != "" {
		if other, err = b.export(ctx, files, 1); err != nil {
			return err
		}
	}
	return b.ingest(ctx, logs, total, other)
}

func (b *bench) ingest(ctx context.Context, path string, size int64, other *figure) error {
	dir := filepath.Join(b.dir, "case")
	defer os.RemoveAll(dir)
	f, err := measure(ctx, size, nil, b.goshawk, "ingest", path, "--case", dir, "--memory", b.memory)
	if err != nil {
		return err
	}
	f.print("goshawk ingest", other)
	if _, disk, err := filesIn(dir, ""); err == nil {
		fmt.Printf("  the case takes %d MB, %.0f %% of the evidence\n", disk/1e6, 100*float64(disk)/float64(size))
	}
	return nil
}

// logs gives the folder of logs of a name, size bytes that write writes unless an earlier run
// kept them, and what removes it if it need not be kept. There is room for a case as well.
func (b *bench) logs(name string, size int64, write func(dir string) error) (dir string, done func(), err error) {
	dir = filepath.Join(b.dir, name)
	done = func() {
		if !b.keep {
			os.RemoveAll(dir)
		}
	}
	if _, err := os.Stat(dir); err == nil && b.keep {
		return dir, done, b.room(size)
	}
	if err := b.room(size * 3); err != nil {
		return "", nil, err
	}
	unfinished := dir + ".tmp"
	for _, old := range []string{dir, unfinished} {
		if err := os.RemoveAll(old); err != nil {
			return "", nil, err
		}
	}
	if err := write(unfinished); err != nil {
		return "", nil, err
	}
	return dir, done, os.Rename(unfinished, dir)
}

// oneFile measures ingest of one big log.
func (b *bench) oneFile(ctx context.Context, size int64) error {
	dir, done, err := b.logs(fmt.Sprintf("one-%d", size), size, func(dir string) error {
		// About seven in ten bytes of a machine are Sysmon's.
		if err := writeMachine(dir, 1, size*10/7); err != nil {
			return err
		}
		files, _, err := logsIn(dir)
		for _, path := range files {
			if !strings.Contains(path, "Sysmon") {
				os.Remove(path)
			}
		}
		return err
	})
	if err != nil {
		return err
	}
	defer done()
	_, total, err := logsIn(dir)
	if err != nil {
		return err
	}
	fmt.Printf("ingest: one log of %d MB, --memory %s\n", total/1e6, b.memory)
	return b.ingest(ctx, dir, total, nil)
}

func logsIn(dir string) ([]string, int64, error) { return filesIn(dir, ".evtx") }

// filesIn lists the files below dir whose names end so, and sums up their sizes.
func filesIn(dir, suffix string) (files []string, size int64, err error) {
	err = filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || !strings.HasSuffix(path, suffix) {
			return err
		}
		info, err := d.Info()
		if err != nil {
			return err
		}
		files = append(files, path)
		size += info.Size()
		return nil
	})
	return files, size, err
}
