package normalize

import (
	"fmt"
	"regexp"

	"github.com/goshawk-hunt/goshawk/catalog"
	"github.com/goshawk-hunt/goshawk/evidence"
	"github.com/goshawk-hunt/goshawk/kql/types"
)

// hostTable has a row for each source of a collection: what it says of the machine that
// the collection was taken from. No query sees it.
const hostTable = "$Host"

// Kinds of rows of hostTable: how the machine's name is known.
const (
	hostByHive      = "hive"
	hostByLog       = "log"
	hostByCollector = "collector"
	hostUnknown     = ""
)

func hosts() *catalog.Table {
	t := &catalog.Table{Name: hostTable, Product: catalog.Goshawk, Hidden: types.Schema{{Name: "$Source", Type: types.Long}, {Name: "$Key", Type: types.Long}}}
	for _, c := range []types.Column{
		{Name: "Timestamp", Type: types.DateTime}, {Name: "DeviceName", Type: types.String},
		{Name: "Collection", Type: types.String}, {Name: "Source", Type: types.String},
	} {
		t.Columns = append(t.Columns, catalog.Column{Column: c})
	}
	return t
}

// computerNameKey is the key of the SYSTEM hive that names the computer.
var computerNameKey = regexp.MustCompile(`(?i)\\control\\computername\\computername$`)

// computerName takes the name that a SYSTEM hive gives to its computer.
func (n *Normalizer) computerName(k *evidence.Registry) error {
	name := registryText(k, "ComputerName")
	if c := n.opt.Collection; c != nil && c.System && name != "" && (n.host == "" || k.LastWrite > n.hostTime) {
		n.host, n.hostTime = n.deviceOf(name).name, k.LastWrite
	}
	return n.setAside("registry: the computer's name")
}

// hostRow makes the row of a source of a collection.
func (n *Normalizer) hostRow() error {
	c := n.opt.Collection
	if c == nil || n.stats.Records == 0 {
		return nil
	}
	name, kind := n.host, hostUnknown
	switch {
	case name != "" && c.System:
		kind = hostByHive
	case name != "":
		kind = hostByLog
	case c.Host != "":
		name, kind = c.Host, hostByCollector
	}
	t := n.hosts
	t.begin()
	t.time(cTimestamp, n.hostTime)
	t.str(cDeviceName, name)
	t.str(cCollection, c.Label)
	t.str(cSource, kind)
	t.int(cSourceId, n.opt.Source)
	return n.emit(t)
}

// hosts names the machine of the tasks that files and hives hold, which say nothing of
// it: by the SYSTEM hive of the same collection, by its logs, or by its collector. Where
// several collections are there and nothing names the machine of one, its folder does,
// so that the tasks of two machines are never taken for one's.
func (f *finish) hosts() {
	f.given(hostTable).make("$named", `
WITH hive AS (
  SELECT Collection AS c, arg_max(DeviceName, coalesce(Timestamp, 0)) AS name FROM "$Host" WHERE Source = '%[1]s' GROUP BY c HAVING c <> '' OR count(DISTINCT DeviceName) = 1),
log AS (
  SELECT Collection AS c, arg_max(DeviceName, coalesce(Timestamp, 0)) AS name FROM "$Host" WHERE Source = '%[2]s' GROUP BY c
  HAVING c <> '' OR count(DISTINCT split_part(DeviceName, '.', 1)) = 1),
collector AS (
  SELECT Collection AS c, max(DeviceName) AS name FROM "$Host" WHERE Source = '%[3]s' GROUP BY c),
seen AS (SELECT DISTINCT Collection AS c FROM "$Host"),
called AS (
  SELECT c, coalesce(hive.name, log.name, collector.name, CASE WHEN (SELECT count(*) FROM seen WHERE c <> '') > 1 THEN c END) AS name
  FROM seen LEFT JOIN hive USING (c) LEFT JOIN log USING (c) LEFT JOIN collector USING (c))
SELECT c, name FROM called WHERE name <> ''`, hostByHive, hostByLog, hostByCollector)
	c := &change{}
	c.set("DeviceName", "n.name")
	c.set("DeviceId", "sha1(n.name)")
	f.given("$named").rewrite("ScheduledTasks", c, fmt.Sprintf(`ScheduledTasks t JOIN "$Host" h ON h."$Source" = t."$Source" JOIN "$named" n ON n.c = h.Collection
WHERE t."$Origin" = '%s' AND split_part(t.DeviceName, '.', 1) <> split_part(n.name, '.', 1)`, originFile))
	f.drop("$named")
}
