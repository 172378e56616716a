package rulefile

import "strings"

// A rule that went through a web page, a chat or a text export often arrives
// with every line at the margin. What belongs to what can be told from the names
// of the fields, which are few and fixed: see shape.

// region is a part of a text, in lines.
type region struct{ begin, end int }

// findLost finds the rules of a text whose indentation is lost: a field "query: |"
// or "description: |" with text at the margin below it.
func findLost(lines []line) (*page, []region) {
	var list []region
	var p *page
	for i := 0; i < len(lines); i++ {
		key := knownKey(lines[i].text)
		if key == "" || key != "id" && key != "name" {
			continue
		}
		if p == nil {
			p = newPage(lines)
		}
		if g, ok := p.lostRegion(i); ok {
			list = append(list, g)
			i = g.end - 1
		}
	}
	return p, list
}

// knownKey returns the field that a line at the margin begins.
func knownKey(text string) string {
	m := topKey.FindStringSubmatch(text)
	if m == nil || !sentinelKeys[m[1]] {
		return ""
	}
	return m[1]
}

// lostRegion reports whether a rule with lost indentation begins at line i, and
// where it ends.
func (p *page) lostRegion(i int) (region, bool) {
	g, lines := region{begin: i}, p.lines
	lost, keys, query := false, 0, false
	seen := map[string]bool{}
	for i < len(lines) {
		text := lines[i].text
		key := knownKey(text)
		switch {
		case seen[key], strings.HasPrefix(text, "---"):
			return g, lost && query && keys >= 3 // the next rule
		case key == "query":
			query, seen[key] = true, true
			keys++
			if !opensBlock(text) {
				i++
				break
			}
			first := nextText(lines, i+1)
			if first == len(lines) || lines[first].indent() > 0 {
				i = blockEnd(lines, i+1)
				break
			}
			lost = true
			i = p.lostQueryEnd(first)
		case key != "":
			seen[key] = true
			keys++
			i++
			if opensBlock(text) {
				if first := nextText(lines, i); first < len(lines) && lines[first].indent() == 0 && knownKey(lines[first].text) == "" {
					lost = true
				}
				for i < len(lines) && knownKey(lines[i].text) == "" {
					i++
				}
			}
		case nestedKey(text) != "":
			lost = lost || lines[i].indent() == 0
			i++
		case strings.TrimSpace(text) == "", strings.HasPrefix(text, "- "), strings.HasPrefix(text, " "), strings.HasPrefix(text, "#"):
			i++
		default:
			g.end = trimBlank(lines, g.begin, i)
			return g, lost && query && keys >= 3
		}
		g.end = trimBlank(lines, g.begin, i)
	}
	return g, lost && query && keys >= 3
}

// lostQueryEnd returns the line behind the query at line i: where the next field
// stands if nothing but code is in between, else where the query looks finished.
func (p *page) lostQueryEnd(i int) int {
	lines := p.lines
	end := max(i+1, p.queryEnd(i))
	for j := end; j < len(lines); j++ {
		text := lines[j].text
		if key := knownKey(text); key != "" && key != "id" && key != "name" || strings.HasPrefix(text, "---") {
			return j
		}
		t := lines[j].trim()
		if isSentence(t) || strings.HasPrefix(t, "|") && !pipes(t) || isHeading(lines, j) || knownKey(text) != "" {
			break
		}
	}
	return end
}

func trimBlank(lines []line, begin, end int) int {
	for end > begin && lines[end-1].trim() == "" {
		end--
	}
	return end
}

// opensBlock reports whether a field's value is a block below it.
func opensBlock(text string) bool {
	_, value, _ := strings.Cut(text, ":")
	value = strings.TrimSpace(value)
	return value == "|" || value == ">" || value == "|-" || value == ">-" || value == "|+" || value == ">+"
}

func nextText(lines []line, i int) int {
	for i < len(lines) && lines[i].trim() == "" {
		i++
	}
	return i
}

// blockEnd returns the first line from i at the margin.
func blockEnd(lines []line, i int) int {
	for i < len(lines) && (lines[i].trim() == "" || lines[i].indent() > 0) {
		i++
	}
	return i
}

// nestedKey returns the field of a list's items that a line begins, with or
// without the dash.
func nestedKey(text string) string {
	text = strings.TrimPrefix(strings.TrimLeft(text, " "), "- ")
	m := topKey.FindStringSubmatch(text)
	if m == nil {
		return ""
	}
	switch m[1] {
	case "connectorId", "dataTypes", "entityType", "fieldMappings", "identifier", "columnName":
		return m[1]
	}
	return ""
}

// mendedLine is a line of the mended text: the line of the file with more
// indentation.
type mendedLine struct {
	text string // without indentation
	add  int    // its indentation
	from line
}

