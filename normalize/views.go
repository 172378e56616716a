package normalize

import (
	"fmt"
	"slices"
	"strings"

	"github.com/goshawk-hunt/goshawk/catalog"
	"github.com/goshawk-hunt/goshawk/kql/types"
)

// ingestionTime is the hidden column that every table of the engine has.
const ingestionTime = `"$IngestionTime"`

// Views returns the SQL of the tables that are computed from stored ones, by name:
// SecurityEvent and Event over WindowsEvent. Their columns are those of
// Table.Stored() in order, then the ingestion time.
func Views() map[string]string {
	cat := catalog.Default()
	return map[string]string{
		"SecurityEvent": view(cat.Table("SecurityEvent"), securityColumns, isSecurity),
		"Event":         view(cat.Table("Event"), eventColumns, "NOT ("+isSecurity+")"),
	}
}

// isSecurity says which events Sentinel puts into SecurityEvent.
const isSecurity = `Channel = 'Security' OR Provider = 'Microsoft-Windows-Security-Auditing' OR starts_with(Channel, 'Microsoft-Windows-AppLocker/')`

// view selects the columns of a table from WindowsEvent: computed ones, those that
// WindowsEvent has itself, and others, if data is true, from the event's data.
func view(t *catalog.Table, computed map[string]string, where string) string {
	same := catalog.Default().Table("WindowsEvent").Stored()
	items := make([]string, 0, len(t.Columns)+1)
	for _, c := range t.Stored() {
		sql, ok := computed[c.Name]
		switch {
		case ok:
		case same.Index(c.Name) >= 0 && same[same.Index(c.Name)].Type == c.Type:
			sql = c.Name
		case c.Name == "Type":
			sql = "'" + t.Name + "'"
		case strings.HasPrefix(c.Name, "_") || t.Name != "SecurityEvent":
			sql = "CAST(NULL AS " + sqlTypes[c.Type] + ")"
			if c.Type == types.String {
				sql = "''"
			}
		case c.Type == types.String:
			sql = fmt.Sprintf(`coalesce(json_extract_string(EventData, '/%s'), '')`, c.Name)
		default:
			sql = fmt.Sprintf(`TRY_CAST(json_extract_string(EventData, '/%s') AS %s)`, c.Name, sqlTypes[c.Type])
		}
		items = append(items, fmt.Sprintf(`%s AS "%s"`, sql, c.Name))
	}
	items = append(items, ingestionTime)
	return "SELECT " + strings.Join(items, ",\n  ") + "\nFROM WindowsEvent WHERE " + where
}

// sqlTypes are the types of the engine's columns.
var sqlTypes = map[types.Type]string{
	types.Bool: "BOOLEAN", types.Int: "INTEGER", types.Long: "BIGINT", types.DateTime: "BIGINT", types.TimeSpan: "BIGINT",
	types.Real: "DOUBLE", types.String: "VARCHAR", types.Dynamic: "VARCHAR", types.GUID: "VARCHAR", types.Decimal: "VARCHAR",
}

// field reads a field of the data.
func field(name string) string {
	return fmt.Sprintf(`coalesce(json_extract_string(EventData, '/%s'), '')`, name)
}

// accountOf joins domain and name as Sentinel does.
func accountOf(prefix string) string {
	domain, name := field(prefix+"DomainName"), field(prefix+"UserName")
	return fmt.Sprintf(`(CASE WHEN %[2]s IN ('', '-') THEN '' WHEN %[1]s IN ('', '-') THEN %[2]s ELSE %[1]s || '\' || %[2]s END)`, domain, name)
}

// accountSQL is the account that an event is about: the target's for logons, else
// the subject's.
var accountSQL = fmt.Sprintf(`(CASE WHEN EventID IN (4624, 4625, 4634, 4647, 4768, 4769, 4770, 4771, 4776) OR %[2]s = '' THEN %[1]s ELSE %[2]s END)`,
	accountOf("Target"), accountOf("Subject"))

