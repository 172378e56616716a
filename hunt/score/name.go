package score

import (
	"fmt"
	"math"
	"regexp"
	"strings"
	"unicode"

	"github.com/goshawk-hunt/goshawk/finding"
	"github.com/goshawk-hunt/goshawk/hunt/cmdline"
)

// inWindowsFolder reports whether a task's path lies where Windows keeps its own.
func inWindowsFolder(name string) bool {
	return strings.HasPrefix(cmdline.ExactTaskName(name), `\microsoft\windows\`)
}

var guidName = regexp.MustCompile(`^\{?[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}\}?$`)

// atName is a name that the at service gives, not the one who asked.
var atName = regexp.MustCompile(`(?i)^\\at\d*$`)

// names judges what the task calls itself. Only the strongest of its reasons counts.
func names(t *finding.Task, f Facts) []finding.Reason {
	if t.Name == "" || atName.MatchString(t.Name) {
		return nil
	}
	var best finding.Reason
	say := func(points int, format string, args ...any) {
		if points > best.Points {
			best = finding.Reason{Points: points, Property: finding.Name, Text: fmt.Sprintf(format, args...)}
		}
	}
	base := cmdline.Base(t.Name)
	say(borrowed(t, f))
	say(folder(t.Name))
	if odd := oddLetters(t.Name); odd != "" {
		say(25, "its name holds %s", odd)
	}
	switch letters := strings.TrimSpace(base); {
	case len(known.named(t.Name)) > 0: // the maker of that software chose it
	case guidName.MatchString(letters):
		say(8, "its name is a GUID")
	case looksRandom(letters):
		say(20, "its name \"%s\" looks random", finding.Shorten(letters, 40))
	case len(letters) <= 2:
		say(10, "its name has only %s", plural(len([]rune(letters)), "character"))
	}
	if best.Points == 0 {
		return nil
	}
	return []finding.Reason{best}
}

// borrowed judges a known task's name over another action.
func borrowed(t *finding.Task, f Facts) (int, string, string) {
	rs := runs(f)
	if len(rs) == 0 {
		return 0, "", ""
	}
	if k := borrowedFrom(t, rs); k != nil && !k.vague(rs) {
		if plain(rs) {
			return 5, "has the name of %s, with another program of Windows or Program Files", k.name
		}
		return 25, "has the name of %s, but not its action", k.name
	}
	return 0, "", ""
}

// plain reports whether actions are programs that only administrators may put where they
// lie, and that run nothing else: another version of the same software, most likely.
func plain(actions []finding.TaskAction) bool {
	for _, a := range actions {
		x := newAction(a.Command, a.Arguments)
		if a.Command == "" || !locate(x.program).trusted || runsOthers(x.base) || windowed[x.base] {
			return false
		}
	}
	return true
}

// folder judges a path that imitates Microsoft's folders.
func folder(name string) (int, string, string) {
	path := cmdline.ExactTaskName(name)
	if !strings.HasPrefix(path, `\microsoft\`) && !strings.HasPrefix(path, `\windows\`) {
		return 0, "", ""
	}
	dir := cmdline.Dir(path)
	if known.folders[cmdline.TaskName(dir)] {
		return 0, "", ""
	}
	return 20, "lies in %s, which is no folder of Windows that is known", finding.Shorten(cmdline.Dir(name), 80)
}

// oddLetters names characters that make one name look like another.
func oddLetters(name string) string {
	if name != strings.TrimSpace(name) {
		return "blanks at its end"
	}
	for part := range strings.SplitSeq(strings.Trim(name, `\`), `\`) {
		if part != strings.TrimSpace(part) {
			return "a folder's name with blanks at its end"
		}
	}
	latin := false
	other := rune(0)
	for _, c := range name {
		switch {
		case c == '\u200b' || c == '\u200c' || c == '\u200d' || c == '\u2060' || c == '\ufeff' || c >= '\u202a' && c <= '\u202e' || c >= '\u2066' && c <= '\u2069':
			return fmt.Sprintf("an invisible character (U+%04X)", c)
		case c < 0x20:
			return fmt.Sprintf("a control character (U+%04X)", c)
		case c == '\u00a0' || c == '\u3000' || c >= '\u2000' && c <= '\u200a':
			return fmt.Sprintf("a blank that is none (U+%04X)", c)
		case unicode.Is(unicode.Latin, c) && c < 0x250:
			latin = true
		case unicode.Is(unicode.Cyrillic, c) || unicode.Is(unicode.Greek, c) || c >= 0xff01 && c <= 0xff5e:
			other = c
		}
	}
	if latin && other != 0 {
		return fmt.Sprintf("letters of two alphabets (U+%04X)", other)
	}
	return ""
}

// looksRandom reports whether a name reads as nobody would write it: by the letter
// pairs of the known tasks' names, upper and lower case apart, it is improbable.
func looksRandom(name string) bool {
	var letters []rune
	for _, c := range name {
		switch {
		case c >= 'a' && c <= 'z', c >= 'A' && c <= 'Z':
			letters = append(letters, c)
		case c >= '0' && c <= '9':
		default:
			return false // a name of several words is judged by nobody's model
		}
	}
	if len(letters) < 6 || len(letters) > 40 {
		return false
	}
	return known.pairs.surprise(string(letters)) > randomFrom
}

// randomFrom is the mean surprise, in bits a letter pair, from which a name counts as
// random; see TestLooksRandom for what it separates.
const randomFrom = 6.6

// pairs is a model of letter pairs.
type pairs struct {
	count map[[2]rune]float64
	first map[rune]float64
}

func (p *pairs) learn(word string) {
	prev := rune(0)
	for _, c := range word {
		if !unicode.IsLetter(c) || c > 127 {
			prev = 0
			continue
		}
		if prev != 0 {
			p.count[[2]rune{prev, c}]++
			p.first[prev]++
		}
		prev = c
	}
}

// surprise is the mean of -log2 of the pairs' probabilities, unseen ones smoothed.
func (p *pairs) surprise(word string) float64 {
	const alphabet, smooth = 52, 0.1
	sum, n, prev := 0.0, 0, rune(0)
	for _, c := range word {
		if prev != 0 {
			sum -= math.Log2((p.count[[2]rune{prev, c}] + smooth) / (p.first[prev] + smooth*alphabet))
			n++
		}
		prev = c
	}
	if n == 0 {
		return 0
	}
	return sum / float64(n)
}
