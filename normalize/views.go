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

// View is a table of the catalogue that is computed from WindowsEvent.
type View struct {
	Table string // WindowsEvent
	Where string // which of its rows, SQL
	// By are the columns of the stored table that Where reads.
	By []string
	// Columns write the columns: column is one of the stored table, field a member of the
	// event's data, NULL where it has none. Those that are not here are the stored
	// table's of the same name.
	Columns map[string]func(column, field func(name string) string) string
	// Field writes one member of the data, Fields an SQL list of many.
	Field  func(column func(name string) string, member string) string
	Fields func(column func(name string) string, members []string) string
}

// Views returns the tables that are computed from stored ones, by name: SecurityEvent
// and Event over WindowsEvent.
func Views() map[string]View {
	cat := catalog.Default()
	return map[string]View{
		"SecurityEvent": view(cat.Table("SecurityEvent"), securityColumns(), isSecurity),
		"Event":         view(cat.Table("Event"), eventColumns(), "NOT ("+isSecurity+")"),
	}
}

// SQL is the whole table: the columns of Table.Stored() in order, then the ingestion time.
// Its rows are those of the stored table in all places, or, if whole, those that are stored whole.
func (v View) SQL(t *catalog.Table, whole bool) string {
	column := func(name string) string { return `"` + name + `"` }
	field := func(member string) string { return v.Field(column, member) }
	items := make([]string, 0, len(t.Columns)+1)
	for _, c := range t.Stored() {
		sql := column(c.Name)
		if write := v.Columns[c.Name]; write != nil {
			sql = write(column, field)
		}
		items = append(items, fmt.Sprintf(`%s AS "%s"`, sql, c.Name))
	}
	items = append(items, ingestionTime)
	from := v.Table
	if !whole {
		columns := []string{strings.Trim(ingestionTime, `"`)}
		for _, c := range catalog.Default().Table(v.Table).Stored() {
			columns = append(columns, c.Name)
		}
		from = eventRows(columns)
	}
	return "SELECT " + strings.Join(items, ",\n  ") + "\nFROM " + from + " WHERE " + v.Where
}

// isSecurity says which events Sentinel puts into SecurityEvent.
const isSecurity = `(Channel = 'Security' OR Provider = 'Microsoft-Windows-Security-Auditing' OR starts_with(Channel, 'Microsoft-Windows-AppLocker/'))`

// write writes a column from columns of the stored table and members of the data.
type write = func(column, field func(name string) string) string

// view makes the view of a table: its columns are the computed ones, those that
// WindowsEvent has itself, and, of SecurityEvent, members of the event's data.
func view(t *catalog.Table, computed map[string]write, where string) View {
	v := View{Table: windowsEvent, Where: where, By: []string{"Channel", "Provider"}, Columns: computed}
	same := catalog.Default().Table(windowsEvent).Stored()
	for _, c := range t.Stored() {
		if computed[c.Name] != nil {
			continue
		}
		sqlType := sqlTypes[c.Type]
		switch {
		case same.Index(c.Name) >= 0 && same[same.Index(c.Name)].Type == c.Type:
		case c.Name == "Type":
			computed[c.Name] = constant("'" + t.Name + "'")
		case strings.HasPrefix(c.Name, "_") || t.Name != "SecurityEvent":
			computed[c.Name] = constant("CAST(NULL AS " + sqlType + ")")
			if c.Type == types.String {
				computed[c.Name] = constant("''")
			}
		case c.Type == types.String:
			computed[c.Name] = memberText(c.Name)
		default:
			computed[c.Name] = func(_, field func(string) string) string {
				return fmt.Sprintf(`TRY_CAST(%s AS %s)`, field(c.Name), sqlType)
			}
		}
	}
	// Names of members are constants of ours: they need no escape in a pointer.
	v.Field = func(column func(string) string, member string) string {
		return fmt.Sprintf(`json_extract_string(%s, '/%s')`, column("EventData"), member)
	}
	v.Fields = func(column func(string) string, members []string) string {
		return fmt.Sprintf(`json_extract_string(%s, ['/%s'])`, column("EventData"), strings.Join(members, "', '/"))
	}
	return v
}

// sqlTypes are the types of the engine's columns.
var sqlTypes = map[types.Type]string{
	types.Bool: "BOOLEAN", types.Int: "INTEGER", types.Long: "BIGINT", types.DateTime: "BIGINT", types.TimeSpan: "BIGINT",
	types.Real: "DOUBLE", types.String: "VARCHAR", types.Dynamic: "VARCHAR", types.GUID: "VARCHAR", types.Decimal: "VARCHAR",
}

func constant(sql string) write {
	return func(_, _ func(string) string) string { return sql }
}

// of writes a column from one of the stored table.
func of(name, format string) write {
	return func(column, _ func(string) string) string { return fmt.Sprintf(format, column(name)) }
}

