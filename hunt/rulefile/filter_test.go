package rulefile

import (
	"testing"

	"github.com/goshawk-hunt/goshawk/source"
)

// Where a filter of one's own belongs is known by the comments around it, in the words of
// whoever wrote them.
func TestFilterPlace(t *testing.T) {
	for query, want := range map[string]string{
		"// Begin environment-specific filter.\n// End environment-specific filter.\n":                            "",
		"// Begin environment-specific filter.\n| where A == 1\n// End environment-specific filter.\n":            "| where A == 1\n",
		"\t//BEGIN Environment-Specific Filter\n| where A == 1\n  // end environment-specific filter\n":           "| where A == 1\n",
		"// Begin environment-specific filter.\r\n| where A == 1\r\n// End environment-specific filter.\r\n":      "| where A == 1\n",
		"// Begin client-specific filter.\n| where A == 1\n// End client-specific filter.\n":                      "| where A == 1\n",
		"// Start of the tenant specific exclusions\n// a remark\n// End of the tenant specific exclusions\n":     "// a remark\n",
		"// --- Begin organisation-specific tuning ---\n| where A\n// --- End organisation-specific tuning ---\n": "| where A\n",
		"// Begin environment-specific filter.\n| where A\n// End environment-specific filter.\n| take 1\n" +
			"// Begin environment-specific filter 2.\n| where B\n// End environment-specific filter 2.\n": "| where A\n",
		"// Begin environment-specific filter.\n":                                                           "none RULE0009",
		"// End environment-specific filter.\n":                                                             "none RULE0009",
		"// End environment-specific filter.\n// Begin environment-specific filter.\n":                      "none RULE0009",
		"// Begin environment-specific filter 1.\n// End environment-specific filter 2.\n":                  "none RULE0009",
		"// Begin filter\n// End filter\n":                                                                  "none",
		"// Begin of what is environment-specific\n// End\n":                                                "none",
		"| extend S = \"// Begin environment-specific filter.\" // End environment-specific filter.\n":      "none",
		"// End environment-specific filtering is done above\n// Begin environment-specific filter later\n": "none",
	} {
		rules, diags := Read(source.NewFile("a.kql", "DeviceEvents\n"+query+"| take 5\n"), Options{})
		if len(rules) != 1 {
			t.Errorf("%q: %d rules", query, len(rules))
			continue
		}
		got := "none"
		if at := rules[0].FilterAt; at.IsValid() {
			got = rules[0].Query[at.Start:at.End]
		}
		for _, d := range diags {
			if d.Code == "RULE0009" {
				got += " " + d.Code
			}
		}
		if got != want {
			t.Errorf("%q: %q, want %q", query, got, want)
		}
	}
}
