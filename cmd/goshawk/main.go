// Command goshawk hunts malicious Windows scheduled tasks in evidence at hand.
package main

import (
	"os"

	"github.com/goshawk-hunt/goshawk/cli"
)

func main() {
	os.Exit(cli.Main(os.Args[1:], os.Stdin, os.Stdout, os.Stderr))
}
