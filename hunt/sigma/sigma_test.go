package sigma_test

import (
	"strings"
	"testing"

	"github.com/goshawk-hunt/goshawk/catalog"
	"github.com/goshawk-hunt/goshawk/hunt/sigma"
	"github.com/goshawk-hunt/goshawk/kql/bind"
	"github.com/goshawk-hunt/goshawk/kql/syntax"
	"github.com/goshawk-hunt/goshawk/source"
)

// binds reports what is wrong with a query over the catalogue.
func binds(t *testing.T, query string) {
	t.Helper()
	d := &source.Diagnostics{File: source.NewFile("query", query)}
	script, list := syntax.Parse(d.File)
	d.List = append(d.List, list...)
	if !d.HasErrors() {
		_, list = bind.Bind(d.File, script, bind.Options{Catalog: catalog.Default().Binder()})
		d.List = append(d.List, list...)
	}
	if d.HasErrors() {
		t.Errorf("%s\n%s", query, d.Error())
	}
}

func rule(source, detection string) string {
	return "title: t\nlogsource: {" + source + "}\ndetection:\n  " + strings.ReplaceAll(detection, "\n", "\n  ") + "\n"
}

func TestTranslate(t *testing.T) {
	const process = "category: process_creation, product: windows"
	for name, c := range map[string]struct{ source, detection, want string }{
		"fields of a selection all hold": {process, "sel:\n  Image|endswith: '\\schtasks.exe'\n  CommandLine|contains|all: [' /create ', 'powershell']\ncondition: sel",
			`(FolderPath endswith @"\schtasks.exe" and (ProcessCommandLine contains " /create " and ProcessCommandLine contains "powershell"))`},
		"values of a list, any": {process, "sel:\n  OriginalFileName: [a.exe, b.exe]\ncondition: sel",
			`(ProcessVersionInfoOriginalFileName =~ "a.exe" or ProcessVersionInfoOriginalFileName =~ "b.exe")`},
		"a list of mappings, any": {process, "sel:\n  - Image: a\n  - ParentImage: b\ncondition: sel",
			`(FolderPath =~ "a" or InitiatingProcessFolderPath =~ "b")`},
		"and binds tighter than or": {process, "a: {Image: a}\nb: {Image: b}\nc: {Image: c}\ncondition: a or b and not c",
			`(FolderPath =~ "a" or (FolderPath =~ "b" and not(FolderPath =~ "c")))`},
		"1 of, all of, brackets": {process, "sel_1: {Image: a}\nsel_2: {Image: b}\nfilter: {User: s}\ncondition: (1 of sel_*) and all of sel* and not filter",
			`((FolderPath =~ "a" or FolderPath =~ "b") and (FolderPath =~ "a" and FolderPath =~ "b") and not(User =~ "s"))`},
		"wildcards": {process, "sel:\n  Image: ['*\\a.exe', 'C:\\\\*', '*mid*', 'a*b', 'x?y', '*']\ncondition: sel",
			`(FolderPath endswith @"\a.exe" or FolderPath startswith @"C:\" or FolderPath contains "mid" or FolderPath matches regex "(?i)(?s)^a.*b$" or FolderPath matches regex "(?i)(?s)^x.y$" or isnotempty(FolderPath))`},
		"backslashes": {process, "sel:\n  CommandLine|contains: ['\\\\\\\\srv', '\\\\a', '\\a', 'a\\']\ncondition: sel",
			`(ProcessCommandLine contains @"\\srv" or ProcessCommandLine contains @"\a" or ProcessCommandLine contains @"\a" or ProcessCommandLine contains @"a\")`},
		"an escaped wildcard is a character": {process, "sel:\n  CommandLine|contains: 'a\\*b'\ncondition: sel", `ProcessCommandLine contains "a*b"`},
		"case, null, existence, numbers": {process, "sel:\n  Image|cased: A\n  ParentImage:\n  User|exists: true\n  ProcessId|gte: 10\ncondition: sel",
			`(FolderPath == "A" and isempty(InitiatingProcessFolderPath) and isnotempty(User) and tolong(ProcessId) >= 10)`},
		"dashes":                     {process, "sel:\n  CommandLine|windash|contains: ' -a'\ncondition: sel", `(ProcessCommandLine contains " -a" or ProcessCommandLine contains " /a" or ProcessCommandLine contains " –a" or ProcessCommandLine contains " —a" or ProcessCommandLine contains " ―a")`},
		"quotes":                     {process, "sel:\n  CommandLine|contains: 'a\"b'\ncondition: sel", `ProcessCommandLine contains "a\"b"`},
		"an event":                   {"service: security, product: windows", "sel:\n  EventID: [4698, 4702]\n  TaskName|startswith: '\\x'\ncondition: sel", `((EventID == 4698 or EventID == 4702) and tostring(EventData.TaskName) startswith @"\x")`},
		"a network":                  {"category: network_connection", "sel:\n  DestinationPort: 445\n  DestinationIp|cidr: 10.0.0.0/8\ncondition: sel", `(DestinationPort == 445 and ipv4_is_in_range(DestinationIp, "10.0.0.0/8"))`},
		"a registry":                 {"category: registry_set", "sel:\n  TargetObject|contains: '\\TaskCache\\'\n  Details|re: '^a+$'\ncondition: sel", `(TargetObject contains @"\TaskCache\" and Details matches regex "^a+$")`},
		"an event type":              {"category: registry_event", "sel:\n  EventType: SetValue\n  User|contains: SYSTEM\ncondition: sel", `(EventType =~ "SetValue" and User contains "SYSTEM")`},
		"an expression without case": {process, "sel:\n  Image|re|i: 'a+'\ncondition: sel", `FolderPath matches regex "(?i)a+"`},
		"what Sysmon alone tells":    {"category: process_access", "sel:\n  TargetImage|endswith: '\\lsass.exe'\ncondition: sel", `tostring(EventData.TargetImage) endswith @"\lsass.exe"`},
		"not a value":                {process, "sel:\n  Image|neq: a\ncondition: sel", `not(FolderPath =~ "a")`},
	} {
		t.Run(name, func(t *testing.T) {
			got, err := sigma.Translate(rule(c.source, c.detection))
			if err != nil {
				t.Fatal(err)
			}
			if _, where, _ := strings.Cut(got, "\n| where "); !strings.HasSuffix(where, c.want) {
				t.Errorf("got  %s\nwant %s", got, c.want)
			}
			binds(t, got)
		})
	}
}

