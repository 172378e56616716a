package scalar

import (
	"strings"
	"sync"

	"github.com/ua-parser/uap-go/uaparser"

	"github.com/goshawk-hunt/goshawk/kql/dynamic"
	"github.com/goshawk-hunt/goshawk/kql/types"
)

// userAgents are the patterns of the ua-parser project, which Kusto reads user agents
// by too. Compiling them takes a moment, so it is done when they are first needed.
var userAgents = sync.OnceValues(func() (*uaparser.Parser, error) { return uaparser.New() })

// maxUserAgent bounds the text that hundreds of patterns are tried on.
const maxUserAgent = 4096

// parseUserAgent reads what the second argument names: browser, os or device, one or
// an array of them.
//
// Source: https://learn.microsoft.com/kusto/query/parse-user-agent-function
func parseUserAgent(a []types.Value) types.Value {
	p, err := userAgents()
	if err != nil || len(a[0].Str) > maxUserAgent {
		return nullDynamic
	}
	wanted := []dynamic.Value{dynamic.Text(a[1].Str)}
	if d, ok := dynamic.Parse(a[1].Str); ok && d.Kind == dynamic.Array {
		wanted = d.Items
	}
	out := dynamic.Value{Kind: dynamic.Bag}
	for _, w := range wanted {
		switch strings.ToLower(w.Str) {
		case "browser":
			b := p.ParseUserAgent(a[0].Str)
			out.Set("Browser", texts("Family", b.Family, "MajorVersion", b.Major, "MinorVersion", b.Minor, "Patch", b.Patch))
		case "os":
			o := p.ParseOs(a[0].Str)
			out.Set("OperatingSystem", texts("Family", o.Family, "MajorVersion", o.Major, "MinorVersion", o.Minor, "Patch", o.Patch, "PatchMinor", o.PatchMinor))
		case "device":
			d := p.ParseDevice(a[0].Str)
			out.Set("Device", texts("Family", d.Family, "Brand", d.Brand, "Model", d.Model))
		default:
			return nullDynamic
		}
	}
	return out.Scalar()
}

// texts makes a bag of keys and their texts.
func texts(pairs ...string) dynamic.Value {
	bag := dynamic.Value{Kind: dynamic.Bag}
	for i := 0; i < len(pairs); i += 2 {
		bag.Set(pairs[i], dynamic.Text(pairs[i+1]))
	}
	return bag
}
