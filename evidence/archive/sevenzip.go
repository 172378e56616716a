package archive

import (
	"bytes"
	"compress/bzip2"
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"io"
	"math"
	"slices"

	"github.com/klauspost/compress/flate"
	"github.com/klauspost/compress/zstd"
	"github.com/pierrec/lz4/v4"
	"github.com/ulikunitz/xz/lzma"
)

// Methods of 7z by their numbers (Methods.txt of the LZMA SDK).
const (
	szCopy    = 0x00
	szLZMA2   = 0x21
	szLZMA    = 0x030101
	szDelta   = 0x03
	szX86     = 0x03030103
	szBCJ2    = 0x0303011B
	szDeflate = 0x040108
	szBZip2   = 0x040202
	szZstd    = 0x04F71101
	szAES     = 0x06F10701

	szDeflate64 = 0x040109
	szLZ4       = 0x04F71104
	szARM       = 0x03030501
	szARM64     = 0x0A
)

// maxDictionary is the largest dictionary that is made room for. Content smaller than
// its dictionary needs only its own size.
const maxDictionary = 256 << 20

// methodError is a method that is not supported.
type methodError uint64

func (e methodError) Error() string {
	if name := unsupported[uint64(e)]; name != "" {
		return fmt.Sprintf("packed with %s, which is not supported: expand it with 7-Zip first", name)
	}
	return fmt.Sprintf("method %x of 7z is not supported: expand it with 7-Zip first", uint64(e))
}

// unsupported are the methods that 7-Zip or its common variants have besides.
var unsupported = map[uint64]string{
	0x030401: "PPMd", 0xB: "the filter for RISC-V programs",
	0x03030701: "the filter for ARM Thumb programs", 0x03030205: "the filter for PowerPC programs", 0x03030401: "the filter for Itanium programs",
	0x03030805: "the filter for SPARC programs", 0x04F71102: "Brotli", 0x04F71105: "LZ5", 0x04F71106: "Lizard",
}

// errNeedsPassword says that a 7z is encrypted and no password was given.
var errNeedsPassword = errors.New("encrypted, its password is needed (--password)")

// sevenZip visits the members of a 7z.
func (r *run) sevenZip(it item, b *blob) error {
	o := &sevenOpener{run: r, blob: b, budget: it.budget, keys: map[string][]byte{}}
	z, err := openSevenZip(b, o.header)
	if err != nil {
		if stop := r.stopped(err); stop != nil {
			return stop
		}
		if errors.Is(err, errNeedsPassword) || errors.Is(err, errPassword) {
			f := it.file(Refused, "7z", o.passwordReason(err))
			f.Container = true
			return r.visit(f)
		}
		return r.container(it, "7z", err)
	}
	total := it.disk()
	left := total
	seen := names{}
	next := 0 // of the files
	for i := range z.folders {
		f := &z.folders[i]
		disk := min(left, portion(total, f.packed, b.size))
		left -= disk
		if next, err = r.sevenFolder(it, o, z, f, next, seen, disk); err != nil {
			return err
		}
		if it.budget.spent != nil {
			break
		}
	}
	for ; next < len(z.files) && it.budget.spent == nil; next++ {
		if f := &z.files[next]; f.empty && !f.folder {
			if err := r.sevenEmpty(it, f, seen); err != nil {
				return err
			}
		}
	}
	it.disk = fixed(left)
	return r.container(it, "7z", it.budget.spent)
}

func (r *run) sevenEmpty(it item, f *sevenFile, seen names) error {
	member := it.inside(seen.unique(f.name), f.modified, 0, fixed(0))
	if it.budget.member() != nil {
		return nil
	}
	return r.visit(member.file(Empty, "", "file of no bytes"))
}

// sevenFolder visits the files of one block, from the file next on, and returns the file
// behind them.
func (r *run) sevenFolder(it item, o *sevenOpener, z *sevenZip, f *sevenFolder, next int, seen names, disk int64) (int, error) {
	var block io.Reader
	var err error
	if len(f.parts) > 0 {
		block, err = o.open(f)
	}
	for k := range f.parts {
		part := &f.parts[k]
		for next < len(z.files) && z.files[next].empty {
			if file := &z.files[next]; !file.folder {
				if err := r.sevenEmpty(it, file, seen); err != nil {
					return next, err
				}
			}
			next++
		}
		file := sevenFile{name: "unnamed"}
		if next < len(z.files) {
			file = z.files[next]
			next++
		}
		share := portion(disk, part.size, f.size)
		member := it.inside(seen.unique(file.name), file.modified, part.size, fixed(share))
		if err != nil {
			if visitErr := r.sevenFailed(member, o, err); visitErr != nil {
				return next, visitErr
			}
			continue
		}
		if it.budget.spent != nil {
			return next, nil
		}
		if stop := r.sevenMember(member, file, part, block); stop != nil {
			return next, stop
		}
	}
	return next, nil
}

