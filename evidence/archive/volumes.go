package archive

import (
	"fmt"
	"io"
	"os"
	"strings"
)

// An archive that was cut into volumes, as 7-Zip does it: name.7z.001, name.7z.002 and so
// on, each going on where the one before it ended. They are read as one file.

// maxVolumes is how many an archive may have: the names end at 999.
const maxVolumes = 999

// volume is one of the files.
type volume struct {
	path string
	size int64
}

// volumesOf gives the volumes of an archive whose first is at path; nil if it is none.
func volumesOf(path string, size int64) []volume {
	name, first := strings.CutSuffix(path, ".001")
	if !first || !beginsArchive(path) {
		return nil
	}
	list := []volume{{path, size}}
	for n := 2; n <= maxVolumes; n++ {
		next := fmt.Sprintf("%s.%03d", name, n)
		info, err := os.Stat(next)
		if err != nil || !info.Mode().IsRegular() || beginsArchive(next) {
			break
		}
		list = append(list, volume{next, info.Size()})
	}
	if len(list) == 1 {
		return nil
	}
	return list
}

// beginsArchive says whether a file begins a zip or a 7z.
func beginsArchive(path string) bool {
	f, err := os.Open(path)
	if err != nil {
		return false
	}
	defer f.Close()
	head := make([]byte, 32)
	n, _ := io.ReadFull(f, head)
	format := containerOf(head[:n])
	return format == "zip" || format == "7z"
}

// volumes takes an archive of several files.
func (l *lister) volumes(first entry, list []volume) error {
	first.volumes = list
	first.size = 0
	for _, v := range list {
		first.size += v.size
	}
	if err := l.take(first); err != nil {
		return err
	}
	for i, v := range list[1:] {
		real, err := realPath(v.path)
		if err != nil || !l.first(real) {
			continue
		}
		part := entry{path: v.path, linked: true, err: fmt.Errorf("volume %d of %s, read with it", i+2, first.path)}
		if err := l.take(part); err != nil {
			return err
		}
	}
	return nil
}

// openEntry opens a file on disk, or its volumes as one.
func openEntry(e entry) (io.ReaderAt, func(), error) {
	if e.volumes == nil {
		f, err := os.Open(e.path)
		return f, func() { f.Close() }, err
	}
	j := &joined{}
	for _, v := range e.volumes {
		f, err := os.Open(v.path)
		if err != nil {
			j.close()
			return nil, nil, err
		}
		j.files, j.sizes = append(j.files, f), append(j.sizes, v.size)
	}
	return j, j.close, nil
}

// joined is files one behind the other.
type joined struct {
	files []*os.File
	sizes []int64
}

func (j *joined) close() {
	for _, f := range j.files {
		f.Close()
	}
}

// ReadAt implements io.ReaderAt.
func (j *joined) ReadAt(p []byte, at int64) (int, error) {
	done := 0
	for i, size := range j.sizes {
		if at >= size {
			at -= size
			continue
		}
		n, err := j.files[i].ReadAt(p[done:min(int64(len(p)), int64(done)+size-at)], at)
		if done += n; done == len(p) {
			return done, nil
		}
		if at += int64(n); at < size {
			return done, err
		}
		at = 0
	}
	return done, io.EOF
}
