package normalize

import "strings"

// logonTypes are the texts of LogonType, by number.
var logonTypes = map[int64]string{
	0: "System", 2: "Interactive", 3: "Network", 4: "Batch", 5: "Service", 7: "Unlock", 8: "NetworkCleartext",
	9: "NewCredentials", 10: "RemoteInteractive", 11: "CachedInteractive", 12: "CachedRemoteInteractive", 13: "CachedUnlock",
}

// failureReason names the status of a failed logon. Only the first name has been
// seen in Defender's rows; the others follow it.
func failureReason(status string) string {
	switch strings.ToLower(status) {
	case "0xc000006a", "0xc0000064", "0xc000006d":
		return "InvalidUserNameOrPassword"
	case "0xc0000234":
		return "AccountLocked"
	case "0xc0000072":
		return "AccountDisabled"
	case "0xc0000193":
		return "AccountExpired"
	case "0xc0000071":
		return "PasswordExpired"
	case "0xc0000224":
		return "PasswordMustChange"
	case "0xc000006f":
		return "LogonHours"
	case "0xc0000070":
		return "WorkstationRestriction"
	case "0xc000015b":
		return "LogonTypeNotGranted"
	case "0xc0000133":
		return "ClockSkew"
	}
	return status
}

// tokenElevation names TokenElevationType: a message of the operating system, or its
// text, which is in the language of Windows.
func tokenElevation(s string) string {
	switch {
	case strings.Contains(s, "1936"), strings.Contains(s, "TypeDefault"), s == "1":
		return "TokenElevationTypeDefault"
	case strings.Contains(s, "1937"), strings.Contains(s, "TypeFull"), s == "2":
		return "TokenElevationTypeFull"
	case strings.Contains(s, "1938"), strings.Contains(s, "TypeLimited"), s == "3":
		return "TokenElevationTypeLimited"
	}
	return ""
}

// integrityLevel names the SID of a mandatory label.
func integrityLevel(label string) string {
	switch label {
	case "S-1-16-0":
		return "Untrusted"
	case "S-1-16-4096":
		return "Low"
	case "S-1-16-8192":
		return "Medium"
	case "S-1-16-8448":
		return "MediumPlus"
	case "S-1-16-12288":
		return "High"
	case "S-1-16-16384":
		return "System"
	case "S-1-16-20480":
		return "Protected"
	}
	return ""
}

// hashes are the digests of a file in lower case.
type hashes struct{ sha1, sha256, md5, imphash string }

// maxHashLists bounds how many lists of digests are remembered, maxHashList how long one is.
const (
	maxHashLists = 1 << 12
	maxHashList  = 1 << 9
)

// hashes reads Sysmon's list of the digests of a file; files repeat, so what was made of
// their lists is kept.
func (n *Normalizer) hashes(list string) hashes {
	if h, ok := n.digests[list]; ok || len(list) > maxHashList {
		if !ok {
			h = parseHashes(list)
		}
		return h
	}
	if len(n.digests) >= maxHashLists {
		clear(n.digests)
	}
	list = strings.Clone(list)
	h := parseHashes(list)
	n.digests[list] = h
	return h
}

// parseHashes reads Sysmon's list "SHA1=..,MD5=..", in any order. Digests of only
// zeros mean that Sysmon had none.
func parseHashes(s string) hashes {
	var h hashes
	for s != "" {
		var item string
		item, s, _ = strings.Cut(s, ",")
		kind, digest, _ := strings.Cut(item, "=")
		if strings.Trim(digest, "0") == "" {
			continue
		}
		digest = strings.ToLower(digest)
		switch kind {
		case "SHA1":
			h.sha1 = digest
		case "SHA256":
			h.sha256 = digest
		case "MD5":
			h.md5 = digest
		case "IMPHASH":
			h.imphash = digest
		}
	}
	return h
}
