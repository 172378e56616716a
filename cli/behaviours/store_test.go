package behaviours

import (
	"encoding/binary"
	"fmt"
	"strings"
)

const cacheKey = `HKEY_LOCAL_MACHINE\SOFTWARE\Microsoft\Windows NT\CurrentVersion\Schedule\TaskCache`

// cached is a task in the TaskCache of an exported registry.
type cached struct {
	tsk
	noSD, noIndex, indexZero, noTree, noTasks bool
	sd                                        []byte // instead of an ordinary one
	other                                     string // Path of the definition, where it is another
}

// open is a descriptor that lets administrators and SYSTEM do all.
var open = []byte{1, 0, 4, 0x90, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x14, 0, 0, 0, 2, 0, 0x34, 0, 2, 0, 0, 0,
	0, 0, 0x18, 0, 0xff, 1, 0x1f, 0, 1, 2, 0, 0, 0, 0, 0, 5, 0x20, 0, 0, 0, 0x20, 2, 0, 0, 0, 0, 0x14, 0, 0xff, 1, 0x1f, 0, 1, 1, 0, 0, 0, 0, 0, 5, 0x12, 0, 0, 0}

// shut is one that only SYSTEM passes.
var shut = []byte{1, 0, 4, 0x90, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x14, 0, 0, 0, 2, 0, 0x1c, 0, 1, 0, 0, 0,
	0, 0, 0x14, 0, 0xff, 1, 0x1f, 0, 1, 1, 0, 0, 0, 0, 0, 5, 0x12, 0, 0, 0}

// registry puts tasks into the host's exported SOFTWARE hive.
func (h *host) registry(list ...cached) *host {
	var b strings.Builder
	b.WriteString("Windows Registry Editor Version 5.00\r\n")
	for i, c := range list {
		c.tsk = c.tsk.on(h)
		id := fmt.Sprintf("{%08x-1111-4222-8333-444455556666}", i+1)
		if !c.noTree {
			fmt.Fprintf(&b, "\r\n[%s\\Tree%s]\r\n", cacheKey, c.path)
			sd := c.sd
			if sd == nil {
				sd = open
			}
			if !c.noSD {
				fmt.Fprintf(&b, "\"SD\"=%s\r\n", hexValue(sd))
			}
			fmt.Fprintf(&b, "\"Id\"=\"%s\"\r\n", id)
			if !c.noIndex {
				index := 3
				if c.indexZero {
					index = 0
				}
				fmt.Fprintf(&b, "\"Index\"=dword:%08x\r\n", index)
			}
		}
		if c.noTasks {
			continue
		}
		path := c.path
		if c.other != "" {
			path = c.other
		}
		fmt.Fprintf(&b, "\r\n[%s\\Tasks\\%s]\r\n\"Path\"=\"%s\"\r\n\"Actions\"=%s\r\n\"DynamicInfo\"=%s\r\n",
			cacheKey, id, strings.ReplaceAll(path, `\`, `\\`), hexValue(c.blob()), hexValue(c.dynamic(h)))
		fmt.Fprintf(&b, "\r\n[%s\\Plain\\%s]\r\n", cacheKey, id)
	}
	return h.file("C/Windows/System32/config/SOFTWARE.reg", utf16le(b.String()))
}

// blob is the value Actions: one program with its arguments.
func (c cached) blob() []byte {
	text := func(b []byte, s string) []byte {
		u := utf16le(s)[2:]
		return append(binary.LittleEndian.AppendUint32(b, uint32(len(u))), u...)
	}
	b := []byte{3, 0}
	b = text(b, "Author")
	b = append(b, 0x66, 0x66)
	b = text(b, "")
	b = text(b, c.command)
	b = text(b, c.args)
	b = text(b, "")
	return append(b, 0, 0)
}

// dynamic is the value DynamicInfo: registered an hour before, never run.
func (c cached) dynamic(h *host) []byte {
	b := []byte{3, 0, 0, 0}
	b = binary.LittleEndian.AppendUint64(b, uint64(h.at.Unix()-3600+11644473600)*10_000_000)
	return append(b, make([]byte, 24)...)
}

func hexValue(b []byte) string {
	parts := make([]string, len(b))
	for i, x := range b {
		parts[i] = fmt.Sprintf("%02x", x)
	}
	return "hex:" + strings.Join(parts, ",")
}
