package score

import (
	"fmt"
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
	{`c:\windows\`, place{trusted: true}},
	{`c:\program files\`, place{trusted: true}},
	{`c:\program files (x86)\`, place{trusted: true}},
	{`c:\programdata\microsoft\windows defender\`, place{trusted: true}},
	{`c:\programdata\`, place{12, "ProgramData, where users may write", false}},
	{`c:\users\public\`, place{30, "the Public folder, where everybody may write", false}},
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

// locate judges a path as cmdline.Path returns it.
func locate(path string) place {
	switch {
	case path == "" || strings.HasPrefix(path, "%") || strings.HasPrefix(path, "$("):
		return place{}
	case strings.Contains(path, `globalroot\device`) || strings.HasPrefix(path, `\\.\`) || strings.HasPrefix(path, `\device\`):
		return place{45, "a device path, which bypasses drive letters (a shadow copy, for instance)", false}
	case domainShare(path):
		return place{8, "the domain's own share", false}
	case strings.HasPrefix(path, `\\`):
		return place{25, "another computer's share", false}
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
