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
	// support is added where circumstances go with a property that tells.
	support = 5
	// strong is from where a property tells enough for circumstances to be witnesses.
	strong = 20
)

// circumstances are properties that say how unusual a task is, as whom it runs and when.
// Honest tasks of one machine have them too: they add their points, but beside a task
// that does nothing odd they are no witnesses, however many agree.
var circumstances = map[Property]bool{Rarity: true, Privilege: true, Trigger: true}

// Grade orders a finding's reasons, adds what their agreement is worth, and sets
// Score and Severity from them.
//
// Within a property the reasons add up to at most 80 points, a user's own rule apart;
// what is above is taken back by a reason of its own, so that the points shown always
// add up to the score. Every further property of at least 10 points adds 10 more, so
// that two weak independent properties outrank one strong one of the same sum. Rarity,
// privilege and trigger are such properties only where what the task is or does counts
// for 20 points in one of the others (who asked apart); else they add 5 together.
// Known-benign reasons subtract. Reasons that say the same are kept once, with their
// highest points, and of those that speak of one fact only the strongest counts.
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
	score, above := explained, 0
	var w witnesses
	for property, points := range sum {
		if property != Rule && points > propertyCap {
			above += points - propertyCap
			points = propertyCap
		}
		score += points
		w.add(property, points)
	}
	if r := w.agree(); r.Points > 0 && explained == 0 {
		score += r.Points
		reasons = append(reasons, r)
	}
	if above > 0 {
		reasons = append(reasons, Reason{Points: -above, Property: limit, Text: fmt.Sprintf("one property counts at most %d points", propertyCap)})
	}
	f.Reasons, f.Score = reasons, max(score, 0)
	f.Severity = severityOf(f.Score)
}

// witnesses counts the properties that tell by themselves.
type witnesses struct {
	telling, unusual int
	strong           bool
}

func (w *witnesses) add(p Property, points int) {
	switch {
	case points < independent:
	case circumstances[p]:
		w.unusual++
	default:
		w.telling++
		w.strong = w.strong || points >= strong && p != Creator
	}
}

// agree says what the agreement of the properties is worth; no points for none.
func (w *witnesses) agree() Reason {
	if w.strong {
		w.telling, w.unusual = w.telling+w.unusual, 0
	}
	r := Reason{Property: Agreement, Points: max(w.telling-1, 0) * corroboration, Text: "the circumstances point the same way"}
	if w.telling > 1 {
		r.Text = fmt.Sprintf("%d independent properties point the same way", w.telling)
	}
	if w.telling > 0 && w.unusual > 0 {
		r.Points += support
		if w.telling > 1 {
			r.Text += ", and so do the circumstances"
		}
	}
	return r
}

// The properties of the reasons that Grade adds itself.
const (
	Agreement Property = "agreement"
	limit     Property = "limit" // what is above the bound of a property
)

// distinctReasons sorts by points, drops repetitions and Grade's own earlier reasons, and
// takes the points from what speaks of a fact that a stronger reason speaks of.
func distinctReasons(in []Reason) []Reason {
	sorted := make([]Reason, 0, len(in))
	for _, r := range in {
		if r.Property != Agreement && r.Property != limit {
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
	seen, told := map[Reason]bool{}, map[string]bool{}
	out := sorted[:0]
	for _, r := range sorted {
		key := Reason{Property: r.Property, Text: r.Text}
		if seen[key] {
			continue
		}
		seen[key] = true
		if r.Fact != "" && told[r.Fact] {
			r.Points = min(r.Points, 0)
		}
		told[r.Fact] = true
		out = append(out, r)
	}
	sort.SliceStable(out, func(i, j int) bool {
		if out[i].Points != out[j].Points {
			return out[i].Points > out[j].Points
		}
		return properties[out[i].Property] < properties[out[j].Property]
	})
	return out
}

// properties are the places of the properties in the order of their weight as signals.
var properties = map[Property]int{Rule: 0, Action: 1, Store: 2, Creator: 3, Rarity: 4, LifeCycle: 5, Privilege: 6, Trigger: 7, Name: 8, Script: 9,
	Network: 10, Signature: 11, Behaviour: 12, Agreement: 13, limit: 14}

// Weights are the points that reasons taken so far gave to each property. What a reason
// weighs beside them is what it adds to the score: its points up to the bound of its
// property, and what one more telling property is worth.
type Weights map[Property]int

// Of is what a reason adds to those taken.
func (w Weights) Of(r Reason) int {
	had := w[r.Property]
	if r.Property == Rule {
		return r.Points
	}
	points := min(r.Points, max(propertyCap-had, 0))
	if had < independent && had+points >= independent && (!circumstances[r.Property] || w.strong()) {
		points += corroboration
	}
	return points
}

// strong reports whether the reasons taken make circumstances witnesses.
func (w Weights) strong() bool {
	for p, points := range w {
		if points >= strong && p != Creator && !circumstances[p] {
			return true
		}
	}
	return false
}

// Take adds a reason to those taken.
func (w Weights) Take(r Reason) { w[r.Property] += r.Points }
