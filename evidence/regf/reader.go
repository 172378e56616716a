// Package regf reads the Windows registry: hives, with the transaction logs that
// complete them, and the text exports of regedit. The format is that of libregf's
// "Windows NT Registry File (REGF) format".
//
// A hive is hostile input: every reference is checked, no cell is walked twice, and
// what cannot be read becomes Damage while the rest is emitted. When a list of keys is
// broken, its keys are found by looking through all cells.
package regf

import (
	"context"
	"encoding/binary"
	"fmt"
	"strings"

	"github.com/goshawk-hunt/goshawk/evidence"
)

// Reader reads hives. By default it emits only the keys of the task scheduler's
// TaskCache, and the one that names the computer.
type Reader struct {
	// All emits every key.
	All bool
	// Logs gives the transaction logs of the hive at path, in any order; nil means
	// that there are none at hand. They are read only where the hive needs them.
	Logs func(path string) []evidence.Input
}

// Format is "regf".
func (Reader) Format() string { return "regf" }

// Detect wants the base block of a hive or of a transaction log.
func (Reader) Detect(head []byte) bool {
	return len(head) >= 48 && string(head[:4]) == "regf" && binary.LittleEndian.Uint32(head[20:]) == 1 &&
		binary.LittleEndian.Uint32(head[28:]) <= typeLogNew
}

// IsLog says whether a file that Detect accepts is a transaction log, of use only
// with its hive.
func IsLog(head []byte) bool {
	return len(head) >= 32 && string(head[:4]) == "regf" && binary.LittleEndian.Uint32(head[28:]) != typeHive
}

// Dirty says whether a hive's base block tells that changes are only in its logs.
func Dirty(head []byte) bool {
	if len(head) < baseSize || IsLog(head) {
		return false
	}
	b := parseBase(head)
	return b.primary != b.secondary || !b.sound
}

// Read emits the keys of a hive.
func (r Reader) Read(ctx context.Context, in evidence.Input, sink evidence.Sink) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	head := make([]byte, baseSize)
	if n, _ := in.ReadAt(head, 0); n < baseSize || string(head[:4]) != "regf" {
		sink.Damage(evidence.Damage{Path: in.Path, Reason: fmt.Sprintf("%d bytes that do not begin as a registry hive", in.Size)})
		return nil
	}
	if IsLog(head) {
		sink.Damage(evidence.Damage{Path: in.Path, Reason: "a transaction log without its hive says nothing"})
		sink.Progress(in.Size)
		return nil
	}
	h := newHive(in, parseBase(head), sink)
	var logs []evidence.Input
	if r.Logs != nil && (h.base.primary != h.base.secondary || !h.base.sound) {
		logs = r.Logs(in.Path)
	}
	h.replay(logs)
	w := walker{hive: h, ctx: ctx, sink: sink, all: r.All}
	err := w.run()
	h.finish()
	if err != nil {
		return err
	}
	sink.Progress(in.Size)
	return nil
}

// inTaskCache says whether a key is the task scheduler's cache or below it.
func inTaskCache(path string) bool {
	p := strings.ToLower(path) + `\`
	return strings.Contains(`\`+p, `\schedule\taskcache\`) || strings.HasPrefix(p, `taskcache\`)
}

// namesComputer says whether a key of the SYSTEM hive holds the computer's name.
func namesComputer(path string) bool {
	const key = `\control\computername\computername`
	return len(path) >= len(key) && strings.EqualFold(path[len(path)-len(key):], key)
}
