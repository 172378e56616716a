package catalog

import "testing"

func TestVaried(t *testing.T) {
	for name, want := range map[string]bool{
		"AdditionalFields": true, "ProcessCommandLine": true, "InitiatingProcessCommandLine": true, "EventRecordId": true,
		"FileName": false, "DeviceId": false, "Type": false, "": false,
	} {
		if got := Varied(name); got != want {
			t.Errorf("Varied(%q) = %t", name, got)
		}
	}
}
