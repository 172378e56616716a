package behaviours

import (
	"fmt"
	"time"
)

// when is how a task is triggered, as whom it runs, and how it is called.
func when() []facet {
	var list []facet
	add := func(more ...facet) { list = append(list, more...) }
	stored := func(id string, t tsk) []facet {
		path := `\Facet ` + id
		named := t
		named.path = path
		if t.path == "" {
			t.path = `\Contoso\Job`
		}
		// The circumstances of a program of which nothing bad is known are weak.
		return []facet{
			hit(id+"-4698", func(h *host) { h.registered4698(t) }).low(),
			hit(id+"-xml", func(h *host) { h.taskFile(named) }).of(path).low(),
		}
	}
	const odd = `C:\Contoso\@HOST@\u.exe`
	every := func(d string) string {
		return `<TimeTrigger><Repetition><Interval>` + d + `</Interval></Repetition><StartBoundary>2031-05-04T00:00:00</StartBoundary></TimeTrigger>`
	}
	// B47
	add(stored("b47", tsk{command: odd, trigger: every("PT1M")})...)
	seconds := ""
	for i := range 4 {
		seconds += fmt.Sprintf(`<TimeTrigger><Repetition><Interval>PT1M</Interval></Repetition><StartBoundary>2031-05-04T00:00:%02d</StartBoundary></TimeTrigger>`, 15*i)
	}
	add(stored("b47b", tsk{command: odd, trigger: seconds})...)
	add(hit("b47-200", func(h *host) {
		for i := range 20 {
			h.scheduler(200, "TaskName", `\Contoso\Job`, "ActionName", odd, "TaskInstanceId", fmt.Sprintf("{ab000000-0000-4000-8000-0000000047%02d}", i), "EnginePID", "4321")
			h.wait(59 * time.Second)
		}
	}).low())
	add(hit("b47-mde-process", func(h *host) {
		for range 20 {
			h.startedRow(process{image: odd})
			h.wait(59 * time.Second)
		}
	}).low())
	add(hit("b47-sysmon1", func(h *host) {
		for range 20 {
			h.started1(process{image: odd})
			h.wait(59 * time.Second)
		}
	}).low())
	add(quiet("b47-mdm-xml", func(h *host) {
		h.taskFile(tsk{path: `\Microsoft\Windows\EnterpriseMgmt\0F0E0D0C-0000-4000-8000-000000000001\Schedule #1 created by enrollment client`, author: "Microsoft Corporation", command: `%windir%\system32\deviceenroller.exe`, args: `/o "0F0E0D0C-0000-4000-8000-000000000001" /c`, principal: asLocal, trigger: every("PT3M")})
	}).of(`\Microsoft\Windows\EnterpriseMgmt\0F0E0D0C-0000-4000-8000-000000000001\Schedule #1 created by enrollment client`))
	add(quiet("b47-agent-mde-process", func(h *host) {
		for range 20 {
			h.startedRow(process{image: `C:\Program Files\Contoso @HOST@\health.exe`, system: true})
			h.wait(59 * time.Second)
		}
	}))
	// B48
	add(stored("b48", tsk{command: odd, trigger: logon})...)
	add(stored("b48b", tsk{command: odd, trigger: `<BootTrigger><Enabled>true</Enabled></BootTrigger>`})...)
	add(hit("b48-mde-created", func(h *host) {
		b := jsonText(map[string]any{"TaskName": `\Contoso\Job`, "SubjectUserName": "mira", "TaskContent": jsonText(map[string]any{"Triggers": map[string]any{"LogonTrigger": map[string]any{"Enabled": "true"}}, "Actions": map[string]any{"Exec": map[string]any{"Command": odd}}})})
		h.row("DeviceEvents", "ActionType", "ScheduledTaskCreated", "AdditionalFields", b, "InitiatingProcessFileName", "svchost.exe", "InitiatingProcessAccountName", "mira", "InitiatingProcessAccountSid", userSID)
	}).low())
	for i, line := range []string{`schtasks /create /tn Job /tr C:\Contoso\@HOST@\u.exe /sc onlogon`, `schtasks /create /tn Job /tr C:\Contoso\@HOST@\u.exe /sc onstart /ru system`} {
		add(hit(fmt.Sprintf("b48%c-4688", 'c'+i), func(h *host) { h.started4688(asks(line, shell)) }).low())
	}
	add(hit("b48-once-4688", func(h *host) {
		h.started4688(asks(`schtasks /create /tn Job /tr C:\Contoso\@HOST@\u.exe /sc once /st 00:00`, shell))
		h.started4688(asks(`schtasks /run /tn Job`, shell))
	}).low())
	add(quiet("b48-updater-4698", func(h *host) {
		h.registered4698(tsk{path: `\ContosoUpdateAtLogon`, author: "Contoso", command: `C:\Program Files\Contoso @HOST@\updater.exe`, trigger: logon})
	}))
	// B49
	event := `<EventTrigger><Enabled>true</Enabled><Subscription>&lt;QueryList&gt;&lt;Query Id="0" Path="Security"&gt;&lt;Select Path="Security"&gt;*[System[(EventID=4624)]]&lt;/Select&gt;&lt;/Query&gt;&lt;/QueryList&gt;</Subscription></EventTrigger>`
	add(stored("b49", tsk{command: odd, trigger: event})...)
	add(hit("b49-108", func(h *host) {
		h.scheduler(108, "TaskName", `\Contoso\Job`, "InstanceId", "{ab000000-0000-4000-8000-000000000049}")
		h.scheduler(200, "TaskName", `\Contoso\Job`, "ActionName", odd, "TaskInstanceId", "{ab000000-0000-4000-8000-000000000049}", "EnginePID", "4321")
	}).low())
	add(hit("b49-mde-created", func(h *host) {
		b := jsonText(map[string]any{"TaskName": `\Contoso\Job`, "SubjectUserName": "mira", "TaskContent": jsonText(map[string]any{"Triggers": map[string]any{"EventTrigger": map[string]any{"Enabled": "true", "Subscription": `<QueryList><Query Id="0" Path="Security"><Select Path="Security">*[System[(EventID=4624)]]</Select></Query></QueryList>`}}, "Actions": map[string]any{"Exec": map[string]any{"Command": odd}}})})
		h.row("DeviceEvents", "ActionType", "ScheduledTaskCreated", "AdditionalFields", b, "InitiatingProcessFileName", "svchost.exe", "InitiatingProcessAccountName", "mira", "InitiatingProcessAccountSid", userSID)
	}).low())
	add(quiet("b49-office-xml", func(h *host) {
		h.taskFile(tsk{path: `\Microsoft\Office\Office ClickToRun Service Monitor`, author: "Microsoft Office", command: `C:\Program Files\Common Files\Microsoft Shared\ClickToRun\OfficeC2RClient.exe`, args: "/WatchService", principal: asLocal, trigger: event})
	}).of(`\Microsoft\Office\Office ClickToRun Service Monitor`))
	// B50
	for i, trigger := range []string{`<SessionStateChangeTrigger><StateChange>SessionUnlock</StateChange></SessionStateChangeTrigger>`, `<RegistrationTrigger><Enabled>true</Enabled></RegistrationTrigger>`, `<IdleTrigger><Enabled>true</Enabled></IdleTrigger>`} {
		add(stored(fmt.Sprintf("b50%c", 'a'+i), tsk{command: odd, trigger: trigger})...)
	}
	add(quiet("b50-vpn-4698", func(h *host) {
		h.registered4698(tsk{path: `\Contoso VPN`, author: "Contoso", command: `C:\Program Files\Contoso @HOST@ VPN\vpn.exe`, args: "/reconnect", trigger: `<SessionStateChangeTrigger><StateChange>SessionUnlock</StateChange></SessionStateChangeTrigger>`})
	}))
	// B51
	brief := tsk{path: `\Contoso\Brief`, command: `C:\Windows\System32\cmd.exe`, args: `/c net user x y /add`, principal: asLocal}
	add(hit("b51-4699", func(h *host) { h.registered4698(brief); h.wait(time.Minute).security(4699, "TaskName", brief.path) }))
	add(hit("b51-141", func(h *host) {
		h.scheduler(106, "TaskName", brief.path, "UserContext", `LAB\mira`)
		h.wait(time.Minute).scheduler(141, "TaskName", brief.path, "UserName", `LAB\mira`)
	}).low())
	add(hit("b51-mde", func(h *host) {
		h.scheduledRow("ScheduledTaskCreated", brief, false)
		h.wait(time.Minute).scheduledRow("ScheduledTaskDeleted", brief, false)
	}).low())
	add(hit("b51-sysmon", func(h *host) {
		h.set(service, "CreateKey", treeKey+`\brief`, "")
		h.set(service, "SetValue", treeKey+`\brief\Id`, "{0A1B2C3D-0000-4000-8000-000000000051}")
		h.wait(20*time.Second).set(service, "DeleteKey", treeKey+`\brief`, "")
	}).low())
	add(hit("b51-expires-xml", func(h *host) {
		h.taskFile(tsk{path: `\FacetExpires`, command: `C:\ProgramData\@HOST@\r.exe`, settings: "<DeleteExpiredTaskAfter>PT0S</DeleteExpiredTaskAfter>", trigger: `<TimeTrigger><StartBoundary>2031-05-04T00:00:00</StartBoundary><EndBoundary>2031-05-04T00:01:00</EndBoundary></TimeTrigger>`})
	}).of(`\FacetExpires`).low())
	add(quiet("b51-update-4699", func(h *host) {
		t := tsk{path: `\Microsoft\Windows\UpdateOrchestrator\AC Power Install`, author: `NT AUTHORITY\SYSTEM`, command: `%systemroot%\system32\usoclient.exe`, args: "StartInstall", principal: asLocal}
		h.registered4698(t, "SubjectUserSid", "S-1-5-18", "SubjectUserName", "PC1$", "SubjectLogonId", "0x3e7")
		h.wait(time.Minute).security(4699, "TaskName", t.path, "SubjectUserSid", "S-1-5-18", "SubjectUserName", "PC1$", "SubjectLogonId", "0x3e7")
	}))
	add(quiet("b51-update-sysmon", func(h *host) {
		key := treeKey + `\Microsoft\Windows\UpdateOrchestrator\AC Power Install`
		h.set(service, "CreateKey", key, "")
		h.set(service, "SetValue", key+`\Id`, "{0A1B2C3D-0000-4000-8000-000000000051}")
		h.wait(20*time.Second).set(service, "DeleteKey", key, "")
	}))
	// B52
	add(stored("b52a", tsk{command: odd, principal: `<UserId>S-1-5-21-4021-7733-9150-500</UserId><LogonType>Password</LogonType><RunLevel>HighestAvailable</RunLevel>`})...)
	add(stored("b52b", tsk{command: odd, principal: `<UserId>` + userSID + `</UserId><LogonType>S4U</LogonType><RunLevel>HighestAvailable</RunLevel>`})...)
	add(stored("b52c", tsk{command: odd, principal: `<GroupId>S-1-5-32-544</GroupId><RunLevel>HighestAvailable</RunLevel>`})...)
	add(hit("b52-4624", func(h *host) {
		h.security(4624, "TargetUserSid", "S-1-5-21-4021-7733-9150-500", "TargetUserName", "Administrator", "TargetLogonId", "0x77aa1", "LogonType", "4", "IpAddress", "-", "ProcessName", service)
		h.started4688(process{image: odd})
	}).low())
	add(quiet("b52-backup-4698", func(h *host) {
		h.registered4698(tsk{path: `\Contoso Backup`, author: "Contoso", command: `C:\Program Files\Contoso @HOST@\backup.exe`, principal: `<UserId>S-1-5-21-4021-7733-9150-2201</UserId><LogonType>Password</LogonType><RunLevel>LeastPrivilege</RunLevel>`})
	}))
	// B53
	served := tsk{path: `\FullPowers`, author: `NT AUTHORITY\LOCAL SERVICE`, command: odd, principal: `<UserId>S-1-5-19</UserId>`}
	add(hit("b53-4698", func(h *host) {
		h.registered4698(served, "SubjectUserSid", "S-1-5-19", "SubjectUserName", "LOCAL SERVICE", "SubjectDomainName", "NT AUTHORITY", "SubjectLogonId", "0x3e5")
	}))
	add(hit("b53-pool-4698", func(h *host) {
		h.registered4698(served, "SubjectUserSid", "S-1-5-82-3006700770-424185619-1745488364-794895919-4004696415", "SubjectUserName", "DefaultAppPool", "SubjectDomainName", "IIS APPPOOL", "SubjectLogonId", "0x9a1")
	}))
	add(hit("b53-mde-created", func(h *host) {
		h.scheduledRowBy("LOCAL SERVICE", "ScheduledTaskCreated", served, true, "InitiatingProcessAccountSid", "S-1-5-19", "InitiatingProcessAccountName", "local service")
	}))
	for _, parent := range []string{`C:\Windows\System32\inetsrv\w3wp.exe`, `C:\Program Files\Microsoft SQL Server\MSSQL15\MSSQL\Binn\sqlservr.exe`, `C:\Program Files\Contoso @HOST@\jre\bin\java.exe`} {
		add(hit("b53-"+base(parent)+"-sysmon1", func(h *host) {
			h.started1(asks(`schtasks /create /tn Job /tr C:\Contoso\@HOST@\u.exe /sc daily`, parent))
		}))
	}
	add(quiet("b53-spp-4698", func(h *host) {
		h.registered4698(tsk{path: `\Microsoft\Windows\SoftwareProtectionPlatform\SvcRestartTask`, author: `$(@%systemroot%\system32\sppc.dll,-200)`, principal: `<UserId>S-1-5-20</UserId>`, command: `%SystemRoot%\System32\sc.exe`, args: "start sppsvc"}, "SubjectUserSid", "S-1-5-20", "SubjectUserName", "PC1$", "SubjectLogonId", "0x3e4")
	}))
	// B54
	for _, old := range [][2]string{{`C:\Windows\System32\taskeng.exe`, `taskeng.exe {6F1F0A35-0000-4000-8000-000000000054} S-1-5-18:NT AUTHORITY\System:Service:`}, {service, `C:\Windows\system32\svchost.exe -k netsvcs`}, {service, `svchost.exe -k netsvcs -p **`}} {
		p := process{image: `C:\Users\Public\@HOST@\r.exe`, parent: old[0], parentLine: old[1]}
		id := fmt.Sprintf("b54%c", 'a'+len(list)%26)
		add(hit(id+"-sysmon1", func(h *host) { h.started1(p) }), hit(id+"-mde-process", func(h *host) { h.startedRow(p) }))
	}
	add(quiet("b54-normal-mde-process", func(h *host) {
		h.startedRow(process{image: `C:\Windows\System32\defrag.exe`, line: `C:\Windows\system32\defrag.exe -c`, parent: `C:\Windows\System32\taskeng.exe`, parentLine: `taskeng.exe {6F1F0A35-0000-4000-8000-000000000054} S-1-5-18:NT AUTHORITY\System:Service:`, system: true})
	}))
	return list
}

