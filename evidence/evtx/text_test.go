package evtx

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"unicode/utf16"
)

// TestUTF16 compares with the standard library at all lengths around the block
// sizes, with something other than ASCII at every place.
func TestUTF16(t *testing.T) {
	for length := range 40 {
		for _, special := range []string{"", "é", "→", "🦅", "\x00", "\x7f", "\u0080"} {
			for at := 0; at <= length; at++ {
				s := strings.Repeat("a", at) + special + strings.Repeat("b", length-at)
				var a arena
				a.utf16(units("before"))
				if got := a.utf16(units(s)); got != s {
					t.Fatalf("%q became %q", s, got)
				}
			}
		}
	}
}

func TestUTF16Broken(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 4))
	for range 20000 {
		u := make([]uint16, r.IntN(20))
		var b []byte
		for i := range u {
			u[i] = [...]uint16{'a', 0x7f, 0x80, 0xd800, 0xdbff, 0xdc00, 0xdfff, 0xffff}[r.IntN(8)]
			b = append(b, byte(u[i]), byte(u[i]>>8))
		}
		var a arena
		want := string(utf16.Decode(u))
		if got := a.utf16(b); got != want {
			t.Fatalf("%x became %q, expected %q", u, got, want)
		}
		if got := a.utf16(append(b, 'x')); got != want {
			t.Fatalf("odd byte behind %x: %q", u, got)
		}
	}
}

func TestGUID(t *testing.T) {
	b := []byte{0x3f, 0x37, 0x1f, 0xca, 0x6b, 0x89, 0x96, 0x48, 0xab, 0x6b, 0x00, 0x9a, 0xa9, 0x1f, 0x0f, 0xf0}
	var a arena
	if got, want := a.guid(b), "ca1f373f-896b-4896-ab6b-009aa91f0ff0"; got != want {
		t.Errorf("%s, expected %s", got, want)
	}
	for i := range 16 {
		v := uint32(i) * 0x11111111
		digits := hexDigits(v)
		var s []byte
		for shift := 0; shift < 64; shift += 8 {
			s = append(s, byte(digits>>shift))
		}
		if want := fmt.Sprintf("%08x", v); string(s) != want {
			t.Errorf("%s, expected %s", s, want)
		}
	}
}

func TestSID(t *testing.T) {
	for _, tt := range []struct {
		b    []byte
		want string
	}{
		{[]byte{1, 1, 0, 0, 0, 0, 0, 5, 18, 0, 0, 0}, "S-1-5-18"},
		{[]byte{1, 2, 1, 2, 3, 4, 5, 6, 0, 0, 0, 0, 255, 255, 255, 255}, "S-1-1108152157446-0-4294967295"},
		{[]byte{1, 0, 0, 0, 0, 0, 0, 0}, "S-1-0"},
		{[]byte{1, 1, 0, 0, 0, 0, 0, 5, 18, 0, 0}, ""},
		{[]byte{1, 200, 0, 0, 0, 0, 0, 5, 18, 0, 0}, ""},
		{nil, ""},
	} {
		var a arena
		if got, ok := a.sid(tt.b); got != tt.want || ok != (tt.want != "") {
			t.Errorf("%x: %q %v, expected %q", tt.b, got, ok, tt.want)
		}
	}
}
