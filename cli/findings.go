package cli

import (
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"

	"github.com/goshawk-hunt/goshawk/casedir"
	"github.com/goshawk-hunt/goshawk/evidence"
	"github.com/goshawk-hunt/goshawk/finding"
	"github.com/goshawk-hunt/goshawk/hunt"
	"github.com/goshawk-hunt/goshawk/report"
)

// inFull is how many findings of severity info are printed in full where nothing else was asked.
const inFull = 10

// writeFindings prints the result in the wanted format: findings to stdout, and
// what was read, refused, hidden and missing to stderr, but for JSON, which holds it.
func (s *settings) writeFindings(d report.Data, account *casedir.Account) error {
	var err error
	switch s.format {
	case formatJSON:
		return report.JSON(s.out, d.Result)
	case formatJSONL:
		err = report.JSONL(s.out, d.Result.Findings)
	case formatCSV:
		err = report.CSV(s.out, d.Result.Findings)
	default:
		err = s.writeTable(d.Result)
	}
	if err != nil {
		return err
	}
	o := report.TableOptions{Width: terminalWidth(s.err, 0), Color: coloured(s.err)}
	if err := report.Coverage(s.err, d.Result, o); err != nil {
		return err
	}
	if len(account.Files) > 0 {
		writeAccount(s.err, account)
	}
	fmt.Fprintf(s.err, "now is %s: %s\n", evidence.FormatTime(ticksOf(d.Now)), d.Clock)
	if len(d.Result.Findings) > 0 && s.report == "" && !s.hunt.life {
		fmt.Fprintln(s.err, "more: --report out.html has all reasons, the rows that prove them and the life of each task; --dossier prints that life")
	}
	return nil
}

// writeTable prints the findings for people.
func (s *settings) writeTable(r *hunt.Result) error {
	o := report.TableOptions{Width: terminalWidth(s.out, 0), Color: coloured(s.out), Life: s.hunt.life}
	if o.Least = s.hunt.least; o.Least == finding.None && !s.hunt.life {
		o.Brief = inFull
	}
	if err := report.Table(s.out, r.Findings, o); err != nil {
		return err
	}
	if len(r.Findings) == 0 {
		s.notClean(r)
	}
	return nil
}

// notClean says beside "No findings" how many hunts could not see what they look for.
func (s *settings) notClean(r *hunt.Result) {
	blind := 0
	for _, o := range r.Outcomes {
		if o.Error != "" || o.Sight == hunt.Blind {
			blind++
		}
	}
	if blind > 0 {
		fmt.Fprintf(s.out, "That is not \"clean\": %d of %d hunts failed or could not see. What is missing is told below, and by goshawk coverage.\n", blind, len(r.Outcomes))
	}
}

// title names the case in the report.
func (s *settings) title() string {
	if s.casev == "" {
		return "Scheduled tasks"
	}
	return filepath.Base(s.casev)
}

// inputs are the files of an ingestion and the sources that the case had before, in the
// report's form.
func inputs(a *casedir.Account, sources []casedir.Source) []report.Input {
	list := make([]report.Input, 0, len(a.Files)+len(sources))
	taken := map[string]bool{}
	for _, f := range a.Files {
		if f.Outcome == "known" && slices.ContainsFunc(sources, func(s casedir.Source) bool { return s.SHA256 == f.SHA256 && s.Path == f.Path }) {
			continue // it has its line as what it was when it was read
		}
		taken[f.SHA256] = taken[f.SHA256] || f.Outcome != "known"
		in := report.Input{Path: f.Path, Format: f.Format, Status: f.Outcome, Records: f.Records, Bytes: f.Size}
		if f.Reason != "" {
			in.Notes = append(in.Notes, f.Reason)
		}
		for _, reason := range slices.Sorted(maps.Keys(f.SetAside)) {
			in.Notes = append(in.Notes, fmt.Sprintf("%d records set aside: %s", f.SetAside[reason], reason))
		}
		list = append(list, in)
	}
	for i := range sources {
		if f := &sources[i]; !taken[f.SHA256] {
			in := report.Input{Path: f.Path, Format: f.Format, Status: "read", Records: f.Records, Bytes: f.Size}
			if f.Damages > 0 {
				in.Notes = append(in.Notes, fmt.Sprintf("%d damages", f.Damages))
			}
			list = append(list, in)
		}
	}
	return list
}

// writeReport writes the HTML page beside its place and then moves it there, so
// that an interrupted run leaves the old page.
func writeReport(path string, d report.Data) error {
	tmp := path + ".part"
	f, err := os.Create(tmp)
	if err != nil {
		return fmt.Errorf("write the report: %w", err)
	}
	if err := errors.Join(report.HTML(f, d), f.Close()); err != nil {
		os.Remove(tmp)
		return fmt.Errorf("write the report: %w", err)
	}
	if err := os.Rename(tmp, path); err != nil {
		os.Remove(tmp)
		return fmt.Errorf("write the report: %w", err)
	}
	return nil
}

// reportPlace is the error of a place that a report can't be written to.
func reportPlace(path string) error {
	if path == "" {
		return nil
	}
	if info, err := os.Stat(path); err == nil && info.IsDir() {
		return &usageError{fmt.Sprintf("--report %s is a folder", path), "name the page to write: --report " + filepath.Join(path, "report.html")}
	}
	f, err := os.Create(path + ".part")
	if err != nil {
		return flagError("--report", path, err)
	}
	return errors.Join(f.Close(), os.Remove(path+".part"))
}
