package builtin

import "github.com/goshawk-hunt/goshawk/kql/types"

// ipFunctions are the functions of addresses.
var ipFunctions = []Function{
	{
		Name: "format_ipv4", Kind: Scalar,
		Overloads: []Overload{
			sig(Fixed(types.String), par("ip"), opt(par("prefix", types.Long))),
		},
		Doc:     "Writes an IPv4 address under a prefix mask.",
		Example: `print format_ipv4("10.1.2.3", 24)`,
		Page:    "format-ipv4-function",
	},
	{
		Name: "format_ipv4_mask", Kind: Scalar,
		Overloads: []Overload{
			sig(Fixed(types.String), par("ip"), opt(par("prefix", types.Long))),
		},
		Doc:     "Writes an IPv4 address under a prefix mask in CIDR notation.",
		Example: `print format_ipv4_mask("10.1.2.3", 24)`,
		Page:    "format-ipv4-mask-function",
	},
	{
		Name: "geo_info_from_ip_address", Kind: Scalar,
		Overloads: []Overload{
			sig(Fixed(types.Dynamic), par("ip", types.String)),
		},
		Data:    "a MaxMind file, --geoip FILE",
		Doc:     "Gives the place of an IP address; null without a MaxMind file.",
		Example: `print geo_info_from_ip_address("192.0.2.1").country`,
		Page:    "geo-info-from-ip-address-function",
	},
	{
		Name: "has_any_ipv4", Kind: Scalar,
		Overloads: []Overload{
			many(0, Fixed(types.Bool), par("source", texts...), par("ips", types.String)),
			sig(Fixed(types.Bool), par("source", texts...), par("ips", types.Dynamic)),
		},
		Doc:     "Says whether a text contains one of several IPv4 addresses as a term.",
		Example: `print has_any_ipv4("from 10.0.0.1:443", "10.0.0.1", "10.0.0.2")`,
		Page:    "has-any-ipv4-function",
	},
	{
		Name: "has_any_ipv4_prefix", Kind: Scalar,
		Overloads: []Overload{
			many(0, Fixed(types.Bool), par("source", texts...), par("ip_prefixes", types.String)),
			sig(Fixed(types.Bool), par("source", texts...), par("ip_prefixes", types.Dynamic)),
		},
		Doc:     "Says whether a text contains an IPv4 address that begins with one of several prefixes.",
		Example: `print has_any_ipv4_prefix("from 10.0.0.1:443", "10.0.", "192.168.")`,
		Page:    "has-any-ipv4-prefix-function",
	},
	{
		Name: "has_ipv4", Kind: Scalar,
		Overloads: []Overload{
			sig(Fixed(types.Bool), par("source", texts...), par("ip", types.String)),
		},
		Doc:     "Says whether a text contains an IPv4 address as a term.",
		Example: `print has_ipv4("from 10.0.0.1:443", "10.0.0.1")`,
		Page:    "has-ipv4-function",
	},
	{
		Name: "has_ipv4_prefix", Kind: Scalar,
		Overloads: []Overload{
			sig(Fixed(types.Bool), par("source", texts...), par("ip_prefix", types.String)),
		},
		Doc:     "Says whether a text contains an IPv4 address that begins with a prefix.",
		Example: `print has_ipv4_prefix("from 10.0.0.1:443", "10.0.")`,
		Page:    "has-ipv4-prefix-function",
	},
	{
		Name: "ipv4_compare", Kind: Scalar,
		Overloads: []Overload{
			sig(Fixed(types.Long), par("ip1", types.String), par("ip2", types.String), opt(par("prefix", types.Long))),
		},
		Doc:     "Compares two IPv4 addresses under their prefixes.",
		Example: `print ipv4_compare("10.0.0.1", "10.0.0.2")`,
		Page:    "ipv4-compare-function",
	},
	{
		Name: "ipv4_is_in_any_range", Kind: Scalar,
		Overloads: []Overload{
			many(0, Fixed(types.Bool), par("ip", texts...), par("ranges", types.String)),
			sig(Fixed(types.Bool), par("ip", texts...), par("ranges", types.Dynamic)),
		},
		Doc:     "Says whether an IPv4 address belongs to one of several ranges.",
		Example: `print ipv4_is_in_any_range("10.1.2.3", "127.0.0.0/8", "10.0.0.0/8")`,
		Page:    "ipv4-is-in-any-range-function",
	},
	{
		Name: "ipv4_is_in_range", Kind: Scalar,
		Overloads: []Overload{
			sig(Fixed(types.Bool), par("ip", types.String), par("ip_range", types.String)),
		},
		Doc:     "Says whether an IPv4 address belongs to a range.",
		Example: `print ipv4_is_in_range("10.1.2.3", "10.0.0.0/8")`,
		Page:    "ipv4-is-in-range-function",
	},
	{
		Name: "ipv4_is_match", Kind: Scalar,
		Overloads: []Overload{
			sig(Fixed(types.Bool), par("ip1", types.String), par("ip2", types.String), opt(par("prefix", types.Long))),
		},
		Doc:     "Says whether two IPv4 addresses agree under their prefixes.",
		Example: `print ipv4_is_match("10.0.0.1/24", "10.0.0.9/24")`,
		Page:    "ipv4-is-match-function",
	},
	{
		Name: "ipv4_is_private", Kind: Scalar,
		Overloads: []Overload{
			sig(Fixed(types.Bool), par("ip", types.String)),
		},
		Doc:     "Says whether an IPv4 address belongs to a private network.",
		Example: `print ipv4_is_private("192.168.1.1")`,
		Page:    "ipv4-is-private-function",
	},
	{
		Name: "ipv4_netmask_suffix", Kind: Scalar,
		Overloads: []Overload{
			sig(Fixed(types.Long), par("ip", types.String)),
		},
		Doc:     "Gives the prefix length of an IPv4 range.",
		Example: `print ipv4_netmask_suffix("10.0.0.0/8")`,
		Page:    "ipv4-netmask-suffix-function",
	},
	{
		Name: "ipv4_range_to_cidr_list", Kind: Scalar,
		Overloads: []Overload{
			sig(Fixed(types.Dynamic), par("start_ip", types.String), par("end_ip", types.String)),
		},
		Doc:     "Covers a range of IPv4 addresses with CIDR networks.",
		Example: `print ipv4_range_to_cidr_list("10.0.0.0", "10.0.0.9")`,
		Page:    "ipv4-range-to-cidr-list-function",
	},
	{
		Name: "ipv6_compare", Kind: Scalar,
		Overloads: []Overload{
			sig(Fixed(types.Long), par("ip1", types.String), par("ip2", types.String), opt(par("prefix", types.Long))),
		},
		Doc:     "Compares two IPv6 or IPv4 addresses under their prefixes.",
		Example: `print ipv6_compare("fe80::1", "fe80::2")`,
		Page:    "ipv6-compare-function",
	},
	{
		Name: "ipv6_is_in_any_range", Kind: Scalar,
		Overloads: []Overload{
			many(0, Fixed(types.Bool), par("ip", texts...), par("ranges", types.String)),
			sig(Fixed(types.Bool), par("ip", texts...), par("ranges", types.Dynamic)),
		},
		Doc:     "Says whether an IPv6 address belongs to one of several ranges.",
		Example: `print ipv6_is_in_any_range("fe80::1", "fe80::/10", "fc00::/7")`,
		Page:    "ipv6-is-in-any-range-function",
	},
	{
		Name: "ipv6_is_in_range", Kind: Scalar,
		Overloads: []Overload{
			sig(Fixed(types.Bool), par("ip", types.String), par("ip_range", types.String)),
		},
		Doc:     "Says whether an IPv6 address belongs to a range.",
		Example: `print ipv6_is_in_range("fe80::1", "fe80::/10")`,
		Page:    "ipv6-is-in-range-function",
	},
	{
		Name: "ipv6_is_match", Kind: Scalar,
		Overloads: []Overload{
			sig(Fixed(types.Bool), par("ip1", types.String), par("ip2", types.String), opt(par("prefix", types.Long))),
		},
		Doc:     "Says whether two IPv6 or IPv4 addresses agree under their prefixes.",
		Example: `print ipv6_is_match("fe80::1/64", "fe80::2/64")`,
		Page:    "ipv6-is-match-function",
	},
	{
		Name: "parse_ipv4", Kind: Scalar,
		Overloads: []Overload{
			sig(Fixed(types.Long), par("ip", types.String)),
		},
		Doc:     "Reads an IPv4 address, or the network of one with a prefix, as a long.",
		Example: `print parse_ipv4("10.0.0.1")`,
		Page:    "parse-ipv4-function",
	},
	{
		Name: "parse_ipv4_mask", Kind: Scalar,
		Overloads: []Overload{
			sig(Fixed(types.Long), par("ip", types.String), par("prefix", types.Long)),
		},
		Doc:     "Reads an IPv4 address under a prefix mask as a long.",
		Example: `print parse_ipv4_mask("10.0.0.1", 24)`,
		Page:    "parse-ipv4-mask-function",
	},
	{
		Name: "parse_ipv6", Kind: Scalar,
		Overloads: []Overload{
			sig(Fixed(types.String), par("ip", types.String)),
		},
		Doc:     "Writes an IPv6 or IPv4 address in canonical IPv6 form.",
		Example: `print parse_ipv6("::1")`,
		Page:    "parse-ipv6-function",
	},
	{
		Name: "parse_ipv6_mask", Kind: Scalar,
		Overloads: []Overload{
			sig(Fixed(types.String), par("ip", types.String), par("prefix", types.Long)),
		},
		Doc:     "Writes an address under a prefix mask in canonical IPv6 form.",
		Example: `print parse_ipv6_mask("fe80::1", 64)`,
		Page:    "parse-ipv6-mask-function",
	},
}
