package value

import (
	"encoding/json"
	"errors"
	"math"
	"math/big"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/imjoy-tools/imjoy/engine/ndarray"
)

var compare = cmp.Options{
	cmp.AllowUnexported(Object{}),
	cmpopts.EquateNaNs(),
	cmp.Comparer(func(a, b *big.Int) bool { return (a == nil) == (b == nil) && (a == nil || a.Cmp(b) == 0) }),
}

func floats(typed bool, values ...float32) *ndarray.Array {
	a, _ := ndarray.Of(values)
	a.Typed = typed
	return a
}

var printed = []struct {
	name  string
	value Value
	text  string
}{
	{"null", nil, `null`},
	{"true", true, `true`},
	{"text", "a\"\\\n\u2028ä\x01", `"a\"\\\n\u2028ä\u0001"`},
	{"what looks like something else", "\x7f\u009b\u202e\u2066\u200fü", "\"\\u007f\\u009b\\u202e\\u2066\u200fü\""},
	{"whole", 5.0, `5`},
	{"fraction", 0.1, `0.1`},
	{"large", 1e21, `1e+21`},
	{"NaN", math.NaN(), `{"_rtype":"number","_rvalue":"NaN"}`},
	{"negative zero", math.Copysign(0, -1), `{"_rtype":"number","_rvalue":"-0"}`},
	{"int64", int64(1<<53 + 1), `9007199254740993`},
	{"bigint", big.NewInt(7), `{"_rtype":"bigint","_rvalue":"7"}`},
	{"list", []any{1.0, []any{}, nil}, `[1,[],null]`},
	{"key order", NewObject("z", 1.0, "a", 2.0), `{"z":1,"a":2}`},
	{"bytes", []byte{0, 255}, `{"_rtype":"bytes","_rvalue":"AP8="}`},
	{"typed array", floats(true, 0.1, float32(math.NaN())), `{"_rtype":"typedarray","_rvalue":[0.1,"NaN"],"_rdtype":"float32"}`},
	{"ndarray", floats(false, 1, 2), `{"_rtype":"ndarray","_rvalue":[1,2],"_rshape":[2],"_rdtype":"float32"}`},
	{"file", &File{Name: "a.txt", Type: "text/plain", Size: 1, Data: []byte("x")}, `{"_rtype":"file","_rname":"a.txt","_rmime":"text/plain","_rsize":1,"_rvalue":"eA=="}`},
	{"file by path", &File{Name: "a", Size: 9, Path: "/a"}, `{"_rtype":"file","_rname":"a","_rmime":"","_rsize":9,"_rpath":"/a"}`},
	{"blob", &Blob{Type: "image/png", Data: []byte("x")}, `{"_rtype":"blob","_rmime":"image/png","_rvalue":"eA=="}`},
	{"error", &Error{Name: "TypeError", Message: "no"}, `{"_rtype":"error","_rvalue":"no","_rname":"TypeError"}`},
	{"set", &Set{Items: []any{1.0}}, `{"_rtype":"set","_rvalue":[1]}`},
	{"map", &Map{Pairs: [][2]any{{1.0, "a"}}}, `{"_rtype":"orderedmap","_rvalue":[[1,"a"]]}`},
	{"unknown tag", NewObject("_rtype", "mine", "x", 1.0), `{"_rtype":"mine","x":1}`},
}

