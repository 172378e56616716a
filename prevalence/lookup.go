package prevalence

import (
	"context"
	"fmt"
	"strings"

	"github.com/goshawk-hunt/goshawk/kql/types"
)

// Querier runs a KQL query over the case.
type Querier interface {
	Query(ctx context.Context, name, kql string) (schema types.Schema, rows [][]types.Value, warnings []string, err error)
}

// FromCase looks files up in the case: the user's reputation file (table
// FileReputation), the signatures that were recorded (DeviceFileCertificateInfo) and
// the rows that show the file on devices. Each query is bounded by the at most 1000
// hashes of a call.
func FromCase(ctx context.Context, q Querier) Lookup {
	return func(column string, hashes []string) (map[string]*Profile, error) {
		l := &caseLookup{ctx: ctx, q: q, column: column, list: `"` + strings.Join(hashes, `", "`) + `"`, out: map[string]*Profile{}}
		for _, step := range []func() error{l.seen, l.signatures, l.reputation} {
			if err := step(); err != nil {
				return nil, err
			}
		}
		return l.out, nil
	}
}

type caseLookup struct {
	ctx          context.Context
	q            Querier
	column, list string
	out          map[string]*Profile
}

// each runs a query whose first column Key is the hash.
func (l *caseLookup) each(name, text string, f func(p *Profile, get func(string) types.Value)) error {
	schema, rows, _, err := l.q.Query(l.ctx, "FileProfile: "+name, text)
	if err != nil {
		return fmt.Errorf("looking up files: %w", err)
	}
	key := schema.Index("Key")
	for _, row := range rows {
		if key < 0 || key >= len(row) {
			continue
		}
		hash := strings.ToLower(row[key].Str)
		p := l.out[hash]
		if p == nil {
			p = &Profile{}
			p.set(l.column, hash)
			l.out[hash] = p
		}
		f(p, func(column string) types.Value {
			if i := schema.Index(column); i >= 0 && i < len(row) {
				return row[i]
			}
			return types.Value{Null: true}
		})
	}
	return nil
}

// seen reads what the rows of the case say about the files themselves.
func (l *caseLookup) seen() error {
	text := fmt.Sprintf(`let Hashes = dynamic([%[2]s]);
union
    (DeviceProcessEvents | where %[1]s in (Hashes) | extend Ran = true, Company = ProcessVersionInfoCompanyName, Product = ProcessVersionInfoProductName | project DeviceName, SHA1, SHA256, MD5, FileSize, Ran, Company, Product),
    (DeviceImageLoadEvents | where %[1]s in (Hashes) | extend Ran = true, Company = "", Product = "" | project DeviceName, SHA1, SHA256, MD5, FileSize, Ran, Company, Product),
    (DeviceFileEvents | where %[1]s in (Hashes) | extend Ran = false, Company = "", Product = "" | project DeviceName, SHA1, SHA256, MD5, FileSize, Ran, Company, Product)
| summarize Devices = dcount(DeviceName), SHA1 = max(SHA1), SHA256 = max(SHA256), MD5 = max(MD5), FileSize = max(FileSize), Ran = countif(Ran), Company = max(Company), Product = max(Product) by Key = %[1]s`, l.column, l.list)
	return l.each("rows of the case", text, func(p *Profile, get func(string) types.Value) {
		p.OrgPrevalence = integer(get("Devices"))
		keep(&p.SHA1, get("SHA1"))
		keep(&p.SHA256, get("SHA256"))
		keep(&p.MD5, get("MD5"))
		p.FileSize = integer(get("FileSize"))
		keep(&p.Publisher, get("Company"))
		keep(&p.SoftwareName, get("Product"))
		if n := integer(get("Ran")); n != nil && *n > 0 {
			yes := true
			p.IsExecutable = &yes
		}
	})
}

