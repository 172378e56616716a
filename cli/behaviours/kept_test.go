package behaviours

import "fmt"

const (
	treeKey  = `HKLM\SOFTWARE\Microsoft\Windows NT\CurrentVersion\Schedule\TaskCache\Tree`
	tasksKey = `HKLM\SOFTWARE\Microsoft\Windows NT\CurrentVersion\Schedule\TaskCache\Tasks`
	longTree = `HKEY_LOCAL_MACHINE\SOFTWARE\Microsoft\Windows NT\CurrentVersion\Schedule\TaskCache\Tree`
)

// set is a registry event of Sysmon: 12 for keys and removed values, 13 for values.
func (h *host) set(image, kind, target, details string) *host {
	id := 13
	if kind != "SetValue" {
		id = 12
	}
	pairs := []any{"EventType", kind, "ProcessGuid", h.guid(id), "ProcessId", 6400, "Image", image, "TargetObject", target, "User", `LAB\mira`}
	if id == 13 {
		pairs = append(pairs, "Details", details)
	}
	return h.sysmon(id, pairs...)
}

// setRow is a registry event of Defender.
func (h *host) setRow(action, image, line, key, value, data string) *host {
	pairs := []any{"ActionType", action, "InitiatingProcessFileName", base(image), "InitiatingProcessFolderPath", image, "InitiatingProcessCommandLine", line, "InitiatingProcessAccountName", "mira", "InitiatingProcessAccountSid", userSID, "InitiatingProcessId", 6400}
	if action == "RegistryValueDeleted" || action == "RegistryKeyDeleted" {
		pairs = append(pairs, "PreviousRegistryKey", key, "PreviousRegistryValueName", value, "PreviousRegistryValueData", data)
	} else {
		pairs = append(pairs, "RegistryKey", key, "RegistryValueName", value, "RegistryValueData", data)
	}
	return h.row("DeviceRegistryEvents", pairs...)
}

// wrote is a file event of Sysmon, wroteRow one of Defender.
func (h *host) wrote(image, target, who string) *host {
	return h.sysmon(11, "ProcessGuid", h.guid(11), "ProcessId", 6200, "Image", image, "TargetFilename", target, "User", who)
}

func (h *host) wroteRow(image, target, who, sid string) *host {
	return h.row("DeviceFileEvents", "ActionType", "FileCreated", "FileName", base(target), "FolderPath", target, "InitiatingProcessFileName", base(image), "InitiatingProcessFolderPath", image, "InitiatingProcessAccountName", who, "InitiatingProcessAccountSid", sid, "InitiatingProcessId", 6200)
}

// ordinary are tasks that every store has in order, so that a machine can be compared.
func ordinary() []cached {
	var list []cached
	for i := range 12 {
		list = append(list, cached{tsk: tsk{path: fmt.Sprintf(`\Contoso\Job%02d`, i), author: "Contoso", command: fmt.Sprintf(`C:\Program Files\Contoso @HOST@\job%02d.exe`, i)}})
	}
	return list
}

// both puts tasks into both stores.
func (h *host) both(list ...cached) *host {
	all := append(ordinary(), list...)
	h.registry(all...)
	for _, c := range all {
		h.taskFile(c.tsk)
	}
	return h
}

