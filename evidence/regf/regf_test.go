package regf

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/goshawk-hunt/goshawk/evidence"
	"github.com/goshawk-hunt/goshawk/evidence/evidencetest"
	"github.com/goshawk-hunt/goshawk/evidence/regf/regfwrite"
	"github.com/goshawk-hunt/goshawk/internal/golden"
)

// kept is a sink that keeps everything.
type kept struct {
	keys    map[string]evidence.Registry
	count   int
	damages []evidence.Damage
}

func (k *kept) Record(r *evidence.Record) error {
	if k.keys == nil {
		k.keys = map[string]evidence.Registry{}
	}
	k.keys[r.Registry.Key] = r.Registry
	k.count++
	return nil
}
func (k *kept) Damage(d evidence.Damage) { k.damages = append(k.damages, d) }
func (k *kept) Progress(int64)           {}

func read(t testing.TB, r evidence.Reader, content []byte) *kept {
	t.Helper()
	k := &kept{}
	if !r.Detect(content[:min(len(content), 64<<10)]) {
		t.Fatal("not detected")
	}
	if err := r.Read(t.Context(), evidencetest.Input("hive", content), k); err != nil {
		t.Fatal(err)
	}
	return k
}

const cache = `Microsoft\Windows NT\CurrentVersion\Schedule\TaskCache`

func sample() *regfwrite.Key {
	root := &regfwrite.Key{Name: "ROOT", Written: 133500000000000000}
	root.At(`Classes\.txt`).Values = []regfwrite.Value{regfwrite.String("", "txtfile")}
	root.At(cache + `\Tree\Grün`).Values = []regfwrite.Value{regfwrite.String("Id", "{A}"), regfwrite.DWORD("Index", 3)}
	root.At(cache + `\Tasks\{A}`).Values = []regfwrite.Value{
		regfwrite.Binary("Actions", bytes.Repeat([]byte("0123456789"), 5000)), regfwrite.Binary("Empty", nil)}
	return root
}

func TestHive(t *testing.T) {
	k := read(t, Reader{}, regfwrite.Write(sample()))
	if len(k.damages) != 0 || k.count != 5 {
		t.Fatalf("%d keys, %v", k.count, k.damages)
	}
	tree := k.keys[cache+`\Tree\Grün`]
	want := []evidence.RegistryValue{{Name: "Id", Type: 1, Data: []byte("{\x00A\x00}\x00\x00\x00")}, {Name: "Index", Type: 4, Data: []byte{3, 0, 0, 0}}}
	if d := cmp.Diff(want, tree.Values); d != "" {
		t.Error(d)
	}
	if got := evidence.FormatTime(tree.LastWrite); !strings.HasPrefix(got, "2024-01-17T") {
		t.Errorf("written %s", got)
	}
	if got := len(k.keys[cache+`\Tasks\{A}`].Values[0].Data); got != 50000 {
		t.Errorf("big data of %d bytes", got)
	}
	if all := read(t, Reader{All: true}, regfwrite.Write(sample())); all.count != 12 {
		t.Errorf("%d keys in all", all.count)
	}
}

// A hive saved from within has another root.
func TestSavedFromWithin(t *testing.T) {
	for _, path := range []string{"", "Schedule", "TaskCache"} {
		root := &regfwrite.Key{Name: "R"}
		from := root
		switch path {
		case "Schedule":
			root.Name = path
			from = root.At("TaskCache")
		case "TaskCache":
			root.Name = path
		}
		from.At(`Tree\Foo`)
		from.At(`Tasks\{A}`)
		k := read(t, Reader{}, regfwrite.Write(root))
		found := false
		for key := range k.keys {
			found = found || strings.HasSuffix(key, `TaskCache\Tree\Foo`)
		}
		if !found {
			t.Errorf("root %q: %v", path, k.keys)
		}
	}
}

// Keys that no list leads to any more are found by looking through the cells.
func TestBrokenList(t *testing.T) {
	b := regfwrite.Write(sample())
	n := 0
	for i := bytes.LastIndex(b, []byte("lh")); i > 0; i = bytes.LastIndex(b[:i], []byte("lh")) {
		copy(b[i:], "xx")
		n++
	}
	k := read(t, Reader{}, b)
	if n == 0 || k.count != 5 || len(k.damages) == 0 || k.keys[cache+`\Tasks\{A}`].Values == nil {
		t.Fatalf("%d lists broken: %d keys, %v", n, k.count, k.damages)
	}
}

