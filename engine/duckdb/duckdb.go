// Package duckdb is the embedded engine: one DuckDB file, or memory. It is the
// only package that links DuckDB (cgo).
//
// It speaks to DuckDB's C interface by data chunks: values are read from and
// written to DuckDB's column vectors directly, without database/sql.
package duckdb

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"

	"github.com/duckdb/duckdb-go/mapping"

	"github.com/goshawk-hunt/goshawk/engine"
	"github.com/goshawk-hunt/goshawk/kql/scalar"
	dialect "github.com/goshawk-hunt/goshawk/kql/sqlgen/duckdb"
)

// Options configure an engine. The zero value is the default for a laptop.
type Options struct {
	// Memory is the most memory DuckDB may use before it spills to TempDir, as
	// DuckDB writes it ("4GB"); "" lets DuckDB take 80% of the machine's.
	Memory string
	// FillMemory is the limit in place of Memory while the database is Filling, "" for none
	// of its own: what reads the rows in needs memory at that time.
	FillMemory string
	// Threads is the number of worker threads; 0 means one per core.
	Threads int
	// Filling lets Begin's transactions fill the database by one thread of DuckDB's, until
	// Filled; its configuration is locked only then. Not with Files or Folders.
	Filling bool
	// Freed is how many bytes that DuckDB has freed may stay with the process while the
	// database is Filling; 0 means any number.
	Freed int64
	// Waiting is how many bytes of rows may wait for DuckDB besides two chunks of each
	// table; 0 means none.
	Waiting int64
	// Varied names the string columns whose values hardly repeat, nil none: they are not
	// looked through for repeats when a table that Create makes is stored.
	Varied func(column string) bool
	// ReadOnly opens an existing file without writing to it.
	ReadOnly bool
	// TempDir is where DuckDB spills; "" means beside the file.
	TempDir string
	// Functions stand in for the scalar functions of the same name, such as those that
	// answer from a file of the user.
	Functions []scalar.Function
	// Files and Folders are what SQL may read and write besides: nothing, but for the
	// exports and imports that our own code runs.
	Files, Folders []string
}

// DB is an open engine.
type DB struct {
	db      mapping.Database
	opts    Options
	prelude []string

	filling  atomic.Bool // Options.Filling, until Filled
	attached bool        // the file is attached to a database in memory
	rest     func()      // ends the sweeping of what DuckDB frees while it is filling

	mu     sync.Mutex
	idle   []*conn
	closed bool

	appendersMu sync.Mutex
	appenders   appenders

	tablesMu sync.Mutex
	known    map[string]*table // the catalogue, nil until it was read
	beside   map[string]*table // the tables in memory that stand in for those of the file
}

var _ engine.Engine = (*DB)(nil)

// maxIdle is how many connections are kept for reuse; a connection carries the
// prelude's macros, which cost milliseconds to define.
const maxIdle = 8

// Open opens or creates the database file at path; "" keeps everything in
// memory. SQL that runs in it can't reach files or the network.
func Open(path string, opts Options) (*DB, error) {
	config, err := newConfig(path, opts)
	if err != nil {
		return nil, err
	}
	defer mapping.DestroyConfig(&config)
	d := &DB{opts: opts, prelude: dialect.Prelude(), rest: func() {}}
	d.filling.Store(opts.Filling)
	file := path
	if opts.attaches(path) {
		file = ""
	}
	var msg string
	if mapping.OpenExt(file, &d.db, config, &msg) == mapping.StateError {
		mapping.Close(&d.db)
		return nil, &engine.Error{Op: "open", Message: openFailure(path, clean(msg))}
	}
	c, err := d.connect()
	if err != nil {
		mapping.Close(&d.db)
		return nil, err
	}
	defer d.release(c)
	if err := c.setUp(path, opts); err != nil {
		d.discard(c)
		mapping.Close(&d.db)
		return nil, err
	}
	if opts.Filling && opts.Freed > 0 {
		d.rest = sync.OnceFunc(sweep(opts.Freed))
	}
	return d, nil
}

// setUp does with the first connection what the database needs before others are made.
func (c *conn) setUp(path string, opts Options) error {
	if opts.attaches(path) {
		if err := c.attach(path); err != nil {
			return err
		}
	}
	if err := c.confine(opts); err != nil {
		return err
	}
	if err := errors.Join(c.registerRows(), c.registerFunctions(opts.Functions)); err != nil {
		return err
	}
	return c.prepare()
}

// openFailure words why a file could not be opened; the engine's own words come with
// addresses of its manual.
func openFailure(path, msg string) string {
	if _, holder, ok := strings.Cut(msg, "Conflicting lock is held in "); ok {
		holder, _, _ = strings.Cut(holder, " See also")
		return fmt.Sprintf("%q is in use by another goshawk or program, %s: wait until that has ended", path, strings.TrimRight(holder, ". "))
	}
	return fmt.Sprintf("cannot open the case file %q: %s", path, msg)
}

