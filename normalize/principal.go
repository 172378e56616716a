package normalize

import (
	"strings"

	"github.com/goshawk-hunt/goshawk/task"
)

// principal sets the account that a task runs as: as written, and its SID and name as
// far as one is written and the other well known.
func (n *Normalizer) principal(t *table, p *task.Principal) {
	runAs := p.UserID
	if runAs == "" {
		runAs = p.GroupID
	}
	t.str(cRunAs, runAs)
	t.str(cRunLevel, p.RunLevel)
	t.str(cLogonType, p.LogonType)
	sid, name := n.identity(runAs)
	if name == "" {
		name = p.AccountName
	}
	t.str(cPrincipalSid, sid)
	t.str(cPrincipalName, name)
}

// identity returns the SID and the name of an account written either way.
func (n *Normalizer) identity(user string) (sid, name string) {
	user = strings.TrimSpace(user)
	if a := n.account(user); a.sid != "" {
		user = a.sid
	}
	if sid, ok := task.SIDOf(user); ok {
		user = sid
	}
	if strings.HasPrefix(user, "S-1-") {
		return user, task.NameOf(user)
	}
	return "", user
}
