package task

import "fmt"

// Marks of the kinds of actions in a TaskCache's Actions value.
const (
	markExec       = 0x6666
	markComHandler = 0x7777
	markEmail      = 0x8888
	markMessage    = 0x9999
)

// ParseActions reads the Actions value of a task in the registry. The format is not
// documented by Microsoft; it is known from analysis. On an error it returns the
// actions before it.
func ParseActions(b []byte) (context string, actions []Action, err error) {
	r := &blobReader{b: b}
	version := r.u16()
	if version > 1 {
		context = r.text()
	}
	for len(r.b) > 0 && !r.short {
		mark := r.u16()
		a := Action{ID: r.text()}
		switch mark {
		case markExec:
			a.Kind, a.Command, a.Arguments, a.WorkingDirectory = "Exec", r.text(), r.text(), r.text()
		case markComHandler:
			a.Kind, a.ClassID, a.Data = "ComHandler", classID(r.take(16)), r.text()
		case markEmail:
			a.Kind = "SendEmail"
			r.email(&a)
		case markMessage:
			a.Kind = "ShowMessage"
			a.add("Title", r.text())
			a.add("Body", r.text())
		default:
			return context, actions, fmt.Errorf("action %d is of the unknown kind %#x", len(actions)+1, mark)
		}
		if r.short {
			break
		}
		actions = append(actions, a)
		if mark == markExec && version >= 3 {
			r.u16() // flags, not needed to tell what runs
		}
	}
	if r.short {
		err = fmt.Errorf("the value ends early, after %d whole actions", len(actions))
	}
	return context, actions, err
}

// email reads the parts of an e-mail, which are named as in XML.
func (r *blobReader) email(a *Action) {
	for _, name := range [...]string{"From", "To", "Cc", "Bcc", "ReplyTo", "Server", "Subject", "Body"} {
		a.add(name, r.text())
	}
	for n := r.u32(); n > 0 && !r.short; n-- {
		a.add("Attachment", r.text())
	}
	for n := r.u32(); n > 0 && !r.short; n-- {
		name := r.text()
		a.add("Header "+name, r.text())
	}
}

// add notes a part of an action that has no field of its own.
func (a *Action) add(name, value string) {
	if value != "" {
		a.Parts = append(a.Parts, Part{name, value})
	}
}