// mend gives the lines of a region their indentation back.
func mend(p *page, g region) []mendedLine {
	lines := p.lines
	var out []mendedLine
	put := func(l line, indent int) {
		text := strings.TrimLeft(l.text, " \t")
		out = append(out, mendedLine{text, indent, l})
	}
	field, list := "", ""
	for i := g.begin; i < g.end; {
		l := lines[i]
		key := knownKey(l.text)
		switch {
		case key != "":
			put(l, 0)
			field, list = key, ""
			i++
			if !opensBlock(l.text) {
				break
			}
			end := i
			if key == "query" {
				end = p.lostQueryEnd(min(nextText(lines, i), len(lines)-1))
			} else {
				for end < g.end && knownKey(lines[end].text) == "" {
					end++
				}
			}
			for ; i < min(end, g.end); i++ {
				// what the text still has of its own indentation stays
				out = append(out, mendedLine{lines[i].text, 2, lines[i]})
			}
		case nestedKey(l.text) != "":
			name := nestedKey(l.text)
			put(l, shape(name, strings.HasPrefix(l.trim(), "- ")))
			list = name
			i++
		case strings.HasPrefix(l.trim(), "- "):
			put(l, itemIndent(field, list))
			i++
		default:
			put(l, l.indent())
			i++
		}
	}
	return out
}

// shape returns the indentation of a field of Sentinel's lists: requiredDataConnectors
// holds items of connectorId and dataTypes, entityMappings items of entityType and
// fieldMappings, which holds items of identifier and columnName.
func shape(name string, item bool) int {
	switch name {
	case "identifier":
		if item {
			return 6
		}
		return 8
	case "columnName":
		if item {
			return 6
		}
		return 8
	}
	if item {
		return 2
	}
	return 4
}

// itemIndent returns the indentation of a list's item.
func itemIndent(field, list string) int {
	if field == "requiredDataConnectors" && list == "dataTypes" {
		return 6
	}
	return 2
}

// mendedText joins the lines and returns where each byte came from.
func mendedText(list []mendedLine) (string, places) {
	var b strings.Builder
	var m places
	for i, l := range list {
		if i > 0 {
			m.add(b.Len(), list[i-1].from.end(), 1)
			b.WriteByte('\n')
		}
		if strings.TrimSpace(l.text) == "" {
			continue
		}
		b.WriteString(strings.Repeat(" ", l.add))
		m.add(b.Len(), l.from.end()-len(l.text), len(l.text))
		b.WriteString(l.text)
	}
	return b.String(), m
}

// lost reports a rule whose indentation is lost, or reads it if that is wanted.
func (r *reader) lost(p *page, g region) {
	list := mend(p, g)
	if r.options.Repair {
		text, origin := mendedText(list)
		for _, rule := range r.yamlRules(text, origin) {
			rule.Repaired = true
			r.rules = append(r.rules, rule)
		}
		return
	}
	r.report(errIndentation(p.lines[g.begin].span(), snippet(list, 0, 6)))
	shown := 0
	for i, l := range list {
		if i == 0 || l.add == 0 || list[i-1].add != 0 || l.from.indent() > 0 || l.text == "" || shown == maxShown {
			continue
		}
		if strings.HasPrefix(l.text, "- ") {
			continue // lists may stand at the margin
		}
		shown++
		r.report(errIndentAt(l.from.span(), "this text", fieldAbove(list, i), snippet(list, i-1, 3)))
	}
	for i, l := range list {
		if i > 0 && nestedKey(l.text) != "" && l.add > 0 && !strings.HasPrefix(l.text, "- ") && list[i-1].add != 0 && shown < maxShown {
			shown++
			r.report(errIndentAt(l.from.span(), quote(nestedKey(l.text)), strings.TrimPrefix(list[i-1].text, "- "), snippet(list, i-1, 3)))
		}
	}
}

// maxShown bounds the places of one rule that are shown.
const maxShown = 5

// fieldAbove returns the field whose text line i is.
func fieldAbove(list []mendedLine, i int) string {
	for i--; i >= 0; i-- {
		if list[i].add == 0 && list[i].text != "" {
			key, _, _ := strings.Cut(list[i].text, ":")
			return key
		}
	}
	return "its field"
}

// snippet shows n lines of the mended text, cut at the width of a page.
func snippet(list []mendedLine, from, n int) string {
	const width = 90
	var b strings.Builder
	for i := max(0, from); i < min(len(list), from+n); i++ {
		if b.Len() > 0 {
			b.WriteByte('\n')
		}
		text := []rune(strings.Repeat(" ", list[i].add) + list[i].text)
		if len(text) > width {
			text = append(text[:width-2], '.', '.')
		}
		b.WriteString(string(text))
	}
	return b.String()
}