// sevenMember visits one file, whose content comes next out of its block.
func (r *run) sevenMember(member item, file sevenFile, part *sevenPart, block io.Reader) error {
	content := io.Reader(&exactly{r: block, left: part.size})
	if part.sum != nil {
		content = &checked{ReadCloser: io.NopCloser(content), sum: crc32.NewIEEE(), want: *part.sum}
	}
	if file.link {
		if err := r.visit(member.file(Refused, "", "link in an archive")); err != nil {
			return err
		}
	} else if err := r.content(member, content); err != nil {
		return err
	}
	_, err := io.Copy(io.Discard, member.budget.reader(content)) // what nobody wanted lies before the next
	return r.stopped(err)
}

func (r *run) sevenFailed(member item, o *sevenOpener, err error) error {
	if stop := r.stopped(err); stop != nil {
		return stop
	}
	if e := member.budget.member(); e != nil {
		return r.visit(member.file(Refused, "", e.Error()))
	}
	if errors.Is(err, errNeedsPassword) || errors.Is(err, errPassword) {
		return r.visit(member.file(Refused, "", o.passwordReason(err)))
	}
	var method methodError
	if errors.As(err, &method) {
		return r.visit(member.file(Refused, "", err.Error()))
	}
	return r.failed(member, "", err)
}

// exactly reads so many bytes; fewer are an error.
type exactly struct {
	r    io.Reader
	left int64
}

func (e *exactly) Read(p []byte) (int, error) {
	if e.left == 0 {
		return 0, io.EOF
	}
	n, err := e.r.Read(p[:min(int64(len(p)), e.left)])
	e.left -= int64(n)
	if err == io.EOF && e.left > 0 {
		err = io.ErrUnexpectedEOF
	} else if err == io.EOF {
		err = nil
	}
	return n, err
}

// sevenOpener unpacks the blocks of one 7z.
type sevenOpener struct {
	*run
	blob     *blob
	budget   *budget
	keys     map[string][]byte // that were derived
	rounds   int64             // of hashing for them
	password string            // that fitted last
}

func (o *sevenOpener) passwordReason(err error) string {
	if errors.Is(err, errNeedsPassword) {
		return "7z is " + err.Error()
	}
	return "encrypted 7z, " + noPassword(len(o.passwords))
}

// header unpacks an encoded header.
func (o *sevenOpener) header(f *sevenFolder) ([]byte, error) {
	if f.size > maxSevenHeader {
		return nil, fmt.Errorf("header of the 7z has %d bytes, at most %d are read", f.size, maxSevenHeader)
	}
	if !f.encrypted() {
		return o.headerWith(f, "")
	}
	if len(o.passwords) == 0 {
		return nil, errNeedsPassword
	}
	// There may be no checksum: what reads as a header is one.
	for _, p := range o.passwords {
		b, err := o.headerWith(f, p)
		if err == nil && len(b) > 0 {
			r := &sevenReader{b: b[1:]}
			if b[0] == szEncodedHeader && len(r.streams()) > 0 && r.err == nil {
				o.password = p
				return b, nil
			}
			r = &sevenReader{b: b[1:]}
			if _, bad := r.header(); b[0] == szHeader && bad == nil {
				o.password = p
				return b, nil
			}
		}
		if stop := o.giveUp(err); stop != nil {
			return nil, stop
		}
	}
	return nil, errPassword
}

func (o *sevenOpener) headerWith(f *sevenFolder, password string) ([]byte, error) {
	src, err := o.unpack(f, password)
	if err != nil {
		return nil, err
	}
	b, err := io.ReadAll(io.LimitReader(src, f.size))
	if err != nil {
		return nil, err
	}
	if int64(len(b)) != f.size || f.sum != nil && crc32.ChecksumIEEE(b) != *f.sum {
		return nil, errSevenZip
	}
	return b, nil
}

// giveUp is the error after which no other password is tried.
func (o *sevenOpener) giveUp(err error) error {
	var limit limitError
	if errors.As(err, &limit) {
		return err
	}
	return o.ctx.Err()
}

// encrypted says whether a step of the block needs a password.
func (f *sevenFolder) encrypted() bool {
	return slices.ContainsFunc(f.coders, func(c sevenCoder) bool { return c.id == szAES })
}

// open opens a block; an encrypted one with the first password whose content is right.
func (o *sevenOpener) open(f *sevenFolder) (io.Reader, error) {
	if !f.encrypted() {
		return o.unpack(f, "")
	}
	if len(o.passwords) == 0 {
		return nil, errNeedsPassword
	}
	for _, p := range append([]string{o.password}, o.passwords...) {
		if p == "" && o.password == "" {
			continue
		}
		src, err := o.unpack(f, p)
		if err == nil && o.fits(f, src) {
			o.password = p
			return o.unpack(f, p)
		}
		if stop := o.giveUp(err); stop != nil {
			return nil, stop
		}
	}
	return nil, errPassword
}

