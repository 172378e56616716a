package archive

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/goshawk-hunt/goshawk/evidence"
)

// run is one walk.
type run struct {
	ctx     context.Context
	readers []evidence.Reader
	limits  Limits
	spool   spool

	passwords []string
	later     func(*File) bool // may be nil
	unsummed  bool
	free      []*bufio.Reader // of heads, not in use
	visit     func(*File) error
}

// item is a piece of content on its way: on disk or out of a container.
type item struct {
	path     string
	modified int64 // ticks
	depth    int   // containers around it
	size     int64 // as far as known, for the File only
	disk     share
	budget   *budget
	onDisk   *blob // the file itself, nil for what is in it
}

// file is the File of it. What lies on disk itself is visited last and accounts
// for all that the estimates for its members left.
func (it item) file(o Outcome, format, reason string) *File {
	disk := it.budget.disk - it.budget.given
	if it.depth > 0 {
		disk = min(disk, it.disk())
	}
	it.budget.given += disk
	return &File{Path: it.path, Format: format, Size: it.size, Disk: disk, Outcome: o, Reason: reason}
}

// inside is the item of a member of it.
func (it item) inside(name string, modified time.Time, size int64, disk share) item {
	it.path += "!" + name
	if t := ticksOf(modified); t != 0 {
		it.modified = t
	}
	it.depth++
	it.onDisk = nil
	it.size = size
	it.disk = disk
	return it
}

// ticksOf is t in ticks, 0 if t is unknown.
func ticksOf(t time.Time) int64 {
	if t.IsZero() || t.Unix() <= 0 || t.Year() > 9999 {
		return 0
	}
	return t.Unix()*evidence.TicksPerSecond + int64(t.Nanosecond()/100) + evidence.UnixEpoch
}

// entry visits a file on disk and what is in it.
func (r *run) entry(e entry) error {
	it := item{path: e.path, modified: ticksOf(e.modified), size: e.size, disk: fixed(e.size),
		budget: &budget{ctx: r.ctx, limits: r.limits, disk: e.size}}
	switch {
	case e.linked:
		return r.visit(it.file(Linked, "", e.err.Error()))
	case e.err != nil:
		return r.visit(it.file(Refused, "", e.err.Error()))
	}
	f, done, err := openEntry(e)
	if err != nil {
		return r.visit(it.file(Refused, "", reason(err).Error()))
	}
	defer done()
	b := &blob{ReaderAt: f, size: e.size}
	it.onDisk = b
	return r.blob(it, b)
}

// blob visits content with random access.
func (r *run) blob(it item, b *blob) error {
	it.size = b.size
	if b.size == 0 {
		return r.visit(it.file(Empty, "", "file of no bytes"))
	}
	head := make([]byte, min(b.size, evidence.HeadSize))
	n, err := b.ReadAt(head, 0)
	head = head[:n]
	if n == 0 {
		return r.visit(it.file(Refused, "", reason(err).Error()))
	}
	format := containerOf(head)
	if format == "" {
		return r.leaf(it, head, b, nil)
	}
	if it.depth >= r.limits.Depth {
		return r.visit(it.file(Refused, format, tooDeep(r.limits.Depth)))
	}
	switch format {
	case "zip":
		return r.zip(it, b)
	case "7z":
		return r.sevenZip(it, b)
	}
	c := &counter{r: io.NewSectionReader(b, 0, b.size)}
	it.disk = metered(it.disk(), b.size, c)
	return r.stream(it, format, bufio.NewReaderSize(c, 128<<10))
}

func tooDeep(depth int) string {
	return fmt.Sprintf("archives nested deeper than %d", depth)
}

