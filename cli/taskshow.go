package cli

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"

	"github.com/goshawk-hunt/goshawk/casedir"
	"github.com/goshawk-hunt/goshawk/evidence"
	"github.com/goshawk-hunt/goshawk/kql/types"
)

// named is the condition on the tasks that a name means: its path, the end of it, or
// its id; the last of these that is wide enough to find something is taken by want.
func named(name string) []string {
	id := "{" + strings.ToUpper(strings.Trim(name, "{}")) + "}"
	path := name
	if !strings.HasPrefix(path, `\`) {
		path = `\` + path
	}
	return []string{
		"TaskName =~ " + kqlText(path),
		"TaskId == " + kqlText(id),
		"TaskName endswith " + kqlText(path),
		"TaskName contains " + kqlText(name),
	}
}

func (s *settings) taskShow(ctx context.Context, c *casedir.Case, clock casedir.Clock, name string) (int, error) {
	q := c.Querier(clock)
	for _, condition := range named(name) {
		schema, rows, _, err := q.Query(ctx, "task show", "ScheduledTasks\n| where "+condition+"\n| sort by DeviceName asc, TaskName asc, Store asc, Timestamp asc")
		if err != nil {
			return 0, err
		}
		if strings.HasPrefix(condition, "TaskId") { // the events know names only
			if len(rows) == 0 {
				continue
			}
			condition = "TaskName =~ " + kqlText(rows[0][schema.Index("TaskName")].Text())
		}
		eventSchema, events, _, err := q.Query(ctx, "task show", "ScheduledTaskEvents\n| where "+condition+"\n| sort by DeviceName asc, Timestamp asc, ReportId asc")
		if err != nil {
			return 0, err
		}
		if len(rows)+len(events) == 0 {
			continue
		}
		if names := called(schema, rows, eventSchema, events); len(names) > 1 && s.format == formatTable {
			return ExitOK, s.writeChoice(name, names)
		}
		all, err := disagreements(ctx, c, q)
		if err != nil {
			return 0, err
		}
		known := map[string]bool{}
		for _, row := range rows {
			known[strings.ToLower(row[schema.Index("TaskName")].Text())] = true
		}
		for _, row := range events {
			known[strings.ToLower(row[eventSchema.Index("TaskName")].Text())] = true
		}
		all = slices.DeleteFunc(all, func(d disagreement) bool { return !known[strings.ToLower(d.Task)] })
		return ExitOK, s.writeTask(schema, rows, eventSchema, events, all)
	}
	return 0, fmt.Errorf("no task is called %q in what was read; goshawk task parse lists them", name)
}

// called lists the names of the tasks, each once, in order.
func called(schema types.Schema, rows [][]types.Value, eventSchema types.Schema, events [][]types.Value) []string {
	spelled := map[string]string{}
	for _, row := range rows {
		name := row[schema.Index("TaskName")].Text()
		spelled[strings.ToLower(name)] = name
	}
	for _, row := range events {
		name := row[eventSchema.Index("TaskName")].Text()
		spelled[strings.ToLower(name)] = name
	}
	return slices.Sorted(maps.Values(spelled))
}

// writeChoice lists the tasks that a name may mean: each of them is a page.
func (s *settings) writeChoice(name string, names []string) error {
	b := bufio.NewWriter(s.out)
	fmt.Fprintf(b, "%d tasks may be meant by %s; give the whole path of one, or --format json for all:\n", len(names), printable(kqlText(name)))
	for _, n := range names {
		fmt.Fprintf(b, "  %s\n", printable(n))
	}
	return b.Flush()
}

// writeTask writes what stores and events say of the tasks, and where they disagree.
func (s *settings) writeTask(schema types.Schema, rows [][]types.Value, eventSchema types.Schema, events [][]types.Value, list []disagreement) error {
	b := bufio.NewWriter(s.out)
	switch s.format {
	case formatTable:
		width := terminalWidth(s.out, 0)
		writeTaskText(b, schema, rows, width)
		writeTaskEvents(b, eventSchema, events, width)
		if len(list) > 0 {
			fmt.Fprintln(b, "\n  disagreements")
		}
		for _, d := range list {
			hanging(b, fmt.Sprintf("    %-6s ", strings.ToUpper(d.Severity)), d.Title+": "+printable(d.Detail), width)
		}
	case formatJSON:
		fmt.Fprint(b, `{"stores":`)
		writeObjects(b, schema, rows, "[", ",", "]")
		fmt.Fprint(b, `,"events":`)
		writeObjects(b, eventSchema, events, "[", ",", "]")
		fmt.Fprint(b, `,"disagreements":`)
		text, err := json.Marshal(list)
		if err != nil {
			return err
		}
		b.Write(text)
		fmt.Fprintln(b, "}")
	case formatJSONL:
		writeObjects(b, schema, rows, "", "\n", "\n")
		writeObjects(b, eventSchema, events, "", "\n", "\n")
		for i := range list {
			text, err := json.Marshal(&list[i])
			if err != nil {
				return err
			}
			b.Write(append(text, '\n'))
		}
	default:
		return &usageError{"task show has no csv: its two tables have different columns", "use --format json, or goshawk query with ScheduledTasks and ScheduledTaskEvents"}
	}
	return b.Flush()
}

// writeObjects writes rows as JSON objects of their filled columns.
func writeObjects(b *bufio.Writer, schema types.Schema, rows [][]types.Value, open, between, end string) {
	b.WriteString(open)
	for i, row := range rows {
		if i > 0 {
			b.WriteString(between)
		}
		b.WriteByte('{')
		first := true
		for j, c := range schema {
			if isBlank(row[j]) {
				continue
			}
			if !first {
				b.WriteByte(',')
			}
			first = false
			key, _ := json.Marshal(c.Name)
			b.Write(types.AppendJSON(append(key, ':'), row[j]))
		}
		b.WriteByte('}')
	}
	if len(rows) > 0 || open != "" {
		b.WriteString(end)
	}
}

func isBlank(v types.Value) bool {
	return v.Null || v.Type == types.String && v.Str == ""
}

// shown are the columns of a store's row that the text shows, in order.
var shown = []string{"Timestamp", "TaskId", "Index", "Enabled", "Hidden", "RunAs", "PrincipalName", "RunLevel", "LogonType", "Actions", "Triggers", "Settings",
	"Author", "Description", "URI", "RegistrationTime", "CreationTime", "LastRunTime", "LastSuccessTime", "LastResult", "SecurityDescriptor", "DefinitionHash", "SHA256", "AdditionalFields", "SourceFile"}

func writeTaskText(w io.Writer, schema types.Schema, rows [][]types.Value, width int) {
	last := ""
	for i, row := range rows {
		get := func(name string) types.Value { return row[schema.Index(name)] }
		head := printable(get("TaskName").Text())
		if d := get("DeviceName").Text(); d != "" {
			head += " on " + printable(d)
		}
		if head != last {
			if i > 0 {
				fmt.Fprintln(w)
			}
			fmt.Fprintln(w, head)
			last = head
		}
		fmt.Fprintf(w, "\n  %s\n", printable(get("Store").Text()))
		for _, name := range shown {
			v := get(name)
			text := v.Text()
			if isBlank(v) || text == "{}" || text == "[]" || name == "SHA256" && get("DefinitionHash").Text() != "" {
				continue
			}
			if name == "LastResult" {
				text = fmt.Sprintf("%#x", v.Int)
			}
			hanging(w, fmt.Sprintf("    %-19s ", name), printable(text), width)
		}
	}
}

func writeTaskEvents(w io.Writer, schema types.Schema, rows [][]types.Value, width int) {
	if len(rows) == 0 {
		fmt.Fprintln(w, "\n  no event speaks of it")
		return
	}
	fmt.Fprintln(w, "\n  events")
	for _, row := range rows {
		get := func(name string) types.Value { return row[schema.Index(name)] }
		when := strings.Repeat("-", 20)
		if v := get("Timestamp"); !v.Null {
			when = evidence.FormatTime(v.Int)
		}
		what := strings.TrimPrefix(get("ActionType").Text(), "ScheduledTask")
		line := fmt.Sprintf("%-15s", printable(what))
		for _, part := range []struct{ column, before string }{
			{"Trigger", "by "}, {"AccountName", "account "}, {"Command", ""}, {"Arguments", ""}, {"ProcessId", "process "}, {"InitiatingProcessId", "asked by process "}, {"ResultCode", "result "},
		} {
			if v := get(part.column); !isBlank(v) {
				line += " " + part.before + printable(v.Text())
			}
		}
		line += "  [" + printable(get("Source").Text())
		if v := get("EventId"); !v.Null && v.Int != 0 {
			line += fmt.Sprintf(" %d", v.Int)
		}
		hanging(w, "    "+when+"  ", line+"]", width)
	}
}
