package archive

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"
)

// entry is one file on disk, or the reason why there is none.
type entry struct {
	path     string
	size     int64
	modified time.Time
	err      error // why it is refused
	linked   bool  // it is a link to what is read under its own name, or read with another file
	volumes  []volume
}

// entries gives every file under paths to take, each once.
func entries(paths []string, take func(entry) error) error {
	l := lister{seen: map[string]bool{}, folders: map[string]string{}, take: take}
	for _, p := range paths {
		if real, err := realPath(p); err == nil {
			l.roots = append(l.roots, real)
		}
	}
	for _, p := range paths {
		if err := l.top(p); err != nil {
			return err
		}
	}
	return nil
}

type lister struct {
	roots   []string          // real paths of what the user named
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
	case mode&fs.ModeSymlink != 0:
		return l.link(path)
	case mode.IsDir():
		return l.folder(path)
	case mode.IsRegular():
		e := entry{path: path, size: info.Size(), modified: info.ModTime()}
		if list := volumesOf(path, e.size); list != nil {
			return l.volumes(e, list)
		}
		return l.take(e)
	default:
		return l.take(entry{path: path, err: fmt.Errorf("%s, expected a file or a folder", kindOf(mode))})
	}
}

// link takes the file that a link in a folder points at. A folder is not followed, or a
// link to "/" would be read as evidence; what lies in the evidence is read where it lies.
func (l *lister) link(path string) error {
	target, _ := os.Readlink(path)
	info, err := os.Stat(path)
	if err != nil {
		return l.take(entry{path: path, err: fmt.Errorf("symbolic link to %q: %w", target, reason(err))})
	}
	real, err := realPath(path)
	switch mode := info.Mode(); {
	case err != nil:
		return l.take(entry{path: path, err: fmt.Errorf("symbolic link to %q: %w", target, reason(err))})
	case l.within(real):
		return l.take(entry{path: path, linked: true, err: fmt.Errorf("symbolic link to %q, which is read under its own name", target)})
	case mode.IsDir():
		return l.take(entry{path: path, err: fmt.Errorf("symbolic link to the folder %q, not followed: name that folder to read it", target)})
	case !l.first(real):
		return l.take(entry{path: path, linked: true, err: fmt.Errorf("symbolic link to %q, which another link points at as well", target)})
	case mode.IsRegular():
		return l.take(entry{path: path, size: info.Size(), modified: info.ModTime()})
	default:
		return l.take(entry{path: path, err: fmt.Errorf("symbolic link to a %s, expected a file", kindOf(mode))})
	}
}

// within says whether the real path is of what the user named, or in it.
func (l *lister) within(real string) bool {
	for _, root := range l.roots {
		if rest, ok := strings.CutPrefix(real, root); ok && (rest == "" || os.IsPathSeparator(rest[0]) || os.IsPathSeparator(root[len(root)-1])) {
			return true
		}
	}
	return false
}

// realPath is the absolute path without links.
func realPath(path string) (string, error) {
	path, err := filepath.Abs(path)
	if err != nil {
		return "", err
	}
	return filepath.EvalSymlinks(path)
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
