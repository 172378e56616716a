package casedir

import (
	"bufio"
	"fmt"
	"os"
	"strconv"
	"strings"
)

// quarterOfMemory is the engine's default limit: a quarter of the machine's
// memory, at least 512 MB; 2 GB where the machine does not say.
func quarterOfMemory() string {
	f, err := os.Open("/proc/meminfo")
	if err != nil {
		return "2GB"
	}
	defer f.Close()
	for s := bufio.NewScanner(f); s.Scan(); {
		if fields := strings.Fields(s.Text()); len(fields) >= 2 && fields[0] == "MemTotal:" {
			if kb, err := strconv.ParseInt(fields[1], 10, 64); err == nil {
				return fmt.Sprintf("%dMB", max(512, kb/4/1000))
			}
		}
	}
	return "2GB"
}
