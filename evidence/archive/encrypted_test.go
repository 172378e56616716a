package archive

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// The archives of testdata/encrypted hold one member, whose text begins with this, and
// were made with Info-ZIP (old) and by independent writers of the newer encryptions.
const (
	secretText     = `"note: opened by its ..."`
	secretPassword = "hunter2"
)

func fixture(t testing.TB, name string) member {
	t.Helper()
	b, err := os.ReadFile(filepath.Join("testdata", "encrypted", name))
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
		if strings.Contains(line, "secret.txt") && !strings.HasSuffix(line, "none of the 2 passwords opens it") {
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
