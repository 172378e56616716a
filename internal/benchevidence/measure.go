package main

import (
	"bufio"
	"bytes"
	"context"
	"fmt"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"time"
)

// figure is what one command took.
type figure struct {
	bytes     int64
	wall, cpu time.Duration
	peak      int64 // most memory ever resident, bytes
}

// measure runs a command to its end, its output thrown away.
func measure(ctx context.Context, size int64, env []string, name string, args ...string) (figure, error) {
	cmd := exec.CommandContext(ctx, name, args...)
	cmd.Env = append(os.Environ(), env...)
	var errOut bytes.Buffer
	cmd.Stderr = &errOut
	started := time.Now()
	if err := cmd.Start(); err != nil {
		return figure{}, err
	}
	peak := make(chan int64)
	stop := make(chan struct{})
	go func() { peak <- watch(cmd.Process.Pid, stop) }()
	err := cmd.Wait()
	f := figure{bytes: size, wall: time.Since(started)}
	close(stop)
	f.peak = <-peak
	if err != nil {
		return f, fmt.Errorf("%s: %w: %s", name, err, lastLine(errOut.String()))
	}
	f.cpu = cmd.ProcessState.UserTime() + cmd.ProcessState.SystemTime()
	return f, nil
}

func lastLine(s string) string {
	s = strings.TrimSpace(s)
	return s[strings.LastIndexByte(s, '\n')+1:]
}

// watch reads the high-water mark of a process's memory until it ends.
func watch(pid int, stop <-chan struct{}) (peak int64) {
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	for {
		peak = max(peak, highWater(pid))
		select {
		case <-stop:
			return peak
		case <-tick.C:
		}
	}
}

// highWater is VmHWM of a process in bytes, 0 where the system does not say.
func highWater(pid int) int64 {
	status, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
	if err != nil {
		return 0
	}
	for lines := bufio.NewScanner(bytes.NewReader(status)); lines.Scan(); {
		if text, ok := strings.CutPrefix(lines.Text(), "VmHWM:"); ok {
			kb, _ := strconv.ParseInt(strings.TrimSuffix(strings.TrimSpace(text), " kB"), 10, 64)
			return kb << 10
		}
	}
	return 0
}

func (f figure) add(g figure) figure {
	return figure{f.bytes + g.bytes, f.wall + g.wall, f.cpu + g.cpu, max(f.peak, g.peak)}
}

// print writes a line: rates by the clock and by processor time, and how many times the
// other's they are, if there is another.
func (f figure) print(what string, other *figure) {
	fmt.Printf("%-34s %8.1f MB in %7.2f s: %8.1f MB/s, %8.1f MB/cpu-s, peak %5d MB", what, float64(f.bytes)/1e6, f.wall.Seconds(), f.rate(), f.cpuRate(), f.peak/1e6)
	if other != nil && other.wall > 0 {
		fmt.Printf("   %6.1f x evtxexport (%.1f x by cpu)", f.rate()/other.rate(), f.cpuRate()/other.cpuRate())
	}
	fmt.Println()
}

func (f figure) rate() float64    { return float64(f.bytes) / 1e6 / f.wall.Seconds() }
func (f figure) cpuRate() float64 { return float64(f.bytes) / 1e6 / max(f.cpu.Seconds(), 1e-9) }