// securityColumns are the columns of SecurityEvent that no field of the event is named
// like.
var securityColumns = map[string]string{
	"TenantId":       "''",
	"SourceSystem":   "''",
	"Account":        accountSQL,
	"AccountType":    fmt.Sprintf(`(CASE WHEN %[1]s = '' THEN '' WHEN ends_with(%[1]s, '$') THEN 'Machine' ELSE 'User' END)`, accountSQL),
	"Activity":       activitySQL(),
	"EventLevelName": "EventLevelName",
	// Sentinel gives the data as XML only where it has no columns for it.
	"EventData":       fmt.Sprintf("(CASE WHEN EventID IN (%s) THEN '' ELSE %s END)", flattened(), dataXML),
	"EventSourceName": "Provider",
	"Level":           "CAST(EventLevel AS VARCHAR)",
	"LogonTypeName":   logonTypeSQL(),
	"Process":         fmt.Sprintf(`list_last(string_split(CASE WHEN EventID = 4688 THEN %s ELSE %s END, '\'))`, field("NewProcessName"), field("ProcessName")),
	"SubjectAccount":  accountOf("Subject"),
	"TargetAccount":   accountOf("Target"),
	"AccessList":      field("AccessList"),
	"StorageAccount":  "''", "AzureDeploymentID": "''", "SourceComputerId": "''", "ManagementGroupName": "''",
}

// eventColumns are the columns of Event.
var eventColumns = map[string]string{
	"Source":              "Provider",
	"EventLog":            "Channel",
	"EventData":           `'<DataItem type="System.XmlData" time="" sourceHealthServiceId="">' || ` + dataXML + ` || '</DataItem>'`,
	"ParameterXml":        "coalesce(array_to_string(list_transform(" + dataValues + ", lambda v: '<Param>' || " + escaped("v") + " || '</Param>'), ''), '')",
	"RenderedDescription": "RawEventData",
	"EventCategory":       "Task",
	"UserName": `(CASE SystemUserId WHEN 'S-1-5-18' THEN 'NT AUTHORITY\SYSTEM' WHEN 'S-1-5-19' THEN 'NT AUTHORITY\LOCAL SERVICE'
    WHEN 'S-1-5-20' THEN 'NT AUTHORITY\NETWORK SERVICE' ELSE SystemUserId END)`,
}

// escaped is an SQL text escaped for XML.
func escaped(sql string) string {
	return fmt.Sprintf(`replace(replace(replace(%s, '&', '&amp;'), '<', '&lt;'), '>', '&gt;')`, sql)
}

// pointer is the JSON pointer to the member k.
const pointer = `('/' || replace(replace(k, '~', '~0'), '/', '~1'))`

// dataValues are the values of the data in order.
const dataValues = `list_concat(list_transform(list_filter(json_keys(EventData), lambda k: k <> 'Data'), lambda k: coalesce(json_extract_string(EventData, ` + pointer + `), '')),
    CAST(json_extract_string(EventData, '$.Data[*]') AS VARCHAR[]))`

// dataXML is the data as Windows writes it. Data without a name is the array Data.
var dataXML = fmt.Sprintf(`('<EventData xmlns="http://schemas.microsoft.com/win/2004/08/events/event">' || coalesce(array_to_string(list_transform(json_keys(EventData), lambda k:
    CASE WHEN k = 'Data' AND json_type(EventData, '/Data') = 'ARRAY'
      THEN array_to_string(list_transform(CAST(json_extract_string(EventData, '$.Data[*]') AS VARCHAR[]), lambda v: '<Data>' || %s || '</Data>'), '')
    ELSE '<Data' || (CASE WHEN k = 'Data' THEN '' ELSE ' Name="' || replace(%s, '"', '&quot;') || '"' END) || '>' || %s || '</Data>' END), ''), '') || '</EventData>')`,
	escaped("v"), escaped("k"), escaped(`coalesce(json_extract_string(EventData, `+pointer+`), '')`))

func logonTypeSQL() string {
	var b strings.Builder
	b.WriteString("(CASE " + field("LogonType"))
	for _, n := range []int64{0, 2, 3, 4, 5, 7, 8, 9, 10, 11, 12, 13} {
		fmt.Fprintf(&b, " WHEN '%d' THEN '%d - %s'", n, n, logonTypes[n])
	}
	b.WriteString(" ELSE '' END)")
	return b.String()
}

