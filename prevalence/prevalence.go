// Package prevalence answers FileProfile offline: how widely a file is known, and who
// signed it.
//
// Microsoft's service knows the world; a case does not. What the case itself tells
// (signatures that Sysmon recorded, names and sizes, the devices that have the file)
// is given; what only the world knows comes from a reputation file of the user or is
// null. A made-up 0 never stands for unknown, and a run says how many files were
// unknown.
//
// Source: the FileProfile page of Microsoft's advanced hunting documentation.
package prevalence

import (
	"strings"

	"github.com/goshawk-hunt/goshawk/kql/bind"
	"github.com/goshawk-hunt/goshawk/kql/types"
)

// Name is the function's name.
const Name = "FileProfile"

const (
	defaultLimit = 100
	maxLimit     = 1000
)

// columns are the documented output, in order. Sizes and counts are long, as in the
// tables.
var columns = types.Schema{
	{Name: "SHA1", Type: types.String}, {Name: "SHA256", Type: types.String}, {Name: "MD5", Type: types.String},
	{Name: "FileSize", Type: types.Long}, {Name: "GlobalPrevalence", Type: types.Long},
	{Name: "GlobalFirstSeen", Type: types.DateTime}, {Name: "GlobalLastSeen", Type: types.DateTime},
	{Name: "Signer", Type: types.String}, {Name: "Issuer", Type: types.String}, {Name: "SignerHash", Type: types.String},
	{Name: "IsCertificateValid", Type: types.Bool}, {Name: "IsRootSignerMicrosoft", Type: types.Bool},
	{Name: "SignatureState", Type: types.String}, {Name: "IsExecutable", Type: types.Bool},
	{Name: "ThreatName", Type: types.String}, {Name: "Publisher", Type: types.String},
	{Name: "SoftwareName", Type: types.String}, {Name: "ProfileAvailability", Type: types.String},
}

// orgPrevalence counts the devices of the case that have the file. Microsoft's
// function does not have it.
var orgPrevalence = types.Column{Name: "OrgPrevalence", Type: types.Long}

// Functions returns the tabular functions of this package with the documented columns.
func Functions() []bind.TableFunction { return FunctionsFor("") }

// FunctionsFor returns the functions for one query. FileProfile's result has exactly
// the documented columns, and OrgPrevalence after them if the query names it.
func FunctionsFor(query string) []bind.TableFunction {
	out := append(types.Schema(nil), columns...)
	if strings.Contains(query, orgPrevalence.Name) {
		out = append(out, orgPrevalence)
	}
	return []bind.TableFunction{{
		Name: Name,
		Params: []bind.TableParam{
			{Name: "x", Type: types.String, Column: true, Default: &types.Value{Type: types.String, Str: "SHA1"}},
			{Name: "y", Type: types.Long, Default: &types.Value{Type: types.Long, Int: defaultLimit}},
		},
		Columns: out,
		// An input that has these keeps its own: they say which file the row is about.
		Keep: []string{"SHA1", "SHA256", "MD5"},
		Doc:  "Appends what is known about a file: prevalence, signer, signature. y: how many files to look up, 1 to 1000.",
	}}
}

// Profile is what is known about one file. Text is "" and pointers are nil where
// nothing is known.
type Profile struct {
	SHA1, SHA256, MD5                   string
	FileSize                            *int64
	GlobalPrevalence                    *int64
	GlobalFirstSeen, GlobalLastSeen     *int64 // ticks
	Signer, Issuer, SignerHash          string
	IsCertificateValid                  *bool
	IsRootSignerMicrosoft               *bool
	SignatureState                      string
	IsExecutable                        *bool
	ThreatName, Publisher, SoftwareName string
	// OrgPrevalence counts the devices of the case on which the file was seen.
	OrgPrevalence *int64
	// World is true when a reputation source knows the file: only then is the
	// profile "Available".
	World bool
}

// value returns the profile's value for an output column.
func (p *Profile) value(c types.Column) types.Value {
	text := func(s string) types.Value { return types.Value{Type: types.String, Str: s} }
	switch c.Name {
	case "SHA1":
		return text(p.SHA1)
	case "SHA256":
		return text(p.SHA256)
	case "MD5":
		return text(p.MD5)
	case "FileSize":
		return number(types.Long, p.FileSize)
	case "GlobalPrevalence":
		return number(types.Long, p.GlobalPrevalence)
	case "GlobalFirstSeen":
		return number(types.DateTime, p.GlobalFirstSeen)
	case "GlobalLastSeen":
		return number(types.DateTime, p.GlobalLastSeen)
	case "Signer":
		return text(p.Signer)
	case "Issuer":
		return text(p.Issuer)
	case "SignerHash":
		return text(p.SignerHash)
	case "IsCertificateValid":
		return flag(p.IsCertificateValid)
	case "IsRootSignerMicrosoft":
		return flag(p.IsRootSignerMicrosoft)
	case "SignatureState":
		return text(p.SignatureState)
	case "IsExecutable":
		return flag(p.IsExecutable)
	case "ThreatName":
		return text(p.ThreatName)
	case "Publisher":
		return text(p.Publisher)
	case "SoftwareName":
		return text(p.SoftwareName)
	case "OrgPrevalence":
		return number(types.Long, p.OrgPrevalence)
	case "ProfileAvailability":
		if p.World {
			return text("Available")
		}
		return text("Missing")
	}
	return types.Null(c.Type)
}

func number(t types.Type, n *int64) types.Value {
	if n == nil {
		return types.Null(t)
	}
	return types.Value{Type: t, Int: *n}
}

func flag(b *bool) types.Value {
	if b == nil {
		return types.Null(types.Bool)
	}
	v := types.Value{Type: types.Bool}
	if *b {
		v.Int = 1
	}
	return v
}

// Hash returns a hash in lower case and the name of its column, ok false when the
// text is none.
func Hash(s string) (hash, column string, ok bool) {
	switch len(s) {
	case 32:
		column = "MD5"
	case 40:
		column = "SHA1"
	case 64:
		column = "SHA256"
	default:
		return "", "", false
	}
	for i := 0; i < len(s); i++ {
		c := s[i]
		if !(c >= '0' && c <= '9' || c >= 'a' && c <= 'f' || c >= 'A' && c <= 'F') {
			return "", "", false
		}
	}
	return strings.ToLower(s), column, true
}
