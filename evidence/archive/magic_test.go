package archive

import (
	"strings"
	"testing"
)

// What holds evidence that can't be got at says so, and what to do.
func TestDescribe(t *testing.T) {
	for head, want := range map[string]string{
		"Rar!\x1A\x07\x01\x00": "RAR archive",
		"\x30\x82\x01\xF9" + enveloped + "\xA0\x82\x01\xEA\x30\x82\x01\xE6\x02\x01\x00\x31\x82\x01\x9F\x30\x82": "PKCS #7 envelope",
		"age-encryption.org/v1\n-> X25519":                                                                                  "file encrypted with age",
		"\uFEFFTime,Entry Location,Entry,Enabled\r\n":                                                                       "Autoruns' list",
		"\"TaskName\",\"Next Run Time\",\"Status\"\r\n":                                                                     "schtasks' list without what the tasks run",
		"\r\nFolder: \\\r\nTaskName     Next Run Time   Status\r\n":                                                         "schtasks' list without what the tasks run",
		"<?xml version='1.0' encoding='UTF-8'?>\n<results preview='0'>":                                                     "Splunk's XML",
		"#TYPE Microsoft.Management.Infrastructure.CimInstance#Root/Microsoft/Windows/TaskScheduler/MSFT_ScheduledTask\r\n": "Get-ScheduledTask's CSV",
	} {
		why, refused := describe([]byte(head))
		if !refused || !strings.HasPrefix(why, want) || !strings.Contains(why, ": ") {
			t.Errorf("%q: %q, refused %v, want %q", head[:20], why, refused, want)
		}
	}
}

// A file that was made and never filled is told from one whose format is not known.
func TestZeros(t *testing.T) {
	if why, refused := describe(make([]byte, 512)); refused || !strings.HasPrefix(why, "nothing but zeros (the first 512 bytes)") {
		t.Errorf("%q, refused %v", why, refused)
	}
	if why, _ := describe(append(make([]byte, 512), 1)); why != "binary content of no known format" {
		t.Errorf("%q", why)
	}
}
