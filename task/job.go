package task

import (
	"fmt"
	"time"

	"github.com/goshawk-hunt/goshawk/evidence"
)

// Job is a task of the first task scheduler, kept in a .job file (MS-TSCH section 2.4).
type Job struct {
	*Definition
	ID string // of the job, as in the registry: upper-case, in braces
	// LastRun is in ticks of the machine's local time, 0 if it never ran.
	LastRun          int64
	ExitCode, Status uint32
}

// jobTrigger is the size of a trigger.
const jobTrigger = 48

// jobFlags are the flags of a .job file that settings of the schema stand for.
const (
	jobDeleteWhenDone = 0x2
	jobDisabled       = 0x4
	jobOnlyIfIdle     = 0x10
	jobKillOnIdleEnd  = 0x20
	jobNoBatteries    = 0x40
	jobKillBatteries  = 0x80
	jobHidden         = 0x200
	jobRestartOnIdle  = 0x800
	jobWake           = 0x1000
	jobOnlyLoggedOn   = 0x2000
)

// ParseJob reads a .job file. What stands in one that is cut off is read; the
// Definition's State tells.
func ParseJob(b []byte) *Job {
	j := &Job{}
	r := &blobReader{b: b}
	r.take(4)
	j.ID = classID(r.take(16))
	r.take(4)
	retries, retryMinutes := r.u16(), r.u16()
	idleDeadline, idleWait := r.u16(), r.u16()
	r.u32() // priority class
	limit := r.u32()
	j.ExitCode, j.Status = r.u32(), r.u32()
	flags := r.u32()
	j.LastRun = r.systemTime()
	r.u16() // running instances
	action := Action{Kind: "Exec", Command: r.characters(), Arguments: r.characters(), WorkingDirectory: r.characters()}
	info := &element{name: "RegistrationInfo"}
	info.leaf("Author", r.characters())
	info.leaf("Description", r.characters())
	r.take(uint32(r.u16())) // user data
	r.take(uint32(r.u16())) // the error of the last start, which Status tells too
	triggers := &element{name: "Triggers"}
	for n := r.u16(); n > 0 && !r.short; n-- {
		if t := r.jobTrigger(); !r.short {
			triggers.kids = append(triggers.kids, t)
		}
	}
	settings := jobSettings(flags)
	settings.leaf("ExecutionTimeLimit", milliseconds(limit))
	if retries > 0 {
		settings.kids = append(settings.kids, &element{name: "RestartOnFailure", kids: []*element{
			{name: "Interval", text: duration(60 * uint32(retryMinutes))}, {name: "Count", text: fmt.Sprint(retries)}}})
	}
	idle := settings.child("IdleSettings")
	idle.leaf("Duration", duration(60*uint32(idleWait)))
	idle.leaf("WaitTimeout", duration(60*uint32(idleDeadline)))
	root := &element{name: "Task", kids: []*element{info, triggers}}
	if flags&jobOnlyLoggedOn != 0 {
		root.kids = append(root.kids, &element{name: "Principals", kids: []*element{{name: "Principal", kids: []*element{{name: "LogonType", text: "InteractiveToken"}}}}})
	}
	root.kids = append(root.kids, settings, actionsElement("", []Action{action}))
	damage := ""
	if r.short {
		damage = "the job file ends early"
	}
	j.Definition = newDefinition(root, damage)
	return j
}

// milliseconds is a duration, "" if it is not set.
func milliseconds(n uint32) string {
	if n == forever {
		return ""
	}
	return duration(n / 1000)
}

func jobSettings(flags uint32) *element {
	s := &element{name: "Settings"}
	for _, f := range [...]struct {
		bit  uint32
		name string
	}{
		{jobNoBatteries, "DisallowStartIfOnBatteries"}, {jobKillBatteries, "StopIfGoingOnBatteries"},
		{jobOnlyIfIdle, "RunOnlyIfIdle"}, {jobHidden, "Hidden"}, {jobWake, "WakeToRun"},
	} {
		s.leaf(f.name, fmt.Sprint(flags&f.bit != 0))
	}
	s.leaf("Enabled", fmt.Sprint(flags&jobDisabled == 0))
	if flags&jobDeleteWhenDone != 0 {
		s.leaf("DeleteExpiredTaskAfter", "PT0S")
	}
	s.kids = append(s.kids, &element{name: "IdleSettings", kids: []*element{
		{name: "StopOnIdleEnd", text: fmt.Sprint(flags&jobKillOnIdleEnd != 0)}, {name: "RestartOnIdle", text: fmt.Sprint(flags&jobRestartOnIdle != 0)}}})
	return s
}

