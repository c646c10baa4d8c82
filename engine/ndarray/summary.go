package ndarray

import "math"

// Summary describes a whole array in a few numbers. NaN elements are counted and
// left out of the rest.
type Summary struct {
	Count     int // elements that are numbers
	NaN       int
	Min, Max  float64
	Mean, Std float64 // Std of the population, as numpy.std
}

// Summarize computes a [Summary] in one pass (Welford's method). An array without
// numbers has zeros everywhere.
func (a *Array) Summarize() Summary {
	var s Summary
	var m2 float64
	for i, n := 0, a.Len(); i < n; i++ {
		v := a.At(i)
		if math.IsNaN(v) {
			s.NaN++
			continue
		}
		if s.Count == 0 {
			s.Min, s.Max = v, v
		}
		s.Count++
		s.Min, s.Max = math.Min(s.Min, v), math.Max(s.Max, v)
		delta := v - s.Mean
		s.Mean += delta / float64(s.Count)
		m2 += delta * (v - s.Mean)
	}
	if s.Count > 0 {
		s.Std = math.Sqrt(m2 / float64(s.Count))
	}
	return s
}
