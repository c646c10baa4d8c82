package ndarray

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"io"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
)

// MaxNPYHeader is the longest .npy header that is read, in bytes.
const MaxNPYHeader = 64 << 10

var npyMagic = []byte("\x93NUMPY")

// WriteNPY writes the array in NumPy's format, version 1.0.
func (a *Array) WriteNPY(w io.Writer) error {
	if _, err := Bytes(a.DType, a.Shape); err != nil {
		return err
	}
	var shape strings.Builder
	for _, n := range a.Shape {
		fmt.Fprintf(&shape, "%d, ", n)
	}
	axes := strings.TrimSuffix(shape.String(), " ")
	if len(a.Shape) > 1 {
		axes = strings.TrimSuffix(axes, ",")
	}
	head := fmt.Sprintf("{'descr': '%s', 'fortran_order': False, 'shape': (%s), }", layouts[a.DType].npy, axes)
	const fixed = 10 // magic, version, header length
	head += strings.Repeat(" ", 63-(fixed+len(head))%64) + "\n"
	out := append(slices.Clone(npyMagic), 1, 0)
	out = binary.LittleEndian.AppendUint16(out, uint16(len(head)))
	out = append(out, head...)
	if _, err := w.Write(out); err != nil {
		return err
	}
	_, err := w.Write(a.Data)
	return err
}

// ReadNPY reads one array in NumPy's format; limit bounds the bytes of its data.
// Fortran order is turned into C order. Big-endian and object arrays are refused.
func ReadNPY(r io.Reader, limit int) (*Array, error) {
	head, err := readNPYHeader(r)
	if err != nil {
		return nil, err
	}
	dtype, shape, fortran, err := parseNPYHeader(head)
	if err != nil {
		return nil, err
	}
	size, err := Bytes(dtype, shape)
	if err != nil {
		return nil, err
	}
	if size > limit {
		return nil, fmt.Errorf("an array of %d bytes is larger than the limit of %d", size, limit)
	}
	var data bytes.Buffer // grows as bytes arrive: a false shape cannot make it allocate
	if _, err := io.CopyN(&data, r, int64(size)); err != nil {
		return nil, fmt.Errorf("read array data: %w", err)
	}
	a := &Array{DType: dtype, Shape: shape, Data: data.Bytes()}
	if fortran && len(shape) > 1 {
		a = a.fromFortran()
	}
	return a, nil
}

func readNPYHeader(r io.Reader) (string, error) {
	fixed := make([]byte, 8)
	if _, err := io.ReadFull(r, fixed); err != nil || !bytes.Equal(fixed[:6], npyMagic) {
		return "", fmt.Errorf("this is not a .npy file: it does not begin with %q", npyMagic)
	}
	length := make([]byte, 2)
	if fixed[6] >= 2 {
		length = make([]byte, 4)
	}
	if _, err := io.ReadFull(r, length); err != nil {
		return "", fmt.Errorf("read .npy header: %w", err)
	}
	n := uint64(binary.LittleEndian.Uint32(append(slices.Clone(length), 0, 0)[:4]))
	if n > MaxNPYHeader {
		return "", fmt.Errorf("the .npy header has %d bytes, more than %d", n, MaxNPYHeader)
	}
	head := make([]byte, n)
	if _, err := io.ReadFull(r, head); err != nil {
		return "", fmt.Errorf("read .npy header: %w", err)
	}
	return string(head), nil
}

var (
	npyDescr   = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`'descr':\s*'([^']*)'`) })
	npyFortran = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`'fortran_order':\s*(True|False)`) })
	npyShape   = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`'shape':\s*\(([0-9, ]*)\)`) })
)

func parseNPYHeader(head string) (dtype DType, shape []int, fortran bool, err error) {
	descr, order, axes := npyDescr().FindStringSubmatch(head), npyFortran().FindStringSubmatch(head), npyShape().FindStringSubmatch(head)
	if descr == nil || order == nil || axes == nil {
		return "", nil, false, fmt.Errorf("the .npy header %q is not understood", head)
	}
	for d, l := range layouts {
		if l.npy == descr[1] || l.npy[1:] == strings.TrimLeft(descr[1], "|<=") {
			dtype = d
		}
	}
	if dtype == "" {
		return "", nil, false, fmt.Errorf("arrays of %q are not supported", descr[1])
	}
	shape = []int{}
	for field := range strings.SplitSeq(axes[1], ",") {
		if field = strings.TrimSpace(field); field == "" {
			continue
		}
		n, err := strconv.Atoi(field)
		if err != nil {
			return "", nil, false, fmt.Errorf("the .npy header has a bad shape: %w", err)
		}
		shape = append(shape, n)
	}
	return dtype, shape, order[1] == "True", nil
}

// fromFortran returns the same array with its elements in C order.
func (a *Array) fromFortran() *Array {
	out := &Array{DType: a.DType, Shape: a.Shape, Data: make([]byte, len(a.Data))}
	size := a.DType.Size()
	at := make([]int, len(a.Shape))
	for i := range a.Len() {
		from, stride := 0, 1
		for axis, n := range a.Shape {
			from += at[axis] * stride
			stride *= n
		}
		copy(out.Data[i*size:(i+1)*size], a.Data[from*size:])
		for axis := len(at) - 1; axis >= 0; axis-- {
			if at[axis]++; at[axis] < a.Shape[axis] {
				break
			}
			at[axis] = 0
		}
	}
	return out
}
