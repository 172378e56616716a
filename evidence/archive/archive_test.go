package archive

import (
	"archive/tar"
	"archive/zip"
	"bytes"
	"compress/gzip"
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/klauspost/compress/zstd"
	"github.com/ulikunitz/xz"

	"github.com/goshawk-hunt/goshawk/evidence"
)

// noteReader takes content that starts with "note:".
type noteReader struct{}

func (noteReader) Format() string          { return "note" }
func (noteReader) Detect(head []byte) bool { return bytes.HasPrefix(head, []byte("note:")) }
func (noteReader) Read(context.Context, evidence.Input, evidence.Sink) error {
	panic("archive reads no records")
}

type member struct{ name, body string }

func zipOf(t testing.TB, members ...member) string {
	t.Helper()
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for _, m := range members {
		w, err := z.Create(m.name)
		if err != nil {
			t.Fatal(err)
		}
		io.WriteString(w, m.body)
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func tarOf(t testing.TB, members ...member) string {
	t.Helper()
	var b bytes.Buffer
	w := tar.NewWriter(&b)
	for _, m := range members {
		h := &tar.Header{Name: m.name, Mode: 0o600, Size: int64(len(m.body)), Typeflag: tar.TypeReg}
		if target, ok := strings.CutPrefix(m.body, "link:"); ok {
			h.Typeflag, h.Linkname, h.Size = tar.TypeSymlink, target, 0
		}
		if err := w.WriteHeader(h); err != nil {
			t.Fatal(err)
		}
		if h.Size > 0 {
			io.WriteString(w, m.body)
		}
	}
	w.Close()
	return b.String()
}

func gzipOf(parts ...string) string {
	var b bytes.Buffer
	for _, s := range parts {
		w := gzip.NewWriter(&b)
		io.WriteString(w, s)
		w.Close()
	}
	return b.String()
}

func zstdOf(s string) string {
	w, _ := zstd.NewWriter(nil)
	return string(w.EncodeAll([]byte(s), nil))
}

func xzOf(t testing.TB, s string) string {
	var b bytes.Buffer
	w, err := xz.NewWriter(&b)
	if err != nil {
		t.Fatal(err)
	}
	io.WriteString(w, s)
	w.Close()
	return b.String()
}

func folder(t testing.TB, files ...member) string {
	t.Helper()
	dir := t.TempDir()
	for _, f := range files {
		p := filepath.Join(dir, f.name)
		os.MkdirAll(filepath.Dir(p), 0o700)
		if err := os.WriteFile(p, []byte(f.body), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

// lines walks and prints one line a file, paths relative to dir. It checks what
// holds for every walk.
func lines(t testing.TB, w *Walker, dir string, paths ...string) []string {
	t.Helper()
	if len(paths) == 0 {
		paths = []string{dir}
	}
	w.Readers = []evidence.Reader{noteReader{}}
	temp := filepath.Join(t.TempDir(), "not", "there", "yet")
	w.TempDir = temp
	var out []string
	var disk int64
	err := w.Walk(t.Context(), paths, func(f *File) error {
		disk += f.Disk
		rel, _ := filepath.Rel(dir, f.Path)
		line := fmt.Sprintf("%s %s %s %d", rel, f.Outcome, f.Format, f.Size)
		if f.Reason != "" {
			line += ": " + f.Reason
		}
		if f.Container {
			line += " (container)"
		}
		if f.Reader != nil {
			body, err := io.ReadAll(io.NewSectionReader(f.Input, 0, f.Input.Size))
			if err != nil {
				t.Errorf("%s: %v", f.Path, err)
			}
			sum := sha256.Sum256(body)
			if hex.EncodeToString(sum[:]) != f.SHA256 {
				t.Errorf("%s: SHA256 is not the content's", f.Path)
			}
			if int64(len(body)) != f.Size || f.Input.Path != f.Path {
				t.Errorf("%s: size %d, path %s", f.Path, len(body), f.Input.Path)
			}
			if len(body) > 40 {
				body = append(body[:20], "..."...)
			}
			line += fmt.Sprintf(" %q", body)
		}
		if (f.Reader == nil) != (f.Input.ReaderAt == nil) {
			t.Errorf("%s: reader without input", f.Path)
		}
		out = append(out, line)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if total, _ := Size(paths); total != disk {
		t.Errorf("files account for %d bytes on disk, Size says %d", disk, total)
	}
	if left, _ := os.ReadDir(temp); len(left) > 0 {
		t.Errorf("temporary files left: %v", left)
	}
	return out
}

func check(t *testing.T, got []string, want ...string) {
	t.Helper()
	if d := cmp.Diff(want, got); d != "" {
		t.Errorf("files differ (-want +got):\n%s", d)
	}
}

func TestFolder(t *testing.T) {
	dir := folder(t, member{"b/two.log", "note:2"}, member{"a.txt", "note:1"}, member{"empty", ""},
		member{"x.evtx", "MZ\x90\x00"}, member{"y.txt", "hello"}, member{"z", "\x00\x01\x02"},
		member{"lfs.raw", lfsPointer + "oid sha256:00\nsize 4711\n"}, member{"c/tool.7z", "7z\xBC\xAF\x27\x1C..."})
	if err := os.Symlink(dir, filepath.Join(dir, "b", "loop")); err != nil {
		t.Skip(err)
	}
	other := folder(t, member{"out.log", "note:outside"})
	for name, target := range map[string]string{"link.txt": "a.txt", "b/round": "round", "la": filepath.Join(other, "out.log"), "lb": filepath.Join(other, "out.log"), "lc": other, "ld": "gone"} {
		os.Symlink(target, filepath.Join(dir, name))
	}
	got := lines(t, &Walker{}, dir)
	for i := range got {
		got[i] = strings.ReplaceAll(strings.ReplaceAll(got[i], dir, "DIR"), other, "OTHER")
	}
	check(t, got,
		`a.txt read note 6 "note:1"`,
		`b/loop linked  0: symbolic link to "DIR", which is read under its own name`,
		`b/round refused  0: symbolic link to "round": too many levels of symbolic links`,
		`b/two.log read note 6 "note:2"`,
		`c/tool.7z damaged 7z 9: ends too early (container)`,
		`empty empty  0: file of no bytes`,
		`la read note 12 "note:outside"`,
		`lb linked  0: symbolic link to "OTHER/out.log", which another link points at as well`,
		`lc refused  0: symbolic link to the folder "OTHER", not followed: name that folder to read it`,
		`ld refused  0: symbolic link to "gone": no such file or directory`,
		`lfs.raw refused  67: pointer of Git LFS, the content (4711 bytes) was never fetched`,
		`link.txt linked  0: symbolic link to "a.txt", which is read under its own name`,
		`x.evtx unknown  4: Windows program`,
		`y.txt unknown  5: text of no known format`,
		`z unknown  3: binary content of no known format`,
	)
	check(t, lines(t, &Walker{}, dir, filepath.Join(dir, "link.txt"), filepath.Join(dir, "a.txt"), filepath.Join(dir, "a.txt"), filepath.Join(dir, "gone")),
		`link.txt read note 6 "note:1"`,
		`gone refused  0: no such file or directory`,
	)
}

func TestNoPermission(t *testing.T) {
	if os.Getuid() == 0 {
		t.Skip("root may read everything")
	}
	dir := folder(t, member{"a/x", "note:"}, member{"b", "note:"})
	os.Chmod(filepath.Join(dir, "a"), 0)
	os.Chmod(filepath.Join(dir, "b"), 0)
	defer os.Chmod(filepath.Join(dir, "a"), 0o700)
	check(t, lines(t, &Walker{}, dir), `a refused  0: permission denied`, `b refused  5: permission denied`)
}

func TestArchives(t *testing.T) {
	big := "note:" + strings.Repeat("0123456789abcdef", 4096)
	dir := folder(t,
		member{"1.bin", zipOf(t, member{"dir/", ""}, member{"dir/a.json", "note:a"}, member{"../../up", "note:up"}, member{`w\in.txt`, "other"}, member{"dir/a.json", "note:twice"}, member{"e", ""})},
		member{"2.zip", zipOf(t, member{"in.zip", zipOf(t, member{"in.gz", gzipOf("note:deep")})}, member{"big", big})},
		member{"3.json.gz", gzipOf("note:x", "y", "z")},
		member{"4.tgz", gzipOf(tarOf(t, member{"d/a", "note:t"}, member{"d/l", "link:/etc/passwd"}, member{"big", big}))},
		member{"5.tar", tarOf(t, member{"/abs/a.zst", zstdOf("note:z")}, member{"b\x1b[31m", "note:esc"})},
		member{"6.zst", zstdOf(tarOf(t, member{"a", "note:"}))},
		member{"7.txz", xzOf(t, tarOf(t, member{"a", "note:"}))},
		member{"8.json.xz", xzOf(t, "note:x") + "\x00\x00\x00\x00" + xzOf(t, "yz")},
	)
	check(t, lines(t, &Walker{Limits: Limits{InMemory: 1000}}, dir),
		`1.bin!dir/a.json read note 6 "note:a"`,
		`1.bin!up read note 7 "note:up"`,
		`1.bin!w/in.txt unknown  5: text of no known format`,
		`1.bin!dir/a.json~2 read note 10 "note:twice"`,
		`1.bin!e empty  0: file of no bytes`,
		fmt.Sprintf(`1.bin read zip %d (container)`, fileSize(t, dir, "1.bin")),
		`2.zip!in.zip!in.gz!in read note 9 "note:deep"`,
		`2.zip!in.zip!in.gz read gzip 33 (container)`,
		fmt.Sprintf(`2.zip!in.zip read zip %d (container)`, len(zipOf(t, member{"in.gz", gzipOf("note:deep")}))),
		`2.zip!big read note 65541 "note:0123456789abcde..."`,
		fmt.Sprintf(`2.zip read zip %d (container)`, fileSize(t, dir, "2.zip")),
		`3.json.gz!3.json read note 8 "note:xyz"`,
		fmt.Sprintf(`3.json.gz read gzip %d (container)`, fileSize(t, dir, "3.json.gz")),
		`4.tgz!d/a read note 6 "note:t"`,
		`4.tgz!d/l refused  0: link to "/etc/passwd", not followed`,
		`4.tgz!big read note 65541 "note:0123456789abcde..."`,
		fmt.Sprintf(`4.tgz read tar+gzip %d (container)`, fileSize(t, dir, "4.tgz")),
		`5.tar!abs/a.zst!a read note 6 "note:z"`,
		`5.tar!abs/a.zst read zstd 19 (container)`,
		"5.tar!b\uFFFD[31m read note 8 \"note:esc\"",
		fmt.Sprintf(`5.tar read tar %d (container)`, fileSize(t, dir, "5.tar")),
		`6.zst!a read note 5 "note:"`,
		fmt.Sprintf(`6.zst read tar+zstd %d (container)`, fileSize(t, dir, "6.zst")),
		`7.txz!a read note 5 "note:"`,
		fmt.Sprintf(`7.txz read tar+xz %d (container)`, fileSize(t, dir, "7.txz")),
		`8.json.xz!8.json read note 8 "note:xyz"`,
		fmt.Sprintf(`8.json.xz read xz %d (container)`, fileSize(t, dir, "8.json.xz")),
	)
}

// Members larger than what is looked at to recognise them are recognised all the same.
func TestBigMembers(t *testing.T) {
	for _, size := range []int{64 << 10, 64<<10 + 2, 300 << 10} {
		body := incompressible(size / 2)
		dir := folder(t, member{"a.gz", gzipOf(body)}, member{"b.zst", zstdOf(body)}, member{"c.zip", zipOf(t, member{"m", body})},
			member{"d.tar", tarOf(t, member{"m", body})}, member{"e.xz", xzOf(t, body)})
		for _, inMemory := range []int64{100, 0} {
			for _, line := range lines(t, &Walker{Limits: Limits{InMemory: inMemory}}, dir) {
				if !strings.HasSuffix(line, "(container)") && !strings.Contains(line, fmt.Sprintf(" read note %d ", len(body))) {
					t.Errorf("%d bytes, %d in memory: %s", size, inMemory, line)
				}
			}
		}
	}
}

func fileSize(t testing.TB, dir, name string) int64 {
	info, err := os.Stat(filepath.Join(dir, name))
	if err != nil {
		t.Fatal(err)
	}
	return info.Size()
}

// incompressible is content that deflate stores nearly as it is.
func incompressible(n int) string {
	b := make([]byte, n)
	rand.Read(b)
	return "note:" + hex.EncodeToString(b)
}

func TestDamaged(t *testing.T) {
	z := zipOf(t, member{"a", "note:a"}, member{"dir/", ""}, member{"skip", "nothing " + incompressible(3000)}, member{"b", incompressible(40000)})
	noDirectory := z[:strings.LastIndex(z, "PK\x01\x02")-70_0]
	g := gzipOf(incompressible(40000))
	encrypted := []byte(zipOf(t, member{"secret", "note:"}))
	encrypted[6] |= 1
	i := bytes.Index(encrypted, []byte("PK\x01\x02"))
	encrypted[i+8] |= 1
	method := []byte(zipOf(t, member{"m", "note:"}))
	i = bytes.Index(method, []byte("PK\x01\x02"))
	method[i+10] = 97
	dir := folder(t,
		member{"cut.zip", noDirectory},
		member{"cut.gz", g[:len(g)/2]},
		member{"encrypted.zip", string(encrypted)},
		member{"method.zip", string(method)},
		member{"cut.tar", tarOf(t, member{"a", "note:a"}, member{"b", incompressible(4000)})[:4096]},
		member{"bad.gz", "\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\x00\xff\xff\xff"},
	)
	got := lines(t, &Walker{}, dir)
	for i, want := range []string{
		`bad.gz!bad damaged  0: cannot be expanded further: `,
		`bad.gz damaged gzip 13: cannot be expanded further: `,
		`cut.gz!cut damaged note `,
		`cut.gz damaged gzip `,
		`cut.tar!a read note 6 "note:a"`,
		`cut.tar!b damaged note 2560: ends too early "note:`,
		`cut.tar damaged tar 4096: ends too early (container)`,
		`cut.zip!a read note 6 "note:a"`,
		`cut.zip!skip unknown  `,
		`cut.zip!b damaged note `,
		`cut.zip damaged zip `,
		`encrypted.zip!secret refused  5: encrypted member of a zip, its password is needed (--password)`,
		`encrypted.zip read zip `,
		`method.zip!m refused  5: packed with WavPack, which is not supported: expand it with 7-Zip first`,
		`method.zip read zip `,
	} {
		if i >= len(got) || !strings.HasPrefix(got[i], want) {
			t.Errorf("file %d is not %q", i, want)
		}
	}
	if t.Failed() {
		t.Log(strings.Join(got, "\n"))
	}
}

func TestLimits(t *testing.T) {
	zeros := "note:" + strings.Repeat("\x00", 1<<20)
	nested := "note:core"
	for range 9 {
		nested = gzipOf(nested)
	}
	for name, c := range map[string]struct {
		limits Limits
		body   string
		want   string
	}{
		"expanded": {Limits{Expanded: 100_000, Ratio: 1 << 40}, gzipOf(zeros), "expands to more than 100000 bytes"},
		"member":   {Limits{Member: 100_000}, gzipOf(zeros), "member of more than 100000 bytes"},
		"ratio":    {Limits{Ratio: 50, ratioFrom: 1}, zipOf(t, member{"a", zeros}), "expands to more than 50 times"},
		"depth":    {Limits{Depth: 3}, nested, "archives nested deeper than 3"},
		"members":  {Limits{Members: 2}, tarOf(t, member{"a", "note:"}, member{"b", "note:"}, member{"c", "note:"}, member{"d", "note:"}), "more than 2 members"},
	} {
		dir := folder(t, member{"f", c.body})
		got := lines(t, &Walker{Limits: c.limits}, dir)
		if len(got) > 5 || !strings.Contains(strings.Join(got, "\n"), c.want) {
			t.Errorf("%s: %q, want one with %q", name, got, c.want)
		}
	}
}

func TestCancel(t *testing.T) {
	dir := folder(t, member{"a.gz", gzipOf("note:" + strings.Repeat("x", 1<<20))}, member{"b", "note:"})
	ctx, cancel := context.WithCancel(t.Context())
	n := 0
	err := Walk(ctx, []string{dir}, []evidence.Reader{noteReader{}}, func(*File) error {
		n++
		cancel()
		return nil
	})
	if !errors.Is(err, context.Canceled) || n != 1 {
		t.Errorf("after cancel: %v, %d files", err, n)
	}
	stop := errors.New("stop")
	if err := Walk(t.Context(), []string{dir}, nil, func(*File) error { return stop }); err != stop {
		t.Errorf("visit's error is lost: %v", err)
	}
}

func TestMemberName(t *testing.T) {
	for in, want := range map[string]string{
		"a/b": "a/b", "../../etc/x": "etc/x", `C:\Windows\x`: "C:/Windows/x", "/abs": "abs", "a\x00\x1b]b": "a\uFFFD\uFFFD]b", "": "unnamed", "..": "unnamed", "\xff": "\uFFFD",
	} {
		if got := memberName(in); got != want {
			t.Errorf("memberName(%q) = %q, want %q", in, got, want)
		}
	}
}

func FuzzWalk(f *testing.F) {
	f.Add([]byte(zipOf(f, member{"a", "note:a"}, member{"b.gz", gzipOf("note:b")})))
	f.Add([]byte(tarOf(f, member{"a", "note:a"}, member{"l", "link:x"})))
	f.Add([]byte(gzipOf(tarOf(f, member{"a", "note:a"}))))
	f.Add([]byte(zstdOf("note:z")))
	f.Add([]byte(zipOf(f, member{"a", "note:a"})[:40]))
	f.Add([]byte("BZh91AY&SY....."))
	f.Add([]byte(xzOf(f, "note:x") + "\x00\x00\x00\x00" + xzOf(f, "yz")))
	for _, name := range []string{"plain.7z", "aes.7z", "bcj.7z", "aes128.zip", "old.zip", "deflate64.zip", "lzma.zip", "bzip2.zip"} {
		f.Add([]byte(fixture(f, name).body))
	}
	f.Add([]byte(bcj2Archive(likeCode(200))))
	f.Add([]byte(packedWith(szLZ4, []byte(lz4Of(f, "note:z")), []byte("note:z"))))
	f.Add([]byte(packedWith(szARM64, []byte("note:abcdefgh"), []byte("note:abcdefgh"))))
	f.Add([]byte(avroOf(f, "null", "note:1", "two", "three")))
	f.Fuzz(func(t *testing.T, b []byte) {
		r := &run{ctx: t.Context(), passwords: []string{secretPassword}, readers: []evidence.Reader{noteReader{}}, spool: spool{parent: t.TempDir()}}
		r.limits = Limits{Expanded: 8 << 20, Depth: 3, Members: 50, InMemory: 1 << 20, rounds: 1 << 10}.withDefaults()
		var disk int64
		r.visit = func(f *File) error {
			disk += f.Disk
			if f.Disk < 0 || f.Outcome == 0 || (f.Outcome != Read) != (f.Reason != "") {
				t.Fatalf("%+v", f)
			}
			return nil
		}
		it := item{path: "f", size: int64(len(b)), disk: fixed(int64(len(b))), budget: &budget{ctx: r.ctx, limits: r.limits, disk: int64(len(b))}}
		if err := r.blob(it, &blob{ReaderAt: bytes.NewReader(b), size: int64(len(b))}); err != nil {
			t.Fatal(err)
		}
		r.spool.close()
		if disk != int64(len(b)) {
			t.Fatalf("accounts for %d of %d bytes", disk, len(b))
		}
	})
}

// No hash is made of files and containers where none is wanted.
func TestUnsummed(t *testing.T) {
	dir := t.TempDir()
	var zipped bytes.Buffer
	z := zip.NewWriter(&zipped)
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	for name, content := range map[string][]byte{"a.log": []byte("note:x"), "b.zip": zipped.Bytes()} {
		if err := os.WriteFile(filepath.Join(dir, name), content, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	for _, unsummed := range []bool{true, false} {
		visited := 0
		w := Walker{Readers: []evidence.Reader{noteReader{}}, Unsummed: unsummed}
		err := w.Walk(t.Context(), []string{dir}, func(f *File) error {
			visited++
			if f.Outcome != Read || (f.SHA256 == "") != unsummed {
				t.Errorf("%s: %v, hash %q", f.Path, f.Outcome, f.SHA256)
			}
			return nil
		})
		if err != nil || visited != 2 {
			t.Errorf("%v, %d files", err, visited)
		}
	}
}

// A hash that is put off is the same one, and is there when it is asked for; who doesn't
// ask need not wait.
func TestHashLater(t *testing.T) {
	dir := t.TempDir()
	content := append([]byte("note:"), bytes.Repeat([]byte("x"), 3<<20)...)
	if err := os.WriteFile(filepath.Join(dir, "a.log"), content, 0o600); err != nil {
		t.Fatal(err)
	}
	want := fmt.Sprintf("%x", sha256.Sum256(content))
	for _, ask := range []bool{true, false} {
		w := Walker{Readers: []evidence.Reader{noteReader{}}, Later: func(f *File) bool { return f.Size == int64(len(content)) && f.Reader != nil }}
		visited := 0
		err := w.Walk(t.Context(), []string{dir}, func(f *File) error {
			visited++
			if f.SHA256 != "" {
				t.Errorf("hash %q before it was asked for", f.SHA256)
			}
			if ask {
				f.Sum()
				if f.Sum(); f.SHA256 != want || f.Outcome != Read {
					t.Errorf("hash %q, %v", f.SHA256, f.Outcome)
				}
			}
			return nil
		})
		if err != nil || visited != 1 {
			t.Errorf("%v, %d files", err, visited)
		}
	}
}
