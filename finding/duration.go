package finding

import (
	"fmt"
	"strings"
	"time"
)

// Human writes a duration as a sentence says it, in its two largest units: "2 h 59 min",
// "3 days", "22 ms". The smaller one is left out where it is nothing, and what is below it is
// cut off; less than a minute is rounded.
func Human(d time.Duration) string {
	switch {
	case d < 0:
		return "-" + Human(max(-d, 0)) // the least duration has no opposite
	case d >= 48*time.Hour:
		return units(d, 24*time.Hour, "days", time.Hour, "h")
	case d >= time.Hour:
		return units(d, time.Hour, "h", time.Minute, "min")
	case d.Round(time.Second/10) >= time.Minute:
		return units(d.Round(time.Second/10), time.Minute, "min", time.Second, "s")
	case d.Round(time.Millisecond) >= time.Second:
		return tenths(d, time.Second) + " s"
	case d >= 10*time.Millisecond:
		return fmt.Sprintf("%d ms", d.Round(time.Millisecond).Milliseconds())
	}
	return tenths(d, time.Millisecond) + " ms"
}

// units writes d in whole units of two kinds.
func units(d, large time.Duration, name string, small time.Duration, smallName string) string {
	text := fmt.Sprintf("%d %s", d/large, name)
	if rest := d % large / small; rest > 0 {
		text += fmt.Sprintf(" %d %s", rest, smallName)
	}
	return text
}

// tenths writes d in a unit with at most one digit behind the point.
func tenths(d, unit time.Duration) string {
	d = d.Round(unit / 10)
	return strings.TrimSuffix(fmt.Sprintf("%d.%d", d/unit, d%unit*10/unit), ".0")
}
