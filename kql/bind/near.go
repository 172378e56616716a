package bind

import (
	"sort"

	"github.com/goshawk-hunt/goshawk/source"
)

// nearest returns the names closest to a misspelt one, best first, at most three.
func nearest(name string, names []string) []string {
	type near struct {
		name string
		d    int
	}
	most := max(1, min(4, len([]rune(name))/3))
	var found []near
	for _, n := range names {
		if d := source.Distance(name, n, most); d <= most {
			found = append(found, near{n, d})
		}
	}
	sort.SliceStable(found, func(i, j int) bool {
		if found[i].d != found[j].d {
			return found[i].d < found[j].d
		}
		return found[i].name < found[j].name
	})
	var out []string
	for i, f := range found {
		if i == 3 || f.d > found[0].d+1 {
			break
		}
		out = append(out, f.name)
	}
	return out
}
