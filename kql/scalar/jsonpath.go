package scalar

import (
	"strconv"
	"strings"

	"github.com/goshawk-hunt/goshawk/kql/dynamic"
	"github.com/goshawk-hunt/goshawk/kql/types"
)

// PlainPath reads a JSONPath of members and elements: $.a['b c'][0]. Each key is a String or
// a Long; ok is false for other paths.
func PlainPath(path string) (keys []types.Value, ok bool) {
	s := strings.TrimSpace(path)
	if !strings.HasPrefix(s, "$") {
		return nil, false
	}
	s = s[1:]
	keys = []types.Value{}
	for s != "" {
		switch s[0] {
		case '.':
			end := strings.IndexAny(s[1:], ".[")
			if end < 0 {
				end = len(s) - 1
			}
			name := s[1 : end+1]
			if name == "" || name == "*" {
				return nil, false
			}
			keys = append(keys, text(name))
			s = s[end+1:]
		case '[':
			key, rest, ok := bracketKey(s)
			if !ok {
				return nil, false
			}
			keys = append(keys, key)
			s = rest
		default:
			return nil, false
		}
	}
	return keys, true
}

// bracketKey reads ['name'], ["name"] or [0] at the start of s.
func bracketKey(s string) (key types.Value, rest string, ok bool) {
	if len(s) > 2 && (s[1] == '\'' || s[1] == '"') {
		end := strings.Index(s[2:], string(s[1])+"]")
		if end < 0 {
			return key, "", false
		}
		return text(s[2 : 2+end]), s[2+end+2:], true
	}
	inside, rest, ok := strings.Cut(s[1:], "]")
	if !ok {
		return key, "", false
	}
	n, err := strconv.ParseInt(strings.TrimSpace(inside), 10, 64)
	if err != nil {
		return key, "", false
	}
	return long(n), rest, true
}

func extractJSON(a []types.Value) types.Value {
	keys, ok := PlainPath(a[0].Str)
	if !ok {
		return nullDynamic
	}
	d, ok := dynamic.Parse(a[1].Str)
	if !ok {
		return nullDynamic
	}
	return d.Follow(keys).Scalar()
}
