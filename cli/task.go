package cli

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/pflag"

	"github.com/goshawk-hunt/goshawk/casedir"
)

type taskFlags struct {
	stores []string
	failOn string
}

func taskCommand() command {
	return command{
		name: "task", args: "parse PATH.. | show NAME [PATH..] | diff PATH..", summary: "read, show and compare scheduled tasks, wherever they stand",
		help: `
task parse PATH..       every task of files, folders and archives: task XML, registry
                        hives with their logs, .reg exports, .job files, and the
                        definitions inside events (4698, 4702, Defender)
task show NAME [PATH..] one task: what each store says of it, what happened to it, and
                        where the stores disagree; NAME is its path, the end of it,
                        or its id
task diff PATH..        where the stores contradict each other: no security descriptor,
                        Index 0, a name without a definition, other actions or another
                        account in the file than in the registry, dates that can't be ..
                        Each is named, with what it means and its ATT&CK ids

Stores: XmlFile (System32\Tasks), Tree and Tasks (TaskCache in the SOFTWARE hive),
JobFile, Event, List. Only stores that the evidence has are compared. With --case the rows
stay in that folder, and without PATH an existing case is asked.

  goshawk task parse ./SOFTWARE --format csv > tasks.csv
  goshawk task parse collection.zip --store Tasks,XmlFile --format jsonl
  goshawk task show Updater collection.zip
  goshawk task diff collection.zip --fail-on high

exit codes: 0 done, 1 error, 2 disagreements at or above --fail-on`,
		topics: taskTopics(),
		flags: func(fs *pflag.FlagSet, s *settings) {
			caseFlag(fs, s)
			fs.StringVar(&s.format, "format", formatTable, "table, csv, json or jsonl")
			fs.StringSliceVar(&s.task.stores, "store", nil, "parse: only these stores, separated by commas")
			fs.StringVar(&s.task.failOn, "fail-on", "", "diff: exit with 2 if a disagreement is at or above this level: info, low, medium, high")
			clockFlag(fs, s)
			memoryFlag(fs, s)
			progressFlag(fs, s)
			passwordFlag(fs, s)
		},
		run: runTask,
	}
}

// taskTopics are what the subcommands teach.
func taskTopics() []topic {
	common := []string{"case", "format", "now", "memory", "progress", "password"}
	return []topic{
		{"parse", "PATH..", `
Every task of files, folders and archives, one row for each place in which it stands:
XmlFile (System32\Tasks), Tree and Tasks (TaskCache in the SOFTWARE hive, with its logs, or
a .reg export), JobFile, Event (4698, 4702, Defender) and List (schtasks /query).

The table is what people look at: what the task runs, as whom, on what, and what of its
definition could not be read. On a terminal each task is a block that fits its width; into
files and pipes each row is one line. csv, json and jsonl have all columns of ScheduledTasks
(goshawk schema ScheduledTasks), with the definition whole.

  goshawk task parse ./SOFTWARE --format csv > tasks.csv
  goshawk task parse collection.zip --store Tasks,XmlFile --format jsonl
  goshawk task parse ./Tasks | less -S`, append([]string{"store"}, common...)},
		{"show", "NAME [PATH..]", `
One task: what each store says of it, what happened to it, and where the stores disagree.
NAME is its path, the end of it, or its id ({GUID}). Where several tasks end so, they are
listed, and nothing is chosen for you.

  goshawk task show Updater collection.zip
  goshawk task show '\Microsoft\Windows\Defrag\ScheduledDefrag' --case ./case`, common},
		{"diff", "PATH..", `
Where the stores of a machine contradict each other. Each disagreement has a name, what it
means, what else it may be, and its ATT&CK ids; the gravest come first.

  high    sd-missing, index-zero, index-missing, actions-differ, principal-differs,
          cache-written-by-another, restored-within-minutes
  medium  other triggers, names or hashes, a store that lacks the task, a file that was
          emptied or written by another, births and ends that no event tells of
  low     dates and names that can't be, several files that hold nothing
  info    copies that could not be read to their end

Give it the SOFTWARE hive and the folder System32\Tasks of one machine, and its logs if
there are any. Only stores that the evidence has are compared: what was not collected is no
disagreement, and the last lines say what was compared.

  goshawk task diff collection.zip
  goshawk task diff ./pc1 --format csv > pc1.csv
  goshawk task diff ./pc1 --fail-on high || echo look at it

exit codes: 0 done, 1 error, 2 disagreements at or above --fail-on`, append([]string{"fail-on"}, common...)},
	}
}

