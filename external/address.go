package external

import (
	"archive/zip"
	"bytes"
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"path"
	"strings"
)

// maxBytes bounds one file, packed and unpacked: it is held in memory.
const maxBytes = 256 << 20

// maxFiles bounds the files of one zip archive.
const maxFiles = 1000

// bare is an address without what may be a secret: its query, its fragment and the
// key of a storage account.
func bare(uri string) string {
	uri, _, _ = strings.Cut(uri, ";")
	uri, _, _ = strings.Cut(uri, "?")
	uri, _, _ = strings.Cut(uri, "#")
	return uri
}

// MirrorPath is the file of an address in a mirror folder, with slashes: the host,
// without its port, and the path, decoded.
func MirrorPath(uri string) (string, error) {
	u, err := url.Parse(bare(uri))
	if err != nil {
		return "", fmt.Errorf("no address: %w", errors.Unwrap(err))
	}
	if u.Scheme == "" || u.Hostname() == "" {
		return "", errors.New("no address, expected https://host/path")
	}
	host := u.Hostname()
	file := host + path.Clean("/"+u.Path)
	if strings.ContainsAny(file, "\x00\\") || strings.Trim(host, ".") == "" || strings.Contains(host, "/") {
		return "", errors.New("the path of the address has no place in a folder")
	}
	return file, nil
}

// fromMirror reads an address from a folder, and says which file of it answers: that of
// its host and path, or else one of its last name at the top. An os.Root keeps links
// inside of the folder.
func fromMirror(dir, uri string) (data []byte, file string, err error) {
	file, err = MirrorPath(uri)
	if err != nil {
		return nil, "", err
	}
	root, err := os.OpenRoot(dir)
	if err != nil {
		return nil, file, fmt.Errorf("the mirror folder can't be opened: %s", cause(err))
	}
	defer root.Close()
	f, err := root.Open(file)
	if errors.Is(err, os.ErrNotExist) {
		if alone, ok := topFile(root, path.Base(file)); ok {
			defer alone.Close()
			data, err = bounded(alone)
			return data, path.Base(file), err
		}
		return nil, file, os.ErrNotExist
	}
	if err != nil {
		return nil, file, errors.New(cause(err))
	}
	defer f.Close()
	data, err = bounded(f)
	return data, file, err
}

// topFile opens a file at the top of a folder.
func topFile(root *os.Root, name string) (*os.File, bool) {
	f, err := root.Open(name)
	if err != nil {
		return nil, false
	}
	if info, err := f.Stat(); err != nil || !info.Mode().IsRegular() {
		f.Close()
		return nil, false
	}
	return f, true
}

// cause is an error without the path, which the message names already.
func cause(err error) string {
	var p *os.PathError
	if errors.As(err, &p) {
		return p.Err.Error()
	}
	return err.Error()
}

// fromNet fetches an address.
func fromNet(ctx context.Context, client *http.Client, uri string) ([]byte, error) {
	uri, _, _ = strings.Cut(uri, ";")
	u, err := url.Parse(uri)
	if err != nil || u.Scheme != "https" && u.Scheme != "http" || u.Host == "" {
		return nil, errors.New("only https and http addresses can be fetched")
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, u.String(), nil)
	if err != nil {
		return nil, err
	}
	resp, err := client.Do(req)
	if err != nil {
		var failed *url.Error
		if errors.As(err, &failed) {
			err = failed.Err // the address may hold a secret
		}
		return nil, err
	}
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusOK {
		return nil, fmt.Errorf("the server answered %s", resp.Status)
	}
	return bounded(resp.Body)
}

// bounded reads everything up to maxBytes.
func bounded(r io.Reader) ([]byte, error) {
	data, err := io.ReadAll(io.LimitReader(r, maxBytes+1))
	if err != nil {
		return nil, errors.New(cause(err))
	}
	if len(data) > maxBytes {
		return nil, fmt.Errorf("more than %d MB", maxBytes>>20)
	}
	return data, nil
}

// unpack returns the files inside of gzip and zip, known by their content; of a zip
// those whose names match the pattern, or all.
func unpack(data []byte, pattern string) ([][]byte, error) {
	switch {
	case bytes.HasPrefix(data, []byte{0x1f, 0x8b}):
		z, err := gzip.NewReader(bytes.NewReader(data))
		if err != nil {
			return nil, err
		}
		data, err = bounded(z)
		return [][]byte{data}, err
	case bytes.HasPrefix(data, []byte("PK\x03\x04")):
		return unzip(data, pattern)
	}
	return [][]byte{data}, nil
}

func unzip(data []byte, pattern string) ([][]byte, error) {
	z, err := zip.NewReader(bytes.NewReader(data), int64(len(data)))
	if err != nil {
		return nil, err
	}
	if len(z.File) > maxFiles {
		return nil, fmt.Errorf("an archive of %d files, at most %d are read", len(z.File), maxFiles)
	}
	var files [][]byte
	total := 0
	for _, f := range z.File {
		if f.FileInfo().IsDir() {
			continue
		}
		if pattern != "" {
			if ok, err := path.Match(pattern, path.Base(f.Name)); err != nil {
				return nil, fmt.Errorf("zipPattern %q: %w", pattern, err)
			} else if !ok {
				continue
			}
		}
		r, err := f.Open()
		if err != nil {
			return nil, err
		}
		one, err := bounded(r)
		r.Close()
		if err != nil {
			return nil, err
		}
		if total += len(one); total > maxBytes {
			return nil, fmt.Errorf("more than %d MB", maxBytes>>20)
		}
		files = append(files, one)
	}
	return files, nil
}
