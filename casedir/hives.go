package casedir

import (
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"github.com/goshawk-hunt/goshawk/evidence"
	"github.com/goshawk-hunt/goshawk/evidence/archive"
	"github.com/goshawk-hunt/goshawk/evidence/regf"
)

// hives keeps registry hives that were not written to their end, and all transaction
// logs, until the walk is over: a hive needs its logs, which come after it. They lie in
// a private folder of temporary files.
type hives struct {
	parent string // of the folder, "" for the system's own place
	dir    string
	held   []heldFile
	logs   []heldFile
	clean  map[string]bool // paths of hives that need no logs, in lower case
	// with are the contents of the logs of the hive in hand: with other logs the same hive
	// says something else.
	with string
}

// heldFile is a file of the walk with its content in a temporary file.
type heldFile struct {
	file archive.File
	copy string
	hive string // of a log: the hive that it completed
}

// hold takes a file that must wait, and says whether it did.
func (h *hives) hold(f *archive.File) (bool, error) {
	if _, ok := f.Reader.(regf.Reader); !ok {
		return false, nil
	}
	head := make([]byte, 4096)
	n, _ := f.Input.ReadAt(head, 0)
	head = head[:n]
	log := regf.IsLog(head)
	if !log && !regf.Dirty(head) {
		if h.clean == nil {
			h.clean = map[string]bool{}
		}
		h.clean[strings.ToLower(f.Path)] = true
		return false, nil
	}
	path, err := h.save(f)
	if err != nil {
		return false, fmt.Errorf("keep %s: %w", f.Path, err)
	}
	held := heldFile{file: *f, copy: path}
	held.file.Input = evidence.Input{}
	if log {
		h.logs = append(h.logs, held)
	} else {
		h.held = append(h.held, held)
	}
	return true, nil
}

func (h *hives) save(f *archive.File) (path string, err error) {
	if h.dir == "" {
		if h.parent != "" {
			if err := os.MkdirAll(h.parent, 0o700); err != nil {
				return "", err
			}
		}
		if h.dir, err = os.MkdirTemp(h.parent, archive.TempPrefix+"hive-"); err != nil {
			return "", err
		}
	}
	out, err := os.CreateTemp(h.dir, "hive-")
	if err != nil {
		return "", err
	}
	_, err = io.Copy(out, io.NewSectionReader(f.Input, 0, f.Input.Size))
	if cerr := out.Close(); err == nil {
		err = cerr
	}
	return out.Name(), err
}

func (h *hives) close() {
	if h.dir != "" {
		os.RemoveAll(h.dir)
	}
}

// release gives out the hives with their logs, then says of each log what became of it.
func (h *hives) release(ctx context.Context, take func(*archive.File) error) error {
	for i := range h.held {
		if err := h.hive(ctx, &h.held[i], take); err != nil {
			return err
		}
	}
	for i := range h.logs {
		l := &h.logs[i]
		l.file.Reader = nil
		base := logBase(l.file.Path)
		switch {
		case l.hive != "":
			l.file.Reason = "changes that were applied to " + l.hive
		case h.clean[base]:
			l.file.Reason = "the hive beside it was written to its end and needs no log"
		default:
			l.file.Outcome, l.file.Reason = archive.Unknown, "a transaction log of the registry without its hive says nothing"
		}
		if err := take(&l.file); err != nil {
			return err
		}
	}
	return nil
}

// hive gives out one hive.
func (h *hives) hive(ctx context.Context, held *heldFile, take func(*archive.File) error) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	in, closeInput, err := held.open()
	if err != nil {
		return err
	}
	defer closeInput()
	defer func() { h.with = "" }()
	var logs []evidence.Input
	for i := range h.logs {
		l := &h.logs[i]
		if logBase(l.file.Path) != strings.ToLower(held.file.Path) {
			continue
		}
		input, closeLog, err := l.open()
		if err != nil {
			return err
		}
		defer closeLog()
		l.hive = held.file.Path
		h.with += l.file.SHA256
		logs = append(logs, input)
	}
	reader, _ := held.file.Reader.(regf.Reader)
	reader.Logs = func(string) []evidence.Input { return logs }
	held.file.Reader, held.file.Input = reader, in
	return take(&held.file)
}

// open gives the content of a held file.
func (h *heldFile) open() (evidence.Input, func(), error) {
	f, err := os.Open(h.copy)
	if err != nil {
		return evidence.Input{}, nil, fmt.Errorf("open the copy of %s: %w", h.file.Path, err)
	}
	return evidence.Input{Path: h.file.Path, ReaderAt: f, Size: h.file.Size}, func() { f.Close() }, nil
}

// logBase is the path of the hive that a log belongs to, in lower case, "" if its name
// is not that of a log.
func logBase(path string) string {
	lower := strings.ToLower(path)
	switch ext := filepath.Ext(lower); ext {
	case ".log", ".log1", ".log2":
		return strings.TrimSuffix(lower, ext)
	}
	return ""
}

// explainHive says of a hive that was read and gave nothing why that is.
func explainHive(f *archive.File, r *FileReport) {
	if _, ok := f.Reader.(regf.Reader); ok && r.Outcome == archive.Read.String() && r.Records == 0 {
		r.Reason = "a hive without the task scheduler's keys; they are in SOFTWARE"
	}
}
