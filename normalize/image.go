package normalize

import "strings"

// image is the path of a program in the forms that columns want.
type image struct {
	path, name           string // as written
	lowerPath, lowerName string
}

// images bounds how many paths are remembered.
const maxImages = 1 << 14

// image splits a path; paths repeat, so what was made of them is kept.
func (n *Normalizer) image(path string) *image {
	if m, ok := n.images[path]; ok {
		return m
	}
	if len(n.images) >= maxImages {
		clear(n.images)
	}
	path = strings.Clone(path)
	m := &image{path: path, name: baseName(path), lowerPath: strings.ToLower(path)}
	m.lowerName = baseName(m.lowerPath)
	n.images[path] = m
	return m
}

// baseName is what follows the last backslash or slash.
func baseName(path string) string {
	i := len(path)
	for i > 0 && path[i-1] != '\\' && path[i-1] != '/' {
		i--
	}
	return path[i:]
}

// stripFolder removes the folder of the program from a command line, as Defender
// shows command lines. Quotes and everything behind the program stay as they are:
//
//	C:\Windows\system32\svchost.exe -k netsvcs  ->  svchost.exe -k netsvcs
//	"C:\Program Files\a.exe" -x                 ->  "a.exe" -x
//
// A path without quotes that has blanks ends at the first program name in it.
func stripFolder(line string) string {
	start := len(line) - len(strings.TrimLeft(line, " \t"))
	t := line[start:]
	if t == "" {
		return line
	}
	if t[0] == '"' {
		program := t[1:]
		if end := strings.IndexByte(program, '"'); end >= 0 {
			program = program[:end]
		}
		if cut := strings.LastIndexAny(program, `\/`) + 1; cut > 0 {
			return line[:start+1] + t[1+cut:]
		}
		return line
	}
	program := t[:programLength(t)]
	// Without a backslash a slash may begin an option: cmd/c.
	if !strings.Contains(program, `\`) {
		return line
	}
	return line[:start] + t[strings.LastIndexAny(program, `\/`)+1:]
}

// programLength is the length of the program at the start of an unquoted command line.
func programLength(t string) int {
	path := t
	if strings.HasPrefix(path, `\\?\`) || strings.HasPrefix(path, `\??\`) {
		path = path[4:]
	}
	if len(path) > 3 && isLetter(path[0]) && path[1] == ':' && path[2] == '\\' {
		if n := programName(path, ""); n > 0 {
			return len(t) - len(path) + n
		}
	}
	if n := strings.IndexAny(t, " \t\r\n\v\f"); n >= 0 {
		return n
	}
	return len(t)
}

// programName is the length of the shortest start of path that ends like a program, or
// like other, before a blank or the end, 0 if there is none.
func programName(path, other string) int {
	for i := 3; i < len(path); i++ {
		switch path[i] {
		case '"':
			return 0
		case '.':
			if i+4 > len(path) || i+4 < len(path) && !isBlank(path[i+4]) {
				continue
			}
			switch strings.ToLower(path[i+1 : i+4]) {
			case "exe", "com", "scr", "bat", "cmd", "dll", other:
				return i + 4
			}
		}
	}
	return 0
}

func isLetter(c byte) bool { return c|0x20 >= 'a' && c|0x20 <= 'z' }

func isBlank(c byte) bool { return c == ' ' || c >= '\t' && c <= '\r' }

// serviceProgram finds the program in a service's command line, which may be quoted,
// may have arguments, and may begin in a form that only drivers use.
func serviceProgram(line string) string {
	line = strings.TrimSpace(line)
	if line == "" {
		return ""
	}
	if line[0] == '"' {
		program, _, _ := strings.Cut(line[1:], `"`)
		return program
	}
	line = strings.TrimPrefix(line, `\??\`)
	if n := programName(line, "sys"); n > 0 {
		return line[:n]
	}
	return line[:programLength(line)]
}
