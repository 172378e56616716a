package syntax

import (
	"testing"

	"github.com/goshawk-hunt/goshawk/source"
)

// BenchmarkParse reads the whole corpus once per iteration.
func BenchmarkParse(b *testing.B) {
	list := readShared(b, "corpus", "queries.jsonl")
	size := 0
	for _, q := range list {
		size += len(q.Query)
	}
	b.SetBytes(int64(size))
	b.ReportAllocs()
	for b.Loop() {
		for _, q := range list {
			Parse(source.NewFile(q.ID, q.Query))
		}
	}
	b.ReportMetric(float64(len(list))*float64(b.N)/b.Elapsed().Seconds(), "queries/s")
}
