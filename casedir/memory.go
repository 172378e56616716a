package casedir

import (
	"bufio"
	"fmt"
	"os"
	"runtime"
	"strconv"
	"strings"
)

// Memory is how much memory a run may take in all, and what each part of it gets.
type Memory struct {
	Total      int64 // bytes
	Engine     int64 // of the engine before it spills to disk
	Filling    int64 // of the engine while evidence is read
	Completing int64 // of the engine in the second stage
	Go         int64 // of everything else: readers, normalisation, reports
	Freed      int64 // that the engine may keep of what it has freed while evidence comes
	Threads    int   // of the engine in the second stage
	Rows       int   // of events that the second stage takes at a time
}

// What a thread of the second stage and a row in its work need, with room to spare; a case
// for which that is too little is tried again with less at a time.
const (
	threadMemory = 192e6
	rowMemory    = 320
)

// minMemory is the least that a run works with.
const minMemory = 500e6

// ParseMemory reads a size such as 4GB, 512MB or 1.5GiB; "" is a quarter of the machine,
// but at least 512 MB.
func ParseMemory(text string) (Memory, error) {
	total := quarterOfMemory()
	if text != "" {
		var err error
		if total, err = parseSize(text); err != nil {
			return Memory{}, err
		}
	}
	if total < minMemory {
		return Memory{}, fmt.Errorf("memory of %s is less than the %d MB that a run needs", text, int64(minMemory)/1e6)
	}
	// The engine takes some more than its limit, and Go some more than its own.
	m := Memory{Total: total, Engine: total / 20 * 10, Filling: total / 20 * 6, Completing: total / 20 * 8, Go: total / 20 * 5, Freed: total / 6}
	m.Threads = int(min(max(1, m.Completing/threadMemory), int64(runtime.NumCPU())))
	m.Rows = int(m.Completing / rowMemory)
	return m, nil
}

// engineText is a part of the memory as the engine reads it.
func engineText(bytes int64) string { return fmt.Sprintf("%dMiB", bytes>>20) }

func parseSize(text string) (int64, error) {
	s := strings.ToUpper(strings.TrimSpace(text))
	for _, u := range []struct {
		unit string
		n    float64
	}{{"KIB", 1 << 10}, {"MIB", 1 << 20}, {"GIB", 1 << 30}, {"TIB", 1 << 40}, {"KB", 1e3}, {"MB", 1e6}, {"GB", 1e9}, {"TB", 1e12}, {"K", 1e3}, {"M", 1e6}, {"G", 1e9}, {"T", 1e12}, {"B", 1}, {"", 1}} {
		number, ok := strings.CutSuffix(s, u.unit)
		if !ok {
			continue
		}
		f, err := strconv.ParseFloat(strings.TrimSpace(number), 64)
		if err != nil || f <= 0 || f*u.n > 1<<60 {
			break
		}
		return int64(f * u.n), nil
	}
	return 0, fmt.Errorf("%q is no size of memory: write 4GB or 512MB", text)
}

// quarterOfMemory is a quarter of the machine's memory, at least 512 MB; 2 GB where the
// machine does not say.
func quarterOfMemory() int64 {
	f, err := os.Open("/proc/meminfo")
	if err != nil {
		return 2 << 30
	}
	defer f.Close()
	for s := bufio.NewScanner(f); s.Scan(); {
		if fields := strings.Fields(s.Text()); len(fields) >= 2 && fields[0] == "MemTotal:" {
			if kb, err := strconv.ParseInt(fields[1], 10, 64); err == nil {
				return max(512<<20, kb/4<<10)
			}
		}
	}
	return 2 << 30
}
