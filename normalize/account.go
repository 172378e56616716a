package normalize

import "strings"

// account is a user in the form of Defender's columns: lower-case.
type account struct {
	domain, name string
	sid          string // of well-known accounts, else ""
}

// maxAccounts bounds how many users are remembered.
const maxAccounts = 1 << 14

// Well-known accounts, whose names Windows translates.
var (
	systemAccount         = account{"nt authority", "system", "S-1-5-18"}
	localServiceAccount   = account{"nt authority", "local service", "S-1-5-19"}
	networkServiceAccount = account{"nt authority", "network service", "S-1-5-20"}
)

// account splits DOMAIN\name or name@domain. "-" and "" are no account.
func (n *Normalizer) account(user string) account {
	if user == "" || user == "-" {
		return account{}
	}
	if a, ok := n.accounts[user]; ok {
		return a
	}
	if len(n.accounts) >= maxAccounts {
		clear(n.accounts)
	}
	user = strings.Clone(user)
	a := splitAccount(strings.ToLower(user))
	n.accounts[user] = a
	return a
}

func splitAccount(user string) account {
	if strings.HasPrefix(user, "s-1-") {
		if a, ok := wellKnown(strings.ToUpper(user)); ok {
			return a
		}
		return account{sid: strings.ToUpper(user)}
	}
	domain, name, ok := strings.Cut(user, `\`)
	if !ok {
		if user == "system" || user == "local system" || user == "localsystem" {
			return systemAccount
		}
		return account{name: user}
	}
	// The names of the service accounts as the languages of Windows have them.
	switch domain {
	case "nt authority", "nt-autorität", "autorite nt", "autorité nt", "nt-authority", "autoridade nt", "nt-instans",
		"nt instans", "nt-myndighet", "zarządzanie nt", "nt-hallinta", "nt-avtoritet", "builtin":
		switch name {
		case "system", "système", "systeme", "système local", "sistema", "sistem", "system lokalny":
			return systemAccount
		case "local service", "lokaler dienst", "service local", "servicio local", "servizio locale", "serviço local",
			"lokal tjänst", "lokal tjeneste", "usługa lokalna", "lokale service":
			return localServiceAccount
		case "network service", "netzwerkdienst", "service réseau", "service reseau", "servicio de red", "servizio di rete",
			"serviço de rede", "nätverkstjänst", "netværkstjeneste", "usługa sieciowa", "netwerkservice":
			return networkServiceAccount
		}
	}
	return account{domain: domain, name: name}
}

// wellKnown returns the service account of a SID.
func wellKnown(sid string) (account, bool) {
	switch sid {
	case systemAccount.sid:
		return systemAccount, true
	case localServiceAccount.sid:
		return localServiceAccount, true
	case networkServiceAccount.sid:
		return networkServiceAccount, true
	}
	return account{}, false
}

// sessionAccount returns the service account of a logon session: those sessions have
// fixed numbers.
func sessionAccount(logonID int64) (account, bool) {
	switch logonID {
	case 0x3e7:
		return systemAccount, true
	case 0x3e5:
		return localServiceAccount, true
	case 0x3e4:
		return networkServiceAccount, true
	}
	return account{}, false
}

// named returns the account of three fields of a security event. Well-known SIDs
// decide, since the machine's own account stands in the names then.
func (n *Normalizer) named(domain, name, sid string) account {
	if a, ok := wellKnown(sid); ok {
		return a
	}
	if name == "-" {
		name = ""
	}
	if domain == "-" {
		domain = ""
	}
	if sid == "-" || sid == "S-1-0-0" {
		sid = ""
	}
	return account{n.lower(domain), n.lower(name), sid}
}

// lower is strings.ToLower with a memory for the few words that repeat.
func (n *Normalizer) lower(s string) string {
	if s == "" {
		return ""
	}
	if l, ok := n.lowered[s]; ok {
		return l
	}
	if len(n.lowered) >= maxAccounts {
		clear(n.lowered)
	}
	s = strings.Clone(s)
	l := strings.ToLower(s)
	n.lowered[s] = l
	return l
}
