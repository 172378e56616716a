package hunt

import (
	"context"
	"fmt"
	"regexp"
	"slices"
	"sort"
	"strings"

	"github.com/goshawk-hunt/goshawk/finding"
	"github.com/goshawk-hunt/goshawk/hunt/cell"
	"github.com/goshawk-hunt/goshawk/kql/types"
)

// Sight says how much of what a rule lives on a case holds.
type Sight string

const (
	Runnable Sight = "runnable" // every need is met
	Partial  Sight = "partial"  // some needs are met
	Blind    Sight = "blind"    // no need is met: no rows mean nothing
	Unknown  Sight = "unknown"  // the rule doesn't say what it needs, or the case couldn't be asked
)

// Coverage says which evidence the case held, per device.
type Coverage struct {
	Devices []DeviceCoverage `json:"devices"`
	// Hunts say on how many devices each hunt can see.
	Hunts []HuntCoverage `json:"hunts,omitempty"`
	// Lacks are what devices don't have though hunts live on it, the most telling first.
	Lacks []Lack `json:"lacks,omitempty"`
	// Logs, Cleared and Definitions are what the logs hold and lack.
	Logs        []Log      `json:"logs,omitempty"`
	Cleared     []Clearing `json:"cleared,omitempty"`
	Definitions []Fill     `json:"definitions,omitempty"`
	// Err says why the case couldn't be asked, "" if it could.
	Err string `json:"error,omitempty"`

	anywhere map[string]int  // kind -> rows that name no device
	unasked  map[string]bool // kinds that are none: the case can't be asked for them
}

// DeviceCoverage is the evidence of one device.
type DeviceCoverage struct {
	Device string         `json:"device"`
	First  finding.Time   `json:"first"`
	Last   finding.Time   `json:"last"`
	Kinds  map[string]int `json:"kinds"` // kind -> rows
	Tables map[string]int `json:"tables"`
	// Sights say for each hunt, by its id, whether it can see on the device.
	Sights map[string]Sight `json:"sights,omitempty"`
}

// Has reports whether any device has rows of a kind.
func (c *Coverage) Has(kind string) bool {
	if c.anywhere[kind] > 0 {
		return true
	}
	for i := range c.Devices {
		if c.Devices[i].Kinds[kind] > 0 {
			return true
		}
	}
	return false
}

// Blind returns the devices that have no row of any of the kinds, sorted.
func (c *Coverage) Blind(kinds []string) []string {
	var out []string
	for _, d := range c.Devices {
		n := 0
		for _, k := range kinds {
			n += d.Kinds[k]
		}
		if n == 0 {
			out = append(out, d.Device)
		}
	}
	return out
}

// sight judges one rule by the coverage.
func (c *Coverage) sight(r *Rule) (Sight, []string) {
	needs := c.needs(r)
	if c.Err != "" || len(needs) == 0 {
		return Unknown, nil
	}
	met := 0
	var missing []string
	for _, n := range needs {
		have := false
		var enable []string
		for _, name := range n.Any {
			have = have || c.Has(name)
			enable = append(enable, kindOf(name).Enable)
		}
		if have {
			met++
			if blind := c.Blind(n.Any); len(blind) > 0 {
				missing = append(missing, fmt.Sprintf("%s: %d of %d devices have none (%s)", n.For, len(blind), len(c.Devices), abridge(blind, 5)))
			}
			continue
		}
		missing = append(missing, fmt.Sprintf("%s: none of %s in the case; to have it: %s", n.For, strings.Join(n.Any, ", "), strings.Join(enable, "; or ")))
	}
	switch {
	case met == len(needs):
		return Runnable, missing
	case met == 0:
		return Blind, missing
	}
	return Partial, missing
}

// tableName is what the name of a table looks like.
var tableName = regexp.MustCompile(`^[A-Za-z]\w{0,99}$`)

// needsOf derives what a rule lives on from the tables that it reads: those that are among
// the kinds, and others by their rows. What a team keeps beside the evidence is none.
func needsOf(tables []string) []Need {
	var out []Need
	seen := map[string]bool{"TaskBaseline": true}
	for _, t := range tables {
		if seen[t] || !tableName.MatchString(t) {
			continue
		}
		seen[t] = true
		name := t
		for _, k := range Kinds {
			if k.Table == t && len(k.Actions) == 0 {
				name = k.Name
			}
		}
		out = append(out, Need{For: "rows of " + t, Any: []string{name}})
	}
	return out
}

// abridge joins at most n names and says how many more there are.
func abridge(names []string, n int) string {
	shown := slices.Clone(names[:min(n, len(names))])
	for i, name := range shown {
		if name == "" {
			shown[i] = "what names no device"
		}
	}
	text := strings.Join(shown, ", ")
	if more := len(names) - len(shown); more > 0 {
		text += fmt.Sprintf(" and %d more", more)
	}
	return text
}

// eventsQuery counts the raw Windows events by device, channel and id.
const eventsQuery = `WindowsEvent
| summarize Rows = count(), First = min(TimeGenerated), Last = max(TimeGenerated) by Computer, Channel, EventID`

