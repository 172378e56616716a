package rulefile

import "github.com/goshawk-hunt/goshawk/source"

// CodeOf returns the explanation of a code, nil if this package has none.
func CodeOf(code string) *source.Code {
	for i := range Codes {
		if Codes[i].Code == code {
			return &Codes[i]
		}
	}
	return nil
}

// Codes lists the codes of this package in order. Every example is tested to get
// its code.
var Codes = [...]source.Code{
	{
		Code:        "RULE0001",
		Title:       "No valid YAML",
		Explanation: "The file looks like a rule in YAML but YAML's grammar refuses it. The message is the YAML reader's, at the line it names.",
		Example:     "id: 1\nname: [a\nquery: T | take 1\n",
	},
	{
		Code:        "RULE0002",
		Title:       "A field is missing",
		Explanation: "Every rule needs a query. A name and an id are made up if they are missing, with a warning.",
		Example:     "id: 1\nname: a\nquery: ''\n",
		Mended:      "id: 1\nname: a\nquery: T | take 1\n",
	},
	{
		Code:        "RULE0003",
		Title:       "The indentation of a rule is lost",
		Explanation: "Web pages, chats and text exports drop the white space at the beginning of lines, which YAML lives on. The structure can be told from the names of the fields: --repair reads the rule as if the indentation were there, and 'goshawk check' shows the mended text.",
		Example:     "id: 1\nname: a\nseverity: Low\nquery: |\nT\n| take 1\n",
		Mended:      "id: 1\nname: a\nseverity: Low\nquery: |\n  T\n  | take 1\n",
	},
	{
		Code:        "RULE0004",
		Title:       "A line must be indented",
		Explanation: "One place of a rule whose indentation is lost, with the lines as they should be.",
		Example:     "id: 1\nname: a\nseverity: Low\nquery: |\nT\n| take 1\n",
		Mended:      "id: 1\nname: a\nseverity: Low\nquery: |\n  T\n  | take 1\n",
	},
	{
		Code:        "RULE0005",
		Title:       "A field has another type",
		Explanation: "For example, query is text and tactics is a list.",
		Example:     "id: 1\nname: [a, b]\nquery: T | take 1\n",
		Mended:      "id: 1\nname: a\nquery: T | take 1\n",
	},
	{
		Code:        "RULE0006",
		Title:       "Unknown field",
		Explanation: "The field differs from a known one in spelling and is not used.",
		Example:     "id: 1\nname: a\nrelevant_techniques: [T1053]\nquery: T | take 1\n",
		Mended:      "id: 1\nname: a\nrelevantTechniques: [T1053]\nquery: T | take 1\n",
	},
	{
		Code:        "RULE0007",
		Title:       "No query found",
		Explanation: "The file has neither a rule nor a code block or lines that look like KQL.",
		Example:     "Only words.\n",
	},
	{
		Code:        "RULE0008",
		Title:       "A code block has no end",
		Explanation: "The fence that begins the block is not closed; everything up to the end of the file is taken as the query.",
		Example:     "# A\n\n```kql\nT | take 1\n",
		Mended:      "# A\n\n```kql\nT | take 1\n```\n",
	},
	{
		Code:        "RULE0009",
		Title:       "Half of an environment-specific filter",
		Explanation: "The comments that mark where a filter of the user's own belongs come in pairs.",
		Example:     "T\n| take 1\n// Begin environment-specific filter.\n",
		Mended:      "T\n| take 1\n// Begin environment-specific filter.\n// End environment-specific filter.\n",
	},
	{
		Code:        "RULE0010",
		Title:       "A time that can't be read",
		Explanation: "queryFrequency and queryPeriod are written 5m, 1h, 14d, or PT1H, P14D.",
		Example:     "id: 1\nname: a\nqueryFrequency: daily\nquery: T | take 1\n",
		Mended:      "id: 1\nname: a\nqueryFrequency: 1d\nquery: T | take 1\n",
	},
	{
		Code:        "RULE0011",
		Title:       "A Sigma rule",
		Explanation: "Sigma rules are not run as they are: 'goshawk check --rewrite' writes one as KQL over Defender's and Sentinel's tables, to be read and kept as a hunt.",
		Example:     "title: a\nlogsource:\n  category: process_creation\ndetection:\n  selection:\n    Image|endswith: '\\a.exe'\n  condition: selection\n",
	},
	{
		Code:        "RULE0012",
		Title:       "The indentation of a Sigma rule is lost",
		Explanation: "The message shows the rule as it should be.",
		Example:     "title: t\nlogsource:\ncategory: process_creation\nproduct: windows\ndetection:\nsel:\nImage: a.exe\ncondition: sel\n",
	},
	{
		Code:        "RULE0013",
		Title:       "KQL inside a Sigma rule",
		Explanation: "A condition of Sigma is field|modifier: value; has_any and other operators of KQL mean nothing there.",
		Example:     "title: t\nlogsource:\n  category: process_creation\n  product: windows\ndetection:\n  sel:\n    CommandLine has_any ('a', 'b')\n  condition: sel\n",
	},
	{
		Code:        "RULE0014",
		Title:       "Unknown modifier of Sigma",
		Explanation: "The specification of Sigma lists the modifiers.",
		Example:     "title: t\nlogsource:\n  category: process_creation\n  product: windows\ndetection:\n  sel:\n    CommandLine|contians: a\n  condition: sel\n",
	},
	{
		Code:        "RULE0015",
		Title:       "The file is too large",
		Explanation: "Rule files are text of some kilobytes.",
		NoExample:   "A file of more than 8 MB.",
	},
	{
		Code:        "RULE0016",
		Title:       "The file is no text",
		Explanation: "Rules are read as UTF-8.",
		Example:     "T | take 1\xff",
	},
	{
		Code:        "RULE0017",
		Title:       "No id of a technique",
		Explanation: "Techniques of ATT&CK are written T1053 or T1053.005.",
		Example:     "id: 1\nname: a\nrelevantTechniques: [Scheduled Task]\nquery: T | take 1\n",
		Mended:      "id: 1\nname: a\nrelevantTechniques: [T1053.005]\nquery: T | take 1\n",
	},
	{
		Code:        "RULE0018",
		Title:       "Unknown severity",
		Explanation: "Sentinel knows Informational, Low, Medium and High.",
		Example:     "id: 1\nname: a\nseverity: Severe\nquery: T | take 1\n",
		Mended:      "id: 1\nname: a\nseverity: High\nquery: T | take 1\n",
	},
	{
		Code:        "RULE0019",
		Title:       "A field stands twice",
		Explanation: "Which of both is meant can't be told.",
		Example:     "id: 1\nname: a\nname: b\nquery: T | take 1\n",
		Mended:      "id: 1\nname: a\nquery: T | take 1\n",
	},
	{
		Code:        "RULE0020",
		Title:       "Tabs in YAML",
		Explanation: "YAML is indented with spaces.",
		Example:     "id: 1\nname: a\ntactics:\n\t- Persistence\nquery: T | take 1\n",
		Mended:      "id: 1\nname: a\ntactics:\n  - Persistence\nquery: T | take 1\n",
	},
	{
		Code:        "RULE0021",
		Title:       "The id is no GUID",
		Explanation: "Sentinel knows a rule by its id, which has to be a GUID that no other rule has.",
		Example:     "id: 7\nname: a\nentityMappings: []\nquery: T | take 1\n",
		Mended:      "id: 6d1b3b0f-52a0-4d0e-9f6f-0c1f4b1c2a10\nname: a\nquery: T | take 1\n",
	},
	{
		Code:        "RULE0022",
		Title:       "Two rules have one id",
		Explanation: "The second rule would replace the first one where rules are deployed by their id. Copies of a rule need an id of their own.",
		Example:     "id: 0e3cd9a9-2d5d-4a0d-9d9a-8c8b8e1b2c3d\nname: a\ndescription: d\nseverity: Low\ntactics: [Execution]\nrelevantTechniques: [T1053.005]\nquery: DeviceEvents | take 1\n---\nid: 0e3cd9a9-2d5d-4a0d-9d9a-8c8b8e1b2c3d\nname: a\ndescription: d\nseverity: Low\ntactics: [Execution]\nrelevantTechniques: [T1053.005]\nquery: DeviceEvents | take 2\n",
	},
	{
		Code:        "RULE0023",
		Title:       "Unknown tactic",
		Explanation: "Tactics are those of the ATT&CK enterprise matrix, written without blanks.",
		Example:     "id: 6d1b3b0f-52a0-4d0e-9f6f-0c1f4b1c2a10\nname: a\ntactics: [Hacking]\nquery: T | take 1\n",
		Mended:      "id: 6d1b3b0f-52a0-4d0e-9f6f-0c1f4b1c2a10\nname: a\ntactics: [Execution]\nquery: T | take 1\n",
	},
	{
		Code:        "RULE0024",
		Title:       "A tactic in another spelling",
		Explanation: "Sentinel takes the tactic only in its own spelling.",
		Example:     "id: 6d1b3b0f-52a0-4d0e-9f6f-0c1f4b1c2a10\nname: a\ntactics: [Privilege Escalation]\nquery: T | take 1\n",
		Mended:      "id: 6d1b3b0f-52a0-4d0e-9f6f-0c1f4b1c2a10\nname: a\ntactics: [PrivilegeEscalation]\nquery: T | take 1\n",
	},
	{
		Code:        "RULE0025",
		Title:       "A technique does not belong to any of the rule's tactics",
		Explanation: "Each technique of ATT&CK belongs to one or more tactics; a rule should list at least one of them for each of its techniques.",
		Example:     "id: 6d1b3b0f-52a0-4d0e-9f6f-0c1f4b1c2a10\nname: a\ntactics: [Impact]\nrelevantTechniques: [T1053.005]\nquery: T | take 1\n",
		Mended:      "id: 6d1b3b0f-52a0-4d0e-9f6f-0c1f4b1c2a10\nname: a\ntactics: [Persistence]\nrelevantTechniques: [T1053.005]\nquery: T | take 1\n",
	},
	{
		Code:        "RULE0026",
		Title:       "Unknown or retired technique",
		Explanation: "The id is not in the ATT&CK enterprise matrix. Ids that were retired have a successor.",
		Example:     "id: 6d1b3b0f-52a0-4d0e-9f6f-0c1f4b1c2a10\nname: a\nrelevantTechniques: [T1086]\nquery: T | take 1\n",
		Mended:      "id: 6d1b3b0f-52a0-4d0e-9f6f-0c1f4b1c2a10\nname: a\nrelevantTechniques: [T1059.001]\nquery: T | take 1\n",
	},
	{
		Code:        "RULE0027",
		Title:       "A table is read but not listed",
		Explanation: "requiredDataConnectors lists the tables that the query needs; whoever deploys the rule looks there.",
		Example:     "requiredDataConnectors:\n  - connectorId: c\n    dataTypes: [DeviceEvents]\nid: 0e3cd9a9-2d5d-4a0d-9d9a-8c8b8e1b2c3d\nname: a\ndescription: d\nseverity: Low\ntactics: [Execution]\nrelevantTechniques: [T1053.005]\nquery: DeviceInfo | take 1\n",
	},
	{
		Code:        "RULE0028",
		Title:       "A listed table is unknown",
		Explanation: "The catalogue has no table of this name: a misspelling, or a table of the user's own (those end with _CL).",
		Example:     "requiredDataConnectors:\n  - connectorId: c\n    dataTypes: [DeviceEvent]\nid: 0e3cd9a9-2d5d-4a0d-9d9a-8c8b8e1b2c3d\nname: a\ndescription: d\nseverity: Low\ntactics: [Execution]\nrelevantTechniques: [T1053.005]\nquery: DeviceEvents | take 1\n",
	},
	{
		Code:        "RULE0029",
		Title:       "A connector does not bring this table",
		Explanation: "The rule would be shown as ready to run though its table stays empty.",
		Example:     "id: 6d1b3b0f-52a0-4d0e-9f6f-0c1f4b1c2a10\nname: a\nrequiredDataConnectors:\n  - connectorId: Office365\n    dataTypes: [SecurityEvent]\nquery: T | take 1\n",
	},
	{
		Code:        "RULE0030",
		Title:       "An entity mapping names no column of the result",
		Explanation: "Sentinel refuses to save a rule whose entity mappings name columns that the query does not return.",
		Example:     "id: 0e3cd9a9-2d5d-4a0d-9d9a-8c8b8e1b2c3d\nname: a\ndescription: d\nseverity: Low\ntactics: [Execution]\nrelevantTechniques: [T1053.005]\nquery: DeviceEvents | project DeviceName\nentityMappings:\n  - entityType: Host\n    fieldMappings:\n      - identifier: HostName\n        columnName: Computer\n",
	},
	{
		Code:        "RULE0031",
		Title:       "Unknown entity type",
		Explanation: "Entity types are those of Sentinel's entities reference: Account, Host, IP, Process, File ..",
		Example:     "id: 6d1b3b0f-52a0-4d0e-9f6f-0c1f4b1c2a10\nname: a\nentityMappings:\n  - entityType: Computer\n    fieldMappings:\n      - identifier: Name\n        columnName: A\nquery: T | take 1\n",
	},
	{
		Code:        "RULE0032",
		Title:       "Unknown identifier of an entity",
		Explanation: "Each entity type has its own identifiers.",
		Example:     "id: 6d1b3b0f-52a0-4d0e-9f6f-0c1f4b1c2a10\nname: a\nentityMappings:\n  - entityType: Host\n    fieldMappings:\n      - identifier: Name\n        columnName: A\nquery: T | take 1\n",
	},
	{
		Code:        "RULE0033",
		Title:       "Unknown kind of rule",
		Explanation: "The kinds are Scheduled, NRT and those that Sentinel brings.",
		Example:     "id: 6d1b3b0f-52a0-4d0e-9f6f-0c1f4b1c2a10\nname: a\nkind: Hourly\nquery: T | take 1\n",
	},
	{
		Code:        "RULE0034",
		Title:       "A rule of this kind lacks a field",
		Explanation: "A scheduled rule needs severity, queryFrequency, queryPeriod, triggerOperator and triggerThreshold, a near-real-time rule needs severity.",
		Example:     "id: 6d1b3b0f-52a0-4d0e-9f6f-0c1f4b1c2a10\nname: a\nkind: NRT\nquery: T | take 1\n",
		Mended:      "id: 6d1b3b0f-52a0-4d0e-9f6f-0c1f4b1c2a10\nname: a\nkind: NRT\nseverity: Low\nquery: T | take 1\n",
	},
	{
		Code:        "RULE0035",
		Title:       "Unknown trigger operator",
		Explanation: "An alert is raised when the number of rows is gt, lt, eq or ne the threshold.",
		Example:     "id: 6d1b3b0f-52a0-4d0e-9f6f-0c1f4b1c2a10\nname: a\ntriggerOperator: above\nquery: T | take 1\n",
	},
	{
		Code:        "RULE0036",
		Title:       "A time outside of Sentinel's bounds",
		Explanation: "A scheduled rule runs every 5 minutes to 14 days and looks back as far.",
		Example:     "id: 6d1b3b0f-52a0-4d0e-9f6f-0c1f4b1c2a10\nname: a\nseverity: Low\nqueryFrequency: 1m\nquery: T | take 1\n",
	},
	{
		Code:        "RULE0037",
		Title:       "The rule leaves gaps",
		Explanation: "A rule that runs less often than it looks back never sees what happened in between.",
		Example:     "id: 6d1b3b0f-52a0-4d0e-9f6f-0c1f4b1c2a10\nname: a\nseverity: Low\nqueryFrequency: 1d\nqueryPeriod: 1h\nquery: T | take 1\n",
	},
	{
		Code:        "RULE0038",
		Title:       "The query looks back farther than the rule",
		Explanation: "Sentinel gives a scheduled query the rows of queryPeriod and no more: a longer ago() silently sees less than it says.",
		Example:     "id: 6d1b3b0f-52a0-4d0e-9f6f-0c1f4b1c2a10\nname: a\nseverity: Low\nqueryFrequency: 1h\nqueryPeriod: 1d\nquery: T | where Timestamp > ago(30d)\n",
	},
	{
		Code:        "RULE0039",
		Title:       "The version is no version",
		Explanation: "Versions are three numbers, 1.0.2.",
		Example:     "id: 6d1b3b0f-52a0-4d0e-9f6f-0c1f4b1c2a10\nname: a\nversion: one\nquery: T | take 1\n",
		Mended:      "id: 6d1b3b0f-52a0-4d0e-9f6f-0c1f4b1c2a10\nname: a\nversion: 1.0.0\nquery: T | take 1\n",
	},
}
