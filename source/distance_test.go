package source

import (
	"strings"
	"testing"
)

func TestDistance(t *testing.T) {
	for _, test := range []struct {
		a, b       string
		most, want int
	}{
		{"FileName", "filename", 4, 0},
		{"FileName", "FileNmae", 4, 1},
		{"FileName", "FilName", 4, 1},
		{"FileName", "FileNames", 4, 1},
		{"FileName", "Filename2", 1, 1},
		{"FileName", "Timestamp", 3, 4},
		{"", "ab", 2, 2},
		{"", "abc", 2, 3},
		{"Größe", "größe", 2, 0},
		{"Größe", "grösse", 2, 2},
		{strings.Repeat("a", 100), strings.Repeat("a", 99) + "b", 4, 1},
		{"ab" + strings.Repeat("c", 80), "ba" + strings.Repeat("c", 80), 1, 1},
	} {
		for _, x := range [][2]string{{test.a, test.b}, {test.b, test.a}} {
			if got := Distance(x[0], x[1], test.most); got != test.want {
				t.Errorf("Distance(%q, %q, %d) is %d, want %d", x[0], x[1], test.most, got, test.want)
			}
		}
	}
}
