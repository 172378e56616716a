package builtin

import "github.com/goshawk-hunt/goshawk/kql/types"

// conversionFunctions are the functions of conversions.
var conversionFunctions = []Function{
	{
		Name: "convert_angle", Kind: Scalar,
		Overloads: []Overload{
			sig(Fixed(types.Real), par("value", types.Real), par("from", types.String), par("to", types.String)),
		},
		Doc:     "Converts an angle between units.",
		Example: `print convert_angle(180, "Degree", "Radian")`,
		Page:    "convert-angle-function",
	},
	{
		Name: "convert_energy", Kind: Scalar,
		Overloads: []Overload{
			sig(Fixed(types.Real), par("value", types.Real), par("from", types.String), par("to", types.String)),
		},
		Doc:     "Converts an energy between units.",
		Example: `print convert_energy(1, "Kilojoule", "Joule")`,
		Page:    "convert-energy-function",
	},
	{
		Name: "convert_force", Kind: Scalar,
		Overloads: []Overload{
			sig(Fixed(types.Real), par("value", types.Real), par("from", types.String), par("to", types.String)),
		},
		Doc:     "Converts a force between units.",
		Example: `print convert_force(1, "Kilonewton", "Newton")`,
		Page:    "convert-force-function",
	},
	{
		Name: "convert_length", Kind: Scalar,
		Overloads: []Overload{
			sig(Fixed(types.Real), par("value", types.Real), par("from", types.String), par("to", types.String)),
		},
		Doc:     "Converts a length between units.",
		Example: `print convert_length(1, "Kilometer", "Meter")`,
		Page:    "convert-length-function",
	},
	{
		Name: "convert_mass", Kind: Scalar,
		Overloads: []Overload{
			sig(Fixed(types.Real), par("value", types.Real), par("from", types.String), par("to", types.String)),
		},
		Doc:     "Converts a mass between units.",
		Example: `print convert_mass(1, "Kilogram", "Gram")`,
		Page:    "convert-mass-function",
	},
	{
		Name: "convert_speed", Kind: Scalar,
		Overloads: []Overload{
			sig(Fixed(types.Real), par("value", types.Real), par("from", types.String), par("to", types.String)),
		},
		Doc:     "Converts a speed between units.",
		Example: `print convert_speed(1, "MeterPerSecond", "KilometerPerHour")`,
		Page:    "convert-speed-function",
	},
	{
		Name: "convert_temperature", Kind: Scalar,
		Overloads: []Overload{
			sig(Fixed(types.Real), par("value", types.Real), par("from", types.String), par("to", types.String)),
		},
		Doc:     "Converts a temperature between units.",
		Example: `print convert_temperature(20, "DegreeCelsius", "Kelvin")`,
		Page:    "convert-temperature-function",
	},
	{
		Name: "convert_volume", Kind: Scalar,
		Overloads: []Overload{
			sig(Fixed(types.Real), par("value", types.Real), par("from", types.String), par("to", types.String)),
		},
		Doc:     "Converts a volume between units.",
		Example: `print convert_volume(1, "CubicMeter", "Liter")`,
		Page:    "convert-volume-function",
	},
	{
		Name: "format_bytes", Kind: Scalar,
		Naming: NameFirstArg,
		Overloads: []Overload{
			sig(Fixed(types.String), par("size", numbers...), opt(constant(par("precision", numbers...))), opt(constant(par("format", types.String)))),
		},
		Doc:     "Writes a number of bytes with a unit.",
		Example: "print format_bytes(1536, 1)",
		Page:    "format-bytes-function",
	},
	{
		Name: "gettype", Kind: Scalar,
		Naming: NamePrefixArg, Prefix: "type",
		Overloads: []Overload{
			sig(Fixed(types.String), par("value")),
		},
		Doc:     "Names the run-time type of a value.",
		Example: "print gettype(dynamic([1]))",
		Page:    "gettype-function",
	},
	{
		Name: "tobool", Kind: Scalar, Aliases: []string{"toboolean"},
		Naming: NameFirstArg,
		Overloads: []Overload{
			sig(Fixed(types.Bool), par("value")),
		},
		Doc:     "Converts a value to a bool, null if it is none.",
		Example: `print tobool("true")`,
		Page:    "tobool-function",
	},
	{
		Name: "todatetime", Kind: Scalar,
		Naming: NameFirstArg,
		Overloads: []Overload{
			sig(Fixed(types.DateTime), par("value")),
		},
		Doc:     "Converts a value to a datetime, null if it is none.",
		Example: `print todatetime("2024-01-31 12:00")`,
		Page:    "todatetime-function",
	},
	{
		Name: "todecimal", Kind: Scalar,
		Naming: NameFirstArg,
		Overloads: []Overload{
			sig(Fixed(types.Decimal), par("value")),
		},
		Doc:     "Converts a value to a decimal, null if it is none.",
		Example: `print todecimal("1.23")`,
		Page:    "todecimal-function",
	},
	{
		Name: "todouble", Kind: Scalar, Aliases: []string{"toreal"},
		Naming: NameFirstArg,
		Overloads: []Overload{
			sig(Fixed(types.Real), par("value")),
		},
		Doc:     "Converts a value to a real, null if it is none.",
		Example: `print todouble("1.5")`,
		Page:    "todouble-function",
	},
	{
		Name: "toguid", Kind: Scalar,
		Naming: NameFirstArg,
		Overloads: []Overload{
			sig(Fixed(types.GUID), par("value", texts...)),
		},
		Doc:     "Converts a string to a guid, null if it is none.",
		Example: `print toguid("6f9619ff-8b86-d011-b42d-00c04fc964ff")`,
		Page:    "toguid-function",
	},
	{
		Name: "tohex", Kind: Scalar,
		Naming: NameFirstArg,
		Overloads: []Overload{
			sig(Fixed(types.String), par("value", integers...), opt(par("minLength", integers...))),
		},
		Doc:     "Writes an integer in hexadecimal, with an optional least length.",
		Example: "print tohex(255, 4)",
		Page:    "tohex-function",
	},
	{
		Name: "toint", Kind: Scalar,
		Naming: NameFirstArg,
		Overloads: []Overload{
			sig(Fixed(types.Int), par("value")),
		},
		Doc:     "Converts a value to a 32-bit integer, null if it is none.",
		Example: `print toint("42")`,
		Page:    "toint-function",
	},
	{
		Name: "tolong", Kind: Scalar,
		Naming: NameFirstArg,
		Overloads: []Overload{
			sig(Fixed(types.Long), par("value")),
		},
		Doc:     "Converts a value to a 64-bit integer, null if it is none.",
		Example: `print tolong("42")`,
		Page:    "tolong-function",
	},
	{
		Name: "tostring", Kind: Scalar,
		Naming: NameFirstArg,
		Overloads: []Overload{
			sig(Fixed(types.String), par("value")),
		},
		Doc:     "Converts a value to a string.",
		Example: "print tostring(1.5)",
		Page:    "tostring-function",
	},
	{
		Name: "totimespan", Kind: Scalar, Aliases: []string{"totime"},
		Naming: NameFirstArg,
		Overloads: []Overload{
			sig(Fixed(types.TimeSpan), par("value")),
		},
		Doc:     "Converts a value to a timespan, null if it is none.",
		Example: `print totimespan("01:30:00")`,
		Page:    "totimespan-function",
	},
}
