package scalar

import (
	"math"

	"github.com/golang/geo/s2"

	"github.com/goshawk-hunt/goshawk/kql/dynamic"
	"github.com/goshawk-hunt/goshawk/kql/types"
)

// Shape is a GeoJSON line or polygon on the sphere, or several of them.
type Shape struct {
	lines    []*s2.Polyline
	polygons []*s2.Polygon
	bound    s2.Rect
}

// ParseShape reads a GeoJSON Polygon, MultiPolygon, LineString or MultiLineString; ok is
// false for what is none.
func ParseShape(v types.Value) (s *Shape, ok bool) {
	if v.Null {
		return nil, false
	}
	shape := read(v)
	kind, _ := shape.Member("type")
	coordinates, _ := shape.Member("coordinates")
	s = &Shape{bound: s2.EmptyRect()}
	parts := coordinates.Items
	switch kind.Str {
	case "Polygon", "LineString":
		parts = []dynamic.Value{coordinates}
	case "MultiPolygon", "MultiLineString":
	default:
		return nil, false
	}
	for _, c := range parts {
		if kind.Str == "Polygon" || kind.Str == "MultiPolygon" {
			p, ok := polygonOf(c)
			if !ok {
				return nil, false
			}
			s.polygons = append(s.polygons, p)
			s.bound = s.bound.Union(p.RectBound())
			continue
		}
		l, ok := lineOf(c)
		if !ok {
			return nil, false
		}
		s.lines = append(s.lines, l)
		s.bound = s.bound.Union(l.RectBound())
	}
	return s, len(s.lines)+len(s.polygons) > 0
}

func lineOf(c dynamic.Value) (*s2.Polyline, bool) {
	if len(c.Items) < 2 || len(c.Items) > maxPoints {
		return nil, false
	}
	var line s2.Polyline
	for _, c := range c.Items {
		lon, ok1 := c.Index(0).Number()
		lat, ok2 := c.Index(1).Number()
		if !ok1 || !ok2 || math.Abs(lon) > 180 || math.Abs(lat) > 90 {
			return nil, false
		}
		line = append(line, s2.PointFromLatLng(s2.LatLngFromDegrees(lat, lon)))
	}
	return &line, line.Validate() == nil
}

// IsLine reports whether the shape is one or more lines.
func (s *Shape) IsLine() bool { return len(s.lines) > 0 }

// Contains reports whether a point lies in one of the polygons; ok is false if the
// coordinates, in degrees, are none.
func (s *Shape) Contains(lon, lat types.Value) (inside, ok bool) {
	at, ok := place(lon, lat)
	if !ok || !s.bound.ContainsLatLng(at) {
		return false, ok
	}
	p := s2.PointFromLatLng(at)
	for _, polygon := range s.polygons {
		if polygon.ContainsPoint(p) {
			return true, true
		}
	}
	return false, true
}

// Distance is the distance in metres of a point from the shape, 0 within a polygon; ok is
// false if the coordinates, in degrees, are none.
func (s *Shape) Distance(lon, lat types.Value) (metres float64, ok bool) {
	at, ok := place(lon, lat)
	if !ok {
		return 0, false
	}
	p := s2.PointFromLatLng(at)
	nearest := math.Inf(1)
	for _, l := range s.lines {
		for i := range l.NumEdges() {
			e := l.Edge(i)
			nearest = min(nearest, s2.DistanceFromSegment(p, e.V0, e.V1).Radians())
		}
	}
	for _, polygon := range s.polygons {
		if polygon.ContainsPoint(p) {
			return 0, true
		}
		for i := range polygon.NumEdges() {
			e := polygon.Edge(i)
			nearest = min(nearest, s2.DistanceFromSegment(p, e.V0, e.V1).Radians())
		}
	}
	return nearest * earthRadius, true
}
