package archive

import (
	"fmt"
	"path/filepath"
	"strings"
	"testing"
)

// cut cuts a body into n volumes.
func cut(name, body string, n int) []member {
	var list []member
	size := (len(body) + n - 1) / n
	for i := range n {
		list = append(list, member{fmt.Sprintf("%s.%03d", name, i+1), body[i*size : min(len(body), (i+1)*size)]})
	}
	return list
}

func TestVolumes(t *testing.T) {
	zip := zipOf(t, member{"a", incompressible(2500)}, member{"b", incompressible(450)})
	seven := packedWith(szCopy, []byte("note:seven"), []byte("note:seven"))
	files := append(cut("a.zip", zip, 5), cut("b.7z", seven, 2)...)
	files = append(files, cut("c.zip", zip, 3)[:2]...)                                  // one is missing
	files = append(files, member{"d.001", zip}, member{"d.002", zip})                   // two archives
	files = append(files, member{"e.log.001", "note:1"}, member{"e.log.002", "note:2"}) // no archives
	files = append(files, cut("f.7z", seven, 2)[1])                                     // the first is missing
	dir := folder(t, files...)
	got := strings.Join(lines(t, &Walker{}, dir), "\n")
	for _, want := range []string{
		"a.zip.001!a read note 5005 ", "a.zip.001!b read note 905 ", fmt.Sprintf("a.zip.001 read zip %d (container)", len(zip)),
		"a.zip.002 linked  0: volume 2 of DIR/a.zip.001, read with it", "a.zip.005 linked ",
		"b.7z.001!code.bin read note 10 ", "b.7z.002 linked ",
		"c.zip.001!a damaged note", "c.zip.001 damaged zip", "c.zip.002 linked",
		"d.001!a read note", "d.002!b read note", "e.log.001 read note", "e.log.002 read note",
		"f.7z.002 unknown ",
	} {
		if !strings.Contains(strings.ReplaceAll(got, dir, "DIR"), want) {
			t.Errorf("no %q in\n%s", want, got)
		}
	}
	// Named one by one, as a shell does it, they are the same.
	named, _ := filepath.Glob(filepath.Join(dir, "a.zip.*"))
	check(t, lines(t, &Walker{}, dir, named...), lines(t, &Walker{}, dir, filepath.Join(dir, "a.zip.001"))...)
}
