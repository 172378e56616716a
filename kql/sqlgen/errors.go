package sqlgen

// The diagnostics of this stage; docs/errors.md explains each.
const (
	codeFunction   = "KQL0400" // a function that the dialect can't write
	codePlugin     = "KQL0401" // a plugin or operator that the dialect can't write
	codeTooComplex = "KQL0402" // the query is too deep or its SQL too long
	codePlace      = "KQL0403" // an operator that can't stand where it does
	codeAssert     = "KQL0404" // assert with a condition that is false
)

// AssertionError is what a template of a function returns for a condition that is known to be
// false: the message that the query has for it.
type AssertionError string

func (e AssertionError) Error() string { return string(e) }
