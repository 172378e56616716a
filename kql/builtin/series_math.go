package builtin

import "github.com/goshawk-hunt/goshawk/kql/types"

// seriesMathFunctions compute with series element by element.
var seriesMathFunctions = []Function{
	{
		Name: "series_abs", Kind: Scalar,
		Overloads: []Overload{
			sig(SameAs(0), par("series", types.Dynamic)),
		},
		Doc:     "Gives the absolute value of each element.",
		Example: "print series_abs(dynamic([-2, 3]))",
		Page:    "series-abs-function",
	},
	{
		Name: "series_acos", Kind: Scalar,
		Overloads: []Overload{
			sig(Fixed(types.Dynamic), par("series", types.Dynamic)),
		},
		Doc:     "Gives the arc cosine of each element.",
		Example: "print series_acos(dynamic([0, 1]))",
		Page:    "series-acos-function",
	},
	{
		Name: "series_add", Kind: Scalar,
		Overloads: []Overload{
			sig(Fixed(types.Dynamic), par("series1", types.Dynamic), par("series2", types.Dynamic)),
			sig(Fixed(types.Dynamic), par("series1", types.Dynamic), par("series2", numbers...)),
			sig(Fixed(types.Dynamic), par("series1", numbers...), par("series2", types.Dynamic)),
		},
		Doc:     "Adds two series element by element.",
		Example: "print series_add(dynamic([1, 2]), dynamic([3, 4]))",
		Page:    "series-add-function",
	},
	{
		Name: "series_asin", Kind: Scalar,
		Overloads: []Overload{
			sig(Fixed(types.Dynamic), par("series", types.Dynamic)),
		},
		Doc:     "Gives the arc sine of each element.",
		Example: "print series_asin(dynamic([0, 1]))",
		Page:    "series-asin-function",
	},
	{
		Name: "series_atan", Kind: Scalar,
		Overloads: []Overload{
			sig(Fixed(types.Dynamic), par("series", types.Dynamic)),
		},
		Doc:     "Gives the arc tangent of each element.",
		Example: "print series_atan(dynamic([0, 1]))",
		Page:    "series-atan-function",
	},
	{
		Name: "series_ceiling", Kind: Scalar,
		Overloads: []Overload{
			sig(SameAs(0), par("series", types.Dynamic)),
		},
		Doc:     "Rounds each element up.",
		Example: "print series_ceiling(dynamic([1.5, -1.5]))",
		Page:    "series-ceiling-function",
	},
	{
		Name: "series_cos", Kind: Scalar,
		Overloads: []Overload{
			sig(Fixed(types.Dynamic), par("series", types.Dynamic)),
		},
		Doc:     "Gives the cosine of each element.",
		Example: "print series_cos(dynamic([0, 1]))",
		Page:    "series-cos-function",
	},
	{
		Name: "series_divide", Kind: Scalar,
		Overloads: []Overload{
			sig(Fixed(types.Dynamic), par("series1", types.Dynamic), par("series2", types.Dynamic)),
			sig(Fixed(types.Dynamic), par("series1", types.Dynamic), par("series2", numbers...)),
			sig(Fixed(types.Dynamic), par("series1", numbers...), par("series2", types.Dynamic)),
		},
		Doc:     "Divides two series element by element.",
		Example: "print series_divide(dynamic([1, 2]), dynamic([3, 4]))",
		Page:    "series-divide-function",
	},
	{
		Name: "series_equals", Kind: Scalar,
		Overloads: []Overload{
			sig(Fixed(types.Dynamic), par("series1", types.Dynamic), par("series2", types.Dynamic)),
			sig(Fixed(types.Dynamic), par("series1", types.Dynamic), par("series2", numbers...)),
			sig(Fixed(types.Dynamic), par("series1", numbers...), par("series2", types.Dynamic)),
		},
		Doc:     "Compares two series element by element.",
		Example: "print series_equals(dynamic([1, 2]), dynamic([2, 2]))",
		Page:    "series-equals-function",
	},
	{
		Name: "series_exp", Kind: Scalar,
		Overloads: []Overload{
			sig(Fixed(types.Dynamic), par("series", types.Dynamic)),
		},
		Doc:     "Raises e to each element.",
		Example: "print series_exp(dynamic([0, 1]))",
		Page:    "series-exp-function",
	},
	{
		Name: "series_floor", Kind: Scalar,
		Overloads: []Overload{
			sig(Fixed(types.Dynamic), par("series", types.Dynamic)),
		},
		Doc:     "Rounds each element down.",
		Example: "print series_floor(dynamic([1.5, -1.5]))",
		Page:    "series-floor-function",
	},
	{
		Name: "series_greater", Kind: Scalar,
		Overloads: []Overload{
			sig(Fixed(types.Dynamic), par("series1", types.Dynamic), par("series2", types.Dynamic)),
			sig(Fixed(types.Dynamic), par("series1", types.Dynamic), par("series2", numbers...)),
			sig(Fixed(types.Dynamic), par("series1", numbers...), par("series2", types.Dynamic)),
		},
		Doc:     "Compares two series element by element.",
		Example: "print series_greater(dynamic([1, 2]), dynamic([2, 1]))",
		Page:    "series-greater-function",
	},
	{
		Name: "series_greater_equals", Kind: Scalar,
		Overloads: []Overload{
			sig(Fixed(types.Dynamic), par("series1", types.Dynamic), par("series2", types.Dynamic)),
			sig(Fixed(types.Dynamic), par("series1", types.Dynamic), par("series2", numbers...)),
			sig(Fixed(types.Dynamic), par("series1", numbers...), par("series2", types.Dynamic)),
		},
		Doc:     "Compares two series element by element.",
		Example: "print series_greater_equals(dynamic([1, 2]), dynamic([2, 1]))",
		Page:    "series-greater-equals-function",
	},
	{
		Name: "series_less", Kind: Scalar,
		Overloads: []Overload{
			sig(Fixed(types.Dynamic), par("series1", types.Dynamic), par("series2", types.Dynamic)),
			sig(Fixed(types.Dynamic), par("series1", types.Dynamic), par("series2", numbers...)),
			sig(Fixed(types.Dynamic), par("series1", numbers...), par("series2", types.Dynamic)),
		},
		Doc:     "Compares two series element by element.",
		Example: "print series_less(dynamic([1, 2]), dynamic([2, 1]))",
		Page:    "series-less-function",
	},
	{
		Name: "series_less_equals", Kind: Scalar,
		Overloads: []Overload{
			sig(Fixed(types.Dynamic), par("series1", types.Dynamic), par("series2", types.Dynamic)),
			sig(Fixed(types.Dynamic), par("series1", types.Dynamic), par("series2", numbers...)),
			sig(Fixed(types.Dynamic), par("series1", numbers...), par("series2", types.Dynamic)),
		},
		Doc:     "Compares two series element by element.",
		Example: "print series_less_equals(dynamic([1, 2]), dynamic([2, 1]))",
		Page:    "series-less-equals-function",
	},
	{
		Name: "series_log", Kind: Scalar,
		Overloads: []Overload{
			sig(Fixed(types.Dynamic), par("series", types.Dynamic)),
		},
		Doc:     "Gives the natural logarithm of each element.",
		Example: "print series_log(dynamic([1, 2]))",
		Page:    "series-log-function",
	},
	{
		Name: "series_multiply", Kind: Scalar,
		Overloads: []Overload{
			sig(Fixed(types.Dynamic), par("series1", types.Dynamic), par("series2", types.Dynamic)),
			sig(Fixed(types.Dynamic), par("series1", types.Dynamic), par("series2", numbers...)),
			sig(Fixed(types.Dynamic), par("series1", numbers...), par("series2", types.Dynamic)),
		},
		Doc:     "Multiplies two series element by element.",
		Example: "print series_multiply(dynamic([1, 2]), dynamic([3, 4]))",
		Page:    "series-multiply-function",
	},
	{
		Name: "series_not_equals", Kind: Scalar,
		Overloads: []Overload{
			sig(Fixed(types.Dynamic), par("series1", types.Dynamic), par("series2", types.Dynamic)),
			sig(Fixed(types.Dynamic), par("series1", types.Dynamic), par("series2", numbers...)),
			sig(Fixed(types.Dynamic), par("series1", numbers...), par("series2", types.Dynamic)),
		},
		Doc:     "Compares two series element by element.",
		Example: "print series_not_equals(dynamic([1, 2]), dynamic([2, 2]))",
		Page:    "series-not-equals-function",
	},
	{
		Name: "series_pow", Kind: Scalar,
		Overloads: []Overload{
			sig(Fixed(types.Dynamic), par("series1", types.Dynamic), par("series2", types.Dynamic)),
			sig(Fixed(types.Dynamic), par("series1", types.Dynamic), par("series2", numbers...)),
			sig(Fixed(types.Dynamic), par("series1", numbers...), par("series2", types.Dynamic)),
		},
		Doc:     "Raises a series to the power of another element by element.",
		Example: "print series_pow(dynamic([1, 2]), dynamic([3, 4]))",
		Page:    "series-pow-function",
	},
	{
		Name: "series_sign", Kind: Scalar,
		Overloads: []Overload{
			sig(Fixed(types.Dynamic), par("series", types.Dynamic)),
		},
		Doc:     "Gives the sign of each element.",
		Example: "print series_sign(dynamic([-2, 3]))",
		Page:    "series-sign-function",
	},
	{
		Name: "series_sin", Kind: Scalar,
		Overloads: []Overload{
			sig(Fixed(types.Dynamic), par("series", types.Dynamic)),
		},
		Doc:     "Gives the sine of each element.",
		Example: "print series_sin(dynamic([0, 1]))",
		Page:    "series-sin-function",
	},
	{
		Name: "series_subtract", Kind: Scalar,
		Overloads: []Overload{
			sig(Fixed(types.Dynamic), par("series1", types.Dynamic), par("series2", types.Dynamic)),
			sig(Fixed(types.Dynamic), par("series1", types.Dynamic), par("series2", numbers...)),
			sig(Fixed(types.Dynamic), par("series1", numbers...), par("series2", types.Dynamic)),
		},
		Doc:     "Subtracts two series element by element.",
		Example: "print series_subtract(dynamic([1, 2]), dynamic([3, 4]))",
		Page:    "series-subtract-function",
	},
	{
		Name: "series_tan", Kind: Scalar,
		Overloads: []Overload{
			sig(Fixed(types.Dynamic), par("series", types.Dynamic)),
		},
		Doc:     "Gives the tangent of each element.",
		Example: "print series_tan(dynamic([0, 1]))",
		Page:    "series-tan-function",
	},
}
