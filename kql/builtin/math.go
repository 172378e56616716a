package builtin

import "github.com/goshawk-hunt/goshawk/kql/types"

// mathFunctions are the functions of mathematics.
var mathFunctions = []Function{
	{
		Name: "abs", Kind: Scalar,
		Naming: NameFirstArg,
		Overloads: []Overload{
			sig(Fixed(types.Long), par("number", integers...)),
			sig(SameAs(0), par("number", numbers...)),
			sig(Fixed(types.TimeSpan), par("number", types.TimeSpan)),
		},
		Doc:     "Gives the absolute value.",
		Example: "print abs(-5)",
		Page:    "abs-function",
	},
	{
		Name: "acos", Kind: Scalar,
		Naming: NameFirstArg,
		Overloads: []Overload{
			sig(Fixed(types.Real), par("number", numbers...)),
		},
		Doc:     "Gives the arc cosine.",
		Example: "print acos(1)",
		Page:    "acos-function",
	},
	{
		Name: "asin", Kind: Scalar,
		Naming: NameFirstArg,
		Overloads: []Overload{
			sig(Fixed(types.Real), par("number", numbers...)),
		},
		Doc:     "Gives the arc sine.",
		Example: "print asin(1)",
		Page:    "asin-function",
	},
	{
		Name: "atan", Kind: Scalar,
		Naming: NameFirstArg,
		Overloads: []Overload{
			sig(Fixed(types.Real), par("number", numbers...)),
		},
		Doc:     "Gives the arc tangent.",
		Example: "print atan(1)",
		Page:    "atan-function",
	},
	{
		Name: "atan2", Kind: Scalar,
		Naming: NameFirstArg,
		Overloads: []Overload{
			sig(Fixed(types.Real), par("y", numbers...), par("x", numbers...)),
		},
		Doc:     "Gives the angle of the point (x, y).",
		Example: "print atan2(1, 1)",
		Page:    "atan2-function",
	},
	{
		Name: "beta_cdf", Kind: Scalar,
		Overloads: []Overload{
			sig(Fixed(types.Real), par("x", numbers...), par("alpha", numbers...), par("beta", numbers...)),
		},
		Doc:     "Gives the cumulative beta distribution.",
		Example: "print beta_cdf(0.2, 10.0, 50.0)",
		Page:    "beta-cdf-function",
	},
	{
		Name: "beta_inv", Kind: Scalar,
		Overloads: []Overload{
			sig(Fixed(types.Real), par("probability", numbers...), par("alpha", numbers...), par("beta", numbers...)),
		},
		Doc:     "Gives the inverse of the cumulative beta distribution.",
		Example: "print beta_inv(0.1, 10.0, 50.0)",
		Page:    "beta-inv-function",
	},
	{
		Name: "beta_pdf", Kind: Scalar,
		Overloads: []Overload{
			sig(Fixed(types.Real), par("x", numbers...), par("alpha", numbers...), par("beta", numbers...)),
		},
		Doc:     "Gives the density of the beta distribution.",
		Example: "print beta_pdf(0.5, 10.0, 20.0)",
		Page:    "beta-pdf-function",
	},
	{
		Name: "bin", Kind: Scalar, Aliases: []string{"floor"},
		Naming: NameFirstArg,
		Overloads: []Overload{
			sig(widest, par("value", numbers...), par("roundTo", numbers...)),
			sig(Fixed(types.TimeSpan), par("value", types.TimeSpan), par("roundTo", types.TimeSpan)),
			sig(Fixed(types.DateTime), par("value", types.DateTime), par("roundTo", types.DateTime)),
			sig(Fixed(types.DateTime), par("value", types.DateTime), par("roundTo", types.TimeSpan)),
		},
		Doc:     "Rounds down to a multiple of a size.",
		Example: "print bin(7, 5), bin(datetime(2024-01-31 12:34), 1h)",
		Page:    "bin-function",
	},
	{
		Name: "bin_at", Kind: Scalar,
		Naming: NameFirstArg,
		Overloads: []Overload{
			sig(widest, par("value", numbers...), par("bin_size", numbers...), par("fixed_point", numbers...)),
			sig(Fixed(types.TimeSpan), par("value", types.TimeSpan), par("bin_size", numbers...), par("fixed_point", types.TimeSpan)),
			sig(Fixed(types.TimeSpan), par("value", types.TimeSpan), par("bin_size", types.TimeSpan), par("fixed_point", types.TimeSpan)),
			sig(Fixed(types.DateTime), par("value", types.DateTime), par("bin_size", summables...), par("fixed_point", types.DateTime)),
		},
		Doc:     "Rounds down to a multiple of a size, counted from a fixed point.",
		Example: "print bin_at(6.5, 2.5, 7)",
		Page:    "bin-at-function",
	},
	{
		Name: "bin_auto", Kind: Scalar,
		Naming: NameFirstArg,
		Overloads: []Overload{
			sig(SameAs(0), par("value", summables...)),
		},
		Doc:     "Rounds down to the size set by query_bin_auto_size, counted from query_bin_auto_at.",
		Example: "set query_bin_auto_size = 5; print bin_auto(7)",
		Page:    "bin-auto-function",
	},
	{
		Name: "binary_and", Kind: Scalar,
		Naming: NameFirstArg,
		Overloads: []Overload{
			sig(Fixed(types.Long), par("value1", integers...), par("value2", integers...)),
		},
		Doc:     "Gives the bitwise and of two integers.",
		Example: "print binary_and(6, 3)",
		Page:    "binary-and-function",
	},
	{
		Name: "binary_not", Kind: Scalar,
		Naming: NameFirstArg,
		Overloads: []Overload{
			sig(Fixed(types.Long), par("value", integers...)),
		},
		Doc:     "Gives the bitwise complement of an integer.",
		Example: "print binary_not(6)",
		Page:    "binary-not-function",
	},
	{
		Name: "binary_or", Kind: Scalar,
		Naming: NameFirstArg,
		Overloads: []Overload{
			sig(Fixed(types.Long), par("value1", integers...), par("value2", integers...)),
		},
		Doc:     "Gives the bitwise or of two integers.",
		Example: "print binary_or(6, 3)",
		Page:    "binary-or-function",
	},
	{
		Name: "binary_shift_left", Kind: Scalar,
		Naming: NameFirstArg,
		Overloads: []Overload{
			sig(Fixed(types.Long), par("value", integers...), par("shift", integers...)),
		},
		Doc:     "Shifts an integer left.",
		Example: "print binary_shift_left(1, 4)",
		Page:    "binary-shift-left-function",
	},
	{
		Name: "binary_shift_right", Kind: Scalar,
		Naming: NameFirstArg,
		Overloads: []Overload{
			sig(Fixed(types.Long), par("value", integers...), par("shift", integers...)),
		},
		Doc:     "Shifts an integer right.",
		Example: "print binary_shift_right(8, 2)",
		Page:    "binary-shift-right-function",
	},
	{
		Name: "binary_xor", Kind: Scalar,
		Naming: NameFirstArg,
		Overloads: []Overload{
			sig(Fixed(types.Long), par("value1", integers...), par("value2", integers...)),
		},
		Doc:     "Gives the bitwise exclusive or of two integers.",
		Example: "print binary_xor(6, 3)",
		Page:    "binary-xor-function",
	},
	{
		Name: "bitset_count_ones", Kind: Scalar,
		Naming: NameFirstArg,
		Overloads: []Overload{
			sig(Fixed(types.Long), par("value", integers...)),
		},
		Doc:     "Counts the set bits of an integer.",
		Example: "print bitset_count_ones(42)",
		Page:    "bitset-count-ones-function",
	},
	{
		Name: "ceiling", Kind: Scalar,
		Naming: NameFirstArg,
		Overloads: []Overload{
			sig(SameAs(0), par("number", numbers...)),
		},
		Doc:     "Rounds up to an integer.",
		Example: "print ceiling(1.2)",
		Page:    "ceiling-function",
	},
	{
		Name: "cos", Kind: Scalar,
		Naming: NameFirstArg,
		Overloads: []Overload{
			sig(Fixed(types.Real), par("number", numbers...)),
		},
		Doc:     "Gives the cosine of an angle in radians.",
		Example: "print cos(0)",
		Page:    "cos-function",
	},
	{
		Name: "cot", Kind: Scalar,
		Overloads: []Overload{
			sig(Fixed(types.Real), par("number", numbers...)),
		},
		Doc:     "Gives the cotangent of an angle in radians.",
		Example: "print cot(1)",
		Page:    "cot-function",
	},
	{
		Name: "degrees", Kind: Scalar,
		Overloads: []Overload{
			sig(Fixed(types.Real), par("radians", numbers...)),
		},
		Doc:     "Converts radians to degrees.",
		Example: "print degrees(pi())",
		Page:    "degrees-function",
	},
	{
		Name: "erf", Kind: Scalar,
		Naming: NameFirstArg,
		Overloads: []Overload{
			sig(Fixed(types.Real), par("number", numbers...)),
		},
		Doc:     "Gives the error function.",
		Example: "print erf(0.5)",
		Page:    "erf-function",
	},
	{
		Name: "erfc", Kind: Scalar,
		Naming: NameFirstArg,
		Overloads: []Overload{
			sig(Fixed(types.Real), par("number", numbers...)),
		},
		Doc:     "Gives the complementary error function.",
		Example: "print erfc(0.5)",
		Page:    "erfc-function",
	},
	{
		Name: "exp", Kind: Scalar,
		Naming: NameFirstArg,
		Overloads: []Overload{
			sig(Fixed(types.Real), par("number", numbers...)),
		},
		Doc:     "Raises e to a power.",
		Example: "print exp(1)",
		Page:    "exp-function",
	},
	{
		Name: "exp10", Kind: Scalar,
		Naming: NameFirstArg,
		Overloads: []Overload{
			sig(Fixed(types.Real), par("number", numbers...)),
		},
		Doc:     "Raises 10 to a power.",
		Example: "print exp10(3)",
		Page:    "exp10-function",
	},
	{
		Name: "exp2", Kind: Scalar,
		Naming: NameFirstArg,
		Overloads: []Overload{
			sig(Fixed(types.Real), par("number", numbers...)),
		},
		Doc:     "Raises 2 to a power.",
		Example: "print exp2(3)",
		Page:    "exp2-function",
	},
	{
		Name: "gamma", Kind: Scalar,
		Naming: NameFirstArg,
		Overloads: []Overload{
			sig(Fixed(types.Real), par("number", numbers...)),
		},
		Doc:     "Gives the gamma function.",
		Example: "print gamma(5)",
		Page:    "gamma-function",
	},
	{
		Name: "isfinite", Kind: Scalar,
		Overloads: []Overload{
			sig(Fixed(types.Bool), par("number", types.Real)),
		},
		Doc:     "Says whether a real is neither infinite nor NaN.",
		Example: "print isfinite(1.0)",
		Page:    "isfinite-function",
	},
	{
		Name: "isinf", Kind: Scalar,
		Overloads: []Overload{
			sig(Fixed(types.Bool), par("number", types.Real)),
		},
		Doc:     "Says whether a real is infinite.",
		Example: "print isinf(1.0 / 0.0)",
		Page:    "isinf-function",
	},
	{
		Name: "isnan", Kind: Scalar,
		Overloads: []Overload{
			sig(Fixed(types.Bool), par("number", types.Real)),
		},
		Doc:     "Says whether a real is not a number.",
		Example: "print isnan(0.0 / 0.0)",
		Page:    "isnan-function",
	},
	{
		Name: "log", Kind: Scalar,
		Naming: NameFirstArg,
		Overloads: []Overload{
			sig(Fixed(types.Real), par("number", numbers...)),
		},
		Doc:     "Gives the natural logarithm.",
		Example: "print log(10)",
		Page:    "log-function",
	},
	{
		Name: "log10", Kind: Scalar,
		Naming: NameFirstArg,
		Overloads: []Overload{
			sig(Fixed(types.Real), par("number", numbers...)),
		},
		Doc:     "Gives the logarithm to base 10.",
		Example: "print log10(1000)",
		Page:    "log10-function",
	},
	{
		Name: "log2", Kind: Scalar,
		Naming: NameFirstArg,
		Overloads: []Overload{
			sig(Fixed(types.Real), par("number", numbers...)),
		},
		Doc:     "Gives the logarithm to base 2.",
		Example: "print log2(8)",
		Page:    "log2-function",
	},
	{
		Name: "loggamma", Kind: Scalar,
		Naming: NameFirstArg,
		Overloads: []Overload{
			sig(Fixed(types.Real), par("number", numbers...)),
		},
		Doc:     "Gives the logarithm of the gamma function.",
		Example: "print loggamma(5)",
		Page:    "loggamma-function",
	},
	{
		Name: "new_guid", Kind: Scalar,
		Overloads: []Overload{
			sig(Fixed(types.GUID)),
		},
		Volatile: true,
		Doc:      "Gives a new random guid.",
		Example:  "print isnotempty(tostring(new_guid()))",
		Page:     "new-guid-function",
	},
	{
		Name: "pi", Kind: Scalar,
		Overloads: []Overload{
			sig(Fixed(types.Real)),
		},
		Doc:     "Gives the number pi.",
		Example: "print pi()",
		Page:    "pi-function",
	},
	{
		Name: "pow", Kind: Scalar,
		Naming: NameFirstArg,
		Overloads: []Overload{
			sig(Fixed(types.Real), par("base", numbers...), par("exponent", numbers...)),
		},
		Doc:     "Raises a number to a power.",
		Example: "print pow(2, 10)",
		Page:    "pow-function",
	},
	{
		Name: "radians", Kind: Scalar,
		Overloads: []Overload{
			sig(Fixed(types.Real), par("degrees", numbers...)),
		},
		Doc:     "Converts degrees to radians.",
		Example: "print radians(180)",
		Page:    "radians-function",
	},
	{
		Name: "rand", Kind: Scalar,
		Naming: NameFirstArg,
		Overloads: []Overload{
			sig(Fixed(types.Real), opt(par("number", integers...))),
		},
		Volatile: true,
		Doc:      "Gives a random real in [0, 1), or an integral one below a bound.",
		Example:  "print rand() < 1",
		Page:     "rand-function",
	},
	{
		Name: "round", Kind: Scalar,
		Naming: NameFirstArg,
		Overloads: []Overload{
			sig(SameAs(0), par("number", numbers...), opt(constant(par("precision", types.Long)))),
		},
		Doc:     "Rounds to a number of digits.",
		Example: "print round(2.567, 2)",
		Page:    "round-function",
	},
	{
		Name: "sign", Kind: Scalar,
		Overloads: []Overload{
			sig(Fixed(types.Real), par("number", numbers...)),
		},
		Doc:     "Gives the sign of a number: -1, 0 or 1.",
		Example: "print sign(-5)",
		Page:    "sign-function",
	},
	{
		Name: "sin", Kind: Scalar,
		Naming: NameFirstArg,
		Overloads: []Overload{
			sig(Fixed(types.Real), par("number", numbers...)),
		},
		Doc:     "Gives the sine of an angle in radians.",
		Example: "print sin(0)",
		Page:    "sin-function",
	},
	{
		Name: "sqrt", Kind: Scalar,
		Naming: NameFirstArg,
		Overloads: []Overload{
			sig(Fixed(types.Real), par("number", numbers...)),
		},
		Doc:     "Gives the square root.",
		Example: "print sqrt(9)",
		Page:    "sqrt-function",
	},
	{
		Name: "tan", Kind: Scalar,
		Naming: NameFirstArg,
		Overloads: []Overload{
			sig(Fixed(types.Real), par("number", numbers...)),
		},
		Doc:     "Gives the tangent of an angle in radians.",
		Example: "print tan(0)",
		Page:    "tan-function",
	},
	{
		Name: "welch_test", Kind: Scalar,
		Overloads: []Overload{
			sig(Fixed(types.Real), par("mean1", numbers...), par("variance1", numbers...), par("count1", numbers...), par("mean2", numbers...), par("variance2", numbers...), par("count2", numbers...)),
		},
		Doc:     "Gives the p-value of Welch's test of equal means.",
		Example: "print welch_test(1.0, 2.0, 30, 1.5, 2.0, 30)",
		Page:    "welch-test-function",
	},
}