// content visits what src expands to.
func (r *run) content(it item, src io.Reader) error {
	if err := it.budget.member(); err != nil {
		return r.visit(it.file(Refused, "", err.Error()))
	}
	in := r.buffer(it.budget.reader(src))
	defer r.release(in)
	head, err := in.Peek(evidence.HeadSize)
	if stop := r.stopped(err); stop != nil {
		return stop
	}
	if len(head) == 0 {
		if err == nil || err == io.EOF {
			return r.visit(it.file(Empty, "", "file of no bytes"))
		}
		return r.failed(it, "", err)
	}
	format := containerOf(head)
	switch {
	case format != "" && it.depth >= r.limits.Depth:
		return r.visit(it.file(Refused, format, tooDeep(r.limits.Depth)))
	case format != "" && format != "zip" && format != "7z":
		return r.stream(it, format, in)
	case format == "":
		if reader, _ := evidence.Detect(r.readers, head); reader == nil {
			return r.leaf(it, head, nil, err) // not worth its space
		}
	}
	head = bytes.Clone(head) // it lies in the buffer that is read next
	b, err := r.spool.fill(in, r.limits.InMemory)
	var full spoolError
	switch stop := r.stopped(err); {
	case stop != nil:
		if b != nil {
			b.close()
		}
		return stop
	case errors.As(err, &full):
		return fmt.Errorf("temporary file for %s: %w", it.path, err)
	}
	defer b.close()
	it.size = b.size
	switch format {
	case "zip":
		return r.zip(it, b)
	case "7z":
		return r.sevenZip(it, b)
	}
	return r.leaf(it, head, b, err)
}

// buffer gives a reader that can see the head of src. An archive may have a million
// members: buffers are used again.
func (r *run) buffer(src io.Reader) *bufio.Reader {
	last := len(r.free) - 1
	if last < 0 {
		return bufio.NewReaderSize(src, evidence.HeadSize)
	}
	b := r.free[last]
	r.free = r.free[:last]
	b.Reset(src)
	return b
}

func (r *run) release(b *bufio.Reader) {
	b.Reset(nil)
	r.free = append(r.free, b)
}

// leaf visits content that is no container. A nil b is content not kept;
// damage is what ended its expansion early.
func (r *run) leaf(it item, head []byte, b *blob, damage error) error {
	if damage == io.EOF {
		damage = nil
	}
	reader, err := evidence.Detect(r.readers, head)
	if err != nil {
		return r.visit(it.file(Unknown, "", err.Error()))
	}
	if reader == nil {
		if why, refused := describe(head); refused {
			return r.visit(it.file(Refused, "", why))
		} else if damage != nil {
			return r.failed(it, "", damage)
		} else {
			return r.visit(it.file(Unknown, "", why))
		}
	}
	f := it.file(Read, reader.Format(), "")
	if damage != nil {
		f.Outcome, f.Reason = Damaged, broken(damage)
	}
	f.Reader = reader
	f.Input = evidence.Input{Path: it.path, ReaderAt: b, Size: b.size, Modified: it.modified}
	if f.SHA256 = b.sha256; f.SHA256 != "" || r.unsummed {
		return r.visit(f)
	}
	if r.later == nil || !r.later(f) {
		f.summed(sumOf(r.ctx, b))
		return r.visit(f)
	}
	ctx, cancel := context.WithCancel(r.ctx)
	sums := make(chan sum, 1)
	f.sums = sums
	go func() {
		sums <- sumOf(ctx, b)
		close(sums)
	}()
	defer func() { // b is read until then
		cancel()
		for range sums {
		}
	}()
	return r.visit(f)
}

// sum is the hash of some content, or why there is none.
type sum struct {
	hex string
	err error
}

func sumOf(ctx context.Context, b *blob) sum {
	hex, err := hashOf(ctx, b, b.size)
	return sum{hex, err}
}

// failed visits content that could not be expanded.
func (r *run) failed(it item, format string, err error) error {
	o := Damaged
	var limit limitError
	if errors.As(err, &limit) {
		o = Refused
	}
	return r.visit(it.file(o, format, broken(err)))
}

// broken words the error of a decompressor.
func broken(err error) string {
	var limit limitError
	switch {
	case errors.As(err, &limit):
		return err.Error()
	case errors.Is(err, io.ErrUnexpectedEOF):
		return "ends too early"
	}
	return "cannot be expanded further: " + err.Error()
}

// stopped gives the context's error if that is what err is about.
func (r *run) stopped(err error) error {
	if err != nil && r.ctx.Err() != nil {
		return r.ctx.Err()
	}
	return nil
}
