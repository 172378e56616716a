// Package casedir is the case: a folder with one DuckDB file that holds the rows
// of the evidence, what was ingested, and what was not. It wires the readers, the
// normalisation, the engine and the language; package cli is its only user.
//
// Each source of evidence, known by the SHA-256 of its content, is in the case as
// a whole: its rows and its line in the manifest are committed together.
// Start reading at Case, Ingest and Query.
package casedir

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"sync"

	"github.com/goshawk-hunt/goshawk/catalog"
	"github.com/goshawk-hunt/goshawk/engine"
	"github.com/goshawk-hunt/goshawk/engine/duckdb"
	"github.com/goshawk-hunt/goshawk/external"
	"github.com/goshawk-hunt/goshawk/kql/sqlgen"
	dialect "github.com/goshawk-hunt/goshawk/kql/sqlgen/duckdb"
	"github.com/goshawk-hunt/goshawk/kql/types"
	"github.com/goshawk-hunt/goshawk/normalize"
)

// FileName is the name of the case's one data file.
const FileName = "case.duckdb"

// watchlistFolder is the folder of the case with Sentinel's watchlists as CSV files.
const watchlistFolder = "watchlists"

// formatVersion is the layout of the case file. That before, which had all events whole, is
// brought up to it; another one is refused, as this one is by what would not see all rows.
const formatVersion = 3

// readable says whether this version reads a layout; 0 is none yet.
func readable(version int64) bool {
	return version == 0 || version == formatVersion-1 || version == formatVersion
}

// tempDir is where the engine and archives put what does not fit into memory, below the case.
const tempDir = "tmp"

// Options are the limits of a case's engine.
type Options struct {
	Memory  string // of the whole run, see ParseMemory
	Threads int
	TempDir string
	// External says where externaldata may read from. The watchlists are those of the
	// case's folder unless it names another.
	External external.Source
	// Places is a MaxMind file for geo_info_from_ip_address, "" for none.
	Places string
	// Functions are folders with stored functions besides the case's own.
	Functions []string
	// Missing says which tables queries may name though they are not here.
	Missing Missing
	// ReadOnly opens a case that nothing will be written to: others may read it at the same
	// time. A case that must first be finished or brought up to this version is written to
	// for that. What may not be written is opened so in any case.
	ReadOnly bool
	// Upgrading is told before a case of the layout before is brought up to this one, which
	// takes some seconds a gigabyte.
	Upgrading func()

	// What the engine may reach besides, for our own copies.
	files, folders []string
	filling        bool   // evidence is to come
	fillMemory     string // of the engine as long as it does
}

// Case is an open case. Close it.
type Case struct {
	Dir     string // "" for a case in memory
	cat     *catalog.Catalog
	db      *duckdb.DB
	dialect *sqlgen.Dialect
	// external is where a query may read from besides the case.
	external external.Source
	memory   Memory
	places   *external.Places // nil without a file
	answered []string         // the functions that places answers
	missing  Missing
	// upgrading is Options.Upgrading.
	upgrading func()

	mu         sync.Mutex
	tables     map[string]bool // that exist in the engine
	unfinished bool            // an ingestion began and did not end
	readOnly   bool            // the case can't be written to
	remove     string          // a temporary folder to remove on Close
}

// ErrNoCase says that a folder holds no case.
var ErrNoCase = errors.New("no case")

// Open opens the case in dir. With create, a missing case is made; without, a
// missing one is an ErrNoCase.
func Open(ctx context.Context, dir string, create bool, o Options) (*Case, error) {
	file := filepath.Join(dir, FileName)
	if _, err := os.Stat(file); errors.Is(err, fs.ErrNotExist) && !create {
		return nil, fmt.Errorf("%w in %s: it has no %s; goshawk ingest PATH --case %s makes one", ErrNoCase, dir, FileName, dir)
	}
	if info, err := os.Stat(dir); err == nil && !info.IsDir() {
		hint := "name a folder"
		if filepath.Base(dir) == FileName {
			hint = "name its folder: " + filepath.Dir(dir)
		}
		return nil, fmt.Errorf("open the case: %s is a file, a case is a folder; %s", dir, hint)
	}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, fmt.Errorf("make the case folder: %w", err)
	}
	o.filling = create
	may := create || writable(file)
	if o.TempDir == "" && may {
		o.TempDir = filepath.Join(dir, tempDir)
	} else if o.TempDir == "" {
		o.TempDir = os.TempDir()
	}
	o.ReadOnly = !create && (o.ReadOnly || !may)
	c, err := open(ctx, dir, file, o)
	if o.ReadOnly && may && errors.Is(err, errStale) {
		o.ReadOnly = false
		return open(ctx, dir, file, o)
	}
	return c, err
}

// writable says whether the case's file may be written to.
func writable(file string) bool {
	f, err := os.OpenFile(file, os.O_RDWR, 0)
	if err != nil {
		return false
	}
	f.Close()
	return true
}

// errStale says that a case must be written to before it can be read.
var errStale = errors.New("the case must first be brought up to this version of goshawk, and may not be written to: copy its folder to where it may")

// Temporary makes a case in a private folder that Close removes.
func Temporary(ctx context.Context, o Options) (*Case, error) {
	dir, err := os.MkdirTemp("", "goshawk-")
	if err != nil {
		return nil, fmt.Errorf("make a temporary case: %w", err)
	}
	c, err := Open(ctx, dir, true, o)
	if err != nil {
		os.RemoveAll(dir)
		return nil, err
	}
	c.remove = dir
	return c, nil
}

