package external

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/goshawk-hunt/goshawk/kql/bind"
	"github.com/goshawk-hunt/goshawk/kql/sqlgen"
	"github.com/goshawk-hunt/goshawk/kql/types"
)

// Table is a table of the user: a CSV file whose header has a column's name, or its
// name and type (Seen:datetime), in each field. Without a type it is a string.
type Table struct {
	Name    string
	Columns types.Schema
	path    string
}

// Tables reads the headers of the CSV files in a folder; a missing folder has none.
func Tables(dir string) ([]Table, error) {
	files, err := os.ReadDir(dir)
	if errors.Is(err, os.ErrNotExist) {
		return nil, nil
	} else if err != nil {
		return nil, err
	}
	var out []Table
	for _, f := range files {
		name, ok := strings.CutSuffix(f.Name(), ".csv")
		if !ok || f.IsDir() {
			continue
		}
		t := Table{Name: name, path: filepath.Join(dir, f.Name())}
		data, err := t.data()
		if err != nil {
			return nil, err
		}
		header, _, _ := strings.Cut(string(data), "\n")
		for _, field := range strings.Split(strings.TrimRight(header, "\r"), ",") {
			column, kind, typed := strings.Cut(strings.Trim(strings.TrimSpace(field), `"`), ":")
			c := types.Column{Name: column, Type: types.String}
			if typed {
				if c.Type, ok = types.Parse(kind); !ok {
					return nil, fmt.Errorf("%s: column %s has the unknown type %q", t.path, column, kind)
				}
			}
			if column == "" || t.Columns.Index(column) >= 0 {
				return nil, fmt.Errorf("%s: the header has a column without a name, or one twice", t.path)
			}
			t.Columns = append(t.Columns, c)
		}
		out = append(out, t)
	}
	return out, nil
}

func (t *Table) data() ([]byte, error) {
	f, err := os.Open(t.path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	data, err := bounded(f)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", t.path, err)
	}
	return utf8Text(data), nil
}

// function is the table as queries call it.
func (t *Table) function() bind.TableFunction {
	return bind.TableFunction{Name: t.Name, Source: true, Columns: t.Columns, Doc: "A table of the user."}
}

// plugin gives the rows.
func (t *Table) plugin(_ []sqlgen.Operand, _ any, _, out types.Schema) (sqlgen.RowFunc, error) {
	return func(_, _ sqlgen.Rows, emit func([]types.Value) error) error {
		data, err := t.data()
		if err != nil {
			return &Error{Message: cause(err)}
		}
		r := reader{format: "csv", schema: out, skip: true, emit: emit}
		if err := r.mapping(nil); err != nil {
			return err
		}
		if err := r.read(data); err != nil {
			var stopped *emitError
			if errors.As(err, &stopped) {
				return stopped.error
			}
			return &Error{Message: fmt.Sprintf("%s: %v", t.path, err)}
		}
		return nil
	}, nil
}