// newConfig translates the options and closes every way out of the database.
func newConfig(path string, opts Options) (mapping.Config, error) {
	var settings [][2]string
	if opts.TempDir != "" {
		// DuckDB takes no folder any more once external access is off.
		settings = append(settings, [2]string{"temp_directory", opts.TempDir})
	}
	settings = append(settings, [][2]string{
		{"autoinstall_known_extensions", "false"},
		{"autoload_known_extensions", "false"},
		{"allow_community_extensions", "false"},
		{"allow_unsigned_extensions", "false"},
		// A commit above this is written to the tables at once, and not to a log of changes
		// first. Each time the last rows of every table are compressed again, so that small
		// commits had better go into the log.
		{"checkpoint_threshold", "16MB"},
		// Newer compression makes cases smaller; who reads a case is this program.
		{"storage_compatibility_version", "latest"},
		{"zstd_min_string_length", "96"}, // the data of events takes a tenth of its length
	}...)
	if len(opts.Files)+len(opts.Folders) == 0 {
		if !opts.attaches(path) {
			settings = append(settings, [2]string{"enable_external_access", "false"})
		}
		if !opts.Filling {
			settings = append(settings, [2]string{"lock_configuration", "true"})
		}
	}
	memory := opts.Memory
	if opts.Filling && opts.FillMemory != "" {
		memory = opts.FillMemory
	}
	if memory != "" {
		settings = append(settings, [2]string{"memory_limit", memory})
	}
	if opts.Filling {
		// Rows come in by one connection, in order: the other threads would only wait for
		// work, and DuckDB's wait by spinning, which costs as much as the work.
		settings = append(settings, [2]string{"threads", "1"})
	} else if opts.Threads > 0 {
		settings = append(settings, [2]string{"threads", strconv.Itoa(opts.Threads)})
	}
	if opts.ReadOnly && path != "" {
		settings = append(settings, [2]string{"access_mode", "read_only"})
	}
	var config mapping.Config
	if mapping.CreateConfig(&config) == mapping.StateError {
		return config, &engine.Error{Op: "open", Message: "no memory for the configuration"}
	}
	for _, s := range settings {
		if mapping.SetConfig(config, s[0], s[1]) == mapping.StateError {
			mapping.DestroyConfig(&config)
			return config, &engine.Error{Op: "open", Message: fmt.Sprintf("option %s does not accept %q", s[0], s[1])}
		}
	}
	return config, nil
}

// Stored says that all rows are read in: the engine, if it is Filling, has so many threads
// and so much memory, as Options.Memory is written, for what is done with the rows now.
func (d *DB) Stored(ctx context.Context, threads int, memory string) error {
	if !d.filling.Load() {
		return nil
	}
	return d.Exec(ctx, fmt.Sprintf("SET threads = %d; SET memory_limit = %s", threads, dialect.Text(memory)))
}

// Filled ends the time of Options.Filling, if it was given: all threads work from now on.
func (d *DB) Filled(ctx context.Context) error {
	if !d.filling.CompareAndSwap(true, false) {
		return nil
	}
	settings := "RESET threads"
	if d.opts.Threads > 0 {
		settings = fmt.Sprintf("SET threads = %d", d.opts.Threads)
	}
	if d.opts.Memory != "" {
		settings += "; SET memory_limit = " + dialect.Text(d.opts.Memory)
	}
	d.rest()
	return d.Exec(ctx, settings+"; SET lock_configuration = true")
}

// confine closes a database that was opened with a way out to all but that way: DuckDB
// takes lists of paths from SQL only, and only while it is open.
func (c *conn) confine(opts Options) error {
	if len(opts.Files)+len(opts.Folders) == 0 {
		return nil
	}
	return c.exec(context.Background(), "open", "SET allowed_paths = "+list(opts.Files)+"; SET allowed_directories = "+list(opts.Folders)+
		"; SET enable_external_access = false; SET lock_configuration = true")
}

// list writes names as a list of SQL.
func list(names []string) string {
	texts := make([]string, len(names))
	for i, name := range names {
		texts[i] = dialect.Text(name)
	}
	return "[" + strings.Join(texts, ", ") + "]"
}

// Close closes the database. No query may be running.
func (d *DB) Close() error {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.closed {
		return nil
	}
	d.closed = true
	d.rest()
	for _, c := range d.idle {
		c.close()
	}
	d.idle = nil
	mapping.Close(&d.db)
	return nil
}

// acquire returns a connection that no one else uses until release or discard.
func (d *DB) acquire() (*conn, error) {
	d.mu.Lock()
	if d.closed {
		d.mu.Unlock()
		return nil, &engine.Error{Op: "connect", Message: "the case is closed"}
	}
	if n := len(d.idle); n > 0 {
		c := d.idle[n-1]
		d.idle = d.idle[:n-1]
		d.mu.Unlock()
		return c, nil
	}
	d.mu.Unlock()
	c, err := d.connect()
	if err != nil {
		return nil, err
	}
	if err := c.prepare(); err != nil {
		c.close()
		return nil, err
	}
	return c, nil
}

// release gives a connection back.
func (d *DB) release(c *conn) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if c.broken || d.closed || len(d.idle) >= maxIdle {
		c.close()
		return
	}
	d.idle = append(d.idle, c)
}

// discard closes a connection instead of giving it back.
func (d *DB) discard(c *conn) { c.broken = true }

// with runs f on a connection of its own.
func (d *DB) with(ctx context.Context, f func(*conn) error) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	c, err := d.acquire()
	if err != nil {
		return err
	}
	defer d.release(c)
	return f(c)
}

// Exec runs SQL that returns no rows.
func (d *DB) Exec(ctx context.Context, sql string, args ...any) error {
	err := d.with(ctx, func(c *conn) error { return c.exec(ctx, "exec", sql, args...) })
	if changesTables(sql) {
		d.learn("", nil)
	}
	return err
}

// changesTables reports whether a statement may make, change or drop a table.
func changesTables(sql string) bool {
	sql = strings.ToUpper(sql)
	for _, word := range []string{"ALTER", "COMMENT", "CREATE", "DROP"} {
		if strings.Contains(sql, word) {
			return true
		}
	}
	return false
}
