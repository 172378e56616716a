package normalize

import (
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/goshawk-hunt/goshawk/evidence"
	"github.com/goshawk-hunt/goshawk/evidence/csvfile"
	"github.com/goshawk-hunt/goshawk/evidence/jsonl"
)

// twice gives records to two Normalizers, to one of them without the numbers of the lists
// of names, which must be true.
type twice struct {
	sink
	without *Normalizer
	names   map[int][]string
}

func (s twice) Record(r *evidence.Record) error {
	if err := s.n.Record(r); err != nil {
		return err
	}
	if number := r.Row.Names; number != 0 {
		var names []string
		for _, f := range r.Row.Fields {
			names = append(names, strings.Clone(f.Name))
		}
		if before, ok := s.names[number]; ok && !slices.Equal(before, names) {
			s.t.Errorf("number %d is of %q and of %q", number, before, names)
		}
		s.names[number] = names
	}
	r.Row.Names = 0
	return s.without.Record(r)
}

// TestNamesAlike reads rows in many orders of columns, with and without their table's name,
// and finds the same whether or not the reader says which rows have the same names.
func TestNamesAlike(t *testing.T) {
	for name, reader := range map[string]evidence.Reader{"rows.jsonl": jsonl.Reader{}, "rows.csv": csvfile.Reader{}} {
		for seed := range uint64(4) {
			path := filepath.Join(t.TempDir(), name)
			text := rowsOfMany(rand.New(rand.NewPCG(seed, 1)))
			if name == "rows.csv" {
				text = cellsOfMany(rand.New(rand.NewPCG(seed, 2)), seed%2 == 1)
			}
			if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
				t.Fatal(err)
			}
			n, rows := collector(t, Options{Source: 1})
			without, want := collector(t, Options{Source: 1})
			readInto(t, reader, path, twice{sink{t, n}, without, map[int][]string{}})
			if len(want) < 2 || !reflect.DeepEqual(rows, want) || !reflect.DeepEqual(n.Stats(), without.Stats()) {
				t.Errorf("%s, seed %d: %v, want %v, and rows of %d tables", name, seed, n.Stats(), without.Stats(), len(want))
			}
		}
	}
}

var someActions = []string{"ProcessCreated", "FileCreated", "RegistryKeyCreated", "ScheduledTaskCreated", ""}

// rowsOfMany writes rows as JSON lines whose keys change now and then, or with every row.
func rowsOfMany(rng *rand.Rand) string {
	keys := []string{"FileName", "FolderPath", "SHA1", "ReportId", "Nowhere", "a@odata.type", "AdditionalFields_string", "AccountName", "RegistryKey", "DeviceName"}
	var b strings.Builder
	for i := range 400 {
		if i%7 == 0 || i > 200 && i < 250 {
			rng.Shuffle(len(keys), func(i, j int) { keys[i], keys[j] = keys[j], keys[i] })
		}
		var members []string
		for _, key := range keys[:len(keys)-rng.IntN(2)*rng.IntN(3)] {
			members = append(members, fmt.Sprintf(`%q: %q`, key, strings.Repeat("7", rng.IntN(3))))
		}
		action := someActions[rng.IntN(len(someActions))]
		row := fmt.Sprintf(`{"Timestamp": "2024-01-02T03:04:05Z", "DeviceId": "d", "ActionType": %q, %s}`, action, strings.Join(members, ", "))
		if table := []string{"DeviceProcessEvents", "DeviceFileEvents", "", ""}[rng.IntN(4)]; table != "" {
			row = fmt.Sprintf(`{"time": "2024-01-02T03:04:05Z", "category": "AdvancedHunting-%s", "properties": %s}`, table, row)
		}
		b.WriteString(row + "\n")
	}
	return b.String()
}

// cellsOfMany writes rows as CSV of which other cells are empty each time.
func cellsOfMany(rng *rand.Rand, split bool) string {
	header := []string{"Timestamp", "DeviceId", "ActionType", "FileName", "FolderPath", "SHA1", "ReportId", "RegistryKey", "Nowhere"}
	if split {
		header = append(header, "AdditionalFields_string", "AdditionalFields_dynamic")
	}
	text := strings.Join(header, ",") + "\n"
	for range 300 {
		row := []string{"2024-01-02T03:04:05Z", "d", someActions[rng.IntN(len(someActions))]}
		for range header[3:] {
			row = append(row, strings.Repeat("7", rng.IntN(3)))
		}
		text += strings.Join(row, ",") + "\n"
	}
	return text
}
