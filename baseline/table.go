package baseline

import (
	"github.com/goshawk-hunt/goshawk/finding"
	"github.com/goshawk-hunt/goshawk/kql/types"
)

// TableName is the table that hunts read a baseline from. It is in the catalogue, and
// empty without a baseline.
const TableName = "TaskBaseline"

// Rows returns the entries as rows of the table, in the order of the catalogue's columns:
// Kind, TaskKey, DefinitionKey, Command, Arguments, RunAs, Signer, FirstSeen, LastSeen,
// Devices, Definitions.
func (b *Baseline) Rows() [][]types.Value {
	definitions := b.Definitions()
	var rows [][]types.Value
	for _, e := range b.Entries() {
		n := types.Null(types.Long)
		if e.Kind == Task {
			n = types.Value{Type: types.Long, Int: int64(definitions[e.TaskKey])}
		}
		rows = append(rows, []types.Value{
			text(e.Kind), text(e.TaskKey), text(e.DefinitionKey), text(e.Command), text(e.Arguments), text(e.RunAs), text(e.Signer),
			moment(e.First), moment(e.Last), {Type: types.Long, Int: e.Devices.Count()}, n,
		})
	}
	return rows
}

func text(s string) types.Value { return types.Value{Type: types.String, Str: s} }

func moment(t finding.Time) types.Value {
	if t.IsZero() {
		return types.Null(types.DateTime)
	}
	return types.Value{Type: types.DateTime, Int: types.UnixEpoch + t.Unix()*types.TicksPerSecond + int64(t.Nanosecond())/100}
}
