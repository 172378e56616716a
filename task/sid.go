package task

import (
	"encoding/binary"
	"fmt"
	"strings"
)

// wellKnown are the SIDs that are the same on all machines, by their numbers behind
// "S-1-" (MS-DTYP section 2.4.2.4).
var wellKnown = []struct{ sid, name string }{
	{"S-1-1-0", "Everyone"},
	{"S-1-3-0", "CREATOR OWNER"},
	{"S-1-5-2", `NT AUTHORITY\NETWORK`},
	{"S-1-5-3", `NT AUTHORITY\BATCH`},
	{"S-1-5-4", `NT AUTHORITY\INTERACTIVE`},
	{"S-1-5-6", `NT AUTHORITY\SERVICE`},
	{"S-1-5-7", `NT AUTHORITY\ANONYMOUS LOGON`},
	{"S-1-5-9", `NT AUTHORITY\ENTERPRISE DOMAIN CONTROLLERS`},
	{"S-1-5-10", `NT AUTHORITY\SELF`},
	{"S-1-5-11", `NT AUTHORITY\Authenticated Users`},
	{"S-1-5-14", `NT AUTHORITY\REMOTE INTERACTIVE LOGON`},
	{"S-1-5-18", `NT AUTHORITY\SYSTEM`},
	{"S-1-5-19", `NT AUTHORITY\LOCAL SERVICE`},
	{"S-1-5-20", `NT AUTHORITY\NETWORK SERVICE`},
	{"S-1-5-32-544", `BUILTIN\Administrators`},
	{"S-1-5-32-545", `BUILTIN\Users`},
	{"S-1-5-32-546", `BUILTIN\Guests`},
	{"S-1-5-32-547", `BUILTIN\Power Users`},
	{"S-1-5-32-548", `BUILTIN\Account Operators`},
	{"S-1-5-32-549", `BUILTIN\Server Operators`},
	{"S-1-5-32-551", `BUILTIN\Backup Operators`},
	{"S-1-5-32-555", `BUILTIN\Remote Desktop Users`},
	{"S-1-5-32-559", `BUILTIN\Performance Log Users`},
	{"S-1-5-32-578", `BUILTIN\Hyper-V Administrators`},
	{"S-1-5-32-580", `BUILTIN\Remote Management Users`},
	{"S-1-15-2-1", `APPLICATION PACKAGE AUTHORITY\ALL APPLICATION PACKAGES`},
}

// NameOf returns the name of a SID that is the same on all machines, else "".
func NameOf(sid string) string {
	for i := range wellKnown {
		if wellKnown[i].sid == sid {
			return wellKnown[i].name
		}
	}
	return ""
}

// SIDOf returns the SID of a well-known name, with its authority or without, in
// English. A SID is its own, in upper case.
func SIDOf(name string) (string, bool) {
	if len(name) > 4 && strings.EqualFold(name[:4], "S-1-") {
		return strings.ToUpper(name), true
	}
	for i := range wellKnown {
		full := wellKnown[i].name
		if strings.EqualFold(name, full) || strings.EqualFold(name, full[strings.LastIndexByte(full, '\\')+1:]) {
			return wellKnown[i].sid, true
		}
	}
	return "", false
}

// parseSID reads a binary SID (MS-DTYP section 2.4.2.2) and says how long it is.
func parseSID(b []byte) (sid string, length int, ok bool) {
	if len(b) < 8 || b[0] != 1 || b[1] > 15 || len(b) < 8+4*int(b[1]) {
		return "", 0, false
	}
	authority := uint64(binary.BigEndian.Uint16(b[2:]))<<32 | uint64(binary.BigEndian.Uint32(b[4:]))
	var s strings.Builder
	if authority < 1<<32 {
		fmt.Fprintf(&s, "S-1-%d", authority)
	} else {
		fmt.Fprintf(&s, "S-1-0x%012X", authority)
	}
	n := int(b[1])
	for i := range n {
		fmt.Fprintf(&s, "-%d", binary.LittleEndian.Uint32(b[8+4*i:]))
	}
	return s.String(), 8 + 4*n, true
}