// flattened are the events whose fields are columns of SecurityEvent.
func flattened() string {
	ids := []int{4624, 4625, 4634, 4647, 4648, 4656, 4657, 4658, 4660, 4661, 4663, 4670, 4672, 4673, 4674, 4688, 4689, 4697,
		4720, 4722, 4723, 4724, 4725, 4726, 4728, 4729, 4730, 4731, 4732, 4733, 4734, 4735, 4737, 4738, 4740, 4741, 4742, 4743,
		4754, 4755, 4756, 4757, 4758, 4767, 4768, 4769, 4770, 4771, 4776, 4778, 4779, 4781, 4797, 4798, 4799, 5140, 5142, 5143, 5144, 5145}
	texts := make([]string, len(ids))
	for i, id := range ids {
		texts[i] = fmt.Sprint(id)
	}
	return strings.Join(texts, ", ")
}

// activities are the titles of events.
var activities = map[int]string{
	1102: "The audit log was cleared.", 4608: "Windows is starting up.", 4616: "The system time was changed.",
	4624: "An account was successfully logged on.", 4625: "An account failed to log on.", 4634: "An account was logged off.",
	4647: "User initiated logoff.", 4648: "A logon was attempted using explicit credentials.", 4656: "A handle to an object was requested.",
	4657: "A registry value was modified.", 4658: "The handle to an object was closed.", 4660: "An object was deleted.",
	4661: "A handle to an object was requested.", 4662: "An operation was performed on an object.", 4663: "An attempt was made to access an object.",
	4670: "Permissions on an object were changed.", 4672: "Special privileges assigned to new logon.", 4673: "A privileged service was called.",
	4674: "An operation was attempted on a privileged object.", 4688: "A new process has been created.", 4689: "A process has exited.",
	4690: "An attempt was made to duplicate a handle to an object.", 4697: "A service was installed in the system.",
	4698: "A scheduled task was created.", 4699: "A scheduled task was deleted.", 4700: "A scheduled task was enabled.",
	4701: "A scheduled task was disabled.", 4702: "A scheduled task was updated.", 4703: "A token right was adjusted.",
	4719: "System audit policy was changed.", 4720: "A user account was created.", 4722: "A user account was enabled.",
	4723: "An attempt was made to change an account's password.", 4724: "An attempt was made to reset an account's password.",
	4725: "A user account was disabled.", 4726: "A user account was deleted.", 4728: "A member was added to a security-enabled global group.",
	4732: "A member was added to a security-enabled local group.", 4733: "A member was removed from a security-enabled local group.",
	4738: "A user account was changed.", 4740: "A user account was locked out.", 4756: "A member was added to a security-enabled universal group.",
	4768: "A Kerberos authentication ticket (TGT) was requested.", 4769: "A Kerberos service ticket was requested.",
	4771: "Kerberos pre-authentication failed.", 4776: "The domain controller attempted to validate the credentials for an account.",
	4778: "A session was reconnected to a Window Station.", 4779: "A session was disconnected from a Window Station.",
	4798: "A user's local group membership was enumerated.", 4799: "A security-enabled local group membership was enumerated.",
	5136: "A directory service object was modified.", 5140: "A network share object was accessed.",
	5142: "A network share object was added.", 5145: "A network share object was checked to see whether client can be granted desired access.",
	5156: "The Windows Filtering Platform has permitted a connection.", 5157: "The Windows Filtering Platform has blocked a connection.",
	5158: "The Windows Filtering Platform has permitted a bind to a local port.",
	8003: "Executable or library would have been blocked.", 8004: "Executable or library was blocked.",
}

func activitySQL() string {
	ids := make([]int, 0, len(activities))
	for id := range activities {
		ids = append(ids, id)
	}
	slices.Sort(ids)
	var b strings.Builder
	b.WriteString("(CASE EventID")
	for _, id := range ids {
		fmt.Fprintf(&b, " WHEN %d THEN '%d - %s'", id, id, strings.ReplaceAll(activities[id], "'", "''"))
	}
	b.WriteString(" ELSE CAST(EventID AS VARCHAR) END)")
	return b.String()
}
