package cli

import (
	"context"
	"fmt"
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
	if s.format == formatTable {
		query += taskColumns
	}
	return ExitOK, s.answer(ctx, c, "task parse", query, clock)
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
