package archive

import (
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/klauspost/compress/zip"
)

// zip visits the members of a zip.
func (r *run) zip(it item, b *blob) error {
	z, err := zip.NewReader(b, b.size)
	if err != nil && !errors.Is(err, zip.ErrInsecurePath) {
		return r.salvage(it, b, err)
	}
	var next *zip.File
	zipMethods(z, func() *zip.File { return next })
	total := it.disk()
	left := total
	seen := names{}
	for _, f := range z.File {
		next = f
		if it.budget.spent != nil {
			break
		}
		if strings.HasSuffix(f.Name, "/") {
			continue
		}
		disk := min(left, portion(total, int64(min(f.CompressedSize64, 1<<62)), b.size))
		left -= disk
		member := it.inside(seen.unique(f.Name), f.Modified, int64(min(f.UncompressedSize64, 1<<62)), fixed(disk))
		if err := r.zipMember(member, f); err != nil {
			return err
		}
	}
	it.disk = fixed(left)
	return r.container(it, "zip", it.budget.spent)
}

func (r *run) zipMember(it item, f *zip.File) error {
	refuse := ""
	switch {
	case f.Flags&zipEncrypted != 0 && len(r.passwords) == 0:
		refuse = "encrypted member of a zip, its password is needed (--password)"
	case f.Mode().Type() != 0:
		refuse = fmt.Sprintf("%s in an archive", kindOf(f.Mode()))
	}
	if refuse != "" {
		if err := it.budget.member(); err != nil {
			refuse = err.Error()
		}
		return r.visit(it.file(Refused, "", refuse))
	}
	var src io.ReadCloser
	var err error
	if f.Flags&zipEncrypted != 0 {
		src, err = r.openEncrypted(f)
	} else {
		src, err = f.Open()
	}
	if errors.Is(err, zip.ErrAlgorithm) {
		err = zipMethodError(f.Method)
	}
	var method zipMethodError
	switch {
	case errors.As(err, &method):
		return r.visit(it.file(Refused, "", err.Error()))
	case errors.Is(err, errPassword):
		return r.visit(it.file(Refused, "", "encrypted member of a zip, "+noPassword(len(r.passwords))))
	case err != nil:
		if stop := r.stopped(err); stop != nil {
			return stop
		}
		return r.failed(it, "", err)
	}
	defer src.Close()
	c := &counter{r: src}
	it.disk = metered(it.disk(), int64(min(f.UncompressedSize64, 1<<62)), c)
	return r.content(it, io.Reader(c))
}
