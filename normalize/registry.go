package normalize

import (
	"strconv"
	"strings"
)

// hives are the roots of registry paths as Sysmon and the security log write them.
var hives = []struct{ from, to string }{
	{`HKLM`, "HKEY_LOCAL_MACHINE"},
	{`HKU`, "HKEY_USERS"},
	{`HKCR`, "HKEY_CLASSES_ROOT"},
	{`HKCU`, "HKEY_CURRENT_USER"},
	{`\REGISTRY\MACHINE`, "HKEY_LOCAL_MACHINE"},
	{`\REGISTRY\USER`, "HKEY_USERS"},
}

const (
	systemHive = `HKEY_LOCAL_MACHINE\SYSTEM\`
	currentSet = "CurrentControlSet"
)

// registryPath writes a registry path as Defender does: HKEY_LOCAL_MACHINE instead of
// HKLM, and the control set by its number, which is 001 in all but rescued systems.
func registryPath(path string) string {
	for _, h := range hives {
		if len(path) >= len(h.from) && strings.EqualFold(path[:len(h.from)], h.from) && (len(path) == len(h.from) || path[len(h.from)] == '\\') {
			path = h.to + path[len(h.from):]
			break
		}
	}
	if len(path) >= len(systemHive)+len(currentSet) && strings.EqualFold(path[:len(systemHive)], systemHive) {
		rest := path[len(systemHive):]
		if strings.EqualFold(rest[:len(currentSet)], currentSet) && (len(rest) == len(currentSet) || rest[len(currentSet)] == '\\') {
			return systemHive + "ControlSet001" + rest[len(currentSet):]
		}
	}
	return path
}

// splitValue splits Sysmon's path of a value into its key and its name.
func splitValue(path string) (key, name string) {
	i := strings.LastIndexByte(path, '\\')
	if i < 0 {
		return path, ""
	}
	return path[:i], path[i+1:]
}

// registryDetails reads Sysmon's Details: the type, as far as it can be told, and the
// data, numbers in decimal.
func registryDetails(details string) (kind, value string) {
	if hex, ok := strings.CutPrefix(details, "DWORD (0x"); ok {
		if n, err := strconv.ParseUint(strings.TrimSuffix(hex, ")"), 16, 32); err == nil {
			return "Dword", strconv.FormatUint(n, 10)
		}
	}
	if hex, ok := strings.CutPrefix(details, "QWORD (0x"); ok {
		high, low, _ := strings.Cut(strings.TrimSuffix(hex, ")"), "-0x")
		h, err1 := strconv.ParseUint(high, 16, 32)
		l, err2 := strconv.ParseUint(low, 16, 32)
		if err1 == nil && err2 == nil {
			return "QWord", strconv.FormatUint(h<<32|l, 10)
		}
	}
	switch details {
	case "Binary Data":
		return "Binary", ""
	case "(Empty)":
		return "String", ""
	}
	return "String", details
}

// registryType reads the type of event 4657: a message of the operating system, or
// its text.
func registryType(s string) string {
	switch s {
	case "%%1872":
		return "None"
	case "%%1873", "REG_SZ":
		return "String"
	case "%%1874", "REG_EXPAND_SZ":
		return "ExpandString"
	case "%%1875", "REG_BINARY":
		return "Binary"
	case "%%1876", "%%1877", "REG_DWORD":
		return "Dword"
	case "%%1879", "REG_MULTI_SZ":
		return "MultiString"
	case "%%1883", "REG_QWORD":
		return "QWord"
	case "-":
		return ""
	}
	return s
}
