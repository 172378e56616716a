package normalize

import "testing"

// TestAccepted: of a connection that was accepted the source is the other end, but for
// older versions of Sysmon, which show by the port of the service.
func TestAccepted(t *testing.T) {
	end := func(address string, port int64, known bool) endpoint {
		return endpoint{address: address, port: port, known: known}
	}
	for name, tt := range map[string]struct{ source, destination, local endpoint }{
		"a service":             {end("192.0.2.9", 50000, true), end("192.0.2.1", 445, true), end("192.0.2.1", 445, true)},
		"a high port":           {end("192.0.2.9", 56588, true), end("192.0.2.1", 49671, true), end("192.0.2.1", 49671, true)},
		"the other way around":  {end("192.0.2.1", 445, true), end("192.0.2.9", 33801, true), end("192.0.2.1", 445, true)},
		"services at both ends": {end("192.0.2.9", 137, true), end("192.0.2.1", 137, true), end("192.0.2.1", 137, true)},
		"no ports":              {end("192.0.2.9", 0, false), end("192.0.2.1", 0, false), end("192.0.2.1", 0, false)},
	} {
		local, remote := accepted(tt.source, tt.destination)
		if local != tt.local || remote == tt.local {
			t.Errorf("%s: the local end is %+v, the remote one %+v", name, local, remote)
		}
	}
}
