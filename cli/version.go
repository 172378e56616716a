package cli

import (
	"context"
	"fmt"
	"runtime"
	"runtime/debug"

	"github.com/spf13/pflag"
)

// Version is the release; builds from a checkout say "dev".
var version = "0.1.0-dev"

func versionCommand() command {
	return command{
		name: "version", summary: "print the version",
		help:  "Prints the version of goshawk, of Go and of the embedded engine's driver.",
		flags: func(*pflag.FlagSet, *settings) {},
		run: func(_ context.Context, s *settings, _ []string) (int, error) {
			fmt.Fprintf(s.out, "goshawk %s %s/%s %s\n", version, runtime.GOOS, runtime.GOARCH, runtime.Version())
			if info, ok := debug.ReadBuildInfo(); ok {
				for _, d := range info.Deps {
					if d.Path == "github.com/duckdb/duckdb-go/v2" {
						fmt.Fprintf(s.out, "engine duckdb-go %s\n", d.Version)
					}
				}
			}
			return ExitOK, nil
		},
	}
}
