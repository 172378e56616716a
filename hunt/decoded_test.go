package hunt

import (
	"encoding/base64"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/goshawk-hunt/goshawk/finding"
)

func TestDecoded(t *testing.T) {
	text := base64.StdEncoding.EncodeToString([]byte("Write-Output what is encoded"))
	garbage := base64.StdEncoding.EncodeToString([]byte{0, 1, 2, 0xff, 0xfe, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17})
	got := decoded([]finding.TaskAction{{Command: "a.exe", Arguments: "-x " + text}, {Command: "b.exe", Arguments: text}, {Command: "c.exe", Arguments: garbage}})
	if d := cmp.Diff([]string{"Write-Output what is encoded"}, got); d != "" {
		t.Error(d)
	}
}
