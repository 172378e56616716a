package task

import (
	"encoding/hex"
	"fmt"
	"strings"

	"github.com/goshawk-hunt/goshawk/evidence"
)

// Marks of the kinds of triggers in a TaskCache's Triggers value.
var triggerMarks = map[uint32]string{
	0x6666: "WnfStateChangeTrigger",
	0x7777: "SessionStateChangeTrigger",
	0x8888: "RegistrationTrigger",
	0xAAAA: "LogonTrigger",
	0xCCCC: "EventTrigger",
	0xDDDD: "TimeTrigger",
	0xEEEE: "IdleTrigger",
	0xFFFF: "BootTrigger",
}

// Versions of the value from which on it has more.
const (
	withIDs         = 0x16
	withDisplayName = 0x17
)

// forever is a duration that is not set.
const forever = 0xFFFFFFFF

// triggersBlob is what the Triggers value of a task in the registry says, in the terms
// of the XML schema.
type triggersBlob struct {
	triggers, principals, settings *element
}

// parseTriggers reads the Triggers value: besides the triggers it holds the principal
// and the settings. The format is not documented by Microsoft; it is known from
// analysis. On an error it returns what stands before it.
func parseTriggers(b []byte) (out triggersBlob, err error) {
	r := &blobReader{b: b}
	version := r.byteBlock()
	r.time() // the earliest start and the latest end of all triggers
	r.time()
	out.triggers = &element{name: "Triggers"}
	if principals, settings := r.bucket(version); !r.short {
		out.principals, out.settings = principals, settings
	}
	for len(r.b) > 0 && !r.short {
		mark := r.wordBlock()
		name, known := triggerMarks[mark]
		if !known {
			return out, fmt.Errorf("trigger %d is of the unknown kind %#x", len(out.triggers.kids)+1, mark)
		}
		t := r.trigger(name, version)
		if r.short {
			break
		}
		out.triggers.kids = append(out.triggers.kids, t)
	}
	if r.short {
		err = fmt.Errorf("the value ends early, after %d whole triggers", len(out.triggers.kids))
	}
	return out, err
}

// time reads a FILETIME that says whether it is a local one; "" if it is not set.
func (r *blobReader) time() string {
	local := r.byteBlock()
	n := r.u64()
	if n == 0 || n > 1<<61 {
		return ""
	}
	s := evidence.FormatTime(int64(n) + evidence.FiletimeEpoch)
	s = strings.TrimSuffix(strings.TrimRight(strings.TrimSuffix(s, "Z"), "0"), ".")
	if local == 0 {
		s += "Z"
	}
	return s
}

func (r *blobReader) trigger(name string, version uint8) *element {
	t := &element{name: name}
	if name == "TimeTrigger" {
		r.schedule(t)
		r.triggerID(t, version)
		return t
	}
	t.leaf("StartBoundary", r.time())
	t.leaf("EndBoundary", r.time())
	t.leaf("Delay", duration(r.u32()))
	t.leaf("ExecutionTimeLimit", duration(r.u32()))
	interval, length := r.u32(), r.u32()
	r.u32() // the length again
	stop := r.u8()
	r.take(3)
	t.repetition(interval, length, stop)
	t.enabled(r.byteBlock())
	r.take(8)
	r.triggerID(t, version)
	switch name {
	case "WnfStateChangeTrigger":
		t.leaf("StateName", strings.ToUpper(hex.EncodeToString(r.take(8))))
		t.leaf("Data", strings.ToUpper(hex.EncodeToString(r.take(r.wordBlock()))))
	case "SessionStateChangeTrigger":
		// The last two are 7 and 8 in the interface of Windows, 5 and 6 in the value.
		states := [...]string{"", "ConsoleConnect", "ConsoleDisconnect", "RemoteConnect", "RemoteDisconnect", "SessionLock", "SessionUnlock", "SessionLock", "SessionUnlock"}
		if n := r.wordBlock(); n < uint32(len(states)) && states[n] != "" {
			t.leaf("StateChange", states[n])
		} else {
			t.leaf("StateChange", fmt.Sprint(n))
		}
		t.userID(r.user())
	case "LogonTrigger":
		t.userID(r.user())
	case "EventTrigger":
		r.event(t)
	}
	return t
}

func (r *blobReader) event(t *element) {
	t.leaf("Subscription", r.countedBlocks())
	r.take(8)
	r.countedBlocks()
	queries := &element{name: "ValueQueries"}
	for n := r.wordBlock(); n > 0 && !r.short; n-- {
		v := &element{name: "Value", attrs: []attribute{{"name", r.countedBlocks()}}}
		v.text = r.countedBlocks()
		queries.kids = append(queries.kids, v)
	}
	if len(queries.kids) > 0 {
		t.kids = append(t.kids, queries)
	}
}

