package cmdline_test

import (
	"encoding/base64"
	"fmt"
	"strings"
	"testing"
	"time"
	"unicode/utf16"

	"github.com/google/go-cmp/cmp"

	"github.com/goshawk-hunt/goshawk/hunt/cmdline"
)

func encoded(s string) string {
	var b []byte
	for _, u := range utf16.Encode([]rune(s)) {
		b = append(b, byte(u), byte(u>>8))
	}
	return base64.StdEncoding.EncodeToString(b)
}

func TestNames(t *testing.T) {
	const guid = `{01234567-89ab-cdef-0123-456789abcdef}`
	for _, tt := range []struct {
		command, arguments string
		files, registry    string
	}{
		{`C:\Tools\a.exe`, `/x`, `c:\tools\a.exe`, ""},
		{`"C:\Program Files\A B\a.exe" /x C:\d\e.txt`, ``, `c:\program files\a b\a.exe c:\d\e.txt`, ""},
		{`wscript`, `"C:\a b\x.vbs" //b`, `c:\a b\x.vbs`, ""},
		{`powershell.exe`, `-f $env:TEMP\x.ps1`, `c:\users\<user>\appdata\local\temp\x.ps1`, ""},
		{`powershell.exe`, `-c "& {. C:/s/x.ps1}"`, `c:\s\x.ps1`, ""},
		{`rundll32`, `%ProgramData%\` + guid + `\x.dll,Run`, `c:\programdata\` + guid + `\x.dll`, ""},
		{`cmd.exe`, `/c type \\127.0.0.1\C$\t\x.txt`, `c:\t\x.txt`, ""},
		{`cmd.exe`, `/c C:\t\x.bat > C:\t\out.txt 2>&1`, `c:\t\x.bat`, ""},
		{`cmd.exe`, `/c start http://example.com/x.ps1 c:\t\*.txt`, ``, ""},
		{`powershell`, `-c "IEX ((gp HKCU:\Software\A debug).debug)"`, "", `user software\a debug`},
		{`powershell`, `-c "IEX (gp 'HKLM:\Software\Wow6432Node\A B').Run"`, "", `machine software\a b run`},
		{`powershell`, `(Get-ItemProperty -Path Registry::HKEY_USERS\S-1-5-21-1-2-3-4\Software\A -Name n)`, "", `user s-1-5-21-1-2-3-4 software\a n`},
		{`powershell`, `(gpv HKCU:\A\` + guid + ` x)`, "", `user a\` + guid + ` x`},
		{`powershell`, `[Microsoft.Win32.Registry]::CurrentUser.OpenSubKey("Software\A").GetValue("b")`, "", `user software\a b`},
		{`powershell`, `[Microsoft.Win32.Registry]::GetValue("HKEY_LOCAL_MACHINE\Software\A", "b", $null)`, "", `machine software\a b`},
		{`powershell`, `$k='HKCU:\Software\A'; iex (gp $k).b`, "", `user software\a *`},
		{`cmd.exe`, `/c for /f %i in ('reg query HKCU\Software\A /v b') do %i`, "", `user software\a b`},
		{`cmd.exe`, `/c reg query "HKLM\SYSTEM\CurrentControlSet\X Y" /ve`, "", `machine system\currentcontrolset\x y `},
		{`mshta`, `javascript:new%20ActiveXObject("WScript.Shell").RegRead("HKCR\\a\\b")`, "", `classes software\classes\a b`},
		{`powershell`, `-enc ` + encoded(`iex (gp HKCU:\Software\A b).b; C:\t\x.ps1`), `c:\t\x.ps1`, `user software\a b`},
		{`powershell`, `-c "iex([Text.Encoding]::UTF8.GetString([Convert]::FromBase64String('` + base64.StdEncoding.EncodeToString([]byte(`C:\t\x.ps1; C:\t\y.ps1`)) + `')))"`, `c:\t\x.ps1 c:\t\y.ps1`, ""},
		{`cmd.exe`, `/c echo HKCU: HKLM\ HKXX\A`, "", ""},
	} {
		n := cmdline.Names(tt.command, tt.arguments)
		var entries []string
		for _, r := range n.Registry {
			value := r.Value
			if r.Any {
				value = "*"
			}
			entries = append(entries, strings.Join(append(strings.Fields(r.Hive+" "+r.SID), r.Path, value), " "))
		}
		if d := cmp.Diff([]string{tt.files, tt.registry}, []string{strings.Join(n.Files, " "), strings.Join(entries, "; ")}); d != "" {
			t.Errorf("%s %s:\n%s", tt.command, tt.arguments, d)
		}
	}
}

func TestKeys(t *testing.T) {
	const sid = `S-1-5-21-1-2-3-1104`
	for _, tt := range []struct {
		named, row string
		want       bool
	}{
		{`HKCU:\Software\A`, `HKEY_USERS\` + sid + `\Software\A`, true},
		{`HKCU:\Software\A`, `HKEY_CURRENT_USER\` + sid + `\SOFTWARE\A`, true},
		{`HKCU\Software\Classes\A`, `HKEY_USERS\` + sid + `_Classes\A`, true},
		{`HKU\` + sid + `\Software\A`, `HKEY_USERS\S-1-5-21-1-2-3-500\Software\A`, false},
		{`HKU\.DEFAULT\Software\A`, `HKEY_USERS\S-1-5-18\Software\A`, true},
		{`HKCR\CLSID\{1}`, `HKEY_LOCAL_MACHINE\SOFTWARE\Classes\CLSID\{1}`, true},
		{`HKLM\SYSTEM\CurrentControlSet\A`, `HKEY_LOCAL_MACHINE\SYSTEM\ControlSet001\A`, true},
		{`HKLM\Software\A`, `HKEY_LOCAL_MACHINE\SOFTWARE\WOW6432Node\A`, true},
		{`HKLM\Software\A`, `HKEY_USERS\` + sid + `\Software\A`, false},
		{`HKCU\Software\A`, `HKEY_USERS\` + sid + `\Software\A\B`, false},
		{`HKCU`, `HKEY_USERS\` + sid, false},
	} {
		if got := cmdline.ParseKey(tt.named).Covers(cmdline.ParseKey(tt.row)); got != tt.want {
			t.Errorf("%s covers %s: %t", tt.named, tt.row, got)
		}
	}
}

func FuzzNames(f *testing.F) {
	f.Add(`cmd.exe`, `/c reg query HKCU\A /v b > C:\x.txt`)
	f.Add(``, `RegRead("HKCU\\`)
	f.Add(`a`, `-enc `+encoded(`-enc `+encoded(`C:\t\x.ps1`)))
	f.Fuzz(func(t *testing.T, command, arguments string) {
		began := time.Now()
		n := cmdline.Names(command, arguments)
		if len(n.Files) > 32 || len(n.Registry) > 32 || time.Since(began) > 5*time.Second {
			t.Error(fmt.Sprint(len(n.Files), len(n.Registry), time.Since(began)))
		}
	})
}
