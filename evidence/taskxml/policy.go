package taskxml

import (
	"bytes"
	"context"
	"encoding/json"
	"encoding/xml"
	"strings"

	"github.com/goshawk-hunt/goshawk/evidence"
)

// policyRoot begins the file in which a Group Policy keeps the tasks that it brings to
// devices: Preferences\ScheduledTasks\ScheduledTasks.xml.
const policyRoot = "<ScheduledTasks"

// policyTask is an element below the root. The newer kinds hold a whole definition, the
// older ones name a program.
type policyTask struct {
	name, command, arguments, directory, runAs string
	definition                                 part
}

// isPolicy says whether doc is, or begins, such a file.
func isPolicy(doc []byte) bool {
	for {
		doc = bytes.TrimLeft(doc, " \t\r\n")
		end := ""
		switch {
		case bytes.HasPrefix(doc, []byte("<?")):
			end = "?>"
		case bytes.HasPrefix(doc, []byte("<!--")):
			end = "-->"
		default:
			rest, ok := bytes.CutPrefix(doc, []byte(policyRoot))
			return ok && len(rest) > 0 && strings.IndexByte(" \t\r\n>/", rest[0]) >= 0
		}
		i := bytes.Index(doc, []byte(end))
		if i < 0 {
			return false
		}
		doc = doc[i+len(end):]
	}
}

// readPolicy emits the tasks of a policy.
func readPolicy(ctx context.Context, rec *evidence.Record, doc []byte, sink evidence.Sink) error {
	rec.Shape = "taskxml-policy"
	rec.Task.Listing = &evidence.Listing{}
	d := decoder(doc)
	var open *policyTask
	depth, inside := 0, -1 // the depth of the definition's element
	for n := 0; n < maxParts; {
		before := int(d.InputOffset())
		token, err := d.Token()
		if err != nil {
			if damage, ok := malformed(doc); ok {
				damage.Path = rec.Path
				sink.Damage(damage)
			}
			return emitPolicy(rec, doc, open, sink)
		}
		if err := ctx.Err(); err != nil {
			return err
		}
		switch t := token.(type) {
		case xml.StartElement:
			depth++
			switch {
			case depth == 2:
				open = &policyTask{name: attribute(t, "name"), definition: part{start: before}}
			case depth == 3 && open != nil && t.Name.Local == "Properties":
				open.command, open.arguments, open.directory, open.runAs = attribute(t, "appName"), attribute(t, "args"), attribute(t, "startIn"), attribute(t, "runAs")
			case depth == 4 && open != nil && t.Name.Local == "Task":
				inside, open.definition.start = depth, before
				open.definition.end = len(doc) // if it breaks off
			}
		case xml.EndElement:
			if depth == inside {
				inside, open.definition.end = -1, int(d.InputOffset())
			}
			if depth--; depth == 1 {
				n++
				if err := emitPolicy(rec, doc, open, sink); err != nil {
					return err
				}
				open = nil
			}
		}
	}
	return nil
}

// emitPolicy emits a task of a policy, if it says what it runs.
func emitPolicy(rec *evidence.Record, doc []byte, p *policyTask, sink evidence.Sink) error {
	if p == nil || p.definition.end == 0 && p.command == "" {
		return nil
	}
	rec.Offset, rec.Task.Name = int64(p.definition.start), `\`+strings.TrimLeft(p.name, `\`)
	if p.definition.end > 0 {
		rec.Task.XML = string(doc[p.definition.start:p.definition.end])
		return sink.Record(rec)
	}
	exec := map[string]string{"Command": p.command, "Arguments": p.arguments, "WorkingDirectory": p.directory}
	b, err := json.Marshal(map[string]any{
		"Principals": map[string]any{"Principal": map[string]string{"UserId": p.runAs}},
		"Actions":    map[string]any{"Exec": exec},
	})
	if err != nil {
		return err
	}
	rec.Task.XML = string(b)
	return sink.Record(rec)
}

func attribute(e xml.StartElement, name string) string {
	for _, a := range e.Attr {
		if a.Name.Local == name {
			return a.Value
		}
	}
	return ""
}
