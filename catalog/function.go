package catalog

import (
	"embed"
	"fmt"
	"regexp"
	"strings"
)

// The functions that come with the catalogue.
//
//go:embed functions/*.kql
var functionFiles embed.FS

// readFunctions adds the functions that come with the catalogue.
func (c *Catalog) readFunctions() error {
	files, err := functionFiles.ReadDir("functions")
	if err != nil {
		return err
	}
	for _, f := range files {
		text, err := functionFiles.ReadFile("functions/" + f.Name())
		if err != nil {
			return err
		}
		name, body := Function(strings.TrimSuffix(f.Name(), ".kql"), string(text))
		if c.Functions[name] != "" || c.Tables[name] != nil {
			return fmt.Errorf("function %s: the name is taken", name)
		}
		c.Functions[name] = body
		for _, other := range alsoCalled(string(text)) {
			if c.Functions[other] != "" || c.Tables[other] != nil {
				return fmt.Errorf("function %s: the name is taken", other)
			}
			c.Functions[other] = body
		}
	}
	return nil
}

// alsoCalled returns the other names of a function of ours, which a comment above it
// lists: "// Also: name name".
func alsoCalled(text string) []string {
	for line := range strings.Lines(text) {
		names, ok := strings.CutPrefix(line, "// Also: ")
		if ok {
			return strings.Fields(names)
		}
		if !strings.HasPrefix(line, "//") {
			break
		}
	}
	return nil
}

// What stands before a function's parameters, whose parenthesis is the last of the match.
var (
	createFunction = regexp.MustCompile(`^(?is)\.create(?:-or-alter)?\s+function\s+(?:ifnotexists\s+)?(?:with\s*\([^)]*\)\s*)?(?:ifnotexists\s+)?([A-Za-z_]\w*|\['[^']+'\])\s*\(`)
	letFunction    = regexp.MustCompile(`^(?s)let\s+([A-Za-z_]\w*)\s*=\s*\(`)
)

// Function reads the text of a stored function in any of the forms in which people
// keep them: ".create function Name(..) { .. }", "let Name = (..) { .. };",
// "(..) { .. }", or a bare query, which becomes the body of a function without
// parameters. The last two are named by their file.
func Function(file, text string) (name, body string) {
	trimmed := strings.TrimSpace(withoutHead(text))
	if m := createFunction.FindStringSubmatch(trimmed); m != nil {
		return strings.TrimSuffix(strings.TrimPrefix(m[1], "['"), "']"), trimmed[len(m[0])-1:]
	}
	if m := letFunction.FindStringSubmatch(trimmed); m != nil {
		if literal, ok := functionLiteral(trimmed[len(m[0])-1:]); ok {
			return m[1], literal
		}
	}
	if literal, ok := functionLiteral(trimmed); ok {
		return file, literal
	}
	return file, "() {\n" + text + "\n}"
}

// withoutHead takes the comments and blank lines off the front.
func withoutHead(text string) string {
	text = strings.TrimPrefix(text, "\ufeff")
	for {
		text = strings.TrimLeft(text, " \t\r\n")
		if !strings.HasPrefix(text, "//") {
			return text
		}
		_, text, _ = strings.Cut(text, "\n")
	}
}

// functionLiteral reports whether text is "(..) { .. }" with at most a semicolon and
// comments after it, and returns it without them.
func functionLiteral(text string) (string, bool) {
	end := closing(text, 0, '(', ')')
	if end < 0 {
		return "", false
	}
	open := end + len(text[end:]) - len(strings.TrimLeft(text[end:], " \t\r\n"))
	end = closing(text, open, '{', '}')
	if end < 0 {
		return "", false
	}
	rest := strings.TrimPrefix(strings.TrimLeft(text[end:], " \t\r\n"), ";")
	return text[:end], withoutHead(rest) == ""
}

// closing returns the position after the bracket that closes the one at open, -1 if
// there is none. Brackets in strings and comments do not count.
func closing(text string, open int, left, right byte) int {
	if open >= len(text) || text[open] != left {
		return -1
	}
	depth := 0
	for i := open; i < len(text); i++ {
		switch c := text[i]; {
		case c == '"' || c == '\'':
			i = quoted(text, i)
		case c == '/' && strings.HasPrefix(text[i:], "//"):
			n := strings.IndexByte(text[i:], '\n')
			if n < 0 {
				return -1
			}
			i += n
		case c == left:
			depth++
		case c == right:
			if depth--; depth == 0 {
				return i + 1
			}
		}
	}
	return -1
}

// quoted returns the position of the quote that closes the string at i, or the end.
// In @"verbatim" strings a backslash is a character.
func quoted(text string, i int) int {
	q, verbatim := text[i], i > 0 && text[i-1] == '@'
	for i++; i < len(text); i++ {
		switch {
		case text[i] == '\\' && !verbatim:
			i++
		case text[i] == q:
			return i
		}
	}
	return len(text)
}
