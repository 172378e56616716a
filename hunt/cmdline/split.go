// Package cmdline reads Windows command lines: where the program ends and its
// arguments begin, what an environment variable in a path stands for, and what a
// schtasks, at or PowerShell command line asks of the Task Scheduler.
//
// Everything here takes text that an attacker chose. Functions never fail; what
// can't be read comes back empty.
package cmdline

import "strings"

// Split cuts a command line into its program and the rest. A quoted program ends at
// its quote. An unquoted one that names a drive or a share ends after the first
// .exe, .com, .scr, .bat or .cmd that a blank or the end follows, as unquoted paths
// with blanks are read by CreateProcess; any other ends at the first blank.
func Split(line string) (program, rest string) {
	line = strings.TrimLeft(line, " \t")
	if line == "" {
		return "", ""
	}
	if line[0] == '"' {
		end := strings.IndexByte(line[1:], '"')
		if end < 0 {
			return line[1:], ""
		}
		return line[1 : 1+end], strings.TrimSpace(line[end+2:])
	}
	if len(line) > 2 && (line[1] == ':' || strings.HasPrefix(line, `\\`) || line[0] == '%') {
		if end := executableEnd(line); end > 0 {
			return line[:end], strings.TrimSpace(line[end:])
		}
	}
	if end := strings.IndexAny(line, " \t"); end > 0 {
		return line[:end], strings.TrimSpace(line[end:])
	}
	return line, ""
}

// executableEnd returns the offset behind the first executable extension that ends a word.
func executableEnd(line string) int {
	lower := strings.ToLower(line)
	for i := 0; i < len(lower); i++ {
		if lower[i] != '.' || i+4 > len(lower) {
			continue
		}
		switch lower[i : i+4] {
		case ".exe", ".com", ".scr", ".bat", ".cmd":
			if i+4 == len(lower) || lower[i+4] == ' ' || lower[i+4] == '\t' {
				return i + 4
			}
		}
	}
	return 0
}

// Args cuts a command line into arguments by the rules of CommandLineToArgvW, the
// program included. At most 256 arguments are returned.
func Args(line string) []string {
	const limit = 256
	var args []string
	for i := 0; i < len(line) && len(args) < limit; {
		if line[i] == ' ' || line[i] == '\t' || line[i] == '\n' || line[i] == '\r' {
			i++
			continue
		}
		var word strings.Builder
		i = argument(line, i, &word)
		args = append(args, word.String())
	}
	return args
}

// argument reads one argument from offset i on and returns the offset behind it.
func argument(line string, i int, word *strings.Builder) int {
	quoted := false
	for i < len(line) {
		switch c := line[i]; {
		case c == '\\':
			n := i
			for n < len(line) && line[n] == '\\' {
				n++
			}
			count := n - i
			if n < len(line) && line[n] == '"' {
				word.WriteString(strings.Repeat(`\`, count/2))
				if count%2 == 1 {
					word.WriteByte('"')
					n++
				}
			} else {
				word.WriteString(line[i:n])
			}
			i = n
		case c == '"':
			quoted = !quoted
			i++
		case !quoted && (c == ' ' || c == '\t' || c == '\n' || c == '\r'):
			return i
		default:
			word.WriteByte(c)
			i++
		}
	}
	return i
}

// Base returns the last element of a Windows path, without quotes.
func Base(path string) string {
	path = strings.Trim(path, `" `)
	if i := strings.LastIndexAny(path, `\/`); i >= 0 {
		return path[i+1:]
	}
	return path
}

// Dir returns a Windows path without its last element and without the separator
// before it, or "".
func Dir(path string) string {
	path = strings.Trim(path, `" `)
	if i := strings.LastIndexAny(path, `\/`); i >= 0 {
		return path[:i]
	}
	return ""
}

// Ext returns the extension of the last element in lower case, with its dot, or "".
func Ext(path string) string {
	base := Base(path)
	if i := strings.LastIndexByte(base, '.'); i >= 0 {
		return strings.ToLower(base[i:])
	}
	return ""
}
