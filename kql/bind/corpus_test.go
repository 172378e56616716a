package bind_test

import (
	"bufio"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"sort"
	"strings"
	"testing"

	"github.com/goshawk-hunt/goshawk/internal/golden"
	"github.com/goshawk-hunt/goshawk/kql/bind"
	"github.com/goshawk-hunt/goshawk/kql/plan"
	"github.com/goshawk-hunt/goshawk/kql/syntax"
	"github.com/goshawk-hunt/goshawk/kql/types"
	"github.com/goshawk-hunt/goshawk/source"
)

// schemas is a Catalog of tables.
type schemas struct {
	tables map[string]types.Schema
	names  []string
}

func (s *schemas) Table(name string) (types.Schema, bool) { t, ok := s.tables[name]; return t, ok }
func (s *schemas) TableNames() []string                   { return s.names }
func (s *schemas) Function(string) (string, bool)         { return "", false }
func (s *schemas) FunctionNames() []string                { return nil }

// oracleSchemas are the tables that the oracle knew: Sentinel's with Defender's on top.
func oracleSchemas(t testing.TB) *schemas {
	f, err := os.Open(filepath.Join(golden.Shared(t), "oracle", "environments.json"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	s := &schemas{tables: map[string]types.Schema{}}
	dec := json.NewDecoder(bufio.NewReader(f))
	byEnv := map[string]map[string]types.Schema{}
	expect := func(want json.Delim) {
		if tok, err := dec.Token(); err != nil || tok != want {
			t.Fatalf("environments.json: got %v, want %v", tok, want)
		}
	}
	// columns keep the order of the file, so it is read token by token
	expect('{')
	for dec.More() {
		env, _ := dec.Token()
		expect('{')
		for dec.More() {
			section, _ := dec.Token()
			if section != "tables" {
				var skip any
				if err := dec.Decode(&skip); err != nil {
					t.Fatal(err)
				}
				continue
			}
			byEnv[env.(string)] = readTables(t, dec, expect)
		}
		expect('}')
	}
	for name, cols := range byEnv["sentinel"] {
		s.tables[name] = cols
	}
	for name, cols := range byEnv["m365"] {
		merged := append(types.Schema(nil), s.tables[name]...)
		for _, c := range cols {
			if i := merged.Index(c.Name); i >= 0 {
				merged[i].Type = c.Type
			} else {
				merged = append(merged, c)
			}
		}
		s.tables[name] = merged
	}
	for name := range s.tables {
		s.names = append(s.names, name)
	}
	sort.Strings(s.names)
	return s
}

func readTables(t testing.TB, dec *json.Decoder, expect func(json.Delim)) map[string]types.Schema {
	tables := map[string]types.Schema{}
	expect('{')
	for dec.More() {
		name, _ := dec.Token()
		expect('{')
		var cols types.Schema
		for dec.More() {
			column, _ := dec.Token()
			typ, _ := dec.Token()
			kind, ok := types.Parse(typ.(string))
			if !ok {
				t.Fatalf("unknown type %v", typ)
			}
			cols = append(cols, types.Column{Name: column.(string), Type: kind})
		}
		expect('}')
		tables[name.(string)] = cols
	}
	expect('}')
	return tables
}

// oracleFunctions are the tabular functions that the oracle knew.
func oracleFunctions() []bind.TableFunction {
	str := func(s string) *types.Value { return &types.Value{Type: types.String, Str: s} }
	col := func(name string, t types.Type) types.Column { return types.Column{Name: name, Type: t} }
	num := &types.Value{Type: types.Long, Int: 100}
	null := types.Null(types.DateTime)
	nullDynamic := types.Null(types.Dynamic)
	return []bind.TableFunction{
		{
			Name: "FileProfile",
			Params: []bind.TableParam{
				{Name: "x", Type: types.String, Column: true, Default: str("SHA1")},
				{Name: "y", Type: types.Long, Default: num},
			},
			Columns: types.Schema{
				col("FileSize", types.Long), col("GlobalPrevalence", types.Long), col("GlobalFirstSeen", types.DateTime),
				col("GlobalLastSeen", types.DateTime), col("Signer", types.String), col("Issuer", types.String),
				col("SignerHash", types.String), col("IsCertificateValid", types.Bool), col("IsRootSignerMicrosoft", types.Bool),
				col("SignatureState", types.String), col("IsExecutable", types.Bool), col("ThreatName", types.String),
				col("Publisher", types.String), col("SoftwareName", types.String), col("ProfileAvailability", types.String),
			},
		},
		{
			Name: "DeviceFromIP", Columns: types.Schema{col("IP", types.String), col("DeviceId", types.String)},
			Params: []bind.TableParam{{Name: "x", Type: types.String, Default: str("IPAddress")}, {Name: "y", Type: types.DateTime, Default: &null}},
		},
		{Name: "SeenBy", Columns: types.Schema{col("SeenBy", types.Dynamic)}},
		{
			Name: "AssignedIPAddresses", Source: true,
			Params: []bind.TableParam{{Name: "x", Type: types.String}, {Name: "y", Type: types.DateTime, Default: &null}},
			Columns: types.Schema{
				col("Timestamp", types.DateTime), col("IPAddress", types.String), col("IPType", types.String),
				col("NetworkAdapterType", types.String), col("ConnectedNetworks", types.String),
			},
		},
		{
			Name: "_GetWatchlist", Source: true,
			Params: []bind.TableParam{{Name: "watchlistAlias", Type: types.String}, {Name: "keys", Type: types.Dynamic, Default: &nullDynamic}},
			Columns: types.Schema{
				col("_DTItemId", types.String), col("LastUpdatedTimeUTC", types.DateTime), col("SearchKey", types.String), col("WatchlistItem", types.Dynamic),
			},
		},
	}
}

type corpusQuery struct {
	ID, Query  string
	Endpoint   bool
	Binds      bool
	BindErrors []string `json:"bind_errors"`
	Result     *struct {
		Columns [][2]string
		Open    bool
	}
}

func readLines[T any](t testing.TB, path ...string) []T {
	f, err := os.Open(filepath.Join(append([]string{golden.Shared(t)}, path...)...))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	sc := bufio.NewScanner(f)
	sc.Buffer(nil, 64<<20)
	var list []T
	for sc.Scan() {
		var q T
		if err := json.Unmarshal(sc.Bytes(), &q); err != nil {
			t.Fatal(err)
		}
		list = append(list, q)
	}
	return list
}

// now is the clock of the tests: 2024-06-01.
const now = 638527968000000000

func bindText(text string, o bind.Options) (*plan.Query, *source.Diagnostics) {
	file := source.NewFile("query", text)
	script, diags := syntax.Parse(file)
	all := &source.Diagnostics{File: file, List: diags}
	if all.HasErrors() {
		return nil, all
	}
	q, more := bind.Bind(file, script, o)
	all.List = append(all.List, more...)
	return q, all
}

// TestCorpus binds every query of the corpus and compares result columns with
// Microsoft's binder. LIST=file writes what differs.
func TestCorpus(t *testing.T) {
	catalog := oracleSchemas(t)
	o := bind.Options{Catalog: catalog, Functions: oracleFunctions(), Now: now, Empty: func(string) bool { return true }}
	var list strings.Builder
	var total, bound, typed, same, endpoint, endpointBound, refused, shouldRefuse int
	for _, q := range readLines[corpusQuery](t, "corpus", "queries.jsonl") {
		got, diags := bindText(q.Query, o)
		if !q.Binds {
			if q.Result != nil && len(q.BindErrors) > 0 {
				shouldRefuse++
				if got == nil {
					refused++
				} else if os.Getenv("LIST") != "" {
					fmt.Fprintf(&list, "ACCEPTED %s %v\n", q.ID, q.BindErrors[:min(2, len(q.BindErrors))])
				}
			}
			continue
		}
		total++
		if q.Endpoint {
			endpoint++
		}
		if got == nil {
			first := diags.List[0]
			for _, d := range diags.List {
				if d.Severity == source.Error {
					first = d
					break
				}
			}
			fmt.Fprintf(&list, "REFUSED %s %v %s: %s\n", q.ID, q.Endpoint, first.Code, first.Message)
			continue
		}
		bound++
		if err := plan.Check(got); err != nil {
			t.Errorf("%s: %v", q.ID, err)
		}
		if q.Endpoint {
			endpointBound++
		}
		if q.Result == nil || q.Result.Open || q.Result.Columns == nil {
			continue
		}
		unknown := false
		var want []string
		for _, c := range q.Result.Columns {
			unknown = unknown || c[1] == "unknown"
			want = append(want, c[0]+":"+c[1])
		}
		if unknown {
			continue
		}
		typed++
		var have []string
		for _, c := range got.Results[0].Root.Schema() {
			have = append(have, c.Name+":"+c.Type.String())
		}
		if strings.Join(have, ", ") == strings.Join(want, ", ") {
			same++
			continue
		}
		fmt.Fprintf(&list, "DIFFERS %s %v\n  want %s\n  have %s\n", q.ID, q.Endpoint, minus(want, have), minus(have, want))
	}
	t.Logf("bound %d of %d (endpoint %d of %d), columns equal %d of %d, refused %d of %d that Microsoft's binder refuses",
		bound, total, endpointBound, endpoint, same, typed, refused, shouldRefuse)
	if path := os.Getenv("LIST"); path != "" {
		if err := os.WriteFile(path, []byte(list.String()), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	if bound*100 < total*minBound || same*100 < typed*minSame {
		t.Errorf("fewer than %d%% bind or fewer than %d%% have the same columns; LIST=file shows which", minBound, minSame)
	}
}

// The least shares of the corpus that must bind and have the oracle's columns.
const (
	minBound = 98
	minSame  = 99
)

// minus shows where two lists begin to differ.
func minus(a, b []string) string {
	i := 0
	for i < len(a) && i < len(b) && a[i] == b[i] {
		i++
	}
	return fmt.Sprintf("[%d of %d] %s", i, len(a), strings.Join(a[i:min(len(a), i+6)], ", "))
}
