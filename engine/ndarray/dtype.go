package ndarray

// DType is the type of an array's elements, by its NumPy name.
type DType string

// The element types. ImJoy itself knows the first nine without bool; JavaScript
// has no float16, and its 64-bit integers are BigInt arrays.
const (
	Int8    DType = "int8"
	Int16   DType = "int16"
	Int32   DType = "int32"
	Uint8   DType = "uint8"
	Uint16  DType = "uint16"
	Uint32  DType = "uint32"
	Float32 DType = "float32"
	Float64 DType = "float64"
	Int64   DType = "int64"
	Uint64  DType = "uint64"
	Float16 DType = "float16"
	Bool    DType = "bool"
)

// layout says how a dtype lies in memory and what NumPy's file format calls it.
type layout struct {
	size int
	npy  string
}

var layouts = map[DType]layout{
	Int8: {1, "|i1"}, Int16: {2, "<i2"}, Int32: {4, "<i4"}, Int64: {8, "<i8"},
	Uint8: {1, "|u1"}, Uint16: {2, "<u2"}, Uint32: {4, "<u4"}, Uint64: {8, "<u8"},
	Float16: {2, "<f2"}, Float32: {4, "<f4"}, Float64: {8, "<f8"}, Bool: {1, "|b1"},
}

// Valid reports whether d is one of the constants above.
func (d DType) Valid() bool { return layouts[d].size > 0 }

// Size returns the number of bytes of one element, 0 for an unknown dtype.
func (d DType) Size() int { return layouts[d].size }

// Integer reports whether elements are whole numbers.
func (d DType) Integer() bool {
	switch d {
	case Float16, Float32, Float64, Bool:
		return false
	}
	return d.Valid()
}
