package normalize

import (
	"fmt"
	"strings"
)

// versionInfo are the columns of a file's version resource.
var versionInfo = []string{"CompanyName", "ProductName", "ProductVersion", "InternalFileName", "OriginalFileName", "FileDescription"}

// detail is a column of what a process is: what its own row calls it, and what the rows
// of what it did do.
type detail struct{ name, own, actor string }

// ofTwins is the detail of process a, or, where that has none, what the exported row t of it
// says. An account is one as a whole, or its SID alone.
func (d detail) ofTwins() string {
	switch d.name {
	case "FileSize", "LogonId", "SessionId":
		return fmt.Sprintf("coalesce(a.%s, %s)", d.name, d.own)
	case "AccountDomain", "AccountName":
		return fmt.Sprintf("CASE WHEN a.AccountName = '' THEN coalesce(%s, '') ELSE a.%s END", d.own, d.name)
	case "AccountSid":
		return "CASE WHEN a.AccountSid = '' AND a.AccountName IN ('', t.AccountName) THEN coalesce(t.AccountSid, '') ELSE a.AccountSid END"
	default:
		return fmt.Sprintf("CASE WHEN a.%s = '' THEN coalesce(%s, '') ELSE a.%s END", d.name, d.own, d.name)
	}
}

// details are the columns of a process that are fetched when it is known that they are
// wanted.
func details() []detail {
	list := []detail{
		{"FileName", "t.FileName", `coalesce(max(nullif(t."$ParentName", '')), max(t.InitiatingProcessFileName))`},
		{"FolderPath", "t.FolderPath", "max(t.InitiatingProcessFolderPath)"},
		{"CommandLine", "t.ProcessCommandLine", "t.InitiatingProcessCommandLine"},
		{"SHA1", "t.SHA1", "max(t.InitiatingProcessSHA1)"},
		{"SHA256", "t.SHA256", "max(t.InitiatingProcessSHA256)"},
		{"MD5", "t.MD5", "max(t.InitiatingProcessMD5)"},
		{"FileSize", "t.FileSize", "max(t.InitiatingProcessFileSize)"},
		{"IntegrityLevel", "t.ProcessIntegrityLevel", "max(t.InitiatingProcessIntegrityLevel)"},
		{"TokenElevation", "t.ProcessTokenElevation", "max(t.InitiatingProcessTokenElevation)"},
		{"AccountDomain", "t.AccountDomain", "max(t.InitiatingProcessAccountDomain)"},
		{"AccountName", "t.AccountName", "max(t.InitiatingProcessAccountName)"},
		{"AccountSid", "t.AccountSid", "max(t.InitiatingProcessAccountSid)"},
		{"LogonId", "t.LogonId", "max(t.InitiatingProcessLogonId)"},
		{"SessionId", "t.CreatedProcessSessionId", "max(t.InitiatingProcessSessionId)"},
	}
	for _, v := range versionInfo {
		list = append(list, detail{v, "t.ProcessVersionInfo" + v, "max(t.InitiatingProcessVersionInfo" + v + ")"})
	}
	return list
}

// columnsOf lists the details as columns.
func columnsOf(from func(detail) string) string {
	items := []string{}
	for _, d := range details() {
		items = append(items, from(d)+" AS "+d.name)
	}
	return strings.Join(items, ",\n    ")
}

