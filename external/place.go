package external

import (
	"errors"
	"fmt"
	"io/fs"
	"net/netip"

	"github.com/oschwald/maxminddb-golang/v2"

	"github.com/goshawk-hunt/goshawk/kql/dynamic"
	"github.com/goshawk-hunt/goshawk/kql/scalar"
	"github.com/goshawk-hunt/goshawk/kql/types"
)

// PlaceName is the function that a Places answers.
const PlaceName = "geo_info_from_ip_address"

// Places tells where addresses are, by a MaxMind file. Close it.
type Places struct{ db *maxminddb.Reader }

// OpenPlaces opens a file of MaxMind's format, such as GeoLite2-City.mmdb.
func OpenPlaces(path string) (*Places, error) {
	db, err := maxminddb.Open(path)
	var unread *fs.PathError
	if errors.As(err, &unread) {
		return nil, err
	}
	if err != nil {
		return nil, fmt.Errorf("%s is no MaxMind file: %w", path, err)
	}
	return &Places{db}, nil
}

// Close closes the file.
func (p *Places) Close() error { return p.db.Close() }

// place is what a MaxMind record says, as far as Kusto does.
type place struct {
	Country struct {
		Names names `maxminddb:"names"`
	} `maxminddb:"country"`
	Subdivisions []struct {
		Names names `maxminddb:"names"`
	} `maxminddb:"subdivisions"`
	City struct {
		Names names `maxminddb:"names"`
	} `maxminddb:"city"`
	Location struct {
		Latitude  *float64 `maxminddb:"latitude"`
		Longitude *float64 `maxminddb:"longitude"`
	} `maxminddb:"location"`
}

type names struct {
	English string `maxminddb:"en"`
}

// Function is geo_info_from_ip_address over the file: a bag of country, state, city,
// latitude and longitude, as far as they are known; null for what is no address or not
// in the file.
func (p *Places) Function() scalar.Function {
	return scalar.Function{Name: PlaceName, Params: []types.Type{types.String}, Volatile: true, Result: types.Dynamic,
		Eval: func(args []types.Value) types.Value {
			d, ok := p.lookup(args[0].Str)
			if !ok {
				return types.Null(types.Dynamic)
			}
			return types.Value{Type: types.Dynamic, Str: d.String()}
		}}
}

func (p *Places) lookup(text string) (dynamic.Value, bool) {
	addr, err := netip.ParseAddr(text)
	if err != nil {
		return dynamic.Value{}, false
	}
	found := p.db.Lookup(addr.Unmap())
	if !found.Found() {
		return dynamic.Value{}, false
	}
	var r place
	if err := found.Decode(&r); err != nil {
		return dynamic.Value{}, false
	}
	bag := dynamic.Value{Kind: dynamic.Bag}
	set := func(key, s string) {
		if s != "" {
			bag.Set(key, dynamic.Text(s))
		}
	}
	set("country", r.Country.Names.English)
	if len(r.Subdivisions) > 0 {
		set("state", r.Subdivisions[0].Names.English)
	}
	set("city", r.City.Names.English)
	if r.Location.Latitude != nil && r.Location.Longitude != nil {
		bag.Set("latitude", dynamic.Float(*r.Location.Latitude))
		bag.Set("longitude", dynamic.Float(*r.Location.Longitude))
	}
	return bag, len(bag.Keys) > 0
}
