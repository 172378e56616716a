package cmdline

import "strings"

// IsScheduler reports whether a process is the Task Scheduler: the Schedule service's
// svchost, also where a product masked its arguments or the service shares its host
// with all of netsvcs, or the task engine of older Windows.
func IsScheduler(fileName, commandLine string) bool {
	name := strings.ToLower(fileName)
	program, _ := Split(commandLine)
	if name == "" {
		name = strings.ToLower(Base(program))
	}
	line := strings.ToLower(commandLine)
	switch strings.TrimSuffix(name, ".exe") {
	case "taskeng":
		return true
	case "svchost":
		if !strings.Contains(line, "netsvcs") {
			return false
		}
		return strings.Contains(line, "schedule") || !strings.Contains(line, "-s ")
	}
	return false
}
