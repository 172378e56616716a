package cli

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/spf13/pflag"

	"github.com/goshawk-hunt/goshawk/casedir"
	"github.com/goshawk-hunt/goshawk/catalog"
)

func schemaCommand() command {
	return command{
		name: "schema", args: "[TABLE]", summary: "list the tables and their columns",
		help: `
Lists the tables that queries may name: Defender XDR's, Sentinel's, and Goshawk's
own. With TABLE, its columns with their types.

  goshawk schema
  goshawk schema DeviceProcessEvents
  goshawk schema --format json > catalogue.json`,
		flags: func(fs *pflag.FlagSet, s *settings) {
			fs.StringVar(&s.format, "format", formatTable, "table or json")
		},
		run: func(_ context.Context, s *settings, args []string) (int, error) {
			cat := catalog.Default()
			names := slices.Sorted(maps.Keys(cat.Tables))
			if len(args) > 1 {
				return 0, &usageError{"more than one table", "goshawk schema DeviceEvents"}
			}
			if len(args) == 1 {
				if cat.Table(args[0]) == nil {
					return 0, unknownTable(args[0], names)
				}
				names = args
			}
			if s.format == formatJSON {
				return ExitOK, s.schemaJSON(cat, names)
			}
			if len(args) == 1 {
				s.describe(cat.Table(args[0]))
				return ExitOK, nil
			}
			for _, name := range names {
				t := cat.Table(name)
				fmt.Fprintf(s.out, "%-44s %-14s %3d columns  %s\n", name, t.Product, len(t.Columns), t.Doc)
			}
			return ExitOK, nil
		},
	}
}

func (s *settings) describe(t *catalog.Table) {
	fmt.Fprintf(s.out, "%s (%s)\n", t.Name, t.Product)
	if t.Doc != "" {
		fmt.Fprintln(s.out, t.Doc)
	}
	for _, c := range t.Columns {
		fmt.Fprintf(s.out, "  %-44s %-9s %s\n", c.Name, c.Type, c.Doc)
	}
}

// schemaJSON prints {"tables":[{"name","product","doc","columns":[{"name","type","doc"}]}]}.
func (s *settings) schemaJSON(cat *catalog.Catalog, names []string) error {
	type column struct {
		Name string `json:"name"`
		Type string `json:"type"`
		Doc  string `json:"doc,omitempty"`
	}
	type table struct {
		Name    string   `json:"name"`
		Product string   `json:"product"`
		Doc     string   `json:"doc,omitempty"`
		Columns []column `json:"columns"`
	}
	out := struct {
		Tables []table `json:"tables"`
	}{}
	for _, name := range names {
		t := cat.Table(name)
		x := table{Name: name, Product: t.Product, Doc: t.Doc}
		for _, c := range t.Columns {
			x.Columns = append(x.Columns, column{c.Name, c.Type.String(), c.Doc})
		}
		out.Tables = append(out.Tables, x)
	}
	return json.NewEncoder(s.out).Encode(out)
}

// meantTable is what a query that names the table would be told.
func meantTable(name string) string {
	compiler, err := casedir.NewCompiler(casedir.MissingNone)
	if err != nil {
		return ""
	}
	_, found := compiler.Compile("table", name, 0)
	if !found.HasErrors() {
		return ""
	}
	return found.List[0].Hint
}

func unknownTable(name string, names []string) error {
	var near []string
	for _, n := range names {
		if strings.EqualFold(n, name) || len(name) > 2 && strings.Contains(strings.ToLower(n), strings.ToLower(name)) {
			near = append(near, n)
		}
	}
	hint := "goshawk schema lists the tables"
	if len(near) > 0 {
		hint = "did you mean " + strings.Join(near[:min(5, len(near))], ", ") + "?"
	} else if meant := meantTable(name); meant != "" {
		hint = meant
	}
	return &usageError{fmt.Sprintf("no table %q", name), hint}
}
