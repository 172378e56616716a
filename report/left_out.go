package report

import (
	"fmt"
	"strings"

	"github.com/goshawk-hunt/goshawk/finding"
	"github.com/goshawk-hunt/goshawk/hunt/exclusion"
)

// exclusions prints what each exclusion hid, or why it was not applied.
func (p *printer) exclusions(list []exclusion.Outcome, width int) {
	for _, x := range list {
		what := "finding"
		if x.InQuery {
			what = "row"
		}
		switch {
		case !x.Applied:
			p.line("  %s exclusion %s of %s: %s", p.paint("\x1b[33m", "not applied"), Visible(x.ID), Visible(x.Owner), fit(Visible(x.Why), 2*width))
		default:
			p.line("  hid %s: exclusion %s of %s until %s: %s", plural(x.Hidden, what), Visible(x.ID), Visible(x.Owner), x.Expires, fit(Visible(x.Reason), 2*width))
		}
		if x.Forced {
			p.line("    %s", p.paint("\x1b[33m", "forced: it rests only on text that the attacker chooses"))
		}
		for _, text := range nearly(x) {
			p.line("    %s", fit(text, 2*width))
		}
		const most = 5
		for i, f := range x.Findings {
			if i == most {
				p.line("    and %d more", x.Hidden-most)
				break
			}
			p.line("    %s", fit(fmt.Sprintf("%-8s %3d %s (%s)", f.Severity, f.Score, Visible(f.Title), Visible(some(f.Devices, 2))), 2*width))
		}
	}
}

// nearly says why an exclusion does not cover findings that it comes near to.
func nearly(x exclusion.Outcome) []string {
	var out []string
	if x.Undecided > 0 {
		columns := make([]string, len(x.Unknown))
		for i, u := range x.Unknown {
			columns[i] = fmt.Sprintf("%s (%d)", u.Column, u.Findings)
		}
		out = append(out, fmt.Sprintf("not hidden: %s without a value in what it asks for: %s", plural(x.Undecided, "finding"), strings.Join(columns, ", ")))
	}
	if x.Partly > 0 {
		out = append(out, fmt.Sprintf("not hidden: %s of which it covers some actions or processes, and not all", plural(x.Partly, "finding")))
	}
	if x.Unlisted > 0 {
		out = append(out, fmt.Sprintf("not hidden: %s with more actions and processes than are kept", plural(x.Unlisted, "finding")))
	}
	return out
}

// known says what the catalogue of known tasks took for benign: such findings score
// less, and stay in the list.
func (p *printer) known(fs []finding.Finding) {
	n := 0
	for i := range fs {
		if fs[i].Known != "" {
			n++
		}
	}
	if n > 0 {
		p.line("  known: %s agree with the catalogue of known tasks in path, program, arguments and principal; they score less and are listed.", plural(n, "finding"))
	}
}

// remarks prints what the logs lack.
func (p *printer) remarks(list []string, width int) {
	const most = 8
	for i, text := range list {
		if i == most {
			p.line("  %s and %d more; goshawk coverage lists them", p.paint("\x1b[33m", "logs   "), len(list)-most)
			return
		}
		p.line("  %s %s", p.paint("\x1b[33m", "logs   "), fit(Visible(text), 3*width))
	}
}
