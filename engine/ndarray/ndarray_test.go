package ndarray

import (
	"bytes"
	"image"
	"image/color"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestElementsComeBack(t *testing.T) {
	for dtype := range layouts {
		a, err := New(dtype, 2, 2)
		if err != nil {
			t.Fatal(err)
		}
		a.Set(3, 1)
		if a.At(3) != 1 || a.At(0) != 0 {
			t.Errorf("%s: 1 comes back as %v", dtype, a.At(3))
		}
		if dtype.Integer() && dtype[0] == 'i' {
			if a.Set(0, -2); a.At(0) != -2 {
				t.Errorf("%s: -2 comes back as %v", dtype, a.At(0))
			}
		}
	}
}

func TestFloat16(t *testing.T) {
	for h := range 1 << 16 {
		f := float16ToFloat32(uint16(h))
		if math.IsNaN(float64(f)) {
			continue
		}
		if back := float32ToFloat16(f); back != uint16(h) {
			t.Fatalf("half %#04x is %v and comes back as %#04x", h, f, back)
		}
	}
	for f, want := range map[float32]uint16{65519: 0x7bff, 65520: 0x7c00, 1 + 1.0/2048: 0x3c00, 1 + 3.0/2048: 0x3c02} {
		if got := float32ToFloat16(f); got != want {
			t.Errorf("%v rounds to %#04x, want %#04x", f, got, want)
		}
	}
}

func TestRefusedShapes(t *testing.T) {
	for _, shape := range [][]int{{-1}, {1 << 40, 1 << 40}, make([]int, MaxDims+1)} {
		if _, err := New(Float64, shape...); err == nil {
			t.Errorf("shape %v: no error", shape)
		}
	}
	if _, err := New("complex64", 1); err == nil {
		t.Error("complex64: no error")
	}
	if _, err := Wrap(Int16, []int{2}, []byte{1}); err == nil {
		t.Error("too few bytes: no error")
	}
	if a, err := New(Int8, 0, 1<<62, 1<<62); err != nil || a.Len() != 0 {
		t.Errorf("an empty array: %v", err)
	}
}

func TestViewSharesMemory(t *testing.T) {
	a, err := Of([]float32{1, 2, 3})
	if err != nil {
		t.Fatal(err)
	}
	view, err := View[float32](a)
	if err != nil {
		t.Fatal(err)
	}
	view[1] = 7
	if a.At(1) != 7 {
		t.Error("a view must share the array's memory")
	}
	if _, err := View[int32](a); err == nil {
		t.Error("floats viewed as int32: no error")
	}
	odd := &Array{DType: Uint16, Shape: []int{1}, Data: []byte{0, 1, 2}[1:]}
	if got, err := Values[uint16](odd); err != nil || got[0] != 0x0201 {
		t.Errorf("unaligned values: %v %v", got, err)
	}
}

func TestNPYRoundTrip(t *testing.T) {
	for dtype := range layouts {
		for _, shape := range [][]int{{}, {3}, {2, 3}, {0, 4}} {
			a, _ := New(dtype, shape...)
			for i := range a.Len() {
				a.Set(i, float64(i%2))
			}
			var out bytes.Buffer
			if err := a.WriteNPY(&out); err != nil {
				t.Fatal(err)
			}
			if (out.Len()-len(a.Data))%64 != 0 {
				t.Errorf("%s %v: data is not aligned", dtype, shape)
			}
			back, err := ReadNPY(bytes.NewReader(out.Bytes()), 1<<20)
			if err != nil {
				t.Fatalf("%s %v: %v", dtype, shape, err)
			}
			if diff := cmp.Diff(a, back, cmp.Comparer(func(x, y []byte) bool { return bytes.Equal(x, y) })); diff != "" {
				t.Errorf("%s %v: %s", dtype, shape, diff)
			}
		}
	}
}

func TestNPYHostile(t *testing.T) {
	header := func(h string) []byte {
		return append([]byte("\x93NUMPY\x01\x00"), append([]byte{byte(len(h)), byte(len(h) >> 8)}, h...)...)
	}
	for name, data := range map[string][]byte{
		"empty":     nil,
		"magic":     []byte("\x93NUMPX\x01\x00\x00\x00"),
		"long":      []byte("\x93NUMPY\x02\x00\xff\xff\xff\x7f"),
		"huge":      header("{'descr': '<f8', 'fortran_order': False, 'shape': (100000000000,), }"),
		"overflow":  header("{'descr': '<f8', 'fortran_order': False, 'shape': (4611686018427387904,9), }"),
		"object":    header("{'descr': '|O', 'fortran_order': False, 'shape': (1,), }"),
		"big":       header("{'descr': '>f8', 'fortran_order': False, 'shape': (1,), }"),
		"truncated": header("{'descr': '<f8', 'fortran_order': False, 'shape': (10,), }"),
	} {
		if _, err := ReadNPY(bytes.NewReader(data), 1<<20); err == nil {
			t.Errorf("%s: no error", name)
		}
	}
}

// numpyPython is a python3 of PATH or of the system that has numpy.
func numpyPython(t *testing.T) string {
	t.Helper()
	for _, folder := range append(filepath.SplitList(os.Getenv("PATH")), "/usr/bin") {
		python := filepath.Join(folder, "python3")
		if exec.Command(python, "-c", "import numpy").Run() == nil {
			return python
		}
	}
	t.Skip("no python3 here has numpy: install python3-numpy")
	return ""
}

// NumPy itself writes a Fortran-ordered array, and reads what we wrote.
func TestNPYAgainstNumPy(t *testing.T) {
	script := "import io,sys,numpy as np\na=np.load(io.BytesIO(sys.stdin.buffer.read()))\nassert a.shape==(2,3) and a[1,0]==3, a\n" +
		"b=io.BytesIO();np.save(b, np.asfortranarray(a*2));sys.stdout.buffer.write(b.getvalue())"
	python := numpyPython(t)
	a, _ := Of([]int32{0, 1, 2, 3, 4, 5}, 2, 3)
	var in bytes.Buffer
	_ = a.WriteNPY(&in)
	command := exec.Command(python, "-c", script)
	command.Stdin = &in
	out, err := command.Output()
	if err != nil {
		t.Fatal(err)
	}
	back, err := ReadNPY(bytes.NewReader(out), 1<<20)
	if err != nil {
		t.Fatal(err)
	}
	want, _ := Of([]int32{0, 2, 4, 6, 8, 10}, 2, 3)
	if !back.Equal(want) {
		t.Errorf("NumPy gives %v %v %v", back.DType, back.Shape, back.Data)
	}
}

func TestImageRoundTrip(t *testing.T) {
	for _, shape := range [][]int{{2, 3}, {2, 3, 3}, {2, 3, 4}} {
		a, _ := New(Uint8, shape...)
		for i := range a.Data {
			a.Data[i] = byte(40 + i*5)
		}
		var out bytes.Buffer
		if err := a.WritePNG(&out); err != nil {
			t.Fatal(err)
		}
		back, err := ReadImage(out.Bytes())
		if err != nil {
			t.Fatal(err)
		}
		if !back.Equal(a) {
			t.Errorf("%v: %v comes back as %v", shape, a, back)
		}
	}
	if err := (&Array{DType: Float32, Shape: []int{1, 1}, Data: make([]byte, 4)}).WritePNG(&bytes.Buffer{}); err == nil {
		t.Error("a float image: no error")
	}
	deep := image.NewGray16(image.Rect(0, 0, 1, 1))
	deep.SetGray16(0, 0, color.Gray16{0x0102})
	if a := FromImage(deep); a.DType != Uint16 || a.At(0) != 0x0102 {
		t.Errorf("16-bit grey: %v", a)
	}
}

func TestSummarize(t *testing.T) {
	a, _ := Of([]float64{2, 4, 4, 4, 5, 5, 7, 9, math.NaN()})
	want := Summary{Count: 8, NaN: 1, Min: 2, Max: 9, Mean: 5, Std: 2}
	if diff := cmp.Diff(want, a.Summarize()); diff != "" {
		t.Error(diff)
	}
}

func FuzzReadNPY(f *testing.F) {
	a, _ := Of([]uint8{1, 2, 3, 4}, 2, 2)
	var out bytes.Buffer
	_ = a.WriteNPY(&out)
	f.Add(out.Bytes())
	f.Fuzz(func(t *testing.T, data []byte) {
		a, err := ReadNPY(bytes.NewReader(data), 1<<16)
		if err != nil {
			return
		}
		var again bytes.Buffer
		if err := a.WriteNPY(&again); err != nil {
			t.Fatal(err)
		}
		if back, err := ReadNPY(&again, 1<<16); err != nil || !back.Equal(a) {
			t.Fatalf("%v comes back as %v, %v", a, back, err)
		}
	})
}

func BenchmarkSummarize(b *testing.B) {
	a, _ := New(Float32, 512, 512)
	b.SetBytes(int64(len(a.Data)))
	b.ReportAllocs()
	for b.Loop() {
		a.Summarize()
	}
}
