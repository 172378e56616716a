package external_test

import (
	"archive/zip"
	"bytes"
	"compress/gzip"
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/goshawk-hunt/goshawk/external"
	"github.com/goshawk-hunt/goshawk/kql/plan"
	"github.com/goshawk-hunt/goshawk/kql/sqlgen"
	"github.com/goshawk-hunt/goshawk/kql/types"
)

// rows runs one externaldata and returns its rows as text, null as "-".
func rows(t *testing.T, s *external.Session, spec *plan.ExternalSpec, out types.Schema) ([]string, error) {
	t.Helper()
	if spec.Properties == nil {
		spec.Properties = map[string]string{}
	}
	d := s.Install(&sqlgen.Dialect{})
	f, err := d.Plugins[external.Name](nil, spec, nil, out)
	if err != nil {
		return nil, err
	}
	var got []string
	err = f(nil, nil, func(row []types.Value) error {
		cells := make([]string, len(row))
		for i, v := range row {
			cells[i] = "-"
			if !v.Null {
				cells[i] = v.Text()
			}
		}
		got = append(got, strings.Join(cells, "|"))
		return nil
	})
	return got, err
}

func schema(t *testing.T, text string) types.Schema {
	t.Helper()
	var s types.Schema
	for _, c := range strings.Fields(text) {
		name, kind, _ := strings.Cut(c, ":")
		typ, ok := types.Parse(kind)
		if !ok {
			t.Fatalf("no type in %q", c)
		}
		s = append(s, types.Column{Name: name, Type: typ})
	}
	return s
}

