package conf

import (
	"fmt"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/imjoy-tools/imjoy/pluginfile/source"
)

// yamlBombs are texts made to take time or memory; each is refused, or harmless.
var yamlBombs = map[string]string{
	"billion laughs":      laughs(9),
	"quadratic aliases":   "a: &a [" + strings.Repeat("x, ", 2000) + "x]\nb: [" + strings.Repeat("*a, ", 99) + "*a]\n",
	"many aliases":        "a: &a 1\nb: [" + strings.Repeat("*a, ", 100_000) + "*a]\n",
	"merge chain":         mergeChain(200),
	"alias to itself":     "a: &a\n  b: *a\n  c: [*a, *a]\n",
	"many keys":           keys(60_000),
	"same key again":      strings.Repeat("a: 1\n", 100_000),
	"many items":          strings.Repeat("- a\n", 260_000),
	"flow nesting":        strings.Repeat("[", 500_000),
	"flow map nesting":    strings.Repeat("{a: ", 100_000),
	"dash nesting":        strings.Repeat("- ", 500_000),
	"indentation nesting": indentation(1_200),
	"question marks":      strings.Repeat("? ", 500_000),
	"flow list":           "[" + strings.Repeat("a,", 500_000) + "]",
	"items after a block": "- a: |\n    x\n" + strings.Repeat("  b: 1\n", 100_000),
	"custom tags":         strings.Repeat("- !!js/function 'f'\n", 9_000),
	"beyond the size":     "a: '" + strings.Repeat("x", MaxYAMLBytes) + "'\n",
	"open quotes":         strings.Repeat("a: '\n", 9_001),
	"many faults":         strings.Repeat("a: @b\n", 9_000),
	"one long scalar":     "a: " + strings.Repeat("xy ", 340_000) + "\n",
	"one long fold":       "a:\n" + strings.Repeat("  x\n", 200_000),
	"one long block":      "a: |\n" + strings.Repeat("  - x: [y, z]\n", 70_000),
	"long comments":       strings.Repeat("# [{ - ?\n", 110_000) + "a: 1\n",
	"anchors":             strings.Repeat("- &a 1\n", 9_000),
}

func laughs(levels int) string {
	var b strings.Builder
	b.WriteString("a0: &a0 [lol, lol, lol, lol, lol, lol, lol, lol, lol]\n")
	for i := 1; i <= levels; i++ {
		fmt.Fprintf(&b, "a%d: &a%d [%s*a%d]\n", i, i, strings.Repeat(fmt.Sprintf("*a%d, ", i-1), 8), i-1)
	}
	return b.String()
}

func mergeChain(n int) string {
	var b strings.Builder
	b.WriteString("m0: &m0 {k0: v}\n")
	for i := 1; i <= n; i++ {
		fmt.Fprintf(&b, "m%d: &m%d {<<: *m%d, k%d: v}\n", i, i, i-1, i)
	}
	return b.String()
}

func keys(n int) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, "key%d: 1\n", i)
	}
	return b.String()
}

func indentation(n int) string {
	var b strings.Builder
	for i := range n {
		b.WriteString(strings.Repeat(" ", i) + "a:\n")
	}
	return b.String()
}

// TestYAMLBombs holds every text to 32 MiB, allocations counted whole, and to 50 ms
// but for texts of a megabyte without any structure.
//
// The limit is for a machine where yaml.v3 reads 5 MB/s; on a slower or busier one it
// is longer by as much as the reading of a plain text is.
func TestYAMLBombs(t *testing.T) {
	for name, text := range yamlBombs {
		t.Run(name, func(t *testing.T) {
			e := excerptOf(text)
			var before, after runtime.MemStats
			best := time.Hour
			limit := time.Duration(50 * slowness() * float64(time.Millisecond))
			if strings.Contains(name, "long ") || name == "open quotes" {
				limit *= 4 // legitimate, or read several times to find the fault
			}
			for try := 0; try < 3 || try < 12 && best > limit; try++ { // the machine may be busy
				runtime.ReadMemStats(&before)
				best = min(best, spent(func() { ParseYAML(e) }))
				runtime.ReadMemStats(&after)
			}
			used := after.TotalAlloc - before.TotalAlloc
			t.Logf("%d KiB of text: %v, %.1f MiB", len(text)>>10, best.Round(time.Microsecond), float64(used)/(1<<20))
			if raceEnabled {
				return
			}
			if best > limit {
				t.Errorf("took %v, more than %v", best, limit)
			}
			if used > 32<<20 {
				t.Errorf("allocated %d MiB, more than 32", used>>20)
			}
		})
	}
}