// tableQuery counts the rows of a table by device and, where it has one, ActionType.
func tableQuery(k Kind) string {
	table := k.Table
	if k.Where != "" {
		table += "\n| where " + k.Where
	}
	if len(k.Actions) == 0 {
		return table + "\n| summarize Rows = count(), First = min(Timestamp), Last = max(Timestamp) by DeviceName"
	}
	quoted := make([]string, len(k.Actions))
	for i, a := range k.Actions {
		quoted[i] = `"` + a + `"`
	}
	return table + "\n| where ActionType in (" + strings.Join(quoted, ", ") + ")\n" +
		"| summarize Rows = count(), First = min(Timestamp), Last = max(Timestamp) by DeviceName"
}

// rowsQuery counts the rows of a table by device, whatever column names it.
const rowsQuery = `%s
| extend DeviceName = tostring(column_ifexists("DeviceName", column_ifexists("Computer", "")))
| summarize Rows = count() by DeviceName`

// maxTables bounds the tables that are asked for besides the kinds.
const maxTables = 50

// others asks for the tables that rules live on and that are no kind of their own.
func (c *Coverage) others(ctx context.Context, q Querier, rules []Rule, device func(string) *DeviceCoverage) {
	c.anywhere, c.unasked = map[string]int{}, map[string]bool{}
	asked := map[string]bool{}
	for i := range rules {
		for _, n := range rules[i].needs() {
			for _, name := range n.Any {
				if _, ok := kindByName(name); ok || asked[name] || ctx.Err() != nil {
					continue
				}
				asked[name] = true
				if len(asked) > maxTables {
					c.unasked[name] = true
					continue
				}
				schema, rows, _, err := q.Query(ctx, "coverage: "+name, fmt.Sprintf(rowsQuery, name))
				if err != nil {
					c.unasked[name] = true
					continue
				}
				g := newReader(&Rule{}, schema)
				for _, row := range rows {
					g.Cells = row
					if on := cell.Plain(g.named("DeviceName")); on == "" {
						c.anywhere[name] += int(g.named("Rows").Int)
					} else {
						device(on).Kinds[name] += int(g.named("Rows").Int)
					}
				}
			}
		}
	}
}

// survey asks the case what evidence it holds, of that which the rules live on.
func survey(ctx context.Context, q Querier, rules []Rule) Coverage {
	var c Coverage
	devices := map[string]*DeviceCoverage{}
	device := func(name string) *DeviceCoverage {
		name = strings.ToLower(name)
		d := devices[name]
		if d == nil {
			d = &DeviceCoverage{Device: name, Kinds: map[string]int{}, Tables: map[string]int{}}
			devices[name] = d
		}
		return d
	}
	var failed []string
	schema, rows, _, err := q.Query(ctx, "coverage: WindowsEvent", eventsQuery)
	if err != nil {
		failed = append(failed, "WindowsEvent: "+err.Error())
	}
	for _, row := range rows {
		g := newReader(&Rule{}, schema)
		g.Cells = row
		d := device(cell.Plain(g.named("Computer")))
		n := int(g.named("Rows").Int)
		d.span(g.named("First"), g.named("Last"))
		channel, id := cell.Plain(g.named("Channel")), eventID(g.named("EventID"))
		d.Tables[channel] += n
		for _, k := range Kinds {
			if k.Channel != "" && strings.EqualFold(k.Channel, channel) && containsID(k.Events, id) {
				d.Kinds[k.Name] += n
			}
		}
	}
	for _, k := range Kinds {
		if k.Table == "" || ctx.Err() != nil {
			continue
		}
		schema, rows, _, err := q.Query(ctx, "coverage: "+k.Name, tableQuery(k))
		if err != nil {
			failed = append(failed, k.Table+": "+err.Error())
			continue
		}
		for _, row := range rows {
			g := newReader(&Rule{}, schema)
			g.Cells = row
			d := device(cell.Plain(g.named("DeviceName")))
			n := int(g.named("Rows").Int)
			d.Kinds[k.Name] += n
			d.Tables[k.Table] += n
			if k.Name == "task-store" {
				continue // its rows carry the time of the copy, not of what happened
			}
			d.span(g.named("First"), g.named("Last"))
		}
	}
	c.others(ctx, q, rules, device)
	for _, d := range devices {
		for kind, n := range c.anywhere { // rows of no device are no machine's alone
			d.Kinds[kind] += n
		}
		c.Devices = append(c.Devices, *d)
	}
	sort.Slice(c.Devices, func(i, j int) bool { return c.Devices[i].Device < c.Devices[j].Device })
	c.Err = strings.Join(failed, "; ")
	return c
}

// span widens the device's time span.
func (d *DeviceCoverage) span(first, last types.Value) {
	if !first.Null && first.Type == types.DateTime {
		if t := finding.FromTicks(first.Int); d.First.IsZero() || t.Before(d.First.Time) {
			d.First = t
		}
	}
	if !last.Null && last.Type == types.DateTime {
		if t := finding.FromTicks(last.Int); t.After(d.Last.Time) {
			d.Last = t
		}
	}
}

// named returns the row's value of a column by its exact name.
func (r *reader) named(column string) types.Value {
	if i, ok := r.byName[column]; ok && i < len(r.Cells) {
		return r.Cells[i]
	}
	return types.Value{Null: true}
}

func eventID(v types.Value) int64 {
	if v.Type == types.String || v.Type == types.Dynamic {
		var n int64
		fmt.Sscan(cell.Plain(v), &n)
		return n
	}
	return v.Int
}

func containsID(ids []int64, id int64) bool {
	for _, x := range ids {
		if x == id {
			return true
		}
	}
	return false
}
