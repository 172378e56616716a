package score

import (
	"regexp"
	"strings"
)

// pattern is something telling in a command line.
type pattern struct {
	points int
	text   string
	re     *regexp.Regexp
}

// patterns are judged over the program and its arguments in lower case, with the
// characters that shells ignore taken out. Of one group only the first match counts.
var patterns = [][]pattern{
	{
		{55, "carries words of credential theft", regexp.MustCompile(`sekurlsa|lsadump::|kerberos::|privilege::debug|mimikatz|invoke-mimi`)},
		{50, "dumps the memory of lsass", regexp.MustCompile(`(?:procdump|-ma|minidump).*lsass|lsass.*(?:\.dmp|minidump)`)},
		{45, "saves a registry hive that holds credentials", regexp.MustCompile(`reg(?:\.exe)?"?\s+save\s+hk(?:lm|ey_local_machine)\\(?:sam|security|system)|ntdsutil|ntds\.dit`)},
	},
	{
		{50, "deletes shadow copies or backups", regexp.MustCompile(`vssadmin.*delete\s+shadows|shadowcopy\s+delete|wbadmin.*delete|resize\s+shadowstorage`)},
		{50, "erases whole drives or what users have", regexp.MustCompile(`\b(?:del|erase)\b.*\s/s\b.*(?:[a-z]:|%systemdrive%)\\(?:\*|users\b|\s|"|$)|\b(?:rd|rmdir)\b.*\s/s\b.*(?:[a-z]:|%systemdrive%)\\(?:\*|users\b|\s|"|$)|\bformat(?:\.com)?"?\s+[a-z]:|\bcipher(?:\.exe)?"?\s+/w`)},
		{45, "turns recovery off", regexp.MustCompile(`bcdedit.*(?:recoveryenabled\s+no|ignoreallfailures)|reagentc.*/disable`)},
		{45, "clears event logs", regexp.MustCompile(`wevtutil(?:\.exe)?"?\s+(?:cl|clear-log)\b|clear-eventlog`)},
		{40, "turns Defender off", regexp.MustCompile(`disablerealtimemonitoring|set-mppreference.*(?:disable|exclusion)|add-mppreference.*exclusion`)},
	},
	{
		{45, "fetches something from the network and runs it", regexp.MustCompile(`(?:\biex\b|invoke-expression).*(?:downloadstring|downloadfile|downloaddata|\biwr\b|invoke-webrequest|invoke-restmethod|\birm\b|webclient|http)|(?:downloadstring|downloadfile|\biwr\b|invoke-webrequest|invoke-restmethod).*(?:\biex\b|invoke-expression)`)},
		{45, "runs a payload that is kept in the registry", regexp.MustCompile(`(?:\bgp\b|get-itemproperty|\bgpv\b|get-itempropertyvalue|getvalue\().*(?:hkcu|hklm|hkey_|registry::)|\bfor\s+/f\b.*\breg(?:\.exe)?"?\s+query\b`)},
		{35, "decodes and runs text", regexp.MustCompile(`frombase64string|(?:\biex\b|invoke-expression)|-join.*\[char\]|\[convert\]::`)},
		{30, "downloads from the network", regexp.MustCompile(`downloadstring|downloadfile|downloaddata|invoke-webrequest|\biwr\b|start-bitstransfer|urlcache|/transfer\b|\bwget\b`)},
	},
	{
		{45, "sends what a command prints to a file in the temp folder, as remote execution tools do to read it back", regexp.MustCompile(`(?:%windir%|%systemroot%|c:\\windows)\\temp\\[^\s>]+\.tmp\s*2>&1|>\s*\\\\127\.0\.0\.1\\`)},
		{12, "sends its output to a file", regexp.MustCompile(`\s>>?\s*\S`)},
	},
	{
		{30, "names a WebDAV folder", regexp.MustCompile(`\\\\[a-z0-9.\-]+(?:@ssl)?(?:@\d+)?\\davwwwroot|\\\\[a-z0-9.\-]+@(?:ssl|\d)`)},
	},
	{
		{45, "runs from a volume shadow copy", regexp.MustCompile(`globalroot\\device|harddiskvolumeshadowcopy`)},
		{30, "uses an alternate data stream", regexp.MustCompile(`[a-z]:\\[^\s:"]+\.[a-z0-9]{1,4}:[a-z0-9_.]+`)},
	},
	{
		{40, "opens a tunnel", regexp.MustCompile(`\bssh(?:\.exe)?\b.*\s-[a-z]*[rdl]\s*\d|plink.*\s-r\s|ngrok|chisel.*client|cloudflared.*tunnel`)},
		{25, "starts an SSH server", regexp.MustCompile(`\bsshd(?:\.exe)?\b`)},
	},
	{
		{50, "mines cryptocurrency", regexp.MustCompile(`\bxmrig\b|stratum\+(?:tcp|ssl|tls)://|--donate-level|\b(?:minerd|cpuminer|nanominer|nbminer|ethminer|phoenixminer)\b|-o\s+\S*pool\S*:\d+`)},
	},
	{
		{8, "forces the computer down", regexp.MustCompile(`\bshutdown(?:\.exe)?"?\s.*[/-][rspg]\b.*[/-]f\b|\bshutdown(?:\.exe)?"?\s.*[/-]f\b.*[/-][rspg]\b`)},
	},
	{
		{40, "makes a service or changes its program", regexp.MustCompile(`\bsc(?:\.exe)?"?\s+(?:\\\\\S+\s+)?(?:create|config)\s.*binpath|new-service\b.*-bin|set-itemproperty.*\\services\\.*imagepath`)},
	},
	{
		{20, "explores the system or the domain", regexp.MustCompile(`\b(?:whoami|nltest|tasklist|systeminfo|quser|dsquery|adfind|net1?(?:\.exe)?\s+(?:user|group|localgroup|view|accounts)|ipconfig\s+/all)\b`)},
		{40, "adds an account or changes a group", regexp.MustCompile(`net1?(?:\.exe)?\s+(?:user|localgroup|group)\s+.*\s/add`)},
	},
}

var address = regexp.MustCompile(`(?:https?|ftp|file)://`)

// content judges the text of a command line, whatever runs it.
func (a *action) content(add adder) {
	for _, g := range patterns {
		for _, p := range g {
			if p.re.MatchString(a.line) {
				add(p.points, "%s", p.text)
				break
			}
		}
	}
	if address.MatchString(a.line) {
		switch {
		case runsOthers(a.base):
			add(30, "names an address on the network")
		case locate(a.program).trusted:
			add(5, "names an address on the network")
		default:
			add(10, "names an address on the network")
		}
	}
	if n := strings.Count(a.raw, "^"); n >= 4 {
		add(25, "breaks its words with %d carets", n)
	}
	if len(a.raw) >= 1000 {
		add(15, "has arguments of %d characters", len(a.raw))
	}
}
