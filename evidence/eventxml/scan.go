package eventxml

import (
	"strings"

	"github.com/goshawk-hunt/goshawk/evidence/text"
)

// token is what the scanner stands on.
type token uint8

const (
	tEOF token = iota
	tText
	tStart
	tEnd
	tBad
)

// scanner reads XML in memory from front to back. It knows as much of XML as
// events need: elements, attributes, text, CDATA; comments, instructions and
// document types are skipped, namespaces ignored. Line ends stay as they are.
type scanner struct {
	s     string
	i     int
	name  string // of tStart and tEnd, without prefix
	attrs []attribute
	empty bool   // tStart of an element without content
	text  string // of tText
	raw   bool   // text has no entities
	bad   string // why tBad
	at    int    // where the token starts
}

type attribute struct{ name, value string }

// next gives the next token.
func (c *scanner) next() token {
	for {
		c.at = c.i
		if c.i >= len(c.s) {
			return tEOF
		}
		if c.s[c.i] != '<' {
			end := strings.IndexByte(c.s[c.i:], '<')
			if end < 0 {
				end = len(c.s) - c.i
			}
			c.text, c.raw = c.s[c.i:c.i+end], false
			c.i += end
			return tText
		}
		rest := c.s[c.i:]
		switch {
		case strings.HasPrefix(rest, "<![CDATA["):
			end := strings.Index(rest, "]]>")
			if end < 0 {
				return c.fail("CDATA without end")
			}
			c.text, c.raw = rest[len("<![CDATA["):end], true
			c.i += end + 3
			return tText
		case strings.HasPrefix(rest, "<!--"):
			if !c.skipTo("-->") {
				return c.fail("comment without end")
			}
		case strings.HasPrefix(rest, "<?"):
			if !c.skipTo("?>") {
				return c.fail("instruction without end")
			}
		case strings.HasPrefix(rest, "<!"):
			if !c.skipTo(">") {
				return c.fail("declaration without end")
			}
		case strings.HasPrefix(rest, "</"):
			return c.endTag()
		default:
			return c.startTag()
		}
	}
}

func (c *scanner) fail(why string) token {
	c.bad = why
	return tBad
}

func (c *scanner) skipTo(end string) bool {
	n := strings.Index(c.s[c.i:], end)
	if n < 0 {
		return false
	}
	c.i += n + len(end)
	return true
}

func (c *scanner) endTag() token {
	end := strings.IndexByte(c.s[c.i:], '>')
	if end < 0 {
		return c.fail("tag without end")
	}
	c.name = local(strings.TrimRight(c.s[c.i+2:c.i+end], " \t\r\n"))
	c.i += end + 1
	return tEnd
}

func (c *scanner) startTag() token {
	c.i++
	c.attrs = c.attrs[:0]
	c.empty = false
	c.name = local(c.word())
	if c.name == "" {
		return c.fail("tag without a name")
	}
	for {
		c.blanks()
		if c.i >= len(c.s) {
			return c.fail("tag without end")
		}
		switch c.s[c.i] {
		case '>':
			c.i++
			return tStart
		case '/':
			if c.i++; c.i >= len(c.s) || c.s[c.i] != '>' {
				return c.fail("tag without end")
			}
			c.i++
			c.empty = true
			return tStart
		}
		name := c.word()
		c.blanks()
		if name == "" || c.i >= len(c.s) || c.s[c.i] != '=' {
			return c.fail("attribute without a value")
		}
		c.i++
		c.blanks()
		if c.i >= len(c.s) || c.s[c.i] != '"' && c.s[c.i] != '\'' {
			return c.fail("attribute value without quotes")
		}
		quote := c.s[c.i]
		c.i++
		end := strings.IndexByte(c.s[c.i:], quote)
		if end < 0 {
			return c.fail("attribute value without end")
		}
		c.attrs = append(c.attrs, attribute{name, c.s[c.i : c.i+end]})
		c.i += end + 1
	}
}

func (c *scanner) blanks() {
	for c.i < len(c.s) && isBlank(c.s[c.i]) {
		c.i++
	}
}

// word reads a name.
func (c *scanner) word() string {
	start := c.i
	for c.i < len(c.s) {
		switch b := c.s[c.i]; {
		case isBlank(b), b == '>', b == '/', b == '=', b == '<', b == '"', b == '\'':
			return c.s[start:c.i]
		}
		c.i++
	}
	return c.s[start:c.i]
}

// attr is the value of an attribute of the start tag.
func (c *scanner) attr(name string) string {
	for _, a := range c.attrs {
		if local(a.name) == name {
			return text.UnescapeXML(a.value)
		}
	}
	return ""
}

func isBlank(b byte) bool { return b == ' ' || b == '\t' || b == '\r' || b == '\n' }

func local(name string) string { return name[strings.IndexByte(name, ':')+1:] }

func allBlank(s string) bool {
	for i := range len(s) {
		if !isBlank(s[i]) {
			return false
		}
	}
	return true
}
