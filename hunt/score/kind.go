package score

import (
	"fmt"
	"strings"

	"github.com/goshawk-hunt/goshawk/finding"
)

// otherKinds judges the actions that start no program: classes that the scheduler loads
// into a host of its own, where no command line tells of them, and the mails that
// Windows no longer sends.
func otherKinds(t *finding.Task, person string) []finding.Reason {
	var out []finding.Reason
	add := func(points int, text string) {
		out = append(out, finding.Reason{Points: points, Property: finding.Action, Text: text})
	}
	for _, a := range t.Actions {
		switch {
		case a.Kind == "SendEmail":
			add(20, "sends a mail, which Windows has not done for tasks since 2012")
		case a.ClassID == "" || known.classes[strings.ToLower(a.ClassID)]:
		case person != "":
			add(25, fmt.Sprintf("loads the COM class %s, which no known task has, and %s made it", finding.Shorten(a.ClassID, 60), finding.Shorten(person, 60)))
		case inWindowsFolder(t.Name): // other versions of Windows have other classes
			add(8, fmt.Sprintf("loads the COM class %s, which no known task has", finding.Shorten(a.ClassID, 60)))
		default:
			add(12, fmt.Sprintf("loads the COM class %s, which no known task has", finding.Shorten(a.ClassID, 60)))
		}
	}
	return out
}
