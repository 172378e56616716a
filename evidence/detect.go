package evidence

import (
	"fmt"
	"strings"
)

// HeadSize is how many bytes of a file its detection looks at.
const HeadSize = 64 << 10

// Detect gives the reader whose format the first bytes of a file are of, nil if
// there is none. The order of readers has no influence: formats exclude each
// other, and more than one answer is an error that names them.
func Detect(readers []Reader, head []byte) (Reader, error) {
	head = head[:min(len(head), HeadSize)]
	var found []Reader
	for _, r := range readers {
		if r.Detect(head) {
			found = append(found, r)
		}
	}
	switch len(found) {
	case 0:
		return nil, nil
	case 1:
		return found[0], nil
	}
	names := make([]string, len(found))
	for i, r := range found {
		names[i] = r.Format()
	}
	return nil, fmt.Errorf("content is of %d formats: %s", len(found), strings.Join(names, ", "))
}
