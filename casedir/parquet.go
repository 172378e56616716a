package casedir

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"math"
	"os"
	"path/filepath"
	"strings"

	"github.com/goshawk-hunt/goshawk/engine/duckdb"
	"github.com/goshawk-hunt/goshawk/evidence"
	"github.com/goshawk-hunt/goshawk/kql/sqlgen"
	"github.com/goshawk-hunt/goshawk/kql/types"
)

// ParquetReader is the evidence.Reader of exports as Parquet. It stands here and not
// with the other readers because the engine reads the file: one of its own, which may
// read that file and nothing else.
type ParquetReader struct{}

// parquetMemory bounds what the engine takes for a file.
const parquetMemory = "512MB"

// Format is "parquet".
func (ParquetReader) Format() string { return "parquet" }

// Detect recognises the magic at the start, which the engine wants at the end too.
func (ParquetReader) Detect(head []byte) bool { return bytes.HasPrefix(head, []byte("PAR1")) }

// Read emits each row, with its number from 1 as offset.
func (ParquetReader) Read(ctx context.Context, in evidence.Input, sink evidence.Sink) error {
	file, remove, err := onDisk(in)
	if err != nil {
		return err
	}
	defer remove()
	db, err := duckdb.Open("", duckdb.Options{Memory: parquetMemory, Threads: 1, Files: []string{file}})
	if err != nil {
		return err
	}
	defer db.Close()
	p := &parquetFile{db: db, in: in, sink: sink, from: " FROM read_parquet(" + quote(file) + ", hive_partitioning = false)"}
	if err := p.describe(ctx, file); err == nil {
		err = p.rows(ctx)
		if err == nil || ctx.Err() != nil || errors.Is(err, errSink) {
			return err
		}
		p.damage(fmt.Sprintf("rows from %d on could not be read: %v", p.row+1, err))
	} else if ctx.Err() == nil {
		p.damage(fmt.Sprintf("no Parquet file that can be read: %v", err))
	}
	return ctx.Err()
}

// errSink marks an error of the sink, which stops the reader.
var errSink = errors.New("refused by the sink")

// onDisk gives the path of the input. It is copied if it has none, or one that the engine
// would take for a pattern.
func onDisk(in evidence.Input) (path string, remove func(), err error) {
	if of, ok := in.ReaderAt.(interface{ File() *os.File }); ok && of.File() != nil {
		if path, err = filepath.Abs(of.File().Name()); err != nil || !strings.ContainsAny(path, "*?[{") {
			return path, func() {}, err
		}
	}
	f, err := os.CreateTemp("", "goshawk-*.parquet")
	if err != nil {
		return "", nil, err
	}
	remove = func() { os.Remove(f.Name()) }
	_, err = io.Copy(f, io.NewSectionReader(in, 0, in.Size))
	if closeErr := f.Close(); err == nil {
		err = closeErr
	}
	if err != nil {
		remove()
	}
	return f.Name(), remove, err
}

// parquetFile is one file being read.
type parquetFile struct {
	db    *duckdb.DB
	in    evidence.Input
	sink  evidence.Sink
	from  string
	table string // that the file names, "" if none
	names []string
	items []string // SQL of each column
	types types.Schema
	kinds []evidence.ValueKind
	total int64
	row   int64
}

func (p *parquetFile) damage(reason string) {
	p.sink.Damage(evidence.Damage{Path: p.in.Path, Offset: p.row + 1, Reason: reason})
}

func (p *parquetFile) query(ctx context.Context, sql string, schema types.Schema, each func(sqlgen.Rows) error) error {
	return p.db.Run(ctx, &sqlgen.Program{Results: []sqlgen.Select{{SQL: sql, Schema: schema}}}, func(_ sqlgen.Select, rows sqlgen.Rows) error { return each(rows) })
}

// describe learns the columns and how to read them without loss.
func (p *parquetFile) describe(ctx context.Context, file string) error {
	err := p.query(ctx, "SELECT column_name, column_type FROM (DESCRIBE SELECT *"+p.from+")", columns("name:string type:string"), func(rows sqlgen.Rows) error {
		list, err := Collect(rows)
		for i, r := range list {
			sql, typ, kind := parquetColumn(ident(r[0].Str), r[1].Str)
			p.names, p.items, p.kinds = append(p.names, r[0].Str), append(p.items, sql), append(p.kinds, kind)
			p.types = append(p.types, types.Column{Name: fmt.Sprint("c", i), Type: typ})
		}
		return err
	})
	if err != nil {
		return err
	}
	err = p.query(ctx, fmt.Sprintf("SELECT coalesce(min(CAST(value AS VARCHAR)), '') FROM parquet_kv_metadata(%s) WHERE CAST(key AS VARCHAR) = '%s'", quote(file), tableMark),
		columns("table:string"), func(rows sqlgen.Rows) error {
			list, err := Collect(rows)
			if err == nil && len(list) == 1 {
				p.table = list[0][0].Str
			}
			return err
		})
	if err != nil {
		return err
	}
	return p.query(ctx, "SELECT CAST(coalesce(sum(num_rows), 0) AS BIGINT), (SELECT coalesce(string_agg(name, ', '), '') FROM parquet_schema("+quote(file)+") WHERE type = 'INT96') FROM parquet_file_metadata("+quote(file)+")",
		columns("rows:long old:string"), func(rows sqlgen.Rows) error {
			list, err := Collect(rows)
			if err == nil && len(list) == 1 {
				p.total = list[0][0].Int
				if old := list[0][1].Str; old != "" {
					p.damage("times of 96 bits are read to the microsecond: columns " + old)
				}
			}
			return err
		})
}