// mirror makes a mirror folder of files by their paths.
func mirror(t *testing.T, files map[string]string) string {
	t.Helper()
	dir := t.TempDir()
	for name, text := range files {
		path := filepath.Join(dir, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

func zipped(t *testing.T, files ...string) string {
	t.Helper()
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for i := 0; i < len(files); i += 2 {
		w, err := z.Create(files[i])
		if err != nil {
			t.Fatal(err)
		}
		if _, err := w.Write([]byte(files[i+1])); err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func gzipped(t *testing.T, text string) string {
	t.Helper()
	var b bytes.Buffer
	z := gzip.NewWriter(&b)
	if _, err := z.Write([]byte(text)); err != nil {
		t.Fatal(err)
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func TestFormats(t *testing.T) {
	tests := []struct {
		name, file, text string
		columns          string
		format           string
		properties       map[string]string
		want             string
	}{
		{"csv by ending", "a.csv", "x,y\n\"1,5\",2\n3\n", "a:string b:long", "", nil, "x|- / 1,5|2 / 3|-"},
		{"header skipped", "a.csv", "x,y\n1,2\n", "a:int b:real", "csv", map[string]string{"ignoreFirstRecord": "true"}, "1|2"},
		{"byte order mark", "a.csv", "\ufeffx\n", "a:string", "", nil, "x"},
		{"utf-16", "a.txt", "\xff\xfex\x00\n\x00y\x00", "a:string", "", nil, "x / y"},
		{"tsv", "a.tsv", "1\t2\n", "a:long b:long", "", nil, "1|2"},
		{"psv", "a.psv", "1|2\n", "a:long b:long", "", nil, "1|2"},
		{"unknown ending is csv", "list.php", "1,2\n", "a:long b:long", "", nil, "1|2"},
		{"txt", "a.txt", "one, two\r\n\nthree", "a:string b:long", "", nil, "one, two|- / three|-"},
		{"raw", "a.bin", "one\ntwo", "a:string", "raw", nil, "one\ntwo"},
		{"json lines", "a.json", `{"a":1,"b":{"c":2}} {"a":"x"}`, "a:string b:dynamic", "", nil, `1|{"c":2} / x|-`},
		{"multijson array", "a.json", `[{"a":1.0},{"a":true}]`, "a:long", "multijson", nil, "1 / -"},
		{"mapping", "a.json", `{"x":{"y":[5,6]}}`, "b:long a:long", "json",
			map[string]string{"ingestionMapping": `[{"Column":"a","Properties":{"Path":"$.x.y[1]"}}]`}, "-|6"},
		{"record itself", "a.json", `[{"x":1}]`, "d:dynamic", "multijson",
			map[string]string{"ingestionMapping": `[{"column":"d","path":"$"}]`}, `{"x":1}`},
		{"ordinal", "a.csv", "1,2,3\n", "a:long", "csv",
			map[string]string{"ingestionMapping": `[{"Column":"a","Properties":{"Ordinal":2}}]`}, "3"},
		{"types", "a.csv", "true,0x1F,2024-01-02T03:04:05.1234567Z,1.02:00:00,{0E1C7E0D-3F4B-4A57-9C3C-6B4D0C9F6A11},1.50,\"[1, 2]\",text\n",
			"a:bool b:long c:datetime d:timespan e:guid f:decimal g:dynamic h:dynamic", "", nil,
			`true|31|2024-01-02T03:04:05.1234567Z|1.02:00:00|0e1c7e0d-3f4b-4a57-9c3c-6b4d0c9f6a11|1.50|[1,2]|text`},
		{"no values", "a.csv", "x,x,x,x,x,x,\n", "a:bool b:int c:datetime d:timespan e:guid f:decimal g:dynamic", "", nil, "-|-|-|-|-|-|-"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			dir := mirror(t, map[string]string{"host/" + tt.file: tt.text})
			s := external.Source{Mirror: dir}.Session(context.Background())
			spec := &plan.ExternalSpec{URIs: []string{"https://host/" + tt.file}, Format: tt.format, Properties: tt.properties}
			got, err := rows(t, s, spec, schema(t, tt.columns))
			if err != nil {
				t.Fatal(err)
			}
			if text := strings.Join(got, " / "); text != tt.want {
				t.Errorf("got %s, want %s", text, tt.want)
			}
		})
	}
}

func TestPacked(t *testing.T) {
	dir := mirror(t, map[string]string{
		"host/a.csv.gz": gzipped(t, "1\n"),
		"host/b.zip":    zipped(t, "x/b.csv", "2\n", "readme.txt", "no\n"),
	})
	s := external.Source{Mirror: dir}.Session(context.Background())
	spec := &plan.ExternalSpec{URIs: []string{"https://host/a.csv.gz", "https://host/b.zip?sig=secret"}, Properties: map[string]string{"zipPattern": "*.csv"}}
	got, err := rows(t, s, spec, schema(t, "a:long"))
	if err != nil || strings.Join(got, " ") != "1 2" {
		t.Errorf("got %v, %v, want 1 2", got, err)
	}
}

func TestMirrorPath(t *testing.T) {
	for uri, want := range map[string]string{
		"https://host/a%20b/c.csv":          "host/a b/c.csv",
		"https://host:8443/c.csv?x=1#y":     "host/c.csv",
		"https://acc.blob.x/c/d.csv;key==":  "acc.blob.x/c/d.csv",
		"https://host/a/../../../etc/hosts": "host/etc/hosts",
		"https://host/%2e%2e/%2e%2e/x":      "host/x",
		"https://../../x":                   "",
		"https://host/a%5c..%5cb":           "",
		"file.csv":                          "",
		"":                                  "",
	} {
		got, err := external.MirrorPath(uri)
		if got != want || (err == nil) != (want != "") {
			t.Errorf("%s: got %q, %v, want %q", uri, got, err, want)
		}
	}
}

func TestNothingIsReadByDefault(t *testing.T) {
	spec := &plan.ExternalSpec{URIs: []string{"https://host/a.csv"}}
	_, err := rows(t, external.Source{}.Session(context.Background()), spec, schema(t, "a:long"))
	if err == nil || !strings.Contains(err.Error(), "--externaldata") {
		t.Errorf("got %v, want an error that names the flag", err)
	}
	s := external.Source{Dry: true}.Session(context.Background())
	got, err := rows(t, s, spec, schema(t, "a:long"))
	if err != nil || len(got) != 0 || len(s.Warnings()) != 1 {
		t.Errorf("dry run: got %v, %v, %v, want a warning", got, err, s.Warnings())
	}
}

func TestMirrorByNameAlone(t *testing.T) {
	dir := mirror(t, map[string]string{"a.csv": "1\n", "b.csv": "2\n", "host/b.csv": "3\n"})
	s := external.Source{Mirror: dir}.Session(context.Background())
	got, err := rows(t, s, &plan.ExternalSpec{URIs: []string{"https://host/x/a.csv", "https://host/b.csv"}}, schema(t, "a:long"))
	if err != nil || strings.Join(got, " ") != "1 3" || len(s.Warnings()) != 1 {
		t.Errorf("got %v, %v, warnings %v, want 1 3 and a warning", got, err, s.Warnings())
	}
}

func TestMirrorLacks(t *testing.T) {
	outside := mirror(t, map[string]string{"secret.csv": "1\n"})
	dir := mirror(t, map[string]string{"host/x": ""})
	if err := os.Symlink(filepath.Join(outside, "secret.csv"), filepath.Join(dir, "host", "link.csv")); err != nil {
		t.Skip("no symbolic links here")
	}
	for _, uri := range []string{"https://host/none.csv?sig=secret", "https://host/link.csv"} {
		_, err := rows(t, external.Source{Mirror: dir}.Session(context.Background()), &plan.ExternalSpec{URIs: []string{uri}}, schema(t, "a:long"))
		var e *external.Error
		if !errors.As(err, &e) || strings.Contains(err.Error(), "sig=") {
			t.Errorf("%s: got %v, want an error without the secret", uri, err)
		}
	}
}

func TestNet(t *testing.T) {
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path != "/a.csv" {
			http.NotFound(w, r)
			return
		}
		w.Write([]byte("7\n"))
	}))
	defer srv.Close()
	source := external.Source{Net: true, Mirror: t.TempDir()}
	got, err := rows(t, source.Session(context.Background()), &plan.ExternalSpec{URIs: []string{srv.URL + "/a.csv"}}, schema(t, "a:long"))
	if err != nil || strings.Join(got, " ") != "7" {
		t.Errorf("got %v, %v, want 7", got, err)
	}
	for _, uri := range []string{srv.URL + "/none", "file:///etc/hosts", "ftp://host/a"} {
		if _, err := rows(t, external.Source{Net: true}.Session(context.Background()), &plan.ExternalSpec{URIs: []string{uri}}, schema(t, "a:long")); err == nil {
			t.Errorf("%s: want an error", uri)
		}
	}
}

func TestWatchlist(t *testing.T) {
	dir := mirror(t, map[string]string{"vips.csv": "User,SearchKey,Note\nann,a1,x\nbob,b2\n", "bad.csv": ""})
	s := external.Source{Watchlists: dir}.Session(context.Background())
	get := s.Functions()[0]
	for alias, want := range map[string]string{
		"vips": "_DTItemId LastUpdatedTimeUTC SearchKey User Note false",
		"none": "_DTItemId LastUpdatedTimeUTC SearchKey true", "../vips": "_DTItemId LastUpdatedTimeUTC SearchKey true",
	} {
		cols, open := get.Resolve([]types.Value{{Type: types.String, Str: alias}, types.Null(types.Dynamic)})
		got := ""
		for _, c := range cols {
			got += c.Name + " "
		}
		if open {
			got += "true"
		} else {
			got += "false"
		}
		if got != want {
			t.Errorf("%s: got %s, want %s", alias, got, want)
		}
	}
	items := func(alias, keys string) ([]string, error) {
		cols, _ := get.Resolve([]types.Value{{Type: types.String, Str: alias}})
		a, k := types.Value{Type: types.String, Str: alias}, types.Value{Type: types.Dynamic, Str: keys, Null: keys == ""}
		f, err := s.Install(&sqlgen.Dialect{}).Plugins["_GetWatchlist"]([]sqlgen.Operand{{Const: &a}, {Const: &k}}, nil, nil, cols)
		if err != nil {
			return nil, err
		}
		var got []string
		err = f(nil, nil, func(row []types.Value) error {
			got = append(got, row[2].Str+":"+row[3].Str)
			return nil
		})
		return got, err
	}
	if got, err := items("vips", ""); err != nil || strings.Join(got, " ") != "a1:ann b2:bob" {
		t.Errorf("got %v, %v", got, err)
	}
	if got, err := items("vips", `["b2"]`); err != nil || strings.Join(got, " ") != "b2:bob" {
		t.Errorf("by key: got %v, %v", got, err)
	}
	if got, err := items("none", ""); err != nil || len(got) != 0 || len(s.Warnings()) != 1 {
		t.Errorf("a missing list: got %v, %v, warnings %v", got, err, s.Warnings())
	}
	if _, err := items("bad", ""); err == nil {
		t.Error("an empty file is no watchlist, want an error")
	}
}

func FuzzRead(f *testing.F) {
	f.Add("csv", "a,\"b\nc\"\n")
	f.Add("multijson", `[{"a":[1]},2] {"b":null}`)
	f.Add("raw", "\xff\xfe\x00")
	f.Fuzz(func(t *testing.T, format, text string) {
		dir := t.TempDir()
		if err := os.MkdirAll(filepath.Join(dir, "h"), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(dir, "h", "f"), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		s := external.Source{Mirror: dir}.Session(context.Background())
		_, _ = rows(t, s, &plan.ExternalSpec{URIs: []string{"https://h/f"}, Format: format}, schema(t, "a:string b:long c:dynamic"))
	})
}
