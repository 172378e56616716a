package jsonl

// name is a key that means something to the shapes that we know. The first 64
// are those that tell shapes apart; they fit into a names set.
type name uint8

const (
	nOther name = iota
	// Windows events
	nEvent
	nSystem
	nEventData
	nUserData
	nWinlog
	nWinlogEventID // "winlog.event_id", a flattened winlog
	nEventIDLower  // "event_id"
	nLogName
	nEventID
	nChannel
	nHostname
	nComputer
	nEventTime
	nTimeCreated
	nTimestampAt // "@timestamp"
	nSourceName
	nEventRecordID
	nExecutionProcessID
	nUserID
	nAccountType
	nEventTypeOrignal // sic
	nEventReceivedTime
	nVeloSource // "_Source"
	nRuleTitle
	nUtcTime
	// rows
	nCategory
	nProperties
	nTimestamp
	nTimeGenerated
	nType
	nTenantID
	nSourceSystem
	nDeviceID
	nDeviceName
	nActionType
	nReportID
	nFileName
	nSHA1
	nSHA256
	nAccountUpn
	nAccountObjectID
	nRemoteIP
	nTableDollar // "$table"
	// envelopes
	nValue
	nResults
	nRecords
	nTables
	nEvents
	nData
	nHits
	nSource // "_source"
	nDocument
	nRows
	nColumns
	nSchema
	nFrameType
	nTableKind
	nHasErrors
	nError
	nErrors // "OneApiErrors"
	nTableName
	nName

	// keys of flat events that are no event data, told apart only there
	nProviderGUID
	nRecordNumber
	nKeywords
	nSeverityValue
	nSeverity
	nLevel
	nTask
	nOpcode
	nOpcodeValue
	nVersion
	nThreadID
	nExecutionThreadID
	nAccountName
	nDomain
	nActivityID
	nRelatedActivityID
	nFlatCategory // "Category"
	nEventType
	nMessage
	nTags
	nPort
	nHost
	nTransport // of no interest in a flat event

	nDocuments // an envelope
)

// nameOf finds the name of a key.
func nameOf(key []byte) name {
	switch string(key) {
	case "Event":
		return nEvent
	case "System":
		return nSystem
	case "EventData":
		return nEventData
	case "UserData":
		return nUserData
	case "winlog":
		return nWinlog
	case "winlog.event_id":
		return nWinlogEventID
	case "event_id":
		return nEventIDLower
	case "log_name":
		return nLogName
	case "EventID":
		return nEventID
	case "Channel":
		return nChannel
	case "Hostname":
		return nHostname
	case "Computer":
		return nComputer
	case "EventTime":
		return nEventTime
	case "TimeCreated":
		return nTimeCreated
	case "@timestamp":
		return nTimestampAt
	case "SourceName":
		return nSourceName
	case "EventRecordID":
		return nEventRecordID
	case "ExecutionProcessID":
		return nExecutionProcessID
	case "UserID":
		return nUserID
	case "AccountType":
		return nAccountType
	case "EventTypeOrignal", "EventTypeOriginal":
		return nEventTypeOrignal
	case "EventReceivedTime":
		return nEventReceivedTime
	case "_Source":
		return nVeloSource
	case "RuleTitle":
		return nRuleTitle
	case "UtcTime":
		return nUtcTime
	}
	if n := rowNameOf(key); n != nOther {
		return n
	}
	return flatNameOf(key)
}

func rowNameOf(key []byte) name {
	switch string(key) {
	case "category":
		return nCategory
	case "properties":
		return nProperties
	case "Timestamp":
		return nTimestamp
	case "TimeGenerated":
		return nTimeGenerated
	case "Type":
		return nType
	case "TenantId":
		return nTenantID
	case "SourceSystem":
		return nSourceSystem
	case "DeviceId":
		return nDeviceID
	case "DeviceName":
		return nDeviceName
	case "ActionType":
		return nActionType
	case "ReportId":
		return nReportID
	case "FileName":
		return nFileName
	case "SHA1":
		return nSHA1
	case "SHA256":
		return nSHA256
	case "AccountUpn":
		return nAccountUpn
	case "AccountObjectId":
		return nAccountObjectID
	case "RemoteIP":
		return nRemoteIP
	case "$table":
		return nTableDollar
	case "value":
		return nValue
	case "results", "Results":
		return nResults
	case "records", "Records":
		return nRecords
	case "tables", "Tables":
		return nTables
	case "events", "Events":
		return nEvents
	case "data":
		return nData
	case "hits":
		return nHits
	case "_source":
		return nSource
	case "document":
		return nDocument
	case "documents":
		return nDocuments
	case "rows", "Rows":
		return nRows
	case "columns", "Columns":
		return nColumns
	case "schema", "Schema":
		return nSchema
	case "FrameType":
		return nFrameType
	case "TableKind":
		return nTableKind
	case "HasErrors":
		return nHasErrors
	case "error":
		return nError
	case "OneApiErrors":
		return nErrors
	case "TableName":
		return nTableName
	case "name":
		return nName
	}
	return nOther
}

func flatNameOf(key []byte) name {
	switch string(key) {
	case "ProviderGuid":
		return nProviderGUID
	case "RecordNumber":
		return nRecordNumber
	case "Keywords":
		return nKeywords
	case "SeverityValue":
		return nSeverityValue
	case "Severity":
		return nSeverity
	case "Level":
		return nLevel
	case "Task":
		return nTask
	case "Opcode":
		return nOpcode
	case "OpcodeValue":
		return nOpcodeValue
	case "Version":
		return nVersion
	case "ThreadID":
		return nThreadID
	case "ExecutionThreadID":
		return nExecutionThreadID
	case "AccountName":
		return nAccountName
	case "Domain":
		return nDomain
	case "ActivityID":
		return nActivityID
	case "RelatedActivityID":
		return nRelatedActivityID
	case "Category":
		return nFlatCategory
	case "EventType":
		return nEventType
	case "Message":
		return nMessage
	case "tags":
		return nTags
	case "port":
		return nPort
	case "host":
		return nHost
	case "@version", "SourceModuleName", "SourceModuleType", "ERROR_EVT_UNRESOLVED":
		return nTransport
	}
	return nOther
}

// names is a set of the first 64 names.
type names uint64

func (s *names) add(n name) {
	if n < 64 {
		*s |= 1 << n
	}
}

func (s names) has(all ...name) bool {
	for _, n := range all {
		if s&(1<<n) == 0 {
			return false
		}
	}
	return true
}

func (s names) any(of names) bool { return s&of != 0 }

func setOf(list ...name) (s names) {
	for _, n := range list {
		s.add(n)
	}
	return s
}

// All names that tell shapes apart fit into a set.
const _ = uint(63 - nName)
