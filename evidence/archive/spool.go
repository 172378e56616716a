package archive

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"hash"
	"io"
	"os"
)

// blob is content with random access.
type blob struct {
	io.ReaderAt
	size   int64
	sha256 string // "" if not known yet
	file   *os.File
}

// File is the file that the content is the whole of, nil if there is none: for readers
// that need a path.
func (b *blob) File() *os.File {
	f, _ := b.ReaderAt.(*os.File)
	return f
}

// close gives back what the blob holds.
func (b *blob) close() {
	if b.file != nil {
		b.file.Close()
		os.Remove(b.file.Name())
	}
}

// TempPrefix begins the names of the private folders for temporary files.
const TempPrefix = "goshawk-"

// spool turns streams into blobs, in memory or in a private folder.
type spool struct {
	parent string
	dir    string
}

func (s *spool) close() {
	if s.dir != "" {
		os.RemoveAll(s.dir)
	}
}

// tempFile makes a file in the private folder, which it makes at first use.
func (s *spool) tempFile() (*os.File, error) {
	if s.dir == "" {
		if s.parent != "" {
			if err := os.MkdirAll(s.parent, 0o700); err != nil {
				return nil, err
			}
		}
		dir, err := os.MkdirTemp(s.parent, TempPrefix) // mode 0700
		if err != nil {
			return nil, err
		}
		s.dir = dir
	}
	return os.CreateTemp(s.dir, "member-") // mode 0600
}

// spoolError is a failure of the place for temporary files, not of evidence.
type spoolError struct{ error }

// fill reads all of r into a blob. When r fails, the blob holds what came before
// and the error is r's.
func (s *spool) fill(r io.Reader, inMemory int64) (*blob, error) {
	sum := sha256.New()
	r = io.TeeReader(r, sum)
	var buf bytes.Buffer
	_, err := io.CopyN(&buf, r, inMemory+1)
	if err != nil || int64(buf.Len()) <= inMemory {
		if err == io.EOF {
			err = nil
		}
		return &blob{ReaderAt: bytes.NewReader(buf.Bytes()), size: int64(buf.Len()), sha256: hexOf(sum)}, err
	}
	f, ferr := s.tempFile()
	if ferr != nil {
		return nil, spoolError{ferr}
	}
	b := &blob{ReaderAt: f, file: f}
	out := &spoolWriter{f: f}
	if _, err = out.Write(buf.Bytes()); err == nil {
		buf = bytes.Buffer{}
		_, err = io.CopyBuffer(out, onlyReader{r}, make([]byte, 256<<10))
	}
	b.size, b.sha256 = out.n, hexOf(sum)
	if out.err != nil {
		b.close()
		return nil, spoolError{out.err}
	}
	return b, err
}

// onlyReader hides WriterTo, so that the buffer's size is kept.
type onlyReader struct{ io.Reader }

// spoolWriter counts and keeps its own failure apart from the reader's.
type spoolWriter struct {
	f   *os.File
	n   int64
	err error
}

func (w *spoolWriter) Write(p []byte) (int, error) {
	n, err := w.f.Write(p)
	w.n += int64(n)
	w.err = err
	return n, err
}

func hexOf(h hash.Hash) string { return hex.EncodeToString(h.Sum(nil)) }

// hashOf reads size bytes of r through SHA-256.
func hashOf(ctx context.Context, r io.ReaderAt, size int64) (string, error) {
	h := sha256.New()
	_, err := io.CopyBuffer(h, &untilDone{ctx, io.NewSectionReader(r, 0, size)}, make([]byte, 256<<10))
	return hexOf(h), err
}

// untilDone reads until its context ends. It hides WriterTo, so that the buffer's size is kept.
type untilDone struct {
	ctx context.Context
	r   io.Reader
}

func (u *untilDone) Read(p []byte) (int, error) {
	if err := u.ctx.Err(); err != nil {
		return 0, err
	}
	return u.r.Read(p)
}
