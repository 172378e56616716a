package normalize

import (
	"fmt"
	"strings"
)

// direction says which of the rows around a time is wanted.
type direction string

// The directions. Rows of one time are ordered so that those wanted come first.
const (
	lastUpTo    direction = "ts, r IS NOT NULL, v"
	lastBefore  direction = "ts, r IS NULL, v"
	firstFrom   direction = "ts DESC, r IS NOT NULL, v DESC"
	firstBehind direction = "ts DESC, r IS NULL, v DESC"
)

// nearest returns a subquery of rows (r, carry, ts, v): for each row (r, keys, carry, ts)
// of probe the v of the row (v, keys, ts) of events with the same keys that comes
// nearest in a direction. Rows without one are left out.
//
// It is an ASOF JOIN. DuckDB makes a loop of one whose left side it takes for small,
// as it takes tables of a transaction that has not ended, and that never does end.
func nearest(d direction, keys, carry, probe, events string) string {
	none := ""
	if carry != "" {
		none = strings.Repeat(", NULL", strings.Count(carry, ",")+1)
		carry = ", " + carry
	}
	return fmt.Sprintf(`(
  SELECT r%[3]s, ts, v FROM (
    SELECT r%[3]s, ts, last_value(v IGNORE NULLS) OVER (PARTITION BY %[2]s ORDER BY %[1]s ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW) AS v FROM (
      SELECT r, CAST(NULL AS BIGINT) AS v, %[2]s, ts%[3]s FROM (%[5]s)
      UNION ALL SELECT NULL, v, %[2]s, ts%[4]s FROM (%[6]s)))
  WHERE r IS NOT NULL AND v IS NOT NULL)`, d, keys, carry, none, probe, events)
}
