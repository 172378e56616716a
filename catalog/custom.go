package catalog

import (
	"strings"

	"github.com/goshawk-hunt/goshawk/kql/types"
)

// CustomSuffix ends the name of every custom table of a workspace.
const CustomSuffix = "_CL"

// Custom returns the columns that every custom table of a Log Analytics workspace has.
func Custom() types.Schema {
	return types.Schema{
		{Name: "TenantId", Type: types.String},
		{Name: "SourceSystem", Type: types.String},
		{Name: "MG", Type: types.String},
		{Name: "ManagementGroupName", Type: types.String},
		{Name: "TimeGenerated", Type: types.DateTime},
		{Name: "Computer", Type: types.String},
		{Name: "RawData", Type: types.String},
		{Name: "Type", Type: types.String},
		{Name: "_ResourceId", Type: types.String},
	}
}

// CustomType is the type that the name of a column of a custom table tells: Azure
// Monitor's data collector ends each name with a letter for its type. Unknown if it
// tells none.
func CustomType(column string) types.Type {
	switch column {
	case "_TimeReceived":
		return types.DateTime
	case "_ItemId", "_SubscriptionId":
		return types.String
	case "_IsBillable":
		return types.String
	case "_BilledSize":
		return types.Real
	}
	i := strings.LastIndexByte(column, '_')
	if i < 1 {
		return types.Unknown
	}
	switch column[i:] {
	case "_s":
		return types.String
	case "_d":
		return types.Real
	case "_b":
		return types.Bool
	case "_t":
		return types.DateTime
	case "_g":
		return types.String
	}
	return types.Unknown
}
