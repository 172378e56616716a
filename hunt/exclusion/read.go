package exclusion

import (
	"regexp"
	"slices"
	"strings"
	"time"

	"go.yaml.in/yaml/v3"

	"github.com/goshawk-hunt/goshawk/source"
)

// maxFile bounds a file of exclusions.
const maxFile = 1 << 20

var exclusionsKey = regexp.MustCompile(`(?m)^exclusions:`)

// Detect reports whether a text is a file of exclusions rather than of hunts.
func Detect(text string) bool { return exclusionsKey.MatchString(text) }

// Read reads a file of exclusions and says what is wrong with it. Entries with
// errors are left out.
func Read(f *source.File, now time.Time) ([]*Exclusion, []source.Diagnostic) {
	r := &reader{file: f, now: now}
	if len(f.Text) > maxFile {
		r.report(errFile(source.NoSpan, "it is larger than a megabyte"))
		return nil, r.diags
	}
	var doc yaml.Node
	if err := yaml.Unmarshal([]byte(f.Text), &doc); err != nil {
		r.report(errFile(source.NoSpan, strings.TrimPrefix(err.Error(), "yaml: ")))
		return nil, r.diags
	}
	if len(doc.Content) == 0 || doc.Content[0].Kind != yaml.MappingNode {
		r.report(errFile(source.NoSpan, "no list 'exclusions'"))
		return nil, r.diags
	}
	r.top(doc.Content[0])
	return r.list, r.diags
}

type reader struct {
	file  *source.File
	now   time.Time
	list  []*Exclusion
	diags []source.Diagnostic
}

func (r *reader) report(d source.Diagnostic) { r.diags = append(r.diags, d) }

func (r *reader) top(m *yaml.Node) {
	for i := 0; i+1 < len(m.Content); i += 2 {
		key, value := m.Content[i], m.Content[i+1]
		if key.Value != "exclusions" {
			r.report(errUnknown(r.at(key), key.Value))
			continue
		}
		if value.Kind != yaml.SequenceNode {
			r.report(errFile(r.at(value), "'exclusions' is no list"))
			continue
		}
		for _, item := range value.Content {
			if item.Kind != yaml.MappingNode {
				r.report(errFile(r.at(item), "an entry is no mapping of fields"))
				continue
			}
			r.entry(item)
		}
	}
}

// entry reads one exclusion.
func (r *reader) entry(m *yaml.Node) {
	x := &Exclusion{At: r.at(m), WhereAt: r.at(m)}
	before := len(r.diags)
	expires := ""
	expiresAt := x.At
	for i := 0; i+1 < len(m.Content); i += 2 {
		key, value := m.Content[i], m.Content[i+1]
		text := strings.TrimSpace(value.Value)
		switch key.Value {
		case "id":
			x.ID = text
		case "name":
			x.Name = text
		case "owner":
			x.Owner = text
		case "reason":
			x.Reason = text
		case "expires":
			expires, expiresAt = text, r.at(value)
		case "enabled":
			x.Off = text == "false"
		case "inQuery":
			x.InQuery = text == "true"
		case "hunts":
			if value.Kind == yaml.ScalarNode && text != "" {
				x.Hunts = []string{text}
			}
			for _, h := range value.Content {
				x.Hunts = append(x.Hunts, strings.TrimSpace(h.Value))
			}
		case "where":
			x.Where, x.WhereAt = text, r.at(value)
		default:
			r.report(errUnknown(r.at(key), key.Value))
		}
	}
	r.check(x, expires, expiresAt)
	if slices.ContainsFunc(r.diags[before:], func(d source.Diagnostic) bool { return d.Severity == source.Error && d.Code != CodeLoose }) {
		return
	}
	r.list = append(r.list, x)
}

// check completes an exclusion and reports what is wrong with it.
func (r *reader) check(x *Exclusion, expires string, expiresAt source.Span) {
	for _, field := range []struct{ name, value string }{
		{"id", x.ID}, {"owner", x.Owner}, {"reason", x.Reason}, {"expires", expires}, {"where", x.Where},
	} {
		if field.value == "" {
			r.report(errMissing(x.At, field.name))
		}
	}
	if expires != "" {
		day, err := time.Parse(time.DateOnly, expires[:min(len(expires), len(time.DateOnly))])
		if err != nil {
			r.report(errDay(expiresAt, expires))
		}
		x.Expires = day
		if err == nil && !x.Off && r.now.After(day.Add(24*time.Hour)) {
			r.report(errExpired(expiresAt, expires))
		}
	}
	if x.InQuery && len(x.Hunts) == 0 {
		r.report(errNoHunts(x.At))
	}
	for _, other := range r.list {
		if other.ID == x.ID && x.ID != "" {
			r.report(errTwice(x.At, x.ID))
			break
		}
	}
	if x.Where == "" {
		return
	}
	predicate, err := parsePredicate(x.Where)
	if err != nil {
		r.report(errPredicate(x.WhereAt, err.Error()))
		return
	}
	if why := loose(predicate); why != "" {
		x.Loose = why
		d := errLoose(x.WhereAt, why)
		if x.Off {
			d.Severity = source.Warning
		}
		r.report(d)
	}
}

// at returns the first line of a node.
func (r *reader) at(n *yaml.Node) source.Span {
	start := 0
	for line := 1; line < n.Line; line++ {
		next := strings.IndexByte(r.file.Text[start:], '\n')
		if next < 0 {
			break
		}
		start += next + 1
	}
	end := strings.IndexByte(r.file.Text[start:], '\n')
	if end < 0 {
		end = len(r.file.Text) - start
	}
	line := r.file.Text[start : start+end]
	column := min(max(0, n.Column-1), len(line))
	return source.Span{Start: start + column, End: start + max(column, len(strings.TrimRight(line, " \r")))}
}
