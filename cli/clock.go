package cli

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/spf13/pflag"

	"github.com/goshawk-hunt/goshawk/casedir"
	"github.com/goshawk-hunt/goshawk/kql/types"
)

// clockFlags are --now and the bounds of time.
type clockFlags struct{ now, from, to string }

func clockFlag(fs *pflag.FlagSet, s *settings) {
	fs.StringVar(&s.clock.now, "now", "", `what now() and ago() mean: a time, "live" for the clock on the wall (default: the last event of the evidence)`)
}

// resolve finds the clock of a case: --now, else the last event of its evidence
// before --to, else the clock on the wall.
func (f clockFlags) resolve(ctx context.Context, c *casedir.Case) (clock casedir.Clock, err error) {
	if clock, err = f.window(); err != nil || clock.Now != 0 {
		return clock, err
	}
	if f.now == "" && c.Dir != "" {
		last, err := c.LastEvent(ctx)
		if err != nil {
			return clock, err
		}
		if to := clock.Window.To; to != 0 && to < last {
			last = to
		}
		if last != 0 {
			clock.Now, clock.FromEvidence = last, true
			return clock, nil
		}
	}
	clock.Now = ticksOf(time.Now())
	return clock, nil
}

// window is what the flags say without a case; Now is 0 if they don't say it.
func (f clockFlags) window() (clock casedir.Clock, err error) {
	if clock.Window.From, err = optionalTime("--from", f.from); err != nil {
		return clock, err
	}
	if clock.Window.To, err = optionalTime("--to", f.to); err != nil {
		return clock, err
	}
	if w := clock.Window; w.To != 0 && w.From >= w.To {
		return clock, &usageError{"--from is not before --to", "rows at or after --from and before --to are seen"}
	}
	if f.now != "live" {
		clock.Now, err = optionalTime("--now", f.now)
	}
	return clock, err
}

func optionalTime(flag, s string) (int64, error) {
	if s == "" {
		return 0, nil
	}
	return parseTime(flag, s)
}

// parseTime reads a time of the command line, in UTC where it names no zone.
func parseTime(flag, s string) (int64, error) {
	text := strings.TrimSpace(s)
	for _, layout := range []string{time.RFC3339Nano, "2006-01-02T15:04:05.9999999", "2006-01-02 15:04:05.9999999", "2006-01-02T15:04", "2006-01-02 15:04", "2006-01-02"} {
		if t, err := time.Parse(layout, text); err == nil {
			return types.UnixEpoch + t.Unix()*types.TicksPerSecond + int64(t.Nanosecond())/100, nil
		}
	}
	return 0, &usageError{fmt.Sprintf("%s %q is not a time", flag, s), "write it as 2024-05-31T13:45:00Z or 2024-05-31"}
}