// kept is how a task is kept and hidden.
func kept() []facet {
	var list []facet
	add := func(more ...facet) { list = append(list, more...) }
	const reg, ghost = `C:\Windows\System32\reg.exe`, `C:\Users\mira\AppData\Local\Temp\gt.exe`
	task := tsk{path: `\Refresh`, command: `C:\Program Files\Contoso @HOST@\r.exe`, author: "Contoso"}
	named := func(path string) cached { c := cached{tsk: task}; c.path = path; return c }

	// B15
	add(hit("b15-sysmon13", func(h *host) {
		h.set(ghost, "CreateKey", treeKey+`\Refresh`, "")
		h.set(ghost, "SetValue", treeKey+`\Refresh\Id`, "{0A1B2C3D-0000-4000-8000-0000000000B1}")
		h.set(ghost, "SetValue", tasksKey+`\{0A1B2C3D-0000-4000-8000-0000000000B1}\Actions`, "Binary Data")
	}))
	add(hit("b15-mde-registry", func(h *host) {
		h.setRow("RegistryValueSet", ghost, ghost, longTree+`\Refresh`, "Id", "{0A1B2C3D-0000-4000-8000-0000000000B1}")
	}))
	add(hit("b15-remote-mde-registry", func(h *host) {
		h.setRow("RegistryValueSet", service, `svchost.exe -k localService -p -s RemoteRegistry`, longTree+`\Refresh`, "Id", "{0A1B2C3D-0000-4000-8000-0000000000B1}")
	}))
	add(hit("b15-remote-sysmon13", func(h *host) {
		h.started1(process{image: service, line: `C:\Windows\system32\svchost.exe -k localService -p -s RemoteRegistry`, parent: `C:\Windows\System32\services.exe`, parentLine: `C:\Windows\system32\services.exe`, system: true})
		pid, guid := h.pid, h.guid(1)
		h.sysmon(13, "EventType", "SetValue", "ProcessGuid", guid, "ProcessId", pid, "Image", service, "TargetObject", treeKey+`\Refresh\Id`, "Details", "{0A1B2C3D-0000-4000-8000-0000000000B1}", "User", `NT AUTHORITY\LOCAL SERVICE`)
	}))
	add(hit("b15-4657", func(h *host) {
		h.security(4657, "ObjectName", `\REGISTRY\MACHINE\SOFTWARE\Microsoft\Windows NT\CurrentVersion\Schedule\TaskCache\Tree\Refresh`, "ObjectValueName", "Id", "OperationType", "%%1904", "NewValueType", "%%1873", "NewValue", "{0A1B2C3D-0000-4000-8000-0000000000B1}", "ProcessId", "0x1900", "ProcessName", ghost)
	}))
	add(hit("b15-4688", func(h *host) {
		h.started4688(process{image: reg, line: `reg add "HKLM\SOFTWARE\Microsoft\Windows NT\CurrentVersion\Schedule\TaskCache\Tree\Refresh" /v Id /t REG_SZ /d {0A1B2C3D-0000-4000-8000-0000000000B1} /f`, parent: shell, parentLine: shell})
	}))
	add(hit("b15-hive", func(h *host) {
		c := named(`\RefreshGhost`)
		c.noSD = true
		h.registry(append(ordinary(), c)...)
	}).of(`\RefreshGhost`))
	add(hit("b15-nofile", func(h *host) {
		h.registry(append(ordinary(), named(`\RefreshNoFile`))...)
		for _, c := range ordinary() {
			h.taskFile(c.tsk)
		}
	}).of(`\RefreshNoFile`).low())
	add(quiet("b15-service-sysmon13", func(h *host) {
		h.set(service, "CreateKey", treeKey+`\Contoso\Updater`, "")
		h.set(service, "SetValue", treeKey+`\Contoso\Updater\Id`, "{0A1B2C3D-0000-4000-8000-0000000000B1}")
		h.set(service, "SetValue", tasksKey+`\{0A1B2C3D-0000-4000-8000-0000000000B1}\Actions`, "Binary Data")
	}))
	add(quiet("b15-servicing-mde-registry", func(h *host) {
		h.setRow("RegistryValueSet", `c:\windows\winsxs\amd64_servicingstack\tiworker.exe`, "TiWorker.exe -Embedding", longTree+`\Microsoft\Windows\X`, "Id", "{0A1B2C3D-0000-4000-8000-0000000000B1}")
	}))
	// B16
	add(hit("b16-sysmon12", func(h *host) { h.set(reg, "DeleteValue", treeKey+`\Refresh\SD`, "") }))
	add(hit("b16-blank-sysmon13", func(h *host) { h.set(ghost, "SetValue", treeKey+`\Refresh\SD`, "(Empty)") }))
	add(hit("b16-service-token-sysmon12", func(h *host) { h.set(service, "DeleteValue", treeKey+`\Refresh\SD`, "") }))
	add(hit("b16-4657", func(h *host) {
		h.security(4657, "ObjectName", `\REGISTRY\MACHINE\SOFTWARE\Microsoft\Windows NT\CurrentVersion\Schedule\TaskCache\Tree\Refresh`, "ObjectValueName", "SD", "OperationType", "%%1906", "OldValueType", "%%1875", "OldValue", "01 00", "ProcessId", "0x1900", "ProcessName", reg)
	}))
	add(hit("b16-mde-registry", func(h *host) { h.setRow("RegistryValueDeleted", reg, "reg.exe", longTree+`\Refresh`, "SD", "") }))
	add(hit("b16-hive", func(h *host) {
		c := named(`\RefreshNoSD`)
		c.noSD = true
		h.registry(c)
	}).of(`\RefreshNoSD`))
	add(hit("b16-blank-hive", func(h *host) {
		c := named(`\RefreshBlankSD`)
		c.sd = []byte{}
		h.registry(c)
	}).of(`\RefreshBlankSD`))
	add(threeWays("b16-line", process{image: reg, line: `reg delete "HKLM\SOFTWARE\Microsoft\Windows NT\CurrentVersion\Schedule\TaskCache\Tree\Refresh" /v SD /f`, parent: shell, parentLine: shell})...)
	add(scripts("b16-script", `Remove-ItemProperty -Path "HKLM:\SOFTWARE\Microsoft\Windows NT\CurrentVersion\Schedule\TaskCache\Tree\Refresh" -Name SD -Force`)...)
	add(quiet("b16-removed-sysmon12", func(h *host) {
		h.set(service, "DeleteValue", tasksKey+`\{0A1B2C3D-0000-4000-8000-0000000000B1}\SecurityDescriptor`, "")
		h.set(service, "DeleteKey", tasksKey+`\{0A1B2C3D-0000-4000-8000-0000000000B1}`, "")
		h.set(service, "DeleteKey", treeKey+`\Contoso\SDUpdater`, "")
	}))
	// B17
	add(hit("b17-sysmon13", func(h *host) { h.set(reg, "SetValue", treeKey+`\Refresh\Index`, "DWORD (0x00000000)") }))
	add(hit("b17-sysmon12", func(h *host) { h.set(reg, "DeleteValue", treeKey+`\Refresh\Index`, "") }))
	add(hit("b17-mde-registry", func(h *host) { h.setRow("RegistryValueSet", reg, "reg.exe", longTree+`\Refresh`, "Index", "0") }))
	add(hit("b17-hive", func(h *host) {
		c := named(`\RefreshIndexZero`)
		c.indexZero = true
		h.registry(c)
	}).of(`\RefreshIndexZero`))
	add(hit("b17-missing-hive", func(h *host) {
		c := named(`\RefreshNoIndex`)
		c.noIndex = true
		h.registry(c)
	}).of(`\RefreshNoIndex`))
	add(quiet("b17-indexer-sysmon13", func(h *host) {
		h.set(service, "SetValue", treeKey+`\Microsoft\Windows\Shell\IndexerAutomaticMaintenance\Index`, "DWORD (0x00000004)")
	}))
	// B18
	add(hit("b18-actions", func(h *host) {
		h.both(named(`\RefreshDiffers`))
		t := task
		t.path, t.command = `\RefreshDiffers`, `C:\Program Files\Contoso @HOST@\other.exe`
		h.taskFile(t)
	}).of(`\RefreshDiffers`))
	add(hit("b18-no-tasks", func(h *host) {
		c := named(`\RefreshNoTasks`)
		c.noTasks = true
		h.both(c)
	}).of(`\RefreshNoTasks`).low())
	add(hit("b18-no-tree", func(h *host) {
		c := named(`\RefreshNoTree`)
		c.noTree = true
		h.both(c)
	}).of(`\RefreshNoTree`).low())
	add(hit("b18-path", func(h *host) {
		c := named(`\RefreshTwoNames`)
		c.other = `\Contoso\Other`
		h.both(c)
	}).of(`\RefreshTwoNames`))
	add(hit("b18-file-only", func(h *host) {
		h.both()
		t := task
		t.path = `\RefreshFileOnly`
		h.taskFile(t)
	}).of(`\RefreshFileOnly`).low())
	add(quiet("b18-in-order", func(h *host) { h.both(named(`\RefreshInOrder`)) }).of(`\RefreshInOrder`))
	// B19
	add(hit("b19-sysmon11", func(h *host) { h.wrote(ghost, `C:\Windows\System32\Tasks\Refresh`, `LAB\mira`) }))
	add(hit("b19-wow-mde-file", func(h *host) { h.wroteRow(ghost, `C:\Windows\SysWOW64\Tasks\Refresh`, "mira", userSID) }))
	add(hit("b19-mde-file", func(h *host) { h.wroteRow(ghost, `C:\Windows\System32\Tasks\Refresh`, "mira", userSID) }))
	add(hit("b19-4663", func(h *host) {
		h.security(4663, "ObjectServer", "Security", "ObjectType", "File", "ObjectName", `C:\Windows\System32\Tasks\Refresh`, "HandleId", "0x1", "AccessList", "%%4417", "AccessMask", "0x2", "ProcessId", "0x1900", "ProcessName", ghost)
	}))
	add(quiet("b19-service-sysmon11", func(h *host) { h.wrote(service, `C:\Windows\System32\Tasks\Contoso\Updater`, `NT AUTHORITY\SYSTEM`) }))
	add(quiet("b19-servicing-mde-file", func(h *host) {
		h.wroteRow(`c:\windows\winsxs\amd64_servicingstack\tiworker.exe`, `C:\Windows\System32\Tasks\Microsoft\Windows\X`, "system", "S-1-5-18")
	}))
	// B20: never alone, and never silent beside a program of one's own
	forged := tsk{path: `\Refresh`, author: "Microsoft Corporation", date: "2019-01-01T00:00:00", uri: `\Microsoft\Windows\UpdateOrchestrator\Refresh`, command: `C:\ProgramData\@HOST@\ms\svc.exe`}
	add(hit("b20-4698", func(h *host) { h.registered4698(forged) }))
	add(hit("b20-mde-created", func(h *host) { h.scheduledRow("ScheduledTaskCreated", forged, true) }))
	add(hit("b20-xml", func(h *host) { t := forged; t.path = `\RefreshForged`; h.taskFile(t) }).of(`\RefreshForged`).low())
	add(quiet("b20-onedrive-4698", func(h *host) {
		h.registered4698(tsk{path: `\OneDrive Standalone Update Task-` + userSID, author: "Microsoft Corporation", command: `%localappdata%\Microsoft\OneDrive\OneDriveStandaloneUpdater.exe`})
	}))
	// B21
	hidden := tsk{path: `\Refresh`, command: "cmd.exe", args: `/c C:\ProgramData\@HOST@\r.bat`, settings: "<Hidden>true</Hidden>"}
	add(hit("b21-4698", func(h *host) { h.registered4698(hidden) }))
	add(hit("b21-xml", func(h *host) { t := hidden; t.path = `\RefreshHidden`; h.taskFile(t) }).of(`\RefreshHidden`))
	add(quiet("b21-vendor-xml", func(h *host) {
		h.taskFile(tsk{path: `\ContosoHidden`, author: "Contoso", command: `C:\Program Files\Contoso @HOST@\u.exe`, settings: "<Hidden>true</Hidden>"})
	}).of(`\ContosoHidden`))
	// B22
	add(hit("b22-hive", func(h *host) {
		c := named(`\RefreshShut`)
		c.sd = shut
		h.registry(c)
	}).of(`\RefreshShut`))
	closed := tsk{path: `\RefreshClosed`, command: `C:\Program Files\Contoso @HOST@\r.exe`, more: "<SecurityDescriptor>D:P(A;;FA;;;SY)</SecurityDescriptor>"}
	add(hit("b22-xml", func(h *host) { h.taskFile(closed) }).of(`\RefreshClosed`))
	add(hit("b22-denied-xml", func(h *host) {
		t := closed
		t.path, t.more = `\RefreshDenied`, "<SecurityDescriptor>D:(D;;FR;;;BA)(A;;FA;;;SY)</SecurityDescriptor>"
		h.taskFile(t)
	}).of(`\RefreshDenied`))
	add(hit("b22-4698", func(h *host) { h.registered4698(closed) }))
	add(quiet("b22-windows-xml", func(h *host) {
		h.taskFile(tsk{path: `\ContosoOpen`, author: "Contoso", command: `C:\Program Files\Contoso @HOST@\r.exe`, more: "<SecurityDescriptor>D:(A;;FA;;;BA)(A;;FA;;;SY)(A;;FR;;;BU)</SecurityDescriptor>"})
	}).of(`\ContosoOpen`))
	// B23
	add(hit("b23-4719", func(h *host) {
		h.security(4719, "CategoryId", "%%8274", "SubcategoryId", "%%12804", "SubcategoryGuid", "{0CCE9227-69AE-11D9-BED3-505054503030}", "AuditPolicyChanges", "%%8448")
	}))
	add(hit("b23-1102", func(h *host) {
		h.event("Security", "Microsoft-Windows-Eventlog", 1102, "SubjectUserSid", userSID, "SubjectUserName", "mira", "SubjectDomainName", "LAB", "SubjectLogonId", "0x4f1a2")
	}).low())
	add(hit("b23-104", func(h *host) {
		h.event("System", "Microsoft-Windows-Eventlog", 104, "SubjectUserName", "mira", "SubjectDomainName", "LAB", "BackupPath", "")
	}).low())
	add(threeWays("b23-wevtutil", process{image: `C:\Windows\System32\wevtutil.exe`, line: `wevtutil sl Microsoft-Windows-TaskScheduler/Operational /e:false`, parent: shell, parentLine: shell})...)
	add(threeWays("b23-auditpol", process{image: `C:\Windows\System32\auditpol.exe`, line: `auditpol /set /subcategory:"Other Object Access Events" /success:disable`, parent: shell, parentLine: shell})...)
	add(threeWays("b23-stop", process{image: `C:\Windows\System32\sc.exe`, line: `sc config Schedule start= disabled`, parent: shell, parentLine: shell})...)
	add(hit("b23-7040", func(h *host) {
		h.event("System", "Service Control Manager", 7040, "param1", "Task Scheduler", "param2", "auto start", "param3", "disabled", "param4", "Schedule")
	}))
	add(hit("b23-7034", func(h *host) {
		h.event("System", "Service Control Manager", 7034, "param1", "Task Scheduler", "param2", "1")
	}).low())
	add(hit("b23-7036", func(h *host) {
		h.event("System", "Service Control Manager", 7036, "param1", "Task Scheduler", "param2", "stopped")
	}).low())
	add(hit("b23-sysmon13", func(h *host) {
		h.set(reg, "SetValue", `HKLM\SOFTWARE\Microsoft\Windows\CurrentVersion\WINEVT\Channels\Microsoft-Windows-TaskScheduler/Operational\Enabled`, "DWORD (0x00000000)")
	}))
	add(hit("b23-mde-registry", func(h *host) {
		h.setRow("RegistryValueSet", reg, "reg.exe", `HKEY_LOCAL_MACHINE\SOFTWARE\Microsoft\Windows\CurrentVersion\WINEVT\Channels\Microsoft-Windows-TaskScheduler/Operational`, "Enabled", "0")
	}))
	add(hit("b23-sysmon8", func(h *host) {
		h.started1(process{image: service, line: serviceLine, parent: `C:\Windows\System32\services.exe`, parentLine: `C:\Windows\system32\services.exe`, system: true})
		pid, guid := h.pid, h.guid(1)
		h.sysmon(8, "SourceProcessGuid", h.guid(8), "SourceProcessId", 6500, "SourceImage", ghost, "TargetProcessGuid", guid, "TargetProcessId", pid, "TargetImage", service, "NewThreadId", 7000, "StartAddress", "0x00007FF8", "SourceUser", `LAB\mira`, "TargetUser", `NT AUTHORITY\SYSTEM`)
	}).low())
	add(scripts("b23-script", `wevtutil sl Microsoft-Windows-TaskScheduler/Operational /e:false; Clear-EventLog -LogName Security`)...)
	add(scripts("b23-stop-script", `Set-Service -Name Schedule -StartupType Disabled; Stop-Service Schedule -Force`)...)
	add(quiet("b23-on-4688", func(h *host) {
		h.started4688(process{image: `C:\Windows\System32\wevtutil.exe`, line: `wevtutil sl Microsoft-Windows-TaskScheduler/Operational /e:true`, parent: shell, parentLine: shell})
	}))
	add(quiet("b23-7036-running", func(h *host) {
		h.event("System", "Service Control Manager", 7036, "param1", "Task Scheduler", "param2", "running")
	}))
	return list
}
