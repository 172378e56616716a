package rulefile

import (
	"regexp"
	"strconv"
	"time"

	"go.yaml.in/yaml/v3"
)

var (
	shortTime = regexp.MustCompile(`^(\d{1,6})\s*([smhd])$`)
	isoTime   = regexp.MustCompile(`^P(?:(\d{1,6})W)?(?:(\d{1,6})D)?(?:T(?:(\d{1,6})H)?(?:(\d{1,6})M)?(?:(\d{1,6})S)?)?$`)
)

const day = 24 * time.Hour

// parseDuration reads 1h, 14d or PT1H.
func parseDuration(s string) (time.Duration, bool) {
	if m := shortTime.FindStringSubmatch(s); m != nil {
		n, _ := strconv.Atoi(m[1])
		unit := map[string]time.Duration{"s": time.Second, "m": time.Minute, "h": time.Hour, "d": day}[m[2]]
		return time.Duration(n) * unit, true
	}
	m := isoTime.FindStringSubmatch(s)
	if m == nil || s == "P" || s[len(s)-1] == 'T' {
		return 0, false
	}
	var d time.Duration
	for i, unit := range []time.Duration{7 * day, day, time.Hour, time.Minute, time.Second} {
		n, _ := strconv.Atoi(m[i+1])
		d += time.Duration(n) * unit
	}
	return d, true
}

// writeDuration writes a time as rules do: 14d, 90m, 1d12h.
func writeDuration(d time.Duration) string {
	text := ""
	for _, unit := range []struct {
		size time.Duration
		name string
	}{{day, "d"}, {time.Hour, "h"}, {time.Minute, "m"}, {time.Second, "s"}} {
		if n := d / unit.size; n > 0 {
			text += strconv.FormatInt(int64(n), 10) + unit.name
			d %= unit.size
		}
	}
	return text
}

func (y *yamlReader) duration(key, value *yaml.Node) time.Duration {
	s := y.scalar(key, value)
	if s == "" {
		return 0
	}
	d, ok := parseDuration(s)
	if !ok {
		y.report(errDuration(y.at(value), key.Value, s))
	}
	return d
}
