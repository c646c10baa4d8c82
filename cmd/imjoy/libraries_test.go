package main

import (
	"archive/zip"
	"bytes"
	"compress/gzip"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"image"
	"image/color"
	"image/png"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	xtiff "golang.org/x/image/tiff"
)

// library is real work for libraries of npm. What is packed, drawn or written by Go is
// read by the library, and the other way round.
type library struct {
	name         string
	requirements []string
	load         string // imports, or importScripts
	run          string // the method, which finds data
	data         string
	want         string // the answer, as JSON
	check        func(answer string) error
	frozen       bool // also as one file, on a machine that has nothing
}

// libraries are loaded as authors of plugins load them: by requirements and importScripts
// from CDNs, as modules of npm, CommonJS among them.
var libraries = []library{
	{
		name:         "axios",
		requirements: []string{"https://cdn.jsdelivr.net/npm/axios@1.7.9/dist/axios.min.js"},
		run: `async run() {
  const http = axios.create({baseURL: data, headers: {"X-Plugin": "cells"}});
  http.interceptors.response.use((r) => ({...r, seen: r.status}));
  const r = await http.get("/table", {params: {page: 2, tag: ["a", "b c"]}});
  const sent = await http.post("/table", {n: 1});
  const bytes = (await http.get("/bytes", {responseType: "arraybuffer"})).data;
  const missing = await http.get("/missing").catch((e) => [axios.isAxiosError(e), e.response.status]);
  return [r.seen, r.data, sent.data, [...new Uint8Array(bytes)], missing];
}`,
		data: "https://data.example",
		want: `[200,{"header":"cells","query":"page=2&tag[]=a&tag[]=b+c"},{"got":{"n":1}},[0,255,128],[true,404]]`,
	},
	{
		name:         "jszip, by requirements",
		requirements: []string{"https://unpkg.com/jszip@3.10.1/dist/jszip.min.js"},
		run:          useJSZip, data: zipped("a.txt", "packed by Go"), check: unzips, frozen: true,
	},
	{
		name: "jszip, as a module",
		load: `import JSZip from "npm:jszip@3.10.1";`, run: useJSZip, data: zipped("a.txt", "packed by Go"), check: unzips, frozen: true,
	},
	{
		name: "spark-md5",
		load: `importScripts("https://cdnjs.cloudflare.com/ajax/libs/spark-md5/3.0.2/spark-md5.min.js");`, run: useSparkMD5, frozen: true,
		want: `["9e107d9d372bb6826bd81d3542a419d6","e007eea4feeb2395edae496b07d09de5","9e107d9d372bb6826bd81d3542a419d6"]`,
	},
	{
		name: "UTIF",
		load: `import UTIF from "npm:utif@3.1.0";`, run: useUTIF,
		data:  drawn(func(w io.Writer, m image.Image) error { return xtiff.Encode(w, m, nil) }),
		check: func(answer string) error { return sameGradient(answer, xtiff.Decode) },
	},
	{
		name:         "papaparse",
		requirements: []string{"https://unpkg.com/papaparse@5.4.1/papaparse.min.js"},
		run: `run() {
  const read = Papa.parse('name;n;ok\n"a;""b""";1.5;true\nc;-2e3;false\n', {header: true, dynamicTyping: true, delimiter: ";", skipEmptyLines: true});
  const rows = [];
  Papa.parse("1\t2\n3\t4", {step: (row) => rows.push(row.data)});
  return [read.data, read.meta.fields, rows, Papa.unparse([["x", 'q"'], [1, "a,b"]]), Papa.parse('a,"b').errors[0].code];
}`,
		want: `[[{"name":"a;\"b\"","n":1.5,"ok":true},{"name":"c","n":-2000,"ok":false}],["name","n","ok"],[["1","2"],["3","4"]],"x,\"q\"\"\"\r\n1,\"a,b\"","MissingQuotes"]`,
	},
	{
		name:         "simple-statistics",
		requirements: []string{"https://cdn.jsdelivr.net/npm/simple-statistics@7.8.3"},
		run: `run() {
  const line = ss.linearRegression([[0, 1], [1, 3], [2, 5]]);
  return [line, ss.linearRegressionLine(line)(10), ss.quantile([3, 1, 2, 4], 0.5), ss.ckmeans([1, 2, 11, 12, 30], 3), ss.standardDeviation([2, 4, 4, 4, 5, 5, 7, 9])];
}`,
		want: `[{"m":2,"b":1},21,2.5,[[1,2],[11,12],[30]],2]`,
	},
	{
		name:         "ml-matrix",
		requirements: []string{"https://cdn.jsdelivr.net/npm/ml-matrix@6.10.4/matrix.umd.js"},
		run: `run() {
  const {Matrix, inverse, EigenvalueDecomposition, SVD, determinant} = mlMatrix;
  const round = (list) => list.map((x) => Math.round(x * 1e6) / 1e6 + 0);
  const a = new Matrix([[4, 7, 1], [2, 6, 0], [1, 0, 3]]);
  return [inverse(a).mmul(a).to2DArray().map(round), round([determinant(a)]), round(new EigenvalueDecomposition(new Matrix([[2, 1], [1, 2]])).realEigenvalues.sort()), new SVD(new Matrix([[1, 2], [2, 4]])).rank];
}`,
		want: `[[[1,0,0],[0,1,0],[0,0,1]],[24],[1,3],1]`,
	},
	{
		name: "lodash",
		load: `import _ from "npm:lodash@4.17.21";`, run: useLodash,
		want: `[{"1":[1.2,1.9],"2":[2.1]},[{"n":"b","v":1},{"n":"a","v":2}],"<b>x &lt; y</b>",[true,false],["camelCase","kebab-case"],3,"last 2"]`,
	},
	{
		name:         "d3-array",
		requirements: []string{"https://cdn.jsdelivr.net/npm/d3-array@3.2.4"},
		run: `run() {
  const rows = [{k: "a", v: 3}, {k: "b", v: 1}, {k: "a", v: 5}];
  return [d3.extent(rows, (d) => d.v), [...d3.rollup(rows, (g) => d3.sum(g, (d) => d.v), (d) => d.k)], d3.bin().thresholds([2, 4])([1, 2, 3, 4, 5]).map((b) => b.length), d3.bisectLeft([1, 3, 5], 3), d3.ticks(0, 1, 4), d3.cross([1, 2], ["x"])];
}`,
		want: `[[1,5],[["a",8],["b",1]],[1,2,2],1,[0,0.2,0.4,0.6,0.8,1],[[1,"x"],[2,"x"]]]`,
	},
	{
		name: "pako",
		load: `importScripts("https://cdn.jsdelivr.net/npm/pako@2.1.0/dist/pako.min.js");`, run: usePako,
		data:  gzipped("gzipped by Go"),
		check: gunzips,
	},
	{
		name:         "mathjs",
		requirements: []string{"https://unpkg.com/mathjs@12.4.2/lib/browser/math.js"},
		run: `run() {
  return [math.evaluate("det([1, 2; 3, 4]) + sqrt(-4)").toString(), math.inv([[1, 2], [3, 4]]).map((r) => r.map((x) => math.round(x, 6))), math.derivative("x^2 + 2x", "x").toString(),
    math.evaluate("5 cm + 2 inch to mm").toString(), math.format(math.bignumber("0.1").plus("0.2")), math.fraction(1, 3).add(math.fraction(1, 6)).toFraction()];
}`,
		want: `["-2 + 2i",[[-2,1],[1.5,-0.5]],"2 * (x + 1)","100.8 mm","0.3","1/2"]`,
	},
	{
		name: "ndarray",
		load: "import ndarray from 'npm:ndarray@1.0.19';\nimport ops from 'npm:ndarray-ops@1.2.2';",
		run: `run() {
  const a = ndarray(new Float32Array([1, 2, 3, 4, 5, 6]), [2, 3]), b = ndarray(new Float32Array(6), [2, 3]);
  ops.muls(b, a, 2);
  ops.addeq(b.pick(0, null), a.pick(1, null));
  const odd = a.transpose(1, 0).step(2, 1);
  return [[...b.data], ops.sum(a), ops.argmax(b), [odd.shape, odd.get(1, 1)], ops.sum(a.hi(2, 2).lo(1, 1))];
}`,
		want: `[[6,9,12,8,10,12],21,[0,2],[[2,2],6],5]`,
	},
	{
		name:         "jimp",
		requirements: []string{"https://cdn.jsdelivr.net/npm/jimp@0.22.12/browser/lib/jimp.js"},
		run: `async run() {
  const bytes = Uint8Array.from(atob(data), (c) => c.charCodeAt(0));
  const picture = await Jimp.read(bytes.buffer);
  const turned = picture.clone().rotate(180);
  const back = await turned.rotate(180).getBufferAsync(Jimp.MIME_PNG);
  return [picture.bitmap.width, picture.bitmap.height, [...picture.bitmap.data].slice(0, 8), btoa(String.fromCharCode(...back))];
}`,
		data:  drawn(png.Encode),
		check: func(answer string) error { return sameGradient(answer, png.Decode) },
	},
}

