package scalar

import (
	"errors"
	"fmt"
	"regexp"
	"regexp/syntax"
	"strings"
	"unicode/utf8"

	"github.com/goshawk-hunt/goshawk/kql/dynamic"
	"github.com/goshawk-hunt/goshawk/kql/types"
)

var regexFunctions = []Function{
	{Name: "countof_regex", Params: []types.Type{types.String, types.String}, Result: types.Long, Eval: countOfRegex},
	{Name: "extract", Params: []types.Type{types.String, types.Long, types.String}, Result: types.String, Eval: extract},
	{Name: "extract_all", Params: []types.Type{types.String, types.Dynamic, types.String}, Result: types.Dynamic, Eval: extractAll},
	{Name: "indexof_regex", Params: []types.Type{types.String, types.String, types.Long, types.Long, types.Long}, Result: types.Long, Eval: indexOfRegex},
	{Name: "matches", Params: []types.Type{types.String, types.String}, Result: types.Bool, Eval: matches},
	{Name: "regex_quote", Params: []types.Type{types.String}, Result: types.String,
		Eval: func(a []types.Value) types.Value { return text(quoteRegex.Replace(a[0].Str)) }},
	{Name: "replace_regex", Params: []types.Type{types.String, types.String, types.String}, Result: types.String, Eval: replaceRegex},
	{Name: "trim", Params: []types.Type{types.String, types.String, types.Bool, types.Bool}, Result: types.String, Eval: trim},
}

