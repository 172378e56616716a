package rowstep

import (
	"encoding/binary"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/goshawk-hunt/goshawk/kql/plan"
	"github.com/goshawk-hunt/goshawk/kql/types"
)

// patternInput is a table of texts a cell, twice.
type patternInput struct {
	cells [][]string
	at    int
}

func (p *patternInput) Schema() types.Schema {
	s := make(types.Schema, len(p.cells[0]))
	for i := range s {
		s[i] = types.Column{Name: fmt.Sprint("c", i), Type: types.String}
	}
	return s
}

func (p *patternInput) Next() ([]types.Value, error) {
	if p.at == len(p.cells) {
		return nil, nil
	}
	row := make([]types.Value, len(p.cells[p.at]))
	for i, c := range p.cells[p.at] {
		row[i] = textValue(c)
	}
	p.at++
	return row, nil
}

func readPatterns(t *testing.T, cells [][]string, share float64) *patternTable {
	t.Helper()
	spec := &plan.PatternSpec{}
	in := (&patternInput{cells: cells}).Schema()
	for _, c := range in {
		spec.Dimensions = append(spec.Dimensions, c.Name)
	}
	r, err := newPatternReader(spec, in)
	if err != nil {
		t.Fatal(err)
	}
	table, err := r.read(&patternInput{cells: cells}, &patternInput{cells: cells}, share)
	if err != nil {
		t.Fatal(err)
	}
	return table
}

// closedByHand are the frequent patterns of up to dimensions values, each with all that its
// rows have in common, found by trying every choice of columns for every row.
func closedByHand(cells [][]string, share float64, dimensions int) map[string]int {
	found := map[string]int{}
	width := len(cells[0])
	for _, seed := range cells {
		for choice := range 1 << width {
			var common []string
			n, chosen := 0, 0
			for i := range width {
				chosen += choice >> i & 1
			}
			if chosen > dimensions {
				continue
			}
			for _, row := range cells {
				match := true
				for i := range width {
					match = match && (choice>>i&1 == 0 || row[i] == seed[i])
				}
				if !match {
					continue
				}
				if n++; common == nil {
					common = slices.Clone(row)
				}
				for i := range width {
					if common[i] != row[i] {
						common[i] = "*"
					}
				}
			}
			key := strings.Join(common, ",")
			if float64(n)/float64(len(cells)) >= share && strings.Trim(key, "*,") != "" {
				found[key] = n
			}
		}
	}
	return found
}

func TestClosedPatterns(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	for range 300 {
		width, height := 1+random.IntN(5), 1+random.IntN(40)
		cells := make([][]string, height)
		for i := range cells {
			for c := range width {
				n := random.IntN(2 + c)
				if c > 0 && random.IntN(3) > 0 { // often what the column before says
					n = int(cells[i][c-1][0] - 'a')
				}
				cells[i] = append(cells[i], string(rune('a'+n)))
			}
		}
		share := []float64{0.05, 0.1, 0.25, 0.5, 1}[random.IntN(5)]
		dimensions := 1 + random.IntN(5)
		table := readPatterns(t, cells, share)
		list, err := table.closed(share, dimensions, maxPatternWork)
		if err != nil {
			t.Fatal(err)
		}
		got := map[string]int{}
		for _, p := range list {
			words := make([]string, width)
			for i, v := range p.fixed {
				if words[i] = "*"; v != 0 {
					words[i] = table.values[i][v-1].Str
				}
			}
			got[strings.Join(words, ",")] = int(p.weight[0])
		}
		want := closedByHand(cells, share, dimensions)
		if fmt.Sprint(got) != fmt.Sprint(want) || len(got) != len(list) {
			t.Fatalf("share %v, dimensions %d of %v:\ngot  %v\nwant %v", share, dimensions, cells, got, want)
		}
	}
}