// fits says whether the first file of a block is what its checksum says.
func (o *sevenOpener) fits(f *sevenFolder, src io.Reader) bool {
	part := sevenPart{f.size, f.sum}
	if len(f.parts) > 0 {
		part = f.parts[0]
	}
	sum := crc32.NewIEEE()
	n, err := io.Copy(sum, o.budget.reader(&exactly{r: src, left: part.size}))
	return err == nil && n == part.size && (part.sum == nil || sum.Sum32() == *part.sum)
}

// unpack puts the steps of a block together.
func (o *sevenOpener) unpack(f *sevenFolder, password string) (io.Reader, error) {
	if len(f.coders) == 0 {
		return nil, errSevenZip
	}
	for _, s := range f.streams {
		if s.size < 0 || s.at < 0 || s.at+s.size < s.at || s.at+s.size > o.blob.size {
			return nil, io.ErrUnexpectedEOF
		}
	}
	return o.output(f, f.last, password)
}

// output is what a step gives.
func (o *sevenOpener) output(f *sevenFolder, at int, password string) (io.Reader, error) {
	c := &f.coders[at]
	in := make([]io.Reader, len(c.from))
	for i, from := range c.from {
		if from.coder < 0 {
			s := f.streams[from.stream]
			in[i] = io.NewSectionReader(o.blob, s.at, s.size)
			continue
		}
		var err error
		if in[i], err = o.output(f, from.coder, password); err != nil {
			return nil, err
		}
	}
	var src io.Reader
	var err error
	switch {
	case c.id == szBCJ2 && len(in) == bcj2Streams:
		src = newBCJ2(in)
	case len(in) == 1:
		src, err = o.step(c, in[0], password)
	default:
		err = methodError(c.id)
	}
	if err != nil {
		return nil, err
	}
	return io.LimitReader(src, c.size), nil
}

// step is one step of unpacking.
func (o *sevenOpener) step(c *sevenCoder, src io.Reader, password string) (io.Reader, error) {
	switch c.id {
	case szCopy:
		return src, nil
	case szLZMA:
		if len(c.props) < 5 {
			return nil, errSevenZip
		}
		return bareLZMA(c.props, c.size, src)
	case szLZMA2:
		if len(c.props) < 1 || c.props[0] > 40 {
			return nil, errSevenZip
		}
		dictionary, err := dictionaryOf(int64(2|c.props[0]&1)<<(c.props[0]/2+11), c.size)
		if err != nil {
			return nil, err
		}
		return lzma.Reader2Config{DictCap: int(dictionary)}.NewReader2(src)
	case szDeflate:
		return flate.NewReader(src), nil
	case szDeflate64:
		return newInflate64(src), nil
	case szBZip2:
		return bzip2.NewReader(src), nil
	case szZstd:
		return decompressor(zstd.ZipMethodWinZip, c.size, src)
	case szLZ4:
		return lz4.NewReader(src), nil
	case szX86:
		return &x86Reader{src: src}, nil
	case szARM:
		return newBranch(src, 4, undoARM), nil
	case szARM64:
		return newBranch(src, 4, undoARM64), nil
	case szDelta:
		return newDelta(src, c.props), nil
	case szAES:
		return o.decrypt(c.props, src, password)
	}
	return nil, methodError(c.id)
}

// bareLZMA reads LZMA that has its five bytes of properties and its size elsewhere; a size
// below 0 is not known, and the data says where it ends.
func bareLZMA(props []byte, size int64, src io.Reader) (io.Reader, error) {
	content := size
	if size < 0 {
		content = math.MaxInt64
	}
	dictionary, err := dictionaryOf(int64(binary.LittleEndian.Uint32(props[1:])), content)
	if err != nil {
		return nil, err
	}
	head := binary.LittleEndian.AppendUint32([]byte{props[0]}, uint32(dictionary))
	head = binary.LittleEndian.AppendUint64(head, uint64(size))
	return lzma.ReaderConfig{DictCap: int(dictionary)}.NewReader(io.MultiReader(bytes.NewReader(head), src))
}

// dictionaryOf is the room for a dictionary: no larger than the content.
func dictionaryOf(says, content int64) (int64, error) {
	d := max(lzma.MinDictCap, min(says, content))
	if d > maxDictionary {
		return 0, limitError{fmt.Sprintf("LZMA with a dictionary of %d bytes, at most %d are made room for", says, int64(maxDictionary))}
	}
	return d, nil
}
