package builtin

import "github.com/goshawk-hunt/goshawk/kql/types"

// geoCellFunctions are the functions of the grids that divide the earth: geohash, H3 and S2.
var geoCellFunctions = []Function{
	{
		Name: "geo_geohash_neighbors", Kind: Scalar,
		Overloads: []Overload{
			sig(Fixed(types.Dynamic), par("geohash", types.String)),
		},
		Doc:     "Gives the neighbours of a geohash.",
		Example: `print geo_geohash_neighbors("u33d9")`,
		Page:    "geo-geohash-neighbors-function",
	},
	{
		Name: "geo_geohash_to_central_point", Kind: Scalar,
		Overloads: []Overload{
			sig(Fixed(types.Dynamic), par("geohash", types.String)),
		},
		Doc:     "Gives the centre of a geohash.",
		Example: `print geo_geohash_to_central_point("u33d9")`,
		Page:    "geo-geohash-to-central-point-function",
	},
	{
		Name: "geo_geohash_to_polygon", Kind: Scalar,
		Overloads: []Overload{
			sig(Fixed(types.Dynamic), par("geohash", types.String)),
		},
		Doc:     "Gives the rectangle of a geohash.",
		Example: `print geo_geohash_to_polygon("u33d9")`,
		Page:    "geo-geohash-to-polygon-function",
	},
	{
		Name: "geo_h3cell_children", Kind: Scalar,
		Overloads: []Overload{
			sig(Fixed(types.Dynamic), par("h3cell", types.String), opt(par("resolution", numbers...))),
		},
		Unsupported: "H3 cells are not available",
		Doc:         "Gives the children of an H3 cell.",
		Example:     `print geo_h3cell_children("862a1072fffffff")`,
		Page:        "geo-h3cell-children-function",
	},
	{
		Name: "geo_h3cell_level", Kind: Scalar,
		Overloads: []Overload{
			sig(Fixed(types.Int), par("h3cell", types.String)),
		},
		Unsupported: "H3 cells are not available",
		Doc:         "Gives the resolution of an H3 cell.",
		Example:     `print geo_h3cell_level("862a1072fffffff")`,
		Page:        "geo-h3cell-level-function",
	},
	{
		Name: "geo_h3cell_neighbors", Kind: Scalar,
		Overloads: []Overload{
			sig(Fixed(types.Dynamic), par("h3cell", types.String)),
		},
		Unsupported: "H3 cells are not available",
		Doc:         "Gives the neighbours of an H3 cell.",
		Example:     `print geo_h3cell_neighbors("862a1072fffffff")`,
		Page:        "geo-h3cell-neighbors-function",
	},
	{
		Name: "geo_h3cell_parent", Kind: Scalar,
		Overloads: []Overload{
			sig(Fixed(types.String), par("h3cell", types.String), opt(par("resolution", numbers...))),
		},
		Unsupported: "H3 cells are not available",
		Doc:         "Gives the parent of an H3 cell.",
		Example:     `print geo_h3cell_parent("862a1072fffffff")`,
		Page:        "geo-h3cell-parent-function",
	},
	{
		Name: "geo_h3cell_rings", Kind: Scalar,
		Overloads: []Overload{
			sig(Fixed(types.Dynamic), par("h3cell", types.String), par("distance", numbers...)),
		},
		Unsupported: "H3 cells are not available",
		Doc:         "Gives the rings around an H3 cell.",
		Example:     `print geo_h3cell_rings("862a1072fffffff", 1)`,
		Page:        "geo-h3cell-rings-function",
	},
	{
		Name: "geo_h3cell_to_central_point", Kind: Scalar,
		Overloads: []Overload{
			sig(Fixed(types.Dynamic), par("h3cell", types.String)),
		},
		Unsupported: "H3 cells are not available",
		Doc:         "Gives the centre of an H3 cell.",
		Example:     `print geo_h3cell_to_central_point("862a1072fffffff")`,
		Page:        "geo-h3cell-to-central-point-function",
	},
	{
		Name: "geo_h3cell_to_polygon", Kind: Scalar,
		Overloads: []Overload{
			sig(Fixed(types.Dynamic), par("h3cell", types.String)),
		},
		Unsupported: "H3 cells are not available",
		Doc:         "Gives the polygon of an H3 cell.",
		Example:     `print geo_h3cell_to_polygon("862a1072fffffff")`,
		Page:        "geo-h3cell-to-polygon-function",
	},
	{
		Name: "geo_line_to_s2cells", Kind: Scalar,
		Overloads: []Overload{
			sig(Fixed(types.Dynamic), par("lineString", types.Dynamic), opt(par("level", numbers...)), opt(par("radius", numbers...))),
		},
		Unsupported: "geometry beyond points is not available",
		Doc:         "Covers a line with S2 cells.",
		Example:     `print geo_line_to_s2cells(dynamic({"type":"LineString","coordinates":[[1,1],[2,2]]}), 5)`,
		Page:        "geo-line-to-s2cells-function",
	},
	{
		Name: "geo_point_to_geohash", Kind: Scalar,
		Overloads: []Overload{
			sig(Fixed(types.String), par("longitude", numbers...), par("latitude", numbers...), opt(par("accuracy", numbers...))),
		},
		Doc:     "Gives the geohash of a point.",
		Example: "print geo_point_to_geohash(13.4, 52.5, 5)",
		Page:    "geo-point-to-geohash-function",
	},
	{
		Name: "geo_point_to_h3cell", Kind: Scalar,
		Overloads: []Overload{
			sig(Fixed(types.String), par("longitude", numbers...), par("latitude", numbers...), opt(par("resolution", numbers...))),
		},
		Unsupported: "H3 cells are not available",
		Doc:         "Gives the H3 cell of a point.",
		Example:     "print geo_point_to_h3cell(13.4, 52.5, 6)",
		Page:        "geo-point-to-h3cell-function",
	},
	{
		Name: "geo_point_to_s2cell", Kind: Scalar,
		Overloads: []Overload{
			sig(Fixed(types.String), par("longitude", numbers...), par("latitude", numbers...), opt(par("level", numbers...))),
		},
		Doc:     "Gives the S2 cell of a point.",
		Example: "print geo_point_to_s2cell(13.4, 52.5, 10)",
		Page:    "geo-point-to-s2cell-function",
	},
	{
		Name: "geo_polygon_to_h3cells", Kind: Scalar,
		Overloads: []Overload{
			sig(Fixed(types.Dynamic), par("polygon", types.Dynamic), opt(par("resolution", numbers...)), opt(par("radius", numbers...))),
		},
		Unsupported: "H3 cells are not available",
		Doc:         "Covers a polygon with H3 cells.",
		Example:     `print geo_polygon_to_h3cells(dynamic({"type":"Polygon","coordinates":[[[1,1],[2,1],[2,2],[1,1]]]}))`,
		Page:        "geo-polygon-to-h3cells-function",
	},
	{
		Name: "geo_polygon_to_s2cells", Kind: Scalar,
		Overloads: []Overload{
			sig(Fixed(types.Dynamic), par("polygon", types.Dynamic), opt(par("level", numbers...)), opt(par("radius", numbers...))),
		},
		Unsupported: "geometry beyond points is not available",
		Doc:         "Covers a polygon with S2 cells.",
		Example:     `print geo_polygon_to_s2cells(dynamic({"type":"Polygon","coordinates":[[[1,1],[2,1],[2,2],[1,1]]]}), 5)`,
		Page:        "geo-polygon-to-s2cells-function",
	},
	{
		Name: "geo_s2cell_neighbors", Kind: Scalar,
		Overloads: []Overload{
			sig(Fixed(types.Dynamic), par("s2cell", types.String)),
		},
		Doc:     "Gives the neighbours of an S2 cell.",
		Example: "print geo_s2cell_neighbors(geo_point_to_s2cell(13.4, 52.5, 10))",
		Page:    "geo-s2cell-neighbors-function",
	},
	{
		Name: "geo_s2cell_to_central_point", Kind: Scalar,
		Overloads: []Overload{
			sig(Fixed(types.Dynamic), par("s2cell", types.String)),
		},
		Doc:     "Gives the centre of an S2 cell.",
		Example: "print geo_s2cell_to_central_point(geo_point_to_s2cell(13.4, 52.5, 10))",
		Page:    "geo-s2cell-to-central-point-function",
	},
	{
		Name: "geo_s2cell_to_polygon", Kind: Scalar,
		Overloads: []Overload{
			sig(Fixed(types.Dynamic), par("s2cell", types.String)),
		},
		Doc:     "Gives the polygon of an S2 cell.",
		Example: "print geo_s2cell_to_polygon(geo_point_to_s2cell(13.4, 52.5, 10))",
		Page:    "geo-s2cell-to-polygon-function",
	},
}