// What KQL can't be asked in the rule's sense is refused.
func TestRefused(t *testing.T) {
	const process = "category: process_creation"
	for text, want := range map[string]string{
		"": "no table holds",
		rule("category: dns_zone", "s: {a: b}\ncondition: s"):                                                 "no table holds",
		rule("category: process_creation, product: linux", "s: {Image: b}\ncondition: s"):                     "expected windows",
		rule(process, "s: {Image: b}"):                                                                        "no condition",
		rule(process, "s: {Wombat: b}\ncondition: s"):                                                         `no column for the field "Wombat"`,
		rule(process, "s: {Image|base64: b}\ncondition: s"):                                                   "not supported",
		rule(process, "s: {Image|re: '('}\ncondition: s"):                                                     "regular expression",
		rule(process, "s: [word]\ncondition: s"):                                                              "keywords",
		rule(process, "s: {Image: b}\ncondition: s | count() > 5"):                                            "not supported",
		rule(process, "s: {Image: b}\ncondition: t"):                                                          "no selection",
		rule(process, "s: {Image: b}\ncondition: (s"):                                                         "not closed",
		rule(process, "s: {Image: b}\ncondition: s and"):                                                      "ends where",
		rule(process, "s: {Image: b}\ncondition: 1 of x*"):                                                    "no selection fits",
		rule(process, "s: {}\ncondition: s"):                                                                  "empty selection",
		rule(process, "s: {Image: b}\ntimeframe: 5m\ncondition: s"):                                           "timeframe",
		rule(process, "s: {Image|contains|endswith: b}\ncondition: s"):                                        "exclude each other",
		rule(process, "s: {ProcessId|gt: x}\ncondition: s"):                                                   "no number",
		rule(process, "s: {Image: {a: b}}\ncondition: s"):                                                     "expected a value",
		rule("service: security", "s: {'a\"b': c}\ncondition: s"):                                             "no column",
		rule(process, "s: {Image: b}\ncondition: s") + "---\n" + rule(process, "s: {Image: c}\ncondition: s"): "several documents",
		rule(process, "s: {Image: b}\ns: {Image: c}\ncondition: s"):                                           "selection \"s\" stands twice",
		rule(process, "s: {Image: b, Image: c}\ncondition: s"):                                                "field \"Image\" stands twice",
		"title: [": "no valid Sigma",
	} {
		if got, err := sigma.Translate(text); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s\ngives %q and %v, want %q", text, got, err, want)
		}
	}
}

func FuzzTranslate(f *testing.F) {
	f.Add(rule("category: process_creation", "s:\n  Image|endswith: '*a?\"'\n  CommandLine|contains|all: [a, b]\ncondition: s and not 1 of x*"))
	f.Add(rule("service: security", "s: {EventID: 4698}\ncondition: all of them"))
	f.Fuzz(func(t *testing.T, text string) {
		query, err := sigma.Translate(text)
		if err != nil {
			return
		}
		_, diags := syntax.Parse(source.NewFile("query", query))
		for _, d := range diags {
			if d.Severity == source.Error {
				t.Errorf("%q gives %q: %s", text, query, d.Message)
			}
		}
	})
}
