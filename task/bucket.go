package task

import (
	"fmt"
	"slices"
)

// Flags of a task in the Triggers value, by the settings of the XML schema.
var settingFlags = []struct {
	bit  uint32
	name string
}{
	{0x10, "DisallowStartIfOnBatteries"},
	{0x20, "StopIfGoingOnBatteries"},
	{0x40, "StartWhenAvailable"},
	{0x80, "RunOnlyIfNetworkAvailable"},
	{0x100, "AllowStartOnDemand"},
	{0x200, "WakeToRun"},
	{0x2, "RunOnlyIfIdle"},
	{0x400000, "Enabled"},
	{0x800000, "Hidden"},
	{0x40000000, "AllowHardTerminate"},
}

// choices are groups of flags of which one is set.
var (
	instanceFlags = []struct {
		bit  uint32
		name string
	}{{0x400, "Parallel"}, {0x800, "StopExisting"}, {0x1000, "Queue"}, {0x2000, "IgnoreNew"}}
	logonFlags = []struct {
		bit  uint32
		name string
	}{{0x4000, "S4U"}, {0x10000, "InteractiveToken"}, {0x40000, "Password"}, {0x80000, "InteractiveTokenOrPassword"}}
	tokenFlags = []struct {
		bit  uint32
		name string
	}{{0x8000000, "None"}, {0x10000000, "Unrestricted"}}
)

const (
	flagRestartOnIdle = 0x4
	flagStopOnIdleEnd = 0x8
	flagHighest       = 0x1000000
)

// bucket reads what all triggers of a task share: the principal and the settings.
func (r *blobReader) bucket(version uint8) (principals, settings *element) {
	flags := r.wordBlock()
	r.wordBlock() // CRC-32 of the XML
	var id, display string
	if version >= withIDs {
		id = r.textBlocks()
	}
	if version >= withDisplayName {
		display = r.textBlocks()
	}
	sid, kind, name := r.user()
	settings = &element{name: "Settings"}
	privileges := r.optional(settings, flags)
	for _, f := range settingFlags {
		settings.leaf(f.name, fmt.Sprint(flags&f.bit != 0))
	}
	for _, f := range instanceFlags {
		if flags&f.bit != 0 {
			settings.leaf("MultipleInstancesPolicy", f.name)
		}
	}
	return &element{name: "Principals", kids: []*element{principalElement(flags, id, display, sid, kind, name, privileges)}}, settings
}

func principalElement(flags uint32, id, display, sid string, kind uint32, name string, privileges uint64) *element {
	p := &element{name: "Principal"}
	if id != "" {
		p.attrs = append(p.attrs, attribute{"id", id})
	}
	p.leaf("DisplayName", display)
	account := sid
	if account == "" {
		account = name
	}
	// The service accounts are groups to the registry, users to the schema.
	if (kind == 2 || kind == 4 || kind == 5) && !slices.Contains(serviceAccounts, sid) {
		p.leaf("GroupId", account)
	} else {
		p.leaf("UserId", account)
	}
	if sid != "" {
		p.leaf("AccountName", name) // the schema has one of the two
	}
	for _, f := range logonFlags {
		if flags&f.bit != 0 {
			p.leaf("LogonType", f.name)
		}
	}
	if flags&flagHighest != 0 {
		p.leaf("RunLevel", "HighestAvailable")
	}
	for _, f := range tokenFlags {
		if flags&f.bit != 0 {
			p.leaf("ProcessTokenSidType", f.name)
		}
	}
	list := &element{name: "RequiredPrivileges"}
	for i := range 64 {
		if privileges>>i&1 != 0 {
			name := fmt.Sprintf("privilege %d", i)
			if i < len(privilegeNames) && privilegeNames[i] != "" {
				name = privilegeNames[i]
			}
			list.leaf("Privilege", name)
		}
	}
	if len(list.kids) > 0 {
		p.kids = append(p.kids, list)
	}
	return p
}

var serviceAccounts = []string{"S-1-5-18", "S-1-5-19", "S-1-5-20"}