// The bins of a hive are cut off: what is left is read, the rest is said to be lost.
func TestCutOff(t *testing.T) {
	b := regfwrite.Write(sample())
	k := read(t, Reader{All: true}, b[:4096+600])
	if k.count == 0 || len(k.damages) == 0 {
		t.Fatalf("%d keys, %v", k.count, k.damages)
	}
}

// A key whose list names its own parent does not go on for ever.
func TestLoop(t *testing.T) {
	root := &regfwrite.Key{Name: "ROOT"}
	root.At(`A\B`)
	b := regfwrite.Write(root)
	i := bytes.LastIndex(b, []byte("nk"))
	copy(b[i+20:i+24], []byte{1, 0, 0, 0})
	j := bytes.Index(b, []byte("lh")) // of A, which is written before the root's
	le.PutUint32(b[i+28:], uint32(j-4-binsStart))
	k := read(t, Reader{All: true}, b)
	if k.count != 3 || len(k.damages) == 0 {
		t.Fatalf("%d keys, %v", k.count, k.damages)
	}
}

// Both forms of log bring what the hive lacks.
func TestLogs(t *testing.T) {
	whole := regfwrite.Write(sample())
	old := bytes.Clone(whole)
	at := bytes.Index(old, regfwrite.UTF16("{A}"))
	page := at / pageSize * pageSize
	clear(old[page : page+pageSize])
	le.PutUint32(old[4:], 8)
	le.PutUint32(old[8:], 7)
	regfwrite.Seal(old)

	size := uint32(len(whole) - binsStart)
	entry := func(sequence uint32) []byte {
		e := make([]byte, 48, 1024)
		copy(e, "HvLE")
		for at, n := range map[int]uint32{4: 1024, 12: sequence, 16: size, 20: 1, 40: uint32(page - binsStart), 44: pageSize} {
			le.PutUint32(e[at:], n)
		}
		e = append(append(e, whole[page:page+pageSize]...), make([]byte, 1024-48-pageSize)...)
		le.PutUint64(e[24:], marvin(e[40:]))
		le.PutUint64(e[32:], marvin(e[:32]))
		return e
	}
	header := func(kind uint32) []byte {
		b := bytes.Clone(whole[:baseSize])
		le.PutUint32(b[28:], kind)
		le.PutUint32(b[4:], 7)
		le.PutUint32(b[8:], 7)
		regfwrite.Seal(b)
		return b
	}
	dirt := append(header(1), "DIRT"...)
	bitmap := make([]byte, size/4096)
	n := (page - binsStart) / pageSize
	bitmap[n/8] |= 1 << (n % 8)
	dirt = append(dirt, bitmap...)
	dirt = append(dirt, make([]byte, 1024-len(dirt))...)
	dirt = append(dirt, whole[page:page+pageSize]...)

	for _, test := range []struct {
		name  string
		log   []byte
		fixed bool
	}{
		{"new", append(header(6), entry(7)...), true},
		{"old", dirt, true},
		{"of the past", append(header(6), entry(5)...), false},
		{"of the future", append(header(6), entry(9)...), false},
		{"damaged", append(header(6), bytes.Replace(entry(7), []byte{0, 0}, []byte{1, 0}, 1)...), false},
		{"none", nil, false},
	} {
		r := Reader{Logs: func(string) []evidence.Input {
			if test.log == nil {
				return nil
			}
			return []evidence.Input{evidencetest.Input("hive.LOG1", test.log)}
		}}
		if !Dirty(old) || Dirty(whole) || test.log != nil && !IsLog(test.log) {
			t.Fatal("not known by its base block")
		}
		k := read(t, r, old)
		got := len(k.keys[cache+`\Tree\Grün`].Values) == 2 && len(k.damages) == 0
		if got != test.fixed {
			t.Errorf("%s: complete %v, %v", test.name, got, k.damages)
		}
	}
}

