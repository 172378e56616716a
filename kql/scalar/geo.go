package scalar

import (
	"math"
	"strings"

	"github.com/golang/geo/s1"
	"github.com/golang/geo/s2"

	"github.com/goshawk-hunt/goshawk/kql/dynamic"
	"github.com/goshawk-hunt/goshawk/kql/types"
)

var geoFunctions = []Function{
	{Name: "geo_distance_2points", Params: reals(4), Result: types.Real, Eval: geoDistance},
	{Name: "geo_geohash_neighbors", Params: []types.Type{types.String}, Result: types.Dynamic, Eval: geohashNeighbors},
	{Name: "geo_geohash_to_central_point", Params: []types.Type{types.String}, Result: types.Dynamic, Eval: geohashCentre},
	{Name: "geo_geohash_to_polygon", Params: []types.Type{types.String}, Result: types.Dynamic, Eval: geohashPolygon},
	{Name: "geo_point_in_circle", Params: reals(5), Result: types.Bool, Eval: geoInCircle},
	{Name: "geo_point_in_polygon", Params: []types.Type{types.Real, types.Real, types.Dynamic}, Result: types.Bool, Eval: geoInPolygon},
	{Name: "geo_point_to_geohash", Params: reals(3), Result: types.String, Eval: pointToGeohash},
	{Name: "geo_point_to_s2cell", Params: reals(3), Result: types.String, Eval: pointToS2},
	{Name: "geo_s2cell_neighbors", Params: []types.Type{types.String}, Result: types.Dynamic, Eval: s2Neighbors},
	{Name: "geo_s2cell_to_central_point", Params: []types.Type{types.String}, Result: types.Dynamic, Eval: s2Centre},
	{Name: "geo_s2cell_to_polygon", Params: []types.Type{types.String}, Result: types.Dynamic, Eval: s2Polygon},
}

// earthRadius is the radius of the sphere that distances are measured on, in metres.
const earthRadius = 6371010.0

// place reads a longitude and a latitude.
func place(lon, lat types.Value) (s2.LatLng, bool) {
	if lon.Null || lat.Null || !(math.Abs(lon.Real) <= 180) || !(math.Abs(lat.Real) <= 90) {
		return s2.LatLng{}, false
	}
	return s2.LatLngFromDegrees(lat.Real, lon.Real), true
}

func geoDistance(a []types.Value) types.Value {
	p, ok1 := place(a[0], a[1])
	q, ok2 := place(a[2], a[3])
	if !ok1 || !ok2 {
		return nullReal
	}
	return realOf(p.Distance(q).Radians() * earthRadius)
}

func geoInCircle(a []types.Value) types.Value {
	p, ok1 := place(a[0], a[1])
	q, ok2 := place(a[2], a[3])
	if !ok1 || !ok2 || a[4].Null || !(a[4].Real >= 0) {
		return nullBool
	}
	return truth(p.Distance(q).Radians()*earthRadius <= a[4].Real)
}

// maxPoints bounds the points of a polygon.
const maxPoints = 1 << 16

// geoInPolygon takes a GeoJSON Polygon or MultiPolygon, whose edges are geodesics.
func geoInPolygon(a []types.Value) types.Value {
	p, ok := place(a[0], a[1])
	if !ok {
		return nullBool
	}
	shape := read(a[2])
	kind, _ := shape.Member("type")
	coordinates, _ := shape.Member("coordinates")
	polygons := coordinates.Items
	switch kind.Str {
	case "Polygon":
		polygons = []dynamic.Value{coordinates}
	case "MultiPolygon":
	default:
		return nullBool
	}
	inside := false
	for _, c := range polygons {
		polygon, ok := polygonOf(c)
		if !ok {
			return nullBool
		}
		inside = inside || polygon.ContainsPoint(s2.PointFromLatLng(p))
	}
	return truth(inside)
}

// polygonOf reads the rings of a polygon: the first is its shell, the others holes.
func polygonOf(rings dynamic.Value) (*s2.Polygon, bool) {
	var loops []*s2.Loop
	for _, ring := range rings.Items {
		n := len(ring.Items)
		if n < 4 || n > maxPoints || !ring.Items[0].Same(ring.Items[n-1]) {
			return nil, false
		}
		var points []s2.Point
		for _, c := range ring.Items[:n-1] {
			lon, ok1 := c.Index(0).Number()
			lat, ok2 := c.Index(1).Number()
			if !ok1 || !ok2 || math.Abs(lon) > 180 || math.Abs(lat) > 90 {
				return nil, false
			}
			points = append(points, s2.PointFromLatLng(s2.LatLngFromDegrees(lat, lon)))
		}
		loop := s2.LoopFromPoints(points)
		if loop.Validate() != nil {
			return nil, false
		}
		loop.Normalize()
		loops = append(loops, loop)
	}
	if len(loops) == 0 {
		return nil, false
	}
	polygon := s2.PolygonFromLoops(loops)
	return polygon, polygon.Validate() == nil
}

const geohashLetters = "0123456789bcdefghjkmnpqrstuvwxyz"

// cell is a rectangle in degrees.
type cell struct{ west, south, east, north float64 }

// maxGeohash is the length of the finest geohash.
const maxGeohash = 18

