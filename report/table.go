package report

import (
	"cmp"
	"fmt"
	"io"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/goshawk-hunt/goshawk/finding"
	"github.com/goshawk-hunt/goshawk/hunt"
)

// TableOptions change how Table prints.
type TableOptions struct {
	// Width is the terminal's columns; 0 means 100.
	Width int
	// Color turns ANSI colours on.
	Color bool
	// Least is the lowest severity to print; what is below is counted. None prints all.
	Least finding.Severity
	// Brief is how many findings of severity info are printed in full; the others have
	// one line each. 0 prints all in full.
	Brief int
	// Life prints the life of each finding's task below it.
	Life bool
}

var ansi = map[finding.Severity]string{
	finding.Critical: "\x1b[1;97;41m", finding.High: "\x1b[1;31m", finding.Medium: "\x1b[1;33m",
	finding.Low: "\x1b[36m", finding.Info: "\x1b[2m",
}

// Table prints the findings for people: rank, severity, score, what, and why, the
// strongest reasons first.
func Table(w io.Writer, fs []finding.Finding, opt TableOptions) error {
	width := opt.Width
	if width <= 0 {
		width = 100
	}
	width = max(width, 60)
	p := &printer{w: w, color: opt.Color}
	shown, infos, short := 0, 0, 0
	for i := range fs {
		f := &fs[i]
		if f.Severity < opt.Least {
			continue
		}
		shown++
		if f.Severity == finding.Info {
			infos++
		}
		if opt.Brief > 0 && infos > opt.Brief {
			short++
			p.brief(shown, f, width)
			continue
		}
		p.finding(shown, f, width)
		if opt.Life && f.Dossier != nil && p.err == nil {
			if p.err = Life(w, f, width); p.err == nil {
				p.line("")
			}
		}
	}
	if shown == 0 {
		p.line("No findings%s.", atLeast(opt.Least))
	}
	if short > 0 {
		p.line("")
		p.line("%s of severity info in one line each; --report, --format json and --min info have them whole.", plural(short, "finding"))
	}
	if hidden := len(fs) - shown; hidden > 0 {
		p.line("%s below %s not shown.", plural(hidden, "finding"), opt.Least)
	}
	return p.err
}

func atLeast(s finding.Severity) string {
	if s <= finding.Info {
		return ""
	}
	return " at or above " + s.String()
}

// printer keeps the first error.
type printer struct {
	w     io.Writer
	color bool
	err   error
}

func (p *printer) line(format string, args ...any) {
	if p.err == nil {
		_, p.err = fmt.Fprintf(p.w, format+"\n", args...)
	}
}

func (p *printer) paint(code, text string) string {
	if !p.color || code == "" {
		return text
	}
	return code + text + "\x1b[0m"
}

const indent = "    "

// head is the first line of a finding: rank, severity, score, and what it is.
func (p *printer) head(rank int, f *finding.Finding, what string, width int) {
	label := fmt.Sprintf("%-8s", strings.ToUpper(f.Severity.String()))
	p.line("%3d %s %3d  %s", rank, p.paint(ansi[f.Severity], label), f.Score, fit(Visible(what), width-18))
}

// brief is a finding in one line: where, and what.
func (p *printer) brief(rank int, f *finding.Finding, width int) {
	what := f.Title
	if len(f.Devices) > 0 {
		what = some(f.Devices, 1) + ": " + what
	}
	p.head(rank, f, what, width)
}

func (p *printer) finding(rank int, f *finding.Finding, width int) {
	p.head(rank, f, f.Title, width)
	if t := f.Task; t != nil {
		for i, a := range t.Actions {
			name := "runs"
			if i > 0 {
				name = "then"
			}
			p.fact(name, a.Text(), width)
		}
		for _, text := range t.Decoded {
			p.fact("decoded", finding.Shorten(text, 400), width)
		}
		if len(t.Former) > 0 {
			p.fact("before", t.Former[0].Text(), width)
		}
		as := principal(t)
		if t.Schedule != "" {
			as = strings.TrimSpace(as + "; " + t.Schedule)
		}
		p.fact("as, when", strings.TrimLeft(as, "; "), width)
	}
	p.fact("device", some(f.Devices, 4), width)
	p.fact("account", some(f.Accounts, 4), width)
	if !f.First.IsZero() {
		span := f.First.String()
		if !f.Last.Equal(f.First.Time) {
			span += " to " + f.Last.String()
		}
		p.fact("time", span, width)
	}
	p.reasons(f.Reasons, indent, width)
	var hunts []string
	for _, h := range f.Hunts {
		hunts = append(hunts, h.ID)
	}
	p.line("%s%s", indent, p.paint("\x1b[2m", fit("     "+strings.Join(f.Techniques, " ")+"  by "+strings.Join(hunts, ", "), width-4)))
	p.line("")
}

// reasons prints the foremost reasons. Where some are left out, what is shown is of as
// many kinds as there are, each kind's strongest first.
func (p *printer) reasons(list []finding.Reason, indent string, width int) {
	const most = 6
	if len(list) > most {
		first := foremost(list)
		list = append(first, slices.DeleteFunc(slices.Clone(list), func(r finding.Reason) bool { return slices.Contains(first, r) })...)
	}
	for i, r := range list {
		if i == most {
			p.line("%s%s", indent, p.paint("\x1b[2m", fmt.Sprintf("     and %s", plural(len(list)-most, "further reason"))))
			break
		}
		for k, text := range wrap(Visible(r.Text), width-10, 3) {
			points := "    "
			switch {
			case k > 0:
			case r.Points == 0 && r.Fact != "":
				points = "also" // another reason counts for the same
			default:
				points = p.paint("\x1b[1m", fmt.Sprintf("%+4d", r.Points))
			}
			p.line("%s%s %s", indent, points, text)
		}
	}
}