const (
	useJSZip = `async run() {
  const packed = await JSZip.loadAsync(data, {base64: true});
  const zip = new JSZip();
  zip.file("dir/b.txt", (await packed.file("a.txt").async("string")) + ", packed again", {compression: "DEFLATE"});
  zip.file("numbers", new Uint8Array([0, 127, 255]));
  return zip.generateAsync({type: "base64"});
}`
	useSparkMD5 = `run() {
  const text = "The quick brown fox jumps over the lazy dog", parts = new SparkMD5.ArrayBuffer();
  parts.append(new TextEncoder().encode(text.slice(0, 7)).buffer);
  parts.append(new TextEncoder().encode(text.slice(7)).buffer);
  return [SparkMD5.hash(text), SparkMD5.hash("äöü€"), parts.end()];
}`
	useUTIF = `run() {
  const bytes = Uint8Array.from(atob(data), (c) => c.charCodeAt(0));
  const [page] = UTIF.decode(bytes.buffer);
  UTIF.decodeImage(bytes.buffer, page);
  const rgba = UTIF.toRGBA8(page), back = new Uint8Array(UTIF.encodeImage(rgba.buffer, page.width, page.height));
  return [page.width, page.height, [...rgba.subarray(0, 8)], btoa(String.fromCharCode(...back))];
}`
	useLodash = `async run() {
  const deep = {a: [1, {b: 2}]}, copy = _.cloneDeep(deep), calls = [];
  const late = _.debounce((n) => calls.push(n), 5);
  late(1);
  late(2);
  await new Promise((r) => setTimeout(r, 50));
  return [_.groupBy([1.2, 2.1, 1.9], Math.floor), _.sortBy([{n: "a", v: 2}, {n: "b", v: 1}], "v"), _.template("<b><%- a %></b>")({a: "x < y"}), [_.isEqual(deep, copy), copy.a === deep.a],
    [_.camelCase("camel case"), _.kebabCase("kebabCase")], _.get({a: [{b: 3}]}, "a[0].b"), "last " + calls];
}`
	usePako = `run() {
  const bytes = Uint8Array.from(atob(data), (c) => c.charCodeAt(0));
  const text = pako.ungzip(bytes, {to: "string"});
  const raw = pako.inflateRaw(pako.deflateRaw(new Uint8Array(5000).fill(7), {level: 9}));
  return btoa(String.fromCharCode(...pako.gzip(text + ", " + raw.length + " sevens: " + raw.every((x) => x === 7))));
}`
)

