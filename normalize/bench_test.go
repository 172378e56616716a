package normalize

import (
	"path/filepath"
	"testing"

	"github.com/goshawk-hunt/goshawk/catalog"
	"github.com/goshawk-hunt/goshawk/evidence"
	"github.com/goshawk-hunt/goshawk/evidence/evtx"
	"github.com/goshawk-hunt/goshawk/internal/golden"
	"github.com/goshawk-hunt/goshawk/kql/types"
)

// keep copies records, whose reader uses their memory again.
type keep struct {
	sink
	list []evidence.Record
}

func (k *keep) Record(r *evidence.Record) error {
	c := *r
	c.Event.Data = append([]evidence.Field(nil), r.Event.Data...)
	for i := range c.Event.Data {
		c.Event.Data[i].Value.Str = string([]byte(c.Event.Data[i].Value.Str))
		c.Event.Data[i].Name = string([]byte(c.Event.Data[i].Name))
	}
	for _, s := range []*string{&c.Event.Provider, &c.Event.Channel, &c.Event.Computer, &c.Event.UserID, &c.Event.Message, &c.Event.ActivityID} {
		*s = string([]byte(*s))
	}
	k.list = append(k.list, c)
	return nil
}

// BenchmarkRecord measures the first stage over the events of a real log.
func BenchmarkRecord(b *testing.B) {
	for _, file := range []string{"eas__panache_sysmon_vs_EDRTestingScript.evtx", "vr__SecurityTasks.evtx", "vr__TaskScheduler.evtx"} {
		b.Run(file, func(b *testing.B) {
			var k keep
			path := filepath.Join(golden.Shared(b), "evidence", "evtx", file)
			readInto(b, evtx.Reader{}, path, &k)
			rows := 0
			n := New(catalog.Default(), func(string, []types.Value) error { rows++; return nil }, Options{Source: 1})
			b.ReportAllocs()
			i := 0
			for b.Loop() {
				if err := n.Record(&k.list[i%len(k.list)]); err != nil {
					b.Fatal(err)
				}
				i++
			}
			b.ReportMetric(float64(i)/b.Elapsed().Seconds(), "records/s")
			b.ReportMetric(float64(rows)/b.Elapsed().Seconds(), "rows/s")
		})
	}
}
