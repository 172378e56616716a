package cmdline

import (
	"regexp"
	"strings"
)

// The hives of a Key.
const (
	HiveMachine = "machine" // HKEY_LOCAL_MACHINE
	HiveUser    = "user"    // HKEY_CURRENT_USER, a user's part of HKEY_USERS
	HiveClasses = "classes" // HKEY_CLASSES_ROOT: of the machine or of the user
)

// Key is a registry key, the same whichever way it is written: HKCU:\, Registry::HKEY_..,
// the part of HKEY_USERS that is a user's, and the views that Windows lays over keys
// (Wow6432Node, the numbered control sets, a user's classes) folded.
type Key struct {
	Hive string // "" for none that is known
	SID  string // of the user, in lower case, "" when it is not said
	Path string // below the hive, in lower case
}

var controlSet = regexp.MustCompile(`^system\\controlset\d{3}(\\|$)`)

// ParseKey reads a key's path. What names no hive has none.
func ParseKey(path string) Key {
	path = strings.ToLower(strings.ReplaceAll(path, "/", `\`))
	if _, after, ok := strings.Cut(path, "registry::"); ok {
		path = after
	}
	path = folded(strings.Trim(path, `\ `))
	root, rest, _ := strings.Cut(path, `\`)
	k := Key{Path: rest}
	switch strings.TrimSuffix(root, ":") {
	case "hklm", "hkey_local_machine":
		k.Hive = HiveMachine
	case "hkcu", "hkey_current_user", "hku", "hkey_users":
		k.Hive = HiveUser
		k.user()
	case "hkcr", "hkey_classes_root":
		k.Hive, k.Path = HiveClasses, `software\classes\`+rest
	}
	if set := controlSet.FindString(k.Path); set != "" {
		k.Path = `system\currentcontrolset\` + k.Path[len(set):]
	}
	k.Path = strings.Replace(k.Path, `software\wow6432node\`, `software\`, 1)
	k.Path = strings.Replace(k.Path, `software\classes\wow6432node\`, `software\classes\`, 1)
	k.Path = strings.Trim(k.Path, `\`)
	return k
}

// user takes the SID off a user's key.
func (k *Key) user() {
	first, rest, _ := strings.Cut(k.Path, `\`)
	if first == ".default" {
		first = "s-1-5-18" // another name of the system's hive
	}
	if !strings.HasPrefix(first, "s-1-") {
		return
	}
	if sid, ok := strings.CutSuffix(first, "_classes"); ok {
		first, rest = sid, `software\classes\`+rest
	}
	k.SID, k.Path = first, rest
}

// Covers reports whether a key that something names is, or may be, the key o of a row.
func (k Key) Covers(o Key) bool {
	if k.Hive == "" || k.Path == "" || k.Path != o.Path {
		return false
	}
	if k.Hive == HiveClasses || o.Hive == HiveClasses {
		return o.Hive != ""
	}
	return k.Hive == o.Hive && (k.SID == "" || k.SID == o.SID)
}

// folded makes one separator of many.
func folded(path string) string {
	for strings.Contains(path, `\\`) {
		path = strings.ReplaceAll(path, `\\`, `\`)
	}
	return path
}
