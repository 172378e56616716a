package normalize

import (
	"encoding/binary"
	"encoding/json"
	"math"
	"strconv"
	"strings"

	"github.com/goshawk-hunt/goshawk/evidence"
	"github.com/goshawk-hunt/goshawk/internal/jsontext"
)

// levelNames are the names of event levels, by number.
var levelNames = [...]string{"LogAlways", "Critical", "Error", "Warning", "Information", "Verbose"}

// recoveredOrigin is EventOriginId of a record that was found outside of its place.
const recoveredOrigin = "recovered"

// windowsEvent stores an event.
func (n *Normalizer) windowsEvent(ev *event) error {
	t := n.windows
	if ev.Message == "" && ev.RecordID <= math.MaxInt64 {
		header, err := n.headerOf(ev)
		if err != nil {
			return err
		}
		if header != 0 {
			t = n.events
			t.begin()
			t.int(cHeader, header)
			t.number(cEventRecordId, int64(ev.RecordID), ev.RecordID != 0)
		}
	}
	if t == n.windows {
		t.begin()
		n.shared(t, ev)
		if ev.RecordID != 0 {
			m := n.mark()
			n.arena = strconv.AppendUint(n.arena, ev.RecordID, 10)
			t.str(cEventRecordId, n.since(m))
		}
		t.str(cRawEventData, ev.Message)
	}
	t.time(cTimeGenerated, ev.Time)
	t.int(cEventID, int64(ev.EventID))
	t.str(cCorrelation, ev.ActivityID)
	t.int(cSystemProcessId, int64(int32(ev.ProcessID)))
	t.int(cSystemThreadId, int64(int32(ev.ThreadID)))
	m := n.mark()
	n.arena = n.shapes.appendData(n.arena, ev.EventID, ev.fields)
	t.str(cEventData, n.since(m))
	t.int(cSourceId, n.opt.Source)
	t.int(cOffset, ev.offset)
	t.int(cKey, int64(ev.key))
	return n.emit(t)
}

// shared sets the columns that an event shares with others: those of an eventHeader.
func (n *Normalizer) shared(t *table, ev *event) {
	t.str(cProvider, ev.Provider)
	t.str(cChannel, ev.Channel)
	t.str(cComputer, ev.Computer)
	t.int(cTask, int64(ev.Task))
	t.int(cEventLevel, int64(ev.Level))
	if int(ev.Level) < len(levelNames) {
		t.str(cEventLevelName, levelNames[ev.Level])
	}
	t.str(cSystemUserId, ev.UserID)
	t.int(cVersion, int64(ev.Version))
	m := n.mark()
	n.arena = strconv.AppendUint(n.arena, uint64(ev.Opcode), 10)
	t.str(cOpcode, n.since(m))
	m = n.mark()
	n.arena = strconv.AppendUint(append(n.arena, "0x"...), ev.Keywords, 16)
	t.str(cKeywords, n.since(m))
	if ev.Recovered {
		t.str(cEventOriginId, recoveredOrigin)
	}
	t.str(cDevice, ev.device.id)
}

// appendData is the way of shapes.appendData for all data, whatever their names.
func appendData(b []byte, fields []evidence.Field) []byte {
	b = append(b, '{')
	mark := len(b)
	repeats := repeated(fields)
	for i := range fields {
		f := &fields[i]
		if repeats && before(fields, i) {
			continue
		}
		if len(b) > mark {
			b = append(b, ',')
		}
		name := dataName(f)
		b = append(jsontext.AppendString(b, name), ':')
		if f.Name != "" && (!repeats || !again(fields, i)) {
			b = appendValue(b, &f.Value)
			continue
		}
		b = append(b, '[')
		for j := i; j < len(fields); j++ {
			if dataName(&fields[j]) != name {
				continue
			}
			if j > i {
				b = append(b, ',')
			}
			b = appendValue(b, &fields[j].Value)
		}
		b = append(b, ']')
	}
	return append(b, '}')
}

