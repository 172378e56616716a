package task

import "strings"

// variables are the environment variables of a default installation, as far as they
// are the same for all users. In lower case, the longer name first.
var variables = strings.NewReplacer(
	"%systemroot%", `c:\windows`, "%windir%", `c:\windows`, "%systemdrive%", `c:`, "%comspec%", `c:\windows\system32\cmd.exe`,
	"%programfiles(x86)%", `c:\program files (x86)`, "%programfiles%", `c:\program files`, "%programw6432%", `c:\program files`,
	"%commonprogramfiles(x86)%", `c:\program files (x86)\common files`, "%commonprogramfiles%", `c:\program files\common files`,
	"%programdata%", `c:\programdata`, "%allusersprofile%", `c:\programdata`, "%public%", `c:\users\public`,
)

// programEnds end the path of a program that stands before arguments without quotes.
var programEnds = []string{".exe ", ".com ", ".bat ", ".cmd ", ".scr ", ".msc "}

// NormalizeCommand returns the program of a command in one form for comparison: lower
// case, without quotes and arguments, machine-wide environment variables written out,
// device prefixes, doubled separators and dot folders removed, with an extension.
// Variables of users stay. It tells where a command points, not what a lookup in PATH
// would find.
func NormalizeCommand(command string) string {
	s := strings.ToLower(strings.TrimSpace(command))
	if quoted, ok := strings.CutPrefix(s, `"`); ok {
		s, _, _ = strings.Cut(quoted, `"`)
		s = strings.TrimSpace(s)
	}
	for _, end := range programEnds {
		if i := strings.Index(s, end); i >= 0 {
			s = s[:i+len(end)-1]
		}
	}
	s = variables.Replace(s)
	for _, prefix := range []string{`\\?\`, `\\.\`, `\??\`} {
		if rest, ok := strings.CutPrefix(s, prefix); ok && len(rest) > 1 && rest[1] == ':' {
			s = rest
		}
	}
	if rest, ok := strings.CutPrefix(s, `\systemroot\`); ok {
		s = `c:\windows\` + rest
	}
	s = cleanPath(s)
	if base := s[strings.LastIndexByte(s, '\\')+1:]; base != "" && !strings.ContainsAny(base, ".% {$") {
		s += ".exe"
	}
	return s
}

// cleanPath writes separators one way and resolves the folders "." and "..".
func cleanPath(s string) string {
	s = strings.ReplaceAll(s, "/", `\`)
	lead := ""
	if rest, ok := strings.CutPrefix(s, `\\`); ok {
		lead, s = `\\`, rest
	}
	var out []string
	for i, part := range strings.Split(s, `\`) {
		switch {
		case part == "" && i > 0, part == ".":
		case part == ".." && len(out) == 1 && strings.HasSuffix(out[0], ":"):
		case part == ".." && len(out) > 1 && out[len(out)-1] != "..":
			out = out[:len(out)-1]
		default:
			out = append(out, part)
		}
	}
	return lead + strings.Join(out, `\`)
}
