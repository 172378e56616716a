package scalar

import (
	"encoding/xml"
	"io"
	"net/url"
	"strings"

	"github.com/goshawk-hunt/goshawk/kql/dynamic"
	"github.com/goshawk-hunt/goshawk/kql/types"
)

var parseFunctions = []Function{
	{Name: "parse_command_line", Params: []types.Type{types.String, types.String}, Result: types.Dynamic, Eval: parseCommandLine},
	{Name: "parse_csv", Params: []types.Type{types.String}, Result: types.Dynamic, Eval: parseCSV},
	{Name: "parse_path", Params: []types.Type{types.String}, Result: types.Dynamic, Eval: parsePath},
	{Name: "parse_url", Params: []types.Type{types.String}, Result: types.Dynamic, Eval: parseURL},
	{Name: "parse_urlquery", Params: []types.Type{types.String}, Result: types.Dynamic, Eval: parseURLQuery},
	{Name: "parse_user_agent", Params: []types.Type{types.String, types.String}, Result: types.Dynamic, Eval: parseUserAgent},
	{Name: "parse_xml", Params: []types.Type{types.String}, Result: types.Dynamic, Eval: parseXML},
}

// parseCommandLine splits as CommandLineToArgvW does; there is no other parser.
func parseCommandLine(a []types.Value) types.Value {
	if !strings.EqualFold(a[1].Str, "windows") {
		return nullDynamic
	}
	args := []dynamic.Value{}
	s := strings.TrimLeft(a[0].Str, " \t")
	if s == "" {
		return dynamic.List(args).Scalar()
	}
	program, s := firstArgument(s)
	args = append(args, dynamic.Text(program))
	for {
		s = strings.TrimLeft(s, " \t")
		if s == "" || len(args) == maxArray {
			return dynamic.List(args).Scalar()
		}
		var arg string
		arg, s = nextArgument(s)
		args = append(args, dynamic.Text(arg))
	}
}

// firstArgument takes the program, in which a quote is closed by the next one and backslashes mean nothing.
func firstArgument(s string) (arg, rest string) {
	if s[0] == '"' {
		arg, rest, _ = strings.Cut(s[1:], `"`)
		return arg, rest
	}
	if i := strings.IndexAny(s, " \t"); i >= 0 {
		return s[:i], s[i:]
	}
	return s, ""
}

// nextArgument takes an argument: backslashes before a quote escape each other and the quote,
// and within quotes two quotes are one.
func nextArgument(s string) (arg, rest string) {
	var b strings.Builder
	quoted := false
	i := 0
	for i < len(s) {
		switch c := s[i]; {
		case c == '\\':
			n := runLength(s, i)
			i += n
			if i == len(s) || s[i] != '"' {
				b.WriteString(s[i-n : i])
				continue
			}
			b.WriteString(s[i-n : i-n+n/2])
			if n%2 == 1 {
				b.WriteByte('"')
				i++
			}
			continue
		case c == '"' && quoted && i+1 < len(s) && s[i+1] == '"':
			b.WriteByte('"')
			i++
		case c == '"':
			quoted = !quoted
		case (c == ' ' || c == '\t') && !quoted:
			return b.String(), s[i:]
		default:
			b.WriteByte(c)
		}
		i++
	}
	return b.String(), ""
}

// parseCSV reads the first record of a text.
func parseCSV(a []types.Value) types.Value {
	s := a[0].Str
	fields := []dynamic.Value{}
	for len(fields) < maxArray {
		var field string
		var more bool
		field, s, more = csvField(s)
		fields = append(fields, dynamic.Text(field))
		if !more {
			break
		}
	}
	return dynamic.List(fields).Scalar()
}

// csvField takes a field; more says that another one follows in the record.
func csvField(s string) (field, rest string, more bool) {
	var b strings.Builder
	if strings.HasPrefix(s, `"`) {
		s = s[1:]
		for {
			before, after, found := strings.Cut(s, `"`)
			b.WriteString(before)
			s = after
			if !found {
				return b.String(), "", false
			}
			if !strings.HasPrefix(s, `"`) {
				break
			}
			b.WriteByte('"')
			s = s[1:]
		}
	}
	end := strings.IndexAny(s, ",\r\n")
	if end < 0 {
		b.WriteString(s)
		return b.String(), "", false
	}
	b.WriteString(s[:end])
	return b.String(), s[end+1:], s[end] == ','
}

// bagOf makes a bag of names and values that are texts.
func bagOf(pairs ...string) dynamic.Value {
	v := dynamic.Value{Kind: dynamic.Bag}
	for i := 0; i < len(pairs); i += 2 {
		v.Keys = append(v.Keys, pairs[i])
		v.Items = append(v.Items, dynamic.Text(pairs[i+1]))
	}
	return v
}

