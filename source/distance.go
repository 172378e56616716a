package source

import (
	"strings"
	"unicode/utf8"
)

// Distance is the number of edits (insert, delete, replace, swap of neighbours) between two
// words without regard to case, by which hints find the name that was meant. Beyond most it
// stops and gives most+1.
func Distance(a, b string, most int) int {
	if !ascii(a) || !ascii(b) {
		return edits([]rune(strings.ToLower(a)), []rune(strings.ToLower(b)), most)
	}
	if abs(len(a)-len(b)) > most {
		return most + 1
	}
	var x, y [64]byte
	return edits(lowered(x[:0], a), lowered(y[:0], b), most)
}

func ascii(s string) bool {
	for i := range len(s) {
		if s[i] >= utf8.RuneSelf {
			return false
		}
	}
	return true
}

func lowered(to []byte, s string) []byte {
	for i := range len(s) {
		c := s[i]
		if 'A' <= c && c <= 'Z' {
			c += 'a' - 'A'
		}
		to = append(to, c)
	}
	return to
}

// edits is the distance of two words of small letters.
func edits[L byte | rune](x, y []L, most int) int {
	if abs(len(x)-len(y)) > most {
		return most + 1
	}
	var rows [3][64]int
	prev2, prev, cur := rows[0][:], rows[1][:], rows[2][:]
	if len(y) >= len(cur) {
		prev2, prev, cur = make([]int, len(y)+1), make([]int, len(y)+1), make([]int, len(y)+1)
	}
	for j := range len(y) + 1 {
		prev[j] = j
	}
	for i := 1; i <= len(x); i++ {
		cur[0] = i
		least := i
		for j := 1; j <= len(y); j++ {
			cost := 1
			if x[i-1] == y[j-1] {
				cost = 0
			}
			cur[j] = min(prev[j]+1, cur[j-1]+1, prev[j-1]+cost)
			if i > 1 && j > 1 && x[i-1] == y[j-2] && x[i-2] == y[j-1] {
				cur[j] = min(cur[j], prev2[j-2]+1)
			}
			least = min(least, cur[j])
		}
		if least > most+1 { // a swap reaches back two rows
			return most + 1
		}
		prev2, prev, cur = prev, cur, prev2
	}
	return min(prev[len(y)], most+1)
}

func abs(n int) int {
	if n < 0 {
		return -n
	}
	return n
}