func (p *printer) fact(name, text string, width int) {
	if text == "" {
		return
	}
	for i, line := range wrap(Visible(text), width-14, 3) {
		if i > 0 {
			name = ""
		}
		p.line("%s%s %s", indent, p.paint("\x1b[2m", fmt.Sprintf("%-8s", name)), line)
	}
}

// wrap breaks a text into at most most lines of n characters, at blanks where there
// are any; what does not fit ends with an ellipsis.
func wrap(s string, n, most int) []string {
	var out []string
	rest := []rune(s)
	for len(rest) > n && len(out)+1 < most {
		at := n
		for i := n; i > n*2/3; i-- {
			if rest[i] == ' ' {
				at = i
				break
			}
		}
		out = append(out, strings.TrimRight(string(rest[:at]), " "))
		rest = []rune(strings.TrimLeft(string(rest[at:]), " "))
	}
	return append(out, fit(string(rest), n))
}

// some joins the first names and counts the rest.
func some(names []string, n int) string {
	if len(names) <= n {
		return strings.Join(names, ", ")
	}
	return fmt.Sprintf("%s and %d more", strings.Join(names[:n], ", "), len(names)-n)
}

// fit cuts a text to n columns, counted in characters.
func fit(s string, n int) string {
	if utf8.RuneCountInString(s) <= n {
		return s
	}
	r := []rune(s)
	return string(r[:max(n-1, 1)]) + "…"
}

func plural(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return fmt.Sprintf("%d %ss", n, noun)
}

// Coverage prints which hunts could see, which could not, and what was missing, so
// that no findings are never taken for a clean case.
func Coverage(w io.Writer, r *hunt.Result, opt TableOptions) error {
	width := max(opt.Width, 60)
	if opt.Width <= 0 {
		width = 100
	}
	p := &printer{w: w, color: opt.Color}
	count := map[hunt.Sight]int{}
	failed := 0
	for _, o := range r.Outcomes {
		count[o.Sight]++
		if o.Error != "" {
			failed++
		}
	}
	p.line("%s over %s: %d could see, %d in part, %d blind, %d not known; %d failed.", plural(len(r.Outcomes), "hunt"),
		plural(len(r.Coverage.Devices), "device"), count[hunt.Runnable], count[hunt.Partial], count[hunt.Blind], count[hunt.Unknown], failed)
	for _, o := range r.Outcomes {
		if o.Error != "" {
			p.line("  %s %s: %s", p.paint("\x1b[31m", "failed "), o.ID, fit(Visible(o.Error), 4*width))
		}
	}
	p.missing(r.Outcomes, width)
	for _, o := range r.Outcomes {
		for _, warning := range o.Warnings {
			p.line("  %s %s: %s", p.paint("\x1b[33m", "note   "), o.ID, fit(Visible(warning), 3*width))
		}
	}
	if r.Coverage.Err != "" {
		p.line("  the coverage could not be asked: %s", fit(Visible(r.Coverage.Err), 4*width))
	}
	p.remarks(r.Coverage.Remarks(), width)
	p.known(r.Findings)
	p.exclusions(r.Exclusions, width)
	for _, n := range r.Notes {
		p.line("  note: %s", Visible(n))
	}
	return p.err
}

// missing lists the blind hunts, and then the pieces of evidence that most hunts lack.
func (p *printer) missing(outcomes []hunt.Outcome, width int) {
	const room, most = 10, 5
	ids := map[hunt.Sight][]string{}
	lack := map[string][]string{}
	var order []string
	for _, o := range outcomes {
		if o.Error != "" || o.Sight != hunt.Blind && o.Sight != hunt.Partial {
			continue
		}
		ids[o.Sight] = append(ids[o.Sight], o.ID)
		for _, m := range o.Missing {
			if lack[m] == nil {
				order = append(order, m)
			}
			lack[m] = append(lack[m], o.ID)
		}
	}
	if len(outcomes) > 0 && len(ids[hunt.Blind]) == len(outcomes) {
		p.line("  %s every hunt: the case holds nothing that one of them reads; goshawk coverage tells what to collect", p.paint("\x1b[33m", fmt.Sprintf("%-7s", hunt.Blind)))
		return
	}
	for _, s := range []hunt.Sight{hunt.Blind, hunt.Partial} {
		for i, line := range wrap(strings.Join(ids[s], ", "), width-room, 8) {
			label := "       "
			if i == 0 {
				label = p.paint("\x1b[33m", fmt.Sprintf("%-7s", s))
			}
			if line != "" {
				p.line("  %s %s", label, line)
			}
		}
	}
	slices.SortStableFunc(order, func(a, b string) int { return cmp.Compare(len(lack[b]), len(lack[a])) })
	for _, m := range order[:min(most, len(order))] {
		text := fmt.Sprintf("(%s) %s", plural(len(lack[m]), "hunt"), m)
		for i, line := range wrap(Visible(text), width-room, 3) {
			label := "       "
			if i == 0 {
				label = p.paint("\x1b[2m", "missing")
			}
			p.line("  %s %s", label, line)
		}
	}
	if n := len(order) - most; n > 0 {
		p.line("          and %d more: goshawk coverage tells all, and what turns each on", n)
	}
}
