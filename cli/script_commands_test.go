package cli

import (
	"archive/zip"
	"bytes"
	"io/fs"
	"os"
	"strconv"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/goshawk-hunt/goshawk/simulate"
)

// scriptCommands make evidence that a text archive can't hold.
var scriptCommands = map[string]func(*testscript.TestScript, bool, []string){
	"fleet":      scriptFleet,
	"cut":        scriptCut,
	"hostilezip": scriptHostileZip,
}

// scriptFleet writes the evidence of a small fleet as EVTX: fleet DIR.
func scriptFleet(ts *testscript.TestScript, _ bool, args []string) {
	fleet := simulate.Generate(simulate.Options{Devices: 10, Days: 2, Load: 0.1})
	ts.Check(fleet.Write(ts.MkAbs(args[0]), simulate.AllEVTX))
}

// scriptCut keeps the first bytes of a file: cut FILE BYTES.
func scriptCut(ts *testscript.TestScript, _ bool, args []string) {
	n, err := strconv.ParseInt(args[1], 10, 64)
	ts.Check(err)
	ts.Check(os.Truncate(ts.MkAbs(args[0]), n))
}

// scriptHostileZip writes a zip that means harm: names that lead out of it, a link, a
// member that lies about its size, archives without end within each other, and one
// file that is fine: hostilezip FILE FINE.
func scriptHostileZip(ts *testscript.TestScript, _ bool, args []string) {
	fine, err := os.ReadFile(ts.MkAbs(args[1]))
	ts.Check(err)
	var out bytes.Buffer
	w := zip.NewWriter(&out)
	add := func(h *zip.FileHeader, content []byte) {
		m, err := w.CreateHeader(h)
		ts.Check(err)
		_, err = m.Write(content)
		ts.Check(err)
	}
	add(&zip.FileHeader{Name: "../../../escaped.jsonl", Method: zip.Deflate}, fine)
	add(&zip.FileHeader{Name: "/absolute.jsonl", Method: zip.Deflate}, append(fine, '\n'))
	link := &zip.FileHeader{Name: "link.jsonl"}
	link.SetMode(fs.ModeSymlink | 0o777)
	add(link, []byte("/etc/passwd"))
	nested := fine
	for range 12 {
		var b bytes.Buffer
		z := zip.NewWriter(&b)
		m, err := z.Create("deeper.zip")
		ts.Check(err)
		_, err = m.Write(nested)
		ts.Check(err)
		ts.Check(z.Close())
		nested = b.Bytes()
	}
	add(&zip.FileHeader{Name: "nested.zip", Method: zip.Deflate}, nested)
	ts.Check(w.Close())
	ts.Check(os.WriteFile(ts.MkAbs(args[0]), out.Bytes(), 0o644))
}
