package cli

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"

	"github.com/goshawk-hunt/goshawk/casedir"
	"github.com/goshawk-hunt/goshawk/evidence"
	"github.com/goshawk-hunt/goshawk/evidence/archive"
)

// explainInputs tells what each file is and what it would give.
func (s *settings) explainInputs(ctx context.Context, paths []string) (int, error) {
	total, _ := archive.Size(paths)
	p, err := s.newProgress("read", total)
	if err != nil {
		return 0, err
	}
	account, err := casedir.Explain(ctx, paths, s.ingestOptions(p))
	p.finish()
	if err != nil {
		return 0, err
	}
	if s.format == formatJSON {
		return ExitOK, json.NewEncoder(s.out).Encode(account)
	}
	for i := range account.Files {
		writeExplained(s.out, &account.Files[i])
	}
	return ExitOK, nil
}

func writeExplained(w io.Writer, f *casedir.FileReport) {
	fmt.Fprintf(w, "%s: %s", printable(f.Path), f.Outcome)
	if f.Format != "" {
		fmt.Fprintf(w, ", %s", f.Format)
	}
	fmt.Fprintf(w, ", %s", size(f.Size))
	if f.Reason != "" {
		fmt.Fprintf(w, ": %s", printable(f.Reason))
	}
	fmt.Fprintln(w)
	if f.Records > 0 {
		fmt.Fprintf(w, "  %d %s", f.Records, plural(int(f.Records), "record", "records"))
		if f.First != 0 {
			fmt.Fprintf(w, " from %s to %s", evidence.FormatTime(f.First), evidence.FormatTime(f.Last))
		}
		fmt.Fprintln(w)
	}
	for _, l := range f.Logs {
		fmt.Fprintf(w, "  log %s of %s: %d %s, numbers %d to %d", printable(l.Channel), printable(l.Computer), l.Records, plural(int(l.Records), "record", "records"), l.First, l.Last)
		if l.Missing > 0 {
			fmt.Fprintf(w, ", %d missing", l.Missing)
		}
		fmt.Fprintln(w)
	}
	for _, table := range slices.Sorted(maps.Keys(f.Tables)) {
		fmt.Fprintf(w, "  feeds %s: %d %s\n", table, f.Tables[table], plural(int(f.Tables[table]), "row", "rows"))
	}
	for _, field := range slices.Sorted(maps.Keys(f.Unknown)) {
		fmt.Fprintf(w, "  no place for %s: %d %s\n", printable(field), f.Unknown[field], plural(int(f.Unknown[field]), "value", "values"))
	}
	for _, reason := range slices.Sorted(maps.Keys(f.SetAside)) {
		fmt.Fprintf(w, "  set aside %d %s: %s\n", f.SetAside[reason], plural(int(f.SetAside[reason]), "record", "records"), printable(reason))
	}
	for _, reason := range slices.Sorted(maps.Keys(f.Problems)) {
		fmt.Fprintf(w, "  %d times: %s\n", f.Problems[reason], printable(reason))
	}
	for _, d := range f.Notes {
		fmt.Fprintf(w, "  note at %d: %s\n", d.Offset, printable(d.Reason))
	}
	for i, d := range f.Damages {
		if i == maxNamed {
			fmt.Fprintf(w, "  .. and %d more damages\n", int64(len(f.Damages)-i)+f.More)
			break
		}
		fmt.Fprintf(w, "  damage at %d: %s\n", d.Offset, printable(strings.TrimSpace(d.Reason)))
	}
}
