package rulefile

import (
	"strconv"
	"strings"

	"github.com/goshawk-hunt/goshawk/source"
)

// falconForce reads the markdown of FalconForce's detections: sections whose
// headings name the fields, and one or more queries below Detection.
func (r *reader) falconForce() {
	list := sections(splitLines(r.file.Text))
	base := Rule{Format: FalconForce, FilterAt: source.NoSpan}
	var detections []section
	for i, s := range list {
		title := strings.ToLower(s.title)
		switch {
		case s.level == 1 && base.Name == "":
			base.Name = s.title
		case title == "detection" || title == "detections":
			detections = append(detections, s)
			// its parts may have headings of their own
			for _, below := range list[i+1:] {
				if below.level <= s.level {
					break
				}
				detections = append(detections, below)
			}
		default:
			r.falconSection(&base, title, s)
		}
	}
	if base.ID == "" {
		base.ID = slug(base.Name)
	}
	for _, s := range detections {
		r.falconQueries(base, s)
	}
	if len(r.rules) == 0 {
		r.report(errNoQuery())
		return
	}
	if len(r.rules) > 1 {
		for i, rule := range r.rules {
			rule.ID += "-" + strconv.Itoa(i+1)
		}
	}
}

// falconSection reads a section that describes the rule.
func (r *reader) falconSection(rule *Rule, title string, s section) {
	switch title {
	case "metadata":
		fields := bold(s.lines)
		rule.ID = fields["id"]
		for _, key := range []string{"os", "fp rate"} {
			if v := fields[key]; v != "" {
				rule.Notes = append(rule.Notes, Note{key, v})
			}
		}
	case "att&ck tags":
		falconTags(rule, s)
	case "utilized data sources":
		falconSources(rule, s)
	case "detection description":
		rule.Description = prose(s.lines)
	case "technical description of the attack":
		if rule.Description == "" {
			rule.Description = prose(s.lines)
		}
		rule.note(s)
	case "false positives":
		rule.FalsePositives = paragraphs(s.lines)
	case "detection blind spots", "blind spots", "blindspots":
		rule.BlindSpots = paragraphs(s.lines)
	case "references":
		rule.References = items(s.lines)
	case "version history":
		if head, rows := table(s.lines); len(rows) > 0 && len(rows[0]) > 0 && len(head) > 0 {
			rule.Version = rows[0][0]
		}
	default:
		rule.note(s)
	}
}

// note keeps a section that has no field.
func (r *Rule) note(s section) {
	if text := prose(s.lines); text != "" && s.title != "" {
		r.Notes = append(r.Notes, Note{s.title, text})
	}
}

// paragraphs returns list items if the text is a list, else its paragraphs.
func paragraphs(lines []line) []string {
	text := prose(lines)
	if text == "" || strings.EqualFold(strings.Trim(text, ". "), "none") || strings.EqualFold(strings.Trim(text, ". "), "n/a") {
		return nil
	}
	if c := text[0]; c == '*' || c == '-' {
		return items(lines)
	}
	var list []string
	for p := range strings.SplitSeq(text, "\n\n") {
		if p = strings.Join(strings.Fields(p), " "); p != "" {
			list = append(list, p)
		}
	}
	return list
}

// falconTags reads rows such as | TA0003 - Persistence | T1053 | 005 | .. |.
func falconTags(rule *Rule, s section) {
	_, rows := table(s.lines)
	for _, row := range rows {
		if len(row) == 0 || row[0] == "" {
			continue
		}
		tactic := row[0]
		if _, name, ok := strings.Cut(tactic, " - "); ok {
			tactic = strings.TrimSpace(name)
		}
		rule.addTactic(tactic)
		if len(row) > 1 && row[1] != "" {
			id := row[1]
			if len(row) > 2 && row[2] != "" {
				id += "." + strings.TrimPrefix(row[2], ".")
			}
			rule.addTechnique(id)
		}
	}
}

func (r *Rule) addTactic(name string) {
	for _, have := range r.Tactics {
		if have == name {
			return
		}
	}
	r.Tactics = append(r.Tactics, name)
}

// falconSources reads the log providers and tables.
func falconSources(rule *Rule, s section) {
	head, rows := table(s.lines)
	for _, row := range rows {
		if len(row) == 0 || row[0] == "" {
			continue
		}
		c := Connector{ID: row[0]}
		for i, h := range head {
			if i < len(row) && row[i] != "" && strings.Contains(strings.ToLower(h), "table") {
				c.Tables = append(c.Tables, row[i])
				rule.Tables = append(rule.Tables, row[i])
			}
		}
		rule.Connectors = append(rule.Connectors, c)
	}
	rule.note(s)
}

// falconQueries adds a rule for each query of a section below Detection.
func (r *reader) falconQueries(base Rule, s section) {
	fields := bold(s.lines)
	if l := strings.ToLower(fields["language"]); l != "" && l != "kusto" && l != "kql" {
		return
	}
	for i := 0; i < len(s.lines); i++ {
		mark, language := fenceOf(s.lines[i])
		if mark == "" {
			continue
		}
		end, closed := fenceEnd(s.lines, i+1, mark)
		if !closed {
			r.report(errFence(s.lines[i].span()))
		}
		if !otherLanguages[language] && hasCode(s.lines[i+1:end]) {
			rule := base
			b := newBlock(s.lines, i+1, end, indentOf(s.lines[i+1:end]))
			rule.Query, rule.QueryAt, rule.places = b.Query, b.At, b.places
			if p := fields["platform"]; p != "" {
				rule.Notes = append(append([]Note(nil), base.Notes...), Note{"platform", p})
			}
			r.findFilter(&rule)
			r.rules = append(r.rules, &rule)
		}
		i = end
	}
}
