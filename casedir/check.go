package casedir

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/goshawk-hunt/goshawk/kql/types"
	"github.com/goshawk-hunt/goshawk/normalize"
)

// Check holds the case against its account: every record gave rows or was set aside, and
// every table has the rows that the sources gave it, less what the second stage of
// normalisation joined or removed. It returns what does not come out even; nothing
// is lost when that is nothing.
func (c *Case) Check(ctx context.Context) ([]string, error) {
	var wrong []string
	rows, err := c.sql(ctx, `SELECT s.path, s.records, s.stored, CAST(coalesce(a.records, 0) AS BIGINT)
FROM goshawk_sources s LEFT JOIN (SELECT source, sum(records) AS records FROM goshawk_set_aside GROUP BY source) a ON a.source = s.id
WHERE s.records <> s.stored + coalesce(a.records, 0) ORDER BY s.id`, columns("path:string records stored aside"))
	if err != nil {
		return nil, err
	}
	for _, r := range rows {
		wrong = append(wrong, fmt.Sprintf("%s: %d records read, %d stored, %d set aside", r[0].Str, r[1].Int, r[2].Int, r[3].Int))
	}
	expected, err := c.expected(ctx)
	if err != nil {
		return nil, err
	}
	actual, err := c.counted(ctx, slices.Collect(maps.Keys(expected)))
	if err != nil {
		return nil, err
	}
	for _, name := range slices.Sorted(maps.Keys(expected)) {
		if expected[name] != actual[name] {
			wrong = append(wrong, fmt.Sprintf("table %s has %d rows, its sources account for %d", name, actual[name], expected[name]))
		}
	}
	return wrong, nil
}

// expected is how many rows each table must have by the manifest.
func (c *Case) expected(ctx context.Context) (map[string]int64, error) {
	rows, err := c.sql(ctx, `SELECT name, CAST(sum(rows) AS BIGINT) FROM (SELECT name, rows FROM goshawk_rows UNION ALL SELECT name, rows FROM goshawk_completions)
WHERE NOT starts_with(name, '$') GROUP BY name`, columns("name:string rows"))
	if err != nil {
		return nil, err
	}
	m := make(map[string]int64, len(rows))
	for _, r := range rows {
		m[r[0].Str] = r[1].Int
	}
	return m, nil
}

// counted is how many rows tables have.
func (c *Case) counted(ctx context.Context, names []string) (map[string]int64, error) {
	m := make(map[string]int64, len(names))
	if len(names) == 0 {
		return m, nil
	}
	var parts []string
	for _, name := range names {
		for _, part := range []string{name, normalize.Raw(name)} {
			if c.exists(part) {
				parts = append(parts, fmt.Sprintf(`SELECT %s AS name, count(*) AS n FROM "%s"`, quote(name), strings.ReplaceAll(part, `"`, `""`)))
			}
		}
	}
	rows, err := c.sql(ctx, `SELECT name, CAST(sum(n) AS BIGINT) FROM (`+strings.Join(parts, " UNION ALL ")+`) GROUP BY name`, types.Schema{{Name: "name", Type: types.String}, {Name: "rows", Type: types.Long}})
	for _, r := range rows {
		m[r[0].Str] = r[1].Int
	}
	return m, err
}
