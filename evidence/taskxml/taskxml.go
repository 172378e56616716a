// Package taskxml reads the definitions of scheduled tasks that Windows keeps as
// files under System32\Tasks: it recognises them, gives them as UTF-8 and says
// what is not well formed. What a definition means is known to package task.
//
// The files are UTF-16 with a byte order mark; copies are found in every
// encoding, with declarations that do not fit. Only the bytes count.
package taskxml

import (
	"bytes"
	"context"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/goshawk-hunt/goshawk/evidence"
	"github.com/goshawk-hunt/goshawk/evidence/text"
)

// MaxSize is the size up to which a definition is read; Windows itself refuses
// far smaller ones.
const MaxSize = 16 << 20

// Namespace is the XML namespace of all task definitions.
const Namespace = "http://schemas.microsoft.com/windows/2004/02/mit/task"

// Reader reads the definition of a task that a file is, and lists of definitions.
type Reader struct{}

// Format is "taskxml".
func (Reader) Format() string { return "taskxml" }

// Name is the name of the task, by text.TaskName.
func (Reader) Name(path string) string { return text.TaskName(path) }

// Detect wants a document whose root element is Task, Tasks with a Task in it, or the
// ScheduledTasks of a Group Policy.
func (Reader) Detect(head []byte) bool {
	doc := text.Head(head)
	return rootIsTask(doc) || isPolicy(doc)
}

// Read emits each definition as a record, and a Damage where it is not well
// formed: a definition cut off keeps what is there.
func (Reader) Read(ctx context.Context, in evidence.Input, sink evidence.Sink) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	if in.Size == 0 {
		sink.Damage(evidence.Damage{Path: in.Path, Reason: "file of no bytes, expected a task definition"})
		return nil
	}
	raw := make([]byte, min(in.Size, MaxSize))
	n, err := in.ReadAt(raw, 0)
	if err != nil && (err != io.EOF || n == 0) {
		return fmt.Errorf("read task definition: %w", err)
	}
	raw = raw[:n]
	doc := text.Decode(raw)
	if in.Size > MaxSize {
		sink.Damage(evidence.Damage{Path: in.Path, Offset: MaxSize, Length: in.Size - MaxSize,
			Reason: fmt.Sprintf("task definition of %d bytes, only the first %d are read", in.Size, MaxSize)})
	}
	rec := evidence.Record{Kind: evidence.KindTask, Path: in.Path, Shape: "taskxml"}
	if isPolicy(doc) {
		err = readPolicy(ctx, &rec, doc, sink)
	} else if parts := list(doc); parts != nil {
		err = readList(ctx, &rec, doc, parts, sink)
	} else {
		rec.Task.Modified = in.Modified
		rec.Task.Name = text.TaskName(in.Path)
		err = emit(&rec, doc, sink, in.Size <= MaxSize)
	}
	sink.Progress(in.Size)
	return err
}

// readList emits the definitions of a list. Their offsets are those in the text as UTF-8.
func readList(ctx context.Context, rec *evidence.Record, doc []byte, parts []part, sink evidence.Sink) error {
	rec.Shape = "taskxml-list"
	rec.Task.Listing = &evidence.Listing{}
	for _, p := range parts {
		if err := ctx.Err(); err != nil {
			return err
		}
		rec.Offset = int64(p.start)
		rec.Task.Name = p.name
		if err := emit(rec, doc[p.start:p.end], sink, true); err != nil {
			return err
		}
	}
	return nil
}

// emit emits a definition, and tells where it is not well formed.
func emit(rec *evidence.Record, doc []byte, sink evidence.Sink, whole bool) error {
	rec.Task.XML = string(doc)
	if rec.Task.Name == "" {
		rec.Task.Name = uri(doc)
	}
	if d, ok := malformed(doc); ok && whole {
		d.Path = rec.Path
		d.Offset += rec.Offset
		sink.Damage(d)
	}
	return sink.Record(rec)
}

// rootIsTask says whether the first element of doc is Task in no other namespace
// than the tasks' own.
func rootIsTask(doc []byte) bool {
	for {
		doc = bytes.TrimLeft(doc, " \t\r\n\x00")
		var end string
		switch {
		case bytes.HasPrefix(doc, []byte("<?")):
			end = "?>"
		case bytes.HasPrefix(doc, []byte("<!--")):
			end = "-->"
		case bytes.HasPrefix(doc, []byte("<!")):
			end = ">"
		case bytes.HasPrefix(doc, []byte("<Tasks>")):
			end = ">"
		default:
			return isTaskTag(doc)
		}
		i := bytes.Index(doc, []byte(end))
		if i < 0 {
			return false
		}
		doc = doc[i+len(end):]
	}
}

func isTaskTag(doc []byte) bool {
	rest, ok := bytes.CutPrefix(doc, []byte("<"))
	if !ok {
		return false
	}
	name := rest
	if i := bytes.IndexAny(rest, " \t\r\n/>"); i >= 0 {
		name = rest[:i]
	}
	if i := bytes.IndexByte(name, ':'); i >= 0 {
		name = name[i+1:]
	}
	if string(name) != "Task" {
		return false
	}
	tag := rest
	if i := bytes.IndexByte(rest, '>'); i >= 0 {
		tag = rest[:i]
	}
	// Other vocabularies have a Task element too: theirs names its namespace.
	return !bytes.Contains(tag, []byte("xmlns")) || bytes.Contains(tag, []byte(Namespace))
}

// uri gives the content of the first URI element, with a leading backslash.
func uri(doc []byte) string {
	const tag = "URI>"
	for {
		i := bytes.Index(doc, []byte(tag))
		if i < 0 {
			return ""
		}
		start := i > 0 && (doc[i-1] == '<' || doc[i-1] == ':')
		doc = doc[i+len(tag):]
		if !start {
			continue
		}
		end := bytes.IndexByte(doc, '<')
		if end < 0 {
			return ""
		}
		name := strings.TrimSpace(text.UnescapeXML(string(doc[:end])))
		if name != "" && name[0] != '\\' {
			name = `\` + name
		}
		return name
	}
}

// malformed finds the first place where doc is no well-formed XML.
func malformed(doc []byte) (evidence.Damage, bool) {
	d := decoder(doc)
	for {
		_, err := d.Token()
		if err == io.EOF {
			return evidence.Damage{}, false
		}
		if err != nil {
			return evidence.Damage{Offset: d.InputOffset(), Reason: "not well formed: " + message(err)}, true
		}
	}
}

func message(err error) string {
	var syn *xml.SyntaxError
	if errors.As(err, &syn) {
		return fmt.Sprintf("%s in line %d", syn.Msg, syn.Line)
	}
	return err.Error()
}
