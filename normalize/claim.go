package normalize

import "github.com/goshawk-hunt/goshawk/evidence"

// An export of a case has the hidden columns that say which record made a row, and what
// it was made from, so that a case that has the record, or gets it with the export, knows
// the row again. Their names begin with "_" there.
const (
	hiddenKey    = "_Key"
	hiddenOrigin = "_Origin"
)

// hiddenName says whether a column of an export is a hidden one of a case.
func hiddenName(name string) bool {
	switch name {
	case hiddenKey, hiddenOrigin, "_Source", "_Offset", "_IngestionTime":
		return true
	}
	return false
}

// claim is what a row says of itself as a row of a case.
type claim struct {
	has    bool
	key    int64
	origin string
}

// claimOf finds a row's claim. Without both columns, or with values that no export of a
// case has, there is none: the row is one like any other.
func claimOf(fields []evidence.Field) claim {
	var c claim
	for i := range fields {
		switch v := &fields[i].Value; fields[i].Name {
		case hiddenKey:
			if key, ok := integer(v); ok {
				c.key, c.has = key, true
			}
		case hiddenOrigin:
			c.origin = v.Str
		}
	}
	if !c.has {
		return claim{}
	}
	return c
}

// made says whether a row that was read is to be known by its claim: not if it was an
// export's row in that case already, and has the same key as that.
func (c claim) made(t *exportedTable) bool {
	return c.has && c.origin != "" && !(c.origin == originExported && c.key == t.get(cKey).Int)
}
