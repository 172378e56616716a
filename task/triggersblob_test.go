package task

import (
	"encoding/binary"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/goshawk-hunt/goshawk/internal/golden"
)

// TestTriggersBlob reads real values; what they hold is known from the tests of the
// project that found out about the format.
func TestTriggersBlob(t *testing.T) {
	dir := filepath.Join(golden.Shared(t), "evidence", "hives", "taskcache_blobs")
	for name, want := range map[string]struct{ triggers, principal string }{
		"BootTrigger":         {`{"BootTrigger":{"Enabled":"true"}}`, "S-1-5-21-3262475209-2374237165-4262510312-1000 InteractiveToken "},
		"SessionBasedTrigger": {`{"SessionStateChangeTrigger":{"Enabled":"true","StateChange":"ConsoleDisconnect","UserId":"CASE-PC\\case","UserSid":"S-1-5-21-3262475209-2374237165-4262510312-1000"}}`, "S-1-5-21-3262475209-2374237165-4262510312-1000 InteractiveToken "},
		"UnknownTrigger": {`{"LogonTrigger":{"Delay":"PT15M","Enabled":"true"},"WnfStateChangeTrigger":[{"Enabled":"true","StateName":"7540BCA33E0B8441"},{"Enabled":"true","StateName":"75F8BCA33E06830D"}]}`,
			"S-1-5-4  "},
		"StateChangeTrigger": {`{"WnfStateChangeTrigger":[{"Enabled":"true","StateName":"7518BCA32B188341","Data":"01"},{"Enabled":"true","StateName":"7528BCA32B188341","Data":"03"}]}`, "S-1-5-18  "},
	} {
		b, err := os.ReadFile(filepath.Join(dir, "triggers__Test"+name+".bin"))
		if err != nil {
			t.Fatal(err)
		}
		d := (&Cached{Triggers: b}).Parse()
		p := d.Principal()
		if d.State != Whole || p == nil {
			t.Errorf("%s: %s %s", name, d.State, d.Damage)
			continue
		}
		account := p.UserID
		if account == "" {
			account = p.GroupID
		}
		if diff := cmp.Diff(want.triggers, string(d.AppendTriggers(nil))); diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
		if got := account + " " + p.LogonType + " " + p.RunLevel; got != want.principal {
			t.Errorf("%s: principal %q", name, got)
		}
		if cut := (&Cached{Triggers: b[:len(b)-9]}).Parse(); cut.State != Damaged || len(cut.Triggers) != len(d.Triggers)-1 {
			t.Errorf("%s cut off: %s, %d triggers", name, cut.State, len(cut.Triggers))
		}
	}
	all, _ := filepath.Glob(filepath.Join(dir, "triggers__*.bin"))
	for _, file := range all {
		b, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		if d := (&Cached{Triggers: b}).Parse(); d.State != Whole || len(d.Triggers) == 0 {
			t.Errorf("%s: %s, %s", filepath.Base(file), d.State, d.Damage)
		}
	}
}

// blob builds a Triggers value.
type blob []byte

func (b *blob) words(n ...uint32) {
	for _, v := range n {
		*b = binary.LittleEndian.AppendUint32(*b, v)
	}
}

func (b *blob) blocks(n ...uint32) {
	for _, v := range n {
		b.words(v, 0x48484848)
	}
}

func (b *blob) times(pairs ...uint64) {
	for i := 0; i < len(pairs); i += 2 {
		*b = binary.LittleEndian.AppendUint64(*b, pairs[i])
		*b = binary.LittleEndian.AppendUint64(*b, pairs[i+1])
	}
}

// TestSchedules covers what the real values at hand do not have.
func TestSchedules(t *testing.T) {
	var b blob
	b.blocks(0x17)
	b.times(0, 0, 0, ^uint64(0))
	b.blocks(0x1C00000|0x1000, 7, 0, 0) // flags, CRC, no id, no display name
	b.blocks(1)                         // no user
	b.blocks(0x58)
	b.words(600, 3600, 259200, 0, 7, 60, 3, 1, 2, 3, 4, 0, 1<<20, 0)
	for _, n := range []uint16{0, 0, 0, 7, 0, 0, 0, 0, 0, 0, 10, 12, 0, 0, 1, 0} {
		b = binary.LittleEndian.AppendUint16(b, n)
	}
	const start = 133500000000000000
	schedule := func(local uint64, mode uint32, x, y, z uint16) {
		b.blocks(0xDDDD)
		b.times(local, start, 0, 0, 0, 0)
		b.words(300, 86400, forever, mode)
		for _, n := range []uint16{x, y, z, 0, 0x0101, 0} {
			b = binary.LittleEndian.AppendUint16(b, n)
		}
		b.words(0, 90, 0, 0, 0)
	}
	schedule(1, 0, 0, 0, 0)
	schedule(0, 1, 3, 0, 0)
	schedule(1, 2, 2, 0x41, 0)
	schedule(1, 3, 1, 0x8000, 0x801)
	schedule(1, 4, 0x2, 0x11, 0x4)
	d := (&Cached{Triggers: b}).Parse()
	if d.State != Whole || !d.Hidden || !d.Enabled || d.Principal().RunLevel != "HighestAvailable" {
		t.Errorf("%s %s: %+v", d.State, d.Damage, d.Principals)
	}
	const common = `"StartBoundary":"2024-01-17T21:20:00","Repetition":{"Interval":"PT5M","Duration":"P1D","StopAtDurationEnd":"true"},"RandomDelay":"PT1M30S","Enabled":"true"`
	want := `{"TimeTrigger":{` + common + `},"CalendarTrigger":[` +
		`{` + strings.Replace(common, `00","R`, `00Z","R`, 1) + `,"ScheduleByDay":{"DaysInterval":"3"}},` +
		`{` + common + `,"ScheduleByWeek":{"WeeksInterval":"2","DaysOfWeek":{"Sunday":"","Saturday":""}}},` +
		`{` + common + `,"ScheduleByMonth":{"DaysOfMonth":{"Day":["1","Last"]},"Months":{"January":"","December":""}}},` +
		`{` + common + `,"ScheduleByMonthDayOfWeek":{"Weeks":{"Week":["1","Last"]},"DaysOfWeek":{"Monday":""},"Months":{"March":""}}}]}`
	if diff := cmp.Diff(want, string(d.AppendTriggers(nil))); diff != "" {
		t.Error(diff)
	}
	settings := string(d.AppendSettings(nil))
	for _, s := range []string{`"Priority":"7"`, `"RestartOnFailure":{"Interval":"PT1M","Count":"3"}`, `"MultipleInstancesPolicy":"Queue"`,
		`"MaintenanceSettings":{"Period":"P7D","Deadline":"P10DT12H","Exclusive":"true"}`, `"ExecutionTimeLimit":"P3D"`, `"IdleSettings":{"Duration":"PT10M"`} {
		if !strings.Contains(settings, s) {
			t.Errorf("settings lack %s: %s", s, settings)
		}
	}
	if content := string(d.AppendContent(nil)); !strings.Contains(content, `"Privilege":"SeDebugPrivilege"`) {
		t.Errorf("no privilege: %s", content)
	}
}

func FuzzTriggersBlob(f *testing.F) {
	f.Add([]byte{0x17, 0, 0, 0, 0, 0, 0, 0}, []byte{3, 0, 0, 0, 0, 0, 0x66, 0x66})
	f.Fuzz(func(t *testing.T, triggers, actions []byte) {
		d := (&Cached{Triggers: triggers, Actions: actions}).Parse()
		sameContent(t, d)
	})
}