// called tells of a task by its name, in each way that has it.
func called(id string, t tsk) []facet {
	return []facet{
		hit(id+"-4698", func(h *host) { h.registered4698(t) }),
		hit(id+"-mde-created", func(h *host) { h.scheduledRow("ScheduledTaskCreated", t, true) }),
	}
}

// named is under what name.
func named() []facet {
	var list []facet
	add := func(more ...facet) { list = append(list, more...) }
	const odd = `C:\Contoso\@HOST@\u.exe`
	// B55
	for i, t := range []tsk{
		{path: `\GoogleUpdateTaskMachineUA`, author: "Google", command: odd, trigger: logon},
		{path: `\OneDrive Standalone Update Task-` + userSID, author: "Microsoft Corporation", command: `C:\ProgramData\@HOST@\od\OneDriveStandaloneUpdater.exe`},
		{path: `\Microsoft\Windows\PLA\Server Manager Performance Monitor`, author: "Microsoft Corporation", command: `C:\Windows\System32\rundll32.exe`, args: `C:\Windows\pla.bin,Start`},
		{path: `\Microsoft\Windows\Defrag\ScheduledDefrag`, author: "Microsoft Corporation", command: odd},
	} {
		id := fmt.Sprintf("b55%c", 'a'+i)
		add(called(id, t)...)
	}
	add(hit("b55-hive", func(h *host) {
		h.registry(cached{tsk: tsk{path: `\Microsoft\Windows\Defrag\ScheduledDefrag`, command: odd}})
	}).of(`\Microsoft\Windows\Defrag\ScheduledDefrag`))
	add(quiet("b55-google-4698", func(h *host) {
		h.registered4698(tsk{path: `\GoogleUpdateTaskMachineUA`, author: "", command: `C:\Program Files (x86)\Google\Update\GoogleUpdate.exe`, args: "/ua /installsource scheduler", principal: asLocal})
	}))
	// B56
	for i, name := range []string{`\qXzRtWbn`, `\{5B1E7A02-9F3C-4C1D-8A55-6E0B2D1F7C90}`, `\x`} {
		add(called(fmt.Sprintf("b56%c", 'a'+i), tsk{path: name, command: odd})...)
		add(hit(fmt.Sprintf("b56%c-106", 'a'+i), func(h *host) { h.scheduler(106, "TaskName", name, "UserContext", `LAB\mira`) }).info())
		add(hit(fmt.Sprintf("b56%c-sysmon13", 'a'+i), func(h *host) {
			h.set(service, "CreateKey", treeKey+name, "")
			h.set(service, "SetValue", treeKey+name+`\Id`, "{0A1B2C3D-0000-4000-8000-000000000056}")
		}).info())
	}
	add(hit("b56-hive", func(h *host) { h.registry(cached{tsk: tsk{path: `\qXzRtWbm`, command: odd}}) }).of(`\qXzRtWbm`))
	add(quiet("b56-feed-4698", func(h *host) {
		h.registered4698(tsk{path: `\User_Feed_Synchronization-{5B1E7A02-9F3C-4C1D-8A55-6E0B2D1F7C90}`, command: `C:\Windows\system32\msfeedssync.exe`, args: "sync"})
	}))
	add(quiet("b56-feed-106", func(h *host) {
		h.scheduler(106, "TaskName", `\User_Feed_Synchronization-{5B1E7A02-9F3C-4C1D-8A55-6E0B2D1F7C90}`, "UserContext", `LAB\mira`)
	}))
	// B57
	for i, name := range []string{`\Microsoft\Windows\Updates\Refresh`, `\Microsoft\SynchronizeTimeZone`, `\falshupdate22`, "\\Microsoft\\Windows\\D\u0435frag\\ScheduledDefrag", `\Microsoft\Windows\Power Efficiency Diagnostics\AnalyzeAll`, `\Microsoft \Windows\Refresh`} {
		add(called(fmt.Sprintf("b57%c", 'a'+i), tsk{path: name, command: odd, author: "Microsoft Corporation"})...)
	}
	add(hit("b57-hive", func(h *host) {
		h.registry(cached{tsk: tsk{path: `\Microsoft\Windows\Updates\RefreshAll`, command: odd}})
	}).of(`\Microsoft\Windows\Updates\RefreshAll`))
	return list
}
