package stored

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"testing"
	"time"

	"github.com/goshawk-hunt/goshawk/engine"
	"github.com/goshawk-hunt/goshawk/engine/duckdb"
	"github.com/goshawk-hunt/goshawk/evidence"
	"github.com/goshawk-hunt/goshawk/normalize"
)

// TestScale measures the second stage over many events; GOSHAWK_SCALE sets how many
// processes there are, each with ten events.
func TestScale(t *testing.T) {
	processes, _ := strconv.Atoi(os.Getenv("GOSHAWK_SCALE"))
	if processes == 0 {
		t.Skip("GOSHAWK_SCALE is not set")
	}
	c := newCaseAt(t, filepath.Join(t.TempDir(), "case.duckdb"))
	start := time.Now()
	stats := c.source(func(s evidence.Sink) error { return manyEvents(s, processes) })
	t.Logf("stage 1: %d records in %s, %.0f/s", stats.Records, time.Since(start), float64(stats.Records)/time.Since(start).Seconds())
	for range 2 {
		start = time.Now()
		ctx := context.Background()
		tx, err := c.db.Begin(ctx)
		if err != nil {
			t.Fatal(err)
		}
		if err := normalize.Complete(ctx, slow{tx, t}, normalize.Finish(0, 0, 500_000).All(), func(string) bool { return true }, func(int64, int64) {}); err != nil {
			t.Fatal(err)
		}
		if err := tx.Commit(); err != nil {
			t.Fatal(err)
		}
		t.Logf("stage 2: %s", time.Since(start))
	}
	t.Log(c.query("SELECT count(*); count_if(InitiatingProcessCommandLine <> '') FROM DeviceNetworkEvents"))
	t.Log(c.query("SELECT count(*); count_if(InitiatingProcessCommandLine <> '') FROM DeviceProcessEvents"))
}

// slow logs the statements that take long.
type slow struct {
	engine.Tx
	t *testing.T
}

func (s slow) Exec(ctx context.Context, sql string, args ...any) error {
	start := time.Now()
	err := s.Tx.Exec(ctx, sql, args...)
	if took := time.Since(start); took > 200*time.Millisecond {
		s.t.Logf("%8s %.110q", took.Round(time.Millisecond), sql)
	}
	return err
}

func newCaseAt(t testing.TB, path string) *evidenceCase {
	db, err := duckdb.Open(path, duckdb.Options{Threads: 2})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	c := newCaseOn(t, db)
	return c
}

// manyEvents makes the events of processes on twenty devices, half of them with
// Sysmon, half with the security log.
func manyEvents(s evidence.Sink, processes int) error {
	begin := at("2031-02-03T00:00:00Z")
	record := uint64(0)
	emit := func(e evidence.Event, device int, ticks int64) error {
		record++
		e.RecordID, e.Computer, e.Time = record, fmt.Sprintf("WS%d.lab.example", device), ticks
		return s.Record(&evidence.Record{Kind: evidence.KindEvent, Offset: int64(record), Event: e})
	}
	for i := range processes {
		device := i % 20
		when := begin + int64(i)*3e6
		pid, parent := 1000+4*(i/20%5000), 1000+4*((i/20)/2%5000)
		if device < 10 {
			guid, parentGuid := fmt.Sprintf("{%08X-0000-0000-0000-%012X}", device, i), fmt.Sprintf("{%08X-0000-0000-0000-%012X}", device, i/40*20+device)
			utc := func(t int64) string { return evidence.FormatTime(t)[:23] }
			e := sysmon(1, 0, "2031-02-03T00:00:00Z", "ProcessGuid", guid, "ProcessId", fmt.Sprint(pid), "Image", fmt.Sprintf(`C:\Program Files\Vendor\Tool%d.exe`, i%500),
				"CommandLine", fmt.Sprintf(`"C:\Program Files\Vendor\Tool%d.exe" --job %d --mode background`, i%500, i), "User", `LAB\Mira`, "LogonId", "0x1234",
				"Hashes", fmt.Sprintf("SHA1=%040X,SHA256=%064X", i%500, i%500), "IntegrityLevel", "High", "ParentProcessGuid", parentGuid, "ParentProcessId", fmt.Sprint(parent),
				"ParentImage", fmt.Sprintf(`C:\Program Files\Vendor\Tool%d.exe`, (i/40*20+device)%500), "ParentCommandLine", "x")
			e.Data[0].Value.Str = utc(when)
			if err := emit(e, device, when); err != nil {
				return err
			}
			for k := range 9 {
				id := []uint32{3, 11, 13, 7}[k%4]
				e := sysmon(id, 0, "2031-02-03T00:00:00Z", "ProcessGuid", guid, "ProcessId", fmt.Sprint(pid), "Image", fmt.Sprintf(`C:\Program Files\Vendor\Tool%d.exe`, i%500), "User", `LAB\Mira`,
					"DestinationIp", "203.0.113.9", "DestinationPort", "443", "TargetFilename", `C:\Temp\a.txt`, "TargetObject", `HKLM\SOFTWARE\X\Y`, "Details", "DWORD (0x00000001)", "ImageLoaded", `C:\Windows\System32\kernel32.dll`, "EventType", "SetValue")
				e.Data[0].Value.Str = utc(when + int64(k)*1e6)
				if err := emit(e, device, when+int64(k)*1e6); err != nil {
					return err
				}
			}
			continue
		}
		for k := range 10 {
			p := pid
			_ = k
			e := security(4688, 0, "2031-02-03T00:00:00Z", created(0, "", fmt.Sprintf("0x%x", p), fmt.Sprintf(`C:\Program Files\Vendor\Tool%d.exe`, i%500), fmt.Sprintf(`"C:\Program Files\Vendor\Tool%d.exe" --job %d`, i%500, i), fmt.Sprintf("0x%x", parent), "")...)
			if k > 0 {
				e = security(5156, 0, "2031-02-03T00:00:00Z", "ProcessID", fmt.Sprint(p), "Application", fmt.Sprintf(`\device\harddiskvolume3\program files\vendor\tool%d.exe`, i%500), "Direction", "%%14593", "SourceAddress", "10.0.0.1", "DestAddress", "203.0.113.1", "DestPort", "443", "Protocol", "6")
			}
			if err := emit(e, device, when+int64(k)*1e6); err != nil {
				return err
			}
		}
	}
	return nil
}
