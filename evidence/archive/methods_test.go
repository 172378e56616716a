package archive

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"io"
	"strings"
	"testing"

	"github.com/klauspost/compress/flate"
	"github.com/pierrec/lz4/v4"

	"github.com/goshawk-hunt/goshawk/evidence"
)

// packedWith is a 7z of one file that one step unpacks.
func packedWith(method uint64, packed, content []byte) string {
	id := bytes.TrimLeft(binary.BigEndian.AppendUint64(nil, method), "\x00")
	h := []byte{szHeader, szMainStreams, szPackInfo, 0, 1, szSize}
	h = binary.LittleEndian.AppendUint32(append(h, 0xF0), uint32(len(packed)))
	h = append(h, szEnd, szUnpackInfo, szFolder, 1, 0, 1, byte(len(id)))
	h = append(append(h, id...), szUnpackSize)
	h = binary.LittleEndian.AppendUint32(append(h, 0xF0), uint32(len(content)))
	return sevenOf(h, packed, content)
}

func lz4Of(t testing.TB, s string) string {
	var b bytes.Buffer
	w := lz4.NewWriter(&b)
	if _, err := io.WriteString(w, s); err != nil || w.Close() != nil {
		t.Fatal(err)
	}
	return b.String()
}

// The zips were written with Python's zipfile and inflate64.
func TestZipMethods(t *testing.T) {
	dir := folder(t, fixture(t, "bzip2.zip"), fixture(t, "deflate64.zip"), fixture(t, "lzma.zip"))
	sums := map[string]string{"bzip2.zip": "6221dd6264df5a1673e2a4231eeb12bbaf93f7690db0d7f4bb6c8c4e1508059d", "lzma.zip": "6221dd6264df5a1673e2a4231eeb12bbaf93f7690db0d7f4bb6c8c4e1508059d", "deflate64.zip": "124341ca2ad81a01ce00bafccc1e94afda598d1f824ca4020da2d6f98096219d"}
	check := func(dir string) {
		t.Helper()
		seen := 0
		err := (&Walker{Readers: []evidence.Reader{noteReader{}}}).Walk(t.Context(), []string{dir}, func(f *File) error {
			if f.Reader != nil {
				seen++
				name := f.Path[len(dir)+1:]
				if want := sums[name[:strings.Index(name, "!")]]; f.Outcome != Read || f.SHA256 != want {
					t.Errorf("%s: %v %s, SHA-256 %s, want %s", name, f.Outcome, f.Reason, f.SHA256, want)
				}
			}
			return nil
		})
		if err != nil || seen != len(sums) {
			t.Errorf("%v, %d members", err, seen)
		}
	}
	check(dir)
	var cut []member // without the directory
	for name := range sums {
		whole := fixture(t, name).body
		cut = append(cut, member{name, whole[:strings.LastIndex(whole, "PK\x01\x02")]})
	}
	check(folder(t, cut...))
}

func TestUnsupportedZipMethod(t *testing.T) {
	whole := fixture(t, "bzip2.zip").body
	for method, want := range map[byte]string{98: "packed with PPMd, which is not supported: expand it with 7-Zip first", 77: "compression method 77 of zip is not supported: expand it with 7-Zip first"} {
		b := []byte(whole)
		b[8], b[strings.LastIndex(whole, "PK\x01\x02")+10] = method, method
		for _, body := range []string{string(b), string(b[:len(b)-30])} {
			if got := strings.Join(lines(t, &Walker{}, folder(t, member{"a.zip", body})), "\n"); !strings.Contains(got, want) {
				t.Errorf("no %q in %s", want, got)
			}
		}
	}
}