func geohashCell(s string) (cell, bool) {
	c := cell{-180, -90, 180, 90}
	if s == "" || len(s) > maxGeohash {
		return c, false
	}
	even := true
	for _, r := range strings.ToLower(s) {
		v := strings.IndexRune(geohashLetters, r)
		if v < 0 {
			return c, false
		}
		for bit := 4; bit >= 0; bit-- {
			low, high := &c.south, &c.north
			if even {
				low, high = &c.west, &c.east
			}
			if mid := (*low + *high) / 2; v>>bit&1 == 1 {
				*low = mid
			} else {
				*high = mid
			}
			even = !even
		}
	}
	return c, true
}

func geohash(lon, lat float64, length int) string {
	c := cell{-180, -90, 180, 90}
	var b strings.Builder
	even := true
	for b.Len() < length {
		v := 0
		for range 5 {
			low, high, x := &c.south, &c.north, lat
			if even {
				low, high, x = &c.west, &c.east, lon
			}
			v <<= 1
			if mid := (*low + *high) / 2; x >= mid {
				v |= 1
				*low = mid
			} else {
				*high = mid
			}
			even = !even
		}
		b.WriteByte(geohashLetters[v])
	}
	return b.String()
}

func pointToGeohash(a []types.Value) types.Value {
	_, ok := place(a[0], a[1])
	n := a[2].Real
	if !ok || a[2].Null || !(n >= 1 && n <= maxGeohash) {
		return text("")
	}
	return text(geohash(a[0].Real, a[1].Real, int(n)))
}

// point makes a GeoJSON point.
func point(lon, lat float64) types.Value {
	return dynamic.Value{Kind: dynamic.Bag, Keys: []string{"type", "coordinates"},
		Items: []dynamic.Value{dynamic.Text("Point"), floats([]float64{lon, lat})}}.Scalar()
}

// polygon makes a GeoJSON polygon of one ring, whose first point is repeated at its end.
func polygon(points [][2]float64) types.Value {
	ring := make([]dynamic.Value, 0, len(points)+1)
	for _, p := range append(points, points[0]) {
		ring = append(ring, floats(p[:]))
	}
	return dynamic.Value{Kind: dynamic.Bag, Keys: []string{"type", "coordinates"},
		Items: []dynamic.Value{dynamic.Text("Polygon"), dynamic.List([]dynamic.Value{dynamic.List(ring)})}}.Scalar()
}

func geohashCentre(a []types.Value) types.Value {
	c, ok := geohashCell(a[0].Str)
	if !ok {
		return nullDynamic
	}
	return point((c.west+c.east)/2, (c.south+c.north)/2)
}

func geohashPolygon(a []types.Value) types.Value {
	c, ok := geohashCell(a[0].Str)
	if !ok {
		return nullDynamic
	}
	return polygon([][2]float64{{c.west, c.south}, {c.east, c.south}, {c.east, c.north}, {c.west, c.north}})
}

// around are the neighbours of a cell, as steps to the east and to the north.
var around = [][2]float64{{-1, 0}, {-1, -1}, {0, -1}, {1, -1}, {1, 0}, {1, 1}, {0, 1}, {-1, 1}}

func geohashNeighbors(a []types.Value) types.Value {
	c, ok := geohashCell(a[0].Str)
	if !ok {
		return nullDynamic
	}
	w, h := c.east-c.west, c.north-c.south
	out := []dynamic.Value{}
	for _, step := range around {
		lon, lat := (c.west+c.east)/2+step[0]*w, (c.south+c.north)/2+step[1]*h
		if math.Abs(lat) > 90 {
			continue
		}
		lon = math.Mod(lon+540, 360) - 180
		out = append(out, dynamic.Text(geohash(lon, lat, len(a[0].Str))))
	}
	return dynamic.List(out).Scalar()
}

func pointToS2(a []types.Value) types.Value {
	p, ok := place(a[0], a[1])
	if !ok || a[2].Null || !(a[2].Real >= 0 && a[2].Real <= 30) {
		return text("")
	}
	return text(s2.CellIDFromLatLng(p).Parent(int(a[2].Real)).ToToken())
}

func s2Cell(v types.Value) (s2.CellID, bool) {
	if v.Str == "" || len(v.Str) > 16 {
		return 0, false
	}
	id := s2.CellIDFromToken(v.Str)
	return id, id.IsValid()
}

func degrees(a s1.Angle) float64 { return a.Degrees() }

func s2Centre(a []types.Value) types.Value {
	id, ok := s2Cell(a[0])
	if !ok {
		return nullDynamic
	}
	l := id.LatLng()
	return point(degrees(l.Lng), degrees(l.Lat))
}

func s2Polygon(a []types.Value) types.Value {
	id, ok := s2Cell(a[0])
	if !ok {
		return nullDynamic
	}
	c := s2.CellFromCellID(id)
	points := make([][2]float64, 4)
	for i := range points {
		l := s2.LatLngFromPoint(c.Vertex(i))
		points[i] = [2]float64{degrees(l.Lng), degrees(l.Lat)}
	}
	return polygon(points)
}

func s2Neighbors(a []types.Value) types.Value {
	id, ok := s2Cell(a[0])
	if !ok {
		return nullDynamic
	}
	out := []dynamic.Value{}
	for _, n := range id.AllNeighbors(id.Level()) {
		out = append(out, dynamic.Text(n.ToToken()))
	}
	return dynamic.List(out).Scalar()
}
