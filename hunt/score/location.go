package score

import (
	"fmt"
	"regexp"
	"strings"

	"github.com/goshawk-hunt/goshawk/hunt/cmdline"
)

// place is where a file lies, as far as its path says.
type place struct {
	points  int
	text    string // "" for a place that only administrators write to
	trusted bool
}

// writable is from how many points a place is one where any user may write.
const writable = 12

// prefixes are folders by their normalised path, the longest first where they nest.
var prefixes = []struct {
	prefix string
	place  place
}{
	{`c:\windows\temp\`, place{35, "the Windows temp folder, where everybody may write", false}},
	{`c:\windows\tasks\`, place{30, `C:\Windows\Tasks, where everybody may write`, false}},
	{`c:\windows\system32\tasks\`, place{35, "the folder of task definitions", false}},
	{`c:\windows\system32\spool\drivers\color\`, place{35, "a printer folder where everybody may write", false}},
	{`c:\windows\tracing\`, place{35, `C:\Windows\Tracing, where everybody may write`, false}},
	{`c:\windows\debug\`, place{25, `C:\Windows\Debug`, false}},
	{`c:\windows\system32\config\`, place{35, "the folder of the registry's hives", false}},
	{`c:\windows\fonts\`, place{35, `C:\Windows\Fonts, which holds no programs`, false}},
	{`c:\windows\help\`, place{30, `C:\Windows\Help, which holds no programs`, false}},
	{`c:\windows\media\`, place{35, `C:\Windows\Media, which holds no programs`, false}},
	{`c:\windows\cursors\`, place{35, `C:\Windows\Cursors, which holds no programs`, false}},
	{`c:\windows\inf\`, place{30, `C:\Windows\INF, which holds no programs`, false}},
	{`c:\windows\web\`, place{35, `C:\Windows\Web, which holds no programs`, false}},
	{`c:\windows\resources\`, place{35, `C:\Windows\Resources, which holds no programs`, false}},
	{`c:\windows\prefetch\`, place{35, `C:\Windows\Prefetch, which holds no programs`, false}},
	{`c:\windows\`, place{trusted: true}},
	{`c:\program files\`, place{trusted: true}},
	{`c:\program files (x86)\`, place{trusted: true}},
	{`c:\programdata\microsoft\windows defender\`, place{trusted: true}},
	{`c:\programdata\`, place{12, "ProgramData, where users may write", false}},
	{`c:\users\public\`, place{40, "the Public folder, where everybody may write", false}},
	{`c:\perflogs\`, place{40, "PerfLogs, which holds no programs", false}},
	{`c:\$recycle.bin\`, place{45, "the recycle bin", false}},
	{`c:\recycler\`, place{45, "the recycle bin", false}},
}

// inUser are the parts of a path that tell which folder of a user it is.
var inUser = []struct {
	part  string
	place place
}{
	{`\appdata\local\temp\`, place{30, "a user's temp folder", false}},
	{`\appdata\local\microsoft\onedrive\`, place{10, "a user's OneDrive folder", false}},
	{`\appdata\local\microsoft\windowsapps\`, place{10, "a user's WindowsApps folder", false}},
	{`\appdata\`, place{18, "a user's AppData", false}},
	{`\downloads\`, place{30, "a user's Downloads", false}},
	{`\desktop\`, place{25, "a user's Desktop", false}},
}

// byNumber is a share of a computer that is named by its address: administrators write names.
var byNumber = regexp.MustCompile(`^\\\\(?:\d{1,3}\.){3}\d{1,3}(?:@(?:ssl|\d+))*\\`)

// webDAV is a folder of a web server, which Windows reaches as if it were a share.
var webDAV = regexp.MustCompile(`^\\\\[^\\]+(?:@(?:ssl|\d+))+\\|^\\\\[^\\]+\\davwwwroot\\`)

// locate judges a path as cmdline.Path returns it.
func locate(path string) place {
	switch {
	case path == "" || strings.HasPrefix(path, "%") || strings.HasPrefix(path, "$("):
		return place{}
	case strings.Contains(path, `globalroot\device`) || strings.HasPrefix(path, `\\.\`) || strings.HasPrefix(path, `\device\`):
		return place{45, "a device path, which bypasses drive letters (a shadow copy, for instance)", false}
	case domainShare(path):
		return place{8, "the domain's own share", false}
	case byNumber.MatchString(path):
		return place{40, "another computer's share, which it names by its number", false}
	case webDAV.MatchString(path):
		return place{40, "a web server's folder (WebDAV)", false}
	case strings.HasPrefix(path, `\\`):
		return place{25, "another computer's share", false}
	}
	if bare, ok := loose(path); ok {
		return bare
	}
	for _, p := range prefixes {
		if strings.HasPrefix(path, p.prefix) {
			return p.place
		}
	}
	if strings.HasPrefix(path, `c:\users\`) {
		for _, u := range inUser {
			if strings.Contains(path, u.part) {
				return u.place
			}
		}
		return place{20, "a user's folder", false}
	}
	return other(path)
}

// usersOwn reports whether a path lies where users write, and administrators keep no
// scripts of theirs.
func usersOwn(path string) bool {
	return strings.HasPrefix(path, `c:\users\`) || strings.HasPrefix(path, `c:\programdata\`) || strings.Contains(path, `\temp\`)
}

// loose judges programs that lie beside the folders of software and not in one: setups
// make a folder of their own, what was dropped has none.
func loose(path string) (place, bool) {
	switch dir := cmdline.Dir(path); {
	case dir == `c:\windows` && programs[cmdline.Ext(path)] && !windowsOwn[cmdline.Base(path)]:
		return place{20, `C:\Windows itself, where software puts no programs`, true}, true
	case dir == `c:\programdata`:
		return place{25, "ProgramData itself, in no folder of any software", false}, true
	case strings.HasPrefix(dir, `c:\users\`) && (strings.HasSuffix(dir, `\appdata\roaming`) || strings.HasSuffix(dir, `\appdata\local`) || strings.HasSuffix(dir, `\appdata\locallow`)):
		return place{30, "a user's AppData itself, in no folder of any software", false}, true
	}
	return place{}, false
}

// programs are the extensions of what Windows itself starts as a process.
var programs = map[string]bool{".exe": true, ".com": true, ".scr": true, ".bat": true, ".cmd": true}

// scripts are the extensions of what a program of Windows reads and runs.
var scripts = map[string]bool{
	".bat": true, ".cmd": true, ".ps1": true, ".vbs": true, ".vbe": true, ".js": true, ".jse": true, ".wsf": true, ".hta": true, ".lnk": true,
}

// windowsOwn are the programs that Windows has in its own folder.
var windowsOwn = map[string]bool{
	"bfsvc.exe": true, "explorer.exe": true, "helppane.exe": true, "hh.exe": true, "notepad.exe": true, "regedit.exe": true,
	"splwow64.exe": true, "winhlp32.exe": true, "write.exe": true, "twunk_16.exe": true, "twunk_32.exe": true, "fveupdate.exe": true,
}

// domainShare reports whether a path lies in SYSVOL or NETLOGON.
func domainShare(path string) bool {
	return strings.HasPrefix(path, `\\`) && (strings.Contains(path, `\sysvol\`) || strings.Contains(path, `\netlogon\`))
}

// other judges paths outside the folders of a default installation.
func other(path string) place {
	if len(path) < 3 || path[1] != ':' {
		return place{}
	}
	switch dir := cmdline.Dir(path); {
	case strings.Contains(path, `\temp\`) || strings.Contains(path, `\tmp\`):
		return place{30, "a temp folder", false}
	case dir == path[:2]:
		return place{25, "the root of a drive", false}
	case path[0] == 'c':
		return place{10, fmt.Sprintf("%s, a folder that Windows does not protect", dir), false}
	}
	return place{10, fmt.Sprintf("the drive %s", strings.ToUpper(path[:2])), false}
}
