package scalar

import (
	"math"

	"github.com/goshawk-hunt/goshawk/kql/types"
)

// unitFunctions convert between units; the tables give each unit in the base unit. The names
// are those of Kusto. So are the factors, which are rounded here and there: Kusto takes an
// acre-foot for 1/0.000810714 cubic metres.
var unitFunctions = []Function{
	{Name: "convert_angle", Params: []types.Type{types.Real, types.String, types.String}, Result: types.Real, Eval: convertAngle},
	unitFunction("convert_energy", energies),
	unitFunction("convert_force", forces),
	unitFunction("convert_length", lengths),
	unitFunction("convert_mass", masses),
	unitFunction("convert_speed", speeds()),
	{Name: "convert_temperature", Params: []types.Type{types.Real, types.String, types.String}, Result: types.Real, Eval: convertTemperature},
	unitFunction("convert_volume", volumes),
}

func unitFunction(name string, units map[string]float64) Function {
	return Function{Name: name, Params: []types.Type{types.Real, types.String, types.String}, Result: types.Real,
		Eval: func(a []types.Value) types.Value { return convertUnit(units, a[0], a[1].Str, a[2].Str) }}
}

func convertUnit(units map[string]float64, x types.Value, from, to string) types.Value {
	f, ok1 := units[from]
	t, ok2 := units[to]
	if x.Null || !ok1 || !ok2 {
		return nullReal
	}
	return realOf(x.Real * f / t)
}

// convertAngle knows tilt too, the sine of an angle.
func convertAngle(a []types.Value) types.Value {
	const tilt = "Tilt"
	x, from, to := a[0], a[1].Str, a[2].Str
	if from == tilt && !x.Null {
		x, from = realOf(math.Asin(x.Real)), "Radian"
	}
	if to != tilt {
		return convertUnit(angles, x, from, to)
	}
	if x = convertUnit(angles, x, from, "Radian"); x.Null {
		return x
	}
	return realOf(math.Sin(x.Real))
}

// scale is a temperature scale: so many kelvins a degree, and its zero in kelvins.
type scale struct{ degree, zero float64 }

var temperatures = map[string]scale{
	"DegreeCelsius": {1, 273.15}, "DegreeDelisle": {-2.0 / 3, 373.15}, "DegreeFahrenheit": {5.0 / 9, 459.67 * 5 / 9},
	"DegreeNewton": {100.0 / 33, 273.15}, "DegreeRankine": {5.0 / 9, 0}, "DegreeReaumur": {5.0 / 4, 273.15},
	"DegreeRoemer": {40.0 / 21, 273.15 - 7.5*40.0/21}, "Kelvin": {1, 0}, "MillidegreeCelsius": {1e-3, 273.15},
	"SolarTemperature": {5778, 0},
}

func convertTemperature(a []types.Value) types.Value {
	from, ok1 := temperatures[a[1].Str]
	to, ok2 := temperatures[a[2].Str]
	if a[0].Null || !ok1 || !ok2 {
		return nullReal
	}
	return realOf((a[0].Real*from.degree + from.zero - to.zero) / to.degree)
}

var angles = map[string]float64{ // degrees
	"Arcminute": 1.0 / 60, "Arcsecond": 1.0 / 3600, "Centiradian": 1.8 / math.Pi, "Deciradian": 18 / math.Pi,
	"Degree": 1, "Gradian": 0.9, "Microdegree": 1e-6, "Microradian": 180e-6 / math.Pi, "Millidegree": 1e-3,
	"Milliradian": 0.18 / math.Pi, "Nanodegree": 1e-9, "Nanoradian": 180e-9 / math.Pi, "NatoMil": 9.0 / 160,
	"Radian": 180 / math.Pi, "Revolution": 360,
}

const btu = 1055.05585262

var energies = map[string]float64{ // joules
	"BritishThermalUnit": btu, "Calorie": 4.184, "DecathermEc": 1055055852.62, "DecathermImperial": 1055055852.57348,
	"DecathermUs": 1054804000, "ElectronVolt": 1.602176565e-19, "Erg": 1e-7, "FootPound": 1.355817948,
	"GigabritishThermalUnit": btu * 1e9, "GigaelectronVolt": 1.602176565e-10, "Gigajoule": 1e9, "GigawattDay": 86400e9,
	"GigawattHour": 3600e9, "HorsepowerHour": 2684519.5377, "Joule": 1, "KilobritishThermalUnit": btu * 1e3,
	"Kilocalorie": 4184, "KiloelectronVolt": 1.602176565e-16, "Kilojoule": 1e3, "KilowattDay": 86400e3, "KilowattHour": 3600e3,
	"MegabritishThermalUnit": btu * 1e6, "Megacalorie": 4184e3, "MegaelectronVolt": 1.602176565e-13, "Megajoule": 1e6,
	"MegawattDay": 86400e6, "MegawattHour": 3600e6, "Millijoule": 1e-3, "TeraelectronVolt": 1.602176565e-7,
	"TerawattDay": 86400e12, "TerawattHour": 3600e12, "ThermEc": 105505585.262, "ThermImperial": 105505585.257348,
	"ThermUs": 105480400, "WattDay": 86400, "WattHour": 3600,
}

const gravity = 9.80665002864

var forces = map[string]float64{ // newtons
	"Decanewton": 10, "Dyn": 1e-5, "KilogramForce": gravity, "Kilonewton": 1e3, "KiloPond": gravity,
	"KilopoundForce": 4448.2216152605095551842641431421, "Meganewton": 1e6, "Micronewton": 1e-6, "Millinewton": 1e-3,
	"Newton": 1, "OunceForce": 0.2780138509537812, "Poundal": 0.13825502798973041652092282466083, "PoundForce": 4.4482216152605095551842641431421,
	"ShortTonForce": 8896.4432305210, "TonneForce": gravity * 1e3,
}

