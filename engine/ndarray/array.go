package ndarray

import (
	"encoding/binary"
	"fmt"
	"math"
	"slices"
)

// MaxDims is the largest number of axes an array may have; NumPy's limit is 64.
const MaxDims = 64

// Array is an n-dimensional array: Data holds the elements in C order, little
// endian, len(Data) == elements * DType.Size().
type Array struct {
	DType DType
	Shape []int
	Data  []byte

	// Typed marks a JavaScript typed array: one axis, and a worker gets the same
	// kind of object back. An array without it arrives there as {_rtype: "ndarray"}.
	Typed bool
}

// New returns an array of zeros. It fails for an unknown dtype, a negative axis,
// or a size that no machine holds.
func New(dtype DType, shape ...int) (*Array, error) {
	size, err := Bytes(dtype, shape)
	if err != nil {
		return nil, err
	}
	return &Array{DType: dtype, Shape: slices.Clone(shape), Data: make([]byte, size)}, nil
}

// Wrap returns an array over the given bytes, which are kept, not copied.
func Wrap(dtype DType, shape []int, data []byte) (*Array, error) {
	size, err := Bytes(dtype, shape)
	if err != nil {
		return nil, err
	}
	if size != len(data) {
		return nil, fmt.Errorf("an array of %s %v has %d bytes, not %d", dtype, shape, size, len(data))
	}
	return &Array{DType: dtype, Shape: shape, Data: data}, nil
}

// Bytes returns how many bytes the elements of such an array take.
func Bytes(dtype DType, shape []int) (int, error) {
	size := dtype.Size()
	switch {
	case size == 0:
		return 0, fmt.Errorf("unknown dtype %q", string(dtype))
	case len(shape) > MaxDims:
		return 0, fmt.Errorf("an array may have %d axes, not %d", MaxDims, len(shape))
	}
	if slices.Contains(shape, 0) {
		size = 0
	}
	for _, n := range shape {
		if n < 0 {
			return 0, fmt.Errorf("shape %v has a negative axis", shape)
		}
		if size > 0 && n > math.MaxInt/size {
			return 0, fmt.Errorf("an array of %s %v is too large", dtype, shape)
		}
		size *= n
	}
	return size, nil
}

// Len returns the number of elements; an array without axes has one.
func (a *Array) Len() int { return len(a.Data) / max(a.DType.Size(), 1) }

// At returns the element at a flat index (C order). 64-bit integers above 2^53
// are rounded; use [View] for them.
func (a *Array) At(i int) float64 {
	b := a.Data[i*a.DType.Size():]
	switch a.DType {
	case Int8:
		return float64(int8(b[0]))
	case Int16:
		return float64(int16(binary.LittleEndian.Uint16(b)))
	case Int32:
		return float64(int32(binary.LittleEndian.Uint32(b)))
	case Int64:
		return float64(int64(binary.LittleEndian.Uint64(b)))
	case Uint8:
		return float64(b[0])
	case Uint16:
		return float64(binary.LittleEndian.Uint16(b))
	case Uint32:
		return float64(binary.LittleEndian.Uint32(b))
	case Uint64:
		return float64(binary.LittleEndian.Uint64(b))
	case Float16:
		return float64(float16ToFloat32(binary.LittleEndian.Uint16(b)))
	case Float32:
		return float64(math.Float32frombits(binary.LittleEndian.Uint32(b)))
	case Float64:
		return math.Float64frombits(binary.LittleEndian.Uint64(b))
	}
	if b[0] != 0 {
		return 1
	}
	return 0
}

// Set stores a number at a flat index; it is converted as Go converts it, and
// wraps around for integers that are too small for it.
func (a *Array) Set(i int, v float64) {
	b := a.Data[i*a.DType.Size():]
	switch a.DType {
	case Int8, Uint8:
		b[0] = byte(int64(v))
	case Int16, Uint16:
		binary.LittleEndian.PutUint16(b, uint16(int64(v)))
	case Int32, Uint32:
		binary.LittleEndian.PutUint32(b, uint32(int64(v)))
	case Int64:
		binary.LittleEndian.PutUint64(b, uint64(int64(v)))
	case Uint64:
		binary.LittleEndian.PutUint64(b, uint64(v))
	case Float16:
		binary.LittleEndian.PutUint16(b, float32ToFloat16(float32(v)))
	case Float32:
		binary.LittleEndian.PutUint32(b, math.Float32bits(float32(v)))
	case Float64:
		binary.LittleEndian.PutUint64(b, math.Float64bits(v))
	case Bool:
		b[0] = 0
		if v != 0 {
			b[0] = 1
		}
	}
}

// Index returns the flat index of a position, one number per axis; ok is false
// when it lies outside the array.
func (a *Array) Index(at ...int) (flat int, ok bool) {
	if len(at) != len(a.Shape) {
		return 0, false
	}
	for i, n := range a.Shape {
		if at[i] < 0 || at[i] >= n {
			return 0, false
		}
		flat = flat*n + at[i]
	}
	return flat, true
}
