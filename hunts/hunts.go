// Package hunts is the built-in hunts: a folder each, with the rule and a sample that
// it must find and one that it must not.
package hunts

import (
	"embed"

	"github.com/goshawk-hunt/goshawk/hunt"
)

//go:embed */rule.yaml
var files embed.FS

// Load returns the built-in hunts in the order of their ids.
func Load() ([]hunt.Rule, error) { return hunt.LoadBuiltIn(files) }