// instances collects the processes of the devices $wanted: those whose start was
// recorded, and those that are only known as parents, by their own id where they have
// one. What is sorted is kept narrow, and a device is its number.
//
//	$own        the first, src is the number of their row by processRows
//	$mentioned  the others with their details, src is below 0
//	$instance   both, numbered; by their process ids those that are no twins are found
//	$guid       the processes by their own ids
func (f *finish) instances() {
	own := f.processRows("DeviceId", "ProcessUniqueId", "ProcessId", "ProcessCreationTime", "Timestamp", "FileName", "ProcessCommandLine", "ProcessTokenElevation",
		"AccountDomain", "AccountName", "AccountSid", "InitiatingProcessUniqueId", "InitiatingProcessId", "InitiatingProcessCreationTime", "$ParentName",
		"InitiatingProcessFileName", "ActionType", "$Key")
	f.given("$wanted").among(processTable, "").make("$own", `
SELECT t."$row" AS src, w.device, t.ProcessUniqueId AS guid, t.ProcessId AS pid, coalesce(t.ProcessCreationTime, t.Timestamp) AS start, t.Timestamp AS seen,
  t.FileName, t.ProcessCommandLine <> '' OR coalesce(x.hasCommandLine, false) AS hasCommandLine,
  t.ProcessTokenElevation <> '' OR coalesce(x.hasTokenElevation, false) AS hasTokenElevation, x.src IS NOT NULL AS twin,
  t.AccountDomain, t.AccountName, t.AccountSid,
  t.InitiatingProcessUniqueId AS parent_guid, t.InitiatingProcessId AS parent_pid, t.InitiatingProcessCreationTime AS parent_start,
  CASE WHEN t."$ParentName" <> '' THEN t."$ParentName" ELSE t.InitiatingProcessFileName END AS parent_name, t."$Key" AS k
FROM %s t JOIN "$wanted" w ON w.DeviceId = t.DeviceId LEFT JOIN "$twin" x ON x.src = t."$row"
WHERE t.ActionType = 'ProcessCreated' AND (t.ProcessId IS NOT NULL OR t.ProcessUniqueId <> '') AND t.Timestamp IS NOT NULL`, own)
	columns := []string{"DeviceId", "Timestamp", "AdditionalFields", "$ParentName", "$Key"}
	for _, p := range actorColumns() {
		columns = append(columns, p.name())
	}
	f.given("$wanted").among(processTable, "").make("$mentioned", `
SELECT -row_number() OVER () AS src, m.*, m.CommandLine <> '' AS hasCommandLine, m.TokenElevation <> '' AS hasTokenElevation, false AS twin
FROM (
  SELECT w.device, t.InitiatingProcessUniqueId AS guid, t.InitiatingProcessId AS pid, max(t.InitiatingProcessCreationTime) AS start, min(t.Timestamp) AS seen,
    %s,
    '' AS parent_guid, max(t.InitiatingProcessParentId) AS parent_pid, max(t.InitiatingProcessParentCreationTime) AS parent_start,
    max(t.InitiatingProcessParentFileName) AS parent_name, min(t."$Key") AS k
  FROM %s t JOIN "$wanted" w ON w.DeviceId = t.DeviceId
  WHERE t.InitiatingProcessCommandLine <> '' AND t.InitiatingProcessId IS NOT NULL AND t.Timestamp IS NOT NULL
    AND NOT contains(t.AdditionalFields, '"ScheduleService"')
    AND (t.InitiatingProcessUniqueId <> '' OR t.InitiatingProcessCreationTime IS NOT NULL)
    AND t."$row" NOT IN (SELECT src FROM "$twin")
    AND NOT EXISTS (FROM "$own" o WHERE o.device = w.device AND o.guid = t.InitiatingProcessUniqueId AND o.guid <> '')
  GROUP BY w.device, guid, pid, t.InitiatingProcessCommandLine, CASE WHEN t.InitiatingProcessUniqueId = '' THEN t.InitiatingProcessCreationTime END) m
WHERE NOT EXISTS (FROM "$own" o WHERE o.device = m.device AND o.pid = m.pid AND abs(o.start - m.start) <= %d)
QUALIFY row_number() OVER (PARTITION BY m.device, m.guid, m.pid, m.start ORDER BY m.seen, m.k) = 1`,
		columnsOf(func(d detail) string { return d.actor }), f.processRows(columns...), 2*second)
	const narrow = `src, device, guid, pid, start, seen, FileName, hasCommandLine, hasTokenElevation, twin, AccountDomain, AccountName, AccountSid, parent_guid, parent_pid, parent_start, parent_name`
	f.given("$wanted").among(processTable, "").make("$instance", `
SELECT n.id, p.* FROM (SELECT %s FROM "$own" UNION ALL SELECT %s FROM "$mentioned") p
JOIN (
  SELECT src, row_number() OVER (ORDER BY device, mentioned, seen, pid, k) AS id FROM (
    SELECT src, device, false AS mentioned, seen, pid, k FROM "$own" UNION ALL SELECT src, device, true, seen, pid, k FROM "$mentioned")) n USING (src)`, narrow, narrow)
	f.drop("$own")
	f.given("$instance").make("$guid", `
SELECT device, guid, min(id) AS id FROM "$instance" WHERE guid <> '' GROUP BY device, guid`)
}

