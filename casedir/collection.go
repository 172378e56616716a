package casedir

import (
	"path"
	"regexp"
	"strings"

	"github.com/goshawk-hunt/goshawk/evidence/text"
	"github.com/goshawk-hunt/goshawk/normalize"
)

// windowsPlaces are where Windows keeps what says nothing of its machine, or names it.
// What stands before one of them in a path is the folder that a collector wrote.
var windowsPlaces = regexp.MustCompile(`(?i)/windows(?:\.old)?/(?:system32/(?:tasks|config|winevt)|syswow64/tasks|tasks)/`)

// flatPlaces are the same for folders that somebody copied together by hand.
var flatPlaces = regexp.MustCompile(`(?i)/(?:tasks/.|(?:software|system)$)`)

// veloCollection is the name that Velociraptor gives to what it collected from a host.
var veloCollection = regexp.MustCompile(`^Collection-(.+)-\d{4}-\d\d-\d\dT`)

// between are folders between a collector's own and the volume: they name no machine.
var between = regexp.MustCompile(`(?i)^(?:[a-z]|[a-z]:|uploads|auto|ntfs|lazy_ntfs|mft|file|files|data|raw|root|\[root\]|artifacts?|evidence|collection|collections|collected|kape|targets?|tout|tdest|triage|output|out|results|export|exports|registry|hives?|eventlogs?|evtx|logs|tasks|image|images|mnt|mount|vss\d*|shadowcopy\d*|harddiskvolumeshadowcopy\d*|case|tmp|temp|home|users|\.|\.\.|)$`)

// collectionOf says which collection a file belongs to, by its path: the folder or
// archive that holds a machine's files in their places. It is nil for other files.
func collectionOf(file string) *normalize.Collection {
	p := "/" + strings.TrimLeft(text.CollectedPath(strings.ReplaceAll(file, "!", "/")), "/")
	c := &normalize.Collection{}
	at := windowsPlaces.FindStringIndex(p)
	switch {
	case at != nil:
		lower := strings.ToLower(p[at[0]:])
		c.Log = strings.Contains(lower, "/winevt/logs/") && !strings.HasSuffix(lower, "/forwardedevents.evtx")
		c.System = strings.HasSuffix(lower, "/config/system")
	default:
		if at = flatPlaces.FindStringIndex(p); at == nil {
			return nil
		}
		c.System = strings.EqualFold(path.Base(p), "SYSTEM")
	}
	parts := strings.Split(p[:at[0]], "/")
	for i := len(parts) - 1; i >= 0; i-- {
		if m := veloCollection.FindStringSubmatch(parts[i]); m != nil {
			c.Label, c.Host = strings.ToLower(m[1]), strings.ToLower(m[1])
			return c
		}
		if name := withoutArchive(parts[i]); c.Label == "" && !between.MatchString(name) {
			c.Label = strings.ToLower(name)
		}
	}
	return c
}

// withoutArchive is the name of a folder or of an archive without its extensions.
func withoutArchive(name string) string {
	for _, ext := range []string{".zip", ".7z", ".tar.gz", ".tgz", ".tar", ".gz", ".xz"} {
		if n := len(name) - len(ext); n > 0 && strings.EqualFold(name[n:], ext) {
			return name[:n]
		}
	}
	return name
}