func TestJSONBothWays(t *testing.T) {
	for _, test := range printed {
		t.Run(test.name, func(t *testing.T) {
			text, err := JSON(test.value)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(test.text, string(text)); diff != "" {
				t.Error(diff)
			}
			back, err := FromJSON(text)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(test.value, back, compare); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestGoValuesAreTaken(t *testing.T) {
	for want, v := range map[string]Value{
		`{"a":[1,"x"],"b":-2}`: map[string]any{"b": int8(-2), "a": []any{uint(1), "x"}},
		`["x"]`:                []string{"x"},
		`0.1`:                  float32(0.1),
		`12345678901234567890`: json.Number("12345678901234567890"),
		`{"_rtype":"error","_rvalue":"boo","_rname":"Error"}`: errors.New("boo"),
	} {
		if got, err := JSON(v); err != nil || string(got) != want {
			t.Errorf("%v: got %s %v, want %s", v, got, err, want)
		}
	}
	for _, bad := range []Value{struct{}{}, make(chan int), json.Number("1x"), complex(1, 1)} {
		if text, err := JSON(bad); err == nil {
			t.Errorf("%T was written as %s", bad, text)
		}
	}
}

func TestReviveTakesWhatPluginsEncode(t *testing.T) {
	for want, o := range map[string]*Object{
		`{"_rtype":"ndarray","_rvalue":[1,2],"_rshape":[2],"_rdtype":"float32"}`: NewObject("_rtype", "ndarray", "_rvalue", floats(true, 1, 2), "_rshape", []any{2.0}, "_rdtype", "float32"),
		`{"_rtype":"ndarray","_rvalue":[3],"_rshape":[1],"_rdtype":"int8"}`:      NewObject("_rtype", "ndarray", "_rvalue", []any{3.0}, "_rshape", []any{1.0}, "_rdtype", "int8"),
		`{"_rtype":"mine","x":1}`: NewObject("_rtype", "mine", "x", 1.0),
		`{"x":1}`:                 NewObject("x", 1.0),
	} {
		v, err := Revive(o)
		if err != nil {
			t.Fatal(err)
		}
		if text, _ := JSON(v); string(text) != want {
			t.Errorf("got %s, want %s", text, want)
		}
	}
	for _, bad := range []*Object{
		NewObject("_rtype", "bytes", "_rvalue", 0.0), NewObject("_rtype", "bytes", "_rvalue", "AA=="), NewObject("_rtype", "set", "_rvalue", 1.0),
		NewObject("_rtype", "ndarray", "_rvalue", []byte{1}, "_rshape", []any{2.0}, "_rdtype", "uint8"),
	} {
		if v, err := Revive(bad); err == nil {
			t.Errorf("%v was taken as %v", bad, v)
		}
	}
}

func TestLargeArraysAreBase64(t *testing.T) {
	a, _ := ndarray.New(ndarray.Uint8, 40, 40)
	text, err := JSON(a)
	if err != nil || !strings.Contains(string(text), `"_rvalue":"AAAA`) {
		t.Fatalf("%.80s %v", text, err)
	}
	back, err := FromJSON(text)
	if err != nil || !back.(*ndarray.Array).Equal(a) {
		t.Error(err)
	}
}

func TestCyclesAreErrors(t *testing.T) {
	o := &Object{}
	o.Set("a", o)
	o.Set("b", o)
	list := []any{nil}
	list[0] = list
	m := map[string]any{}
	m["x"] = m
	m["y"] = m
	for _, v := range []Value{o, list, m} {
		if _, err := JSON(v); err == nil {
			t.Errorf("%T: no error", v)
		}
		if _, err := Hash(v); err == nil {
			t.Errorf("%T: hashed", v)
		}
	}
	shared := []any{1.0}
	if _, err := JSON([]any{shared, shared}); err != nil {
		t.Errorf("a value that stands twice: %v", err)
	}
}

func TestMalformedJSON(t *testing.T) {
	for _, text := range []string{
		``, `[`, `[1`, `[1,`, `[1,]`, `{`, `{"a"`, `{"a":`, `{"a":1,}`, `{a:1}`, `01`, `1.`, `-`, `1e`, `1e999`, `"a`, `"\x"`, `"\u12"`, "\"\n\"", `nul`, `1 2`,
		strings.Repeat("[", MaxDepth+2) + strings.Repeat("]", MaxDepth+2),
		`{"_rtype":"bytes","_rvalue":1}`,
		`{"_rtype":"bytes","_rvalue":"!"}`,
		`{"_rtype":"ndarray","_rvalue":[1],"_rshape":[2],"_rdtype":"int8"}`,
		`{"_rtype":"ndarray","_rvalue":"AA==","_rshape":[1e15,1e15],"_rdtype":"int8"}`,
		`{"_rtype":"ndarray","_rvalue":"AA==","_rshape":[-1],"_rdtype":"int8"}`,
		`{"_rtype":"ndarray","_rvalue":["x"],"_rshape":[1],"_rdtype":"int8"}`,
		`{"_rtype":"typedarray","_rvalue":"AAA=","_rdtype":"float32"}`,
		`{"_rtype":"typedarray","_rvalue":"AAA=","_rdtype":"complex"}`,
		`{"_rtype":"set","_rvalue":1}`, `{"_rtype":"orderedmap","_rvalue":[[1]]}`, `{"_rtype":"number","_rvalue":"one"}`, `{"_rtype":"bigint","_rvalue":"x"}`,
	} {
		if v, err := FromJSON([]byte(text)); err == nil {
			t.Errorf("%.60s gives %v", text, v)
		}
	}
}

func TestNumbersKeepTheirValue(t *testing.T) {
	for text, want := range map[string]Value{
		`9007199254740993`:     int64(9007199254740993),
		`-1`:                   -1.0,
		`18446744073709551616`: new(big.Int).Lsh(big.NewInt(1), 64),
		`1.0`:                  1.0,
	} {
		got, err := FromJSON([]byte(text))
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(want, got, compare); diff != "" {
			t.Errorf("%s: %s", text, diff)
		}
	}
}

func TestHash(t *testing.T) {
	sum := func(text string) [32]byte {
		v, err := FromJSON([]byte(text))
		if err != nil {
			t.Fatal(err)
		}
		h, err := Hash(v)
		if err != nil {
			t.Fatal(err)
		}
		return h
	}
	same := [][2]string{{`{"a":1,"b":[2]}`, `{"b":[2.0],"a":1}`}, {`{"x":{"p":1,"q":2}}`, `{"x":{"q":2,"p":1}}`}}
	for _, pair := range same {
		if sum(pair[0]) != sum(pair[1]) {
			t.Errorf("%s and %s differ", pair[0], pair[1])
		}
	}
	other := [][2]string{{`[1,2]`, `[2,1]`}, {`1`, `"1"`}, {`{"_rtype":"bytes","_rvalue":"AA=="}`, `{"_rtype":"bytes","_rvalue":"AQ=="}`}, {`null`, `{}`}}
	for _, pair := range other {
		if sum(pair[0]) == sum(pair[1]) {
			t.Errorf("%s and %s are the same", pair[0], pair[1])
		}
	}
}

func FuzzFromJSON(f *testing.F) {
	for _, test := range printed {
		f.Add([]byte(test.text))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		v, err := FromJSON(text)
		if err != nil {
			return
		}
		if !json.Valid(text) {
			t.Fatalf("%q was read although it is not JSON", text)
		}
		once, err := JSON(v)
		if err != nil {
			t.Fatal(err)
		}
		back, err := FromJSON(once)
		if err != nil {
			t.Fatalf("%s: %v", once, err)
		}
		if twice, err := JSON(back); err != nil || string(once) != string(twice) {
			t.Fatalf("%s becomes %s, %v", once, twice, err)
		}
	})
}

func BenchmarkFromJSON(b *testing.B) {
	text := []byte("[" + strings.Repeat(`{"name":"cell","area":12.5,"tags":["a","b"]},`, 10000) + "null]")
	b.SetBytes(int64(len(text)))
	b.ReportAllocs()
	for b.Loop() {
		if _, err := FromJSON(text); err != nil {
			b.Fatal(err)
		}
	}
}
