package casedir

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/goshawk-hunt/goshawk/engine/duckdb"
)

// A reputation file says the same in every form.
func TestReputationForms(t *testing.T) {
	dir := t.TempDir()
	sum := strings.Repeat("0aB1", 10)
	csv := write(t, dir, "r.csv", "SHA1,GlobalPrevalence,GlobalFirstSeen,Signer,IsCertificateValid\n"+sum+",1234567890123,2024-05-01T10:00:00.5Z,\"Example, Inc.\",true\n,5,,,\n")
	json := write(t, dir, "r.json", `[{"sha1":"`+sum+`","prevalence":1234567890123,"first_seen":"2024-05-01T10:00:00.5Z","Signer":"Example, Inc.","IsCertificateValid":true},{"prevalence":5}]`)
	parquet := filepath.Join(dir, "r.parquet")
	db, err := duckdb.Open("", duckdb.Options{Folders: []string{dir}})
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	err = db.Exec(t.Context(), `COPY (SELECT unhex('`+strings.ToUpper(sum)+`') AS sha1, 1234567890123 AS prevalence, TIMESTAMP_NS '2024-05-01 10:00:00.5' AS "First Seen",
		'Example, Inc.' AS "Signer", true AS "IsCertificateValid", [1, 2] AS "Something else" UNION ALL SELECT NULL, 5, NULL, NULL, NULL, NULL) TO '`+parquet+`' (FORMAT parquet)`)
	if err != nil {
		t.Fatal(err)
	}
	c := openCase(t, filepath.Join(dir, "case"))
	for _, path := range []string{csv, json, parquet} {
		stats, err := c.LoadReputation(t.Context(), path)
		if err != nil || stats.Read != 1 || stats.NoHash != 1 || stats.Problem != 0 {
			t.Errorf("%s: %+v %v", path, stats, err)
		}
		rows, err := c.sql(t.Context(), `SELECT SHA1 || ' ' || GlobalPrevalence || ' ' || GlobalFirstSeen || ' ' || Signer || ' ' || IsCertificateValid FROM FileReputation`, columns("v:string"))
		if err != nil || len(rows) != 1 {
			t.Fatal(rows, err)
		}
		if got, want := rows[0][0].Str, strings.ToLower(sum)+" 1234567890123 638501544005000000 Example, Inc. true"; got != want {
			t.Errorf("%s: %s, want %s", filepath.Base(path), got, want)
		}
	}
	// What can't be read leaves what was known.
	torn, err := os.ReadFile(parquet)
	if err != nil {
		t.Fatal(err)
	}
	for name, content := range map[string]string{"torn.parquet": string(torn[:len(torn)/2]), "none.csv": "name,size\na,1\n", "empty.csv": ""} {
		if _, err := c.LoadReputation(t.Context(), write(t, dir, name, content)); err == nil {
			t.Errorf("%s was read", name)
		}
	}
	if got := count(t, c, "FileReputation"); got != 1 {
		t.Errorf("%d entries, want 1", got)
	}
}
