package ndarray

import (
	"fmt"
	"slices"
	"unsafe"
)

// Element is a Go type that an array's elements can be looked at as.
type Element interface {
	int8 | int16 | int32 | int64 | uint8 | uint16 | uint32 | uint64 | float32 | float64
}

// Of returns an array with a copy of the elements. Without a shape it has one axis.
func Of[T Element](values []T, shape ...int) (*Array, error) {
	if len(shape) == 0 {
		shape = []int{len(values)}
	}
	a, err := New(dtypeOf[T](), shape...)
	if err != nil {
		return nil, err
	}
	if a.Len() != len(values) {
		return nil, fmt.Errorf("shape %v holds %d elements, not %d", shape, a.Len(), len(values))
	}
	view, err := View[T](a)
	copy(view, values)
	return a, err
}

// View returns the elements as a Go slice over the same memory where that is
// possible (right type, aligned bytes, a little-endian machine), and an error
// where it is not; [Values] copies instead.
func View[T Element](a *Array) ([]T, error) {
	var zero T
	if want := dtypeOf[T](); a.DType != want {
		return nil, fmt.Errorf("elements are %s, not %s", a.DType, want)
	}
	if a.Len() == 0 {
		return nil, nil
	}
	start := unsafe.Pointer(unsafe.SliceData(a.Data))
	if uintptr(start)%unsafe.Alignof(zero) != 0 || !littleEndian {
		return nil, fmt.Errorf("the bytes of this array cannot be viewed as %s in place", a.DType)
	}
	return unsafe.Slice((*T)(start), a.Len()), nil
}

// Values returns the elements as a Go slice of their own type: a view where
// possible, else a copy.
func Values[T Element](a *Array) ([]T, error) {
	if view, err := View[T](a); err == nil {
		return view, nil
	}
	if want := dtypeOf[T](); a.DType != want {
		return nil, fmt.Errorf("elements are %s, not %s", a.DType, want)
	}
	out := make([]T, a.Len())
	for i := range out {
		out[i] = T(a.At(i))
	}
	return out, nil
}

// Equal reports whether two arrays have the same dtype, shape and bytes.
func (a *Array) Equal(b *Array) bool {
	if a == nil || b == nil {
		return a == b
	}
	return a.DType == b.DType && a.Typed == b.Typed && slices.Equal(a.Shape, b.Shape) && string(a.Data) == string(b.Data)
}

var littleEndian = func() bool {
	n := uint16(1)
	return *(*byte)(unsafe.Pointer(&n)) == 1
}()

func dtypeOf[T Element]() DType {
	var zero T
	switch any(zero).(type) {
	case int8:
		return Int8
	case int16:
		return Int16
	case int32:
		return Int32
	case int64:
		return Int64
	case uint8:
		return Uint8
	case uint16:
		return Uint16
	case uint32:
		return Uint32
	case uint64:
		return Uint64
	case float32:
		return Float32
	}
	return Float64
}