// characters reads a text behind its length in characters.
func (r *blobReader) characters() string { return utf16Text(r.take(2 * uint32(r.u16()))) }

// systemTime reads a SYSTEMTIME as ticks, 0 if it is none.
func (r *blobReader) systemTime() int64 {
	var n [8]int // year, month, day of week, day, hour, minute, second, milliseconds
	for i := range n {
		n[i] = int(r.u16())
	}
	if n[0] < 1601 || n[0] > 9999 || n[1] < 1 || n[1] > 12 || n[3] < 1 || n[3] > 31 {
		return 0
	}
	t := time.Date(n[0], time.Month(n[1]), n[3], n[4], n[5], n[6], n[7]*1e6, time.UTC)
	return t.Unix()*evidence.TicksPerSecond + int64(t.Nanosecond()/100) + evidence.UnixEpoch
}

// jobTrigger reads one trigger (MS-TSCH section 2.4.2.11).
func (r *blobReader) jobTrigger() *element {
	size := r.u16()
	r.u16()
	var date [6]uint16
	for i := range date {
		date[i] = r.u16()
	}
	hour, minute := r.u16(), r.u16()
	length, interval, flags, kind := r.u32(), r.u32(), r.u32(), r.u32()
	a, b, c := r.u16(), r.u16(), r.u16()
	r.take(6)
	if size > jobTrigger {
		r.take(uint32(size - jobTrigger))
	}
	e := &element{name: "TimeTrigger"}
	e.leaf("StartBoundary", fmt.Sprintf("%04d-%02d-%02dT%02d:%02d:00", date[0], date[1], date[2], hour, minute))
	if flags&1 != 0 {
		e.leaf("EndBoundary", fmt.Sprintf("%04d-%02d-%02dT00:00:00", date[3], date[4], date[5]))
	}
	stop := uint8(0)
	if flags&2 != 0 {
		stop = 1
	}
	e.repetition(60*interval, 60*length, stop)
	e.leaf("Enabled", fmt.Sprint(flags&4 == 0))
	r.jobSchedule(e, kind, a, b, c)
	return e
}

func (r *blobReader) jobSchedule(e *element, kind uint32, a, b, c uint16) {
	by := &element{}
	switch kind {
	case 0:
		return
	case 1:
		by.name = "ScheduleByDay"
		by.leaf("DaysInterval", fmt.Sprint(a))
	case 2:
		by.name = "ScheduleByWeek"
		by.leaf("WeeksInterval", fmt.Sprint(a))
		by.names("DaysOfWeek", uint32(b), weekdays[:])
	case 3:
		by.name = "ScheduleByMonth"
		days := &element{name: "DaysOfMonth"}
		for i := range 31 {
			if (uint32(b)<<16|uint32(a))>>i&1 != 0 {
				days.leaf("Day", fmt.Sprint(i+1))
			}
		}
		by.kids = append(by.kids, days)
		by.names("Months", uint32(c), months[:])
	case 4:
		by.name = "ScheduleByMonthDayOfWeek"
		week := fmt.Sprint(a)
		if a == 5 {
			week = "Last"
		}
		by.kids = append(by.kids, &element{name: "Weeks", kids: []*element{{name: "Week", text: week}}})
		by.names("DaysOfWeek", uint32(b), weekdays[:])
		by.names("Months", uint32(c), months[:])
	case 5:
		e.name = "IdleTrigger"
		return
	case 6:
		e.name = "BootTrigger"
		return
	case 7:
		e.name = "LogonTrigger"
		return
	default:
		by.name = fmt.Sprintf("ScheduleOfUnknownKind%d", kind)
	}
	e.name = "CalendarTrigger"
	e.kids = append(e.kids, by)
}
