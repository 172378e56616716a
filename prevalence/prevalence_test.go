package prevalence_test

import (
	"context"
	"errors"
	"strings"
	"testing"

	"github.com/goshawk-hunt/goshawk/kql/plan"
	"github.com/goshawk-hunt/goshawk/kql/sqlgen"
	"github.com/goshawk-hunt/goshawk/kql/types"
	"github.com/goshawk-hunt/goshawk/prevalence"
)

const (
	hashA = "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
	hashB = "bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb"
	hashC = "cccccccccccccccccccccccccccccccccccccccc"
)

// table is a Rows over values in memory.
type table struct {
	schema types.Schema
	rows   [][]types.Value
}

func (t *table) Schema() types.Schema { return t.schema }
func (t *table) Next() ([]types.Value, error) {
	if len(t.rows) == 0 {
		return nil, nil
	}
	row := t.rows[0]
	t.rows = t.rows[1:]
	return row, nil
}

func str(s string) types.Value { return types.Value{Type: types.String, Str: s} }
func long(n int64) types.Value { return types.Value{Type: types.Long, Int: n} }
func ptr[T any](v T) *T        { return &v }

// call runs FileProfile(SHA1, limit) over hashes and returns rows by column name.
func call(t *testing.T, s *prevalence.Session, limit int64, hashes ...string) []map[string]types.Value {
	t.Helper()
	in := types.Schema{{Name: "SHA1", Type: types.String}, {Name: "N", Type: types.Long}}
	out := append(types.Schema(nil), in...)
	spec := &plan.AppendSpec{Sources: []plan.JoinSource{{Name: "SHA1"}, {Name: "N"}}}
	for _, c := range prevalence.FunctionsFor("OrgPrevalence")[0].Columns {
		if c.Name != "SHA1" {
			out = append(out, c)
			spec.Sources = append(spec.Sources, plan.JoinSource{Right: true, Name: c.Name})
		}
	}
	d := s.Install(&sqlgen.Dialect{})
	f, err := d.Plugins[prevalence.Name]([]sqlgen.Operand{{Column: "SHA1"}, {Const: ptr(long(limit))}}, spec, in, out)
	if err != nil {
		t.Fatal(err)
	}
	rows := &table{schema: in}
	for i, h := range hashes {
		rows.rows = append(rows.rows, []types.Value{str(h), long(int64(i))})
	}
	var got []map[string]types.Value
	if err := f(rows, nil, func(row []types.Value) error {
		m := map[string]types.Value{}
		for i, c := range out {
			m[c.Name] = row[i]
		}
		got = append(got, m)
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	return got
}

func TestUnknownIsNeverZero(t *testing.T) {
	s := prevalence.NewSession(nil)
	got := call(t, s, 100, hashA, strings.ToUpper(hashA), "", "not a hash")
	if len(got) != 4 {
		t.Fatalf("%d rows, want all 4", len(got))
	}
	for i, want := range []string{"Missing", "Missing", "", ""} {
		if got[i]["ProfileAvailability"].Str != want {
			t.Errorf("row %d: availability %q, want %q", i, got[i]["ProfileAvailability"].Str, want)
		}
		if !got[i]["GlobalPrevalence"].Null || !got[i]["IsCertificateValid"].Null {
			t.Errorf("row %d: what is unknown is not null: %v", i, got[i])
		}
	}
	if w := strings.Join(s.Warnings(), "\n"); !strings.Contains(w, "1 of 1 files is unknown") || !strings.Contains(w, "2 rows have no hash") {
		t.Errorf("warnings: %s", w)
	}
}

func TestLimitLeavesRowsEmpty(t *testing.T) {
	s := prevalence.NewSession(func(_ string, hashes []string) (map[string]*prevalence.Profile, error) {
		out := map[string]*prevalence.Profile{}
		for _, h := range hashes {
			out[h] = &prevalence.Profile{SHA1: h, World: true, GlobalPrevalence: ptr(int64(7))}
		}
		return out, nil
	})
	got := call(t, s, 2, hashA, hashB, hashC, hashA)
	for i, want := range []string{"Available", "Available", "", "Available"} {
		if got[i]["ProfileAvailability"].Str != want {
			t.Errorf("row %d: %q, want %q", i, got[i]["ProfileAvailability"].Str, want)
		}
	}
	if got[2]["GlobalPrevalence"].Null != true || got[3]["GlobalPrevalence"].Int != 7 {
		t.Error("rows beyond the limit must be empty, the others not")
	}
}

func TestFailedLookupIsAnError(t *testing.T) {
	s := prevalence.NewSession(func(string, []string) (map[string]*prevalence.Profile, error) { return nil, errors.New("down") })
	if got := call(t, s, 10, hashA); got[0]["ProfileAvailability"].Str != "Error" {
		t.Errorf("availability %q, want Error", got[0]["ProfileAvailability"].Str)
	}
}

// caseRows answers the queries of FromCase.
type caseRows struct{ texts []string }

func (c *caseRows) Query(_ context.Context, _, text string) (types.Schema, [][]types.Value, []string, error) {
	c.texts = append(c.texts, text)
	switch {
	case strings.Contains(text, "FileReputation"):
		return types.Schema{{Name: "Key", Type: types.String}, {Name: "GlobalPrevalence", Type: types.Long}, {Name: "Signer", Type: types.String}},
			[][]types.Value{{str(hashA), long(12), str("Example Ltd")}}, nil, nil
	case strings.Contains(text, "DeviceFileCertificateInfo"):
		yes, no := types.Value{Type: types.Bool, Int: 1}, types.Value{Type: types.Bool}
		return types.Schema{{Name: "Key", Type: types.String}, {Name: "IsSigned", Type: types.Bool}, {Name: "IsTrusted", Type: types.Bool}, {Name: "Signer", Type: types.String}},
			[][]types.Value{{str(hashB), yes, no, str("Other")}}, nil, nil
	}
	return types.Schema{{Name: "Key", Type: types.String}, {Name: "Devices", Type: types.Long}, {Name: "SHA1", Type: types.String}},
		[][]types.Value{{str(hashA), long(3), str(hashA)}, {str(hashC), long(1), str(hashC)}}, nil, nil
}

func TestFromCase(t *testing.T) {
	s := prevalence.NewSession(prevalence.FromCase(t.Context(), &caseRows{}))
	got := call(t, s, 10, hashA, hashB, hashC)
	a, b, c := got[0], got[1], got[2]
	if a["ProfileAvailability"].Str != "Available" || a["GlobalPrevalence"].Int != 12 || a["Signer"].Str != "Example Ltd" || a["OrgPrevalence"].Int != 3 {
		t.Errorf("known file: %v", a)
	}
	if b["ProfileAvailability"].Str != "Missing" || b["SignatureState"].Str != "SignedInvalid" || !b["GlobalPrevalence"].Null {
		t.Errorf("file with a signature alone: %v", b)
	}
	if c["OrgPrevalence"].Int != 1 || c["SignatureState"].Str != "" {
		t.Errorf("file of the case alone: %v", c)
	}
}

func TestReadReputation(t *testing.T) {
	for name, text := range map[string]string{
		"csv":   "\ufeffHash,Prevalence,First Seen,Signer,Valid,Note\n" + strings.ToUpper(hashA) + ",\"1,234\",2023-01-02T03:04:05Z,Example,true,x\n,1,,,,\n" + hashB + ",many,,,,\n",
		"json":  `[{"sha1":"` + hashA + `","GlobalPrevalence":1234,"first_seen":"2023-01-02T03:04:05Z","signer":"Example","valid":true},{"prevalence":1},{"sha1":"` + hashB + `","count":"many"}]`,
		"jsonl": `{"sha1":"` + hashA + `","prevalence":1234,"firstSeen":"2023-01-02T03:04:05Z","signer":"Example","valid":"yes"}` + "\n" + `{"x":1}` + "\n" + `{"sha1":"` + hashB + `","prevalence":"many"}`,
	} {
		schema := prevalence.Table().Schema()
		var rows [][]types.Value
		stats, err := prevalence.Read(strings.NewReader(text), func(row []types.Value) error {
			rows = append(rows, append([]types.Value(nil), row...))
			return nil
		})
		if err != nil || stats.Read != 2 || stats.NoHash != 1 || stats.Problem != 1 {
			t.Errorf("%s: %+v, %v", name, stats, err)
			continue
		}
		get := func(c string) types.Value { return rows[0][schema.Index(c)] }
		if get("SHA1").Str != hashA || get("GlobalPrevalence").Int != 1234 || get("Signer").Str != "Example" || get("IsCertificateValid").Int != 1 ||
			types.FormatDateTime(get("GlobalFirstSeen").Int) != "2023-01-02T03:04:05.0000000Z" {
			t.Errorf("%s: %v", name, rows[0])
		}
		if !rows[1][schema.Index("GlobalPrevalence")].Null {
			t.Errorf("%s: an unreadable prevalence is not null", name)
		}
	}
	for _, bad := range []string{"", "a,b\n1,2\n", "[{"} {
		if _, err := prevalence.Read(strings.NewReader(bad), func([]types.Value) error { return nil }); err == nil {
			t.Errorf("%q: no error", bad)
		}
	}
}

func TestFunctionsKeepTheDocumentedColumns(t *testing.T) {
	if n := len(prevalence.Functions()[0].Columns); n != 18 {
		t.Errorf("%d columns, want the 18 documented ones", n)
	}
	if cols := prevalence.FunctionsFor("| project OrgPrevalence")[0].Columns; cols[len(cols)-1].Name != "OrgPrevalence" {
		t.Error("OrgPrevalence is absent though the query names it")
	}
}

func FuzzRead(f *testing.F) {
	f.Add([]byte("sha1,prevalence\n" + hashA + ",1\n"))
	f.Add([]byte(`[{"sha1":"` + hashA + `"}]`))
	f.Fuzz(func(t *testing.T, b []byte) {
		_, _ = prevalence.Read(strings.NewReader(string(b)), func(row []types.Value) error { return nil })
	})
}
