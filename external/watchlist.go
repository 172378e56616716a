package external

import (
	"bytes"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/goshawk-hunt/goshawk/kql/bind"
	"github.com/goshawk-hunt/goshawk/kql/dynamic"
	"github.com/goshawk-hunt/goshawk/kql/sqlgen"
	"github.com/goshawk-hunt/goshawk/kql/types"
)

// The functions of Sentinel that read watchlists, and the one of Defender that asks
// its service who has seen a device.
const (
	watchlistName = "_GetWatchlist"
	aliasesName   = "_GetWatchlistAlias"
	seenByName    = "SeenBy"
)

// itemColumns stand before the columns of a watchlist's file.
var itemColumns = types.Schema{
	{Name: "_DTItemId", Type: types.String},
	{Name: "LastUpdatedTimeUTC", Type: types.DateTime},
	{Name: "SearchKey", Type: types.String},
}

// Functions are the tabular functions that the session answers. A watchlist ALIAS is
// the file ALIAS.csv of the folder: a header, then one item a line, all strings. Its
// search key is the column SearchKey, or else the first.
func (s *Session) Functions() []bind.TableFunction {
	none := types.Null(types.Dynamic)
	list := []bind.TableFunction{
		{
			Name: watchlistName, Source: true, Columns: itemColumns, OpenType: types.String,
			Params: []bind.TableParam{{Name: "watchlistAlias", Type: types.String}, {Name: "keys", Type: types.Dynamic, Default: &none}},
			Resolve: func(args []types.Value) (types.Schema, bool) {
				w := s.list(args[0].Str)
				return w.columns, !w.found
			},
			Doc: "The items of a watchlist, a CSV file of the case's folder watchlists.",
		},
		{
			Name: aliasesName, Source: true, Columns: types.Schema{{Name: "WatchlistAlias", Type: types.String}},
			Doc: "The names of the case's watchlists.",
		},
		seenBy,
	}
	for i := range s.source.Tables {
		list = append(list, s.source.Tables[i].function())
	}
	return list
}

// watchlist is one file.
type watchlist struct {
	alias   string
	found   bool
	err     error
	columns types.Schema // with itemColumns
	from    []int        // the field of each column after itemColumns
	key     int          // the field of the search key
	updated int64        // ticks
	items   [][]string
}

// list reads a watchlist once a query.
func (s *Session) list(alias string) *watchlist {
	if w := s.lists[alias]; w != nil {
		return w
	}
	w := &watchlist{alias: alias, columns: itemColumns}
	s.lists[alias] = w
	w.err = w.load(s.source.Watchlists)
	w.found = w.err == nil
	if errors.Is(w.err, fs.ErrNotExist) {
		w.err = nil
	}
	return w
}

func (w *watchlist) load(dir string) error {
	file := w.alias + ".csv"
	if dir == "" || !filepath.IsLocal(file) || filepath.Base(file) != file {
		return fs.ErrNotExist
	}
	root, err := os.OpenRoot(dir)
	if err != nil {
		return err
	}
	defer root.Close()
	f, err := root.Open(file)
	if err != nil {
		return err
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return err
	}
	data, err := bounded(f)
	if err != nil {
		return err
	}
	w.updated = unixTicks + info.ModTime().UnixNano()/100
	return w.parse(utf8Text(data))
}

// unixTicks is 1970-01-01 in ticks.
const unixTicks = 621355968000000000

func (w *watchlist) parse(data []byte) error {
	c := csv.NewReader(bytes.NewReader(data))
	c.LazyQuotes, c.FieldsPerRecord = true, -1
	header, err := c.Read()
	if errors.Is(err, io.EOF) {
		return errors.New("the file is empty, a header was expected")
	}
	if err != nil {
		return err
	}
	w.columns = slices.Clone(itemColumns)
	for i, name := range header {
		name = strings.TrimSpace(name)
		if name == "SearchKey" {
			w.key = i
		}
		if name == "" || w.columns.Index(name) >= 0 {
			continue
		}
		w.columns = append(w.columns, types.Column{Name: name, Type: types.String})
		w.from = append(w.from, i)
	}
	for {
		record, err := c.Read()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		w.items = append(w.items, record)
	}
}

// watchlistPlugin prepares one _GetWatchlist.
func (s *Session) watchlistPlugin(args []sqlgen.Operand, _ any, _, out types.Schema) (sqlgen.RowFunc, error) {
	if len(args) != 2 || args[0].Const == nil || args[1].Const == nil {
		return nil, errors.New("expected the name of a watchlist and its keys as constants")
	}
	w, wanted := s.list(args[0].Const.Str), *args[1].Const
	return func(_, _ sqlgen.Rows, emit func([]types.Value) error) error {
		switch {
		case w.err != nil:
			return &Error{Message: fmt.Sprintf("the watchlist %s can't be read: %s", w.alias, cause(w.err))}
		case !w.found:
			s.warn("the watchlist %s is empty: the case has no file watchlists/%s.csv", w.alias, w.alias)
			return nil
		}
		keys := map[string]bool{}
		list, _ := dynamic.Parse(wanted.Str)
		for _, k := range list.Items {
			keys[k.Str] = true
		}
		row := make([]types.Value, len(out))
		for n, item := range w.items {
			if len(keys) > 0 && !keys[at(item, w.key)] {
				continue
			}
			row[0] = types.Value{Type: types.String, Str: fmt.Sprintf("%s-%d", w.alias, n+1)}
			row[1] = types.Value{Type: types.DateTime, Int: w.updated}
			row[2] = types.Value{Type: types.String, Str: at(item, w.key)}
			for i, f := range w.from {
				row[3+i] = types.Value{Type: types.String, Str: at(item, f)}
			}
			if err := emit(row); err != nil {
				return err
			}
		}
		return nil
	}, nil
}

func at(fields []string, i int) string {
	if i < len(fields) {
		return fields[i]
	}
	return ""
}

// aliasesPlugin prepares _GetWatchlistAlias.
func (s *Session) aliasesPlugin(_ []sqlgen.Operand, _ any, _, _ types.Schema) (sqlgen.RowFunc, error) {
	return func(_, _ sqlgen.Rows, emit func([]types.Value) error) error {
		if s.source.Watchlists == "" {
			return nil
		}
		files, err := os.ReadDir(s.source.Watchlists)
		if errors.Is(err, fs.ErrNotExist) {
			return nil
		} else if err != nil {
			return &Error{Message: "the folder of watchlists can't be read: " + cause(err)}
		}
		for _, f := range files {
			alias, ok := strings.CutSuffix(f.Name(), ".csv")
			if !ok || f.IsDir() {
				continue
			}
			if err := emit([]types.Value{{Type: types.String, Str: alias}}); err != nil {
				return err
			}
		}
		return nil
	}, nil
}