// signatures reads the certificates that were recorded. They are kept by SHA1 alone.
func (l *caseLookup) signatures() error {
	by := map[string]*Profile{}
	for hash, p := range l.out {
		if p.SHA1 != "" {
			by[p.SHA1] = p
		} else if l.column == "SHA1" {
			by[hash] = p
		}
	}
	list := l.list
	if l.column != "SHA1" {
		var known []string
		for sha1 := range by {
			known = append(known, sha1)
		}
		if len(known) == 0 {
			return nil
		}
		list = `"` + strings.Join(known, `", "`) + `"`
	}
	text := fmt.Sprintf(`DeviceFileCertificateInfo
| where SHA1 in (dynamic([%s]))
| summarize arg_max(Timestamp, IsSigned, IsTrusted, IsRootSignerMicrosoft, Signer, Issuer, SignerHash) by Key = SHA1`, list)
	schema, rows, _, err := l.q.Query(l.ctx, "FileProfile: signatures", text)
	if err != nil {
		return fmt.Errorf("looking up signatures: %w", err)
	}
	for _, row := range rows {
		get := func(column string) types.Value {
			if i := schema.Index(column); i >= 0 && i < len(row) {
				return row[i]
			}
			return types.Value{Null: true}
		}
		sha1 := strings.ToLower(get("Key").Str)
		p := by[sha1]
		if p == nil && l.column == "SHA1" {
			p = &Profile{SHA1: sha1}
			l.out[sha1] = p
		}
		if p != nil {
			p.signature(get)
		}
	}
	return nil
}

// signature fills in what a recorded certificate says.
func (p *Profile) signature(get func(string) types.Value) {
	keep(&p.Signer, get("Signer"))
	keep(&p.Issuer, get("Issuer"))
	keep(&p.SignerHash, get("SignerHash"))
	p.IsRootSignerMicrosoft = boolean(get("IsRootSignerMicrosoft"))
	signed, trusted := boolean(get("IsSigned")), boolean(get("IsTrusted"))
	switch {
	case signed == nil:
		return
	case !*signed:
		p.SignatureState = "Unsigned"
	case trusted == nil:
		p.SignatureState = "Unknown"
	case *trusted:
		p.SignatureState = "SignedValid"
	default:
		p.SignatureState = "SignedInvalid"
	}
	p.IsCertificateValid = trusted
}

// reputation reads the user's reputation file; it has the last word.
func (l *caseLookup) reputation() error {
	text := fmt.Sprintf(`%s
| where %s in (dynamic([%s]))
| extend Key = %s`, TableName, l.column, l.list, l.column)
	return l.each("reputation file", text, func(p *Profile, get func(string) types.Value) {
		p.World = true
		for _, t := range []struct {
			to     *string
			column string
		}{
			{&p.SHA1, "SHA1"}, {&p.SHA256, "SHA256"}, {&p.MD5, "MD5"}, {&p.Signer, "Signer"}, {&p.Issuer, "Issuer"}, {&p.SignerHash, "SignerHash"},
			{&p.SignatureState, "SignatureState"}, {&p.ThreatName, "ThreatName"}, {&p.Publisher, "Publisher"}, {&p.SoftwareName, "SoftwareName"},
		} {
			keep(t.to, get(t.column))
		}
		for _, n := range []struct {
			to     **int64
			column string
		}{
			{&p.FileSize, "FileSize"}, {&p.GlobalPrevalence, "GlobalPrevalence"}, {&p.GlobalFirstSeen, "GlobalFirstSeen"}, {&p.GlobalLastSeen, "GlobalLastSeen"},
		} {
			if v := integer(get(n.column)); v != nil {
				*n.to = v
			}
		}
		for _, b := range []struct {
			to     **bool
			column string
		}{
			{&p.IsCertificateValid, "IsCertificateValid"}, {&p.IsRootSignerMicrosoft, "IsRootSignerMicrosoft"}, {&p.IsExecutable, "IsExecutable"},
		} {
			if v := boolean(get(b.column)); v != nil {
				*b.to = v
			}
		}
	})
}

func keep(to *string, v types.Value) {
	if !v.Null && v.Str != "" {
		*to = v.Str
	}
}

func integer(v types.Value) *int64 {
	if v.Null {
		return nil
	}
	n := v.Int
	return &n
}

func boolean(v types.Value) *bool {
	if v.Null {
		return nil
	}
	b := v.Int != 0
	return &b
}
