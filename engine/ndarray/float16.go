package ndarray

import "math"

// float16ToFloat32 widens an IEEE 754 half.
func float16ToFloat32(h uint16) float32 {
	sign := uint32(h&0x8000) << 16
	exp, frac := uint32(h>>10)&0x1f, uint32(h&0x3ff)
	switch {
	case exp == 0x1f:
		return math.Float32frombits(sign | 0x7f800000 | frac<<13)
	case exp != 0:
		return math.Float32frombits(sign | (exp+112)<<23 | frac<<13)
	}
	value := float32(frac) * (1.0 / (1 << 24)) // zero or subnormal
	if sign != 0 {
		value = -value
	}
	return value
}

// float32ToFloat16 rounds to the nearest half, ties to even.
func float32ToFloat16(f float32) uint16 {
	bits := math.Float32bits(f)
	sign := uint16(bits>>16) & 0x8000
	abs := bits & 0x7fffffff
	switch {
	case abs > 0x7f800000: // NaN stays NaN
		return sign | 0x7e00
	case abs >= 0x477ff000: // rounds beyond the largest half
		return sign | 0x7c00
	case abs < 0x38800000: // subnormal: the unit is 2^-24
		return sign | uint16(math.RoundToEven(float64(math.Float32frombits(abs))*(1<<24)))
	}
	rounded := abs + 0xfff + (abs>>13)&1
	return sign | uint16((rounded-0x38000000)>>13)
}