const parsec = 3.08567758128e16

var lengths = map[string]float64{ // metres
	"Angstrom": 1e-10, "AstronomicalUnit": 1.4959787070e11, "Centimeter": 1e-2, "Chain": 20.1168, "DataMile": 1828.8,
	"Decameter": 10, "Decimeter": 0.1, "DtpPica": 1 / 236.220472441, "DtpPoint": 0.0254 / 72, "Fathom": 1.8288, "Foot": 0.3048,
	"Hand": 0.1016, "Hectometer": 100, "Inch": 0.0254, "KilolightYear": 9.46073047258e18, "Kilometer": 1e3,
	"Kiloparsec": parsec * 1e3, "LightYear": 9.46073047258e15, "MegalightYear": 9.46073047258e21, "Megaparsec": parsec * 1e6,
	"Meter": 1, "Microinch": 2.54e-8, "Micrometer": 1e-6, "Mil": 2.54e-5, "Mile": 1609.34, "Millimeter": 1e-3,
	"Nanometer": 1e-9, "NauticalMile": 1852, "Parsec": parsec, "PrinterPica": 1 / 237.106301584, "PrinterPoint": 0.0254 / 72.27,
	"Shackle": 27.432, "SolarRadius": 6.95510e8, "Twip": 1 / 56692.913385826, "UsSurveyFoot": 1200.0 / 3937, "Yard": 0.9144,
}

var masses = map[string]float64{ // kilograms
	"Centigram": 1e-5, "Decagram": 1e-2, "Decigram": 1e-4, "EarthMass": 5.9722e24, "Grain": 1 / 15432.358352941431, "Gram": 1e-3,
	"Hectogram": 0.1, "Kilogram": 1, "Kilopound": 453.59237, "Kilotonne": 1e6, "LongHundredweight": 1 / 0.01968413055222121,
	"LongTon": 1016.0469088, "Megapound": 453592.37, "Megatonne": 1e9, "Microgram": 1e-9, "Milligram": 1e-6,
	"Nanogram": 1e-12, "Ounce": 1 / 35.2739619, "Pound": 0.45359237, "ShortHundredweight": 1 / 0.022046226218487758, "ShortTon": 907.18474,
	"Slug": 1 / 6.852176556196105e-2, "SolarMass": 1.98947e30, "Stone": 1 / 0.1574731728702698, "Tonne": 1e3,
}

// speeds are lengths per time, in metres per second.
func speeds() map[string]float64 {
	m := map[string]float64{"Knot": 0.514444, "MilePerHour": 0.44704}
	for _, l := range []string{"Centimeter", "Decimeter", "Foot", "Inch", "Kilometer", "Meter", "Micrometer", "Millimeter", "Nanometer", "UsSurveyFoot", "Yard"} {
		m[l+"PerHour"] = lengths[l] / 3600
		m[l+"PerMinute"] = lengths[l] / 60
		m[l+"PerSecond"] = lengths[l]
	}
	return m
}

const (
	cubicFoot   = 0.028316846592
	usGallon    = 0.00378541
	imperialGal = 0.00454609000000181429905810072407
)

var volumes = map[string]float64{ // cubic metres
	"AcreFoot": 1 / 0.000810714, "AuTablespoon": 20e-6, "BoardFoot": 2.3597372158e-3, "Centiliter": 1e-5, "CubicCentimeter": 1e-6,
	"CubicDecimeter": 1e-3, "CubicFoot": cubicFoot, "CubicHectometer": 1e6, "CubicInch": 1.6387e-5, "CubicKilometer": 1e9,
	"CubicMeter": 1, "CubicMicrometer": 1e-18, "CubicMile": 4.16818182544058e9, "CubicMillimeter": 1e-9, "CubicYard": 0.764554858,
	"Decaliter": 1e-2, "DecausGallon": usGallon * 10, "Deciliter": 1e-4, "DeciusGallon": usGallon / 10, "HectocubicFoot": cubicFoot * 100,
	"HectocubicMeter": 100, "Hectoliter": 0.1, "HectousGallon": usGallon * 100, "ImperialBeerBarrel": 0.16365924,
	"ImperialGallon": imperialGal, "ImperialOunce": 2.8413062499962901241875439064617e-5, "ImperialPint": 5.6826125e-4, "KilocubicFoot": cubicFoot * 1e3,
	"KilocubicMeter": 1e3, "KiloimperialGallon": imperialGal * 1e3, "Kiloliter": 1, "KilousGallon": usGallon * 1e3, "Liter": 1e-3,
	"MegacubicFoot": cubicFoot * 1e6, "MegaimperialGallon": imperialGal * 1e6, "Megaliter": 1e3, "MegausGallon": usGallon * 1e6,
	"MetricCup": 250e-6, "MetricTeaspoon": 5e-6, "Microliter": 1e-9, "Milliliter": 1e-6, "OilBarrel": 0.158987294928, "UkTablespoon": 15e-6,
	"UsBeerBarrel": 0.1173477658, "UsCustomaryCup": 2.365882365e-4, "UsGallon": usGallon, "UsLegalCup": 240e-6, "UsOunce": 2.957352956253760505068307980135e-5,
	"UsPint": 4.73176473e-4, "UsQuart": 9.46352946e-4, "UsTablespoon": 1.478676478125e-5, "UsTeaspoon": 4.92892159375e-6,
}
