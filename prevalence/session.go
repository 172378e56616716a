package prevalence

import (
	"errors"
	"fmt"
	"maps"
	"slices"

	"github.com/goshawk-hunt/goshawk/kql/plan"
	"github.com/goshawk-hunt/goshawk/kql/sqlgen"
	"github.com/goshawk-hunt/goshawk/kql/types"
)

// Lookup returns what is known about files. column is SHA1, SHA256 or MD5, hashes are
// distinct, in lower case, at most 1000. A hash that nothing is known about is absent
// from the result.
type Lookup func(column string, hashes []string) (map[string]*Profile, error)

// Session answers the FileProfile calls of one query and counts what it could not
// answer. It is for one query at a time.
type Session struct {
	lookup Lookup

	files, unknown, beyond, bad, failed int
}

// NewSession returns a session over a lookup; nil knows nothing.
func NewSession(lookup Lookup) *Session { return &Session{lookup: lookup} }

// Install returns a copy of the dialect that answers FileProfile by this session.
func (s *Session) Install(d *sqlgen.Dialect) *sqlgen.Dialect {
	out := *d
	out.Plugins = maps.Clone(d.Plugins)
	if out.Plugins == nil {
		out.Plugins = map[string]sqlgen.PluginFunc{}
	}
	out.Plugins[Name] = s.plugin
	return &out
}

// Warnings says in sentences what the answers lacked, after the query has run.
func (s *Session) Warnings() []string {
	var out []string
	if s.unknown > 0 {
		out = append(out, fmt.Sprintf("FileProfile: the prevalence of %d of %d files is unknown (ProfileAvailability \"Missing\", null, not 0); a query that reads null as 0 takes them for rare", s.unknown, s.files))
	}
	if s.beyond > 0 {
		out = append(out, fmt.Sprintf("FileProfile: %d files were beyond the call's limit and were not looked up", s.beyond))
	}
	if s.bad > 0 {
		out = append(out, fmt.Sprintf("FileProfile: %d rows have no hash to look up", s.bad))
	}
	if s.failed > 0 {
		out = append(out, fmt.Sprintf("FileProfile: looking up %d files failed (ProfileAvailability \"Error\")", s.failed))
	}
	return out
}

// plugin prepares one call.
func (s *Session) plugin(args []sqlgen.Operand, spec any, in, out types.Schema) (sqlgen.RowFunc, error) {
	a, ok := spec.(*plan.AppendSpec)
	if !ok || len(args) != 2 {
		return nil, errors.New("expected a column and a limit")
	}
	key := in.Index(args[0].Column)
	if key < 0 && args[0].Const == nil {
		return nil, errors.New("the first argument names no column of the input")
	}
	limit := int64(defaultLimit)
	if c := args[1].Const; c != nil && !c.Null {
		limit = c.Int
	}
	if limit < 1 {
		return nil, fmt.Errorf("the number of files is %d, expected 1 to %d", limit, maxLimit)
	}
	limit = min(limit, maxLimit)  // more are asked for often, and never given
	from := make([]int, len(out)) // index of the input column, -1 for a computed one
	for i, src := range a.Sources {
		from[i] = -1
		if !src.Right {
			if from[i] = in.Index(src.Name); from[i] < 0 {
				from[i] = i
			}
		}
	}
	c := call{s: s, key: key, times: in.Index(sqlgen.AppendRows), limit: int(limit), from: from, out: out}
	return func(rows, _ sqlgen.Rows, emit func([]types.Value) error) error {
		return c.run(rows, emit)
	}, nil
}

// call is one call of FileProfile.
type call struct {
	s     *Session
	key   int // the column of the hash
	times int // the column that says for how many rows a row stands, -1 if for itself
	limit int // of files
	from  []int
	out   types.Schema
}

// maxRows bounds the rows of one call: they are held until their files are known.
const maxRows = 2_000_000