// parsePath takes a path of Windows, Unix or file: apart.
func parsePath(a []types.Value) types.Value {
	s := a[0].Str
	scheme := ""
	if before, after, found := strings.Cut(s, "://"); found && !strings.ContainsAny(before, `/\:`) {
		scheme = before
		s = after
		// file:///C:/.. has a slash before the drive
		if len(s) > 2 && s[0] == '/' && s[2] == ':' {
			s = s[1:]
		}
	}
	root := ""
	if len(s) >= 2 && s[1] == ':' {
		root = s[:2]
		if len(s) > 2 && (s[2] == '\\' || s[2] == '/') {
			root = s[:3]
		}
	}
	directory, file := "", s[len(root):]
	if i := strings.LastIndexAny(s, `/\`); i >= len(root) {
		directory, file = s[:i], s[i+1:]
	} else if root != "" {
		directory = root
	}
	name := directory[min(len(root), len(directory)):]
	if i := strings.LastIndexAny(name, `/\`); i >= 0 {
		name = name[i+1:]
	}
	file, stream, _ := strings.Cut(file, ":")
	extension := ""
	if i := strings.LastIndexByte(file, '.'); i >= 0 {
		extension = file[i+1:]
	}
	return bagOf("Scheme", scheme, "RootPath", root, "DirectoryPath", directory, "DirectoryName", name,
		"Filename", file, "Extension", extension, "AlternateDataStreamName", stream).Scalar()
}

// parseURL takes an absolute URL apart; of any other text all is the path.
func parseURL(a []types.Value) types.Value {
	rest := a[0].Str
	var scheme, user, password, host, port string
	rest, fragment, _ := strings.Cut(rest, "#")
	rest, query, _ := strings.Cut(rest, "?")
	if before, after, found := strings.Cut(rest, "://"); found && !strings.Contains(before, "/") {
		scheme = before
		authority := after
		rest = ""
		if i := strings.IndexByte(after, '/'); i >= 0 {
			authority, rest = after[:i], after[i:]
		}
		if i := strings.LastIndexByte(authority, '@'); i >= 0 {
			user, password, _ = strings.Cut(authority[:i], ":")
			authority = authority[i+1:]
		}
		host = authority
		if i := strings.LastIndexByte(authority, ':'); i > strings.LastIndexByte(authority, ']') {
			host, port = authority[:i], authority[i+1:]
		}
	}
	v := bagOf("Scheme", scheme, "Host", host, "Port", port, "Path", rest, "Username", user, "Password", password)
	v.Set("Query Parameters", queryParameters(query))
	v.Set("Fragment", dynamic.Text(fragment))
	return v.Scalar()
}

func queryParameters(query string) dynamic.Value {
	v := dynamic.Value{Kind: dynamic.Bag}
	n := 0
	for part := range strings.SplitSeq(query, "&") {
		if n++; n > 1000 {
			break
		}
		key, value, _ := strings.Cut(part, "=")
		if key == "" && value == "" {
			continue
		}
		v.Set(unescaped(key), dynamic.Text(unescaped(value)))
	}
	return v
}

func unescaped(s string) string {
	u, err := url.QueryUnescape(s)
	if err != nil {
		return s
	}
	return strings.ToValidUTF8(u, "\uFFFD")
}

func parseURLQuery(a []types.Value) types.Value {
	_, query, found := strings.Cut(a[0].Str, "?")
	if !found {
		query = a[0].Str
	}
	v := dynamic.Value{Kind: dynamic.Bag}
	v.Set("Query Parameters", queryParameters(query))
	return v.Scalar()
}

// Bounds of parse_xml. Source of the first: the function's page.
const (
	maxXML      = 128 << 10
	maxXMLDepth = 256
)

// parseXML makes a bag of an XML text: an element is null, its text, or a bag of its
// attributes (@name), its text (#text) and its elements, repeated ones as an array.
func parseXML(a []types.Value) types.Value {
	s := a[0].Str
	if len(s) > maxXML {
		return nullDynamic
	}
	d := xml.NewDecoder(strings.NewReader(s))
	// The text is UTF-8 whatever its declaration says.
	d.CharsetReader = func(_ string, r io.Reader) (io.Reader, error) { return r, nil }
	for {
		t, err := d.RawToken()
		if err != nil {
			return nullDynamic
		}
		start, ok := t.(xml.StartElement)
		if !ok {
			continue
		}
		v, ok := xmlElement(d, start, 0)
		if !ok {
			return nullDynamic
		}
		root := dynamic.Value{Kind: dynamic.Bag}
		root.Set(xmlName(start.Name), v)
		return root.Scalar()
	}
}

func xmlName(n xml.Name) string {
	if n.Space != "" {
		return n.Space + ":" + n.Local
	}
	return n.Local
}

func xmlElement(d *xml.Decoder, start xml.StartElement, depth int) (v dynamic.Value, ok bool) {
	if depth > maxXMLDepth {
		return v, false
	}
	v = dynamic.Value{Kind: dynamic.Bag}
	for _, attr := range start.Attr {
		v.Set("@"+xmlName(attr.Name), dynamic.Text(attr.Value))
	}
	for {
		t, err := d.RawToken()
		if err != nil {
			return v, false
		}
		switch t := t.(type) {
		case xml.StartElement:
			child, ok := xmlElement(d, t, depth+1)
			if !ok {
				return v, false
			}
			addRepeated(&v, xmlName(t.Name), child)
		case xml.CharData:
			if text := strings.TrimSpace(string(t)); text != "" {
				addRepeated(&v, "#text", dynamic.Text(text))
			}
		case xml.EndElement:
			if t.Name != start.Name {
				return v, false
			}
			return simplified(v), true
		}
	}
}

// addRepeated adds a member; values of the same name make an array.
func addRepeated(v *dynamic.Value, name string, item dynamic.Value) {
	old, ok := v.Member(name)
	switch {
	case !ok:
		v.Set(name, item)
	case old.Kind == dynamic.Array:
		old.Items = append(old.Items, item)
		v.Set(name, old)
	default:
		v.Set(name, dynamic.List([]dynamic.Value{old, item}))
	}
}

func simplified(v dynamic.Value) dynamic.Value {
	switch {
	case len(v.Keys) == 0:
		return dynamic.Value{}
	case len(v.Keys) == 1 && v.Keys[0] == "#text":
		return v.Items[0]
	}
	return v
}