// exits are the ends of processes and the starts of systems, those of process -1.
func (f *finish) exits() {
	f.given("$instance").make("$exit", `
SELECT DISTINCT w.device, t.ProcessId AS pid, t.Timestamp AS ts
FROM "%s" t JOIN "$wanted" w ON w.DeviceId = t.DeviceId WHERE t.Timestamp IS NOT NULL`, exitTable)
}

// lifetimes tells from when to when an id meant which process. A process ends when it
// is said to, when another gets its id, or when the system starts again. One that is
// only known as a parent began after what ended last before it was seen.
func (f *finish) lifetimes() {
	const ends = `SELECT device, pid, ts, ts AS v FROM "$exit" WHERE pid >= 0`
	const starts = `SELECT device, ts, ts AS v FROM "$exit" WHERE pid = -1`
	const mentioned = `SELECT id AS r, device, pid, seen AS ts FROM "$instance" WHERE start IS NULL AND pid > 4`
	const known = `SELECT id AS r, device, pid, start AS ts FROM "$life"`
	f.given("$instance").make("$life", `
SELECT id, device, pid, start, CAST(NULL AS BIGINT) AS stop FROM "$instance" WHERE start IS NOT NULL AND pid > 4 AND NOT twin
UNION ALL
SELECT m.r, m.device, m.pid, coalesce(greatest(b.v, e.v, o.v + 1), 0), NULL
FROM (%s) m
LEFT JOIN %s b ON b.r = m.r
LEFT JOIN %s e ON e.r = m.r
LEFT JOIN %s o ON o.r = m.r`, mentioned,
		nearest(lastUpTo, "device", "", mentioned, starts),
		nearest(lastBefore, "device, pid", "", mentioned, ends),
		nearest(lastBefore, "device, pid", "", mentioned, `SELECT device, pid, start AS ts, start AS v FROM "$instance" WHERE start IS NOT NULL AND NOT twin`))
	f.given("$life").make("$life", `
SELECT l.id, l.device, l.pid, l.start, coalesce(least(l.next, e.v, b.v), %d) AS stop
FROM (SELECT *, lead(start) OVER (PARTITION BY device, pid ORDER BY start, id) AS next FROM "$life") l
LEFT JOIN %s e ON e.r = l.id
LEFT JOIN %s b ON b.r = l.id`, int64(9e18),
		nearest(firstFrom, "device, pid", "", known, ends),
		nearest(firstBehind, "device", "", known, starts))
}

// boots are the starts of systems, by device.
const boots = `SELECT DISTINCT DeviceId, Timestamp AS ts, Timestamp AS v FROM "$ProcessExit" WHERE Timestamp IS NOT NULL AND ProcessId = -1`

// lives are the processes by their process ids.
const lives = `SELECT device, pid, start AS ts, id AS v FROM "$life"`

// parents finds the parent of each process, by its own id or else by its process id, and
// says what it adds.
func (f *finish) parents() {
	f.given("$instance").make("$parent", `
SELECT r.id, p.FileName AS parent_name, p.start AS parent_start FROM (
  SELECT i.id, g.id AS parent FROM "$instance" i JOIN "$guid" g ON g.device = i.device AND g.guid = i.parent_guid WHERE i.parent_guid <> ''
  UNION ALL
  SELECT n.r, n.v FROM %s n
  JOIN "$life" l ON l.id = n.v
  JOIN "$instance" p ON p.id = n.v
  WHERE n.ts <= l.stop + %d AND n.v <> n.r AND (n.parent_name = '' OR lower(n.parent_name) = lower(p.FileName))) r
JOIN "$instance" p ON p.id = r.parent`,
		nearest(lastUpTo, "device, pid", "parent_name", `
  SELECT id AS r, device, parent_pid AS pid, start AS ts, parent_name FROM "$instance" x
  WHERE start IS NOT NULL AND parent_pid > 4 AND NOT EXISTS (FROM "$guid" g WHERE g.device = x.device AND g.guid = x.parent_guid)`, lives), int64(slack))
}