// privilegeNames are the privileges by their LUID (winnt.h).
var privilegeNames = [...]string{
	2: "SeCreateTokenPrivilege", "SeAssignPrimaryTokenPrivilege", "SeLockMemoryPrivilege", "SeIncreaseQuotaPrivilege",
	"SeMachineAccountPrivilege", "SeTcbPrivilege", "SeSecurityPrivilege", "SeTakeOwnershipPrivilege", "SeLoadDriverPrivilege",
	"SeSystemProfilePrivilege", "SeSystemtimePrivilege", "SeProfileSingleProcessPrivilege", "SeIncreaseBasePriorityPrivilege",
	"SeCreatePagefilePrivilege", "SeCreatePermanentPrivilege", "SeBackupPrivilege", "SeRestorePrivilege", "SeShutdownPrivilege",
	"SeDebugPrivilege", "SeAuditPrivilege", "SeSystemEnvironmentPrivilege", "SeChangeNotifyPrivilege", "SeRemoteShutdownPrivilege",
	"SeUndockPrivilege", "SeSyncAgentPrivilege", "SeEnableDelegationPrivilege", "SeManageVolumePrivilege", "SeImpersonatePrivilege",
	"SeCreateGlobalPrivilege", "SeTrustedCredManAccessPrivilege", "SeRelabelPrivilege", "SeIncreaseWorkingSetPrivilege",
	"SeTimeZonePrivilege", "SeCreateSymbolicLinkPrivilege", "SeDelegateSessionUserImpersonatePrivilege",
}

// optional reads the settings that not every task has; it returns the privileges.
func (r *blobReader) optional(settings *element, flags uint32) (privileges uint64) {
	b := r.block(r.wordBlock())
	idle := &element{name: "IdleSettings"}
	if len(b) > 0 {
		o := &blobReader{b: b}
		idle.leaf("Duration", duration(o.u32()))
		idle.leaf("WaitTimeout", duration(o.u32()))
		settings.leaf("ExecutionTimeLimit", duration(o.u32()))
		settings.leaf("DeleteExpiredTaskAfter", duration(o.u32()))
		settings.leaf("Priority", fmt.Sprint(o.u32()))
		if delay, count := duration(o.u32()), o.u32(); delay != "" || count != 0 {
			restart := &element{name: "RestartOnFailure"}
			restart.leaf("Interval", delay)
			restart.leaf("Count", fmt.Sprint(count))
			settings.kids = append(settings.kids, restart)
		}
		if id := o.take(16); len(id) == 16 && [16]byte(id) != [16]byte{} {
			settings.kids = append(settings.kids, &element{name: "NetworkSettings", kids: []*element{{name: "Id", text: classID(id)}}})
		}
		o.take(4)
		if len(o.b) >= 8 {
			privileges = o.u64()
		}
		if len(o.b) >= 29 {
			maintenance := &element{name: "MaintenanceSettings"}
			maintenance.leaf("Period", o.period())
			maintenance.leaf("Deadline", o.period())
			if o.u8() != 0 {
				maintenance.leaf("Exclusive", "true")
			}
			if len(maintenance.kids) > 0 {
				settings.kids = append(settings.kids, maintenance)
			}
		}
	}
	idle.leaf("StopOnIdleEnd", fmt.Sprint(flags&flagStopOnIdleEnd != 0))
	idle.leaf("RestartOnIdle", fmt.Sprint(flags&flagRestartOnIdle != 0))
	settings.kids = append(settings.kids, idle)
	return privileges
}

// period reads years, months, weeks, days, hours, minutes and seconds.
func (r *blobReader) period() string {
	var n [7]uint16
	for i := range n {
		n[i] = r.u16()
	}
	if n == [7]uint16{} {
		return ""
	}
	date, clock := "", ""
	for i, unit := range "YMWDHMS" {
		switch {
		case n[i] == 0:
		case i < 4:
			date += fmt.Sprintf("%d%c", n[i], unit)
		default:
			clock += fmt.Sprintf("%d%c", n[i], unit)
		}
	}
	if clock != "" {
		clock = "T" + clock
	}
	return "P" + date + clock
}
