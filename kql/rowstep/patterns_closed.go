package rowstep

import (
	"encoding/binary"
	"errors"
)

// Bounds of the search: patterns, and cells looked at.
const (
	maxPatterns    = 50_000
	maxPatternWork = 3_000_000_000
)

// errManyPatterns says that a search went beyond its bounds.
var errManyPatterns = errors.New("more patterns are frequent than can be told: raise the threshold, or choose fewer columns with project")

// segment is a pattern: values that rows have together.
type segment struct {
	fixed  []uint16 // of each column the value, 0: any
	weight [2]float64
	size   int // columns that are not 0
	// own are the values that tell the pattern from others: not those that nearly all rows
	// have; told is how many there are.
	own  []uint16
	told int
}

// closedSearch finds the frequent patterns level by level: a pattern of each level is one of
// the level before with one more value, and with all the values that its rows have in common
// then. So patterns with the same rows are one, and the values that follow from others are
// no dimensions of their own.
//
// Source: the Apriori algorithm, https://learn.microsoft.com/kusto/query/basket-plugin, and
// closed item sets (Pasquier and others, 1999): the tables on that page and on
// https://learn.microsoft.com/kusto/query/anomaly-diagnosis hold just these patterns.
type closedSearch struct {
	*patternTable
	least float64
	found map[string]*segment
	most  int // patterns that may still be found
}

// closed returns the patterns with the share of the rows of either set, made of up to
// dimensions values and what follows from them; dimensions 0 is no bound. The pattern of all
// rows is among them if they have anything in common. work is how many cells it may look at.
func (t *patternTable) closed(share float64, dimensions, work int) ([]*segment, error) {
	if len(t.rows) == 0 {
		return nil, nil
	}
	s := &closedSearch{patternTable: t, least: share, found: map[string]*segment{}, most: maxPatterns}
	t.work = work
	every := make([]int32, len(t.rows))
	for i := range every {
		every[i] = int32(i)
	}
	root, _ := s.close(every)
	level := []*segment{root}
	var list []*segment
	if root.size > 0 {
		list = append(list, root)
	}
	for depth := 0; len(level) > 0 && (dimensions == 0 || depth < dimensions); depth++ {
		var next []*segment
		for _, p := range level {
			more, err := s.extend(p)
			if err != nil {
				return nil, err
			}
			next = append(next, more...)
		}
		list = append(list, next...)
		level = next
	}
	return list, nil
}

// rowsOf are the rows that match a pattern.
func (s *closedSearch) rowsOf(p *segment) []int32 {
	var list []int32
	for i, row := range s.rows {
		if p.matches(row) {
			list = append(list, int32(i))
		}
	}
	s.work -= len(s.rows)
	return list
}

func (p *segment) matches(row []uint16) bool {
	for i, v := range p.fixed {
		if v != 0 && row[i] != v {
			return false
		}
	}
	return true
}

// close is the pattern of what rows have in common.
func (s *closedSearch) close(rows []int32) (*segment, string) {
	p := &segment{fixed: append([]uint16(nil), s.rows[rows[0]]...)}
	for _, r := range rows {
		row := s.rows[r]
		for i, v := range p.fixed {
			if v != row[i] {
				p.fixed[i] = 0
			}
		}
		for set, w := range s.weight[r] {
			p.weight[set] += w
		}
	}
	s.work -= len(rows) * len(p.fixed)
	key := make([]byte, 0, 2*len(p.fixed))
	for _, v := range p.fixed {
		if v != 0 {
			p.size++
		}
		key = binary.BigEndian.AppendUint16(key, v)
	}
	return p, string(key)
}

// extend returns the new patterns that have one value more than p, and what follows.
func (s *closedSearch) extend(p *segment) ([]*segment, error) {
	rows := s.rowsOf(p)
	var list []*segment
	for i, fixed := range p.fixed {
		if fixed != 0 {
			continue
		}
		parts := make([][]int32, len(s.values[i])+1)
		weights := make([][2]float64, len(parts))
		for _, r := range rows {
			v := s.rows[r][i]
			if v == 0 {
				continue
			}
			parts[v] = append(parts[v], r)
			for set, w := range s.weight[r] {
				weights[v][set] += w
			}
		}
		if s.work -= len(rows); s.work < 0 {
			return nil, errManyPatterns
		}
		for v, part := range parts {
			if len(part) == 0 || !s.frequent(weights[v], s.least) {
				continue
			}
			more, key := s.close(part)
			if s.found[key] != nil {
				continue
			}
			if s.most--; s.most < 0 {
				return nil, errManyPatterns
			}
			s.found[key] = more
			list = append(list, more)
		}
	}
	return list, nil
}
