package duckdb

import (
	"runtime"
	"unsafe"
)

// texts holds the long strings of a chunk in Go memory, pinned until the chunk was consumed.
type texts struct {
	blocks [][]byte // that strings are put into, one after the other
	block  int      // how many of them are full
	at     int      // where the next string goes in the one after these
	used   int      // bytes of all strings
	pin    runtime.Pinner
	big    runtime.Pinner // strings with memory of their own
	placed [1 << recentBits]duckString
}

const (
	textBlock = 256 << 10
	// bigText is from which length on a string has memory of its own.
	bigText = textBlock / 4
	// Strings up to recentMost bytes are not put twice while they are remembered: what
	// evidence says of machines, accounts and programs comes again and again.
	recentMost = 1 << 10
	recentBits = 9
)

// reset forgets all strings.
func (t *texts) reset() {
	t.used, t.block, t.at = 0, 0, 0
	t.big.Unpin()
	clear(t.placed[:])
}

func (t *texts) close() {
	t.big.Unpin()
	t.pin.Unpin()
}

// put gives DuckDB's form of a string, made valid UTF-8.
func (t *texts) put(s string) duckString {
	if len(s) <= inlineLen {
		d := short(s)
		if uint64(d.inline)&highs|d.rest&highs == 0 { // ASCII
			return d
		}
		if s = validText(s); len(s) <= inlineLen {
			return short(s)
		}
	}
	if len(s) > recentMost {
		return t.long(s)
	}
	d := &t.placed[slot(s)]
	if int(d.length) != len(s) || string(d.bytes()) != s {
		*d = t.long(s)
	}
	return *d
}

// slot is where a string of more than inlineLen bytes is remembered.
func slot(s string) uint64 {
	p, n := unsafe.StringData(s), len(s)
	h := (load64(p, 0) ^ uint64(n)) * 0x9e3779b97f4a7c15
	h = (h ^ h>>32 ^ load64(p, n/2-4)) * 0xff51afd7ed558ccd
	h = (h ^ h>>32 ^ load64(p, n-8)) * 0xc4ceb9fe1a85ec53
	return h >> (64 - recentBits)
}

// highs are the bits that bytes of ASCII don't have.
const highs = 0x8080808080808080

// ascii says whether a string of at least eight bytes is ASCII.
func ascii(s string) bool {
	p, last := unsafe.StringData(s), len(s)-8
	all := load64(p, last)
	for i := 0; i < last; i += 8 {
		all |= load64(p, i)
	}
	return all&highs == 0
}

func load64(p *byte, at int) uint64 { return *(*uint64)(unsafe.Add(unsafe.Pointer(p), at)) }

func load32(p *byte, at int) uint32 { return *(*uint32)(unsafe.Add(unsafe.Pointer(p), at)) }

// short is a string of up to inlineLen bytes.
func short(s string) duckString {
	p, n := unsafe.StringData(s), len(s)
	switch {
	case n > 8:
		x := load64(p, 0)
		return duckString{uint32(n), uint32(x), x>>32 | uint64(load32(p, n-4))>>(8*(12-n))<<32}
	case n >= 4:
		// The second part takes in some of the first one again.
		x := uint64(load32(p, 0)) | uint64(load32(p, n-4))<<(8*(n-4))
		return duckString{uint32(n), uint32(x), x >> 32}
	case n > 0:
		return duckString{uint32(n), uint32(s[0]) | uint32(s[n/2])<<(8*(n/2)) | uint32(s[n-1])<<(8*(n-1)), 0}
	}
	return duckString{}
}

// long is a string of more than inlineLen bytes, which is copied.
func (t *texts) long(s string) duckString {
	if !ascii(s) {
		s = validText(s)
	}
	p := t.place(s)
	return duckString{uint32(len(s)), load32(p, 0), uint64(uintptr(unsafe.Pointer(p)))}
}

// place copies a string to where it stays until the chunk was consumed.
func (t *texts) place(s string) *byte {
	t.used += len(s)
	if len(s) >= bigText {
		own := []byte(s)
		t.big.Pin(&own[0])
		return &own[0]
	}
	if len(t.blocks) > 0 && t.at+len(s) > textBlock {
		t.block++
		t.at = 0
	}
	if t.block == len(t.blocks) {
		block := make([]byte, textBlock)
		t.pin.Pin(&block[0])
		t.blocks = append(t.blocks, block)
	}
	p := &t.blocks[t.block][t.at]
	t.at += copy(t.blocks[t.block][t.at:], s)
	return p
}