// slowness is how many times slower than it should be this machine is now.
func slowness() float64 {
	text := strings.Repeat("key: some value\n", 100_000/16)
	best := time.Hour
	for range 3 {
		best = min(best, spent(func() { _, _ = decodeYAML(strings.NewReader(text)) }))
	}
	return max(1, best.Seconds()/(float64(len(text))/5e6))
}

func TestYAMLBombsAreRefused(t *testing.T) {
	for _, name := range []string{"billion laughs", "quadratic aliases", "many aliases", "merge chain", "many keys", "many items", "flow nesting", "dash nesting", "indentation nesting", "flow list", "items after a block", "beyond the size"} {
		_, diagnostics := ParseYAML(excerptOf(yamlBombs[name]))
		limited := false
		for _, d := range diagnostics {
			limited = limited || d.Code == ruleLimit.Code
		}
		if !limited {
			t.Errorf("%s: no %s in %v", name, ruleLimit.Code, diagnostics)
		}
	}
}

// TestNothingIsToldBehindALimit: the limit is the last of what is reported, with what
// stands before it and nothing that was not read.
func TestNothingIsToldBehindALimit(t *testing.T) {
	rest := "\ny: 1\ny: 2\n1: 2\n<<: 3\nz: !!js/function 'f'\n"
	for name, text := range map[string]string{
		"values":  laughs(5) + rest,
		"aliases": "a: &a 1\nb: [" + strings.Repeat("*a, ", 101) + "]" + rest,
		"merges":  "a: &a {x: 1}\nb:\n" + strings.Repeat("- {<<: *a}\n", 11) + rest,
		"depth":   "a:\n" + indentation(70)[3:] + rest,
	} {
		t.Run(name, func(t *testing.T) {
			root, diagnostics := ParseYAML(excerptOf("before: 1\nbefore: 2\n" + text))
			var codes []string
			for _, d := range diagnostics {
				codes = append(codes, d.Code)
			}
			if diff := cmp.Diff([]string{ruleDuplicateKey.Code, ruleLimit.Code}, codes); diff != "" {
				t.Error(diff)
			}
			if at, _ := diagnostics[len(diagnostics)-1].Place.Range(); at.Line < 4 {
				t.Errorf("the limit is told at %v", at)
			}
			for _, key := range root.Keys() {
				if key == "" || key == "y" {
					t.Errorf("the key %q was read: %q", key, root.Keys())
				}
			}
		})
	}
}

func TestLimitsAcceptWhatIsUsual(t *testing.T) {
	for name, text := range map[string]string{
		"a long text":   yamlBombs["one long block"],
		"9,000 values":  keys(4_400),
		"60 levels":     indentation(60) + strings.Repeat(" ", 60) + "b: 1\n",
		"20 aliases":    "a: &a [1, 2]\nb: [" + strings.Repeat("*a, ", 20) + "]\n",
		"many comments": yamlBombs["long comments"],
	} {
		root, diagnostics := ParseYAML(excerptOf(text))
		if root == nil || source.Worst(diagnostics) > source.None {
			t.Errorf("%s: %v", name, diagnostics)
		}
	}
}

