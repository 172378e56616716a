package task

import (
	"crypto/sha256"
	"encoding/hex"
	"slices"
	"strconv"
	"strings"
)

// Hash identifies what a definition says, in hexadecimal: SHA-256 over its triggers,
// principals, settings and actions. Forms of one definition (XML, escaped XML, JSON)
// have the same hash; who registered it when is no part of it. Without a definition
// it is "".
func (d *Definition) Hash() string {
	if d.root == nil {
		return ""
	}
	var b []byte
	for _, part := range [...]string{"Triggers", "Principals", "Settings", "Actions"} {
		if e := d.root.child(part); e != nil {
			b = appendCanonical(b, e, part == "Settings")
		}
	}
	sum := sha256.Sum256(b)
	return hex.EncodeToString(sum[:])
}

// appendCanonical appends an element in a form that all its spellings share: children
// of one name together, as JSON has them, and by name where their order means nothing.
func appendCanonical(b []byte, e *element, sorted bool) []byte {
	word := func(mark byte, s string) {
		b = append(strconv.AppendInt(append(b, mark), int64(len(s)), 10), ':')
		b = append(b, s...)
	}
	word('<', e.name)
	attrs := slices.Clone(e.attrs)
	slices.SortStableFunc(attrs, func(x, y attribute) int { return strings.Compare(x.name, y.name) })
	for _, a := range attrs {
		word('@', a.name)
		word('=', a.value)
	}
	if s := strings.TrimSpace(e.text); s != "" {
		word('#', s)
	}
	kids := slices.Clone(e.kids)
	if sorted {
		slices.SortStableFunc(kids, func(x, y *element) int { return strings.Compare(x.name, y.name) })
	} else {
		first := make(map[string]int, len(kids))
		for i, k := range kids {
			if _, ok := first[k.name]; !ok {
				first[k.name] = i
			}
		}
		slices.SortStableFunc(kids, func(x, y *element) int { return first[x.name] - first[y.name] })
	}
	for _, k := range kids {
		b = appendCanonical(b, k, false)
	}
	return append(b, '>')
}