// Empty makes a case in memory: the catalogue's tables without rows.
func Empty(ctx context.Context, o Options) (*Case, error) {
	o.ReadOnly = false
	return open(ctx, "", "", o)
}

func open(ctx context.Context, dir, file string, o Options) (*Case, error) {
	memory, err := ParseMemory(o.Memory)
	if err != nil {
		return nil, err
	}
	o.Memory, o.fillMemory = engineText(memory.Engine), engineText(memory.Filling)
	engine := o.engine()
	engine.Waiting = memory.Go / 3
	engine.Freed = memory.Freed
	var places *external.Places
	var answered []string
	if o.Places != "" {
		if places, err = external.OpenPlaces(o.Places); err != nil {
			return nil, err
		}
		engine.Functions = append(engine.Functions, places.Function())
		answered = append(answered, external.PlaceName)
	}
	db, err := duckdb.Open(file, engine)
	if err != nil {
		return nil, fmt.Errorf("open the case: %w", err)
	}
	c := &Case{Dir: dir, cat: tables(), db: db, external: o.External, memory: memory,
		places: places, answered: answered, missing: o.Missing, tables: map[string]bool{}, readOnly: o.ReadOnly, upgrading: o.Upgrading}
	c.external.Parquet = parquetLines
	if dir != "" {
		if c.external.Watchlists == "" {
			c.external.Watchlists = filepath.Join(dir, watchlistFolder)
		}
	}
	if err := c.addFunctions(dir, o.Functions); err != nil {
		db.Close()
		return nil, err
	}
	if err := c.prepare(ctx); err != nil {
		db.Close()
		return nil, err
	}
	c.dialect = overTables(dialect.New(), c.exists)
	return c, nil
}

// prepare makes the tables that a new case starts with and checks an old one.
func (c *Case) prepare(ctx context.Context) error {
	if c.readOnly {
		return c.prepareReading(ctx)
	}
	err := c.inOne(ctx, func(ctx context.Context, tx engine.Tx) error {
		return tx.Exec(ctx, strings.Join(manifestTables, ";"))
	})
	if err != nil {
		return err
	}
	version, err := c.meta(ctx, "format")
	if err != nil {
		return err
	}
	if !readable(version) {
		return otherVersion(version)
	}
	if err := c.nameSources(ctx); err != nil {
		return err
	}
	known, err := c.db.Tables(ctx)
	if err != nil {
		return err
	}
	for name := range known {
		c.tables[name] = true
	}
	if version != 0 {
		return errors.Join(c.upgrade(ctx, version, known), c.wasInterrupted(ctx))
	}
	return c.inOne(ctx, c.lay)
}

// lay makes what every case has.
func (c *Case) lay(ctx context.Context, tx engine.Tx) error {
	for _, t := range normalize.Tables() {
		if err := tx.Create(ctx, t.Name, t.Stored()); err != nil {
			return err
		}
		c.has([]string{t.Name})
	}
	if err := c.makeViews(ctx, tx); err != nil {
		return err
	}
	return tx.Exec(ctx, metaSQL("format", formatVersion))
}

func otherVersion(version int64) error {
	return fmt.Errorf("the case was made by another version of goshawk (layout %d, this one reads %d): ingest the evidence again into a new case", version, formatVersion)
}

// ensure makes a table of the catalogue if the case has it not yet: most of the
// catalogue is empty in most cases.
func (c *Case) ensure(ctx context.Context, t *catalog.Table) error {
	if c.readOnly || c.exists(t.Name) {
		return nil
	}
	if err := c.db.Create(ctx, t.Name, t.Stored()); err != nil {
		return err
	}
	c.has([]string{t.Name})
	return nil
}

// exists says whether the engine has a table.
func (c *Case) exists(name string) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.tables[name]
}

// has notes tables that the engine has from now on.
func (c *Case) has(names []string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, name := range names {
		c.tables[name] = true
	}
}

// wasInterrupted learns whether the last ingestion did not end.
func (c *Case) wasInterrupted(ctx context.Context) error {
	for _, name := range []string{"unfinished", "pending"} {
		v, err := c.meta(ctx, name)
		if err != nil {
			return err
		}
		c.unfinished = c.unfinished || v != 0
	}
	return nil
}

func (c *Case) setUnfinished(ctx context.Context, yes bool) error {
	value := int64(0)
	if yes {
		value = 1
	}
	err := c.setMeta(ctx, "unfinished", value)
	if err == nil {
		c.unfinished = yes
	}
	return err
}

// Unfinished says that an ingestion was interrupted: the sources that were committed are
// whole, others are missing, and what only the whole case can tell may not be done.
func (c *Case) Unfinished() bool { return c.unfinished }

// Catalog returns the tables that queries may name.
func (c *Case) Catalog() *catalog.Catalog { return c.cat }

// Close closes the case; a temporary one is removed.
func (c *Case) Close() error {
	err := c.db.Close()
	if c.places != nil {
		err = errors.Join(err, c.places.Close())
	}
	if c.remove != "" {
		err = errors.Join(err, os.RemoveAll(c.remove))
	}
	return err
}

// Explained engine queries are rows of plain values; scalar returns the first.
func (c *Case) scalar(ctx context.Context, sql string, t types.Type) (types.Value, error) {
	rows, err := c.sql(ctx, sql, types.Schema{{Name: "v", Type: t}})
	if err != nil || len(rows) == 0 {
		return types.Null(t), err
	}
	return rows[0][0], nil
}
