package analysis

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/imjoy-tools/imjoy/pluginfile"
)

// Texts that make recursive parsers overflow their stack, which ends a Go program
// for good, or take quadratic time.
func TestHostileScriptsEnd(t *testing.T) {
	if testing.Short() {
		t.Skip("with -short: it takes long with the race detector, and nothing runs at once here")
	}
	hostileScripts(t, 1<<20)
	hostileScripts(t, maxRun-100)
}

func hostileScripts(t *testing.T, n int) {
	for name, text := range map[string]string{
		"round brackets":  strings.Repeat("(", n),
		"square brackets": strings.Repeat("[", n),
		"braces":          strings.Repeat("{", n),
		"arrows":          strings.Repeat("a=>", n/3),
		"arrows by line":  strings.Repeat("a=>\n", n/4),
		"not":             strings.Repeat("!", n) + "a",
		"not by line":     strings.Repeat("!\n", n/2) + "a",
		"new":             strings.Repeat("new ", n/4) + "a",
		"ternaries":       strings.Repeat("a?b:", n/4) + "c",
		"assignments":     strings.Repeat("a=", n/2) + "1",
		"sums":            strings.Repeat("a+", n/2) + "1",
		"sums of strings": strings.Repeat(`",",`+"\n", 10) + strings.Repeat(`","+`, n/4) + "1",
		"members":         strings.Repeat("a.", n/2) + "b",
		"calls":           "a" + strings.Repeat("()", n/2),
		"ifs":             strings.Repeat("if(a)", n/5) + ";",
		"elses":           strings.Repeat("if(a){}else ", n/12) + ";",
		"labels":          strings.Repeat("a:", n/2) + ";",
		"templates":       strings.Repeat("`${", n/3),
		"classes":         strings.Repeat("class A extends ", n/16) + "B {}",
		"powers":          strings.Repeat("a**", n/3) + "1",
		"semicolons":      strings.Repeat(";", n),
		"declarations":    strings.Repeat("let a;", n/6),
		"apis":            strings.Repeat("api.alert(1);", n/13),
		"regexp":          "/" + strings.Repeat("(", n) + "/",
		"statements":      strings.Repeat("x = 1\n", n/6),
		"long":            strings.Repeat("x;", MaxScriptBytes),
	} {
		t.Run(fmt.Sprintf("%s of %d", name, n), func(t *testing.T) {
			done := make(chan struct{})
			go func() {
				defer close(done)
				readJavaScript(text, false, false)
			}()
			select {
			case <-done:
			case <-time.After(20 * time.Second):
				t.Errorf("%d bytes take more than 20 seconds", len(text))
			}
		})
	}
}

func TestHostileWindowsEnd(t *testing.T) {
	if testing.Short() {
		t.Skip("with -short: it takes long with the race detector, and nothing runs at once here")
	}
	const n = 1 << 20
	for name, text := range map[string]string{
		"open elements": strings.Repeat("<div>", n/5),
		"end tags":      strings.Repeat("<div>", n/10) + strings.Repeat("</p>", n/8),
		"attributes":    "<div " + strings.Repeat("a ", n/2) + ">",
		"roots":         strings.Repeat("<p></p>", n/7),
		"angles":        strings.Repeat("<", n),
	} {
		t.Run(name, func(t *testing.T) {
			doc, _ := pluginfile.Parse("a", []byte("<window>"+text+"</window>"))
			start := time.Now()
			for _, b := range doc.Recovered {
				readWindow(b)
			}
			if took := time.Since(start); took > 10*time.Second {
				t.Errorf("%d bytes took %v", len(text), took)
			}
		})
	}
}

func FuzzJavaScript(f *testing.F) {
	for _, text := range []string{
		"class P { run(ctx) { return ctx.config.a } }\napi.export(new P())", "const {a, b: [c = 1, ...d]} = api; for await (const x of y) z = x",
		"import x from 'y'\nexport default x", "api['export']({...a, get b() {}, async *c() {}, [d]: 1})", "label: for (var i in {}) { let i; continue label }",
		"a?.b?.(`${c}`)\n// größe 名前", "<!-- html\nvar x = /[/]\\p{L}/u", "function f(a, b = a) { 'use strict'; try { throw a } catch { c = 1 } finally {} }",
	} {
		f.Add(text, false, false)
	}
	f.Fuzz(func(t *testing.T, text string, module, typescript bool) {
		describe(text, readJavaScript(text, module, typescript)) // slices the text at every span
	})
}