// schedule reads a trigger by the clock: TimeTrigger, or CalendarTrigger with a
// schedule by days, weeks or months.
func (r *blobReader) schedule(t *element) {
	t.leaf("StartBoundary", r.time())
	t.leaf("EndBoundary", r.time())
	r.time()
	interval, length, limit, mode := r.u32(), r.u32(), r.u32(), r.u32()
	a, b, c := r.u16(), r.u16(), r.u16()
	r.u16()
	stop, enabled := r.u8(), r.u8()
	r.take(6)
	t.repetition(interval, length, stop)
	t.leaf("ExecutionTimeLimit", duration(limit))
	t.leaf("RandomDelay", duration(r.u32()))
	r.take(4)
	t.enabled(enabled)
	var by *element
	switch mode {
	case 0:
		return
	case 1:
		by = &element{name: "ScheduleByDay"}
		by.leaf("DaysInterval", fmt.Sprint(a))
	case 2:
		by = &element{name: "ScheduleByWeek"}
		by.leaf("WeeksInterval", fmt.Sprint(a))
		by.names("DaysOfWeek", uint32(b), weekdays[:])
	case 3:
		by = &element{name: "ScheduleByMonth"}
		days := &element{name: "DaysOfMonth"}
		for i := range 32 {
			if (uint32(b)<<16|uint32(a))>>i&1 == 0 {
				continue
			}
			if i == 31 {
				days.leaf("Day", "Last")
			} else {
				days.leaf("Day", fmt.Sprint(i+1))
			}
		}
		by.kids = append(by.kids, days)
		by.names("Months", uint32(c), months[:])
	case 4:
		by = &element{name: "ScheduleByMonthDayOfWeek"}
		weeks := &element{name: "Weeks"}
		for i, name := range [...]string{"1", "2", "3", "4", "Last"} {
			if b>>i&1 != 0 {
				weeks.leaf("Week", name)
			}
		}
		by.kids = append(by.kids, weeks)
		by.names("DaysOfWeek", uint32(a), weekdays[:])
		by.names("Months", uint32(c), months[:])
	default:
		by = &element{name: fmt.Sprintf("ScheduleOfUnknownKind%d", mode)}
	}
	t.name = "CalendarTrigger"
	t.kids = append(t.kids, by)
}

var (
	weekdays = [...]string{"Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"}
	months   = [...]string{"January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December"}
)

// triggerID reads the id that a trigger may have.
func (r *blobReader) triggerID(t *element, version uint8) {
	if version < withIDs {
		return
	}
	n := r.u32()
	id := utf16Text(r.take(n))
	r.take(-(n + 4) & 7)
	if id != "" {
		t.attrs = append(t.attrs, attribute{"id", id})
	}
}

// user reads an account: its SID, what kind of account it is, and its name.
func (r *blobReader) user() (sid string, kind uint32, name string) {
	if r.byteBlock() != 0 {
		return "", 0, ""
	}
	if r.byteBlock() == 0 {
		kind = r.wordBlock()
		sid, _, _ = parseSID(r.block(r.wordBlock()))
	}
	return sid, kind, r.textBlocks()
}

// userID adds the account of a trigger: its name, as in XML, or else its SID. A SID
// besides the name is one that the schema does not have.
func (e *element) userID(sid string, _ uint32, name string) {
	if name == "" {
		e.leaf("UserId", sid)
		return
	}
	e.leaf("UserId", name)
	e.leaf("UserSid", sid)
}

// leaf adds a child that has a text, unless that is empty.
func (e *element) leaf(name, value string) {
	if value != "" {
		e.kids = append(e.kids, &element{name: name, text: value})
	}
}

// names adds a child with empty elements for the bits that are set.
func (e *element) names(name string, bits uint32, names []string) {
	list := &element{name: name}
	for i, n := range names {
		if bits>>i&1 != 0 {
			list.kids = append(list.kids, &element{name: n})
		}
	}
	e.kids = append(e.kids, list)
}

func (e *element) enabled(n uint8) {
	if n == 0 {
		e.leaf("Enabled", "false")
	} else {
		e.leaf("Enabled", "true")
	}
}

func (e *element) repetition(interval, length uint32, stop uint8) {
	if interval == 0 {
		return
	}
	r := &element{name: "Repetition"}
	r.leaf("Interval", duration(interval))
	r.leaf("Duration", duration(length))
	if stop != 0 {
		r.leaf("StopAtDurationEnd", "true")
	}
	e.kids = append(e.kids, r)
}

// duration writes seconds as XML Schema does, "" for none.
func duration(seconds uint32) string {
	if seconds == 0 || seconds == forever {
		return ""
	}
	var b strings.Builder
	b.WriteByte('P')
	if d := seconds / 86400; d > 0 {
		fmt.Fprintf(&b, "%dD", d)
	}
	if seconds%86400 != 0 {
		b.WriteByte('T')
	}
	for _, u := range [...]struct {
		n    uint32
		unit byte
	}{{seconds / 3600 % 24, 'H'}, {seconds / 60 % 60, 'M'}, {seconds % 60, 'S'}} {
		if u.n > 0 {
			fmt.Fprintf(&b, "%d%c", u.n, u.unit)
		}
	}
	return b.String()
}
