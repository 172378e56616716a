package cli

import (
	"github.com/spf13/pflag"

	"github.com/goshawk-hunt/goshawk/casedir"
	"github.com/goshawk-hunt/goshawk/external"
)

// outsideFlagValues say what queries may read from besides the case.
type outsideFlagValues struct {
	mirror, places string
	net            bool
	functions      []string
}

func functionsFlag(fs *pflag.FlagSet, s *settings) {
	fs.StringArrayVar(&s.outside.functions, "functions", nil, "folder with stored functions and tables besides the case's: .kql, Sentinel's parser .yaml, .csv (repeatable)")
}

func outsideFlags(fs *pflag.FlagSet, s *settings) {
	fs.StringVar(&s.outside.mirror, "externaldata", "", "serve externaldata from this folder: DIR/host/path answers https://host/path")
	fs.BoolVar(&s.outside.net, "allow-net", false, "let externaldata fetch addresses (at most 256 MB and a minute each)")
	fs.StringVar(&s.outside.places, "geoip", "", "MaxMind file (.mmdb) for geo_info_from_ip_address")
	functionsFlag(fs, s)
}

// into sets what a query may reach besides the case.
func (o *outsideFlagValues) into(c *casedir.Options) {
	c.External, c.Places, c.Functions = external.Source{Mirror: o.mirror, Net: o.net}, o.places, o.functions
}
