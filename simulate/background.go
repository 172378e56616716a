package simulate

import "fmt"

// scheduled is a benign task and how it shows when it runs.
type scheduled struct {
	task       Task
	image      string // program that the Schedule service starts
	line       string // its command line; USER stands for the user's name
	signer     string
	prevalence int64
	perDay     float64 // runs on a device-day
	share      float64 // of the devices that have it
	servers    bool    // on servers only
	dials      string  // host that it talks to, "" if none
}

const (
	sys32 = `C:\Windows\System32\`
	pf    = `C:\Program Files\`
	pf86  = `C:\Program Files (x86)\`
)

func windowsTask(path, command, arguments string) Task {
	return Task{Path: `\Microsoft\Windows\` + path, Author: "Microsoft Corporation", Trigger: "daily", Principal: "S-1-5-18",
		Actions: []Action{{Command: command, Arguments: arguments}}}
}

func vendorTask(path, author, trigger, principal, command, arguments string) Task {
	return Task{Path: path, Author: author, Trigger: trigger, Principal: principal, Actions: []Action{{Command: command, Arguments: arguments}}}
}

// benignTasks is what the Schedule service runs on ordinary devices.
func benignTasks() []scheduled {
	ms, win := "Microsoft Corporation", "Microsoft Windows"
	return []scheduled{
		{task: windowsTask(`Application Experience\Microsoft Compatibility Appraiser`, `%windir%\system32\compattelrunner.exe`, ""), image: sys32 + "CompatTelRunner.exe", line: `C:\Windows\system32\compattelrunner.exe`, signer: win, prevalence: 9_000_000, perDay: 1, share: 1},
		{task: windowsTask(`Application Experience\PcaPatchDbTask`, `%windir%\system32\rundll32.exe`, `%windir%\system32\PcaSvc.dll,PcaPatchSdbTask`), image: sys32 + "rundll32.exe", line: `C:\Windows\system32\rundll32.exe C:\Windows\system32\PcaSvc.dll,PcaPatchSdbTask`, signer: win, prevalence: 9_000_000, perDay: 0.6, share: 1},
		{task: windowsTask(`applicationdata\CleanupTemporaryState`, `%windir%\system32\rundll32.exe`, `Windows.Storage.ApplicationData.dll,CleanupTemporaryState`), image: sys32 + "rundll32.exe", line: `C:\Windows\system32\rundll32.exe Windows.Storage.ApplicationData.dll,CleanupTemporaryState`, signer: win, prevalence: 9_000_000, perDay: 0.8, share: 1},
		{task: windowsTask(`Defrag\ScheduledDefrag`, `%windir%\system32\defrag.exe`, `-c -h -k -g -$`), image: sys32 + "defrag.exe", line: `C:\Windows\system32\defrag.exe -c -h -k -g -$`, signer: win, prevalence: 9_000_000, perDay: 0.2, share: 1},
		{task: windowsTask(`Time Synchronization\SynchronizeTime`, `%windir%\system32\sc.exe`, `start w32time task_started`), image: sys32 + "sc.exe", line: `C:\Windows\system32\sc.exe start w32time task_started`, signer: win, prevalence: 9_000_000, perDay: 0.6, share: 1},
		{task: windowsTask(`UpdateOrchestrator\Schedule Scan`, `%systemroot%\system32\usoclient.exe`, `StartScan`), image: sys32 + "UsoClient.exe", line: `C:\Windows\system32\usoclient.exe StartScan`, signer: win, prevalence: 9_000_000, perDay: 2, share: 1, dials: "fe2.update.microsoft.com"},
		{task: windowsTask(`Windows Error Reporting\QueueReporting`, `%windir%\system32\wermgr.exe`, `-upload`), image: sys32 + "wermgr.exe", line: `C:\Windows\system32\wermgr.exe -upload`, signer: win, prevalence: 9_000_000, perDay: 2, share: 1, dials: "watson.telemetry.microsoft.com"},
		{task: windowsTask(`Windows Defender\Windows Defender Scheduled Scan`, `C:\ProgramData\Microsoft\Windows Defender\Platform\4.18.25050.5-0\MpCmdRun.exe`, `Scan -ScheduleJob -ScanTrigger 55`), image: `C:\ProgramData\Microsoft\Windows Defender\Platform\4.18.25050.5-0\MpCmdRun.exe`, line: `"C:\ProgramData\Microsoft\Windows Defender\Platform\4.18.25050.5-0\MpCmdRun.exe" Scan -ScheduleJob -ScanTrigger 55`, signer: "Microsoft Windows Publisher", prevalence: 8_000_000, perDay: 1, share: 1},
		{task: vendorTask(`\MicrosoftEdgeUpdateTaskMachineCore`, "", "logon", "S-1-5-18", pf86+`Microsoft\EdgeUpdate\MicrosoftEdgeUpdate.exe`, "/c"), image: pf86 + `Microsoft\EdgeUpdate\MicrosoftEdgeUpdate.exe`, line: `"C:\Program Files (x86)\Microsoft\EdgeUpdate\MicrosoftEdgeUpdate.exe" /c`, signer: ms, prevalence: 7_000_000, perDay: 1, share: 1, dials: "msedge.api.cdp.microsoft.com"},
		{task: vendorTask(`\MicrosoftEdgeUpdateTaskMachineUA`, "", "daily", "S-1-5-18", pf86+`Microsoft\EdgeUpdate\MicrosoftEdgeUpdate.exe`, "/ua /installsource scheduler"), image: pf86 + `Microsoft\EdgeUpdate\MicrosoftEdgeUpdate.exe`, line: `"C:\Program Files (x86)\Microsoft\EdgeUpdate\MicrosoftEdgeUpdate.exe" /ua /installsource scheduler`, signer: ms, prevalence: 7_000_000, perDay: 6, share: 1, dials: "msedge.api.cdp.microsoft.com"},
		{task: vendorTask(`\Microsoft\Office\Office Automatic Updates 2.0`, ms, "weekly", "S-1-5-18", pf+`Common Files\Microsoft Shared\ClickToRun\OfficeC2RClient.exe`, `/frequentupdate SCHEDULEDTASK displaylevel=False`), image: pf + `Common Files\Microsoft Shared\ClickToRun\OfficeC2RClient.exe`, line: `"C:\Program Files\Common Files\Microsoft Shared\ClickToRun\OfficeC2RClient.exe" /frequentupdate SCHEDULEDTASK displaylevel=False`, signer: ms, prevalence: 6_000_000, perDay: 1, share: 0.9, dials: "officecdn.microsoft.com"},
		{task: vendorTask(`\OneDrive Standalone Update Task`, ms, "daily", "user", `%localappdata%\Microsoft\OneDrive\OneDriveStandaloneUpdater.exe`, ""), image: pf + `Microsoft OneDrive\OneDriveStandaloneUpdater.exe`, line: `"C:\Program Files\Microsoft OneDrive\OneDriveStandaloneUpdater.exe"`, signer: ms, prevalence: 5_000_000, perDay: 1, share: 0.9, dials: "oneclient.sfx.ms"},
		{task: vendorTask(`\GoogleUpdateTaskMachineUA`, "", "daily", "S-1-5-18", pf86+`Google\Update\GoogleUpdate.exe`, "/ua /installsource scheduler"), image: pf86 + `Google\Update\GoogleUpdate.exe`, line: `"C:\Program Files (x86)\Google\Update\GoogleUpdate.exe" /ua /installsource scheduler`, signer: "Google LLC", prevalence: 6_500_000, perDay: 6, share: 0.7, dials: "update.googleapis.com"},
		{task: vendorTask(`\Adobe Acrobat Update Task`, "Adobe Inc.", "daily", "user", pf86+`Common Files\Adobe\ARM\1.0\AdobeARM.exe`, ""), image: pf86 + `Common Files\Adobe\ARM\1.0\AdobeARM.exe`, line: `"C:\Program Files (x86)\Common Files\Adobe\ARM\1.0\AdobeARM.exe"`, signer: "Adobe Inc.", prevalence: 4_000_000, perDay: 1, share: 0.6, dials: "armmf.adobe.com"},
		{task: vendorTask(`\Lenovo\ImController\Lenovo iM Controller Monitor`, "Lenovo", "daily", "S-1-5-18", `%windir%\system32\ImController.InfInstaller.exe`, "-checkremoval"), image: sys32 + "ImController.InfInstaller.exe", line: `C:\Windows\system32\ImController.InfInstaller.exe -checkremoval`, signer: "Lenovo", prevalence: 900_000, perDay: 1, share: 0.5},
		{task: vendorTask(`\Corp\Inventory`, `corp\svc-deploy`, "daily", "S-1-5-18", pf+`Corp Inventory\inventory.exe`, `--full --quiet`), image: pf + `Corp Inventory\inventory.exe`, line: `"C:\Program Files\Corp Inventory\inventory.exe" --full --quiet`, signer: "Example Corp", prevalence: 120, perDay: 1, share: 1, dials: "inventory.corp.example"},
		{task: vendorTask(`\Corp\Log shipping`, `corp\svc-deploy`, "minute:30", "S-1-5-18", sys32+`WindowsPowerShell\v1.0\powershell.exe`, `-NoProfile -ExecutionPolicy AllSigned -File "C:\Program Files\Corp Ops\Ship-Logs.ps1"`), image: sys32 + `WindowsPowerShell\v1.0\powershell.exe`, line: `C:\Windows\System32\WindowsPowerShell\v1.0\powershell.exe -NoProfile -ExecutionPolicy AllSigned -File "C:\Program Files\Corp Ops\Ship-Logs.ps1"`, signer: win, prevalence: 9_000_000, perDay: 4, share: 1, servers: true, dials: "logs.corp.example"},
		{task: windowsTask(`Server Manager\CleanupOldPerfLogs`, `%systemroot%\system32\cscript.exe`, `/B /nologo %systemroot%\system32\calluxxprovider.vbs $(Arg0) $(Arg1) $(Arg2)`), image: sys32 + "cscript.exe", line: `C:\Windows\system32\cscript.exe /B /nologo C:\Windows\system32\calluxxprovider.vbs`, signer: win, prevalence: 9_000_000, perDay: 0.5, share: 1, servers: true},
	}
}

// program is what people start by hand.
type program struct {
	path, arguments, signer string
	prevalence              int64
	host                    string
}

var programs = []program{
	{pf + `Google\Chrome\Application\chrome.exe`, "", "Google LLC", 6_000_000, "www.example.org"},
	{pf86 + `Microsoft\Edge\Application\msedge.exe`, " --profile-directory=Default", "Microsoft Corporation", 7_000_000, "www.example.com"},
	{pf + `Microsoft Office\root\Office16\OUTLOOK.EXE`, "", "Microsoft Corporation", 5_000_000, "outlook.office365.com"},
	{pf + `Microsoft Office\root\Office16\EXCEL.EXE`, ` /dde`, "Microsoft Corporation", 5_000_000, ""},
	{pf + `7-Zip\7zFM.exe`, "", "", 2_000_000, ""},
	{sys32 + "notepad.exe", "", "Microsoft Windows", 9_000_000, ""},
	{sys32 + "cmd.exe", "", "Microsoft Windows", 9_000_000, ""},
	{sys32 + "mmc.exe", ` "C:\Windows\system32\taskschd.msc" /s`, "Microsoft Windows", 9_000_000, ""},
}

// background is the ordinary life of one device.
func (g *generator) background(d *Device) {
	for _, s := range benignTasks() {
		if s.servers && !d.Server || d.rng.Float64() >= s.share {
			continue
		}
		g.runsOf(d, s)
	}
	for dayNumber := range g.Options.Days {
		midnight := g.start + int64(dayNumber)*day
		g.logons(d, midnight)
		for range int(18 * g.Options.Load) {
			at := midnight + 8*hour + d.rng.Int64N(9*hour)
			p := programs[d.rng.IntN(len(programs))]
			run := g.spawn(d.explorer, at, g.file(p.path, p.signer, p.prevalence), `"`+p.path+`"`+p.arguments, d.User)
			if p.host != "" {
				g.connect(run, at+second, hostAddress(p.host), p.host, 443)
			}
			if p.path == sys32+"cmd.exe" {
				g.spawn(run, at+5*second, g.windows("ipconfig.exe"), "ipconfig  /all", d.User)
			}
			g.load(run, at+second/10, sys32+"bcryptprimitives.dll", "Microsoft Windows")
		}
		for range int(10 * g.Options.Load) {
			at := midnight + d.rng.Int64N(day)
			host := g.spawn(d.services, at, g.windows("svchost.exe"), `C:\Windows\system32\svchost.exe -k netsvcs -p -s wuauserv`, system)
			g.connect(host, at+second, hostAddress("fe2.update.microsoft.com"), "fe2.update.microsoft.com", 443)
			g.registry(host, RegistrySet, at+second, `HKEY_LOCAL_MACHINE\SOFTWARE\Microsoft\Windows\CurrentVersion\WindowsUpdate\Auto Update`, "LastOnline", fmt.Sprint(at))
			g.write(host, at+2*second, `C:\Windows\SoftwareDistribution\DataStore\Logs\edb.log`)
		}
	}
}

// runsOf plays the runs of one benign task over the fleet's days. Every device
// has at least one run on the first day, so that none is new at the end.
func (g *generator) runsOf(d *Device, s scheduled) {
	file := g.file(s.image, s.signer, s.prevalence)
	runs := int(s.perDay*float64(g.Options.Days) + d.rng.Float64())
	for i := range max(1, runs) {
		at := g.start + d.rng.Int64N(int64(g.Options.Days)*day-hour)
		if i == 0 {
			at = g.start + d.rng.Int64N(day)
		}
		p := g.run(d, &s.task, at, file, s.line)
		if s.dials != "" {
			g.connect(p, at+2*second, hostAddress(s.dials), s.dials, 443)
		}
		g.registry(d.schedule, RegistrySet, at, taskCache+`Tasks\`+taskGUID(&s.task), "DynamicInfo", "")
	}
}

func (g *generator) logons(d *Device, midnight int64) {
	if d.Server {
		return
	}
	at := midnight + 7*hour + d.rng.Int64N(2*hour)
	g.add(Event{Kind: Logon, Time: at, Device: d, Account: d.User})
}

// rollouts are tasks that software registers on many devices at once: the benign
// shape of task creation.
func (g *generator) rollouts() {
	installs := []struct {
		dayNumber int
		task      Task
		installer string
		signer    string
		every     int // each so-manieth device
	}{
		{2, vendorTask(`\Corp\Inventory`, `corp\svc-deploy`, "daily", "S-1-5-18", pf+`Corp Inventory\inventory.exe`, `--full --quiet`), sys32 + "msiexec.exe", "Microsoft Windows", 1},
		{4, vendorTask(`\GoogleUpdaterTaskSystem137.0.7151.56`, "", "daily", "S-1-5-18", pf86+`Google\GoogleUpdater\137.0.7151.56\updater.exe`, `--wake --system`), pf86 + `Google\Update\GoogleUpdate.exe`, "Google LLC", 2},
		{6, vendorTask(`\Zoom Update`, "", "logon", "user", `%appdata%\Zoom\bin\zUpdater.exe`, `--silent`), pf + `Zoom\ZoomInstaller.exe`, "Zoom Communications, Inc.", 4},
		{8, vendorTask(`\Microsoft\Office\OfficeTelemetryAgentLogOn2016`, "Microsoft Office", "logon", "user", pf+`Microsoft Office\root\Office16\msoia.exe`, `scan upload`), pf + `Common Files\Microsoft Shared\ClickToRun\OfficeClickToRun.exe`, "Microsoft Corporation", 3},
	}
	for _, in := range installs {
		if in.dayNumber >= g.Options.Days {
			continue
		}
		for i, d := range g.Devices {
			if i%in.every != 0 {
				continue
			}
			at := g.start + int64(in.dayNumber)*day + 10*hour + int64(i)*minute
			p := g.spawn(d.services, at, g.file(in.installer, in.signer, 3_000_000), `"`+in.installer+`" /quiet`, system)
			g.task(TaskCreated, &in.task, p, at+3*second)
		}
	}
}

const taskCache = `HKEY_LOCAL_MACHINE\SOFTWARE\Microsoft\Windows NT\CurrentVersion\Schedule\TaskCache\`

// hostAddress gives a host name its address, from the documentation ranges.
func hostAddress(host string) string {
	var n uint32 = 17
	for _, c := range host {
		n = n*31 + uint32(c)
	}
	return fmt.Sprintf("198.51.100.%d", 1+n%250)
}
