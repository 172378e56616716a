package evtx

import (
	"bytes"
	"context"
	"encoding/xml"
	"fmt"
	"io"
	"os/exec"
	"regexp"
	"strconv"
	"strings"
	"testing"
)

// TestRealXML compares our XML of real logs with libevtx's: the same elements
// and attributes with the same text, but for the way numbers and blanks are
// written. Logs that libevtx can't read whole are left out, and large ones for
// the sake of time.
func TestRealXML(t *testing.T) {
	tool, err := exec.LookPath("evtxexport")
	if err != nil {
		t.Skip("evtxexport (libevtx-utils) is not installed")
	}
	compared := 0
	realFiles(t, func(t *testing.T, path string, data []byte) {
		if len(data) > 2<<20 {
			t.Skip("large")
		}
		out, err := exec.Command(tool, "-f", "xml", path).Output()
		if err != nil {
			t.Skipf("evtxexport: %v", err)
		}
		theirs := eventPattern.FindAll(out, -1)
		var xmlOut bytes.Buffer
		if err := WriteXML(context.Background(), input(data), Options{}, &xmlOut, &collected{}); err != nil {
			t.Fatal(err)
		}
		ours := eventPattern.FindAll(xmlOut.Bytes(), -1)
		if len(ours) != len(theirs) {
			t.Skipf("%d events, evtxexport has %d", len(ours), len(theirs))
		}
		for i := range ours {
			want, err := flatXML(theirs[i])
			if err != nil {
				continue // control characters, unescaped
			}
			got, err := flatXML(ours[i])
			if err != nil {
				t.Fatalf("event %d: %v in %.500s", i, err, ours[i])
			}
			if got != want {
				t.Fatalf("event %d:\nours   %.1500s\ntheirs %.1500s", i, got, want)
			}
			compared++
		}
	})
	if compared == 0 {
		t.Error("nothing was compared")
	}
}

var (
	eventPattern = regexp.MustCompile(`(?s)<Event .*?</Event>`)
	hexPattern   = regexp.MustCompile(`^0x[0-9a-fA-F]{1,16}$`)
)

// flatXML lists elements, attributes and text.
func flatXML(b []byte) (string, error) {
	var out strings.Builder
	dec := xml.NewDecoder(bytes.NewReader(b))
	text := ""
	for {
		tok, err := dec.Token()
		if err == io.EOF {
			return out.String(), nil
		}
		if err != nil {
			return "", err
		}
		switch tok := tok.(type) {
		case xml.StartElement:
			text = ""
			fmt.Fprintf(&out, "<%s", tok.Name.Local)
			for _, a := range tok.Attr {
				fmt.Fprintf(&out, " %s=%q", a.Name.Local, plainText(a.Value))
			}
			out.WriteByte('>')
		case xml.EndElement:
			fmt.Fprintf(&out, "%s</>\n", plainText(text))
			text = ""
		case xml.CharData:
			text += string(tok)
		}
	}
}

func plainText(s string) string {
	s = strings.Join(strings.Fields(s), " ")
	if hexPattern.MatchString(s) {
		if n, err := strconv.ParseUint(s[2:], 16, 64); err == nil {
			return strconv.FormatUint(n, 10)
		}
	}
	return s
}