// TestLibraries runs them from a store that IMJOY_LIBRARIES names and
//
//	IMJOY_HOME=FOLDER imjoy cache add $(grep ^npm: cmd/imjoy/testdata/libraries.txt)
//
// fills. It asks no registry.
func TestLibraries(t *testing.T) {
	home := os.Getenv("IMJOY_LIBRARIES")
	if home == "" {
		t.Skip("IMJOY_LIBRARIES names no store that has the packages of testdata/libraries.txt")
	}
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, q *http.Request) {
		if strings.HasPrefix(q.URL.Path, "/npm/") {
			t.Errorf("%s is not kept: add it to testdata/libraries.txt", q.URL.Path)
		}
		serveTable(w, q)
	}))
	t.Cleanup(server.Close)
	for _, l := range libraries {
		t.Run(l.name, func(t *testing.T) {
			m := newMachine(t)
			m.env["IMJOY_HOME"] = home
			m.env["IMJOY_MIRRORS"] = "https://registry.npmjs.org=" + server.URL + "/npm,https://data.example=" + server.URL
			m.write("p.imjoy.html", l.plugin(t))
			l.runs(m, "p.imjoy.html", "--cdn", "npm", "--allow-net=data.example")
			if !l.frozen {
				return
			}
			if code, out, said := m.imjoy("freeze", "p.imjoy.html", "-o", "frozen.imjoy.html", "--offline", "--cdn", "npm"); code != exitFine {
				t.Fatalf("freeze: exit code %d, %s%s", code, out, said)
			}
			m.env["IMJOY_HOME"] = filepath.Join(m.dir, "another")
			l.runs(m, "frozen.imjoy.html", "--offline")
		})
	}
}

// runs checks what the plugin of a library answers.
func (l library) runs(m *machine, file string, flags ...string) {
	m.Helper()
	code, out, said := m.imjoy(append([]string{"run", file, "--timeout", "3m"}, flags...)...)
	out = strings.TrimSpace(out)
	switch {
	case code != exitFine:
		m.Fatalf("%s: exit code %d, %s%s", file, code, out, said)
	case l.check == nil && out != l.want:
		m.Errorf("%s answered %s\nwant %s", file, out, l.want)
	case l.check != nil:
		if err := l.check(out); err != nil {
			m.Errorf("%s: %v in %s", file, err, out)
		}
	}
}

