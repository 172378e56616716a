package duckdb

import (
	"fmt"
	"strings"

	"github.com/goshawk-hunt/goshawk/kql/sqlgen"
)

// seriesTemplates write the functions of series: arrays of numbers, computed in Go.
var seriesTemplates = merge(seriesBinary(), seriesUnary(), map[string]sqlgen.Template{
	"series_cosine_similarity":   seriesCosine,
	"series_dot_product":         withDynamic(goFunc("series_dot_product")),
	"series_fill_backward":       seriesArgs("series_fill_backward", 2),
	"series_fill_const":          seriesArgs("series_fill_const", 3),
	"series_fill_forward":        seriesArgs("series_fill_forward", 2),
	"series_fill_linear":         seriesArgs("series_fill_linear", 4),
	"series_fir":                 seriesArgs("series_fir", 4),
	"series_fft":                 seriesArgs("series_fft", 2),
	"series_fit_2lines":          goFunc("series_fit_2lines"),
	"series_fit_2lines_dynamic":  goFunc("series_fit_2lines_dynamic"),
	"series_fit_line":            goFunc("series_fit_line"),
	"series_fit_line_dynamic":    goFunc("series_fit_line_dynamic"),
	"series_fit_poly":            seriesArgs("series_fit_poly", 3),
	"series_ifft":                seriesArgs("series_ifft", 2),
	"series_iir":                 withDynamic(goFunc("series_iir")),
	"series_outliers":            onlyCustomTukey("series_outliers", 2, 1),
	"series_pearson_correlation": goFunc("series_pearson_correlation"),
	"series_seasonal":            seriesArgs("series_seasonal", 3),
	"series_stats":               seriesArgs("series_stats", 2),
	"series_stats_dynamic":       seriesArgs("series_stats_dynamic", 2),
	"series_decompose":           seriesArgs("series_decompose", 5),
	"series_decompose_anomalies": onlyCustomTukey("series_decompose_anomalies", 7, 5),
	"series_decompose_forecast":  seriesArgs("series_decompose_forecast", 5),
})

// seriesBinary are the functions of two series, or of a series and a number.
func seriesBinary() map[string]sqlgen.Template {
	m := map[string]sqlgen.Template{}
	for _, op := range []string{"add", "divide", "equals", "greater", "greater_equals", "less", "less_equals", "multiply", "not_equals", "pow", "subtract"} {
		m["series_"+op] = withDynamic(goFunc("series_" + op))
	}
	return m
}

// seriesUnary are the functions of the elements of one series.
func seriesUnary() map[string]sqlgen.Template {
	m := map[string]sqlgen.Template{}
	for _, op := range []string{"abs", "acos", "asin", "atan", "ceiling", "cos", "exp", "floor", "log", "magnitude", "product", "sign", "sin", "sum", "tan"} {
		m["series_"+op] = goFunc("series_" + op)
	}
	return m
}

// seriesArgs passes arguments as dynamic values; those left out are null.
func seriesArgs(name string, n int) sqlgen.Template {
	return func(c sqlgen.Call) (string, error) {
		args := allDynamic(c.Args)
		if len(args) > n {
			return "", fmt.Errorf("with %d arguments is not supported", len(args))
		}
		for len(args) < n {
			args = append(args, sqlgen.Operand{SQL: "CAST(NULL AS VARCHAR)"})
		}
		return goCall(name, args...), nil
	}
}

// seriesCosine leaves out the magnitudes that a call may bring along: they only save time.
func seriesCosine(c sqlgen.Call) (string, error) {
	return goCall("series_cosine_similarity", c.Args[:2]...), nil
}

// onlyCustomTukey refuses the outlier tests other than the default one: their scale is not published.
func onlyCustomTukey(name string, n, kind int) sqlgen.Template {
	t := seriesArgs(name, n)
	return func(c sqlgen.Call) (string, error) {
		if len(c.Args) > kind {
			if s, ok := constText(c.Args[kind]); !ok || s != "" && !strings.EqualFold(s, "ctukey") {
				return "", fmt.Errorf("knows the outlier test ctukey only")
			}
		}
		return t(c)
	}
}
