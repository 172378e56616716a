// Package rowstep holds the steps of a program that compute their rows in Go: the
// plugins and operators for which SQL has nothing.
package rowstep

import (
	"fmt"

	"github.com/goshawk-hunt/goshawk/kql/sqlgen"
	"github.com/goshawk-hunt/goshawk/kql/types"
)

// Plugins returns the steps by the name of the plan.Plugin that they compute.
func Plugins() map[string]sqlgen.PluginFunc {
	return map[string]sqlgen.PluginFunc{
		"active_users_count":         activeUsers,
		"activity_counts_metrics":    activityCounts,
		"activity_engagement":        activityEngagement,
		"activity_metrics":           activityMetrics,
		"autocluster":                autocluster,
		"bag_unpack":                 bagUnpack,
		"basket":                     basket,
		"dcount_intersect":           dcountIntersect,
		"diffpatterns":               diffpatterns,
		"diffpatterns_text":          diffpatternsText,
		"funnel_sequence":            funnelSequence,
		"funnel_sequence_completion": funnelCompletion,
		"geo_line_lookup":            geoLookup,
		"geo_polygon_lookup":         geoLookup,
		"graph-mark-components":      markComponents,
		"graph-match":                graphMatch,
		"graph-shortest-paths":       graphShortestPaths,
		"ipv4_lookup":                ipLookup,
		"ipv6_lookup":                ipLookup,
		"narrow":                     narrow,
		"new_activity_metrics":       newActivity,
		"reduce":                     reduce,
		"rolling_percentile":         rollingPercentile,
		"rows_near":                  rowsNear,
		"scan":                       scan,
		"schema_merge":               schemaMerge,
		"sequence_detect":            sequenceDetect,
		"session_count":              sessionCount,
		"sliding_window_counts":      slidingCounts,
		"top-hitters":                topHitters,
	}
}

// Windows returns the window functions that are steps.
func Windows() map[string]sqlgen.PluginFunc {
	return map[string]sqlgen.PluginFunc{"row_window_session": session}
}

// maxRows bounds the rows that a step which needs them all at once may hold.
const maxRows = 10_000_000

// all reads the rows that are left; their strings are kept.
func all(rows sqlgen.Rows) ([][]types.Value, error) {
	if rows == nil {
		return nil, nil
	}
	var list [][]types.Value
	var block []types.Value // rows share their memory
	for {
		row, err := rows.Next()
		if err != nil || row == nil {
			return list, err
		}
		if len(list) == maxRows {
			return nil, fmt.Errorf("the operator needs all of its rows at once, and there are more than %d", maxRows)
		}
		if cap(block)-len(block) < len(row) {
			block = make([]types.Value, 0, max(len(row), 4096))
		}
		start := len(block)
		block = append(block, row...)
		list = append(list, block[start:len(block):len(block)])
	}
}

// each calls f for every row.
func each(rows sqlgen.Rows, f func(row []types.Value) error) error {
	for {
		row, err := rows.Next()
		if err != nil || row == nil {
			return err
		}
		if err := f(row); err != nil {
			return err
		}
	}
}

// columnIndex returns where the column of an argument stands in the input.
func columnIndex(arg sqlgen.Operand, in types.Schema) (int, error) {
	i := in.Index(arg.Column)
	if i < 0 {
		return 0, fmt.Errorf("the argument must be a column")
	}
	return i, nil
}

// constant returns the constant value of argument i, or null if it is left out.
func constant(args []sqlgen.Operand, i int) (types.Value, error) {
	if i >= len(args) {
		return types.Value{Null: true}, nil
	}
	if args[i].Const == nil {
		return types.Value{}, fmt.Errorf("argument %d must be constant", i+1)
	}
	return *args[i].Const, nil
}
