package archive

import (
	"path"
	"strconv"
	"strings"
	"unicode"
)

// memberName makes the name of a member fit to be shown and compared: one kind
// of separator, no way up or out, no control characters. It is never opened.
func memberName(name string) string {
	name = strings.ToValidUTF8(name, "\uFFFD")
	name = strings.Map(func(r rune) rune {
		switch {
		case r == '\\':
			return '/'
		case unicode.IsControl(r):
			return '\uFFFD'
		}
		return r
	}, name)
	name = strings.TrimPrefix(path.Clean("/"+name), "/")
	if name == "" {
		return "unnamed"
	}
	return name
}

// names keeps the members of one archive apart when their names do not.
type names map[string]int

func (n names) unique(name string) string {
	name = memberName(name)
	n[name]++
	if c := n[name]; c > 1 {
		return name + "~" + strconv.Itoa(c)
	}
	return name
}

// expandedName is the name of what a compressed file holds.
func expandedName(container, inner string) string {
	if inner != "" {
		return memberName(inner)
	}
	base := container[strings.LastIndexAny(container, "/\\!")+1:]
	lower := strings.ToLower(base)
	for _, ext := range []string{".gz", ".zst", ".bz2", ".xz", ".lz4", ".lzma", ".gzip", ".zstd", ".avro"} {
		if strings.HasSuffix(lower, ext) && len(base) > len(ext) {
			return base[:len(base)-len(ext)]
		}
	}
	for _, ext := range []string{".tgz", ".tbz2", ".tzst", ".txz"} {
		if strings.HasSuffix(lower, ext) && len(base) > len(ext) {
			return base[:len(base)-len(ext)] + ".tar"
		}
	}
	return "content"
}
