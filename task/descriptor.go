package task

import (
	"encoding/binary"
	"fmt"
	"strconv"
	"strings"
)

// Descriptor is a security descriptor: who owns a task and who may do what with it.
type Descriptor struct {
	Owner, Group string // SIDs, "" if not said
	// Present says that there is a list of who may do what. Without one everybody may
	// do everything; an empty one lets nobody do anything.
	Present   bool
	Protected bool // the list inherits nothing
	Entries   []Entry
	control   uint16
	audit     []Entry
	hasAudit  bool
}

// Entry is one entry of an access control list.
type Entry struct {
	Type  string // as in SDDL: A allows, D denies, others by their word or number
	Flags string // as in SDDL
	Mask  uint32
	SID   string
	extra string // GUIDs of object entries, as in SDDL
}

// Control bits of a security descriptor (MS-DTYP section 2.4.6).
const (
	controlDACL          = 0x4
	controlSACL          = 0x10
	controlDACLAuto      = 0x400
	controlDACLProtected = 0x1000
	controlRelative      = 0x8000
)

// maxEntries bounds how many entries of a list are read.
const maxEntries = 4096

// ParseDescriptor reads a binary security descriptor in self-relative form (MS-DTYP
// section 2.4.6).
func ParseDescriptor(b []byte) (*Descriptor, error) {
	le := binary.LittleEndian
	if len(b) < 20 || b[0] != 1 {
		return nil, fmt.Errorf("%d bytes that do not begin as a security descriptor", len(b))
	}
	d := &Descriptor{control: le.Uint16(b[2:])}
	if d.control&controlRelative == 0 {
		return nil, fmt.Errorf("the security descriptor is not self-relative")
	}
	for _, at := range []struct {
		offset uint32
		to     *string
		what   string
	}{{le.Uint32(b[4:]), &d.Owner, "owner"}, {le.Uint32(b[8:]), &d.Group, "group"}} {
		if at.offset == 0 {
			continue
		}
		if uint64(at.offset) >= uint64(len(b)) {
			return nil, fmt.Errorf("the %s of the security descriptor lies outside of it", at.what)
		}
		sid, _, ok := parseSID(b[at.offset:])
		if !ok {
			return nil, fmt.Errorf("the %s of the security descriptor is no SID", at.what)
		}
		*at.to = sid
	}
	d.Protected = d.control&controlDACLProtected != 0
	var err error
	if at := le.Uint32(b[12:]); d.control&controlSACL != 0 && at != 0 {
		d.hasAudit = true
		if d.audit, err = entries(b, at); err != nil {
			return nil, err
		}
	}
	if at := le.Uint32(b[16:]); d.control&controlDACL != 0 && at != 0 {
		d.Present = true
		if d.Entries, err = entries(b, at); err != nil {
			return nil, err
		}
	}
	return d, nil
}

// entries reads an access control list.
func entries(b []byte, at uint32) ([]Entry, error) {
	le := binary.LittleEndian
	short := fmt.Errorf("an access control list of the security descriptor ends early")
	if uint64(at)+8 > uint64(len(b)) {
		return nil, short
	}
	b = b[at:]
	size, count := int(le.Uint16(b[2:])), int(le.Uint16(b[4:]))
	if size > len(b) || size < 8 || count > maxEntries {
		return nil, short
	}
	var list []Entry
	for b = b[8:size]; count > 0; count-- {
		if len(b) < 8 || int(le.Uint16(b[2:])) > len(b) || le.Uint16(b[2:]) < 8 {
			return nil, short
		}
		ace := b[:le.Uint16(b[2:])]
		b = b[len(ace):]
		e := Entry{Type: entryType(ace[0]), Flags: entryFlags(ace[1]), Mask: le.Uint32(ace[4:])}
		rest := ace[8:]
		if ace[0] >= 5 && ace[0] <= 8 { // of objects: flags and up to two GUIDs
			if len(rest) < 4 {
				return nil, short
			}
			flags := le.Uint32(rest)
			rest = rest[4:]
			var ids [2]string
			for i := range ids {
				if flags>>i&1 != 0 && len(rest) >= 16 {
					ids[i] = strings.ToLower(strings.Trim(classID(rest), "{}"))
					rest = rest[16:]
				}
			}
			e.extra = ids[0] + ";" + ids[1]
		}
		sid, _, ok := parseSID(rest)
		if !ok {
			return nil, fmt.Errorf("an entry of the security descriptor has no SID")
		}
		e.SID = sid
		list = append(list, e)
	}
	return list, nil
}

