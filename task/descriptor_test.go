package task

import (
	"encoding/hex"
	"strings"
	"testing"
)

// descriptor is a self-relative descriptor: owner BA, group SY, D:P with an entry each
// for BA (all), users (read), and a denial for everyone.
const descriptor = "01000490" + "60000000" + "70000000" + "00000000" + "14000000" +
	"02004c0003000000" +
	"00001800ff011f00" + "01020000000000052000000020020000" +
	"00001800" + "89001200" + "01020000000000052000000021020000" +
	"01001400" + "89001200" + "010100000000000100000000" +
	"01020000000000052000000020020000" + "010100000000000512000000"

func TestDescriptor(t *testing.T) {
	b, err := hex.DecodeString(descriptor)
	if err != nil {
		t.Fatal(err)
	}
	d, err := ParseDescriptor(b)
	if err != nil {
		t.Fatal(err)
	}
	const want = "O:BAG:SYD:P(A;;FA;;;BA)(A;;FR;;;BU)(D;;FR;;;WD)"
	if d.String() != want {
		t.Errorf("%s, want %s", d, want)
	}
	text, err := ParseSDDL(want)
	if err != nil || text.String() != want {
		t.Errorf("read back: %v, %v", text, err)
	}
	for n := range b {
		if d, err := ParseDescriptor(b[:n]); err == nil && d.String() == want {
			t.Errorf("whole after %d of %d bytes", n, len(b))
		}
	}
}

func TestHides(t *testing.T) {
	for sddl, want := range map[string]string{
		"D:(A;;FA;;;BA)(A;;FA;;;SY)(A;;FR;;;AU)":      "",
		"O:BAG:SY":                                    "",
		"D:":                                          "administrators",
		"D:P(A;;FA;;;SY)":                             "administrators",
		"D:(D;;FA;;;BA)(A;;FA;;;BA)":                  "administrators",
		"D:(A;;FA;;;BA)(D;;FA;;;BA)":                  "",
		"D:(A;;GA;;;SY)(A;;GRGX;;;WD)":                "",
		"D:(A;;0x1f01ff;;;BA)(D;;0x120089;;;BU)":      "users",
		"D:(A;;0x1301ff;;;S-1-5-80-1-2-3)":            "administrators",
		"D:(A;;FA;;;SY)(A;;FRFX;;;IU)":                "", // administrators who are logged on read by it
		"O:BAG:BAD:AI(A;ID;FRFX;;;BU)S:(AU;;FA;;;WD)": "",
	} {
		d, err := ParseSDDL(sddl)
		if err != nil {
			t.Errorf("%s: %v", sddl, err)
			continue
		}
		if got := d.Hides(); got != want {
			t.Errorf("%s: hidden from %q, want %q", sddl, got, want)
		}
	}
	for _, bad := range []string{"x", "D:(A;;FA)", "D:(A;;ZZ;;;BA)", "D:(A;;FA;;;BA", "D:(A;;F;;;BA)"} {
		if _, err := ParseSDDL(bad); err == nil {
			t.Errorf("%q: no error", bad)
		}
	}
}

func FuzzDescriptor(f *testing.F) {
	b, _ := hex.DecodeString(descriptor)
	f.Add(b, "O:BAG:SYD:P(A;;FA;;;BA)S:(AU;;FA;;;WD)")
	f.Fuzz(func(t *testing.T, b []byte, sddl string) {
		if d, err := ParseDescriptor(b); err == nil {
			d.Hides()
			if s := d.String(); strings.Contains(s, "\n") {
				t.Fatalf("%q", s)
			}
		}
		if d, err := ParseSDDL(sddl); err == nil {
			d.Hides()
		}
	})
}
