package scalar

import (
	"math"
	"slices"
	"strings"

	"github.com/goshawk-hunt/goshawk/kql/dynamic"
	"github.com/goshawk-hunt/goshawk/kql/types"
)

// Seasons that are sought: how strong they must be, the shortest, and how often they must
// fit into the series.
const (
	seasonThreshold = 0.6
	shortestSeason  = 4
	leastSeasons    = 4
)

// detectSeason finds the period of x: the first top of the autocorrelation of the detrended
// series that is above the threshold and not topped by more than a little later.
func detectSeason(x []float64, threshold float64) int {
	n := len(x)
	if n > maxSplit {
		x = x[:maxSplit]
		n = maxSplit
	}
	l := regress(x, 0)
	z := make([]float64, n)
	for i := range z {
		z[i] = x[i] - l.at(i)
	}
	longest := n / leastSeasons
	if longest < shortestSeason {
		return 0
	}
	r := make([]float64, longest+2)
	for lag := 1; lag < len(r) && lag < n-1; lag++ {
		r[lag] = pearson(z[:n-lag], z[lag:])
	}
	best := 0
	for lag := shortestSeason; lag <= longest; lag++ {
		top := r[lag] >= r[lag-1] && r[lag] >= r[lag+1]
		if top && r[lag] > threshold && (best == 0 || r[lag] > r[best]*1.05) {
			best = lag
		}
	}
	return best
}

// decomposition is a series taken apart.
type decomposition struct{ baseline, seasonal, trend, residual []float64 }

// seasonOf gives the median of each phase of a period; 0 is no season.
func seasonOf(x []float64, period, test int) []float64 {
	out := make([]float64, len(x))
	if period <= 0 {
		return out
	}
	for phase := 0; phase < period && phase < len(x); phase++ {
		var same []float64
		for i := phase; i < len(x)-test; i += period {
			same = append(same, x[i])
		}
		m := median(same)
		for i := phase; i < len(x); i += period {
			out[i] = m
		}
	}
	return out
}

func median(x []float64) float64 {
	if len(x) == 0 {
		return 0
	}
	s := slices.Sorted(slices.Values(x))
	if n := len(s); n%2 == 0 {
		return (s[n/2-1] + s[n/2]) / 2
	}
	return s[len(s)/2]
}

// decompose takes x apart; the last test points are not learned from.
func decompose(x []float64, period int, trend string, test int) decomposition {
	d := decomposition{seasonal: seasonOf(x, period, test)}
	n := len(x)
	rest := make([]float64, n)
	for i := range rest {
		rest[i] = x[i] - d.seasonal[i]
	}
	d.trend = make([]float64, n)
	switch learn := rest[:n-test]; trend {
	case "avg":
		m := mean(learn)
		for i := range d.trend {
			d.trend[i] = m
		}
	case "linefit":
		d.trend = regress(learn, 0).points(0, n)
	}
	d.baseline, d.residual = make([]float64, n), make([]float64, n)
	for i := range x {
		d.baseline[i] = d.seasonal[i] + d.trend[i]
		d.residual[i] = x[i] - d.baseline[i]
	}
	return d
}

// integer reads an optional integer.
func integer(v types.Value, otherwise int64) int64 {
	if f, ok := read(v).Number(); ok && math.Abs(f) < 1e9 {
		return int64(f)
	}
	return otherwise
}

func number(v types.Value, otherwise float64) float64 {
	if f, ok := read(v).Number(); ok {
		return f
	}
	return otherwise
}

// takeApart reads the arguments that series_decompose and its kin have in common.
func takeApart(series, season, trend, test, threshold types.Value) (x []float64, d decomposition, ok bool) {
	x, ok = finiteSeries(series, 1)
	points := integer(test, 0)
	if !ok || points < 0 || points >= int64(len(x)) {
		return nil, d, false
	}
	kind := "avg"
	if t := read(trend); t.Kind == dynamic.String && t.Str != "" {
		kind = strings.ToLower(t.Str)
	}
	if kind != "avg" && kind != "linefit" && kind != "none" {
		return nil, d, false
	}
	period := integer(season, -1)
	if period < 0 {
		period = int64(detectSeason(x[:len(x)-int(points)], number(threshold, seasonThreshold)))
	}
	return x, decompose(x, int(period), kind, int(points)), true
}

