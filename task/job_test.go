package task

import (
	"encoding/binary"
	"os"
	"path/filepath"
	"testing"
	"unicode/utf16"

	"github.com/google/go-cmp/cmp"

	"github.com/goshawk-hunt/goshawk/evidence"
	"github.com/goshawk-hunt/goshawk/internal/golden"
)

func TestJobOfWindows(t *testing.T) {
	b, err := os.ReadFile(filepath.Join(golden.Shared(t), "evidence", "tasks_xml", "artemis__win10_At1.job"))
	if err != nil {
		t.Fatal(err)
	}
	j := ParseJob(b)
	if j.State != Whole || len(j.Actions) != 1 || j.Actions[0].Command != "cmd.exe" || j.Author != `WORKGROUP\DESKTOP-EIS938N$` ||
		j.Description != "Created by NetScheduleJobAdd." || j.Status != 0x41303 || j.LastRun != 0 || j.ID != "{01402FF8-7371-4BBA-A728-A7D4F012D5C6}" {
		t.Errorf("%+v %+v", j, j.Definition)
	}
	if got := string(j.AppendTriggers(nil)); got != `{"TimeTrigger":{"StartBoundary":"2023-08-01T00:00:00","Enabled":"true"}}` {
		t.Error(got)
	}
}

// jobFixed is the size of what all .job files begin with.
const jobFixed = 68

// job builds a .job file with the given triggers.
func job(flags uint32, command, arguments string, triggers ...[]byte) []byte {
	le := binary.LittleEndian
	b := make([]byte, jobFixed)
	le.PutUint16(b, 0x501)
	le.PutUint16(b[2:], 1)
	b[4] = 7
	le.PutUint16(b[20:], jobFixed+2)
	le.PutUint16(b[22:], 200)
	le.PutUint16(b[24:], 2) // retries
	le.PutUint16(b[26:], 5)
	le.PutUint16(b[30:], 10)
	le.PutUint32(b[32:], 0x20)
	le.PutUint32(b[36:], 3600_000)
	le.PutUint32(b[40:], 1)
	le.PutUint32(b[44:], 0x41300)
	le.PutUint32(b[48:], flags)
	for i, n := range []uint16{2031, 4, 0, 5, 6, 7, 8, 500} {
		le.PutUint16(b[52+2*i:], n)
	}
	b = le.AppendUint16(b, 0)
	for _, s := range []string{command, arguments, `C:\`, "mira", "a comment"} {
		u := append(utf16.Encode([]rune(s)), 0)
		b = le.AppendUint16(b, uint16(len(u)))
		for _, c := range u {
			b = le.AppendUint16(b, c)
		}
	}
	b = le.AppendUint16(b, 2)
	b = append(b, 1, 2)
	b = le.AppendUint16(b, 0)
	b = le.AppendUint16(b, uint16(len(triggers)))
	for _, t := range triggers {
		b = append(b, t...)
	}
	return b
}

func jobTriggerBytes(flags, kind uint32, a, b, c uint16) []byte {
	le := binary.LittleEndian
	out := le.AppendUint16(nil, jobTrigger)
	for _, n := range []uint16{0, 2031, 4, 5, 2032, 1, 2, 6, 7} {
		out = le.AppendUint16(out, n)
	}
	for _, n := range []uint32{60, 5, flags, kind} {
		out = le.AppendUint32(out, n)
	}
	for _, n := range []uint16{a, b, c, 0, 0, 0} {
		out = le.AppendUint16(out, n)
	}
	return out
}

func TestJob(t *testing.T) {
	b := job(jobHidden|jobDisabled|jobOnlyLoggedOn|jobDeleteWhenDone, "c.exe", "-x",
		jobTriggerBytes(3, 1, 2, 0, 0), jobTriggerBytes(4, 2, 1, 2, 0), jobTriggerBytes(0, 3, 1, 0x4000, 1), jobTriggerBytes(0, 4, 5, 1, 2),
		jobTriggerBytes(0, 5, 0, 0, 0), jobTriggerBytes(0, 6, 0, 0, 0), jobTriggerBytes(0, 7, 0, 0, 0))
	j := ParseJob(b)
	if j.State != Whole || !j.Hidden || j.Enabled || j.ExitCode != 1 || evidence.FormatTime(j.LastRun) != "2031-04-05T06:07:08.5000000Z" || j.Principal().LogonType != "InteractiveToken" {
		t.Errorf("%+v %+v", j, j.Definition)
	}
	want := []string{"CalendarTrigger", "CalendarTrigger", "CalendarTrigger", "CalendarTrigger", "IdleTrigger", "BootTrigger", "LogonTrigger"}
	if d := cmp.Diff(want, j.TriggerKinds()); d != "" {
		t.Error(d)
	}
	first := Trigger{Kind: "CalendarTrigger", Enabled: true, StartBoundary: "2031-04-05T06:07:00", EndBoundary: "2032-01-02T00:00:00", Interval: "PT5M", Duration: "PT1H", Schedule: "ScheduleByDay"}
	if d := cmp.Diff(first, j.Triggers[0]); d != "" {
		t.Error(d)
	}
	if d := cmp.Diff([]Action{{Kind: "Exec", Command: "c.exe", Arguments: "-x", WorkingDirectory: `C:\`}}, j.Actions); d != "" {
		t.Error(d)
	}
	for n := range b {
		if cut := ParseJob(b[:n]); cut.State != Damaged {
			t.Fatalf("%d of %d bytes: %s", n, len(b), cut.State)
		}
	}
}

func FuzzJob(f *testing.F) {
	f.Add(job(0, "c.exe", "", jobTriggerBytes(0, 3, 1, 2, 3)))
	f.Fuzz(func(t *testing.T, b []byte) {
		sameContent(t, ParseJob(b).Definition)
	})
}
