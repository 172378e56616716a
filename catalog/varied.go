package catalog

import (
	"strings"
	"sync"
)

// Varied says whether the values of string columns of the name hardly repeat from row to
// row, whichever table has them: JSON, command lines and numbers of records. To look for
// repeats there when they are stored is in vain.
func Varied(column string) bool {
	return column == "EventRecordId" || strings.HasSuffix(column, "CommandLine") || jsonTexts()[column]
}

// jsonTexts are the names of the string columns that hold JSON.
var jsonTexts = sync.OnceValue(func() map[string]bool {
	names := map[string]bool{}
	for _, t := range Default().Tables {
		for _, c := range t.Columns {
			if c.DynamicText {
				names[c.Name] = true
			}
		}
	}
	return names
})
