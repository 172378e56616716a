package score

// proxies are programs of Windows that run what others bring, with how much it means
// when a task starts them. Hosts of script and shells are judged with their arguments.
var proxies = map[string]int{
	"mshta.exe": 40, "regsvr32.exe": 15, "rundll32.exe": 10, "msbuild.exe": 30, "installutil.exe": 30,
	"regasm.exe": 30, "regsvcs.exe": 30, "forfiles.exe": 25, "conhost.exe": 30, "pcalua.exe": 30, "cmstp.exe": 35,
	"odbcconf.exe": 35, "certutil.exe": 30, "bitsadmin.exe": 30, "hh.exe": 30, "control.exe": 15,
	"scriptrunner.exe": 30, "msxsl.exe": 35, "ftp.exe": 30, "infdefaultinstall.exe": 35, "mavinject.exe": 40,
	"ieexec.exe": 35, "presentationhost.exe": 30, "xwizard.exe": 25, "syncappvpublishingserver.exe": 35,
	"microsoft.workflow.compiler.exe": 40, "dfsvc.exe": 20, "wsl.exe": 20, "bash.exe": 20,
	"diskshadow.exe": 30, "esentutl.exe": 20, "extexport.exe": 30, "gpscript.exe": 15, "msdt.exe": 30,
	"msiexec.exe": 10, "wmic.exe": 20, "curl.exe": 20, "scrcons.exe": 20, "finger.exe": 35, "desktopimgdownldr.exe": 35,
	"rcsi.exe": 35, "csi.exe": 30, "cdb.exe": 35, "tttracer.exe": 30, "verclsid.exe": 30, "register-cimprovider.exe": 30,
}

// scriptHosts run scripts.
var scriptHosts = map[string]bool{"wscript.exe": true, "cscript.exe": true}

// shells are command interpreters.
var shells = map[string]bool{"cmd.exe": true, "powershell.exe": true, "pwsh.exe": true, "powershell_ise.exe": true}

// interpreters are languages that software brings along.
var interpreters = map[string]bool{
	"python.exe": true, "pythonw.exe": true, "node.exe": true, "autoit3.exe": true, "java.exe": true, "javaw.exe": true,
	"perl.exe": true, "php.exe": true, "ruby.exe": true, "deno.exe": true, "autohotkey.exe": true, "lua.exe": true,
}

// systemNames are programs that live in System32 (explorer.exe in Windows) and are
// never started by a task from anywhere else.
var systemNames = map[string]bool{
	"svchost.exe": true, "lsass.exe": true, "services.exe": true, "csrss.exe": true, "winlogon.exe": true,
	"smss.exe": true, "wininit.exe": true, "spoolsv.exe": true, "taskhostw.exe": true, "taskhost.exe": true,
	"taskhostex.exe": true, "taskeng.exe": true, "dllhost.exe": true, "conhost.exe": true, "rundll32.exe": true,
	"regsvr32.exe": true, "explorer.exe": true, "searchindexer.exe": true, "runtimebroker.exe": true,
	"sihost.exe": true, "ctfmon.exe": true, "userinit.exe": true, "dwm.exe": true, "lsm.exe": true, "wuauclt.exe": true,
	"usoclient.exe": true, "wermgr.exe": true, "werfault.exe": true, "cmd.exe": true, "powershell.exe": true,
	"wscript.exe": true, "cscript.exe": true, "mshta.exe": true, "schtasks.exe": true, "reg.exe": true,
	"cleanmgr.exe": true, "consent.exe": true, "fontdrvhost.exe": true, "smartscreen.exe": true, "audiodg.exe": true,
	"bitsadmin.exe": true, "certutil.exe": true, "msiexec.exe": true, "wmiprvse.exe": true, "logonui.exe": true,
}

