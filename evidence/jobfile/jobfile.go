// Package jobfile reads the .job files in which the first task scheduler kept its
// tasks (MS-TSCH section 2.4) and which Windows still writes for at.exe. What a file
// means is known to package task.
package jobfile

import (
	"context"
	"encoding/binary"
	"fmt"
	"io"
	"strings"

	"github.com/goshawk-hunt/goshawk/evidence"
)

const (
	fixed = 68 // bytes that all files begin with
	// maxSize bounds a file: its offsets are of 16 bits, and behind what they lead to
	// stand at most 65535 triggers of 48 bytes.
	maxSize = 4 << 20
)

// Reader reads one task a file.
type Reader struct{}

// Format is "job".
func (Reader) Format() string { return "job" }

// Name is the name of the task: that of the file.
func (Reader) Name(path string) string { return nameOf(path) }

// Detect wants a known version, the offsets and the priority that all files have.
func (Reader) Detect(b []byte) bool {
	le := binary.LittleEndian
	if len(b) < fixed+2 || le.Uint16(b[2:]) != 1 || le.Uint16(b[20:]) != fixed+2 || le.Uint16(b[22:]) < fixed+14 {
		return false
	}
	switch le.Uint16(b) { // of the Windows that wrote it
	case 0x400, 0x500, 0x501, 0x502, 0x600, 0x601, 0x602, 0x603, 0xa00:
	default:
		return false
	}
	switch le.Uint32(b[32:]) { // the class of priority
	case 0, 0x20, 0x40, 0x80, 0x100, 0x4000, 0x8000:
		return true
	}
	return false
}

// Read emits the file as one record.
func (Reader) Read(ctx context.Context, in evidence.Input, sink evidence.Sink) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	raw := make([]byte, min(in.Size, maxSize))
	n, err := in.ReadAt(raw, 0)
	if err != nil && (err != io.EOF || n == 0) {
		return fmt.Errorf("read job file: %w", err)
	}
	if in.Size > maxSize {
		sink.Damage(evidence.Damage{Path: in.Path, Offset: maxSize, Length: in.Size - maxSize, Reason: fmt.Sprintf("job file of %d bytes, only the first %d are read", in.Size, maxSize)})
	}
	rec := evidence.Record{Kind: evidence.KindTask, Path: in.Path, Shape: "job"}
	rec.Task = evidence.Task{Name: nameOf(in.Path), Job: raw[:n], Modified: in.Modified}
	err = sink.Record(&rec)
	sink.Progress(in.Size)
	return err
}

// nameOf is the name of a task: that of its file.
func nameOf(path string) string {
	name := path[strings.LastIndexAny(path, `/\!`)+1:]
	if i := len(name) - len(".job"); i > 0 && strings.EqualFold(name[i:], ".job") {
		name = name[:i]
	}
	return `\` + name
}
