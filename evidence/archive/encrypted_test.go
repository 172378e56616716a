package archive

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/goshawk-hunt/goshawk/evidence"
)

// The archives of testdata/packed hold one member, whose text begins with this, and
// were made with Info-ZIP (old) and by independent writers of the newer encryptions.
const (
	secretText     = `"note: opened by its ..."`
	secretPassword = "hunter2"
)

func fixture(t testing.TB, name string) member {
	t.Helper()
	b, err := os.ReadFile(filepath.Join("testdata", "packed", name))
	if err != nil {
		t.Fatal(err)
	}
	return member{name, string(b)}
}

func TestEncryptedZip(t *testing.T) {
	var files []member
	for _, name := range []string{"aes128.zip", "aes256.zip", "old.zip"} {
		files = append(files, fixture(t, name))
	}
	dir := folder(t, files...)
	opened := func(name string) []string {
		return []string{name + "!secret.txt read note 95 " + secretText, name + " read zip " + size(t, dir, name) + " (container)"}
	}
	want := append(append(opened("aes128.zip"), opened("aes256.zip")...), opened("old.zip")...)
	check(t, lines(t, &Walker{Passwords: []string{secretPassword}}, dir), want...)
	many := []string{"", "wrong", strings.Repeat("x", 100)}
	for i := range 600 { // the old encryption takes one in 256 wrong passwords at first
		many = append(many, "guess"+strings.Repeat("y", i%7)+string(rune('a'+i%26))+string(rune('A'+i/26)))
	}
	check(t, lines(t, &Walker{Passwords: append(many, secretPassword)}, dir), want...)
	for _, line := range lines(t, &Walker{Passwords: []string{"wrong", "Hunter2"}}, dir) {
		if strings.Contains(line, "secret.txt") && !strings.HasSuffix(line, "none of the 2 passwords given opens it") {
			t.Error(line)
		}
	}
	for _, line := range lines(t, &Walker{}, dir) {
		if strings.Contains(line, "secret.txt") && !strings.HasSuffix(line, "its password is needed (--password)") {
			t.Error(line)
		}
	}
}

// Every byte of an encrypted member is under its checksum or its HMAC.
func TestEncryptedZipChanged(t *testing.T) {
	for _, name := range []string{"aes256.zip", "old.zip"} {
		whole := []byte(fixture(t, name).body)
		for i := 90; i < 130; i += 7 {
			b := append([]byte{}, whole...)
			b[i] ^= 1
			dir := folder(t, member{name, string(b)})
			for _, line := range lines(t, &Walker{Passwords: []string{secretPassword}}, dir) {
				if strings.Contains(line, "!secret.txt read") {
					t.Errorf("%s with byte %d changed: %s", name, i, line)
				}
			}
		}
	}
}

func size(t testing.TB, dir, name string) string {
	t.Helper()
	return fmt.Sprint(fileSize(t, dir, name))
}

func TestSevenZip(t *testing.T) {
	dir := folder(t, fixture(t, "plain.7z"), fixture(t, "aes.7z"), fixture(t, "aeshead.7z"))
	w := &Walker{Passwords: []string{"wrong", secretPassword}}
	check(t, lines(t, w, dir),
		"aes.7z!secret.txt read note 95 "+secretText, "aes.7z read 7z "+size(t, dir, "aes.7z")+" (container)",
		"aeshead.7z!secret.txt read note 95 "+secretText, "aeshead.7z read 7z "+size(t, dir, "aeshead.7z")+" (container)",
		"plain.7z!secret.txt read note 95 "+secretText, `plain.7z!dir/b.txt read note 120 "note: secondnote: se..."`, "plain.7z read 7z "+size(t, dir, "plain.7z")+" (container)",
	)
	code := folder(t, fixture(t, "bcj.7z"))
	err := (&Walker{Readers: []evidence.Reader{noteReader{}}}).Walk(t.Context(), []string{code}, func(f *File) error {
		if want := "450db1b8170832617b6099295f361987f4d563d6ce830b4d40ee3e5af4161a5c"; f.Reader != nil && f.SHA256 != want || !f.Container && f.Reader == nil {
			t.Errorf("filtered code: %+v, want %s", f, want)
		}
		return nil
	})
	if err != nil {
		t.Error(err)
	}
	check(t, lines(t, &Walker{}, dir),
		"aes.7z!secret.txt refused  95: 7z is encrypted, its password is needed (--password)", "aes.7z read 7z "+size(t, dir, "aes.7z")+" (container)",
		"aeshead.7z refused 7z "+size(t, dir, "aeshead.7z")+": 7z is encrypted, its password is needed (--password) (container)",
		"plain.7z!secret.txt read note 95 "+secretText, `plain.7z!dir/b.txt read note 120 "note: secondnote: se..."`, "plain.7z read 7z "+size(t, dir, "plain.7z")+" (container)",
	)
	for _, line := range lines(t, &Walker{Passwords: []string{"wrong"}}, dir) {
		if strings.HasPrefix(line, "aes") && !strings.Contains(line, "the password given does not open it") && !strings.HasPrefix(line, "aes.7z read") {
			t.Error(line)
		}
	}
}

// A 7z that is cut off or changed anywhere gives what it can, a reason, and never more
// than it says.
func TestSevenZipDamaged(t *testing.T) {
	for name, step := range map[string]int{"plain.7z": 3, "bcj.7z": 211, "aes.7z": 83} {
		whole := []byte(fixture(t, name).body)
		for i := 0; i < len(whole); i += step {
			b := append([]byte{}, whole...)
			b[i] ^= 0x55
			dir := folder(t, member{"changed.7z", string(b)}, member{"cut.7z", string(whole[:i])})
			for _, line := range lines(t, &Walker{Passwords: []string{secretPassword}}, dir) {
				if strings.HasPrefix(line, "cut.7z!") && strings.Contains(line, " read ") {
					t.Errorf("%s cut after %d bytes: %s", name, i, line)
				}
			}
		}
	}
}
