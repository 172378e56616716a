package scalar

import (
	"fmt"
	"regexp/syntax"
	"slices"
	"strconv"
	"strings"
	"unicode"
)

// Kusto's classes nest and have operators, which RE2's do not: [a-z&&[^b]], [0-9--4],
// [a-g~~b-h]. Such a class is computed here and written as its ranges.

// classSet are the runes of a class as pairs of first and last, in order, apart.
type classSet []rune

// setClass reads the class that begins at pattern[0], if it nests or has an operator,
// and returns it as RE2 takes it with its length. ok is false for a plain class, and
// for text that is no whole class, where a bracket inside stands for itself.
func setClass(pattern string) (class string, length int, ok bool) {
	p := classParser{text: pattern}
	set := p.class(0)
	if p.bad || !p.special {
		return "", 0, false
	}
	return set.String(), p.at, true
}

type classParser struct {
	text    string
	at      int
	special bool // a nested class or an operator was there
	bad     bool
}

// maxNested bounds how deep classes nest.
const maxNested = 20

// class reads [..] and returns its runes.
func (p *classParser) class(depth int) classSet {
	p.at++ // the bracket
	negated := p.take("^")
	var all, union classSet
	op, start := "", p.at
	for {
		switch {
		case p.bad || p.at >= len(p.text) || depth > maxNested:
			p.bad = true
			return nil
		case p.text[p.at] == ']' && p.at > start:
			p.at++
			all = applyOperator(all, op, union)
			if negated {
				all = all.complement()
			}
			return all
		case strings.HasPrefix(p.text[p.at:], "[:"):
			end := strings.Index(p.text[p.at:], ":]")
			if end < 0 {
				p.bad = true
				return nil
			}
			union = union.union(p.simple(p.text[p.at : p.at+end+2]))
			p.at += end + 2
		case p.text[p.at] == '[':
			p.special = true
			union = union.union(p.class(depth + 1))
		case p.at > start && p.operator():
			p.special = true
			all = applyOperator(all, op, union)
			op, union = p.text[p.at:p.at+2], nil
			p.at += 2
		default:
			union = union.union(p.simple(p.item()))
		}
	}
}

func (p *classParser) take(s string) bool {
	if !strings.HasPrefix(p.text[p.at:], s) {
		return false
	}
	p.at += len(s)
	return true
}

// operator reports whether an operator between two classes stands here.
func (p *classParser) operator() bool {
	rest := p.text[p.at:]
	if len(rest) < 3 || rest[2] == ']' {
		return false
	}
	return rest[:2] == "&&" || rest[:2] == "--" || rest[:2] == "~~"
}

// item cuts off one rune, escape or range.
func (p *classParser) item() string {
	start := p.at
	p.one()
	if rest := p.text[min(p.at, len(p.text)):]; len(rest) > 1 && rest[0] == '-' && rest[1] != ']' && rest[1] != '-' && rest[1] != '[' {
		p.at++
		p.one()
	}
	p.at = min(p.at, len(p.text))
	return p.text[start:p.at]
}

func (p *classParser) one() {
	if p.text[p.at] != '\\' || p.at+1 >= len(p.text) {
		for _, r := range p.text[p.at:] {
			p.at += len(string(r))
			return
		}
	}
	rest := p.text[p.at+1:]
	p.at += 2
	if strings.IndexByte("pPxuU", rest[0]) >= 0 && len(rest) > 1 && rest[1] == '{' {
		if end := strings.IndexByte(rest, '}'); end > 0 {
			p.at += end
		}
		return
	}
	digits := map[byte]int{'x': 2, 'u': 4, 'U': 8, 'p': 1, 'P': 1}[rest[0]]
	p.at = min(p.at+digits, len(p.text))
}

// simple returns the runes of one item of a class.
func (p *classParser) simple(item string) classSet {
	var b strings.Builder
	for i := 0; i < len(item); i++ {
		if item[i] == '\\' && i+1 < len(item) {
			text, n := escapeAt(item[i+1:], true)
			b.WriteString(text)
			i += n
			continue
		}
		b.WriteByte(item[i])
	}
	text := "[" + b.String() + "]"
	if item == "^" || item == "]" || item == "-" {
		text = `[\` + item + "]"
	}
	re, err := syntax.Parse(text, syntax.Perl|syntax.UnicodeGroups)
	if err != nil {
		p.bad = true
		return nil
	}
	switch re.Op {
	case syntax.OpCharClass:
		return classSet(re.Rune)
	case syntax.OpLiteral:
		return classSet{re.Rune[0], re.Rune[0]}
	case syntax.OpAnyChar:
		return classSet{0, unicode.MaxRune}
	case syntax.OpAnyCharNotNL:
		return classSet{'\n', '\n'}.complement()
	case syntax.OpNoMatch:
		return nil
	}
	p.bad = true
	return nil
}

func applyOperator(a classSet, op string, b classSet) classSet {
	switch op {
	case "&&":
		return a.intersect(b)
	case "--":
		return a.intersect(b.complement())
	case "~~":
		return a.intersect(b.complement()).union(b.intersect(a.complement()))
	}
	return b
}

func (s classSet) union(t classSet) classSet {
	type span struct{ lo, hi rune }
	var spans []span
	for _, set := range []classSet{s, t} {
		for i := 0; i+1 < len(set); i += 2 {
			spans = append(spans, span{set[i], set[i+1]})
		}
	}
	slices.SortFunc(spans, func(a, b span) int { return int(a.lo) - int(b.lo) })
	var out classSet
	for _, x := range spans {
		if n := len(out); n > 0 && x.lo <= out[n-1]+1 {
			out[n-1] = max(out[n-1], x.hi)
			continue
		}
		out = append(out, x.lo, x.hi)
	}
	return out
}

func (s classSet) complement() classSet {
	var out classSet
	next := rune(0)
	for i := 0; i+1 < len(s); i += 2 {
		if s[i] > next {
			out = append(out, next, s[i]-1)
		}
		next = s[i+1] + 1
	}
	if next <= unicode.MaxRune {
		out = append(out, next, unicode.MaxRune)
	}
	return out
}

func (s classSet) intersect(t classSet) classSet {
	return s.complement().union(t.complement()).complement()
}

// String writes the class by its ranges.
func (s classSet) String() string {
	if len(s) == 0 {
		return `[^\x{0}-\x{10ffff}]`
	}
	var b strings.Builder
	b.WriteByte('[')
	for i := 0; i+1 < len(s); i += 2 {
		fmt.Fprintf(&b, `\x{%x}-\x{%x}`, s[i], s[i+1])
	}
	b.WriteByte(']')
	return b.String()
}

// escapeAt translates the escape whose text after the backslash begins s, and returns
// how many bytes of s it is: \u007F and its kin are written in RE2's way.
func escapeAt(s string, class bool) (text string, length int) {
	if s[0] != 'u' && s[0] != 'U' {
		return escape(s[0], class), 1
	}
	digits, length := "", 0
	if len(s) > 1 && s[1] == '{' {
		if end := strings.IndexByte(s, '}'); end > 0 {
			digits, length = s[2:end], end+1
		}
	} else if n := map[byte]int{'u': 4, 'U': 8}[s[0]]; len(s) > n {
		digits, length = s[1:n+1], n+1
	}
	n, err := strconv.ParseUint(digits, 16, 32)
	if err != nil || n > unicode.MaxRune {
		return escape(s[0], class), 1
	}
	return fmt.Sprintf(`\x{%x}`, n), length
}
