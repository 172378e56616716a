package builtin

import "github.com/goshawk-hunt/goshawk/kql/types"

// seriesFunctions fit, fill, filter and describe a series as a whole.
var seriesFunctions = []Function{
	{
		Name: "series_cosine_similarity", Kind: Scalar,
		Overloads: []Overload{
			sig(Fixed(types.Real), par("series1", types.Dynamic), par("series2", types.Dynamic), opt(par("series1_magnitude", types.Real)), opt(par("series2_magnitude", types.Real))),
		},
		Doc:     "Gives the cosine of the angle between two series.",
		Example: "print series_cosine_similarity(dynamic([1, 2]), dynamic([3, 4]))",
		Page:    "series-cosine-similarity-function",
	},
	{
		Name: "series_decompose", Kind: Scalar,
		Naming: NameCustom, Prefix: "series_decompose", Parts: []types.Column{{Name: "baseline", Type: types.Dynamic}, {Name: "seasonal", Type: types.Dynamic}, {Name: "trend", Type: types.Dynamic}, {Name: "residual", Type: types.Dynamic}},
		Overloads: []Overload{
			sig(Fixed(types.Dynamic), par("series", types.Dynamic), opt(par("period", integers...)), opt(par("trend", types.String)), opt(par("test_points", integers...)), opt(par("seasonality_threshold", numbers...))),
		},
		Doc:     "Splits a series into baseline, season, trend and residual.",
		Example: "print a = dynamic([1, 2, 1, 2, 1, 2, 1, 2]) | project series_decompose(a, 2)",
		Page:    "series-decompose-function",
	},
	{
		Name: "series_decompose_anomalies", Kind: Scalar,
		Naming: NameCustom, Prefix: "series_decompose_anomalies", Parts: []types.Column{{Name: "ad_flag", Type: types.Dynamic}, {Name: "ad_score", Type: types.Dynamic}, {Name: "baseline", Type: types.Dynamic}},
		Overloads: []Overload{
			sig(Fixed(types.Dynamic), par("series", types.Dynamic), opt(par("threshold", numbers...)), opt(par("period", integers...)), opt(par("trend", types.String)), opt(par("test_points", integers...)), opt(par("method", types.String)), opt(par("seasonality_threshold", numbers...))),
		},
		Doc:     "Finds the anomalies of a series after removing season and trend.",
		Example: "print a = dynamic([1, 2, 1, 2, 1, 9, 1, 2, 1, 2]) | project series_decompose_anomalies(a, 1.5, 2)",
		Page:    "series-decompose-anomalies-function",
	},
	{
		Name: "series_decompose_forecast", Kind: Scalar,
		Naming: NameCustom, Prefix: "series_decompose_forecast", Parts: []types.Column{{Name: "baseline", Type: types.Dynamic}, {Name: "seasonal", Type: types.Dynamic}, {Name: "trend", Type: types.Dynamic}, {Name: "residual", Type: types.Dynamic}},
		Overloads: []Overload{
			sig(Fixed(types.Dynamic), par("series", types.Dynamic), par("test_points", integers...), opt(par("period", integers...)), opt(par("trend", types.String)), opt(par("seasonality_threshold", numbers...))),
		},
		Doc:     "Forecasts the end of a series from its season and trend.",
		Example: "print a = dynamic([1, 2, 1, 2, 1, 2, 1, 2, 0, 0]) | project series_decompose_forecast(a, 2, 2)",
		Page:    "series-decompose-forecast-function",
	},
	{
		Name: "series_dot_product", Kind: Scalar,
		Overloads: []Overload{
			sig(Fixed(types.Real), par("series1", types.Dynamic), par("series2", types.Dynamic)),
			sig(Fixed(types.Real), par("series1", types.Dynamic), par("series2", numbers...)),
			sig(Fixed(types.Real), par("series1", numbers...), par("series2", types.Dynamic)),
		},
		Doc:     "Gives the dot product of two series.",
		Example: "print series_dot_product(dynamic([1, 2]), dynamic([3, 4]))",
		Page:    "series-dot-product-function",
	},
	{
		Name: "series_fft", Kind: Scalar,
		Naming: NameCustom, Prefix: "series_fft", Parts: []types.Column{{Name: "real", Type: types.Dynamic}, {Name: "imag", Type: types.Dynamic}},
		Overloads: []Overload{
			sig(Fixed(types.Dynamic), par("series", types.Dynamic), opt(par("series_imaginary", types.Dynamic))),
		},
		Doc:     "Gives the fast Fourier transform of a series as columns of real and imaginary parts.",
		Example: "print a = dynamic([1, 2, 3, 4]) | project series_fft(a)",
		Page:    "series-fft-function",
	},
	{
		Name: "series_fill_backward", Kind: Scalar,
		Naming: NameFirstArg,
		Overloads: []Overload{
			sig(SameAs(0), par("series", types.Dynamic), opt(par("missing_value_placeholder", numbers...))),
		},
		Doc:     "Fills missing values with the next one.",
		Example: "print series_fill_backward(dynamic([1, null, 3]))",
		Page:    "series-fill-backward-function",
	},
	{
		Name: "series_fill_const", Kind: Scalar,
		Naming: NameFirstArg,
		Overloads: []Overload{
			sig(SameAs(0), par("series", types.Dynamic), opt(par("constant_value", numbers...)), opt(par("missing_value_placeholder", numbers...))),
		},
		Doc:     "Fills missing values with a constant.",
		Example: "print series_fill_const(dynamic([1, null, 3]), 0)",
		Page:    "series-fill-const-function",
	},
	{
		Name: "series_fill_forward", Kind: Scalar,
		Naming: NameFirstArg,
		Overloads: []Overload{
			sig(SameAs(0), par("series", types.Dynamic), opt(par("missing_value_placeholder", numbers...))),
		},
		Doc:     "Fills missing values with the last one.",
		Example: "print series_fill_forward(dynamic([1, null, 3]))",
		Page:    "series-fill-forward-function",
	},
	{
		Name: "series_fill_linear", Kind: Scalar,
		Naming: NameFirstArg,
		Overloads: []Overload{
			sig(SameAs(0), par("series", types.Dynamic), opt(par("missing_value_placeholder", numbers...)), opt(par("fill_edges", types.Bool)), opt(par("constant_value", numbers...))),
		},
		Doc:     "Fills missing values by linear interpolation.",
		Example: "print series_fill_linear(dynamic([1, null, 3]))",
		Page:    "series-fill-linear-function",
	},
	{
		Name: "series_fir", Kind: Scalar,
		Naming: NameFirstArg,
		Overloads: []Overload{
			sig(Fixed(types.Dynamic), par("series", types.Dynamic), par("filter", types.Dynamic), opt(par("normalize", types.Bool)), opt(par("center", types.Bool))),
		},
		Doc:     "Filters a series with a finite impulse response.",
		Example: "print series_fir(dynamic([1, 2, 3]), dynamic([1, 1]))",
		Page:    "series-fir-function",
	},
	{
		Name: "series_fit_2lines", Kind: Scalar,
		Naming: NameCustom, Prefix: "series_fit_2lines", Parts: []types.Column{{Name: "rsquare", Type: types.Real}, {Name: "split_idx", Type: types.Long}, {Name: "variance", Type: types.Real}, {Name: "rvariance", Type: types.Real}, {Name: "line_fit", Type: types.Dynamic}, {Name: "right_rsquare", Type: types.Real}, {Name: "right_slope", Type: types.Real}, {Name: "right_interception", Type: types.Real}, {Name: "right_variance", Type: types.Real}, {Name: "right_rvariance", Type: types.Real}, {Name: "left_rsquare", Type: types.Real}, {Name: "left_slope", Type: types.Real}, {Name: "left_interception", Type: types.Real}, {Name: "left_variance", Type: types.Real}, {Name: "left_rvariance", Type: types.Real}},
		Overloads: []Overload{
			sig(Fixed(types.Dynamic), par("array", types.Dynamic)),
		},
		Doc:     "Fits two lines to a series and gives their measures as columns.",
		Example: "print a = dynamic([1, 2, 3, 9, 8, 7]) | project series_fit_2lines(a)",
		Page:    "series-fit-2lines-function",
	},
	{
		Name: "series_fit_2lines_dynamic", Kind: Scalar,
		Overloads: []Overload{
			sig(Fixed(types.Dynamic), par("series", types.Dynamic)),
		},
		Doc:     "Fits two lines to a series and gives their measures as a property bag.",
		Example: "print series_fit_2lines_dynamic(dynamic([1, 2, 3, 9, 8, 7]))",
		Page:    "series-fit-2lines-dynamic-function",
	},
	{
		Name: "series_fit_line", Kind: Scalar,
		Naming: NameCustom, Prefix: "series_fit_line", Parts: []types.Column{{Name: "rsquare", Type: types.Real}, {Name: "slope", Type: types.Real}, {Name: "variance", Type: types.Real}, {Name: "rvariance", Type: types.Real}, {Name: "interception", Type: types.Real}, {Name: "line_fit", Type: types.Dynamic}},
		Overloads: []Overload{
			sig(Fixed(types.Dynamic), par("series", types.Dynamic)),
		},
		Doc:     "Fits a line to a series and gives its measures as columns.",
		Example: "print a = dynamic([1, 2, 4]) | project series_fit_line(a)",
		Page:    "series-fit-line-function",
	},
	{
		Name: "series_fit_line_dynamic", Kind: Scalar,
		Overloads: []Overload{
			sig(Fixed(types.Dynamic), par("series", types.Dynamic)),
		},
		Doc:     "Fits a line to a series and gives its measures as a property bag.",
		Example: "print series_fit_line_dynamic(dynamic([1, 2, 4]))",
		Page:    "series-fit-line-dynamic-function",
	},
	{
		Name: "series_fit_poly", Kind: Scalar,
		Naming: NameCustom, Prefix: "series_fit_poly", Parts: []types.Column{{Name: "rsquare", Type: types.Real}, {Name: "coefficients", Type: types.Dynamic}, {Name: "variance", Type: types.Real}, {Name: "rvariance", Type: types.Real}, {Name: "poly_fit", Type: types.Dynamic}},
		Overloads: []Overload{
			sig(Fixed(types.Dynamic), par("y_series", types.Dynamic), opt(par("x_series", types.Dynamic)), opt(par("degree", types.Int))),
		},
		Doc:     "Fits a polynomial to a series.",
		Example: "print a = dynamic([1, 4, 9, 16]) | project series_fit_poly(a)",
		Page:    "series-fit-poly-function",
	},
	{
		Name: "series_ifft", Kind: Scalar,
		Naming: NameCustom, Prefix: "series_ifft", Parts: []types.Column{{Name: "real", Type: types.Dynamic}, {Name: "imag", Type: types.Dynamic}},
		Overloads: []Overload{
			sig(Fixed(types.Dynamic), par("series", types.Dynamic), opt(par("series_imaginary", types.Dynamic))),
		},
		Doc:     "Gives the inverse of the fast Fourier transform.",
		Example: "print a = dynamic([10, -2, -2, -2]), b = dynamic([0, 2, 0, -2]) | project series_ifft(a, b)",
		Page:    "series-ifft-function",
	},
	{
		Name: "series_iir", Kind: Scalar,
		Naming: NameFirstArg,
		Overloads: []Overload{
			sig(Fixed(types.Dynamic), par("series", types.Dynamic), par("numerators", types.Dynamic), par("denominators", types.Dynamic)),
		},
		Doc:     "Filters a series with an infinite impulse response.",
		Example: "print series_iir(dynamic([1, 2, 3]), dynamic([1]), dynamic([1, -1]))",
		Page:    "series-iir-function",
	},
	{
		Name: "series_magnitude", Kind: Scalar,
		Overloads: []Overload{
			sig(Fixed(types.Real), par("series", types.Dynamic)),
		},
		Doc:     "Gives the Euclidean length of a series.",
		Example: "print series_magnitude(dynamic([3, 4]))",
		Page:    "series-magnitude-function",
	},
	{
		Name: "series_outliers", Kind: Scalar,
		Naming: NameFirstArg,
		Overloads: []Overload{
			sig(SameAs(0), par("series", types.Dynamic), opt(par("kind", types.String)), opt(par("ignore_val", numbers...))),
			sig(SameAs(0), par("series", types.Dynamic), par("kind", types.String), par("ignore_val", types.Real), par("min_percentile", types.Real), opt(par("max_percentile", types.Real)), opt(par("test_points", integers...))),
		},
		Doc:     "Scores the outliers of a series by Tukey's fences.",
		Example: "print series_outliers(dynamic([1, 2, 3, 2, 1, 50]))",
		Page:    "series-outliers-function",
	},
	{
		Name: "series_pearson_correlation", Kind: Scalar,
		Overloads: []Overload{
			sig(Fixed(types.Real), par("series1", types.Dynamic), par("series2", types.Dynamic)),
		},
		Doc:     "Gives the Pearson correlation of two series.",
		Example: "print series_pearson_correlation(dynamic([1, 2, 3]), dynamic([2, 4, 7]))",
		Page:    "series-pearson-correlation-function",
	},
	{
		Name: "series_periods_detect", Kind: Scalar,
		Naming: NameCustom, Prefix: "series_periods_detect", Parts: []types.Column{{Name: "periods", Type: types.Dynamic}, {Name: "scores", Type: types.Dynamic}},
		Overloads: []Overload{
			sig(Fixed(types.Dynamic), par("series", types.Dynamic), par("min_period", numbers...), par("max_period", numbers...), par("num_periods", types.Long)),
		},
		Unsupported: "how Kusto scores periods is not published",
		Doc:         "Finds the most significant periods of a series.",
		Example:     "print a = dynamic([0, 1, 0, 1, 0, 1, 0, 1]) | project series_periods_detect(a, 0.0, 4.0, 1)",
		Page:        "series-periods-detect-function",
	},
	{
		Name: "series_periods_validate", Kind: Scalar,
		Naming: NameCustom, Prefix: "series_periods_validate", Parts: []types.Column{{Name: "periods", Type: types.Dynamic}, {Name: "scores", Type: types.Dynamic}},
		Overloads: []Overload{
			many(17, Fixed(types.Dynamic), par("series", types.Dynamic), par("period", numbers...)),
		},
		Unsupported: "how Kusto scores periods is not published",
		Doc:         "Scores given periods of a series.",
		Example:     "print a = dynamic([0, 1, 0, 1, 0, 1, 0, 1]) | project series_periods_validate(a, 2.0)",
		Page:        "series-periods-validate-function",
	},
	{
		Name: "series_product", Kind: Scalar,
		Overloads: []Overload{
			sig(Fixed(types.Real), par("series", types.Dynamic)),
		},
		Doc:     "Multiplies the elements of a series.",
		Example: "print series_product(dynamic([1, 2, 3]))",
		Page:    "series-product-function",
	},
	{
		Name: "series_seasonal", Kind: Scalar,
		Overloads: []Overload{
			sig(Fixed(types.Dynamic), par("series", types.Dynamic)),
			sig(Fixed(types.Dynamic), par("series", types.Dynamic), par("period", integers...)),
			sig(Fixed(types.Dynamic), par("series", types.Dynamic), par("period", integers...), par("test_points", integers...)),
		},
		Doc:     "Gives the seasonal component of a series.",
		Example: "print series_seasonal(dynamic([2, 5, 3, 4, 3, 2, 1, 2, 3, 4, 3, 2, 1, 2, 3, 4, 3, 2]), 6)",
		Page:    "series-seasonal-function",
	},
	{
		Name: "series_stats", Kind: Scalar,
		Naming: NameCustom, Prefix: "series_stats", Parts: []types.Column{{Name: "min", Type: types.Real}, {Name: "min_idx", Type: types.Long}, {Name: "max", Type: types.Real}, {Name: "max_idx", Type: types.Long}, {Name: "avg", Type: types.Real}, {Name: "stdev", Type: types.Real}, {Name: "variance", Type: types.Real}},
		Overloads: []Overload{
			sig(Fixed(types.Dynamic), par("series", types.Dynamic), opt(constant(par("ignore_nonfinite", types.Bool)))),
		},
		Doc:     "Gives minimum, maximum, their positions, average, deviation and variance of a series as columns.",
		Example: "print a = dynamic([1, 2, 3]) | project series_stats(a)",
		Page:    "series-stats-function",
	},
	{
		Name: "series_stats_dynamic", Kind: Scalar,
		Overloads: []Overload{
			sig(Fixed(types.Dynamic), par("series", types.Dynamic), opt(constant(par("ignore_nonfinite", types.Bool)))),
		},
		Doc:     "Gives the statistics of a series as a property bag.",
		Example: "print series_stats_dynamic(dynamic([1, 2, 3]))",
		Page:    "series-stats-dynamic-function",
	},
	{
		Name: "series_sum", Kind: Scalar, Aliases: []string{"array_sum"},
		Overloads: []Overload{
			sig(Fixed(types.Real), par("series", types.Dynamic)),
		},
		Doc:     "Sums the elements of a series.",
		Example: "print series_sum(dynamic([1, 2, 3]))",
		Page:    "series-sum-function",
	},
}
