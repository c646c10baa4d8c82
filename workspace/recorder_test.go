package workspace_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/imjoy-tools/imjoy/engine/value"
	"github.com/imjoy-tools/imjoy/workspace"
)

// TestRecordedWindows: what a plugin does with windows that nobody shows, in the order in
// which it does it.
func TestRecordedWindows(t *testing.T) {
	recorder := &workspace.Recorder{}
	r := newRoom(t, map[string]string{"P": `
		async run() {
			const a = await api.createWindow({name: 'a', type: 'imjoy/plot', data: [1, 2], window_id: 'forged', opener: 'forged'})
			const b = await api.createWindow('https://example.org/viewer')
			await a.zoom(2, {by: 'mouse'})
			await a.view_image(new Uint8Array([1, 2]))
			const closed = new Promise(done => a.on('close', done))
			const again = await api.getWindow('a')
			await again.resize()
			await a.close()
			await closed
			let refused = ''
			try { await a.zoom(3) } catch (e) { refused = e.message }
			return [b.config.id, refused, await api.getWindow({name: 'a'}), typeof (await api.getWindow({window_id: 'window-2'})).anything, a.then, await a]
		}`}, func(o *workspace.Options) { o.Frontend.Windows = recorder })
	result, err := r.Run(t.Context(), workspace.Job{Plan: r.plans["P"]})
	if err != nil {
		t.Fatal(err)
	}
	list := result.Value.([]any)
	if id := list[5].(*value.Interface).ID; id != "window-1" {
		t.Errorf("the window came back as %q", id)
	}
	text, _ := value.JSON(list[:5])
	if want := `["window-2","window \"window-1\" was closed",null,"function",null]`; string(text) != want {
		t.Errorf("got %s", text)
	}
	var got []string
	for _, w := range recorder.Windows() {
		text, err := value.JSON(w)
		if err != nil {
			t.Fatal(err)
		}
		got = append(got, string(text))
	}
	want := []string{
		`{"window_id":"window-1","opener":"P","name":"a","type":"imjoy/plot","data":[1,2],"calls":[{"method":"zoom","args":[2,{"by":"mouse"}]},` +
			`{"method":"view_image","args":[{"_rtype":"typedarray","_rvalue":[1,2],"_rdtype":"uint8"}]},{"method":"resize","args":[]},{"method":"close","args":[]}],"closed":true}`,
		`{"window_id":"window-2","opener":"P","src":"https://example.org/viewer","calls":[]}`,
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}
