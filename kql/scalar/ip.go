package scalar

import (
	"math"
	"math/bits"
	"net/netip"
	"strconv"
	"strings"

	"github.com/goshawk-hunt/goshawk/kql/dynamic"
	"github.com/goshawk-hunt/goshawk/kql/types"
)

var (
	twoTexts       = []types.Type{types.String, types.String}
	textAndLong    = []types.Type{types.String, types.Long}
	textAndDynamic = []types.Type{types.String, types.Dynamic}
)

var ipFunctions = []Function{
	ipPlace,
	{Name: "format_ipv4", Params: textAndLong, Result: types.String, Eval: formatIPv4(false)},
	{Name: "format_ipv4_mask", Params: textAndLong, Result: types.String, Eval: formatIPv4(true)},
	{Name: "has_any_ipv4", Params: []types.Type{types.String, types.Dynamic, types.Bool}, Result: types.Bool, Eval: hasAnyIPv4},
	{Name: "has_ipv4", Params: []types.Type{types.String, types.String, types.Bool}, Result: types.Bool,
		Eval: func(a []types.Value) types.Value { return truth(containsIPv4(a[0].Str, a[1].Str, a[2].Int != 0)) }},
	{Name: "ipv4_compare", Params: append(twoTexts[:2:2], types.Long), Result: types.Long, Eval: compareIPv4},
	{Name: "ipv4_is_in_any_range", Params: textAndDynamic, Result: types.Bool, Eval: inAnyRange(inRangeIPv4)},
	{Name: "ipv4_is_in_range", Params: twoTexts, Result: types.Bool, Eval: inRange(inRangeIPv4)},
	{Name: "ipv4_is_match", Params: append(twoTexts[:2:2], types.Long), Result: types.Bool, Eval: isMatch(compareIPv4)},
	{Name: "ipv4_is_private", Params: twoTexts[:1], Result: types.Bool, Eval: isPrivate},
	{Name: "ipv4_netmask_suffix", Params: twoTexts[:1], Result: types.Long, Eval: netmaskSuffix},
	{Name: "ipv4_range_to_cidr_list", Params: twoTexts, Result: types.Dynamic, Eval: rangeToCIDR},
	{Name: "ipv6_compare", Params: append(twoTexts[:2:2], types.Long), Result: types.Long, Eval: compareIPv6},
	{Name: "ipv6_is_in_any_range", Params: textAndDynamic, Result: types.Bool, Eval: inAnyRange(inRangeIPv6)},
	{Name: "ipv6_is_in_range", Params: twoTexts, Result: types.Bool, Eval: inRange(inRangeIPv6)},
	{Name: "ipv6_is_match", Params: append(twoTexts[:2:2], types.Long), Result: types.Bool, Eval: isMatch(compareIPv6)},
	{Name: "parse_ipv4", Params: twoTexts[:1], Result: types.Long, Eval: parseIPv4},
	{Name: "parse_ipv4_mask", Params: textAndLong, Result: types.Long, Eval: parseIPv4Mask},
	{Name: "parse_ipv6", Params: twoTexts[:1], Result: types.String, Eval: parseIPv6},
	{Name: "parse_ipv6_mask", Params: textAndLong, Result: types.String, Eval: parseIPv6Mask},
}

// readIPv4 reads an address with an optional /prefix; prefix is 32 if there is none.
func readIPv4(s string) (addr uint32, prefix int, ok bool) {
	s = strings.TrimSpace(s)
	text, mask, found := strings.Cut(s, "/")
	prefix = 32
	if found {
		n, err := strconv.Atoi(mask)
		if err != nil || n < 0 || n > 32 {
			return 0, 0, false
		}
		prefix = n
	}
	a, err := netip.ParseAddr(text)
	if err != nil || !a.Is4() {
		return 0, 0, false
	}
	b := a.As4()
	return uint32(b[0])<<24 | uint32(b[1])<<16 | uint32(b[2])<<8 | uint32(b[3]), prefix, true
}

func mask32(prefix int) uint32 { return uint32(math.MaxUint32 << (32 - prefix) & math.MaxUint32) }

func formatV4(addr uint32) string {
	return netip.AddrFrom4([4]byte{byte(addr >> 24), byte(addr >> 16), byte(addr >> 8), byte(addr)}).String()
}

func parseIPv4(a []types.Value) types.Value {
	addr, prefix, ok := readIPv4(a[0].Str)
	if !ok {
		return nullLong
	}
	return long(int64(addr & mask32(prefix)))
}

func parseIPv4Mask(a []types.Value) types.Value {
	addr, prefix, ok := readIPv4(a[0].Str)
	if !ok || a[1].Null || a[1].Int < 0 || a[1].Int > 32 {
		return nullLong
	}
	return long(int64(addr & mask32(min(prefix, int(a[1].Int)))))
}

