package rulefile

import "strings"

// heading returns the text of a heading of markdown at line i: # Title, or Title
// above a line of = or -.
func heading(lines []line, i int) (title string, level int) {
	t := lines[i].trim()
	if n := len(t) - len(strings.TrimLeft(t, "#")); n > 0 && n <= 6 && len(t) > n && t[n] == ' ' {
		return strings.TrimSpace(strings.Trim(t, "#")), n
	}
	if t == "" || i+1 >= len(lines) || strings.HasPrefix(t, "|") || strings.HasPrefix(t, "-") {
		return "", 0
	}
	below := lines[i+1].trim()
	switch {
	case len(below) >= 3 && strings.Trim(below, "=") == "":
		return t, 1
	case len(below) >= 3 && strings.Trim(below, "-") == "" && (i == 0 || lines[i-1].trim() == ""):
		return t, 2
	}
	return "", 0
}

func isHeading(lines []line, i int) bool {
	_, level := heading(lines, i)
	return level > 0
}

// headings returns the headings of a text in lower case.
func headings(lines []line) map[string]bool {
	m := map[string]bool{}
	for i := range lines {
		if title, level := heading(lines, i); level > 0 {
			m[strings.ToLower(title)] = true
		}
	}
	return m
}

// fenceOf returns the characters and the language of the fence that a line opens.
func fenceOf(l line) (mark, language string) {
	t := l.trim()
	for _, c := range []string{"`", "~"} {
		if n := len(t) - len(strings.TrimLeft(t, c)); n >= 3 {
			info := strings.TrimSpace(t[n:])
			if strings.Contains(info, c) {
				return "", "" // text between backquotes
			}
			return t[:n], strings.ToLower(firstField(info))
		}
	}
	return "", ""
}

func firstField(s string) string {
	if f := strings.Fields(s); len(f) > 0 {
		return f[0]
	}
	return ""
}

// fenceEnd returns the line that closes the fence opened above line i, and
// whether there is one.
func fenceEnd(lines []line, i int, mark string) (int, bool) {
	for ; i < len(lines); i++ {
		if t := lines[i].trim(); strings.HasPrefix(t, mark) && strings.Trim(t, mark[:1]) == "" {
			return i, true
		}
	}
	return len(lines), false
}

// section is the part of a markdown text below one heading.
type section struct {
	title string
	level int
	lines []line
}

// sections splits a text at its headings; those inside code blocks are text.
func sections(lines []line) []section {
	list := []section{{}}
	for i := 0; i < len(lines); i++ {
		if mark, _ := fenceOf(lines[i]); mark != "" {
			end, _ := fenceEnd(lines, i+1, mark)
			end = min(end+1, len(lines))
			last := &list[len(list)-1]
			last.lines = append(last.lines, lines[i:end]...)
			i = end - 1
			continue
		}
		if title, level := heading(lines, i); level > 0 {
			list = append(list, section{title: title, level: level})
			if !strings.HasPrefix(lines[i].trim(), "#") {
				i++ // the line below the title
			}
			continue
		}
		last := &list[len(list)-1]
		last.lines = append(last.lines, lines[i])
	}
	return list
}

// prose returns the lines as one text without rules and blank lines at its ends.
func prose(lines []line) string {
	var out []string
	for _, l := range lines {
		t := strings.TrimRight(l.text, " \t")
		if s := strings.TrimSpace(t); len(s) >= 3 && strings.Trim(s, "-") == "" {
			continue
		}
		out = append(out, t)
	}
	return strings.TrimSpace(strings.Join(out, "\n"))
}

// items returns the entries of a list or the lines of a paragraph.
func items(lines []line) []string {
	var out []string
	for _, l := range lines {
		t := l.trim()
		if t == "" || strings.Trim(t, "-") == "" {
			continue
		}
		bullet := strings.TrimLeft(t, "*-+ ")
		if len(bullet) < len(t) || len(out) == 0 {
			out = append(out, strings.TrimSpace(bullet))
			continue
		}
		out[len(out)-1] += " " + t
	}
	return out
}

// table returns the rows of the first table without its head; cells are trimmed.
func table(lines []line) (head []string, rows [][]string) {
	for i, l := range lines {
		if !strings.Contains(l.text, "|") || i+1 >= len(lines) {
			continue
		}
		if strings.Trim(lines[i+1].trim(), "|-: ") != "" || !strings.Contains(lines[i+1].text, "-") {
			continue
		}
		head = cells(l.text)
		for _, row := range lines[i+2:] {
			if !strings.Contains(row.text, "|") {
				break
			}
			rows = append(rows, cells(row.text))
		}
		return head, rows
	}
	return nil, nil
}

func cells(s string) []string {
	s = strings.TrimSuffix(strings.TrimPrefix(strings.TrimSpace(s), "|"), "|")
	parts := strings.Split(s, "|")
	for i := range parts {
		parts[i] = strings.TrimSpace(parts[i])
	}
	return parts
}

// bold returns the texts behind **Key:** in the lines, by key in lower case.
func bold(lines []line) map[string]string {
	m := map[string]string{}
	for _, l := range lines {
		key, value, ok := strings.Cut(l.trim(), "**")
		if !ok || key != "" {
			continue
		}
		key, value, ok = strings.Cut(value, "**")
		if ok {
			key = strings.ToLower(strings.TrimSpace(strings.TrimSuffix(strings.TrimSpace(key), ":")))
			m[key] = strings.TrimSpace(strings.TrimPrefix(strings.TrimSpace(value), ":"))
		}
	}
	return m
}
