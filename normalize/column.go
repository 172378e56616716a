package normalize

// column is a column that rows made from events have, in whichever tables have it.
type column uint8

const (
	cAccountDomain column = iota
	cAccountName
	cAccountSid
	cActionCount
	cActionKinds
	cActionType
	cActions
	cAdditionalFields
	cArguments
	cAuthor
	cChannel
	cClassId
	cCommand
	cCollection
	cComputer
	cContentState
	cCorrelation
	cCreatedProcessSessionId
	cCreationTime
	cDefinitionHash
	cDescription
	cDevice
	cDeviceId
	cDeviceName
	cEnabled
	cEventData
	cEventID
	cEventId
	cEventLevel
	cEventLevelName
	cEventOriginId
	cEventRecordId
	cFailureReason
	cFileName
	cFileOriginReferrerUrl
	cFileOriginUrl
	cFolderPath
	cHidden
	cHeader
	cIndex
	cInitiatingProcessAccountDomain
	cInitiatingProcessAccountName
	cInitiatingProcessAccountSid
	cInitiatingProcessCommandLine
	cInitiatingProcessCreationTime
	cInitiatingProcessFileName
	cInitiatingProcessFolderPath
	cInitiatingProcessId
	cInitiatingProcessIntegrityLevel
	cInitiatingProcessLogonId
	cInitiatingProcessMD5
	cInitiatingProcessParentCreationTime
	cInitiatingProcessParentFileName
	cInitiatingProcessParentId
	cInitiatingProcessSHA1
	cInitiatingProcessSHA256
	cInitiatingProcessSessionId
	cInitiatingProcessUniqueId
	cInitiatingProcessVersionInfoCompanyName
	cInitiatingProcessVersionInfoFileDescription
	cInitiatingProcessVersionInfoOriginalFileName
	cInitiatingProcessVersionInfoProductName
	cInitiatingProcessVersionInfoProductVersion
	cInstanceId
	cIsLocalAdmin
	cIsRemote
	cIsSigned
	cIsTrusted
	cKey
	cKeywords
	cLastResult
	cLastRunTime
	cLastSuccessTime
	cLocalIP
	cLocalIPType
	cLocalPort
	cLogonId
	cLogonType
	cMD5
	cNormalizedCommand
	cOffset
	cOpcode
	cOrigin
	cParentName
	cPreviousRegistryKey
	cPreviousRegistryValueData
	cPreviousRegistryValueName
	cPrincipalName
	cPrincipalSid
	cProcessCommandLine
	cProcessCreationTime
	cProcessId
	cProcessIntegrityLevel
	cProcessTokenElevation
	cProcessUniqueId
	cProcessVersionInfoCompanyName
	cProcessVersionInfoFileDescription
	cProcessVersionInfoOriginalFileName
	cProcessVersionInfoProductName
	cProcessVersionInfoProductVersion
	cProtocol
	cProvider
	cRawEventData
	cRegistrationTime
	cRegistryKey
	cRegistryValueData
	cRegistryValueName
	cRegistryValueType
	cRemoteDeviceName
	cRemoteIP
	cRemoteIPType
	cRemotePort
	cRemoteUrl
	cReportId
	cRequestProtocol
	cResultCode
	cRunAs
	cRunLevel
	cSHA1
	cSHA256
	cSecurityDescriptor
	cSettings
	cSigner
	cSource
	cSourceFile
	cSourceId
	cSourceOffset
	cState
	cStore
	cSystemProcessId
	cSystemThreadId
	cSystemUserId
	cTask
	cTaskContent
	cTaskId
	cTaskName
	cTimeGenerated
	cTimestamp
	cTrigger
	cTriggerKinds
	cTriggerTypes
	cTriggers
	cType
	cURI
	cUserContext
	cVersion
	cWorkingDirectory
	columnCount
)

