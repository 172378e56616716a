package cmdline

import (
	"regexp"
	"strings"
)

// variables are the environment variables that task definitions use, as a default
// installation sets them. User folders stand for any user's.
var variables = strings.NewReplacer(
	"%systemroot%", `c:\windows`,
	"%windir%", `c:\windows`,
	"%systemdrive%", `c:`,
	"%programfiles%", `c:\program files`,
	"%programfiles(x86)%", `c:\program files (x86)`,
	"%programw6432%", `c:\program files`,
	"%commonprogramfiles%", `c:\program files\common files`,
	"%programdata%", `c:\programdata`,
	"%allusersprofile%", `c:\programdata`,
	"%public%", `c:\users\public`,
	"%localappdata%", `c:\users\<user>\appdata\local`,
	"%appdata%", `c:\users\<user>\appdata\roaming`,
	"%userprofile%", `c:\users\<user>`,
	"%homepath%", `\users\<user>`,
	"%homedrive%", `c:`,
	"%temp%", `c:\users\<user>\appdata\local\temp`,
	"%tmp%", `c:\users\<user>\appdata\local\temp`,
	"%comspec%", `c:\windows\system32\cmd.exe`,
)

var (
	anyUser     = regexp.MustCompile(`c:\\users\\([^\\"';|&<>]+)\\`)
	userFolder  = regexp.MustCompile(`^c:\\users\\([^\\]+)\\`)
	versionPart = regexp.MustCompile(`\b\d+(?:\.\d+){1,4}(?:-\d+)?\b`)
	guidPart    = regexp.MustCompile(`\{?[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\}?`)
	sidPart     = regexp.MustCompile(`s-1-(?:5-21|12-1)-[0-9-]+`)
	devicePath  = regexp.MustCompile(`^\\\\[?.]\\([a-z]:\\)`)
)

// Expand lower-cases a path or command, writes the well-known variables out and
// takes a device prefix before a drive away. Unknown variables stay.
func Expand(s string) string {
	s = strings.ToLower(strings.TrimSpace(s))
	s = strings.ReplaceAll(s, "/", "\x00") // keep switches apart from separators
	s = variables.Replace(s)
	s = strings.ReplaceAll(s, "\x00", "/")
	s = strings.TrimPrefix(s, `\??\`)
	return devicePath.ReplaceAllString(s, "$1")
}

// Path normalises the path of a program for comparison across devices: quotes off,
// variables written out, users, versions and GUIDs replaced by <user>, <ver>, <guid>.
func Path(s string) string {
	s = Expand(strings.Trim(strings.TrimSpace(s), `"`))
	s = strings.Trim(s, `" `)
	s = strings.TrimPrefix(s, `\systemroot\`)
	if m := userFolder.FindStringSubmatchIndex(s); m != nil && s[m[2]:m[3]] != "public" {
		s = s[:m[2]] + "<user>" + s[m[3]:]
	}
	return general(s)
}

// searched are the folders in which Windows looks for a program that is named without a
// path, whatever the process's width: there a name and its path mean one file.
var searched = map[string]bool{
	`c:\windows`: true, `c:\windows\system32`: true, `c:\windows\syswow64`: true, `c:\windows\sysnative`: true,
	`c:\windows\system32\wbem`: true, `c:\windows\syswow64\wbem`: true, `c:\windows\system32\openssh`: true,
	`c:\windows\system32\windowspowershell\v1.0`: true, `c:\windows\syswow64\windowspowershell\v1.0`: true,
}

// Program is what a program is called whichever way it is written: its normalised path
// without .exe, and its name alone where Windows would find it by that.
func Program(s string) string {
	p := strings.TrimSuffix(Path(s), ".exe")
	if searched[Dir(p)] {
		return Base(p)
	}
	return p
}

// Arguments normalises an argument text like Path, blanks folded to one.
func Arguments(s string) string {
	s = Expand(strings.Join(strings.Fields(strings.ReplaceAll(s, `"`, "")), " "))
	s = anyUser.ReplaceAllStringFunc(s, func(m string) string {
		if m == `c:\users\public\` {
			return m
		}
		return `c:\users\<user>\`
	})
	return general(s)
}

// TaskName normalises a task's path: one leading backslash, lower case, users' SIDs
// and GUIDs replaced, so that per-user copies of one task compare equal.
func TaskName(s string) string {
	return general(ExactTaskName(s))
}

// ExactTaskName folds the spellings of one task's path on one device: lower case,
// one leading backslash, no "NT TASK" prefix.
func ExactTaskName(s string) string {
	s = strings.ToLower(strings.TrimSpace(strings.Trim(s, `"`)))
	s = strings.TrimPrefix(s, `nt task\`)
	if s == "" {
		return ""
	}
	return `\` + strings.TrimLeft(strings.ReplaceAll(s, "/", `\`), `\`)
}

func general(s string) string {
	s = sidPart.ReplaceAllString(s, "<sid>")
	s = guidPart.ReplaceAllString(s, "<guid>")
	return versionPart.ReplaceAllString(s, "<ver>")
}
