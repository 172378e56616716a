package behaviours

import (
	"fmt"
	"time"
)

// after is what comes of it.
func after() []facet {
	var list []facet
	add := func(more ...facet) { list = append(list, more...) }
	run := process{image: `C:\Contoso\@HOST@\u.exe`}
	// B58
	add(hit("b58-sysmon3", func(h *host) {
		h.started1(run)
		h.sysmon(3, "ProcessGuid", h.guid(1), "ProcessId", h.pid, "Image", run.image, "User", `LAB\mira`, "Protocol", "tcp", "Initiated", "true", "SourceIp", "10.2.3.4", "SourcePort", "51111", "DestinationIp", "203.0.113.7", "DestinationHostname", "@HOST@.c2.example", "DestinationPort", "443")
	}))
	add(hit("b58-sysmon22", func(h *host) {
		h.started1(run)
		h.sysmon(22, "ProcessGuid", h.guid(1), "ProcessId", h.pid, "Image", run.image, "User", `LAB\mira`, "QueryName", "@HOST@.c2.example", "QueryStatus", "0", "QueryResults", "::ffff:203.0.113.7;")
	}))
	add(hit("b58-mde", func(h *host) {
		at := h.at.Format("2006-01-02T15:04:05.0000000Z")
		h.startedRow(run)
		h.row("DeviceNetworkEvents", "ActionType", "ConnectionSuccess", "RemoteIP", "203.0.113.7", "RemoteUrl", "@HOST@.c2.example", "RemotePort", 443, "RemoteIPType", "Public", "InitiatingProcessFileName", "u.exe", "InitiatingProcessFolderPath", run.image, "InitiatingProcessId", h.pid, "InitiatingProcessCreationTime", at, "InitiatingProcessAccountName", "mira")
	}))
	add(quiet("b58-updater-mde", func(h *host) {
		at := h.at.Format("2006-01-02T15:04:05.0000000Z")
		h.startedRow(process{image: `C:\Program Files\Contoso @HOST@\updater.exe`, line: `"C:\Program Files\Contoso @HOST@\updater.exe" /check`, system: true})
		h.row("DeviceNetworkEvents", "ActionType", "ConnectionSuccess", "RemoteIP", "203.0.113.9", "RemoteUrl", "update.contoso.example", "RemotePort", 443, "RemoteIPType", "Public", "InitiatingProcessFileName", "updater.exe", "InitiatingProcessId", h.pid, "InitiatingProcessCreationTime", at)
	}))
	// B59
	child := func(image, line string) process {
		return process{image: image, line: line, parent: run.image, parentLine: run.image}
	}
	for i, c := range []process{child(shell, "cmd /c whoami /all"), child(`C:\Windows\System32\vssadmin.exe`, "vssadmin delete shadows /all /quiet"), child(`C:\Windows\System32\wevtutil.exe`, "wevtutil cl Security"), child(`C:\Windows\System32\nltest.exe`, "nltest /dclist:")} {
		add(hit(fmt.Sprintf("b59%c-sysmon1", 'a'+i), func(h *host) {
			h.started1(run)
			parent, guid := h.pid, h.guid(1)
			h.pid += 4
			h.sysmon(1, "ProcessGuid", h.guid(1), "ProcessId", h.pid, "Image", c.image, "CommandLine", c.line, "User", `LAB\mira`, "IntegrityLevel", "Medium", "ParentProcessGuid", guid, "ParentProcessId", parent, "ParentImage", c.parent, "ParentCommandLine", c.parentLine)
		}))
		add(hit(fmt.Sprintf("b59%c-mde", 'a'+i), func(h *host) {
			at := h.at.Format("2006-01-02T15:04:05.0000000Z")
			h.startedRow(run)
			parent := h.pid
			h.pid += 4
			h.row("DeviceProcessEvents", "ActionType", "ProcessCreated", "FileName", base(c.image), "FolderPath", c.image, "ProcessCommandLine", c.line, "ProcessId", h.pid, "ProcessCreationTime", h.at.Format("2006-01-02T15:04:05.0000000Z"), "AccountName", "mira", "AccountSid", userSID,
				"InitiatingProcessFileName", base(c.parent), "InitiatingProcessFolderPath", c.parent, "InitiatingProcessCommandLine", c.parentLine, "InitiatingProcessId", parent, "InitiatingProcessCreationTime", at)
		}))
	}
	add(hit("b59-sysmon11", func(h *host) {
		h.started1(run)
		h.sysmon(11, "ProcessGuid", h.guid(1), "ProcessId", h.pid, "Image", run.image, "TargetFilename", `C:\ProgramData\@HOST@\drop.exe`, "User", `LAB\mira`)
	}))
	add(quiet("b59-inventory-sysmon1", func(h *host) {
		p := process{image: `C:\Program Files\Contoso @HOST@\inventory.exe`, system: true}
		h.started1(p)
		parent, guid := h.pid, h.guid(1)
		h.pid += 4
		h.sysmon(1, "ProcessGuid", h.guid(1), "ProcessId", h.pid, "Image", `C:\Windows\System32\systeminfo.exe`, "CommandLine", "systeminfo /fo csv", "User", `NT AUTHORITY\SYSTEM`, "IntegrityLevel", "System", "ParentProcessGuid", guid, "ParentProcessId", parent, "ParentImage", p.image, "ParentCommandLine", p.image)
	}))
	// B61
	add(hit("b61-129", func(h *host) {
		h.scheduler(106, "TaskName", `\Contoso\Other`, "UserContext", `LAB\mira`)
		h.scheduler(129, "TaskName", `\Contoso\Dormant`, "Path", `C:\Contoso\@HOST@\d.exe`, "ProcessID", "6300", "Priority", "16384")
	}).low())
	add(hit("b61-mde", func(h *host) {
		h.scheduledRow("ScheduledTaskCreated", tsk{path: `\Contoso\Other`, command: `C:\Program Files\Contoso @HOST@\o.exe`}, true)
		h.wait(time.Hour).startedRow(process{image: `C:\Contoso\@HOST@\d.exe`})
	}).low())
	return list
}