// parquetColumn is the SQL that gives a column of a type, the type that it has then, and
// the kind of value that it makes.
func parquetColumn(column, sqlType string) (string, types.Type, evidence.ValueKind) {
	ticks := func(of string) (string, types.Type, evidence.ValueKind) {
		return fmt.Sprintf("CASE WHEN isfinite(%s) THEN %s + %d END", column, of, int64(evidence.UnixEpoch)), types.DateTime, evidence.Time
	}
	switch sqlType {
	case "BOOLEAN":
		return column, types.Bool, evidence.Bool
	case "TINYINT", "SMALLINT", "INTEGER", "BIGINT", "UTINYINT", "USMALLINT", "UINTEGER":
		return "CAST(" + column + " AS BIGINT)", types.Long, evidence.Int
	case "FLOAT", "DOUBLE":
		return "CAST(" + column + " AS DOUBLE)", types.Real, evidence.Real
	case "TIMESTAMP_NS":
		return ticks("epoch_ns(" + column + ") // 100")
	case "TIMESTAMP", "TIMESTAMP_S", "TIMESTAMP_MS", "TIMESTAMP WITH TIME ZONE":
		return ticks("epoch_us(" + column + ") * 10")
	case "DATE":
		return ticks("epoch_us(CAST(" + column + " AS TIMESTAMP)) * 10")
	case "BLOB":
		return "hex(" + column + ")", types.String, evidence.String
	}
	if strings.HasPrefix(sqlType, "STRUCT") || strings.HasPrefix(sqlType, "MAP") || strings.HasSuffix(sqlType, "[]") {
		return "CAST(to_json(" + column + ") AS VARCHAR)", types.Dynamic, evidence.JSON
	}
	// Text is dynamic here because the engine's strings are never null, and a null of the
	// file is not an empty text.
	return "CAST(" + column + " AS VARCHAR)", types.Dynamic, evidence.String
}

// rows emits all rows.
func (p *parquetFile) rows(ctx context.Context) error {
	if len(p.items) == 0 {
		return nil
	}
	fields := make([]evidence.Field, len(p.names))
	record := evidence.Record{Kind: evidence.KindRow, Path: p.in.Path, Shape: "parquet"}
	record.Row.Table = p.table
	return p.query(ctx, "SELECT "+strings.Join(p.items, ", ")+p.from, p.types, func(rows sqlgen.Rows) error {
		for {
			row, err := rows.Next()
			if row == nil || err != nil {
				p.sink.Progress(p.in.Size)
				return err
			}
			for i := range row {
				fields[i] = evidence.Field{Name: p.names[i], Value: parquetValue(&row[i], p.kinds[i])}
			}
			p.row++
			record.Offset, record.Row.Fields = p.row, fields
			if err := p.sink.Record(&record); err != nil {
				return fmt.Errorf("%w: %w", errSink, err)
			}
			if p.row%1024 == 0 && p.total > 0 {
				p.sink.Progress(min(p.in.Size, int64(float64(p.in.Size)*float64(p.row)/float64(p.total))))
			}
		}
	})
}

func parquetValue(v *types.Value, kind evidence.ValueKind) evidence.Value {
	switch {
	case v.Null:
		return evidence.Value{}
	case kind == evidence.Real:
		return evidence.Value{Kind: kind, Num: math.Float64bits(v.Real)}
	}
	return evidence.Value{Kind: kind, Num: uint64(v.Int), Str: v.Str}
}

// maxParquetText bounds the rows of one Parquet file of externaldata as text.
const maxParquetText = 512 << 20

// parquetLines turns a Parquet file into JSON objects, one a line, for externaldata.
func parquetLines(ctx context.Context, data []byte) ([]byte, error) {
	in := evidence.Input{ReaderAt: bytes.NewReader(data), Size: int64(len(data))}
	file, remove, err := onDisk(in)
	if err != nil {
		return nil, err
	}
	defer remove()
	db, err := duckdb.Open("", duckdb.Options{Memory: parquetMemory, Threads: 1, Files: []string{file}})
	if err != nil {
		return nil, err
	}
	defer db.Close()
	p := &parquetFile{db: db}
	var lines bytes.Buffer
	err = p.query(ctx, "SELECT CAST(to_json(t) AS VARCHAR) FROM read_parquet("+quote(file)+") AS t", columns("row:string"), func(rows sqlgen.Rows) error {
		for {
			row, err := rows.Next()
			if row == nil || err != nil {
				return err
			}
			if lines.Len()+len(row[0].Str) > maxParquetText {
				return fmt.Errorf("its rows are more than %d MB as text", maxParquetText>>20)
			}
			lines.WriteString(row[0].Str)
			lines.WriteByte('\n')
		}
	})
	return lines.Bytes(), err
}
