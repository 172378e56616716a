package rulefile

import "strings"

// What Sentinel's own vocabulary is. Sources: the data connectors reference and the
// entities reference under https://learn.microsoft.com/azure/sentinel/.

// connectorTables are the tables that common data connectors bring; a name may end
// with *. Connectors that are not here are not checked.
var connectorTables = lists(`
MicrosoftThreatProtection Device* Email* Identity* Cloud* Url* Alert* Message* Campaign* File* Behavior* OAuth* GraphAPI* Exposure* Entra* AAD* Data* SecurityAlert SecurityIncident
MicrosoftDefenderAdvancedThreatProtection SecurityAlert
SecurityEvents SecurityEvent SecurityEvents
WindowsSecurityEvents SecurityEvent SecurityEvents
WindowsForwardedEvents WindowsEvent
AzureActiveDirectory SigninLogs AuditLogs AAD* ADFSSignInLogs NetworkAccess* MicrosoftGraphActivityLogs MicrosoftServicePrincipalSignInLogs EnrichedMicrosoft*
AzureActiveDirectoryIdentityProtection SecurityAlert
AzureAdvancedThreatProtection SecurityAlert
MicrosoftCloudAppSecurity SecurityAlert McasShadowItReporting
AzureActivity AzureActivity
Office365 OfficeActivity
AWS AWS*
AWSS3 AWS*
DNS Dns*
WindowsFirewall WindowsFirewall
WindowsFirewallAma WindowsFirewall ASim*
Syslog Syslog
SyslogAma Syslog
CEF CommonSecurityLog
CefAma CommonSecurityLog
ThreatIntelligence ThreatIntel*
ThreatIntelligenceTaxii ThreatIntel*
MicrosoftDefenderThreatIntelligence ThreatIntel*
BehaviorAnalytics BehaviorAnalytics IdentityInfo UserPeerAnalytics UserAccessAnalytics
`)

// entityFields are the identifiers of the entity types; an empty list takes any.
var entityFields = lists(`
Account Name FullName NTDomain DnsDomain UPNSuffix Sid AadTenantId AadUserId PUID IsDomainJoined DisplayName ObjectGuid CloudAppAccountId
Host DnsDomain NTDomain HostName FullName NetBiosName AzureID OMSAgentID OSFamily OSVersion IsDomainJoined
IP Address AddressScope
URL Url
AzureResource ResourceId
CloudApplication AppId Name InstanceName InstanceId SaasId
DNS DomainName
File Directory Name
FileHash Algorithm Value
Malware Name Category
Process ProcessId CommandLine ElevationToken CreationTimeUtc
RegistryKey Hive Key
RegistryValue Name Value ValueType
SecurityGroup DistinguishedName SID ObjectGuid
IoTDevice
Mailbox
MailCluster
MailMessage
SubmissionMail
SentinelEntities
`)

// lists reads lines of a name and its words.
func lists(text string) map[string][]string {
	m := map[string][]string{}
	for line := range strings.Lines(strings.TrimSpace(text)) {
		words := strings.Fields(line)
		m[words[0]] = words[1:]
	}
	return m
}
