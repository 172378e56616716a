package evtx

import (
	"context"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/goshawk-hunt/goshawk/evidence"
	"github.com/goshawk-hunt/goshawk/evidence/evtx/evtxwrite"
	"github.com/goshawk-hunt/goshawk/internal/golden"
)

// counter is a sink that does as little as a sink can.
type counter struct {
	events, fields int
}

func (c *counter) Record(r *evidence.Record) error {
	c.events++
	c.fields += len(r.Event.Data)
	return nil
}

func (c *counter) Damage(evidence.Damage) {}
func (c *counter) Progress(int64)         {}

func benchmarkRead(b *testing.B, data []byte, o Options) {
	in := input(data)
	b.SetBytes(int64(len(data)))
	b.ReportAllocs()
	var c counter
	before := cpuSeconds()
	for b.Loop() {
		c = counter{}
		if err := (Reader{Options: o}).Read(context.Background(), in, &c); err != nil {
			b.Fatal(err)
		}
	}
	if used := cpuSeconds() - before; used > 0 {
		b.ReportMetric(float64(len(data))*float64(b.N)/1e6/used, "MB/cpu-s")
	}
	b.ReportMetric(float64(c.events)*float64(b.N)/b.Elapsed().Seconds(), "events/s")
}

// BenchmarkReal reads logs of real machines, without the zeros at their ends.
func BenchmarkReal(b *testing.B) {
	dir := filepath.Join(golden.Shared(b), "evidence/evtx")
	for _, name := range []string{
		"dam_Win10_RathbunVM__Security.evtx",
		"dam_Win10_APTSimulatorVM__Microsoft-Windows-Sysmon%4Operational.evtx",
		"dam_Win10_BelkasoftCTF_InsiderThreat__Microsoft-Windows-TaskScheduler%4Operational.evtx",
		"dam_Win2012R2_StolenSzechuan__System.evtx",
		"omer__E_ShadowCopy6_windows_system32_winevt_logs_Microsoft-Windows-CAPI2%4Operational.evtx",
	} {
		data, err := os.ReadFile(filepath.Join(dir, name))
		if err != nil {
			b.Skipf("%s is absent", name)
		}
		for len(data) > fileHeaderSize+chunkSize && allZero(data[len(data)-chunkSize:]) {
			data = data[:len(data)-chunkSize]
		}
		short := name[strings.LastIndex(name, "_")+1:]
		b.Run(short, func(b *testing.B) { benchmarkRead(b, data, Options{}) })
	}
}

