package engine_test

import (
	"context"
	"fmt"

	"github.com/imjoy-tools/imjoy/engine"
	"github.com/imjoy-tools/imjoy/engine/value"
	"github.com/imjoy-tools/imjoy/pluginfile"
	"github.com/imjoy-tools/imjoy/tags"
)

// A program that runs a plugin: parse, resolve, open, call, close.
func Example() {
	text := []byte(`
<config lang="json">
{"name": "Double", "type": "web-worker", "version": "0.1.0", "api_version": "0.1.8", "description": "doubles numbers"}
</config>
<script lang="javascript">
api.export({
  async run(ctx) {
    await api.log("doubling " + ctx.data.length + " numbers");
    return ctx.data.map(x => x * 2);
  }
})
</script>`)
	doc, found := pluginfile.Parse("double.imjoy.html", text)
	if len(pluginfile.Blocking(found)) > 0 {
		fmt.Println("refused")
		return
	}
	plan, _ := tags.Resolve(doc, "")

	ctx := context.Background()
	plugin, err := engine.Open(ctx, plan, engine.Options{Host: engine.Host{Log: printer{}}})
	if err != nil {
		fmt.Println(err)
		return
	}
	defer plugin.Close(ctx)
	result, err := plugin.Call(ctx, "run", value.NewObject("config", &value.Object{}, "data", []any{1, 2, 3}))
	if err != nil {
		fmt.Println(err)
		return
	}
	printed, _ := value.JSON(result)
	fmt.Println(string(printed))
	// Output:
	// Double: doubling 3 numbers
	// [2,4,6]
}

// printer is a log on standard output.
type printer struct{}

func (printer) Write(r engine.Record) { fmt.Printf("%s: %s\n", r.Plugin, r.Text) }
