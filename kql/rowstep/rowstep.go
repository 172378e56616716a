// Package rowstep holds the steps of a program that compute their rows in Go: the
// plugins and operators for which SQL has nothing.
package rowstep

import (
	"maps"

	"github.com/goshawk-hunt/goshawk/kql/sqlgen"
)

// plugins are all steps by the name of their plan node.
var plugins = map[string]sqlgen.PluginFunc{}

// Plugins returns the steps by the name of the plan.Plugin that they compute.
func Plugins() map[string]sqlgen.PluginFunc { return maps.Clone(plugins) }
