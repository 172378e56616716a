// Package regfwrite writes registry hives for tests: sound ones, as small as they can
// be, and the transaction logs of unfinished ones.
package regfwrite

import (
	"encoding/binary"
	"strings"
	"unicode/utf16"
)

var le = binary.LittleEndian

// Key is a key to write.
type Key struct {
	Name    string
	Written uint64 // FILETIME
	Values  []Value
	Keys    []*Key
}

// Value is a value to write.
type Value struct {
	Name string
	Type uint32
	Data []byte
}

// String makes a REG_SZ.
func String(name, s string) Value { return Value{name, 1, append(UTF16(s), 0, 0)} }

// DWORD makes a REG_DWORD.
func DWORD(name string, n uint32) Value { return Value{name, 4, le.AppendUint32(nil, n)} }

// Binary makes a REG_BINARY.
func Binary(name string, b []byte) Value { return Value{name, 3, b} }

// UTF16 is s in UTF-16, without an end.
func UTF16(s string) []byte {
	var b []byte
	for _, u := range utf16.Encode([]rune(s)) {
		b = le.AppendUint16(b, u)
	}
	return b
}

// At returns the key at a path below k and makes what is missing.
func (k *Key) At(path string) *Key {
	for _, name := range strings.Split(path, `\`) {
		var next *Key
		for _, c := range k.Keys {
			if strings.EqualFold(c.Name, name) {
				next = c
			}
		}
		if next == nil {
			next = &Key{Name: name, Written: k.Written}
			k.Keys = append(k.Keys, next)
		}
		k = next
	}
	return k
}

const (
	none       = 0xFFFFFFFF
	bigSegment = 16344
)

type writer struct{ bins []byte }

// Write gives the bytes of a hive.
func Write(root *Key) []byte {
	w := &writer{bins: make([]byte, 32)}
	top := w.key(root, none, true)
	size := (len(w.bins) + 8 + 4095) / 4096 * 4096
	free := size - len(w.bins)
	w.bins = append(le.AppendUint32(w.bins, uint32(free)), make([]byte, free-4)...)
	copy(w.bins, "hbin")
	le.PutUint32(w.bins[8:], uint32(size))
	head := make([]byte, 4096)
	copy(head, "regf")
	for at, n := range map[int]uint32{4: 1, 8: 1, 20: 1, 24: 5, 32: 1, 36: top, 40: uint32(size), 44: 1} {
		le.PutUint32(head[at:], n)
	}
	Seal(head)
	return append(head, w.bins...)
}

// Seal puts the right checksum into a base block.
func Seal(b []byte) {
	var sum uint32
	for i := 0; i < 508; i += 4 {
		sum ^= le.Uint32(b[i:])
	}
	switch sum {
	case 0:
		sum = 1
	case none:
		sum = none - 1
	}
	le.PutUint32(b[508:], sum)
}

// cell appends a cell and returns its reference.
func (w *writer) cell(b []byte) uint32 {
	size := (len(b) + 4 + 7) / 8 * 8
	ref := uint32(len(w.bins))
	w.bins = append(le.AppendUint32(w.bins, uint32(-int32(size))), b...)
	w.bins = append(w.bins, make([]byte, size-4-len(b))...)
	return ref
}

func (w *writer) key(k *Key, parent uint32, root bool) uint32 {
	text, flags := []byte(k.Name), uint16(0x20)
	for _, r := range k.Name {
		if r > 126 {
			text, flags = UTF16(k.Name), 0
		}
	}
	if root {
		flags |= 0xC
	}
	b := make([]byte, 76, 76+len(text))
	copy(b, "nk")
	le.PutUint16(b[2:], flags)
	le.PutUint64(b[4:], k.Written)
	for _, at := range []int{28, 32, 40, 44, 48} {
		le.PutUint32(b[at:], none)
	}
	le.PutUint32(b[16:], parent)
	le.PutUint16(b[72:], uint16(len(text)))
	ref := w.cell(append(b, text...))
	at := ref + 4
	if len(k.Values) > 0 {
		var list []byte
		for _, v := range k.Values {
			list = le.AppendUint32(list, w.value(v))
		}
		le.PutUint32(w.bins[at+36:], uint32(len(k.Values)))
		values := w.cell(list) // it moves w.bins
		le.PutUint32(w.bins[at+40:], values)
	}
	if len(k.Keys) > 0 {
		list := le.AppendUint16([]byte("lh"), uint16(len(k.Keys)))
		for _, c := range k.Keys {
			var hash uint32
			for _, r := range strings.ToUpper(c.Name) {
				hash = hash*37 + uint32(r)
			}
			list = le.AppendUint32(le.AppendUint32(list, w.key(c, ref, false)), hash)
		}
		le.PutUint32(w.bins[at+20:], uint32(len(k.Keys)))
		keys := w.cell(list)
		le.PutUint32(w.bins[at+28:], keys)
	}
	return ref
}

func (w *writer) value(v Value) uint32 {
	size, at := uint32(len(v.Data)), uint32(0)
	switch {
	case len(v.Data) <= 4:
		var in [4]byte
		copy(in[:], v.Data)
		size, at = size|0x80000000, le.Uint32(in[:])
	case len(v.Data) > bigSegment:
		var list []byte
		for d := v.Data; len(d) > 0; d = d[min(len(d), bigSegment):] {
			list = le.AppendUint32(list, w.cell(d[:min(len(d), bigSegment)]))
		}
		db := le.AppendUint16([]byte("db"), uint16(len(list)/4))
		at = w.cell(le.AppendUint32(db, w.cell(list)))
	default:
		at = w.cell(v.Data)
	}
	b := le.AppendUint16([]byte("vk"), uint16(len(v.Name)))
	for _, n := range []uint32{size, at, v.Type, 1} {
		b = le.AppendUint32(b, n)
	}
	return w.cell(append(b, v.Name...))
}
