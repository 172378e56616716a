package task

import "testing"

func TestNormalizeCommand(t *testing.T) {
	for in, want := range map[string]string{
		"":                                   "",
		"CMD":                                "cmd.exe",
		`%SystemRoot%\System32\Foo.EXE`:      `c:\windows\system32\foo.exe`,
		`"C:\Program Files\A B\x.exe" /q`:    `c:\program files\a b\x.exe`,
		`C:\A B\x.exe /q`:                    `c:\a b\x.exe`,
		`\\?\C:\x\.\y\..\z.exe`:              `c:\x\z.exe`,
		`c:/windows//system32/a.exe`:         `c:\windows\system32\a.exe`,
		`\\server\share\..\x.exe`:            `\\server\x.exe`,
		`%AppData%\x`:                        `%appdata%\x.exe`,
		`%comspec%`:                          `c:\windows\system32\cmd.exe`,
		`%UserProfile%`:                      `%userprofile%`,
		`\SystemRoot\System32\svchost.exe`:   `c:\windows\system32\svchost.exe`,
		`%CommonProgramFiles(x86)%\v\up.exe`: `c:\program files (x86)\common files\v\up.exe`,
		`..\..\x.exe`:                        `..\..\x.exe`, `c:\..\x.exe`: `c:\x.exe`,
	} {
		if got := NormalizeCommand(in); got != want {
			t.Errorf("%q: %q, want %q", in, got, want)
		}
	}
}

func TestHash(t *testing.T) {
	xml := Parse(`<Task><RegistrationInfo><Date>2030-01-01</Date></RegistrationInfo><Actions Context="A"><Exec><Command>a</Command></Exec><ComHandler><ClassId>{0}</ClassId></ComHandler><Exec><Command>b</Command></Exec></Actions></Task>`)
	json := Parse(`{"RegistrationInfo":{"Date":"2031-01-01"},"Actions":{"@Context":"A","Exec":[{"Command":"a"},{"Command":"b"}],"ComHandler":{"ClassId":"{0}"}}}`)
	if xml.Hash() != json.Hash() || len(xml.Hash()) != 64 {
		t.Errorf("one definition, two hashes: %s, %s", xml.Hash(), json.Hash())
	}
	for _, other := range []string{
		`<Task><Actions Context="A"><Exec><Command>b</Command></Exec><ComHandler><ClassId>{0}</ClassId></ComHandler><Exec><Command>a</Command></Exec></Actions></Task>`,
		`<Task><Actions Context="B"><Exec><Command>a</Command></Exec><ComHandler><ClassId>{0}</ClassId></ComHandler><Exec><Command>b</Command></Exec></Actions></Task>`,
		`<Task><Settings><Hidden>true</Hidden></Settings><Actions Context="A"><Exec><Command>a</Command></Exec><ComHandler><ClassId>{0}</ClassId></ComHandler><Exec><Command>b</Command></Exec></Actions></Task>`,
	} {
		if Parse(other).Hash() == xml.Hash() {
			t.Errorf("the hash of another definition: %s", other)
		}
	}
	if Parse("").Hash() != "" {
		t.Error("a hash of nothing")
	}
}