// quoteRegex escapes what has a meaning in a regular expression of Kusto, also in a class or
// where white space and comments are ignored.
var quoteRegex = func() *strings.Replacer {
	var pairs []string
	for _, c := range `\.+*?()|[]{}^$#&-~` {
		pairs = append(pairs, string(c), `\`+string(c))
	}
	return strings.NewReplacer(pairs...)
}()

// Words are, as ranges of a character class, the letters, digits and marks beyond ASCII. The
// ranges are those of whole scripts: exact ones are hundreds, and expressions of them take
// milliseconds to compile and megabytes when they are counted.
const Words = `\x{aa}\x{b5}\x{ba}\x{c0}-\x{d6}\x{d8}-\x{f6}\x{f8}-\x{1fff}\x{2071}-\x{209c}\x{2c00}-\x{2dff}` +
	`\x{3005}-\x{3007}\x{3031}-\x{fe0f}\x{fe70}-\x{fefc}\x{ff10}-\x{ff19}\x{ff21}-\x{ff3a}\x{ff41}-\x{ff5a}` +
	`\x{ff66}-\x{ffdc}\x{10000}-\x{1efff}\x{20000}-\x{10ffff}`

// classes are the Perl classes as Kusto takes them, beyond ASCII too; RE2's own know ASCII only.
var classes = map[byte]string{
	'd': `0-9\x{660}-\x{669}\x{6f0}-\x{6f9}\x{966}-\x{96f}\x{ff10}-\x{ff19}`,
	's': `\s\v\x{85}\x{a0}\x{1680}\x{2000}-\x{200a}\x{2028}\x{2029}\x{202f}\x{205f}\x{3000}`,
	'w': `0-9A-Za-z_` + Words,
}

// TranslateRegex returns a regular expression of Kusto in the syntax that RE2 and Go have in
// common. The error says what is wrong with it.
func TranslateRegex(pattern string) (string, error) {
	var b strings.Builder
	class := false // inside [..]
	for i := 0; i < len(pattern); i++ {
		c := pattern[i]
		switch {
		case c == '\\' && i+1 < len(pattern):
			if rest := pattern[i+1:]; !class && (rest[0] == '<' || rest[0] == '>' || strings.HasPrefix(rest, "b{")) {
				return "", fmt.Errorf("regular expression %q: \\%c is the start or end of a word to Kusto, which can't be told here; \\b is either", pattern, rest[0])
			}
			text, n := escapeAt(pattern[i+1:], class)
			b.WriteString(text)
			i += n
		case class && c == ']':
			class = false
			b.WriteByte(c)
		case class && c == '[' && !strings.HasPrefix(pattern[i:], "[:"):
			b.WriteString(`\[`)
		case !class && c == '[':
			if set, n, ok := setClass(pattern[i:]); ok {
				b.WriteString(set)
				i += n - 1
				continue
			}
			class = true
			b.WriteByte(c)
			if i+1 < len(pattern) && pattern[i+1] == '^' {
				i++
				b.WriteByte('^')
			}
			if i+1 < len(pattern) && pattern[i+1] == ']' {
				i++
				b.WriteString(`\]`)
			}
		case class && strings.HasPrefix(pattern[i:], "[:"):
			end := strings.Index(pattern[i:], ":]")
			if end < 0 {
				b.WriteString(`\[`)
				continue
			}
			b.WriteString(pattern[i : i+end+2])
			i += end + 1
		case !class && strings.HasPrefix(pattern[i:], "(?<") && !strings.HasPrefix(pattern[i:], "(?<=") && !strings.HasPrefix(pattern[i:], "(?<!"):
			b.WriteString("(?P<")
			i += 2
		default:
			b.WriteByte(c)
		}
	}
	re := b.String()
	if _, err := regexp.Compile(re); err != nil {
		for _, look := range []string{"(?=", "(?!", "(?<=", "(?<!"} {
			if strings.Contains(pattern, look) {
				return "", fmt.Errorf("regular expression %q: look-around, %s..), is not part of RE2, which Kusto uses too", pattern, look)
			}
		}
		return "", fmt.Errorf("regular expression %q: %s", pattern, wrongIn(pattern, err))
	}
	return re, nil
}

// wrongIn says what is wrong in a pattern by the error over its translation, whose text
// the user never wrote.
func wrongIn(pattern string, err error) string {
	var e *syntax.Error
	switch {
	case !errors.As(err, &e):
		return err.Error()
	case e.Expr != pattern && strings.Contains(pattern, e.Expr):
		return fmt.Sprintf("%s at %q", e.Code, e.Expr)
	}
	return e.Code.String()
}

// escape translates \c.
func escape(c byte, class bool) string {
	set, ok := classes[c|0x20]
	switch {
	case !ok:
		return `\` + string(c)
	case c < 'a' && class:
		return `\` + string(c) // a complement inside a class stays ASCII's
	case c < 'a':
		return "[^" + set + "]"
	case class:
		return set
	}
	return "[" + set + "]"
}

// TranslateRewrite returns a replacement of Kusto, where \1 is a group, as RE2 takes it.
// It fails for a group that the expression does not have.
func TranslateRewrite(rewrite string, groups int) (string, error) {
	for i := 0; i < len(rewrite); i++ {
		if rewrite[i] != '\\' {
			continue
		}
		i++
		if i == len(rewrite) {
			return "", fmt.Errorf("replacement %q ends in a single backslash", rewrite)
		}
		switch c := rewrite[i]; {
		case c >= '0' && c <= '9':
			if int(c-'0') > groups {
				return "", fmt.Errorf("replacement %q asks for group %c of %d", rewrite, c, groups)
			}
		case c != '\\':
			return "", fmt.Errorf("replacement %q has \\%c, which is no group", rewrite, c)
		}
	}
	return rewrite, nil
}

// regexes keeps compiled expressions; nil stands for one that is wrong.
var regexes = cache[*regexp.Regexp]{limit: 64}

func compiled(pattern string) *regexp.Regexp {
	return regexes.get(pattern, func() *regexp.Regexp {
		re, err := TranslateRegex(pattern)
		if err != nil {
			return nil
		}
		return regexp.MustCompile(re)
	})
}

func matches(a []types.Value) types.Value {
	re := compiled(a[1].Str)
	if re == nil {
		return nullBool
	}
	return truth(re.MatchString(a[0].Str))
}

func extract(a []types.Value) types.Value {
	re := compiled(a[0].Str)
	if re == nil || a[1].Null || a[1].Int < 0 || a[1].Int > int64(re.NumSubexp()) {
		return text("")
	}
	m := re.FindStringSubmatchIndex(a[2].Str)
	if m == nil {
		return text("")
	}
	from, to := m[2*a[1].Int], m[2*a[1].Int+1]
	if from < 0 {
		return text("")
	}
	return text(a[2].Str[from:to])
}

// maxMatches bounds the matches that a function gives.
const maxMatches = 1 << 20

// extractAll gives the groups of every match: the text of the group if it is one, else an
// array of them. The second argument chooses groups by number or name.
func extractAll(a []types.Value) types.Value {
	re := compiled(a[0].Str)
	if re == nil {
		return nullDynamic
	}
	groups, ok := chosenGroups(re, a[1])
	if !ok || len(groups) == 0 {
		return nullDynamic
	}
	var all []dynamic.Value
	for _, m := range re.FindAllStringSubmatch(a[2].Str, maxMatches) {
		if len(groups) == 1 {
			all = append(all, dynamic.Text(m[groups[0]]))
			continue
		}
		parts := make([]dynamic.Value, len(groups))
		for i, g := range groups {
			parts[i] = dynamic.Text(m[g])
		}
		all = append(all, dynamic.List(parts))
	}
	if all == nil {
		return nullDynamic
	}
	return dynamic.List(all).Scalar()
}

func chosenGroups(re *regexp.Regexp, which types.Value) ([]int, bool) {
	var groups []int
	if which.Null {
		for g := 1; g <= re.NumSubexp(); g++ {
			groups = append(groups, g)
		}
		return groups, true
	}
	items, ok := array(which)
	if !ok {
		return nil, false
	}
	for _, item := range items {
		g := -1
		switch item.Kind {
		case dynamic.Long:
			g = int(min(item.Int, 1<<20))
		case dynamic.String:
			g = re.SubexpIndex(item.Str)
		}
		if g < 0 || g > re.NumSubexp() {
			return nil, false
		}
		groups = append(groups, g)
	}
	return groups, true
}

func replaceRegex(a []types.Value) types.Value {
	re := compiled(a[1].Str)
	if re == nil {
		return a[0]
	}
	rewrite, err := TranslateRewrite(a[2].Str, re.NumSubexp())
	if err != nil {
		return a[0]
	}
	s := a[0].Str
	var b strings.Builder
	last := 0
	for _, m := range re.FindAllStringSubmatchIndex(s, maxMatches) {
		b.WriteString(s[last:m[0]])
		last = m[1]
		for i := 0; i < len(rewrite); i++ {
			if rewrite[i] != '\\' {
				b.WriteByte(rewrite[i])
				continue
			}
			i++
			if rewrite[i] == '\\' {
				b.WriteByte('\\')
			} else if g := 2 * int(rewrite[i]-'0'); m[g] >= 0 {
				b.WriteString(s[m[g]:m[g+1]])
			}
		}
		if b.Len() > maxText {
			return text("")
		}
	}
	b.WriteString(s[last:])
	return text(b.String())
}

func trim(a []types.Value) types.Value {
	s := a[1].Str
	if a[2].Int != 0 {
		if re := compiled(`\A(?:` + a[0].Str + `)`); re != nil {
			if m := re.FindStringIndex(s); m != nil {
				s = s[m[1]:]
			}
		}
	}
	if a[3].Int != 0 {
		if re := compiled(`(?:` + a[0].Str + `)\z`); re != nil {
			if m := re.FindStringIndex(s); m != nil {
				s = s[:m[0]]
			}
		}
	}
	return text(s)
}

func countOfRegex(a []types.Value) types.Value {
	re := compiled(a[1].Str)
	if re == nil {
		return nullLong
	}
	return long(int64(len(re.FindAllStringIndex(a[0].Str, maxMatches))))
}

func indexOfRegex(a []types.Value) types.Value {
	re := compiled(a[1].Str)
	window, offset, ok := searchWindow(a)
	if re == nil || !ok || a[2].Int < 0 {
		return nullLong
	}
	n := a[4].Int
	if n <= 0 {
		return nullLong
	}
	all := re.FindAllStringIndex(window, int(min(n, maxMatches)))
	if int64(len(all)) < n {
		return long(-1)
	}
	return long(offset + int64(utf8.RuneCountInString(window[:all[n-1][0]])))
}
