package archive

import (
	"archive/tar"
	"bufio"
	"compress/bzip2"
	"fmt"
	"io"
	"time"

	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zstd"
	"github.com/pierrec/lz4/v4"
)

// zstdWindow is the largest window that a zstd frame may ask for.
const zstdWindow = 128 << 20

// stream visits what is in a container that is read front to back: a tar or a
// compressed file, and a tar in a compressed file as one container.
func (r *run) stream(it item, format string, in *bufio.Reader) error {
	if format == "tar" {
		return r.tar(it, format, in)
	}
	var (
		src      io.Reader
		name     string
		modified time.Time
		err      error
	)
	switch format {
	case "gzip":
		var z *gzip.Reader
		if z, err = gzip.NewReader(in); err == nil {
			src, name, modified = z, z.Name, z.ModTime
		}
	case "zstd":
		var z *zstd.Decoder
		z, err = zstd.NewReader(in, zstd.WithDecoderConcurrency(1), zstd.WithDecoderMaxWindow(zstdWindow))
		if err == nil {
			defer z.Close()
			src = z
		}
	case "bzip2":
		src = bzip2.NewReader(in)
	case "xz":
		src = newXZ(in)
	case "lzma":
		src, err = newLZMA(in)
	case "lz4":
		src = lz4.NewReader(in)
	case "avro":
		src, err = newAvro(in)
	}
	if err != nil {
		return r.container(it, format, err)
	}
	// The error of the stream belongs to its content; the container only repeats it.
	watched := &watcher{r: src}
	inner := r.buffer(watched)
	defer r.release(inner)
	if head, _ := inner.Peek(512); containerOf(head) == "tar" {
		return r.tar(it, "tar+"+format, bufio.NewReaderSize(it.budget.reader(inner), 64<<10))
	}
	member := it.inside(expandedName(it.path, name), modified, 0, it.disk)
	if err := r.content(member, inner); err != nil {
		return err
	}
	return r.container(it, format, watched.err)
}

// watcher remembers the error that a stream ended with.
type watcher struct {
	r   io.Reader
	err error
}

func (w *watcher) Read(p []byte) (int, error) {
	n, err := w.r.Read(p)
	if err != nil && err != io.EOF {
		w.err = err
	}
	return n, err
}

// tar visits the members of a tar.
func (r *run) tar(it item, format string, in io.Reader) error {
	t := tar.NewReader(in)
	seen := names{}
	for {
		if it.budget.spent != nil {
			return r.container(it, format, it.budget.spent)
		}
		h, err := t.Next()
		if err == io.EOF {
			return r.container(it, format, nil)
		}
		if stop := r.stopped(err); stop != nil {
			return stop
		}
		if err != nil {
			return r.container(it, format, err)
		}
		switch h.Typeflag {
		case tar.TypeReg:
			err = r.content(it.inside(seen.unique(h.Name), h.ModTime, h.Size, it.disk), t)
		case tar.TypeSymlink, tar.TypeLink:
			link := it.inside(seen.unique(h.Name), h.ModTime, 0, fixed(0))
			if err = it.budget.member(); err == nil {
				err = r.visit(link.file(Refused, "", fmt.Sprintf("link to %q, not followed", h.Linkname)))
			} else {
				err = nil
			}
		}
		if err != nil {
			return err
		}
	}
}

// container visits a container after its members; err is what ended it early.
func (r *run) container(it item, format string, err error) error {
	if stop := r.stopped(err); stop != nil {
		return stop
	}
	f := it.file(Read, format, "")
	f.Container = true
	if it.onDisk != nil && !r.unsummed {
		var bad error
		if f.SHA256, bad = hashOf(r.ctx, it.onDisk, it.onDisk.size); bad != nil {
			if stop := r.stopped(bad); stop != nil {
				return stop
			}
			f.SHA256 = "" // of a file that can't be read to its end
		}
	}
	if err != nil {
		f.Outcome, f.Reason = Damaged, broken(err)
		if _, ok := err.(limitError); ok {
			f.Outcome = Refused
		}
	}
	return r.visit(f)
}