// plugin is the library's work as a plugin.
func (l library) plugin(t *testing.T) string {
	t.Helper()
	requirements, err := json.Marshal(append([]string{}, l.requirements...))
	if err != nil {
		t.Fatal(err)
	}
	kind := ""
	if strings.HasPrefix(l.load, "import ") {
		kind = ` type="module"`
	}
	return fmt.Sprintf(moduleConfig, `, "requirements": `+string(requirements)) +
		fmt.Sprintf("<script%s>\n%s\nconst data = %q;\napi.export({setup() {}, %s})\n</script>\n", kind, l.load, l.data, l.run)
}

// serveTable is the server that axios talks to.
func serveTable(w http.ResponseWriter, q *http.Request) {
	switch {
	case q.URL.Path == "/bytes":
		w.Write([]byte{0, 255, 128})
	case q.URL.Path == "/table" && q.Method == http.MethodPost:
		text, _ := io.ReadAll(q.Body)
		w.Header().Set("Content-Type", "application/json")
		fmt.Fprintf(w, `{"got":%s}`, text)
	case q.URL.Path == "/table":
		w.Header().Set("Content-Type", "application/json")
		fmt.Fprintf(w, `{"header":%q,"query":%q}`, q.Header.Get("X-Plugin"), q.URL.RawQuery)
	default:
		http.NotFound(w, q)
	}
}

// zipped is an archive of one text, in base64.
func zipped(name, text string) string {
	var out bytes.Buffer
	w := zip.NewWriter(&out)
	file, err := w.Create(name)
	if err != nil {
		panic(err) // a buffer takes everything
	}
	io.WriteString(file, text)
	w.Close()
	return base64.StdEncoding.EncodeToString(out.Bytes())
}

// unzips checks the archive that useJSZip made.
func unzips(answer string) error {
	text, err := base64.StdEncoding.DecodeString(strings.Trim(answer, `"`))
	if err != nil {
		return err
	}
	archive, err := zip.NewReader(bytes.NewReader(text), int64(len(text)))
	if err != nil {
		return err
	}
	for name, want := range map[string]string{"dir/b.txt": "packed by Go, packed again", "numbers": "\x00\x7f\xff"} {
		file, err := archive.Open(name)
		if err != nil {
			return err
		}
		if got, err := io.ReadAll(file); err != nil || string(got) != want {
			return fmt.Errorf("%s has %q, %v", name, got, err)
		}
	}
	return nil
}

func gzipped(text string) string {
	var out bytes.Buffer
	w := gzip.NewWriter(&out)
	io.WriteString(w, text)
	w.Close()
	return base64.StdEncoding.EncodeToString(out.Bytes())
}

// gunzips checks what usePako made.
func gunzips(answer string) error {
	r, err := gzip.NewReader(base64.NewDecoder(base64.StdEncoding, strings.NewReader(strings.Trim(answer, `"`))))
	if err != nil {
		return err
	}
	if got, err := io.ReadAll(r); err != nil || string(got) != "gzipped by Go, 5000 sevens: true" {
		return fmt.Errorf("unpacked %q, %v", got, err)
	}
	return nil
}

// gradient is a picture whose pixels are all different.
func gradient() image.Image {
	m := image.NewNRGBA(image.Rect(0, 0, 3, 2))
	for i := range 6 {
		m.Set(i%3, i/3, color.NRGBA{uint8(i * 10), uint8(200 - i), uint8(i * 40), 255})
	}
	return m
}

func drawn(encode func(io.Writer, image.Image) error) string {
	var out bytes.Buffer
	if err := encode(&out, gradient()); err != nil {
		panic(err) // a buffer takes everything
	}
	return base64.StdEncoding.EncodeToString(out.Bytes())
}

// sameGradient checks [width, height, the first two pixels, the file the library wrote].
func sameGradient(answer string, decode func(io.Reader) (image.Image, error)) error {
	var got []json.RawMessage
	if err := json.Unmarshal([]byte(answer), &got); err != nil || len(got) != 4 {
		return fmt.Errorf("%d parts, %v", len(got), err)
	}
	if read := fmt.Sprintf("%s %s %s", got[0], got[1], got[2]); read != "3 2 [0,200,0,255,10,199,40,255]" {
		return fmt.Errorf("the library read %s", read)
	}
	var written []byte
	if err := json.Unmarshal(got[3], &written); err != nil {
		return err
	}
	m, err := decode(bytes.NewReader(written))
	if err != nil {
		return fmt.Errorf("the library wrote: %w", err)
	}
	for i := range 6 {
		if want, got := gradient().At(i%3, i/3), color.NRGBAModel.Convert(m.At(i%3, i/3)); want != got {
			return fmt.Errorf("pixel %d is %v, not %v", i, got, want)
		}
	}
	return nil
}