// TestLimitsOfJSON has for each limit a text that just keeps it and one that does not.
func TestLimitsOfJSON(t *testing.T) {
	list := func(n int) string { return "[" + strings.Repeat("1,", n-2) + "1]" }
	nested := func(n int) string { return strings.Repeat("[", n) + strings.Repeat("]", n) }
	long := func(n int) string { return `"` + strings.Repeat("x", n-2) + `"` }
	for name, test := range map[string]struct {
		text    string
		limited bool
	}{
		"depth": {nested(MaxDepth), false}, "too deep": {nested(MaxDepth + 1), true},
		"values": {list(MaxJSONNodes), false}, "too many values": {list(MaxJSONNodes + 1), true},
		"too many lists": {"[" + strings.Repeat("[],", MaxJSONNodes) + "[]]", true}, "too many members": {"{" + strings.Repeat(`"a":{"b":1},`, MaxJSONNodes) + `"c":1}`, true},
		"size": {long(MaxJSONBytes), false}, "too large": {long(MaxJSONBytes + 1), true},
	} {
		_, diagnostics := ParseJSON(excerptOf(test.text))
		if limited := len(diagnostics) == 1 && diagnostics[0].Code == ruleLimit.Code; limited != test.limited || len(diagnostics) > 1 {
			t.Errorf("%s: %v", name, diagnostics)
		}
	}
}

func TestAliasesWithinThemselves(t *testing.T) {
	for _, text := range []string{"a: &a [1, *a]\n", "a: &a\n  b: *a\n", "a: &a {b: [{c: *a}]}\n"} {
		_, diagnostics := ParseYAML(excerptOf(text))
		if len(diagnostics) != 1 || diagnostics[0].Code != ruleYAMLAlias.Code || !strings.Contains(diagnostics[0].Message, "stands inside") {
			t.Errorf("%q: %v", text, diagnostics)
		}
	}
}

// TestJSONTimeGrowsWithItsText: twice the text takes at most two and a half times
// as long, whatever is wrong with it.
func TestJSONTimeGrowsWithItsText(t *testing.T) {
	if raceEnabled {
		t.Skip("the race detector distorts times")
	}
	for name, piece := range map[string]string{
		"brackets": "[", "braces": `{"a":`, "quotes": `"`, "open strings": "\"a\n", "words": "a b ", "inner quotes": `"a"x`,
		"commas": ",", "colons": ":", "comments": "/*", "slashes": "/", "escapes": `"\q`, "surrogates": `"\ud800`, "digits": "1.e+", "nul": "\x00", "odd spaces": "\u00a0", "bytes": "\xff", "closers": "]", "typographic": "“",
	} {
		measure := func(n int) time.Duration {
			e := excerptOf(`{"a": [` + strings.Repeat(piece, n/len(piece)))
			best := time.Hour
			for range 3 {
				best = min(best, spent(func() { ParseJSON(e) }))
			}
			return best
		}
		once, twice := measure(400_000), measure(800_000)
		t.Logf("%s: %v, %v", name, once, twice)
		if twice > once*5/2+30*time.Millisecond {
			t.Errorf("%s: %v for 400 kB, %v for 800 kB", name, once, twice)
		}
	}
}

// TestLargeMapsAreLookedUpFast: every key of a map of 100,000 in a second.
func TestLargeMapsAreLookedUpFast(t *testing.T) {
	var b strings.Builder
	for i := range 100_000 {
		fmt.Fprintf(&b, `"key%d": %d, `, i, i)
	}
	root, _ := ParseJSON(excerptOf("{" + b.String() + `"key7": "again", "end": 0}`))
	missing := ""
	took := spent(func() {
		for _, key := range root.Keys() {
			if root.Get(key) == nil {
				missing = key
			}
		}
	})
	if missing != "" {
		t.Fatalf("%s is not there", missing)
	}
	if took > time.Second {
		t.Errorf("took %v", took)
	}
	if text, _ := root.Get("key7").Str(); text != "again" || root.Get("none") != nil {
		t.Error("the last value of a key must count")
	}
}