// memberText writes a member of the data, empty where there is none.
func memberText(member string) write {
	return func(_, field func(string) string) string { return "coalesce(" + field(member) + ", '')" }
}

// accountOf joins domain and name as Sentinel does.
func accountOf(prefix string) write {
	return func(column, field func(string) string) string {
		domain, name := memberText(prefix+"DomainName")(column, field), memberText(prefix+"UserName")(column, field)
		return fmt.Sprintf(`(CASE WHEN %[2]s IN ('', '-') THEN '' WHEN %[1]s IN ('', '-') THEN %[2]s ELSE %[1]s || '\' || %[2]s END)`, domain, name)
	}
}

// whose is the account that an event is about: the target's for logons, else the
// subject's.
func whose(column, field func(string) string) string {
	target, subject := accountOf("Target")(column, field), accountOf("Subject")(column, field)
	return fmt.Sprintf(`(CASE WHEN %[3]s IN (4624, 4625, 4634, 4647, 4768, 4769, 4770, 4771, 4776) OR %[2]s = '' THEN %[1]s ELSE %[2]s END)`,
		target, subject, column("EventID"))
}

// securityColumns are the columns of SecurityEvent that no field of the event is named
// like.
func securityColumns() map[string]write {
	columns := map[string]write{
		"Account": whose,
		"AccountType": func(column, field func(string) string) string {
			return fmt.Sprintf(`(CASE WHEN %[1]s = '' THEN '' WHEN ends_with(%[1]s, '$') THEN 'Machine' ELSE 'User' END)`, whose(column, field))
		},
		"Activity": of("EventID", activitySQL()),
		// Sentinel gives the data as XML only where it has no columns for it.
		"EventData": func(column, _ func(string) string) string {
			return fmt.Sprintf("(CASE WHEN %s IN (%s) THEN '' ELSE %s END)", column("EventID"), flattened(), dataXML(column))
		},
		"EventSourceName": of("Provider", "%s"),
		"Level":           of("EventLevel", "CAST(%s AS VARCHAR)"),
		"LogonTypeName":   logonType,
		"Process": func(column, field func(string) string) string {
			return fmt.Sprintf(`list_last(string_split(CASE WHEN %s = 4688 THEN %s ELSE %s END, '\'))`,
				column("EventID"), memberText("NewProcessName")(column, field), memberText("ProcessName")(column, field))
		},
		"SubjectAccount": accountOf("Subject"),
		"TargetAccount":  accountOf("Target"),
		"AccessList":     memberText("AccessList"),
	}
	for _, name := range []string{"TenantId", "SourceSystem", "StorageAccount", "AzureDeploymentID", "SourceComputerId", "ManagementGroupName"} {
		columns[name] = constant("''")
	}
	return columns
}

// eventColumns are the columns of Event.
func eventColumns() map[string]write {
	return map[string]write{
		"Source":   of("Provider", "%s"),
		"EventLog": of("Channel", "%s"),
		"EventData": func(column, _ func(string) string) string {
			return `'<DataItem type="System.XmlData" time="" sourceHealthServiceId="">' || ` + dataXML(column) + ` || '</DataItem>'`
		},
		"ParameterXml": func(column, _ func(string) string) string {
			return dataTexts(column, `'<Param>' || `, ` || '</Param>'`)
		},
		"RenderedDescription": of("RawEventData", "%s"),
		"EventCategory":       of("Task", "%s"),
		"UserName": of("SystemUserId", `(CASE %[1]s WHEN 'S-1-5-18' THEN 'NT AUTHORITY\SYSTEM' WHEN 'S-1-5-19' THEN 'NT AUTHORITY\LOCAL SERVICE'
    WHEN 'S-1-5-20' THEN 'NT AUTHORITY\NETWORK SERVICE' ELSE %[1]s END)`),
	}
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

// activitySQL is the title of an event by its id, which is %[1]s.
func activitySQL() string {
	ids := make([]int, 0, len(activities))
	for id := range activities {
		ids = append(ids, id)
	}
	slices.Sort(ids)
	var b strings.Builder
	b.WriteString("(CASE %[1]s")
	for _, id := range ids {
		fmt.Fprintf(&b, " WHEN %d THEN '%d - %s'", id, id, strings.ReplaceAll(activities[id], "'", "''"))
	}
	b.WriteString(" ELSE CAST(%[1]s AS VARCHAR) END)")
	return b.String()
}

func logonType(column, field func(string) string) string {
	var b strings.Builder
	b.WriteString("(CASE " + memberText("LogonType")(column, field))
	for _, n := range []int64{0, 2, 3, 4, 5, 7, 8, 9, 10, 11, 12, 13} {
		fmt.Fprintf(&b, " WHEN '%d' THEN '%d - %s'", n, n, logonTypes[n])
	}
	b.WriteString(" ELSE '' END)")
	return b.String()
}