var entryTypes = [...]string{0: "A", 1: "D", 2: "AU", 3: "AL", 5: "OA", 6: "OD", 7: "OU", 9: "XA", 10: "XD", 13: "XU", 17: "ML", 18: "RA", 19: "SP"}

func entryType(b byte) string {
	if int(b) < len(entryTypes) && entryTypes[b] != "" {
		return entryTypes[b]
	}
	return fmt.Sprintf("0x%x", b)
}

var entryFlagNames = [...]string{"OI", "CI", "NP", "IO", "ID", "", "SA", "FA"}

func entryFlags(b byte) string {
	var s strings.Builder
	for i, name := range entryFlagNames {
		if b>>i&1 != 0 {
			s.WriteString(name)
		}
	}
	return s.String()
}

// aliases are the SIDs that SDDL abbreviates and that tasks are given to.
var aliases = []struct{ name, sid string }{
	{"SY", "S-1-5-18"}, {"LS", "S-1-5-19"}, {"NS", "S-1-5-20"}, {"BA", "S-1-5-32-544"}, {"BU", "S-1-5-32-545"},
	{"BG", "S-1-5-32-546"}, {"PU", "S-1-5-32-547"}, {"BO", "S-1-5-32-551"}, {"SO", "S-1-5-32-549"}, {"AU", "S-1-5-11"},
	{"WD", "S-1-1-0"}, {"IU", "S-1-5-4"}, {"NU", "S-1-5-2"}, {"SU", "S-1-5-6"}, {"AN", "S-1-5-7"}, {"CO", "S-1-3-0"},
	{"RD", "S-1-5-32-555"}, {"PS", "S-1-5-10"}, {"AC", "S-1-15-2-1"}, {"LW", "S-1-16-4096"}, {"ME", "S-1-16-8192"},
	{"HI", "S-1-16-12288"}, {"SI", "S-1-16-16384"},
}

func sidAlias(sid string) string {
	for i := range aliases {
		if aliases[i].sid == sid {
			return aliases[i].name
		}
	}
	return sid
}

func aliasSID(name string) string {
	for i := range aliases {
		if aliases[i].name == name {
			return aliases[i].sid
		}
	}
	return name
}

// masks are the rights that SDDL abbreviates: all of a mask, or single bits.
var masks = []struct {
	name string
	bits uint32
}{
	{"FA", 0x1F01FF}, {"FR", 0x120089}, {"FW", 0x120116}, {"FX", 0x1200A0}, {"KA", 0xF003F}, {"KR", 0x20019},
	{"GA", 0x10000000}, {"GR", 0x80000000}, {"GW", 0x40000000}, {"GX", 0x20000000},
	{"RC", 0x20000}, {"SD", 0x10000}, {"WD", 0x40000}, {"WO", 0x80000},
	{"CC", 0x1}, {"DC", 0x2}, {"LC", 0x4}, {"SW", 0x8}, {"RP", 0x10}, {"WP", 0x20}, {"DT", 0x40}, {"LO", 0x80}, {"CR", 0x100},
}

// String writes the descriptor as SDDL (MS-DTYP section 2.5.1).
func (d *Descriptor) String() string {
	var b strings.Builder
	if d.Owner != "" {
		b.WriteString("O:" + sidAlias(d.Owner))
	}
	if d.Group != "" {
		b.WriteString("G:" + sidAlias(d.Group))
	}
	if d.Present {
		b.WriteString("D:")
		if d.Protected {
			b.WriteString("P")
		}
		if d.control&controlDACLAuto != 0 {
			b.WriteString("AI")
		}
		writeEntries(&b, d.Entries)
	}
	if d.hasAudit {
		b.WriteString("S:")
		writeEntries(&b, d.audit)
	}
	return b.String()
}

func writeEntries(b *strings.Builder, list []Entry) {
	for _, e := range list {
		extra := e.extra
		if extra == "" {
			extra = ";"
		}
		fmt.Fprintf(b, "(%s;%s;%s;%s;%s)", e.Type, e.Flags, rights(e.Mask), extra, sidAlias(e.SID))
	}
}

func rights(mask uint32) string {
	for _, m := range masks[:10] {
		if m.bits == mask {
			return m.name
		}
	}
	return fmt.Sprintf("0x%x", mask)
}

