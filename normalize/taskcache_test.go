package normalize

import (
	"testing"

	"github.com/goshawk-hunt/goshawk/evidence"
)

// FuzzTaskCache gives keys with hostile values to a Normalizer: whatever they hold is
// a row, a problem or set aside, and the JSON of the row is valid.
func FuzzTaskCache(f *testing.F) {
	f.Add(`TaskCache\Tree\A`, uint32(1), []byte("{\x00}\x00"), []byte{1, 0, 4, 0x80}, []byte{3})
	f.Add(`X\TaskCache\Tasks\{A}`, uint32(3), []byte{3, 0, 0, 0}, []byte{0x17, 0, 0, 0}, []byte{3, 0, 0, 0})
	n, rows := collector(f, Options{Source: 1})
	f.Fuzz(func(t *testing.T, key string, kind uint32, a, b, c []byte) {
		clear(rows)
		n.stats = Stats{SetAside: map[string]int64{}, Problems: map[string]int64{}, Unknown: map[string]int64{}}
		r := evidence.Record{Kind: evidence.KindRegistry, Registry: evidence.Registry{Key: key, Values: []evidence.RegistryValue{
			{Name: "Id", Type: kind, Data: a}, {Name: "SD", Type: 3, Data: b}, {Name: "Index", Type: kind, Data: c}, {Name: "Path", Type: 1, Data: a}, {Name: "Actions", Type: 3, Data: a},
			{Name: "Triggers", Type: 3, Data: b}, {Name: "DynamicInfo", Type: 3, Data: c}, {Name: string(c), Type: 7, Data: b}, {Name: "SecurityDescriptor", Type: 1, Data: b}}}}
		if err := n.Record(&r); err != nil {
			t.Fatal(err)
		}
		for name, list := range rows {
			for _, row := range list {
				validDynamics(t, "fuzz", name, row)
			}
		}
		if s := n.Stats(); s.Stored+int64(len(s.SetAside)) != 1 {
			t.Fatalf("%+v", s)
		}
	})
}
