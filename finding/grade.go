package finding

import (
	"fmt"
	"sort"
)

const (
	// propertyCap bounds what one property may add, however many reasons it has.
	propertyCap = 80
	// independent is the points from which a property counts as telling by itself.
	independent = 10
	// corroboration is added for every telling property after the first.
	corroboration = 10
)

// Grade orders a finding's reasons, adds what their agreement is worth, and sets
// Score and Severity from them.
//
// Within a property the reasons add up to at most 80 points, a user's own rule apart;
// what is above is taken back by a reason of its own, so that the points shown always
// add up to the score. Every further property of at least 10 points adds 10 more, so
// that two weak independent properties outrank one strong one of the same sum.
// Known-benign reasons subtract. Reasons that say the same are kept once, with their
// highest points.
func (f *Finding) Grade() {
	reasons := distinctReasons(f.Reasons)
	sum := map[Property]int{}
	explained := 0
	for _, r := range reasons {
		if r.Points < 0 {
			explained += r.Points
		} else {
			sum[r.Property] += r.Points
		}
	}
	score, telling, above := explained, 0, 0
	for property, points := range sum {
		if property != Rule && points > propertyCap {
			above += points - propertyCap
			points = propertyCap
		}
		score += points
		if points >= independent {
			telling++
		}
	}
	if telling > 1 && explained == 0 {
		points := (telling - 1) * corroboration
		score += points
		reasons = append(reasons, Reason{points, agreement, fmt.Sprintf("%d independent properties point the same way", telling)})
	}
	if above > 0 {
		reasons = append(reasons, Reason{-above, limit, fmt.Sprintf("one property counts at most %d points", propertyCap)})
	}
	f.Reasons, f.Score = reasons, max(score, 0)
	f.Severity = SeverityOf(f.Score)
}

// The properties of the reasons that Grade adds itself.
const (
	agreement Property = "agreement"
	limit     Property = "limit"
)

// distinctReasons sorts by points and drops repetitions and Grade's own earlier reason.
func distinctReasons(in []Reason) []Reason {
	sorted := make([]Reason, 0, len(in))
	for _, r := range in {
		if r.Property != agreement && r.Property != limit {
			sorted = append(sorted, r)
		}
	}
	sort.SliceStable(sorted, func(i, j int) bool {
		a, b := sorted[i], sorted[j]
		switch {
		case a.Points != b.Points:
			return a.Points > b.Points
		case a.Property != b.Property:
			return a.Property < b.Property
		}
		return a.Text < b.Text
	})
	seen := map[Reason]bool{}
	out := sorted[:0]
	for _, r := range sorted {
		key := Reason{Property: r.Property, Text: r.Text}
		if !seen[key] {
			seen[key] = true
			out = append(out, r)
		}
	}
	return out
}
