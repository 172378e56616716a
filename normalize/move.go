package normalize

import (
	"fmt"
	"slices"
	"strings"

	"github.com/goshawk-hunt/goshawk/catalog"
)

// Move returns the statements that make raw rows of the rows of events that an earlier
// version wrote whole. What they say stays.
func Move() []string {
	cat := catalog.Default()
	raws := rawTables(cat)
	var list []string
	for _, name := range rawOf {
		own := raws[slices.IndexFunc(raws, func(t *catalog.Table) bool { return t.Name == raw(name) })]
		list = append(list, move(cat.Table(name), own)...)
	}
	return append(list, `DROP TABLE IF EXISTS "$moved"`)
}

func move(whole, own *catalog.Table) []string {
	var actor, columns []string
	for _, p := range actorColumns() {
		if whole.Column(p.name()) != nil {
			actor = append(actor, `"`+p.name()+`"`)
		}
	}
	for _, c := range own.Stored() {
		if c.Name != actorNumber {
			columns = append(columns, `t."`+c.Name+`"`)
		}
	}
	// Rows made of the task scheduler's events are made anew each time.
	moved := fmt.Sprintf(`"$Origin" IN ('%s', '%s', '%s', '%s', '%s')`, originSysmon, originSecurity, originMerged, originPowerShell, originSystem)
	if whole.Name == "ScheduledTaskEvents" {
		moved += fmt.Sprintf(` OR "$Origin" = '%s'`, originTaskScheduler)
	}
	return []string{
		fmt.Sprintf(`CREATE OR REPLACE TEMP TABLE "$moved" AS
SELECT rowid AS r, dense_rank() OVER (ORDER BY %s) + (SELECT coalesce(max("%s"), 0) FROM "%s") AS n FROM "%s" WHERE %s`, strings.Join(actor, ", "), actorNumber, actorTable, whole.Name, moved),
		fmt.Sprintf(`INSERT INTO "%s" BY NAME SELECT DISTINCT ON (m.n) m.n AS "%s", %s FROM "$moved" m JOIN "%s" t ON t.rowid = m.r`, actorTable, actorNumber, strings.Join(actor, ", "), whole.Name),
		fmt.Sprintf(`INSERT INTO "%s" BY NAME SELECT %s, t.%s, m.n AS "%s" FROM "$moved" m JOIN "%s" t ON t.rowid = m.r`, own.Name, strings.Join(columns, ", "), ingestionTime, actorNumber, whole.Name),
		fmt.Sprintf(`DELETE FROM "%s" WHERE rowid IN (SELECT r FROM "$moved")`, whole.Name),
	}
}
