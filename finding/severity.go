package finding

import (
	"encoding/json"
	"fmt"
	"strings"
)

// Severity says how urgently to look. The zero value is None: no finding.
type Severity uint8

const (
	None Severity = iota
	Info
	Low
	Medium
	High
	Critical
)

var severityNames = [...]string{"none", "info", "low", "medium", "high", "critical"}

// String returns the severity's name.
func (s Severity) String() string {
	if int(s) < len(severityNames) {
		return severityNames[s]
	}
	return fmt.Sprintf("severity(%d)", uint8(s))
}

// ParseSeverity reads a severity's name in any case; "informational" is Info.
func ParseSeverity(name string) (Severity, error) {
	lower := strings.ToLower(strings.TrimSpace(name))
	if lower == "informational" {
		return Info, nil
	}
	for i, n := range severityNames {
		if n == lower {
			return Severity(i), nil
		}
	}
	return None, fmt.Errorf("severity %q: expected one of info, low, medium, high, critical", name)
}

// MarshalJSON writes the name.
func (s Severity) MarshalJSON() ([]byte, error) { return json.Marshal(s.String()) }

// UnmarshalJSON reads the name.
func (s *Severity) UnmarshalJSON(b []byte) error {
	var name string
	if err := json.Unmarshal(b, &name); err != nil {
		return err
	}
	v, err := ParseSeverity(name)
	if err != nil {
		return err
	}
	*s = v
	return nil
}

// The score from which each severity begins. One weak property gives 10 to 20
// points and stays low; two independent ones reach medium (see Grade).
const (
	LowFrom      = 20
	MediumFrom   = 40
	HighFrom     = 65
	CriticalFrom = 90
)

// severityOf returns the severity of a score.
func severityOf(score int) Severity {
	switch {
	case score >= CriticalFrom:
		return Critical
	case score >= HighFrom:
		return High
	case score >= MediumFrom:
		return Medium
	case score >= LowFrom:
		return Low
	}
	return Info
}
