// Package external reads the data that a query names by address: the files of
// externaldata and the watchlists of the case.
//
// Nothing is reached unless the user says so. A mirror folder serves an address
// https://host/a/b.csv from the file DIR/host/a/b.csv, or else from DIR/b.csv, with a
// warning; the query and the fragment of an address, and what follows a semicolon (a
// storage key), are not part of the name.
// Files are the attacker's as much as the evidence is: they are read within bounds,
// and no path leads out of the folder.
//
// Source: the externaldata and data formats pages of the Kusto documentation.
package external

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"os"
	"strings"
	"time"

	"github.com/goshawk-hunt/goshawk/kql/plan"
	"github.com/goshawk-hunt/goshawk/kql/sqlgen"
	"github.com/goshawk-hunt/goshawk/kql/types"
)

// Name is the operator's name in a plan.
const Name = "externaldata"

// Source says where addresses may be read from. The zero value reaches nothing.
type Source struct {
	// Mirror is a folder with copies of files by their addresses, "" for none.
	Mirror string
	// Net allows to fetch, over http and https, what the mirror does not have.
	Net bool
	// Dry gives every address no rows, and a warning: for runs without data.
	Dry bool
	// Client fetches; nil is a client with a time limit.
	Client *http.Client
	// Watchlists is the folder with the case's watchlists, "" for none.
	Watchlists string
	// Tables are the user's.
	Tables []Table
	// Parquet turns a Parquet file into JSON objects, one a line; nil reads none.
	Parquet func(ctx context.Context, data []byte) ([]byte, error)
}

// Error says that an address could not be read.
type Error struct {
	Address string
	Message string
	Hint    string
}

func (e *Error) Error() string {
	if e.Address == "" {
		return e.Message
	}
	return fmt.Sprintf("externaldata %s: %s", e.Address, e.Message)
}

// Session answers the calls of one query. It is for one query at a time.
type Session struct {
	ctx      context.Context
	source   Source
	warnings []string
	lists    map[string]*watchlist
}

// Session starts to answer a query.
func (s Source) Session(ctx context.Context) *Session {
	return &Session{ctx: ctx, source: s, lists: map[string]*watchlist{}}
}

// Install returns a copy of the dialect that reads outside data by this session.
func (s *Session) Install(d *sqlgen.Dialect) *sqlgen.Dialect {
	out := *d
	out.Plugins = maps.Clone(d.Plugins)
	if out.Plugins == nil {
		out.Plugins = map[string]sqlgen.PluginFunc{}
	}
	out.Plugins[Name] = s.plugin
	out.Plugins[watchlistName] = s.watchlistPlugin
	out.Plugins[aliasesName] = s.aliasesPlugin
	out.Plugins[seenByName] = s.seenByPlugin
	for i := range s.source.Tables {
		out.Plugins[s.source.Tables[i].Name] = s.source.Tables[i].plugin
	}
	return &out
}

// Warnings says in sentences what was not read, after the query has run.
func (s *Session) Warnings() []string { return s.warnings }

func (s *Session) warn(format string, args ...any) {
	w := fmt.Sprintf(format, args...)
	for _, old := range s.warnings {
		if old == w {
			return
		}
	}
	s.warnings = append(s.warnings, w)
}

// errOff is why nothing is read by default.
var errOff = errors.New("reading data from outside is off; --externaldata DIR serves addresses from a folder (DIR/host/path), --allow-net fetches them")

// plugin prepares one externaldata.
func (s *Session) plugin(_ []sqlgen.Operand, spec any, _, out types.Schema) (sqlgen.RowFunc, error) {
	e, ok := spec.(*plan.ExternalSpec)
	if !ok {
		return nil, errors.New("expected addresses and properties")
	}
	if s.source.Mirror == "" && !s.source.Net && !s.source.Dry {
		return nil, errOff
	}
	formats := make([]string, len(e.URIs))
	for i, uri := range e.URIs {
		name, known := formatOf(e.Format, uri)
		if !known {
			return nil, fmt.Errorf("the format '%s' is not read, expected one of %s", name, strings.Join(formatNames, ", "))
		}
		formats[i] = name
	}
	return func(_, _ sqlgen.Rows, emit func([]types.Value) error) error {
		for i, uri := range e.URIs {
			if err := s.read(uri, formats[i], e, out, emit); err != nil {
				return err
			}
		}
		return nil
	}, nil
}

// read gives out the rows of one address.
func (s *Session) read(uri, format string, e *plan.ExternalSpec, out types.Schema, emit func([]types.Value) error) error {
	shown := bare(uri)
	if s.source.Dry {
		s.warn("externaldata %s was not read: without a case all tables are empty (--externaldata DIR serves it, --allow-net fetches it)", shown)
		return nil
	}
	files, err := s.open(uri, e.Properties["zipPattern"])
	if err != nil {
		return err
	}
	parquet := format == formatParquet
	if parquet {
		format = "multijson"
	}
	for _, data := range files {
		if parquet {
			if s.source.Parquet == nil {
				return &Error{Address: shown, Message: "nothing here reads Parquet"}
			}
			if data, err = s.source.Parquet(s.ctx, data); err != nil {
				return &Error{Address: shown, Message: "no Parquet file that can be read: " + err.Error()}
			}
		}
		r := reader{format: format, schema: out, skip: isTrue(e.Properties["ignoreFirstRecord"]), emit: emit}
		if err := r.mapping(e.Properties); err != nil {
			return &Error{Address: shown, Message: err.Error()}
		}
		if err := r.read(data); err != nil {
			var stopped *emitError
			if errors.As(err, &stopped) {
				return stopped.error
			}
			return &Error{Address: shown, Message: err.Error()}
		}
	}
	return nil
}

// open returns the contents of one address.
func (s *Session) open(uri, zipPattern string) ([][]byte, error) {
	data, err := s.fetch(uri)
	if err != nil {
		return nil, err
	}
	files, err := unpack(data, zipPattern)
	if err != nil {
		return nil, &Error{Address: bare(uri), Message: err.Error()}
	}
	return files, nil
}

// fetch returns the bytes behind an address: of the mirror, else of the net.
func (s *Session) fetch(uri string) ([]byte, error) {
	shown := bare(uri)
	if s.source.Mirror != "" {
		data, path, err := fromMirror(s.source.Mirror, uri)
		switch {
		case err == nil:
			if !strings.Contains(path, "/") {
				s.warn("externaldata %s was served by the file %s, which has its name alone", shown, path)
			}
			return data, nil
		case errors.Is(err, os.ErrNotExist) && s.source.Net:
		case errors.Is(err, os.ErrNotExist):
			return nil, &Error{Address: shown, Message: "the mirror has no file " + path,
				Hint: "copy the data to that place in the folder of --externaldata, or allow to fetch it with --allow-net"}
		default:
			return nil, &Error{Address: shown, Message: err.Error()}
		}
	}
	client := s.source.Client
	if client == nil {
		client = &http.Client{Timeout: fetchTime}
	}
	data, err := fromNet(s.ctx, client, uri)
	if err != nil {
		return nil, &Error{Address: shown, Message: err.Error()}
	}
	return data, nil
}

// fetchTime bounds one fetch.
const fetchTime = time.Minute

func isTrue(s string) bool { return strings.EqualFold(s, "true") }
