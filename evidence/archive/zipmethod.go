package archive

import (
	"bufio"
	"compress/bzip2"
	"errors"
	"fmt"
	"io"

	"github.com/klauspost/compress/flate"
	"github.com/klauspost/compress/zip"
	"github.com/klauspost/compress/zstd"
)

// Methods of zip by their numbers (APPNOTE.TXT 4.4.5), besides those of the library.
const (
	zipDeflate64 = 9
	zipBZip2     = 12
	zipLZMA      = 14
	zipXZ        = 95
)

// zipMethodError is a method of zip that is not supported.
type zipMethodError uint16

func (e zipMethodError) Error() string {
	names := map[zipMethodError]string{1: "Shrink", 2: "Reduce", 3: "Reduce", 4: "Reduce", 5: "Reduce", 6: "Implode", 10: "PKWARE's DCL Implode", 16: "IBM's CMPSC", 18: "IBM's TERSE", 19: "LZ77 of IBM", 96: "a method for JPEG", 97: "WavPack", 98: "PPMd"}
	if name := names[e]; name != "" {
		return fmt.Sprintf("packed with %s, which is not supported: expand it with 7-Zip first", name)
	}
	return fmt.Sprintf("compression method %d of zip is not supported: expand it with 7-Zip first", uint16(e))
}

// decompressor opens the compressions that members of zips have. The member has size
// bytes when it is expanded, not known if below 0.
func decompressor(method uint16, size int64, r io.Reader) (io.ReadCloser, error) {
	switch method {
	case zip.Store:
		return io.NopCloser(r), nil
	case zip.Deflate:
		return flate.NewReader(r), nil
	case zipDeflate64:
		return io.NopCloser(newInflate64(r)), nil
	case zipBZip2:
		return io.NopCloser(bzip2.NewReader(r)), nil
	case zipLZMA:
		src, err := zipLZMAReader(size, r)
		return io.NopCloser(src), err
	case zipXZ:
		return io.NopCloser(newXZ(bufio.NewReader(r))), nil
	case zstd.ZipMethodWinZip:
		z, err := zstd.NewReader(r, zstd.WithDecoderConcurrency(1), zstd.WithDecoderMaxWindow(zstdWindow))
		if err != nil {
			return nil, err
		}
		return z.IOReadCloser(), nil
	}
	return nil, zipMethodError(method)
}

// zipLZMAReader reads what stands before the data: a version and the properties (5.8.8).
func zipLZMAReader(size int64, r io.Reader) (io.Reader, error) {
	var head [9]byte
	if _, err := io.ReadFull(r, head[:]); err != nil {
		return nil, ended(err)
	}
	if head[2] != 5 || head[3] != 0 {
		return nil, errors.New("makes no sense as LZMA of zip")
	}
	return bareLZMA(head[4:], size, r)
}

// unopened gives the error of a member that can't be opened.
type unopened struct{ err error }

func (u unopened) Read([]byte) (int, error) { return 0, u.err }
func (u unopened) Close() error             { return nil }

// zipMethods registers the compressions for members of a zip; of says which member is
// opened next.
func zipMethods(z *zip.Reader, of func() *zip.File) {
	for _, method := range []uint16{zipDeflate64, zipBZip2, zipLZMA, zipXZ, zstd.ZipMethodWinZip} {
		z.RegisterDecompressor(method, func(r io.Reader) io.ReadCloser {
			src, err := decompressor(method, int64(min(of().UncompressedSize64, 1<<62)), r)
			if err != nil {
				return unopened{err}
			}
			return src
		})
	}
}