func TestManyPatterns(t *testing.T) {
	cells := make([][]string, 40) // each row lacks one of 40 columns: 2^40 sets are frequent
	for i := range cells {
		for c := range cells {
			word := "x"
			if c == i {
				word = fmt.Sprint(i)
			}
			cells[i] = append(cells[i], word)
		}
	}
	table := readPatterns(t, cells, 0.1)
	if _, err := table.closed(0.1, 0, maxPatternWork/100); err != errManyPatterns {
		t.Errorf("got %v", err)
	}
	list, err := table.closedWithin(0.1, 0)
	if err != nil || len(list) == 0 {
		t.Errorf("got %d patterns, %v", len(list), err)
	}
}

// FuzzFrequents proves that whatever has its share of the weight is held.
func FuzzFrequents(f *testing.F) {
	f.Add([]byte{1, 1, 2, 1, 3, 1, 1, 1}, byte(3))
	f.Fuzz(func(t *testing.T, data []byte, parts byte) {
		k := int(parts%20) + 1
		fr := &frequents{k: k, at: newByValue[*tally]()}
		sums, total := map[byte]float64{}, 0.0
		for i := 0; i+1 < len(data); i += 2 {
			w := float64(data[i+1]%9 + 1)
			fr.add(longs(int64(data[i])), w)
			sums[data[i]] += w
			total += w
		}
		if len(fr.held) > k || len(fr.held) != len(fr.at.bits) {
			t.Fatalf("holds %d of %d", len(fr.held), k)
		}
		for v, sum := range sums {
			if sum > total/float64(k+1) && fr.at.get(longs(int64(v))) == nil {
				t.Fatalf("lost %d with %v of %v", v, sum, total)
			}
		}
	})
}

// FuzzReduce proves that no row is lost, that a pattern matches its representative, and that
// the words and what is between them are the text.
func FuzzReduce(f *testing.F) {
	f.Add("a b\na c\nx 1\nx 2\n", "")
	f.Add("job#1\njob#2", "#")
	f.Fuzz(func(t *testing.T, lines, characters string) {
		r := &reduction{spec: &plan.ReduceSpec{Threshold: 0.3, Characters: characters}, numbers: map[string]int32{}, at: map[string][]int32{}}
		var total int64
		for line := range strings.SplitSeq(lines, "\n") {
			words, gaps := r.split(line)
			text := gaps[0]
			for i, w := range words {
				text += w + gaps[i+1]
			}
			if text != line {
				t.Fatalf("%q is %q", line, text)
			}
			r.add(line, 1)
			total++
		}
		err := r.emitGroups(func(row []types.Value) error {
			total -= row[1].Int
			if row[0].Str != otherTexts && !matchesStars(row[0].Str, row[2].Str) {
				t.Errorf("%q does not match %q", row[0].Str, row[2].Str)
			}
			return nil
		})
		if err != nil || total != 0 {
			t.Errorf("%d rows are missing, %v", total, err)
		}
	})
}

// matchesStars reports whether a text is a pattern with something for each *.
func matchesStars(pattern, text string) bool {
	for part := range strings.SplitSeq(pattern, "*") {
		i := strings.Index(text, part)
		if i < 0 {
			return false
		}
		text = text[i+len(part):]
	}
	return true
}

// FuzzPatternRows proves that any table is read, whatever its values are.
func FuzzPatternRows(f *testing.F) {
	f.Add([]byte("abcabdabe"), uint16(100))
	f.Fuzz(func(t *testing.T, data []byte, permille uint16) {
		const width = 3
		var cells [][]string
		for len(data) >= width {
			cells = append(cells, []string{fmt.Sprint(data[0]), fmt.Sprint(data[1] % 5), fmt.Sprint(binary.BigEndian.Uint16(data[1:3]) % 9)})
			data = data[width:]
		}
		share := float64(permille%985+15) / 1000
		if len(cells) == 0 || len(cells) > 60 {
			return
		}
		table := readPatterns(t, cells, share)
		list, err := table.closed(share, width, maxPatternWork)
		if err != nil {
			t.Fatal(err)
		}
		if want := closedByHand(cells, share, width); len(want) != len(list) {
			t.Fatalf("got %d patterns, want %v", len(list), want)
		}
	})
}
