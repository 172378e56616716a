package builtin

import "github.com/goshawk-hunt/goshawk/kql/types"

// geoFunctions are the functions of points, lines and polygons.
var geoFunctions = []Function{
	{
		Name: "geo_angle", Kind: Scalar,
		Overloads: []Overload{
			sig(Fixed(types.Real), par("p1_longitude", numbers...), par("p1_latitude", numbers...), par("p2_longitude", numbers...), par("p2_latitude", numbers...), par("p3_longitude", numbers...), par("p3_latitude", numbers...)),
		},
		Unsupported: "geometry beyond points is not available",
		Doc:         "Gives the angle between three points on Earth in radians.",
		Example:     "print geo_angle(0, 0, 1, 0, 1, 1)",
		Page:        "geo-angle-function",
	},
	{
		Name: "geo_azimuth", Kind: Scalar,
		Overloads: []Overload{
			sig(Fixed(types.Real), par("p1_longitude", numbers...), par("p1_latitude", numbers...), par("p2_longitude", numbers...), par("p2_latitude", numbers...)),
		},
		Unsupported: "geometry beyond points is not available",
		Doc:         "Gives the azimuth from one point to another in radians.",
		Example:     "print geo_azimuth(0, 0, 1, 1)",
		Page:        "geo-azimuth-function",
	},
	{
		Name: "geo_closest_point_on_line", Kind: Scalar,
		Overloads: []Overload{
			sig(Fixed(types.Dynamic), par("longitude", numbers...), par("latitude", numbers...), par("lineString", types.Dynamic)),
		},
		Unsupported: "geometry beyond points is not available",
		Doc:         "Finds the point of a line that is closest to a point.",
		Example:     `print geo_closest_point_on_line(0, 0, dynamic({"type":"LineString","coordinates":[[1,1],[2,2]]}))`,
		Page:        "geo-closest-point-on-line-function",
	},
	{
		Name: "geo_closest_point_on_polygon", Kind: Scalar,
		Overloads: []Overload{
			sig(Fixed(types.Dynamic), par("longitude", numbers...), par("latitude", numbers...), par("polygon", types.Dynamic)),
		},
		Unsupported: "geometry beyond points is not available",
		Doc:         "Finds the point of a polygon that is closest to a point.",
		Example:     `print geo_closest_point_on_polygon(0, 0, dynamic({"type":"Polygon","coordinates":[[[1,1],[2,1],[2,2],[1,1]]]}))`,
		Page:        "geo-closest-point-on-polygon-function",
	},
	{
		Name: "geo_distance_2points", Kind: Scalar,
		Overloads: []Overload{
			sig(Fixed(types.Real), par("p1_longitude", numbers...), par("p1_latitude", numbers...), par("p2_longitude", numbers...), par("p2_latitude", numbers...), opt(par("use_spheroid", numOrBool...))),
		},
		Doc:     "Gives the distance of two points on Earth in metres.",
		Example: "print geo_distance_2points(0, 0, 1, 1)",
		Page:    "geo-distance-2points-function",
	},
	{
		Name: "geo_distance_point_to_line", Kind: Scalar,
		Overloads: []Overload{
			sig(Fixed(types.Real), par("longitude", numbers...), par("latitude", numbers...), par("lineString", types.Dynamic)),
		},
		Unsupported: "geometry beyond points is not available",
		Doc:         "Gives the distance of a point to a line in metres.",
		Example:     `print geo_distance_point_to_line(0, 0, dynamic({"type":"LineString","coordinates":[[1,1],[2,2]]}))`,
		Page:        "geo-distance-point-to-line-function",
	},
	{
		Name: "geo_distance_point_to_polygon", Kind: Scalar,
		Overloads: []Overload{
			sig(Fixed(types.Real), par("longitude", numbers...), par("latitude", numbers...), par("polygon", types.Dynamic)),
		},
		Unsupported: "geometry beyond points is not available",
		Doc:         "Gives the distance of a point to a polygon in metres.",
		Example:     `print geo_distance_point_to_polygon(0, 0, dynamic({"type":"Polygon","coordinates":[[[1,1],[2,1],[2,2],[1,1]]]}))`,
		Page:        "geo-distance-point-to-polygon-function",
	},
	{
		Name: "geo_from_wkt", Kind: Scalar,
		Overloads: []Overload{
			sig(Fixed(types.Dynamic), par("wkt", texts...)),
		},
		Unsupported: "geometry beyond points is not available",
		Doc:         "Reads a WKT text as GeoJSON.",
		Example:     `print geo_from_wkt("POINT (1 2)")`,
		Page:        "geo-from-wkt-function",
	},
	{
		Name: "geo_intersection_2lines", Kind: Scalar,
		Overloads: []Overload{
			sig(Fixed(types.Dynamic), par("lineString1", types.Dynamic), par("lineString2", types.Dynamic)),
		},
		Unsupported: "geometry beyond points is not available",
		Doc:         "Gives the intersection of two lines.",
		Example:     `print geo_intersection_2lines(dynamic({"type":"LineString","coordinates":[[0,0],[2,2]]}), dynamic({"type":"LineString","coordinates":[[0,2],[2,0]]}))`,
		Page:        "geo-intersection-2lines-function",
	},
	{
		Name: "geo_intersection_2polygons", Kind: Scalar,
		Overloads: []Overload{
			sig(Fixed(types.Dynamic), par("polygon1", types.Dynamic), par("polygon2", types.Dynamic)),
		},
		Unsupported: "geometry beyond points is not available",
		Doc:         "Gives the intersection of two polygons.",
		Example:     `print geo_intersection_2polygons(dynamic({"type":"Polygon","coordinates":[[[1,1],[2,1],[2,2],[1,1]]]}), dynamic({"type":"Polygon","coordinates":[[[1,1],[3,1],[3,2],[1,1]]]}))`,
		Page:        "geo-intersection-2polygons-function",
	},
	{
		Name: "geo_intersection_line_with_polygon", Kind: Scalar,
		Overloads: []Overload{
			sig(Fixed(types.Dynamic), par("lineString", types.Dynamic), par("polygon", types.Dynamic)),
		},
		Unsupported: "geometry beyond points is not available",
		Doc:         "Gives the intersection of a line and a polygon.",
		Example:     `print geo_intersection_line_with_polygon(dynamic({"type":"LineString","coordinates":[[0,0],[3,3]]}), dynamic({"type":"Polygon","coordinates":[[[1,1],[2,1],[2,2],[1,1]]]}))`,
		Page:        "geo-intersection-line-with-polygon-function",
	},
	{
		Name: "geo_intersects_2lines", Kind: Scalar,
		Overloads: []Overload{
			sig(Fixed(types.Bool), par("lineString1", types.Dynamic), par("lineString2", types.Dynamic)),
		},
		Unsupported: "geometry beyond points is not available",
		Doc:         "Says whether two lines intersect.",
		Example:     `print geo_intersects_2lines(dynamic({"type":"LineString","coordinates":[[0,0],[2,2]]}), dynamic({"type":"LineString","coordinates":[[0,2],[2,0]]}))`,
		Page:        "geo-intersects-2lines-function",
	},
	{
		Name: "geo_intersects_2polygons", Kind: Scalar,
		Overloads: []Overload{
			sig(Fixed(types.Bool), par("polygon1", types.Dynamic), par("polygon2", types.Dynamic)),
		},
		Unsupported: "geometry beyond points is not available",
		Doc:         "Says whether two polygons intersect.",
		Example:     `print geo_intersects_2polygons(dynamic({"type":"Polygon","coordinates":[[[1,1],[2,1],[2,2],[1,1]]]}), dynamic({"type":"Polygon","coordinates":[[[1,1],[3,1],[3,2],[1,1]]]}))`,
		Page:        "geo-intersects-2polygons-function",
	},
	{
		Name: "geo_intersects_line_with_polygon", Kind: Scalar,
		Overloads: []Overload{
			sig(Fixed(types.Bool), par("lineString", types.Dynamic), par("polygon", types.Dynamic)),
		},
		Unsupported: "geometry beyond points is not available",
		Doc:         "Says whether a line intersects a polygon.",
		Example:     `print geo_intersects_line_with_polygon(dynamic({"type":"LineString","coordinates":[[0,0],[3,3]]}), dynamic({"type":"Polygon","coordinates":[[[1,1],[2,1],[2,2],[1,1]]]}))`,
		Page:        "geo-intersects-line-with-polygon-function",
	},
	{
		Name: "geo_line_buffer", Kind: Scalar,
		Overloads: []Overload{
			sig(Fixed(types.Dynamic), par("lineString", types.Dynamic), par("radius", numbers...), opt(par("tolerance", numbers...))),
		},
		Unsupported: "geometry beyond points is not available",
		Doc:         "Widens a line by a radius in metres.",
		Example:     `print geo_line_buffer(dynamic({"type":"LineString","coordinates":[[1,1],[2,2]]}), 100)`,
		Page:        "geo-line-buffer-function",
	},
	{
		Name: "geo_line_centroid", Kind: Scalar,
		Overloads: []Overload{
			sig(Fixed(types.Dynamic), par("lineString", types.Dynamic)),
		},
		Unsupported: "geometry beyond points is not available",
		Doc:         "Gives the centroid of a line.",
		Example:     `print geo_line_centroid(dynamic({"type":"LineString","coordinates":[[1,1],[2,2]]}))`,
		Page:        "geo-line-centroid-function",
	},
	{
		Name: "geo_line_densify", Kind: Scalar,
		Overloads: []Overload{
			sig(Fixed(types.Dynamic), par("lineString", types.Dynamic), opt(par("tolerance", numbers...)), opt(par("preserve_crossing", numOrBool...))),
		},
		Unsupported: "geometry beyond points is not available",
		Doc:         "Adds points to a line.",
		Example:     `print geo_line_densify(dynamic({"type":"LineString","coordinates":[[1,1],[2,2]]}))`,
		Page:        "geo-line-densify-function",
	},
	{
		Name: "geo_line_interpolate_point", Kind: Scalar,
		Overloads: []Overload{
			sig(Fixed(types.Dynamic), par("lineString", types.Dynamic), par("fraction", numbers...)),
		},
		Unsupported: "geometry beyond points is not available",
		Doc:         "Gives the point at a fraction of a line.",
		Example:     `print geo_line_interpolate_point(dynamic({"type":"LineString","coordinates":[[0,0],[2,0]]}), 0.5)`,
		Page:        "geo-line-interpolate-point-function",
	},
	{
		Name: "geo_line_length", Kind: Scalar,
		Overloads: []Overload{
			sig(Fixed(types.Real), par("lineString", types.Dynamic)),
		},
		Unsupported: "geometry beyond points is not available",
		Doc:         "Gives the length of a line in metres.",
		Example:     `print geo_line_length(dynamic({"type":"LineString","coordinates":[[1,1],[2,2]]}))`,
		Page:        "geo-line-length-function",
	},
	{
		Name: "geo_line_locate_point", Kind: Scalar,
		Overloads: []Overload{
			sig(Fixed(types.Real), par("lineString", types.Dynamic), par("longitude", numbers...), par("latitude", numbers...), opt(par("use_spheroid", numOrBool...))),
		},
		Unsupported: "geometry beyond points is not available",
		Doc:         "Gives the fraction of a line at which it is closest to a point.",
		Example:     `print geo_line_locate_point(dynamic({"type":"LineString","coordinates":[[0,0],[2,0]]}), 1, 0)`,
		Page:        "geo-line-locate-point-function",
	},
	{
		Name: "geo_line_simplify", Kind: Scalar,
		Overloads: []Overload{
			sig(Fixed(types.Dynamic), par("lineString", types.Dynamic), opt(par("tolerance", numbers...))),
		},
		Unsupported: "geometry beyond points is not available",
		Doc:         "Simplifies a line.",
		Example:     `print geo_line_simplify(dynamic({"type":"LineString","coordinates":[[1,1],[2,2]]}))`,
		Page:        "geo-line-simplify-function",
	},
	{
		Name: "geo_point_buffer", Kind: Scalar,
		Overloads: []Overload{
			sig(Fixed(types.Dynamic), par("longitude", numbers...), par("latitude", numbers...), par("radius", numbers...), opt(par("tolerance", numbers...))),
		},
		Unsupported: "geometry beyond points is not available",
		Doc:         "Gives a polygon around a point.",
		Example:     "print geo_point_buffer(13.4, 52.5, 100)",
		Page:        "geo-point-buffer-function",
	},
	{
		Name: "geo_point_in_circle", Kind: Scalar,
		Overloads: []Overload{
			sig(Fixed(types.Bool), par("p_longitude", numbers...), par("p_latitude", numbers...), par("pc_longitude", numbers...), par("pc_latitude", numbers...), par("c_radius", numbers...)),
		},
		Doc:     "Says whether a point is within a radius in metres of another.",
		Example: "print geo_point_in_circle(0, 0, 0.001, 0.001, 1000)",
		Page:    "geo-point-in-circle-function",
	},
	{
		Name: "geo_point_in_polygon", Kind: Scalar,
		Overloads: []Overload{
			sig(Fixed(types.Bool), par("longitude", numbers...), par("latitude", numbers...), par("polygon", types.Dynamic)),
		},
		Doc:     "Says whether a point is inside a polygon.",
		Example: `print geo_point_in_polygon(1.5, 1.2, dynamic({"type":"Polygon","coordinates":[[[1,1],[2,1],[2,2],[1,1]]]}))`,
		Page:    "geo-point-in-polygon-function",
	},
	{
		Name: "geo_polygon_area", Kind: Scalar,
		Overloads: []Overload{
			sig(Fixed(types.Real), par("polygon", types.Dynamic)),
		},
		Unsupported: "geometry beyond points is not available",
		Doc:         "Gives the area of a polygon in square metres.",
		Example:     `print geo_polygon_area(dynamic({"type":"Polygon","coordinates":[[[1,1],[2,1],[2,2],[1,1]]]}))`,
		Page:        "geo-polygon-area-function",
	},
	{
		Name: "geo_polygon_buffer", Kind: Scalar,
		Overloads: []Overload{
			sig(Fixed(types.Dynamic), par("polygon", types.Dynamic), par("radius", numbers...), opt(par("tolerance", numbers...))),
		},
		Unsupported: "geometry beyond points is not available",
		Doc:         "Widens a polygon by a radius in metres.",
		Example:     `print geo_polygon_buffer(dynamic({"type":"Polygon","coordinates":[[[1,1],[2,1],[2,2],[1,1]]]}), 100)`,
		Page:        "geo-polygon-buffer-function",
	},
	{
		Name: "geo_polygon_centroid", Kind: Scalar,
		Overloads: []Overload{
			sig(Fixed(types.Dynamic), par("polygon", types.Dynamic)),
		},
		Unsupported: "geometry beyond points is not available",
		Doc:         "Gives the centroid of a polygon.",
		Example:     `print geo_polygon_centroid(dynamic({"type":"Polygon","coordinates":[[[1,1],[2,1],[2,2],[1,1]]]}))`,
		Page:        "geo-polygon-centroid-function",
	},
	{
		Name: "geo_polygon_densify", Kind: Scalar,
		Overloads: []Overload{
			sig(Fixed(types.Dynamic), par("polygon", types.Dynamic), opt(par("tolerance", numbers...)), opt(par("preserve_crossing", numOrBool...))),
		},
		Unsupported: "geometry beyond points is not available",
		Doc:         "Adds points to a polygon's edges.",
		Example:     `print geo_polygon_densify(dynamic({"type":"Polygon","coordinates":[[[1,1],[2,1],[2,2],[1,1]]]}))`,
		Page:        "geo-polygon-densify-function",
	},
	{
		Name: "geo_polygon_perimeter", Kind: Scalar,
		Overloads: []Overload{
			sig(Fixed(types.Real), par("polygon", types.Dynamic)),
		},
		Unsupported: "geometry beyond points is not available",
		Doc:         "Gives the perimeter of a polygon in metres.",
		Example:     `print geo_polygon_perimeter(dynamic({"type":"Polygon","coordinates":[[[1,1],[2,1],[2,2],[1,1]]]}))`,
		Page:        "geo-polygon-perimeter-function",
	},
	{
		Name: "geo_polygon_simplify", Kind: Scalar,
		Overloads: []Overload{
			sig(Fixed(types.Dynamic), par("polygon", types.Dynamic), opt(par("tolerance", numbers...))),
		},
		Unsupported: "geometry beyond points is not available",
		Doc:         "Simplifies a polygon.",
		Example:     `print geo_polygon_simplify(dynamic({"type":"Polygon","coordinates":[[[1,1],[2,1],[2,2],[1,1]]]}))`,
		Page:        "geo-polygon-simplify-function",
	},
	{
		Name: "geo_simplify_polygons_array", Kind: Scalar,
		Overloads: []Overload{
			sig(Fixed(types.Dynamic), par("polygons", types.Dynamic), opt(par("tolerance", numbers...))),
		},
		Unsupported: "geometry beyond points is not available",
		Doc:         "Simplifies polygons.",
		Example:     "print geo_simplify_polygons_array(dynamic([]))",
		Page:        "geo-simplify-polygons-array-function",
	},
	{
		Name: "geo_union_lines_array", Kind: Scalar,
		Overloads: []Overload{
			sig(Fixed(types.Dynamic), par("lineStrings", types.Dynamic)),
		},
		Unsupported: "geometry beyond points is not available",
		Doc:         "Gives the union of lines.",
		Example:     "print geo_union_lines_array(dynamic([]))",
		Page:        "geo-union-lines-array-function",
	},
	{
		Name: "geo_union_polygons_array", Kind: Scalar,
		Overloads: []Overload{
			sig(Fixed(types.Dynamic), par("polygons", types.Dynamic)),
		},
		Unsupported: "geometry beyond points is not available",
		Doc:         "Gives the union of polygons.",
		Example:     "print geo_union_polygons_array(dynamic([]))",
		Page:        "geo-union-polygons-array-function",
	},
}
