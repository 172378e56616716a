package casedir

import (
	"os"
	"testing"

	"github.com/goshawk-hunt/goshawk/evidence/evidencetest"
)

// FuzzParquet reads any bytes as Parquet: the engine does the reading, and must neither
// fall over nor grow.
func FuzzParquet(f *testing.F) {
	for _, query := range []string{
		"SELECT 'a' AS DeviceName, 1 AS ReportId",
		"SELECT TIMESTAMP '2024-05-01 10:00:00' AS Timestamp, true AS b, 1.5 AS d, DATE '2024-05-01' AS e, {'a': [1, NULL]} AS s, MAP {'k': 'v'} AS m, 'x'::BLOB AS z, NULL AS n, 12::DECIMAL(30, 3) AS big",
		"SELECT range AS ReportId, 'device' || range % 7 AS DeviceName FROM range(300)",
		"SELECT repeat('abc', 300) AS AdditionalFields FROM range(5)",
	} {
		b, err := os.ReadFile(writeParquet(f, query))
		if err != nil {
			f.Fatal(err)
		}
		f.Add(b)
		f.Add(b[:len(b)/2])
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		if len(b) <= 1<<20 && (ParquetReader{}).Detect(b) {
			evidencetest.Print(t, ParquetReader{}, "fuzz", b) // an error of the reader fails the test
		}
	})
}
