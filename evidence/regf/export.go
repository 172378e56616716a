package regf

import (
	"bufio"
	"bytes"
	"context"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"strconv"
	"strings"
	"unicode/utf16"

	"github.com/goshawk-hunt/goshawk/evidence"
	"github.com/goshawk-hunt/goshawk/evidence/text"
)

// ExportReader reads the exports that regedit and reg.exe write: UTF-16, or the older
// REGEDIT4 in a single-byte code.
type ExportReader struct {
	// All emits every key, not only those of the TaskCache.
	All bool
}

// maxLine bounds a line with those that continue it.
const maxLine = 64 << 20

// Format is "reg".
func (ExportReader) Format() string { return "reg" }

// Detect wants the first line that every export has.
func (ExportReader) Detect(head []byte) bool {
	b := bytes.TrimLeft(text.Head(head), " \t\r\n")
	return bytes.HasPrefix(b, []byte("Windows Registry Editor Version ")) || bytes.HasPrefix(b, []byte("REGEDIT4"))
}

// Read emits each key with its values. Offsets count lines.
func (r ExportReader) Read(ctx context.Context, in evidence.Input, sink evidence.Sink) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	src, _, err := text.NewReader(in, in.Size)
	if err != nil {
		return fmt.Errorf("read registry export: %w", err)
	}
	e := export{ctx: ctx, path: in.Path, sink: sink, all: r.All}
	lines := bufio.NewScanner(src)
	lines.Buffer(nil, maxLine)
	for lines.Scan() {
		e.line++
		if err := e.take(strings.ToValidUTF8(lines.Text(), "\uFFFD")); err != nil {
			return err
		}
	}
	if err := lines.Err(); err != nil {
		e.damage(e.line+1, "read: "+err.Error())
	}
	if len(e.parts) > 0 {
		e.damage(e.line, "the export ends inside a value")
		if err := e.statement(strings.Join(e.parts, "")); err != nil {
			return err
		}
	}
	if err := e.flush(); err != nil {
		return err
	}
	sink.Progress(in.Size)
	return nil
}

// export is the state between the lines of an export.
type export struct {
	ctx     context.Context
	path    string
	sink    evidence.Sink
	all     bool
	line    int64
	start   int64 // of the key
	rec     evidence.Registry
	open    bool
	parts   []string // lines that a backslash at their end continues
	length  int
	damages int
}

func (e *export) damage(line int64, reason string) {
	if e.damages++; e.damages <= maxDamages {
		e.sink.Damage(evidence.Damage{Path: e.path, Offset: line, Reason: reason})
	}
}

func (e *export) take(line string) error {
	line = strings.TrimRight(line, " \t\r")
	if len(e.parts) > 0 {
		line = strings.TrimLeft(line, " \t")
	}
	hexes := len(e.parts) > 0 || strings.Contains(line, "=hex")
	if more, ok := strings.CutSuffix(line, `\`); ok && hexes && e.length < maxLine {
		e.parts = append(e.parts, more)
		e.length += len(more)
		return nil
	}
	if len(e.parts) > 0 {
		line = strings.Join(append(e.parts, line), "")
		e.parts, e.length = nil, 0
	}
	return e.statement(line)
}

func (e *export) statement(line string) error {
	line = strings.TrimLeft(line, " \t\uFEFF")
	switch {
	case line == "" || line[0] == ';' || strings.HasPrefix(line, "Windows Registry Editor") || line == "REGEDIT4":
		return nil
	case line[0] == '[':
		if err := e.flush(); err != nil {
			return err
		}
		name, ok := strings.CutSuffix(line[1:], "]")
		if !ok {
			e.damage(e.line, "the name of a key does not end with ]")
		}
		// "[-key]" deletes a key, so it is not one that was there.
		if e.open = !strings.HasPrefix(name, "-"); e.open {
			e.rec, e.start = evidence.Registry{Key: name}, e.line
		}
		return e.ctx.Err()
	}
	if !e.open {
		return nil
	}
	if !e.all && !inTaskCache(e.rec.Key) {
		return nil
	}
	v, deleted, err := exportValue(line)
	switch {
	case err != nil:
		e.damage(e.line, err.Error())
	case !deleted:
		e.rec.Values = append(e.rec.Values, v)
	}
	return nil
}

func (e *export) flush() error {
	if !e.open || !e.all && !inTaskCache(e.rec.Key) {
		return nil
	}
	e.open = false
	rec := evidence.Record{Kind: evidence.KindRegistry, Path: e.path, Offset: e.start, Shape: "reg", Registry: e.rec}
	return e.sink.Record(&rec)
}

// exportValue reads `"name"=data` or `@=data`.
func exportValue(line string) (v evidence.RegistryValue, deleted bool, err error) {
	rest, ok := strings.CutPrefix(line, "@")
	if !ok {
		if v.Name, rest, ok = quoted(line); !ok {
			return v, false, fmt.Errorf("a line that is neither a key nor a value")
		}
	}
	data, ok := strings.CutPrefix(strings.TrimLeft(rest, " "), "=")
	if !ok {
		return v, false, fmt.Errorf("a value without =")
	}
	data = strings.TrimSpace(data)
	if data == "-" {
		return v, true, nil
	}
	if s, _, ok := quoted(data); ok {
		v.Type = 1
		for _, u := range append(utf16.Encode([]rune(s)), 0) {
			v.Data = binary.LittleEndian.AppendUint16(v.Data, u)
		}
		return v, false, nil
	}
	if d, ok := strings.CutPrefix(data, "dword:"); ok {
		n, err := strconv.ParseUint(d, 16, 32)
		if err != nil {
			return v, false, fmt.Errorf("a dword that is no number")
		}
		v.Type, v.Data = 4, binary.LittleEndian.AppendUint32(nil, uint32(n))
		return v, false, nil
	}
	kind, digits, ok := strings.Cut(data, ":")
	if !ok || !strings.HasPrefix(kind, "hex") {
		return v, false, fmt.Errorf("data of an unknown type")
	}
	v.Type = 3
	if t := strings.Trim(kind[3:], "()"); t != "" {
		n, err := strconv.ParseUint(t, 16, 32)
		if err != nil {
			return v, false, fmt.Errorf("data of an unknown type")
		}
		v.Type = uint32(n)
	}
	digits = strings.NewReplacer(",", "", " ", "", "\t", "").Replace(digits)
	if v.Data, err = hex.DecodeString(digits); err != nil {
		return v, false, fmt.Errorf("data that is not hexadecimal")
	}
	return v, false, nil
}

// quoted reads a text in quotes with \" and \\ in it.
func quoted(s string) (value, rest string, ok bool) {
	if s == "" || s[0] != '"' {
		return "", s, false
	}
	var b strings.Builder
	for i := 1; i < len(s); i++ {
		switch {
		case s[i] == '\\' && i+1 < len(s):
			i++
			b.WriteByte(s[i])
		case s[i] == '"':
			return b.String(), s[i+1:], true
		default:
			b.WriteByte(s[i])
		}
	}
	return "", s, false
}