// compareIPv4 compares under the shortest of the prefixes.
func compareIPv4(a []types.Value) types.Value {
	x, p, ok1 := readIPv4(a[0].Str)
	y, q, ok2 := readIPv4(a[1].Str)
	if !ok1 || !ok2 || a[2].Null || a[2].Int < 0 || a[2].Int > 32 {
		return nullLong
	}
	m := mask32(min(p, q, int(a[2].Int)))
	switch x, y = x&m, y&m; {
	case x < y:
		return long(-1)
	case x > y:
		return long(1)
	}
	return long(0)
}

func isMatch(compare func([]types.Value) types.Value) func([]types.Value) types.Value {
	return func(a []types.Value) types.Value {
		c := compare(a)
		if c.Null {
			return nullBool
		}
		return truth(c.Int == 0)
	}
}

// privateNetworks are those of RFC 1918.
var privateNetworks = []struct {
	addr   uint32
	prefix int
}{{10 << 24, 8}, {172<<24 | 16<<16, 12}, {192<<24 | 168<<16, 16}}

func isPrivate(a []types.Value) types.Value {
	addr, prefix, ok := readIPv4(a[0].Str)
	if !ok {
		return nullBool
	}
	for _, n := range privateNetworks {
		if prefix >= n.prefix && addr&mask32(n.prefix) == n.addr {
			return truth(true)
		}
	}
	return truth(false)
}

func netmaskSuffix(a []types.Value) types.Value {
	_, prefix, ok := readIPv4(a[0].Str)
	if !ok {
		return nullLong
	}
	return long(int64(prefix))
}

// inRangeIPv4 reports whether an address is in a network.
func inRangeIPv4(ip, network string) (in, ok bool) {
	x, p, ok1 := readIPv4(ip)
	y, q, ok2 := readIPv4(network)
	m := mask32(q)
	return p >= q && x&m == y&m, ok1 && ok2
}

func inRange(test func(ip, network string) (in, ok bool)) func([]types.Value) types.Value {
	return func(a []types.Value) types.Value {
		in, ok := test(a[0].Str, a[1].Str)
		if !ok {
			return nullBool
		}
		return truth(in)
	}
}

func inAnyRange(test func(ip, network string) (in, ok bool)) func([]types.Value) types.Value {
	return func(a []types.Value) types.Value {
		networks, ok := array(a[1])
		if !ok {
			return nullBool
		}
		valid := false
		for _, n := range networks {
			in, ok := test(a[0].Str, n.Str)
			valid = valid || ok
			if in && ok {
				return truth(true)
			}
		}
		if !valid {
			return nullBool
		}
		return truth(false)
	}
}

// formatIPv4 writes an address, given as text or as a number, under a prefix.
func formatIPv4(withMask bool) func([]types.Value) types.Value {
	return func(a []types.Value) types.Value {
		addr, prefix, ok := readIPv4(a[0].Str)
		if n, err := strconv.ParseUint(a[0].Str, 10, 32); err == nil {
			addr, prefix, ok = uint32(n), 32, true
		}
		if !ok || a[1].Null || a[1].Int < 0 || a[1].Int > 32 {
			return text("")
		}
		prefix = min(prefix, int(a[1].Int))
		s := formatV4(addr & mask32(prefix))
		if withMask {
			s += "/" + strconv.Itoa(prefix)
		}
		return text(s)
	}
}

// rangeToCIDR covers the addresses from first to last with as few networks as possible.
func rangeToCIDR(a []types.Value) types.Value {
	first, _, ok1 := readIPv4(a[0].Str)
	last, _, ok2 := readIPv4(a[1].Str)
	if !ok1 || !ok2 || first > last {
		return nullDynamic
	}
	nets := []dynamic.Value{}
	for from, to := uint64(first), uint64(last); from <= to; {
		size := bits.TrailingZeros64(from | 1<<32)
		for uint64(1)<<size > to-from+1 {
			size--
		}
		nets = append(nets, dynamic.Text(formatV4(uint32(from))+"/"+strconv.Itoa(32-size)))
		from += 1 << size
	}
	return dynamic.List(nets).Scalar()
}

// readIPv6 reads an address, or an IPv4 one as mapped, with an optional /prefix. v4 says that it
// was written as IPv4. Of an address that ends as an IPv4 one, ::192.168.1.1, a prefix counts
// the bits of that end.
func readIPv6(s string) (addr netip.Addr, prefix int, v4, ok bool) {
	s = strings.TrimSpace(s)
	text, mask, found := strings.Cut(s, "/")
	a, err := netip.ParseAddr(text)
	if err != nil || a.Zone() != "" {
		return addr, 0, false, false
	}
	widest, shift := 128, 0
	if a.Is4() {
		widest, shift, v4 = 32, 96, true
	}
	prefix = widest
	if found {
		n, err := strconv.Atoi(mask)
		if err != nil || n < 0 || n > widest {
			return addr, 0, false, false
		}
		if strings.Contains(text, ".") && n <= 32 {
			shift = 96
		}
		prefix = n
	}
	return netip.AddrFrom16(a.As16()), prefix + shift, v4, true
}