// Blocks of codes of their own, stored blocks and a file that is cut off anywhere.
func TestInflate64(t *testing.T) {
	var text strings.Builder
	for i := range 9000 {
		fmt.Fprintf(&text, "event %d of %d; ", i, i*i%977)
	}
	for _, level := range []int{flate.NoCompression, flate.HuffmanOnly, flate.BestCompression} {
		var b bytes.Buffer
		w, _ := flate.NewWriter(&b, level)
		io.WriteString(w, text.String())
		w.Close()
		got, err := io.ReadAll(newInflate64(bytes.NewReader(b.Bytes())))
		if err != nil || string(got) != text.String() {
			t.Errorf("level %d: %v, %d bytes of %d", level, err, len(got), text.Len())
		}
		for n := 0; n < b.Len(); n += 1 + b.Len()/40 {
			got, err := io.ReadAll(newInflate64(bytes.NewReader(b.Bytes()[:n])))
			if err != io.ErrUnexpectedEOF || !strings.HasPrefix(text.String(), string(got)) {
				t.Errorf("level %d cut at %d: %v", level, n, err)
			}
		}
	}
	for _, bad := range []string{"\x07", "\x01\x05\x00\x00\x00", "\x05\xff\xff\xff\xff\xff", "\x4b\x04\x72\x04"} {
		if _, err := io.ReadAll(newInflate64(strings.NewReader(bad))); err == nil {
			t.Errorf("%q has no error", bad)
		}
	}
}

func TestLZ4(t *testing.T) {
	note := "note:" + strings.Repeat("again ", 30000)
	dir := folder(t, member{"a.7z", packedWith(szLZ4, []byte(lz4Of(t, note)), []byte(note))}, member{"b.log.lz4", lz4Of(t, note) + lz4Of(t, "more")}, member{"c.lz4", lz4Of(t, note)[:300]})
	got := strings.Join(lines(t, &Walker{}, dir), "\n")
	for _, want := range []string{"a.7z!code.bin read note 180005 ", "b.log.lz4!b.log read note 180009 ", "c.lz4!c damaged ", "c.lz4 damaged lz4"} {
		if !strings.Contains(got, want) {
			t.Errorf("no %q in\n%s", want, got)
		}
	}
}

// The code was filtered with liblzma; sums are of the code as it was.
func TestBranchFilters(t *testing.T) {
	for name, c := range map[string]struct {
		method   uint64
		undo     func([]byte, uint32)
		filtered []uint32 // at 8, 12 ..
		want     []uint32
	}{
		"arm64": {szARM64, undoARM64, []uint32{0xd503201f, 0x94000004, 0x94000003, 0xb0000023, 0xb0ffffc9, 0xf00fffe1, 0x90f00002, 0x90200004, 0x90e00004, 0x95234572, 0xeb000001}, []uint32{0xd503201f, 0x94000001, 0x97ffffff, 0xb0000023, 0xb0ffffc9, 0xf00fffe1, 0x90f00002, 0x90200004, 0x90e00004, 0x95234567, 0xeb000001}},
		"arm":   {szARM, undoARM, []uint32{0xe1a00000, 0xeb000006, 0xeb000004, 0xea000010, 0xeb12345e, 0x94000001}, []uint32{0xe1a00000, 0xeb000001, 0xebfffffe, 0xea000010, 0xeb123456, 0x94000001}},
	} {
		code := []byte("note:123")
		want := []byte("note:123")
		for i := range c.filtered {
			code = binary.LittleEndian.AppendUint32(code, c.filtered[i])
			want = binary.LittleEndian.AppendUint32(want, c.want[i])
		}
		code, want = append(code, "xy"...), append(want, "xy"...)
		sum := fmt.Sprintf("%x", sha256.Sum256(want))
		err := (&Walker{Readers: []evidence.Reader{noteReader{}}}).Walk(t.Context(), []string{folder(t, member{"a.7z", packedWith(c.method, code, want)})}, func(f *File) error {
			if f.Outcome != Read || f.Reader != nil && f.SHA256 != sum || f.Reader == nil && !f.Container {
				t.Errorf("%s: %+v", name, f)
			}
			return nil
		})
		if err != nil {
			t.Error(err)
		}
		long := bytes.Repeat(want[4:8], x86Chunk) // what is no branch stays, whatever the reads
		if got, err := io.ReadAll(newBranch(bytes.NewReader(long), 4, c.undo)); err != nil || !bytes.Equal(got, long) {
			t.Errorf("%s: %v, %d bytes", name, err, len(got))
		}
	}
}