func seriesDecompose(a []types.Value) types.Value {
	_, d, ok := takeApart(a[0], a[1], a[2], a[3], a[4])
	if !ok {
		return nullDynamic
	}
	return dynamic.List([]dynamic.Value{floats(d.baseline), floats(d.seasonal), floats(d.trend), floats(d.residual)}).Scalar()
}

// seriesForecast learns from all but the last a[1] points, with a line as trend.
func seriesForecast(a []types.Value) types.Value {
	trend := a[3]
	if trend.Null {
		trend = dynamic.Text("linefit").Scalar()
	}
	_, d, ok := takeApart(a[0], a[2], trend, a[1], a[4])
	if !ok {
		return nullDynamic
	}
	return dynamic.List([]dynamic.Value{floats(d.baseline), floats(d.seasonal), floats(d.trend), floats(d.residual)}).Scalar()
}

// seriesAnomalies gives flags, scores and the baseline: a[1] is the threshold of the score.
func seriesAnomalies(a []types.Value) types.Value {
	x, d, ok := takeApart(a[0], a[2], a[3], a[4], a[6])
	if !ok {
		return nullDynamic
	}
	if m := read(a[5]); m.Kind == dynamic.String && m.Str != "" && !strings.EqualFold(m.Str, "ctukey") {
		return nullDynamic
	}
	threshold := number(a[1], 1.5)
	learned := len(x) - int(integer(a[4], 0))
	scores := outlierScores(d.residual, learned)
	flags := make([]dynamic.Value, len(scores))
	for i, s := range scores {
		flags[i] = dynamic.Number(0)
		if s > threshold {
			flags[i] = dynamic.Number(1)
		} else if s < -threshold {
			flags[i] = dynamic.Number(-1)
		}
	}
	return dynamic.List([]dynamic.Value{dynamic.List(flags), floats(scores), floats(d.baseline)}).Scalar()
}

// quantile interpolates between the ranks of sorted values.
func quantile(sorted []float64, percent float64) float64 {
	at := percent / 100 * float64(len(sorted)-1)
	i := int(math.Floor(at))
	if i+1 >= len(sorted) {
		return sorted[len(sorted)-1]
	}
	return sorted[i] + (at-float64(i))*(sorted[i+1]-sorted[i])
}

// fence is the width of the score's unit within the range of the 10th to the 90th percentile.
// Source: observed on the engine, the same for all of 1,680 scores; the page of
// series_outliers does not tell it, nor what it is for other percentiles.
const fence = 2.772605605508

// outlierScores measures how far each value is outside of the range between the 10th and the
// 90th percentile of the first n values.
func outlierScores(x []float64, n int) []float64 {
	sorted := slices.Sorted(slices.Values(x[:n]))
	from, to := quantile(sorted, 10), quantile(sorted, 90)
	out := make([]float64, len(x))
	width := (to - from) / fence
	if width == 0 {
		return out
	}
	for i, f := range x {
		if f > to {
			out[i] = (f - to) / width
		} else if f < from {
			out[i] = (f - from) / width
		}
	}
	return out
}

// seriesOutliers scores the values of a series by the kind ctukey.
func seriesOutliers(a []types.Value) types.Value {
	x, ok := finiteSeries(a[0], 4)
	if k := read(a[1]); !ok || k.Kind == dynamic.String && k.Str != "" && !strings.EqualFold(k.Str, "ctukey") {
		return nullDynamic
	}
	return floats(outlierScores(x, len(x))).Scalar()
}

func seriesSeasonal(a []types.Value) types.Value {
	x, ok := finiteSeries(a[0], 1)
	test := integer(a[2], 0)
	if !ok || test < 0 || test >= int64(len(x)) {
		return nullDynamic
	}
	period := integer(a[1], -1)
	if period < 0 {
		period = int64(detectSeason(x[:len(x)-int(test)], seasonThreshold))
	}
	return floats(seasonOf(x, int(period), int(test))).Scalar()
}
