package cli

import (
	"bufio"
	"context"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/goshawk-hunt/goshawk/casedir"
	"github.com/goshawk-hunt/goshawk/evidence"
	"github.com/goshawk-hunt/goshawk/evidence/text"
	"github.com/goshawk-hunt/goshawk/finding"
	"github.com/goshawk-hunt/goshawk/kql/types"
	"github.com/goshawk-hunt/goshawk/task/disagree"
)

// disagreement is one contradiction that a check found.
type disagreement struct {
	Severity   string   `json:"severity"`
	Name       string   `json:"name"`
	Title      string   `json:"title"`
	Device     string   `json:"device,omitempty"`
	Task       string   `json:"task"`
	Detail     string   `json:"detail"`
	Time       string   `json:"time,omitempty"`
	SourceFile string   `json:"sourceFile,omitempty"`
	Offset     *int64   `json:"sourceOffset,omitempty"`
	Techniques []string `json:"techniques"`
	Meaning    string   `json:"meaning"`
	Benign     string   `json:"benign"`
}

// compared is what stores of a machine there were.
type compared struct {
	Device string           `json:"device,omitempty"`
	Tasks  map[string]int64 `json:"tasks"` // by store
	// Across says that the files and the registry are of one machine and were compared.
	Across bool `json:"filesWithRegistry"`
}

func (s *settings) taskDiff(ctx context.Context, c *casedir.Case, clock casedir.Clock) (int, error) {
	failOn, err := severityFlag("--fail-on", s.task.failOn)
	if err != nil {
		return 0, err
	}
	q := c.Querier(clock)
	list, err := disagreements(ctx, c, q)
	if err != nil {
		return 0, err
	}
	machines, err := comparedStores(ctx, q)
	if err != nil {
		return 0, err
	}
	if err := s.writeDisagreements(list, machines); err != nil {
		return 0, err
	}
	for _, d := range list {
		if level, err := finding.ParseSeverity(d.Severity); err == nil && failOn != finding.None && level >= failOn {
			return ExitFindings, nil
		}
	}
	return ExitOK, nil
}

// emptiedFiles are the task files that hold nothing, as disagree.Check wants them.
func emptiedFiles(ctx context.Context, c *casedir.Case) (string, error) {
	files, err := c.Hollow(ctx)
	if err != nil {
		return "", fmt.Errorf("task files that hold nothing: %w", err)
	}
	var rows []string
	for _, f := range files {
		if name := text.TaskName(f.Path); name != "" {
			rows = append(rows, kqlText(f.Path), kqlText(name), kqlText(f.Reason))
		}
	}
	return strings.Join(rows, ", "), nil
}

// disagreements runs all checks, the gravest first.
func disagreements(ctx context.Context, c *casedir.Case, q *casedir.Querier) ([]disagreement, error) {
	emptied, err := emptiedFiles(ctx, c)
	if err != nil {
		return nil, err
	}
	list := []disagreement{}
	for _, check := range disagree.Checks() {
		schema, rows, _, err := q.Query(ctx, check.ID, check.KQL(emptied))
		if err != nil {
			return nil, fmt.Errorf("check %s: %w", check.ID, err)
		}
		at := func(name string) int { return schema.Index(name) }
		for _, row := range rows {
			d := disagreement{Severity: check.Severity, Name: check.ID, Title: check.Title, Techniques: check.Techniques, Meaning: check.Meaning, Benign: check.Benign,
				Device: row[at("DeviceName")].Text(), Task: row[at("TaskName")].Text(), Detail: row[at("Detail")].Text(), SourceFile: row[at("SourceFile")].Text()}
			if v := row[at("Timestamp")]; !v.Null && v.Type == types.DateTime {
				d.Time = evidence.FormatTime(v.Int)
			}
			if v := row[at("SourceOffset")]; !v.Null {
				d.Offset = &v.Int
			}
			list = append(list, d)
		}
	}
	return list, nil
}

func comparedStores(ctx context.Context, q *casedir.Querier) ([]compared, error) {
	schema, rows, _, err := q.Query(ctx, "stores", disagree.StoresKQL())
	if err != nil {
		return nil, fmt.Errorf("count the stores: %w", err)
	}
	list := []compared{}
	for _, row := range rows {
		device := row[schema.Index("DeviceName")].Text()
		if len(list) == 0 || list[len(list)-1].Device != device {
			list = append(list, compared{Device: device, Tasks: map[string]int64{}, Across: row[schema.Index("Compared")].Int != 0})
		}
		list[len(list)-1].Tasks[row[schema.Index("Store")].Text()] = row[schema.Index("Tasks")].Int
	}
	return list, nil
}

