package cli

import (
	"bytes"
	"encoding/json"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// shape is what SARIF 2.1.0 says of an object: the properties that it must have (!) and
// may have, each with its kind: a shape by name, "[]" of one, "text", "uri", "bool",
// "1.." for a number from one on, "0.." from zero on, or one of some words.
//
// Source: sarif-schema-2.1.0.json of OASIS, definitions of the objects by these names;
// "help" is asked for by GitHub's code scanning (docs.github.com, SARIF support).
var sarifShapes = map[string]map[string]string{
	"sarifLog":            {"$schema": "uri", "!version": "2.1.0", "!runs": "[]run"},
	"run":                 {"!tool": "tool", "columnKind": "utf16CodeUnits unicodeCodePoints", "invocations": "[]invocation", "results": "[]result"},
	"tool":                {"!driver": "toolComponent"},
	"toolComponent":       {"!name": "text", "version": "text", "informationUri": "uri", "rules": "[]reportingDescriptor"},
	"reportingDescriptor": {"!id": "text", "shortDescription": "multiformat", "fullDescription": "multiformat", "!help": "multiformat", "helpUri": "uri"},
	"multiformat":         {"!text": "text"},
	"invocation":          {"!executionSuccessful": "bool"},
	"result":              {"ruleId": "text", "ruleIndex": "0..", "level": "none note warning error", "!message": "multiformat", "locations": "[]location", "fixes": "[]fix"},
	"location":            {"physicalLocation": "physicalLocation"},
	"physicalLocation":    {"!artifactLocation": "artifactLocation", "region": "region"},
	"artifactLocation":    {"uri": "uri"},
	"region":              {"startLine": "1..", "startColumn": "1..", "endLine": "1..", "endColumn": "1.."},
	"fix":                 {"description": "multiformat", "!artifactChanges": "[]artifactChange"},
	"artifactChange":      {"!artifactLocation": "artifactLocation", "!replacements": "[]replacement"},
	"replacement":         {"!deletedRegion": "region", "insertedContent": "content"},
	"content":             {"text": "any text"},
}

// notEmpty are the lists that must have an item.
var notEmpty = []string{"artifactChanges", "replacements"}

// conform reports where a value is not of a kind.
func conform(t *testing.T, at, kind string, v any) {
	t.Helper()
	if item, ok := strings.CutPrefix(kind, "[]"); ok {
		list, ok := v.([]any)
		if !ok || len(list) == 0 && slices.ContainsFunc(notEmpty, func(name string) bool { return strings.HasSuffix(at, "."+name) }) {
			t.Errorf("%s is %v, want a list", at, v)
		}
		for _, x := range list {
			conform(t, at+"[]", item, x)
		}
		return
	}
	if shape, ok := sarifShapes[kind]; ok {
		object, ok := v.(map[string]any)
		if !ok {
			t.Errorf("%s is %v, want an object", at, v)
		}
		from, _ := object["startColumn"].(float64)
		to, _ := object["endColumn"].(float64)
		if object["startLine"] == object["endLine"] && from > to {
			t.Errorf("%s ends before it begins: %v", at, object)
		}
		for name := range shape {
			if required, ok := strings.CutPrefix(name, "!"); ok && object[required] == nil {
				t.Errorf("%s has no %s", at, required)
			}
		}
		for name, x := range object {
			k := shape[name]
			if k == "" {
				k = shape["!"+name]
			}
			if k == "" {
				t.Errorf("%s has %s, which the standard does not know", at, name)
				continue
			}
			conform(t, at+"."+name, k, x)
		}
		return
	}
	text, isText := v.(string)
	number, isNumber := v.(float64)
	_, isBool := v.(bool)
	ok := false
	switch kind {
	case "text":
		ok = isText && text != ""
	case "any text":
		ok = isText
	case "uri":
		u, err := url.Parse(text)
		ok = isText && err == nil && text != "" && u.String() == text
	case "bool":
		ok = isBool
	case "1..":
		ok = isNumber && number >= 1 && number == float64(int(number))
	case "0..":
		ok = isNumber && number >= 0 && number == float64(int(number))
	default:
		ok = isText && slices.Contains(strings.Fields(kind), text)
	}
	if !ok {
		t.Errorf("%s is %#v, want %s", at, v, kind)
	}
}

// What check writes is SARIF 2.1.0, whatever the files are called and hold.
func TestSARIFShape(t *testing.T) {
	dir := t.TempDir()
	for name, text := range map[string]string{
		"a b#c%d é.kql": "DeviceEvents | where FileNam == 1\r\n| where x",
		"bom.kql":       "\uFEFFDeviceEvents\r\n| where FileNam == 'x'\r\n",
		"bytes.kql":     "DeviceEvents | where X == '\xff\xfe'\n",
		"empty.kql":     "",
		"names.kql":     "DeviceEvents\r\n\t| where 日本 == 'x' and é ! 2",
		"good.kql":      "DeviceEvents",
		"one.yaml":      "id: 0d7a9c40-3f4e-4f3e-8a57-b0a3d21b9c11\nname: One\ntactics: [Nonsense]\nquery: DeviceEvents | take 1\n",
		"two.yaml":      "id: 0d7a9c40-3f4e-4f3e-8a57-b0a3d21b9c11\nname: Two\nquery: |\n  DeviceEvents\n  | where ActionTyp == \"x\"\n",
		"words.md":      "Nothing to run.",
	} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	t.Chdir(dir)
	for _, args := range [][]string{{"."}, {dir}, {"empty.kql"}, {"good.kql"}} {
		var out, errOut bytes.Buffer
		Main(append([]string{"check", "--format", "sarif"}, args...), strings.NewReader(""), &out, &errOut)
		var log any
		if err := json.Unmarshal(out.Bytes(), &log); err != nil {
			t.Fatalf("%v: %v: %s", args, err, errOut.String())
		}
		conform(t, strings.Join(args, " "), "sarifLog", log)
		results := log.(map[string]any)["runs"].([]any)[0].(map[string]any)["results"].([]any)
		if wrong := args[0] != "good.kql"; wrong != (len(results) > 0) {
			t.Errorf("%v: %d results", args, len(results))
		}
	}
}