func runTask(ctx context.Context, s *settings, args []string) (int, error) {
	if err := checkFormat(s.format); err != nil {
		return 0, err
	}
	what := ""
	if len(args) > 0 {
		what, args = args[0], args[1:]
	}
	switch what {
	case "parse":
		return s.withTasks(ctx, args, s.taskParse)
	case "diff":
		return s.withTasks(ctx, args, s.taskDiff)
	case "show":
		if len(args) == 0 {
			return 0, &usageError{"task show needs the NAME of a task", `goshawk task show Updater ./evidence`}
		}
		return s.withTasks(ctx, args[1:], func(ctx context.Context, c *casedir.Case, clock casedir.Clock) (int, error) {
			return s.taskShow(ctx, c, clock, args[0])
		})
	}
	if what == "" {
		return 0, &usageError{"task needs a subcommand", "goshawk task parse PATH.., show NAME [PATH..] or diff PATH.."}
	}
	return 0, &usageError{fmt.Sprintf("task %q is no subcommand", what), "goshawk task parse PATH.., show NAME [PATH..] or diff PATH.."}
}

// withTasks opens the case, or a temporary one, and reads paths into it.
func (s *settings) withTasks(ctx context.Context, paths []string, do func(context.Context, *casedir.Case, casedir.Clock) (int, error)) (int, error) {
	if len(paths) == 0 && s.casev == "" {
		return 0, &usageError{"no PATH to read and no --case", "goshawk task parse ./evidence"}
	}
	c, account, err := s.openWith(ctx, paths)
	if err != nil {
		return 0, err
	}
	defer c.Close()
	writeNotRead(s.err, account)
	for _, f := range account.Files {
		if f.Outcome == "read" && f.Reason != "" {
			fmt.Fprintf(s.err, "  %s: %s\n", printable(f.Path), printable(f.Reason))
		}
	}
	if err := readAnything(account); err != nil {
		return 0, err
	}
	clock, err := s.clock.resolve(ctx, c)
	if err != nil {
		return 0, err
	}
	return do(ctx, c, clock)
}

// taskColumns are what people read of a task at one look; machines get all columns.
const taskColumns = `
| extend Runs = case(
    array_length(ActionKinds) > 1, strcat(tostring(array_length(ActionKinds)), " actions: ", tostring(Actions)),
    isnotempty(Command), trim(" ", strcat(Command, " ", Arguments)),
    isnotempty(ClassId), strcat("class ", ClassId),
    tostring(Actions) == "[]", "", tostring(Actions))
| extend Read = case(ContentState == "damaged", coalesce(tostring(parse_json(AdditionalFields).Damage), ContentState), Store == "Tree" or ContentState == "whole", "", ContentState)
| extend As = iff(isnotempty(PrincipalName), PrincipalName, PrincipalSid), On = strcat_array(TriggerKinds, " ")
| project DeviceName, TaskName, Store, Runs, As, RunLevel, On, Enabled, Hidden, LastRunTime, Read, SourceFile`

func (s *settings) taskParse(ctx context.Context, c *casedir.Case, clock casedir.Clock) (int, error) {
	query := "ScheduledTasks\n| sort by DeviceName asc, TaskName asc, Store asc, Timestamp asc"
	if len(s.task.stores) > 0 {
		quoted := make([]string, len(s.task.stores))
		for i, name := range s.task.stores {
			if !isStore(name) {
				return 0, &usageError{fmt.Sprintf("unknown store %q", name), "stores are " + strings.Join(stores, ", ")}
			}
			quoted[i] = kqlText(name)
		}
		query += "\n| where Store in~ (" + strings.Join(quoted, ", ") + ")"
	}
	if s.format == formatTable && isTerminal(s.out) {
		return ExitOK, s.listTasks(ctx, c, query+taskColumns, clock, terminalWidth(s.out, unknownWidth))
	}
	if s.format == formatTable {
		empty, err := emptyColumns(ctx, c.Querier(clock), query+taskColumns)
		if err != nil {
			return 0, err
		}
		query += taskColumns
		if len(empty) > 0 {
			query += "\n| project-away " + strings.Join(empty, ", ")
		}
	}
	return ExitOK, s.answer(ctx, c, "task parse", query, clock)
}

// emptyColumns names those of the columns for people that hold nothing in any row.
func emptyColumns(ctx context.Context, q *casedir.Querier, query string) ([]string, error) {
	names := []string{"DeviceName", "LastRunTime", "Read"}
	counts := make([]string, len(names))
	for i, name := range names {
		counts[i] = name + " = countif(isnotempty(" + name + "))"
	}
	schema, rows, _, err := q.Query(ctx, "task parse", query+"\n| summarize "+strings.Join(counts, ", "))
	if err != nil {
		return nil, err
	}
	return slices.DeleteFunc(names, func(name string) bool { return len(rows) == 0 || rows[0][schema.Index(name)].Int != 0 }), nil
}

// stores are the values of the column Store.
var stores = []string{"XmlFile", "Tree", "Tasks", "JobFile", "Event", "List"}

func isStore(name string) bool {
	for _, s := range stores {
		if strings.EqualFold(s, name) {
			return true
		}
	}
	return false
}

// kqlText writes a text as a literal of KQL.
func kqlText(s string) string {
	s = strings.ToValidUTF8(s, "\uFFFD")
	return `"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`, "\n", `\n`, "\r", `\r`, "\t", `\t`).Replace(s) + `"`
}