func masked(a netip.Addr, prefix int) [16]byte {
	b := a.As16()
	for i := range b {
		switch left := prefix - 8*i; {
		case left <= 0:
			b[i] = 0
		case left < 8:
			b[i] &= byte(0xFF << (8 - left))
		}
	}
	return b
}

// compareIPv6 compares under the shortest prefix; between two IPv4 addresses a prefix of up
// to 32 bits counts theirs.
func compareIPv6(a []types.Value) types.Value {
	x, p, v4x, ok1 := readIPv6(a[0].Str)
	y, q, v4y, ok2 := readIPv6(a[1].Str)
	if !ok1 || !ok2 || a[2].Null || a[2].Int < 0 || a[2].Int > 128 {
		return nullLong
	}
	n := int(a[2].Int)
	if v4x && v4y && n <= 32 {
		n += 96
	}
	n = min(n, p, q)
	x, y = mapped(x, a[0].Str), mapped(y, a[1].Str)
	u, v := masked(x, n), masked(y, n)
	return long(int64(strings.Compare(string(u[:]), string(v[:]))))
}

// mapped is the address that ::192.168.1.1 has in common with 192.168.1.1.
func mapped(a netip.Addr, written string) netip.Addr {
	b := a.As16()
	if strings.Contains(written, ".") && [12]byte(b[:12]) == [12]byte{} {
		b[10], b[11] = 0xFF, 0xFF
	}
	return netip.AddrFrom16(b)
}

func inRangeIPv6(ip, network string) (in, ok bool) {
	x, p, _, ok1 := readIPv6(ip)
	y, q, _, ok2 := readIPv6(network)
	if !ok1 || !ok2 {
		return false, false
	}
	return p >= q && masked(x, q) == masked(y, q), true
}

func parseIPv6(a []types.Value) types.Value {
	return parseIPv6Mask([]types.Value{a[0], long(128)})
}

// parseIPv6Mask writes all eight groups of an address under a prefix.
func parseIPv6Mask(a []types.Value) types.Value {
	addr, prefix, _, ok := readIPv6(a[0].Str)
	if !ok || a[1].Null || a[1].Int < 0 || a[1].Int > 128 {
		return text("")
	}
	return text(netip.AddrFrom16(masked(addr, min(prefix, int(a[1].Int)))).StringExpanded())
}

func hasAnyIPv4(a []types.Value) types.Value {
	items, ok := array(a[1])
	if !ok {
		return nullBool
	}
	for _, item := range items {
		if containsIPv4(a[0].Str, item.Str, a[2].Int != 0) {
			return truth(true)
		}
	}
	return truth(false)
}

// containsIPv4 reports whether a text has an IPv4 address, or one that begins with a prefix,
// that no letter, digit or further octet adjoins. A prefix ends in a dot or is an address.
func containsIPv4(s, want string, prefix bool) bool {
	if _, n, ok := readIPv4(want); !ok || n != 32 || strings.Contains(want, "/") {
		if !prefix || !ipv4Prefix(want) {
			return false
		}
	}
	for at := 0; ; {
		i := strings.Index(s[at:], want)
		if i < 0 {
			return false
		}
		i += at
		at = i + 1
		if i > 0 && (alphanumeric(s[i-1]) || s[i-1] == '.' && i > 1 && digit(s[i-2])) {
			continue
		}
		end := i
		for end < len(s) && (digit(s[end]) || s[end] == '.') {
			end++
		}
		address := strings.TrimRight(s[i:end], ".")
		if end < len(s) && alphanumeric(s[end]) {
			continue
		}
		if _, _, ok := readIPv4(address); ok && (prefix && want[len(want)-1] == '.' || address == want) {
			return true
		}
	}
}

// ipv4Prefix reports whether s is one to three octets, each with its dot.
func ipv4Prefix(s string) bool {
	octets := strings.Split(s, ".")
	if len(octets) < 2 || len(octets) > 4 || octets[len(octets)-1] != "" {
		return false
	}
	for _, o := range octets[:len(octets)-1] {
		if n, err := strconv.ParseUint(o, 10, 8); err != nil || strconv.FormatUint(n, 10) != o {
			return false
		}
	}
	return true
}

func digit(c byte) bool { return c >= '0' && c <= '9' }

func alphanumeric(c byte) bool { return digit(c) || c|0x20 >= 'a' && c|0x20 <= 'z' }

// ipPlace is geo_info_from_ip_address where nobody brought the data for it. It is
// volatile so that it is never computed before the data is there.
var ipPlace = Function{Name: "geo_info_from_ip_address", Params: []types.Type{types.String}, Volatile: true, Result: types.Dynamic,
	Eval: func([]types.Value) types.Value { return nullDynamic }}
