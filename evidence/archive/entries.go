package archive

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"time"
)

// entry is one file on disk, or the reason why there is none.
type entry struct {
	path     string
	size     int64
	modified time.Time
	err      error // why it is refused
}

// entries gives every file under paths to take, each once.
func entries(paths []string, take func(entry) error) error {
	l := lister{seen: map[string]bool{}, folders: map[string]string{}, take: take}
	for _, p := range paths {
		if err := l.top(p); err != nil {
			return err
		}
	}
	return nil
}

type lister struct {
	seen    map[string]bool   // real paths of what was taken
	folders map[string]string // real paths of folders
	take    func(entry) error
}

// top takes a path that the user named: a link here is followed.
func (l *lister) top(path string) error {
	info, err := os.Stat(path)
	if err != nil {
		return l.take(entry{path: path, err: reason(err)})
	}
	real := path
	if p, err := filepath.EvalSymlinks(path); err == nil {
		real = p
	}
	return l.file(path, real, info)
}

// file takes what is at path; real is the same without a link at its end.
func (l *lister) file(path, real string, info fs.FileInfo) error {
	if !l.first(real) {
		return nil
	}
	switch mode := info.Mode(); {
	case mode.IsDir():
		return l.folder(path)
	case mode.IsRegular():
		return l.take(entry{path: path, size: info.Size(), modified: info.ModTime()})
	case mode&fs.ModeSymlink != 0:
		target, _ := os.Readlink(path)
		return l.take(entry{path: path, err: fmt.Errorf("symbolic link to %q, not followed: name its target to read it", target)})
	default:
		return l.take(entry{path: path, err: fmt.Errorf("%s, expected a file or a folder", kindOf(mode))})
	}
}

func (l *lister) folder(path string) error {
	list, err := os.ReadDir(path)
	if err != nil {
		if err := l.take(entry{path: path, err: reason(err)}); err != nil {
			return err
		}
	}
	for _, d := range list {
		p := filepath.Join(path, d.Name())
		info, err := d.Info()
		if err != nil {
			err = l.take(entry{path: p, err: reason(err)})
		} else {
			err = l.file(p, p, info)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// first says whether path was not taken before, whatever it was called then.
func (l *lister) first(path string) bool {
	path, err := filepath.Abs(path)
	if err != nil {
		return true
	}
	dir, name := filepath.Split(path)
	real, ok := l.folders[dir]
	if !ok {
		if real, err = filepath.EvalSymlinks(dir); err != nil {
			real = dir
		}
		l.folders[dir] = real
	}
	path = filepath.Join(real, name)
	if l.seen[path] {
		return false
	}
	l.seen[path] = true
	return true
}

func kindOf(m fs.FileMode) string {
	switch {
	case m&fs.ModeNamedPipe != 0:
		return "named pipe"
	case m&fs.ModeSocket != 0:
		return "socket"
	case m&fs.ModeDevice != 0:
		return "device"
	}
	return "special file"
}

// reason is the system's word on a file without the path that File already has.
func reason(err error) error {
	var p *fs.PathError
	if errors.As(err, &p) {
		return p.Err
	}
	return err
}
