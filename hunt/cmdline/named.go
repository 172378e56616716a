package cmdline

import (
	"regexp"
	"slices"
	"strings"
)

// maxNamed bounds the files and the registry entries that one command line names.
const maxNamed = 32

// Named is what a command line names that another process may have put there for it.
type Named struct {
	// Files are paths as Expand writes them; where a path lies in the folders of a user
	// that a variable stands for, that user is <user>.
	Files    []string
	Registry []RegistryName
}

// RegistryName is a registry key, or one value of it.
type RegistryName struct {
	Key
	// Value is the value's name in lower case; Any when the text names the key alone.
	Value string
	Any   bool
	Text  string // the key as it was written
}

// Add adds what others name, each once; a key is the same however it was written.
func (n *Named) Add(others Named) {
	for _, f := range others.Files {
		if !slices.Contains(n.Files, f) {
			n.Files = append(n.Files, f)
		}
	}
	for _, r := range others.Registry {
		same := func(have RegistryName) bool { return have.Key == r.Key && have.Value == r.Value && have.Any == r.Any }
		if !slices.ContainsFunc(n.Registry, same) {
			n.Registry = append(n.Registry, r)
		}
	}
}

// Names returns the files and the registry entries that a command with its arguments
// names, also in what is Base64 within it. A file to which the command line sends its
// output is none of them. Only the first 32 KB are looked at.
func Names(command, arguments string) Named {
	if arguments == "" {
		command, arguments = Split(command)
	}
	var n Named
	n.file(strings.Trim(command, `"' `))
	for _, text := range append([]string{arguments}, Decoded(arguments)...) {
		text = text[:min(len(text), maxText)]
		n.registry(text)
		n.files(text)
	}
	return n
}

var (
	environment = regexp.MustCompile(`(?i)\$\{?env:([a-z0-9_()]+)\}?`)
	home        = regexp.MustCompile(`(?i)\$home\b`)
	pathStart   = regexp.MustCompile(`(?i)(?:%[a-z0-9_()]+%|[a-z]:|\\\\(?:127\.0\.0\.1|localhost|\.|\?)\\[a-z][:$])[\\/]`)
)

// files adds the paths that stand in a text.
func (n *Named) files(text string) {
	text = home.ReplaceAllString(environment.ReplaceAllString(text, "%$1%"), "%userprofile%")
	for _, at := range pathStart.FindAllStringIndex(text, 4*maxNamed) {
		before := text[:at[0]]
		if c := last(before); c == '_' || c >= '0' && c <= '9' || c|0x20 >= 'a' && c|0x20 <= 'z' {
			continue // http://, HKCU:\
		}
		if c := last(strings.TrimRight(before, ` "'`)); c == '>' {
			continue // what it writes
		}
		n.file(word(text, at[0]))
	}
}

func last(s string) byte {
	if s == "" {
		return 0
	}
	return s[len(s)-1]
}

