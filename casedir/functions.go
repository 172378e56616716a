package casedir

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/goshawk-hunt/goshawk/catalog"
	"github.com/goshawk-hunt/goshawk/external"
	"github.com/goshawk-hunt/goshawk/hunt/rulefile"
	"github.com/goshawk-hunt/goshawk/prevalence"
)

// functionFolder is the folder of the case with stored functions, one a file.
const functionFolder = "functions"

// Bounds of folders of functions.
const (
	maxFunction  = 1 << 20 // bytes of one text
	maxFunctions = 20_000  // files
)

// tables is the catalogue with the tables that the other parts of Goshawk bring.
func tables() *catalog.Catalog {
	c := catalog.Default()
	t := prevalence.Table()
	c.Tables[t.Name] = t
	return c
}

// readFunctions adds the stored functions of a folder and of the folders below it to
// the catalogue, whose own they may replace, and returns the user's tables. .kql files
// hold one function each, .yaml files those of Sentinel's parsers; other .yaml files
// are none. Mistakes in the text of a function are told where a query calls it.
func readFunctions(cat *catalog.Catalog, dir string) ([]external.Table, error) {
	var tables []external.Table
	files := 0
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() {
			found, err := external.Tables(path)
			tables = append(tables, found...)
			return err
		}
		if files++; files > maxFunctions {
			return fmt.Errorf("more than %d files", maxFunctions)
		}
		return readFunction(cat, path, d)
	})
	if err != nil {
		return nil, fmt.Errorf("read the stored functions of %s: %w", dir, err)
	}
	for _, t := range tables {
		if cat.Table(t.Name) != nil {
			return nil, fmt.Errorf("the table %s of the user has the name of one of the catalogue: rename the file", t.Name)
		}
	}
	return tables, nil
}

// readFunction adds the functions of one file.
func readFunction(cat *catalog.Catalog, path string, d fs.DirEntry) error {
	kind := strings.ToLower(filepath.Ext(path))
	if !d.Type().IsRegular() || kind != ".kql" && kind != ".yaml" && kind != ".yml" {
		return nil
	}
	if info, err := d.Info(); err != nil {
		return err
	} else if info.Size() > maxFunction {
		if kind != ".kql" {
			return nil
		}
		return fmt.Errorf("the stored function %s is larger than %d MB", d.Name(), maxFunction>>20)
	}
	text, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	if kind == ".kql" {
		name, body := catalog.Function(strings.TrimSuffix(d.Name(), filepath.Ext(path)), string(text))
		cat.Functions[name] = body
		return nil
	}
	for _, name := range rulefile.Parser(string(text)) {
		cat.Functions[name.Name] = name.Body
	}
	return nil
}

// FunctionsOf is the folder with the stored functions of the case in dir, "" if it has none.
func FunctionsOf(dir string) string {
	own := filepath.Join(dir, functionFolder)
	if info, err := os.Stat(own); err != nil || !info.IsDir() {
		return ""
	}
	return own
}

// addFunctions adds the functions of the folder of the case in dir and of more folders.
func (c *Case) addFunctions(dir string, folders []string) error {
	if dir != "" {
		own := filepath.Join(dir, functionFolder)
		if _, err := os.Stat(own); !errors.Is(err, fs.ErrNotExist) {
			folders = append([]string{own}, folders...)
		}
	}
	for _, dir := range folders {
		tables, err := readFunctions(c.cat, dir)
		if err != nil {
			return err
		}
		c.external.Tables = append(c.external.Tables, tables...)
	}
	return nil
}