// ParseSDDL reads a security descriptor as text.
func ParseSDDL(s string) (*Descriptor, error) {
	d := &Descriptor{}
	s = strings.TrimSpace(s)
	for s != "" {
		kind, rest, ok := strings.Cut(s, ":")
		if !ok || !strings.Contains("OGDS", kind) || len(kind) != 1 {
			return nil, fmt.Errorf("the security descriptor has %.20q where O:, G:, D: or S: should be", s)
		}
		end := partEnd(rest)
		part := rest[:end]
		s = rest[end:]
		switch kind {
		case "O":
			d.Owner = aliasSID(part)
		case "G":
			d.Group = aliasSID(part)
		case "D", "S":
			flags, list, _ := strings.Cut(part, "(")
			parsed, err := textEntries(list)
			if err != nil {
				return nil, err
			}
			if kind == "S" {
				d.audit, d.hasAudit = parsed, true
				continue
			}
			d.Present = !strings.Contains(flags, "NO_ACCESS_CONTROL")
			d.Protected = strings.HasPrefix(flags, "P")
			d.Entries = parsed
		}
	}
	return d, nil
}

// partEnd is where the next part of an SDDL text begins.
func partEnd(s string) int {
	depth := 0
	for i := range len(s) {
		switch s[i] {
		case '(':
			depth++
		case ')':
			depth--
		case ':':
			if depth == 0 && i > 0 {
				return i - 1
			}
		}
	}
	return len(s)
}

func textEntries(s string) ([]Entry, error) {
	var list []Entry
	if s == "" {
		return nil, nil
	}
	for item := range strings.SplitSeq(s, "(") {
		item, ok := strings.CutSuffix(strings.TrimSpace(item), ")")
		f := strings.Split(item, ";")
		if !ok || len(f) < 6 || len(list) >= maxEntries {
			return nil, fmt.Errorf("an entry of the security descriptor is no list of six parts: %.60q", item)
		}
		mask, err := parseRights(f[2])
		if err != nil {
			return nil, err
		}
		e := Entry{Type: strings.TrimSpace(f[0]), Flags: f[1], Mask: mask, SID: aliasSID(strings.TrimSpace(f[5]))}
		if f[3] != "" || f[4] != "" {
			e.extra = f[3] + ";" + f[4]
		}
		list = append(list, e)
	}
	return list, nil
}

func parseRights(s string) (uint32, error) {
	s = strings.TrimSpace(s)
	if n, err := strconv.ParseUint(s, 0, 32); err == nil {
		return uint32(n), nil
	}
	var mask uint32
	for i := 0; i+2 <= len(s); i += 2 {
		found := false
		for _, m := range masks {
			if s[i:i+2] == m.name {
				mask, found = mask|m.bits, true
				break
			}
		}
		if !found {
			return 0, fmt.Errorf("unknown right %q in the security descriptor", s[i:i+2])
		}
	}
	if len(s)%2 != 0 {
		return 0, fmt.Errorf("unknown rights %q in the security descriptor", s)
	}
	return mask, nil
}

// Rights that let a task be seen: those of files, which tasks use, and generic ones.
const (
	readData    = 0x1
	genericRead = 0x80000000 | 0x10000000
)

// Hides says whom the descriptor keeps from seeing the task: "administrators" or
// "users", "" for nobody. An entry that denies counts where it comes first, as Windows
// reads the list. Administrators are those who are logged on at the machine.
func (d *Descriptor) Hides() string {
	if !d.Present {
		return ""
	}
	if !d.reads("S-1-5-32-544", "S-1-5-32-545", "S-1-5-11", "S-1-1-0", "S-1-5-4") {
		return "administrators"
	}
	for _, e := range d.Entries {
		if e.Type == "D" && e.Mask&(readData|genericRead) != 0 && (e.SID == "S-1-5-32-545" || e.SID == "S-1-5-11" || e.SID == "S-1-1-0" || e.SID == "S-1-5-4") {
			return "users"
		}
	}
	return ""
}

// reads says whether somebody with all of these SIDs may read.
func (d *Descriptor) reads(sids ...string) bool {
	for _, e := range d.Entries {
		if e.Mask&(readData|genericRead) == 0 || strings.Contains(e.Flags, "IO") {
			continue
		}
		for _, sid := range sids {
			if e.SID == sid && (e.Type == "A" || e.Type == "D") {
				return e.Type == "A"
			}
		}
	}
	return false
}
