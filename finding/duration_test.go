package finding

import (
	"math"
	"testing"
	"time"
)

func TestHuman(t *testing.T) {
	for d, want := range map[time.Duration]string{
		0:                      "0 ms",
		900 * time.Microsecond: "0.9 ms",
		22*time.Millisecond + 900*time.Microsecond:     "23 ms",
		1999 * time.Millisecond:                        "2 s",
		3099 * time.Millisecond:                        "3.1 s",
		2 * time.Second:                                "2 s",
		59*time.Second + 940*time.Millisecond:          "59.9 s",
		59*time.Second + 990*time.Millisecond:          "1 min",
		999*time.Millisecond + 900*time.Microsecond:    "1 s",
		76 * time.Second:                               "1 min 16 s",
		2 * time.Minute:                                "2 min",
		3*time.Hour - time.Minute:                      "2 h 59 min",
		3*time.Hour + 59*time.Second:                   "3 h",
		47*time.Hour + 59*time.Minute + 59*time.Second: "47 h 59 min",
		48 * time.Hour:                                 "2 days",
		100*time.Hour - time.Second:                    "4 days 3 h",
		-90 * time.Second:                              "-1 min 30 s",
		math.MinInt64:                                  "-0 ms",
	} {
		if got := Human(d); got != want {
			t.Errorf("%d: %q, want %q", d, got, want)
		}
	}
}