// copied are programs of Windows that load libraries which lie beside them: a copy
// elsewhere starts another's code under their name and signature.
var copied = map[string]bool{
	"applicationframehost.exe": true, "backgroundtaskhost.exe": true, "bdeunlock.exe": true,
	"bitlockerwizard.exe": true, "bootim.exe": true, "camerasettingsuihost.exe": true, "certreq.exe": true,
	"charmap.exe": true, "cliconfg.exe": true, "colorcpl.exe": true, "compmgmtlauncher.exe": true,
	"computerdefaults.exe": true, "credwiz.exe": true, "cttune.exe": true, "dccw.exe": true, "dcomcnfg.exe": true,
	"devicepairingwizard.exe": true, "dialer.exe": true, "diskraid.exe": true, "displayswitch.exe": true,
	"dnscacheugc.exe": true, "dpapimig.exe": true, "dxdiag.exe": true, "dxpserver.exe": true, "easinvoker.exe": true,
	"efsui.exe": true, "eudcedit.exe": true, "eventvwr.exe": true, "filehistory.exe": true, "fodhelper.exe": true,
	"fsquirt.exe": true, "fxscover.exe": true, "fxssvc.exe": true, "gamepanel.exe": true, "ie4uinit.exe": true,
	"iexpress.exe": true, "iscsicli.exe": true, "isoburn.exe": true, "licensingui.exe": true,
	"locationnotifications.exe": true, "lpksetup.exe": true, "magnify.exe": true, "mblctr.exe": true,
	"mdmappinstaller.exe": true, "mdres.exe": true, "mmc.exe": true, "mobsync.exe": true, "mschedexe.exe": true,
	"msconfig.exe": true, "msdt.exe": true, "msinfo32.exe": true, "msra.exe": true, "mstsc.exe": true,
	"musnotification.exe": true, "musnotifyicon.exe": true, "narrator.exe": true, "netbtugc.exe": true,
	"netplwiz.exe": true, "odbcad32.exe": true, "omadmclient.exe": true, "optionalfeatures.exe": true, "osk.exe": true,
	"perfmon.exe": true, "phoneactivate.exe": true, "pkgmgr.exe": true, "presentationhost.exe": true,
	"presentationsettings.exe": true, "printui.exe": true, "proquota.exe": true, "psr.exe": true,
	"quickassist.exe": true, "rdpclip.exe": true, "rdpinput.exe": true, "rdpshell.exe": true, "recdisc.exe": true,
	"recoverydrive.exe": true, "rekeywiz.exe": true, "rstrui.exe": true, "sdbinst.exe": true, "sdclt.exe": true,
	"searchfilterhost.exe": true, "searchprotocolhost.exe": true, "secinit.exe": true, "securityhealthhost.exe": true,
	"securityhealthsystray.exe": true, "sessionmsg.exe": true, "sethc.exe": true, "shrpubw.exe": true,
	"sigverif.exe": true, "slui.exe": true, "snippingtool.exe": true, "spectrum.exe": true, "srtasks.exe": true,
	"stikynot.exe": true, "systempropertiesadvanced.exe": true, "systempropertiescomputername.exe": true,
	"systempropertiesdataexecutionprevention.exe": true, "systempropertieshardware.exe": true,
	"systempropertiesperformance.exe": true, "systempropertiesprotection.exe": true, "systempropertiesremote.exe": true,
	"tabcal.exe": true, "tcmsetup.exe": true, "tpminit.exe": true, "tpmvscmgr.exe": true, "tzsync.exe": true,
	"unregmp2.exe": true, "upgraderesultsui.exe": true, "usocoreworker.exe": true, "utilman.exe": true,
	"verifier.exe": true, "vssvc.exe": true, "wbengine.exe": true, "wextract.exe": true, "wfs.exe": true,
	"wiaacmgr.exe": true, "winsat.exe": true, "wksprt.exe": true, "wlrmdr.exe": true, "wmpdmc.exe": true,
	"workfolders.exe": true, "wpcmon.exe": true, "wpr.exe": true, "wscollect.exe": true, "wsmprovhost.exe": true,
	"wsreset.exe": true, "wusa.exe": true, "xwizard.exe": true,
}

// onPath are further programs of System32 that a task may name without a path.
var onPath = map[string]bool{
	"sc.exe": true, "bthudtask.exe": true, "calc.exe": true, "notepad.exe": true, "net.exe": true, "net1.exe": true,
	"ping.exe": true, "whoami.exe": true, "tasklist.exe": true, "wevtutil.exe": true, "vssadmin.exe": true,
	"defrag.exe": true, "wsqmcons.exe": true, "gpupdate.exe": true, "shutdown.exe": true, "ipconfig.exe": true,
	"systeminfo.exe": true, "nltest.exe": true, "robocopy.exe": true, "xcopy.exe": true, "where.exe": true,
	"timeout.exe": true, "w32tm.exe": true, "dism.exe": true, "wbadmin.exe": true, "bcdedit.exe": true,
	"winrm.exe": true, "quser.exe": true, "query.exe": true, "chkdsk.exe": true, "sfc.exe": true, "taskkill.exe": true,
	"mofcomp.exe": true, "lpksetup.exe": true, "appidpolicyconverter.exe": true,
}

// windowed are programs of Windows that do nothing but show a window.
var windowed = map[string]bool{"calc.exe": true, "notepad.exe": true, "mspaint.exe": true, "write.exe": true, "winver.exe": true, "charmap.exe": true, "wordpad.exe": true}

// unusualCreators are programs that have no business with the Task Scheduler, with what they are.
var unusualCreators = map[string]struct {
	points int
	what   string
}{
	"winword.exe": {40, "Office"}, "excel.exe": {40, "Office"}, "powerpnt.exe": {40, "Office"}, "outlook.exe": {40, "Office"},
	"msaccess.exe": {40, "Office"}, "onenote.exe": {40, "Office"}, "eqnedt32.exe": {45, "Office"},
	"w3wp.exe": {45, "a web server"}, "httpd.exe": {40, "a web server"}, "nginx.exe": {40, "a web server"}, "java.exe": {20, "a Java program"}, "javaw.exe": {20, "a Java program"},
	"tomcat.exe": {40, "a web server"}, "php-cgi.exe": {40, "a web server"}, "sqlservr.exe": {45, "a database server"},
	"mysqld.exe": {40, "a database server"}, "mshta.exe": {40, "a script host"}, "wscript.exe": {30, "a script host"},
	"cscript.exe": {25, "a script host"}, "rundll32.exe": {35, "a proxy that runs DLLs"}, "regsvr32.exe": {35, "a proxy that runs DLLs"},
	"wmiprvse.exe": {30, "WMI, which often means another computer"}, "wsmprovhost.exe": {30, "PowerShell remoting"},
	"psexesvc.exe": {30, "PsExec's service"}, "chrome.exe": {35, "a browser"}, "msedge.exe": {35, "a browser"},
	"firefox.exe": {35, "a browser"}, "iexplore.exe": {35, "a browser"}, "acrord32.exe": {40, "a PDF reader"},
	"notepad.exe": {35, "a text editor"}, "msbuild.exe": {35, "a build tool"}, "installutil.exe": {35, "a proxy of .NET"},
	"hh.exe": {35, "the help viewer"}, "winrar.exe": {30, "an archiver"}, "7zfm.exe": {30, "an archiver"},
	"powershell.exe": {5, "PowerShell"}, "pwsh.exe": {5, "PowerShell"}, "cmd.exe": {4, "a command shell"},
	"reg.exe": {20, "the registry tool"},
}