// run reads the input, looks its files up, and gives the rows out again: in their order,
// if each stands for itself.
func (c call) run(rows sqlgen.Rows, emit func([]types.Value) error) error {
	held, files, err := c.read(rows, emit)
	if err != nil {
		return err
	}
	profiles, failed := c.s.profiles(files.wanted)
	for _, row := range held {
		hash, column, ok := Hash(at(row, c.key).Str)
		var p *Profile
		state := ""
		if ok && files.seen[hash] {
			p, state = profiles[hash], "known"
			if failed[column] {
				state = "Error"
			} else if p == nil {
				p = &Profile{}
				p.set(column, hash)
			}
		}
		if err := emit(fill(row, c.from, c.out, p, state)); err != nil {
			return err
		}
	}
	return nil
}

// asked are the files of a call's rows, up to its limit.
type asked struct {
	wanted map[string][]string // column -> hashes in order of appearance
	seen   map[string]bool
}

// read holds the rows until their files are known; a row that has none to look up goes out
// at once, where no order is to be kept.
func (c call) read(rows sqlgen.Rows, emit func([]types.Value) error) (held [][]types.Value, files asked, err error) {
	files = asked{wanted: map[string][]string{}, seen: map[string]bool{}}
	for {
		row, err := rows.Next()
		if row == nil || err != nil {
			return held, files, err
		}
		times := 1
		if c.times >= 0 {
			times = int(at(row, c.times).Int)
		}
		hash, column, ok := Hash(at(row, c.key).Str)
		known := true
		switch {
		case !ok:
			c.s.bad += times
			known = false
		case files.seen[hash]:
		case len(files.seen) >= c.limit:
			c.s.beyond += times
			known = false
		default:
			files.seen[hash] = true
			files.wanted[column] = append(files.wanted[column], hash)
		}
		if !known && c.times >= 0 {
			if err := emit(fill(row, c.from, c.out, nil, "")); err != nil {
				return nil, files, err
			}
			continue
		}
		if len(held) == maxRows {
			return nil, files, fmt.Errorf("FileProfile works on at most %d rows; summarize by the hash first", maxRows)
		}
		held = append(held, slices.Clone(row))
	}
}

func at(row []types.Value, i int) types.Value {
	if i < 0 || i >= len(row) {
		return types.Value{Type: types.String}
	}
	return row[i]
}

// fill makes an output row. state is "" for a row that was not looked up, "Error" for
// one whose lookup failed.
func fill(row []types.Value, from []int, out types.Schema, p *Profile, state string) []types.Value {
	full := make([]types.Value, len(out))
	for i, c := range out {
		switch {
		case i < len(from) && from[i] >= 0:
			full[i] = at(row, from[i])
		case p != nil && state == "known":
			full[i] = p.value(c)
		case c.Name == "ProfileAvailability" && state == "Error":
			full[i] = types.Value{Type: types.String, Str: "Error"}
		default:
			full[i] = types.Null(c.Type)
		}
	}
	return full
}

// profiles looks the hashes up and counts.
func (s *Session) profiles(wanted map[string][]string) (map[string]*Profile, map[string]bool) {
	all, failed := map[string]*Profile{}, map[string]bool{}
	for column, hashes := range wanted {
		s.files += len(hashes)
		var found map[string]*Profile
		var err error
		if s.lookup != nil {
			found, err = s.lookup(column, hashes)
		}
		if err != nil {
			s.failed += len(hashes)
			failed[column] = true
			continue
		}
		for _, h := range hashes {
			p := found[h]
			if p == nil || p.GlobalPrevalence == nil {
				s.unknown++
			}
			if p != nil {
				all[h] = p
			}
		}
	}
	return all, failed
}

func (p *Profile) set(column, hash string) {
	switch column {
	case "SHA1":
		p.SHA1 = hash
	case "SHA256":
		p.SHA256 = hash
	case "MD5":
		p.MD5 = hash
	}
}
