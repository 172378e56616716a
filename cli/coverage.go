package cli

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/pflag"

	"github.com/goshawk-hunt/goshawk/hunt"
)

func coverageCommand() command {
	return command{
		name: "coverage", args: "PATH.. | --case DIR", summary: "which hunts can see on which devices, and what would let them",
		help: `
Says for every device and every hunt whether the evidence lets it see: runnable,
partial or blind. Names what is missing (channel, event ids, audit subcategory,
connector) with the command or policy that turns it on, and what the logs
themselves lack: missing record ids, times of silence, cleared logs, tasks whose
events carry no definition.

  goshawk coverage ./logs
  goshawk coverage --case ./case --hunts ./our-rules
  goshawk coverage --case ./case --device ws-007
  goshawk coverage --case ./case --format json > coverage.json

Every hunt's report has the same.`,
		flags: func(fs *pflag.FlagSet, s *settings) {
			caseFlag(fs, s)
			fs.StringArrayVar(&s.hunt.rules, "hunts", nil, "also judge the hunts of a file or folder (repeatable)")
			fs.BoolVar(&s.hunt.only, "only-hunts", false, "leave the built-in hunts out")
			repairFlag(fs, s)
			fs.StringVar(&s.coverage.device, "device", "", "tell of one device, hunt by hunt")
			fs.StringVar(&s.format, "format", formatTable, "table or json")
			memoryFlag(fs, s)
			progressFlag(fs, s)
			passwordFlag(fs, s)
		},
		run: runCoverage,
	}
}

type coverageFlags struct{ device string }

func runCoverage(ctx context.Context, s *settings, args []string) (int, error) {
	if len(args) == 0 && s.casev == "" {
		return 0, &usageError{"coverage needs a PATH to read or a --case", "goshawk coverage ./logs"}
	}
	if s.format != formatTable && s.format != formatJSON {
		return 0, &usageError{fmt.Sprintf("unknown --format %q", s.format), "coverage prints table or json"}
	}
	rules, err := s.rules()
	if err != nil {
		return 0, err
	}
	c, account, err := s.openWith(ctx, args)
	if err != nil {
		return 0, err
	}
	defer c.Close()
	writeNotRead(s.err, account)
	if err := readAnything(account); err != nil {
		return 0, err
	}
	clock, err := s.clock.resolve(ctx, c)
	if err != nil {
		return 0, err
	}
	survey, err := hunt.Survey(ctx, rules, c.Querier(clock))
	if err != nil {
		return 0, err
	}
	if s.coverage.device != "" {
		if err := oneDevice(survey, s.coverage.device); err != nil {
			return 0, err
		}
	}
	if s.format == formatJSON {
		return ExitOK, json.NewEncoder(s.out).Encode(survey)
	}
	s.printCoverage(survey)
	return ExitOK, nil
}

// oneDevice leaves one device in a survey.
func oneDevice(c *hunt.Coverage, name string) error {
	name = strings.ToLower(name)
	is := func(device string) bool { return device == name || strings.HasPrefix(device, name+".") }
	i := slices.IndexFunc(c.Devices, func(d hunt.DeviceCoverage) bool { return is(d.Device) })
	if i < 0 {
		return fmt.Errorf("the case has no device %s; goshawk coverage without --device lists them", name)
	}
	name = c.Devices[i].Device
	c.Devices = c.Devices[i : i+1]
	c.Logs = slices.DeleteFunc(c.Logs, func(l hunt.Log) bool { return l.Device != name })
	c.Cleared = slices.DeleteFunc(c.Cleared, func(x hunt.Clearing) bool { return x.Device != name })
	c.Lacks = slices.DeleteFunc(c.Lacks, func(l hunt.Lack) bool { return !slices.Contains(l.Devices, name) })
	for j := range c.Lacks {
		c.Lacks[j].Devices = []string{name}
	}
	for j, h := range c.Hunts {
		only := hunt.HuntCoverage{ID: h.ID, Name: h.Name}
		switch c.Devices[0].Sights[h.ID] {
		case hunt.Runnable:
			only.Runnable = 1
		case hunt.Partial:
			only.Partial = 1
		case hunt.Blind:
			only.Blind = 1
		default:
			only.Unknown = 1
		}
		c.Hunts[j] = only
	}
	return nil
}

// maxCoverageDevices bounds the devices that are printed for people.
const maxCoverageDevices = 200

func (s *settings) printCoverage(c *hunt.Coverage) {
	w := s.out
	fmt.Fprintf(w, "%d %s, %d hunts\n\n", len(c.Devices), plural(len(c.Devices), "device", "devices"), len(c.Hunts))
	fmt.Fprintf(w, "%-32s %8s %8s %8s %8s\n", "hunt: on how many devices it is", "runnable", "partial", "blind", "unknown")
	for _, h := range c.Hunts {
		fmt.Fprintf(w, "%-32s %8d %8d %8d %8d\n", printable(h.ID), h.Runnable, h.Partial, h.Blind, h.Unknown)
	}
	fmt.Fprintf(w, "\n%-32s %8s %8s %8s  %s\n", "device: how many hunts are there", "runnable", "partial", "blind", "first and last event")
	for i, d := range c.Devices {
		if i == maxCoverageDevices {
			fmt.Fprintf(w, "and %d more; --format json has all\n", len(c.Devices)-i)
			break
		}
		n := map[hunt.Sight]int{}
		for _, sight := range d.Sights {
			n[sight]++
		}
		fmt.Fprintf(w, "%-32s %8d %8d %8d  %s  %s\n", printable(d.Device), n[hunt.Runnable], n[hunt.Partial], n[hunt.Blind], day(d.First.Time), day(d.Last.Time))
	}
	if len(c.Lacks) > 0 {
		fmt.Fprintln(w, "\nwhat is missing, and what turns it on (one of each is enough):")
	}
	for _, l := range c.Lacks {
		fmt.Fprintf(w, "- %s: %d of %d %s, for %s\n", printable(l.For), len(l.Devices), max(len(c.Devices), len(l.Devices)), plural(len(c.Devices), "device", "devices"), strings.Join(l.Hunts, ", "))
		for _, k := range l.Kinds {
			fmt.Fprintf(w, "    %s\n      on with: %s\n", kindText(k), k.Enable)
		}
	}
	remarks := c.Remarks()
	if len(remarks) > 0 {
		fmt.Fprintln(w, "\nwhat the logs lack:")
	}
	for _, r := range remarks {
		fmt.Fprintf(w, "- %s\n", printable(r))
	}
	if c.Err != "" {
		fmt.Fprintf(s.err, "not everything could be asked: %s\n", printableLines(c.Err))
	}
}

// kindText names where a kind of evidence is written.
func kindText(k hunt.Kind) string {
	var parts []string
	if k.Channel != "" {
		ids := make([]string, len(k.Events))
		for i, id := range k.Events {
			ids[i] = fmt.Sprint(id)
		}
		parts = append(parts, "channel "+k.Channel+" "+strings.Join(ids, ","))
	}
	if k.Table != "" {
		parts = append(parts, "table "+k.Table)
	}
	if k.Audit != "" {
		parts = append(parts, "audit subcategory "+k.Audit)
	}
	if k.Connector != "" {
		parts = append(parts, "connector "+k.Connector)
	}
	return strings.Join(parts, "; ")
}
