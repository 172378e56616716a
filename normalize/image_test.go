package normalize

import "testing"

func TestStripFolder(t *testing.T) {
	for _, test := range []struct{ line, want string }{
		{``, ``},
		{`  `, `  `},
		{`C:\Windows\system32\svchost.exe -k netsvcs -p -s Schedule`, `svchost.exe -k netsvcs -p -s Schedule`},
		{`C:\windows\System32\SVCHOST.EXE -k x`, `SVCHOST.EXE -k x`},
		{`"C:\Program Files (x86)\A B\app.exe" --type=r`, `"app.exe" --type=r`},
		{`"C:\Windows\System32\WindowsPowerShell\v1.0\powershell.exe" `, `"powershell.exe" `},
		{`"C:\Windows\system32\cmd.exe"\system32\cleanmgr.exe /d C:`, `"cmd.exe"\system32\cleanmgr.exe /d C:`},
		{`C:\Windows\SYSTEM32\cmd.exe /c ""C:\Program Files\x.bat""`, `cmd.exe /c ""C:\Program Files\x.bat""`},
		{`\??\C:\Windows\system32\conhost.exe 0xffffffff -ForceV1`, `conhost.exe 0xffffffff -ForceV1`},
		{`\\?\C:\Temp\a b.exe -x`, `a b.exe -x`},
		{`\SystemRoot\System32\smss.exe`, `smss.exe`},
		{`%SystemRoot%\system32\svchost.exe -k x`, `svchost.exe -k x`},
		{`taskeng.exe {9C7B} S-1-5-18:NT AUTHORITY\System:Service:`, `taskeng.exe {9C7B} S-1-5-18:NT AUTHORITY\System:Service:`},
		{`cmd /c dir C:\x`, `cmd /c dir C:\x`},
		{`cmd/c dir`, `cmd/c dir`},
		{`C:\Program Files\Foo Bar\a.exe -x C:\b.exe`, `a.exe -x C:\b.exe`},
		{`C:\Users\me.exe.dir\tool.exe`, `tool.exe`},
		{`rundll32 C:\a\b.dll,X`, `rundll32 C:\a\b.dll,X`},
		{`"C:\unclosed dir\a.exe -x`, `"a.exe -x`},
		{` C:\a\b.exe  two`, ` b.exe  two`},
		{`\\server\share\t.exe /q`, `t.exe /q`},
		{`C:\no ending here`, `no ending here`},
		{`"no folder.exe" x`, `"no folder.exe" x`},
		{`C:\dir\script.bat"x" y`, `script.bat"x" y`},
	} {
		if got := stripFolder(test.line); got != test.want {
			t.Errorf("%s\n got %s\nwant %s", test.line, got, test.want)
		}
	}
}