// columnNames are the names in the catalogue.
var columnNames = [columnCount]string{
	cAccountDomain: "AccountDomain", cAccountName: "AccountName", cAccountSid: "AccountSid", cActionCount: "ActionCount",
	cActionType: "ActionType", cActions: "Actions", cAdditionalFields: "AdditionalFields", cArguments: "Arguments",
	cAuthor: "Author", cChannel: "Channel", cClassId: "ClassId", cCollection: "Collection", cCommand: "Command", cComputer: "Computer",
	cContentState: "ContentState", cCorrelation: "Correlation", cCreatedProcessSessionId: "CreatedProcessSessionId",
	cDescription: "Description", cDevice: "$DeviceId", cDeviceId: "DeviceId", cDeviceName: "DeviceName", cEnabled: "Enabled",
	cEventData: "EventData", cEventID: "EventID", cEventId: "EventId", cEventLevel: "EventLevel",
	cEventLevelName: "EventLevelName", cEventOriginId: "EventOriginId", cEventRecordId: "EventRecordId", cFailureReason: "FailureReason",
	cFileName: "FileName", cFileOriginReferrerUrl: "FileOriginReferrerUrl", cFileOriginUrl: "FileOriginUrl",
	cFolderPath: "FolderPath", cHidden: "Hidden", cInitiatingProcessAccountDomain: "InitiatingProcessAccountDomain",
	cInitiatingProcessAccountName: "InitiatingProcessAccountName", cInitiatingProcessAccountSid: "InitiatingProcessAccountSid",
	cInitiatingProcessCommandLine: "InitiatingProcessCommandLine", cInitiatingProcessCreationTime: "InitiatingProcessCreationTime",
	cInitiatingProcessFileName: "InitiatingProcessFileName", cInitiatingProcessFolderPath: "InitiatingProcessFolderPath",
	cInitiatingProcessId: "InitiatingProcessId", cInitiatingProcessLogonId: "InitiatingProcessLogonId",
	cInitiatingProcessIntegrityLevel:              "InitiatingProcessIntegrityLevel",
	cInitiatingProcessMD5:                         "InitiatingProcessMD5",
	cInitiatingProcessParentCreationTime:          "InitiatingProcessParentCreationTime",
	cInitiatingProcessParentFileName:              "InitiatingProcessParentFileName",
	cInitiatingProcessSHA1:                        "InitiatingProcessSHA1",
	cInitiatingProcessSHA256:                      "InitiatingProcessSHA256",
	cInitiatingProcessSessionId:                   "InitiatingProcessSessionId",
	cInitiatingProcessVersionInfoCompanyName:      "InitiatingProcessVersionInfoCompanyName",
	cInitiatingProcessVersionInfoFileDescription:  "InitiatingProcessVersionInfoFileDescription",
	cInitiatingProcessVersionInfoOriginalFileName: "InitiatingProcessVersionInfoOriginalFileName",
	cInitiatingProcessVersionInfoProductName:      "InitiatingProcessVersionInfoProductName",
	cInitiatingProcessVersionInfoProductVersion:   "InitiatingProcessVersionInfoProductVersion",
	cInitiatingProcessParentId:                    "InitiatingProcessParentId", cInitiatingProcessUniqueId: "InitiatingProcessUniqueId",
	cInstanceId: "InstanceId", cIsLocalAdmin: "IsLocalAdmin", cIsRemote: "IsRemote", cIsSigned: "IsSigned", cIsTrusted: "IsTrusted",
	cHeader: "$Header", cKey: "$Key", cKeywords: "Keywords", cLocalIP: "LocalIP", cLocalIPType: "LocalIPType", cLocalPort: "LocalPort",
	cLogonId: "LogonId", cLogonType: "LogonType", cMD5: "MD5", cOffset: "$Offset", cOpcode: "Opcode", cOrigin: "$Origin",
	cParentName: "$ParentName", cPreviousRegistryKey: "PreviousRegistryKey", cPreviousRegistryValueData: "PreviousRegistryValueData",
	cPreviousRegistryValueName: "PreviousRegistryValueName", cProcessCommandLine: "ProcessCommandLine",
	cProcessCreationTime: "ProcessCreationTime", cProcessId: "ProcessId", cProcessIntegrityLevel: "ProcessIntegrityLevel",
	cProcessTokenElevation: "ProcessTokenElevation", cProcessUniqueId: "ProcessUniqueId",
	cProcessVersionInfoCompanyName:      "ProcessVersionInfoCompanyName",
	cProcessVersionInfoFileDescription:  "ProcessVersionInfoFileDescription",
	cProcessVersionInfoOriginalFileName: "ProcessVersionInfoOriginalFileName",
	cProcessVersionInfoProductName:      "ProcessVersionInfoProductName",
	cProcessVersionInfoProductVersion:   "ProcessVersionInfoProductVersion",
	cProtocol:                           "Protocol", cProvider: "Provider", cRawEventData: "RawEventData", cRegistrationTime: "RegistrationTime",
	cRegistryKey: "RegistryKey", cRegistryValueData: "RegistryValueData", cRegistryValueName: "RegistryValueName",
	cRegistryValueType: "RegistryValueType", cRemoteDeviceName: "RemoteDeviceName", cRemoteIP: "RemoteIP",
	cRemoteIPType: "RemoteIPType", cRemotePort: "RemotePort", cRemoteUrl: "RemoteUrl", cReportId: "ReportId",
	cRequestProtocol: "RequestProtocol", cResultCode: "ResultCode", cRunAs: "RunAs", cRunLevel: "RunLevel", cSHA1: "SHA1",
	cSHA256: "SHA256", cSecurityDescriptor: "SecurityDescriptor", cSettings: "Settings", cSigner: "Signer", cSource: "Source",
	cSourceId: "$Source", cStore: "Store", cSystemProcessId: "SystemProcessId", cSystemThreadId: "SystemThreadId",
	cSystemUserId: "SystemUserId", cTask: "Task", cTaskContent: "TaskContent", cTaskName: "TaskName",
	cTimeGenerated: "TimeGenerated", cTimestamp: "Timestamp", cTriggerTypes: "TriggerTypes", cTriggers: "Triggers",
	cType: "Type", cURI: "URI", cUserContext: "UserContext", cVersion: "Version", cWorkingDirectory: "WorkingDirectory",
	cActionKinds: "ActionKinds", cDefinitionHash: "DefinitionHash", cIndex: "Index", cNormalizedCommand: "NormalizedCommand", cPrincipalName: "PrincipalName", cPrincipalSid: "PrincipalSid", cSourceFile: "SourceFile", cSourceOffset: "SourceOffset", cState: "State", cTrigger: "Trigger", cTriggerKinds: "TriggerKinds",
	cCreationTime: "CreationTime", cLastResult: "LastResult", cLastRunTime: "LastRunTime", cLastSuccessTime: "LastSuccessTime", cTaskId: "TaskId",
}