// dataName is the key of a field.
func dataName(f *evidence.Field) string {
	if f.Name == "" {
		return "Data"
	}
	return f.Name
}

// maxDistinct is how many fields are searched for repeated names. Only events made to
// hurt have more; each of theirs is then its own member, as JSON allows.
const maxDistinct = 512

func repeated(fields []evidence.Field) bool {
	if len(fields) > maxDistinct {
		return false
	}
	for i := range fields {
		if again(fields, i) {
			return true
		}
	}
	return false
}

// again says whether the name of field i comes again behind it.
func again(fields []evidence.Field, i int) bool {
	name := dataName(&fields[i])
	for j := i + 1; j < len(fields); j++ {
		if dataName(&fields[j]) == name {
			return true
		}
	}
	return false
}

// before says whether the name of field i stands before it already.
func before(fields []evidence.Field, i int) bool {
	name := dataName(&fields[i])
	for j := range i {
		if dataName(&fields[j]) == name {
			return true
		}
	}
	return false
}

// appendValue appends a value as JSON.
func appendValue(b []byte, v *evidence.Value) []byte {
	switch v.Kind {
	case evidence.String, evidence.SID:
		return jsontext.AppendString(b, v.Str)
	case evidence.GUID:
		if len(v.Str) != 36 {
			return jsontext.AppendString(b, v.Str)
		}
		b = appendUpper(append(b, '"', '{'), v.Str)
		return append(b, '}', '"')
	case evidence.JSON:
		if json.Valid([]byte(v.Str)) {
			return append(b, strings.ToValidUTF8(v.Str, "\uFFFD")...)
		}
		return jsontext.AppendString(b, v.Str)
	case evidence.Hex:
		b = strconv.AppendUint(append(b, `"0x`...), v.Num, 16)
		return append(b, '"')
	case evidence.Uint:
		b = strconv.AppendUint(append(b, '"'), v.Num, 10)
		return append(b, '"')
	case evidence.Int:
		b = strconv.AppendInt(append(b, '"'), int64(v.Num), 10)
		return append(b, '"')
	}
	return jsontext.AppendString(b, v.Text())
}

// appendUpper appends the 36 bytes of a GUID with its letters in upper case.
func appendUpper(b []byte, guid string) []byte {
	const ones = 0x0101010101010101
	n := len(b)
	b = append(b, guid...)
	for _, i := range [...]int{0, 8, 16, 24, 28} { // the last takes in some of the one before
		at := b[n+i:][:8]
		x := binary.LittleEndian.Uint64(at)
		// The high bits of the bytes that are at least a and not more than f.
		low := x &^ (0x80 * ones)
		letters := (low + (0x80-'a')*ones) &^ (low + (0x80-'g')*ones) &^ x & (0x80 * ones)
		binary.LittleEndian.PutUint64(at, x-letters>>2)
	}
	return b
}

// boot notes that a system started, which ends all its processes: the start of the
// kernel or, in older logs, of the event log.
func (n *Normalizer) boot(ev *event) error {
	if ev.EventID == 12 && strings.EqualFold(ev.Provider, "Microsoft-Windows-Kernel-General") ||
		(ev.EventID == 6005 || ev.EventID == 6009) && strings.EqualFold(ev.Provider, "EventLog") {
		return n.exited(ev, -1, "")
	}
	return nil
}

// exited notes the end of a process, or of all with the id -1.
func (n *Normalizer) exited(ev *event, pid int64, guid string) error {
	t := n.exit
	t.begin()
	t.time(cTimestamp, ev.time)
	t.str(cDeviceId, ev.device.id)
	t.int(cProcessId, pid)
	t.str(cProcessUniqueId, guid)
	t.int(cSourceId, n.opt.Source)
	t.int(cKey, int64(ev.key))
	return n.emit(t)
}
