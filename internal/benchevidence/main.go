// Benchevidence measures how fast evidence is read, beside evtxexport of Debian's
// libevtx-utils over the same files, and how much memory that takes.
//
//	make bench-evidence                    a gigabyte of real and of distinct logs
//	make bench-evidence BENCH="-set 10GB"  memory over ten gigabytes of distinct logs
//	make bench-evidence BENCH="-one 4GB"   memory over one file of four gigabytes
//
// Decoding is measured over the real logs beside the checkout, repeated; ingest over
// logs that are all different, written by the project's own writer in the shape of
// real ones: security, Sysmon and task scheduler of one machine a folder.
package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
)

// bench is one run.
type bench struct {
	goshawk string // the command that is measured
	shared  string // the reference material
	dir     string // for what is written
	memory  string // --memory of ingest
	keep    bool   // the logs that are written, for another run
	foreign string // evtxexport, "" if it is missing
}

func main() {
	if len(os.Args) > 2 && os.Args[1] == "decode" {
		if err := decode(os.Args[2:]); err != nil {
			fail(err)
		}
		return
	}
	b := &bench{}
	size, set, one := byteSize(1e9), byteSize(0), byteSize(0)
	flag.StringVar(&b.goshawk, "goshawk", "./goshawk", "the command to measure")
	flag.StringVar(&b.shared, "shared", "../shared", "folder of the reference material")
	flag.StringVar(&b.dir, "dir", filepath.Join(os.TempDir(), "goshawk-bench"), "folder for the logs and cases that are written, removed at the end")
	flag.BoolVar(&b.keep, "keep", false, "keep the logs in -dir, and ingest those that an earlier run kept")
	flag.StringVar(&b.memory, "memory", "1GB", "memory that ingest may use")
	flag.Var(&size, "size", "how much is decoded and ingested beside evtxexport; 0 leaves it out")
	flag.Var(&set, "set", "ingest that much of distinct logs as well, for the memory it takes")
	flag.Var(&one, "one", "ingest one log of that size as well, for the memory it takes")
	flag.Parse()
	if err := b.run(context.Background(), int64(size), int64(set), int64(one)); err != nil {
		fail(err)
	}
}

func fail(err error) {
	fmt.Fprintln(os.Stderr, "benchevidence:", err)
	os.Exit(1)
}

func (b *bench) run(ctx context.Context, size, set, one int64) error {
	if _, err := os.Stat(b.goshawk); err != nil {
		return fmt.Errorf("no %s: make build", b.goshawk)
	}
	var err error
	if b.foreign, err = exec.LookPath("evtxexport"); err != nil {
		b.foreign = ""
		fmt.Println("evtxexport is missing (Debian: apt-get install libevtx-utils): our rates stand alone")
	}
	if err := os.MkdirAll(b.dir, 0o755); err != nil {
		return err
	}
	if !b.keep {
		defer os.RemoveAll(b.dir)
	}
	if size > 0 {
		if err := b.decodes(ctx, size); err != nil {
			return err
		}
		if err := b.ingests(ctx, "distinct logs", size, 90e6, true); err != nil {
			return err
		}
	}
	if set > 0 {
		if err := b.ingests(ctx, "many distinct logs", set, 250e6, false); err != nil {
			return err
		}
	}
	if one > 0 {
		return b.oneFile(ctx, one)
	}
	return nil
}

// room fails if the disk has not n bytes.
func (b *bench) room(n int64) error {
	if free := freeBytes(b.dir); free >= 0 && free < n {
		return fmt.Errorf("%s has %d MB free, %d MB are needed: give another folder with -dir", b.dir, free/1e6, n/1e6)
	}
	return nil
}

// byteSize is a flag of bytes: 500MB, 10GB.
type byteSize int64

func (s *byteSize) String() string { return strconv.FormatInt(int64(*s)/1e6, 10) + "MB" }

func (s *byteSize) Set(text string) error {
	unit := int64(1)
	for suffix, n := range map[string]int64{"MB": 1e6, "GB": 1e9} {
		if digits, ok := strings.CutSuffix(text, suffix); ok {
			text, unit = digits, n
		}
	}
	n, err := strconv.ParseInt(text, 10, 64)
	if err != nil || n < 0 {
		return fmt.Errorf("expected a size such as 500MB or 10GB")
	}
	*s = byteSize(n * unit)
	return nil
}