func TestExport(t *testing.T) {
	const export = "Windows Registry Editor Version 5.00\r\n\r\n" +
		"[HKEY_LOCAL_MACHINE\\SOFTWARE\\Other]\r\n\"a\"=\"b\"\r\n\r\n" +
		"[HKEY_LOCAL_MACHINE\\SOFTWARE\\" + cache + "\\Tree\\Foo]\r\n" +
		"@=\"x\\\"y\\\\z\"\r\n\"Id\"=\"{A}\"\r\n\"Index\"=dword:00000003\r\n\"SD\"=hex:01,00,\\\r\n  04,80\r\n\"S\"=hex(2):41,00,00,00\r\n\"gone\"=-\r\nnonsense\r\n"
	want := []evidence.RegistryValue{
		{Name: "", Type: 1, Data: append(regfwrite.UTF16(`x"y\z`), 0, 0)},
		{Name: "Id", Type: 1, Data: append(regfwrite.UTF16("{A}"), 0, 0)},
		{Name: "Index", Type: 4, Data: []byte{3, 0, 0, 0}},
		{Name: "SD", Type: 3, Data: []byte{1, 0, 4, 0x80}},
		{Name: "S", Type: 2, Data: []byte{'A', 0, 0, 0}},
	}
	for name, content := range map[string][]byte{"UTF-16": evidencetest.UTF16(export), "UTF-8": []byte(export)} {
		k := read(t, ExportReader{}, content)
		if k.count != 1 || len(k.damages) != 1 || k.damages[0].Offset != 14 {
			t.Fatalf("%s: %d keys, %v", name, k.count, k.damages)
		}
		if d := cmp.Diff(want, k.keys[`HKEY_LOCAL_MACHINE\SOFTWARE\`+cache+`\Tree\Foo`].Values); d != "" {
			t.Errorf("%s: %s", name, d)
		}
	}
}

// Real hives: as many keys as other readers find, damage where there is damage.
func TestRealHives(t *testing.T) {
	dir := filepath.Join(golden.Shared(t), "evidence", "hives")
	file := func(name string) []byte {
		b, err := os.ReadFile(filepath.Join(dir, name))
		if err != nil {
			t.Fatal(err)
		}
		return b
	}
	for _, test := range []struct {
		name   string
		keys   int // at least
		broken bool
		logs   []string
	}{
		{"regipy__SYSTEM_2", 20015, true, nil}, // its logs are not there
		{"regipy__corrupted_system_hive", 1000, true, nil},
		{"regipy__ntuser_software_partial", 6396, false, nil},
		{"regipy__transactions_NTUSER.DAT", 2590, true, nil},
		{"regipy__transactions_NTUSER.DAT", 2590, false, []string{"regipy__transactions_NTUSER.DAT.LOG1", "regipy__transactions_NTUSER.DAT.LOG2"}},
		{"ez__SAMBadHBinHeader", 60, false, nil},
		{"ez__SAM_hasBigEndianDWord", 92, false, nil},
		{"ez__SECURITYNoRoot", 8, false, nil},
		{"ez__UsrClassDeletedBags.dat", 37, false, nil},
		{"plaso__100_sub_keys.hiv", 101, false, nil},
		{"plaso__corrupt_sub_key_list.hiv", 101, true, nil},
		{"vr__ntuser.dat", 1127, false, nil},
		{"vr__Amcache.hve", 122, true, nil},
		{"pyreg__issue22.hive", 1, false, nil},
		{"pyreg__UNICODE_TESTS", 3, false, nil},
	} {
		r := Reader{All: true}
		if test.logs != nil {
			r.Logs = func(string) (out []evidence.Input) {
				for _, name := range test.logs {
					out = append(out, evidencetest.Input(name, file(name)))
				}
				return out
			}
		}
		k := read(t, r, file(test.name))
		if k.count < test.keys || len(k.damages) > 0 != test.broken {
			t.Errorf("%s: %d keys (want %d), damages %.3v", test.name, k.count, test.keys, k.damages)
		}
		t.Logf("%s: %d keys, %d damages", test.name, k.count, len(k.damages))
	}
	if (Reader{}).Detect(file("ez__NotAHive")) {
		t.Error("no hive, yet detected")
	}
	k := read(t, Reader{}, file("semi__TaskCache_written_by_hivex.hiv"))
	for key, values := range map[string]int{`\Tree\MaliciousTask`: 2, `\Tree\gdata_exec`: 3} {
		found := false
		for name, got := range k.keys {
			if strings.HasSuffix(name, `\TaskCache`+key) {
				found = len(got.Values) == values
			}
		}
		if !found {
			t.Errorf("%s: %v", key, k.keys)
		}
	}
}

func FuzzReader(f *testing.F) {
	f.Add(regfwrite.Write(sample()))
	f.Fuzz(func(t *testing.T, b []byte) {
		logs := func(string) []evidence.Input { return []evidence.Input{evidencetest.Input("log", b[len(b)/2:])} }
		evidencetest.Check(t, Reader{All: true, Logs: logs}, b)
	})
}

func FuzzExport(f *testing.F) {
	f.Add([]byte("REGEDIT4\n[HKEY_LOCAL_MACHINE\\Schedule\\TaskCache\\Tree]\n\"a\"=hex:01,\\\n02\n@=\"x\"\n"))
	f.Fuzz(func(t *testing.T, b []byte) { evidencetest.Check(t, ExportReader{All: true}, b) })
}
