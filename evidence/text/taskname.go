package text

import (
	"net/url"
	"strings"
)

// TaskName gives the name of the task that a file under System32\Tasks holds, ""
// if path is not there. Separators of all systems are understood, and the
// escapes of a Velociraptor collection undone.
func TaskName(path string) string {
	p := strings.ReplaceAll(path, `\`, "/")
	lower := strings.ToLower(p)
	if strings.Contains(lower, "uploads/") || strings.Contains(lower, "%5csystem32%5c") {
		p = CollectedPath(path)
		lower = strings.ToLower(p)
	}
	for _, root := range []string{"system32/tasks/", "syswow64/tasks/", "sysnative/tasks/"} {
		i := strings.LastIndex(lower, root)
		if i < 0 || i > 0 && lower[i-1] != '/' {
			continue
		}
		if len(lower) != len(p) { // a letter whose lower case is longer: count from the end
			i = len(p) - (len(lower) - i)
		}
		if name := strings.Trim(p[i+len(root):], "/"); name != "" {
			return `\` + strings.ReplaceAll(name, "/", `\`)
		}
	}
	return ""
}

// CollectedPath gives a path that a collector wrote with / between its parts: Velociraptor
// escapes in each part what a file system may not take.
func CollectedPath(path string) string {
	parts := strings.Split(strings.ReplaceAll(path, `\`, "/"), "/")
	for i, s := range parts {
		if u, err := url.PathUnescape(s); err == nil {
			parts[i] = strings.ReplaceAll(u, `\`, "/")
		}
	}
	return strings.Join(parts, "/")
}
