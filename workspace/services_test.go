package workspace_test

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/imjoy-tools/imjoy/engine/value"
	"github.com/imjoy-tools/imjoy/pluginfile"
	"github.com/imjoy-tools/imjoy/tags"
	"github.com/imjoy-tools/imjoy/workspace"
)

// servicePlan is the plan of a plugin whose script is the members of what it exports.
func servicePlan(t *testing.T, name, flags, members string) *tags.Plan {
	t.Helper()
	text := fmt.Sprintf("<config lang=\"json\">\n{\"name\": %q, \"type\": \"web-worker\", \"version\": \"0.1.0\", \"api_version\": \"0.1.8\", \"flags\": [%s]}\n</config>\n<script lang=\"javascript\">\napi.export({%s})\n</script>\n", name, flags, members)
	doc, found := pluginfile.Parse(name+".imjoy.html", []byte(text))
	plan, _ := tags.Resolve(doc, "")
	if plan == nil {
		t.Fatal(found)
	}
	return plan
}

// serviceRun runs one plugin in a workspace and shows its result as JSON.
func serviceRun(t *testing.T, w *workspace.Workspace, plan *tags.Plan, method string) string {
	t.Helper()
	r, err := w.Run(context.Background(), workspace.Job{Plan: plan, Method: method})
	if err != nil {
		return "error: " + err.Error()
	}
	text, err := value.JSON(r.Value)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

func serviceWorkspace(t *testing.T) *workspace.Workspace {
	w := workspace.Open(workspace.Options{})
	t.Cleanup(func() { _ = w.Close(context.Background()) })
	return w
}

func TestServicesAreFoundByTheirMembers(t *testing.T) {
	w := serviceWorkspace(t)
	offer := servicePlan(t, "Offer", "", `
		async setup() {
			this.ids = [
				await api.registerService({type: 'model', name: 'half', level: {deep: [1, 2]}, predict: x => x / 2}),
				await api.registerService({type: 'model', name: 'half', predict: x => x / 4}),
				await api.registerService({type: 'other', id: 'mine', twice: async f => await f() * 2}),
			]
		},
		run() { return this.ids }`)
	if got := serviceRun(t, w, offer, "run"); got != `["Offer/half","Offer/half-2","mine"]` {
		t.Fatal(got)
	}
	for query, want := range map[string]string{
		`{type: 'model'}`:                  `["Offer/half","Offer/half-2"]`,
		`'half'`:                           `["Offer/half","Offer/half-2"]`,
		`{level: {deep: [1, 2]}}`:          `["Offer/half"]`,
		`{level: {deep: [1]}}`:             `[]`,
		`{type: 'model', name: 'another'}`: `[]`,
		`{predict: undefined}`:             `[]`,
		`{id: 'mine'}`:                     `["mine"]`,
		``:                                 `["Offer/half","Offer/half-2","mine"]`,
	} {
		ask := servicePlan(t, "Ask "+query, "", `async run() { return (await api.getServices(`+query+`)).map(s => s.id) }`)
		if got := serviceRun(t, w, ask, "run"); got != want {
			t.Errorf("%s finds %s, want %s", query, got, want)
		}
	}
	use := servicePlan(t, "Use", "", `async run() {
		const models = await api.getServices({type: 'model'});
		const [other] = await api.getServices({type: 'other'});
		return [await models[0].predict(8), await models[1].predict(8), await other.twice(() => 21)];
	}`)
	if got := serviceRun(t, w, use, "run"); got != `[4,2,42]` {
		t.Error(got)
	}
}

func TestOperators(t *testing.T) {
	w := serviceWorkspace(t)
	offer := servicePlan(t, "Blur", "", `
		async setup() { return 1 },
		async offer() {
			return [await api.register({name: 'strong', run: x => x + 100, ui: 'sigma'}), await api.register({type: 'operator'}),
				await api.registerService({type: 'operator', name: 'strong', run: x => x + 200})]
		},
		run(x) { return 'run of ' + x }`)
	if got := serviceRun(t, w, offer, "offer"); got != `["Blur/strong","Blur/Blur","Blur/strong"]` {
		t.Fatal(got)
	}
	use := servicePlan(t, "Use", "", `async run() {
		const found = await api.getServices({type: 'operator'});
		const out = [];
		for (const op of found) out.push([op.name, await op.run(1)]);
		return out;
	}`)
	if diff := cmp.Diff(`[["Blur","run of 1"],["strong",201]]`, serviceRun(t, w, use, "run")); diff != "" {
		t.Error(diff)
	}
}

func TestServicesEnd(t *testing.T) {
	w := serviceWorkspace(t)
	a := servicePlan(t, "A", "", `
		async run() {
			const id = await api.registerService({type: 'x', name: 'one'});
			await api.registerService({type: 'x', name: 'two'});
			await api.registerService({type: 'x', name: 'three'});
			return [await api.unregisterService({id}), await api.unregisterService('two'), (await api.getServices({type: 'x'})).length]
		}`)
	if got := serviceRun(t, w, a, "run"); got != `[true,true,1]` {
		t.Error(got)
	}
	// Nobody removes, or takes the place of, what another plugin offers.
	for call, want := range map[string]string{
		`api.unregisterService('A/three')`:                "offers no such service",
		`api.unregisterService({type: 'x'})`:              "offers no such service",
		`api.unregisterService()`:                         "needs the id",
		`api.registerService({type: 'x', id: 'A/three'})`: `"A" offers a service "A/three" already`,
		`api.registerService('text')`:                     "a service is an object",
		`api.registerService({type: 5})`:                  "the type of a service is text",
		`api.registerService({type: 'engine'})`:           `only a plugin with "engine" among its flags`,
		`Promise.all(Array.from({length: 1001}, (_, i) => api.registerService({type: 'y', name: String(i)})))`: "may offer 1000 services",
	} {
		b := servicePlan(t, "B "+call, "", `run() { return `+call+` }`)
		if got := serviceRun(t, w, b, "run"); !strings.Contains(got, want) {
			t.Errorf("%s: %s", call, got)
		}
	}
	flagged := servicePlan(t, "Flagged", `"engine"`, `run() { return api.registerService({type: 'engine'}) }`)
	if got := serviceRun(t, w, flagged, "run"); got != `"Flagged/engine"` {
		t.Error(got)
	}
	p, err := w.Plugin(t.Context(), a)
	if err != nil {
		t.Fatal(err)
	}
	if err := p.Close(t.Context()); err != nil {
		t.Fatal(err)
	}
	<-p.Done()
	look := servicePlan(t, "Look", "", `async run() { return (await api.getServices({type: 'x'})).length }`)
	if got := serviceRun(t, w, look, "run"); got != `0` {
		t.Errorf("services of a plugin that ended: %s", got)
	}
}