// word returns the path that begins at an offset: to the closing quote where one opens
// before it, else to what can't stand in an unquoted path.
func word(text string, at int) string {
	rest := text[at:]
	if q := last(text[:at]); q == '"' || q == '\'' {
		if end := strings.IndexByte(rest, q); end >= 0 {
			return strings.TrimSuffix(rest[:end], `\`) // of \"
		}
	}
	if end := strings.IndexAny(rest, " \t\r\n\"'`|<>;,&()"); end >= 0 {
		rest = rest[:end]
	}
	for strings.Count(rest, "}") > strings.Count(rest, "{") {
		rest = rest[:strings.LastIndexByte(rest, '}')] // of a block, not of a GUID
	}
	return rest
}

// file adds one path, if it is that of a file on a drive.
func (n *Named) file(path string) {
	path = strings.ReplaceAll(path, "/", `\`)
	for _, own := range []string{`\\127.0.0.1\`, `\\localhost\`, `\\.\`, `\\?\`} {
		if rest, ok := strings.CutPrefix(strings.ToLower(path), own); ok && len(rest) > 2 {
			path = rest[:1] + ":" + rest[2:]
		}
	}
	path = folded(Expand(path))
	if len(path) < 4 || path[1:3] != `:\` {
		return
	}
	if i := strings.IndexByte(path[2:], ':'); i > 0 {
		path = path[:i+2] // of a stream
	}
	base := Base(path)
	if !strings.Contains(base, ".") || strings.ContainsAny(base, "*?") || len(path) > 400 || len(n.Files) >= maxNamed {
		return
	}
	n.Add(Named{Files: []string{path}})
}

var (
	keyStart  = regexp.MustCompile(`(?i)\b(?:hklm|hkcu|hkcr|hku|hkey_[a-z_]+):?\\+[a-z0-9.]`)
	opened    = regexp.MustCompile(`(?i)\bregistry\]::(currentuser|localmachine|users|classesroot)\.opensubkey\(\s*["']([^"']+)["'][^)]{0,40}\)(?:\.getvalue\(\s*["']([^"']*)["'])?`)
	gpBefore  = regexp.MustCompile(`(?i)\b(?:gp|gpv|get-itemproperty|get-itempropertyvalue)\s+(?:-(?:literal)?path[\s:]+)?["']?(?:[a-z.]*registry::)?$`)
	gpName    = regexp.MustCompile(`(?i)^["']?\s+(?:-n(?:a|am|ame)?[\s:]+)?["']?([^\s"'|;&,()\-][^\s"'|;&,()]*)["']?(,)?`)
	member    = regexp.MustCompile(`(?i)^["']?\s*\)\s*\.["']?(?:getvalue\(\s*["']([^"']*)["']|([a-z0-9_]+))`)
	regValue  = regexp.MustCompile(`(?i)^"?\s+(?:/(?:s|f|t|reg:\d\d)\s+(?:[a-z_]+\s+)?)*/v\s+(?:"([^"]+)"|([^"'\s)|&]+))`)
	regEmpty  = regexp.MustCompile(`(?i)^"?\s+/ve\b`)
	getBefore = regexp.MustCompile(`(?i)registry\]::getvalue\(\s*["']$`)
	getName   = regexp.MustCompile(`(?i)^["']\s*,\s*["']([^"']*)["']`)
	regRead   = regexp.MustCompile(`(?i)\bregread\s*\(?\s*\\?["']$`)
)

// registry adds the registry entries that stand in a text.
func (n *Named) registry(text string) {
	for _, m := range opened.FindAllStringSubmatch(text, maxNamed) {
		roots := map[string]string{"currentuser": "HKCU", "localmachine": "HKLM", "users": "HKU", "classesroot": "HKCR"}
		n.entry(roots[strings.ToLower(m[1])]+`\`+m[2], m[3], m[3] == "")
	}
	for _, at := range keyStart.FindAllStringIndex(text, maxNamed) {
		path := word(text, at[0])
		n.value(text[max(0, at[0]-80):at[0]], path, text[at[0]+len(path):])
	}
}

// value adds a key, and the value that what stands around the key names.
func (n *Named) value(before, path, after string) {
	after = after[:min(len(after), 400)]
	name, any := "", true
	take := func(m []string) bool {
		if m == nil {
			return false
		}
		for _, s := range m[1:] {
			name += s
		}
		any = false
		return true
	}
	switch {
	case regRead.MatchString(before):
		i := strings.LastIndexByte(path, '\\')
		n.entry(path[:i], path[i+1:], false)
		return
	case getBefore.MatchString(before):
		take(getName.FindStringSubmatch(after))
	case regEmpty.MatchString(after):
		any = false
	case take(regValue.FindStringSubmatch(after)):
	case gpBefore.MatchString(before):
		if m := gpName.FindStringSubmatch(after); m != nil {
			if m[2] == "" {
				take(m[:2])
			}
			break // several names: any value
		}
		take(member.FindStringSubmatch(after))
	default:
		take(member.FindStringSubmatch(after))
	}
	n.entry(path, name, any)
}

func (n *Named) entry(path, value string, any bool) {
	e := RegistryName{Key: ParseKey(path), Value: strings.ToLower(value), Any: any, Text: strings.Trim(path, `\`)}
	if e.Hive == "" || e.Path == "" || len(path) > 600 || len(value) > 300 || len(n.Registry) >= maxNamed {
		return
	}
	n.Add(Named{Registry: []RegistryName{e}})
}
