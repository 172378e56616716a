package normalize

import (
	"net/netip"
	"strconv"
)

var (
	teredo = netip.MustParsePrefix("2001::/32")
	// reserved are not routed: RFC 6890. The ranges for documentation are not among
	// them: in sample evidence they stand for public addresses.
	reserved = []netip.Prefix{
		netip.MustParsePrefix("0.0.0.0/8"), netip.MustParsePrefix("100.64.0.0/10"), netip.MustParsePrefix("192.0.0.0/24"),
		netip.MustParsePrefix("198.18.0.0/15"), netip.MustParsePrefix("240.0.0.0/4"),
	}
)

// addressType is Defender's RemoteIPType of an address, "" if it is none.
func addressType(address string) string {
	ip, err := netip.ParseAddr(address)
	if err != nil {
		return ""
	}
	switch {
	case ip.Is4In6():
		return "FourToSixMapping"
	case ip.IsLoopback():
		return "Loopback"
	case ip.IsLinkLocalUnicast():
		return "LinkLocal"
	case ip.IsMulticast():
		return "Multicast"
	case ip == netip.AddrFrom4([4]byte{255, 255, 255, 255}):
		return "Broadcast"
	case ip.IsPrivate():
		return "Private"
	case ip.IsUnspecified():
		return "Reserved"
	case teredo.Contains(ip):
		return "Teredo"
	}
	for _, p := range reserved {
		if p.Contains(ip) {
			return "Reserved"
		}
	}
	return "Public"
}

// endpoint is one end of a connection.
type endpoint struct {
	address, name string
	port          int64
	known         bool // the port is
}

// accepted tells the ends of a connection apart that a process accepted. The source is
// the one who asked, so that the local end is the destination; older versions of Sysmon
// have it the other way around, which shows where only the source has a port of a service.
func accepted(source, destination endpoint) (local, remote endpoint) {
	const services = 1024 // ports below belong to services
	if source.known && destination.known && source.port < services && destination.port >= services {
		return source, destination
	}
	return destination, source
}

// endpoints writes the ends of a connection.
func (t *table) endpoints(local, remote endpoint) {
	t.str(cLocalIP, local.address)
	t.str(cLocalIPType, addressType(local.address))
	t.number(cLocalPort, local.port, local.known)
	t.str(cRemoteIP, remote.address)
	t.str(cRemoteIPType, addressType(remote.address))
	t.number(cRemotePort, remote.port, remote.known)
}

// protocol names an IP protocol as Defender does.
func protocol(s string) string {
	switch s {
	case "6", "tcp", "TCP", "Tcp":
		return "Tcp"
	case "17", "udp", "UDP", "Udp":
		return "Udp"
	case "1", "icmp":
		return "Icmp"
	case "58":
		return "IcmpV6"
	}
	return s
}

// isLocal says whether a logon's address is none or the machine's own.
func isLocal(address string) bool {
	switch address {
	case "", "-", "127.0.0.1", "::1", "LOCAL":
		return true
	}
	return false
}

// port reads a port number.
func port(s string) (int64, bool) {
	n, err := strconv.ParseUint(s, 10, 16)
	return int64(n), err == nil
}