func (s *settings) writeDisagreements(list []disagreement, machines []compared) error {
	switch s.format {
	case formatJSON:
		b, err := json.MarshalIndent(struct {
			Disagreements []disagreement `json:"disagreements"`
			Compared      []compared     `json:"compared"`
		}{list, machines}, "", "  ")
		if err != nil {
			return err
		}
		_, err = s.out.Write(append(b, '\n'))
		return err
	case formatJSONL:
		e := json.NewEncoder(s.out)
		e.SetEscapeHTML(false)
		for i := range list {
			if err := e.Encode(&list[i]); err != nil {
				return err
			}
		}
		return nil
	case formatCSV:
		return writeDisagreementCSV(s.out, list)
	}
	b := bufio.NewWriter(s.out)
	writeDisagreementText(b, list, terminalWidth(s.out, 0))
	if err := b.Flush(); err != nil {
		return err
	}
	writeCompared(s.err, machines, terminalWidth(s.err, 0))
	return nil
}

func writeDisagreementCSV(w io.Writer, list []disagreement) error {
	out := csv.NewWriter(w)
	if err := out.Write([]string{"Severity", "Name", "DeviceName", "TaskName", "Detail", "Timestamp", "SourceFile", "SourceOffset", "Techniques", "Title", "Meaning", "Benign"}); err != nil {
		return err
	}
	for _, d := range list {
		offset := ""
		if d.Offset != nil {
			offset = fmt.Sprint(*d.Offset)
		}
		cells := []string{d.Severity, d.Name, d.Device, d.Task, d.Detail, d.Time, d.SourceFile, offset, strings.Join(d.Techniques, " "), d.Title, d.Meaning, d.Benign}
		for i := range cells {
			cells[i] = inertCell(cells[i])
		}
		if err := out.Write(cells); err != nil {
			return err
		}
	}
	out.Flush()
	return out.Error()
}

// maxDetail bounds what the text shows of one disagreement; other formats have all.
const maxDetail = 400

// writeDisagreementText writes a paragraph for each check that found something: what
// it is and means, then where.
func writeDisagreementText(w io.Writer, list []disagreement, width int) {
	if len(list) == 0 {
		fmt.Fprintln(w, "no disagreement between the stores at hand")
		return
	}
	for i, d := range list {
		if i == 0 || list[i-1].Name != d.Name {
			if i > 0 {
				fmt.Fprintln(w)
			}
			hanging(w, strings.ToUpper(d.Severity)+"  ", fmt.Sprintf("%s: %s (%s)", d.Name, d.Title, strings.Join(d.Techniques, ", ")), width)
			hanging(w, "  ", d.Meaning, width)
			hanging(w, "  Benign: ", d.Benign, width)
		}
		device := ""
		if d.Device != "" {
			device = " on " + printable(d.Device)
		}
		detail := []rune(printable(d.Detail))
		if len(detail) > maxDetail {
			detail = append(detail[:maxDetail], '.', '.')
		}
		hanging(w, "  - ", printable(d.Task)+device+": "+string(detail), width)
		if d.SourceFile != "" {
			hanging(w, "      ", printable(d.SourceFile), width)
		}
	}
}

// writeCompared says which stores there were, for people: what was not collected was
// not compared.
func writeCompared(w io.Writer, machines []compared, width int) {
	if len(machines) == 0 {
		fmt.Fprintln(w, "no task was in what was read")
		return
	}
	for _, m := range machines {
		var parts, missing []string
		for _, store := range stores {
			if n := m.Tasks[store]; n > 0 {
				parts = append(parts, fmt.Sprintf("%s %d", store, n))
			}
		}
		for _, store := range []string{"XmlFile", "Tree", "Tasks"} {
			if m.Tasks[store] == 0 {
				missing = append(missing, store)
			}
		}
		name := m.Device
		if name == "" {
			name = "the machine"
		}
		line := "tasks by store: " + strings.Join(parts, ", ")
		if len(missing) > 0 {
			line += "; not at hand and not compared: " + strings.Join(missing, ", ")
		} else if !m.Across {
			line += "; the files and the registry hardly share a name, so they were taken for two machines"
		}
		hanging(w, printable(name)+": ", line, width)
	}
	if slices.ContainsFunc(machines, func(m compared) bool { return m.Tasks["Tree"] == 0 }) {
		fmt.Fprintln(w, `hidden tasks show in the registry: collect C:\Windows\System32\config\SOFTWARE with its .LOG1 and .LOG2`)
	}
}
