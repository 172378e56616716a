package score

import "strings"

// KnownTask is an entry of the catalogue of known tasks that ships with Goshawk. A
// finding's task agrees with it only as a whole: path, program or class, arguments and
// principal.
type KnownTask struct {
	// Grade says how well it is known: measured (read from a machine), observed (in
	// events), named (in a public rule's exclusions) or believed.
	Grade     string `json:"grade"`
	Software  string `json:"software"`
	Path      string `json:"path"` // * stands for anything
	Kind      string `json:"kind"` // exec or com
	Command   string `json:"command"`
	Arguments string `json:"arguments,omitempty"`
	Principal string `json:"principal,omitempty"`
}

// Catalogue lists the known tasks in the catalogue's order.
func Catalogue() []KnownTask {
	var list []KnownTask
	for line := range strings.Lines(knownText) {
		f := strings.Split(strings.TrimRight(line, "\r\n"), "\t")
		if len(f) == 7 && !strings.HasPrefix(line, "#") {
			list = append(list, KnownTask{f[0], f[1], f[2], f[3], f[4], f[5], f[6]})
		}
	}
	return list
}
