package catalog

import (
	_ "embed"
	"fmt"
	"maps"
	"strings"
	"sync"

	"github.com/goshawk-hunt/goshawk/kql/types"
)

//go:embed tables/xdr.txt
var xdrText string

//go:embed tables/sentinel.txt
var sentinelText string

//go:embed tables/goshawk.txt
var goshawkText string

//go:embed tables/docs.txt
var docsText string

// views are the tables whose rows are computed from WindowsEvent.
var views = []string{"SecurityEvent", "Event"}

// whole is the catalogue, read when it is first needed.
var whole = sync.OnceValues(load)

// Default returns the whole catalogue. The caller may put other tables and functions into
// it, but not change the tables that are there: they are everyone's.
func Default() *Catalog {
	c, err := whole()
	if err != nil {
		panic("catalog: " + err.Error()) // the files are part of the program and tested
	}
	return &Catalog{Tables: maps.Clone(c.Tables), Functions: maps.Clone(c.Functions)}
}

func load() (*Catalog, error) {
	c := &Catalog{Tables: make(map[string]*Table, 1024), Functions: map[string]string{}}
	for _, f := range []struct{ product, text string }{
		{DefenderXDR, xdrText}, {Sentinel, sentinelText}, {Goshawk, goshawkText},
	} {
		if err := c.read(f.product, f.text); err != nil {
			return nil, err
		}
	}
	for _, name := range views {
		c.Tables[name].View = true
	}
	c.hide()
	if err := c.readDocs(docsText); err != nil {
		return nil, err
	}
	return c, c.readFunctions()
}

// read adds the tables of one file. A line is a table: its name and its columns,
// separated by one blank each. A column is a string unless a type follows:
//
//	Name             string
//	Name:datetime    any type of KQL
//	Name:json        a string that holds JSON and answers as dynamic too
//	Name=Other       repeats the column Other
func (c *Catalog) read(product, text string) error {
	// One backing array for all columns and tables of the file.
	columns := make([]Column, strings.Count(text, " "))
	tables := make([]Table, strings.Count(text, "\n"))
	for text != "" {
		line, rest, _ := strings.Cut(text, "\n")
		text = rest
		t := &tables[0]
		tables = tables[1:]
		n, err := t.parse(line, columns)
		if err != nil {
			return err
		}
		t.Product = product
		t.Columns, columns = columns[:n:n], columns[n:]
		c.Tables[t.Name] = t
	}
	return nil
}

// parse reads one line into t and the front of columns and tells how many there are.
func (t *Table) parse(line string, columns []Column) (int, error) {
	t.Name, line, _ = strings.Cut(line, " ")
	n := 0
	for line != "" {
		var word string
		word, line, _ = strings.Cut(line, " ")
		mark := strings.IndexByte(word, ':')
		if mark < 0 {
			mark = strings.IndexByte(word, '=')
		}
		col := &columns[n]
		if mark < 0 {
			col.Name, col.Type = word, types.String
		} else {
			col.Name = word[:mark]
			if err := col.parse(word[mark:], columns[:n]); err != nil {
				return 0, fmt.Errorf("table %s: column %s %w", t.Name, col.Name, err)
			}
		}
		n++
	}
	return n, nil
}

// parse reads what follows a column's name: its type, or the column that it repeats
// among those before it.
func (c *Column) parse(text string, before []Column) error {
	name := text[1:]
	if text[0] == '=' {
		for i := range before {
			if before[i].Name == name {
				c.Same, c.Type, c.DynamicText = name, before[i].Type, before[i].DynamicText
				return nil
			}
		}
		return fmt.Errorf("repeats %s, which does not stand before it", name)
	}
	if name == "json" {
		c.Type, c.DynamicText = types.String, true
		return nil
	}
	typ, ok := types.Parse(name)
	if !ok {
		return fmt.Errorf("has the unknown type %q", name)
	}
	c.Type = typ
	return nil
}

// readDocs adds the documentation: lines "Table<tab>text", "Table.Column<tab>text" and
// "Device*.Column<tab>text" for that column of all tables whose name begins so.
func (c *Catalog) readDocs(text string) error {
	var names []string // of tables that a prefix may mean
	for name := range c.Tables {
		if strings.HasPrefix(name, "Device") {
			names = append(names, name)
		}
	}
	for line := range strings.Lines(text) {
		key, doc, ok := strings.Cut(strings.TrimSuffix(line, "\n"), "\t")
		if !ok {
			return fmt.Errorf("docs: no tab in %q", line)
		}
		table, column, isColumn := strings.Cut(key, ".")
		if prefix, wild := strings.CutSuffix(table, "*"); wild {
			for _, name := range names {
				if !strings.HasPrefix(name, prefix) {
					continue
				}
				if col := c.Tables[name].Column(column); col != nil && col.Doc == "" {
					col.Doc = doc
				}
			}
			continue
		}
		t := c.Tables[table]
		if t == nil {
			return fmt.Errorf("docs: no table %s", table)
		}
		if !isColumn {
			t.Doc = doc
			continue
		}
		col := t.Column(column)
		if col == nil {
			return fmt.Errorf("docs: no column %s", key)
		}
		col.Doc = doc
	}
	return nil
}
