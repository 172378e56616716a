package duckdb

import "github.com/goshawk-hunt/goshawk/kql/sqlgen"

// geoTemplates write the functions of places on Earth.
var geoTemplates = map[string]sqlgen.Template{
	"geo_distance_2points":         geoDistance,
	"geo_geohash_neighbors":        goFunc("geo_geohash_neighbors"),
	"geo_geohash_to_central_point": goFunc("geo_geohash_to_central_point"),
	"geo_geohash_to_polygon":       goFunc("geo_geohash_to_polygon"),
	"geo_point_in_circle":          withReal(goFunc("geo_point_in_circle")),
	"geo_point_in_polygon":         geoPointInPolygon,
	"geo_point_to_geohash":         geoCell("geo_point_to_geohash", "5::DOUBLE"),
	"geo_point_to_s2cell":          geoCell("geo_point_to_s2cell", "11::DOUBLE"),
	"geo_s2cell_neighbors":         goFunc("geo_s2cell_neighbors"),
	"geo_s2cell_to_central_point":  goFunc("geo_s2cell_to_central_point"),
	"geo_s2cell_to_polygon":        goFunc("geo_s2cell_to_polygon"),
}

func geoDistance(c sqlgen.Call) (string, error) {
	return withReal(goFunc("geo_distance_2points"))(sqlgen.Call{Args: c.Args[:4]})
}

func geoPointInPolygon(c sqlgen.Call) (string, error) {
	return goCall("geo_point_in_polygon", realOperand(c.Args[0]), realOperand(c.Args[1]), c.Args[2]), nil
}

// geoCell writes the cell of a point at a level, which may be left out.
func geoCell(name, level string) sqlgen.Template {
	return withReal(padded(name, "", "", level))
}