// BenchmarkEvtxexport has libevtx write two of the same logs as XML, to compare
// BenchmarkReal with.
func BenchmarkEvtxexport(b *testing.B) {
	tool, err := exec.LookPath("evtxexport")
	if err != nil {
		b.Skip("evtxexport (libevtx-utils) is not installed")
	}
	dir := filepath.Join(golden.Shared(b), "evidence/evtx")
	for _, name := range []string{"dam_Win10_RathbunVM__Security.evtx", "dam_Win2012R2_StolenSzechuan__System.evtx"} {
		path := filepath.Join(dir, name)
		info, err := os.Stat(path)
		if err != nil {
			b.Skipf("%s is absent", name)
		}
		b.Run(name[strings.LastIndex(name, "_")+1:], func(b *testing.B) {
			b.SetBytes(info.Size())
			for b.Loop() {
				if err := exec.Command(tool, "-f", "xml", path).Run(); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

// BenchmarkDump writes a real log as JSON and as XML, again and again.
func BenchmarkDump(b *testing.B) {
	data, err := os.ReadFile(filepath.Join(golden.Shared(b), "evidence/evtx/dam_Win10_RathbunVM__Security.evtx"))
	if err != nil {
		b.Skip(err)
	}
	for _, format := range []struct {
		name    string
		format  DumpFormat
		workers int
	}{{"json", DumpJSON, 1}, {"json/workers=2", DumpJSON, 2}, {"xml", DumpXML, 1}, {"xml/workers=2", DumpXML, 2}} {
		b.Run(format.name, func(b *testing.B) {
			d := NewDumper(io.Discard, format.format, Options{Workers: format.workers})
			b.SetBytes(int64(len(data)))
			b.ReportAllocs()
			for b.Loop() {
				if err := d.Dump(context.Background(), input(data), &counter{}); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

// BenchmarkOwn reads a log of process creations of our own making.
func BenchmarkOwn(b *testing.B) {
	data, err := evtxwrite.Bytes(processEvents(20000)...)
	if err != nil {
		b.Fatal(err)
	}
	b.Run("all", func(b *testing.B) { benchmarkRead(b, data, Options{}) })
	b.Run("workers=2", func(b *testing.B) { benchmarkRead(b, data, Options{Workers: 2}) })
	system := func(*evidence.Event) Wanted { return WantSystem }
	b.Run("system", func(b *testing.B) { benchmarkRead(b, data, Options{Want: system}) })
}

// processEvents makes events like those of a Sysmon log.
func processEvents(n int) []evidence.Event {
	r := rand.New(rand.NewPCG(1, 2))
	guid := func() string {
		return fmt.Sprintf("%08x-%04x-%04x-%04x-%012x", r.Uint32(), r.UintN(1<<16), r.UintN(1<<16), r.UintN(1<<16), r.Uint64N(1<<48))
	}
	text := func(name, s string) evidence.Field {
		return evidence.Field{Name: name, Value: evidence.Value{Kind: evidence.String, Str: s}}
	}
	of := func(name string, kind evidence.ValueKind, s string) evidence.Field {
		return evidence.Field{Name: name, Value: evidence.Value{Kind: kind, Str: s}}
	}
	events := make([]evidence.Event, n)
	for i := range events {
		image := fmt.Sprintf(`C:\Program Files\Vendor %d\tool%d.exe`, r.IntN(50), r.IntN(9))
		events[i] = evidence.Event{
			Provider: "Microsoft-Windows-Sysmon", ProviderGUID: "5770385f-c22a-43e0-bf4c-06f5698ffbd9",
			Channel: "Microsoft-Windows-Sysmon/Operational", Computer: "pc-07.corp.example", EventID: 1, Version: 5,
			Level: 4, Task: 1, Keywords: 1 << 63, RecordID: uint64(i + 1), ProcessID: 2640, ThreadID: 3476,
			Time: 638400000000000000 + int64(i)*12345678, UserID: "S-1-5-18",
			Data: []evidence.Field{
				text("RuleName", "-"), text("UtcTime", "2024-01-02 03:04:05.678"), of("ProcessGuid", evidence.GUID, guid()),
				{Name: "ProcessId", Value: evidence.Value{Kind: evidence.Uint, Num: r.Uint64N(30000)}},
				text("Image", image), text("FileVersion", "10.0.1"), text("Description", "A tool of a vendor"),
				text("Product", "Tools"), text("Company", "Vendor GmbH"), text("OriginalFileName", "tool.exe"),
				text("CommandLine", fmt.Sprintf(`"%s" --update --channel stable --id %s`, image, guid())),
				text("CurrentDirectory", `C:\Windows\system32\`), text("User", `NT AUTHORITY\SYSTEM`),
				of("LogonGuid", evidence.GUID, guid()),
				{Name: "LogonId", Value: evidence.Value{Kind: evidence.Hex, Num: 0x3e7}},
				{Name: "TerminalSessionId", Value: evidence.Value{Kind: evidence.Uint, Num: 1}},
				text("IntegrityLevel", "System"),
				text("Hashes", fmt.Sprintf("MD5=%032X,SHA256=%064X", r.Uint64(), r.Uint64())),
				of("ParentProcessGuid", evidence.GUID, guid()),
				{Name: "ParentProcessId", Value: evidence.Value{Kind: evidence.Uint, Num: r.Uint64N(30000)}},
				text("ParentImage", `C:\Windows\System32\svchost.exe`),
				text("ParentCommandLine", `C:\Windows\system32\svchost.exe -k netsvcs -p -s Schedule`),
			},
		}
	}
	return events
}
