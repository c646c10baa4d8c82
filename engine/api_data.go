package engine

import (
	"cmp"
	"context"
	"fmt"
	"path/filepath"
	"strings"
	"time"

	"github.com/imjoy-tools/imjoy/engine/ndarray"
	"github.com/imjoy-tools/imjoy/engine/value"
	"github.com/imjoy-tools/imjoy/pluginfile"
	"github.com/imjoy-tools/imjoy/pluginfile/conf"
	"github.com/imjoy-tools/imjoy/tags"
)

// apiGetConfig returns a setting as text or null; "_field" reads the config block,
// which nobody can change.
func apiGetConfig(ctx context.Context, p *Plugin, args []value.Value) (value.Value, error) {
	name := text(argument(args, 0))
	if field, ok := strings.CutPrefix(name, "_"); ok {
		return fromConf(p.plan.Document.Config.Field(field)), nil
	}
	if p.options.Host.Settings == nil {
		return nil, notHere("getConfig", "settings; this program keeps none")
	}
	setting, ok, err := p.options.Host.Settings.Setting(ctx, name)
	if err != nil || !ok {
		return nil, err
	}
	return setting, nil
}

// apiSetConfig stores a setting as text; a falsy value deletes it.
func apiSetConfig(ctx context.Context, p *Plugin, args []value.Value) (value.Value, error) {
	name := text(argument(args, 0))
	switch {
	case name == "":
		return nil, &value.Error{Name: "TypeError", Message: "api.setConfig needs a name"}
	case strings.HasPrefix(name, "_"):
		return nil, &value.Error{Name: "TypeError", Message: "fields of the config block cannot be changed: " + name}
	case p.options.Host.Settings == nil:
		return nil, notHere("setConfig", "settings; this program keeps none")
	}
	switch v := argument(args, 1); v {
	case nil, false, 0.0, "":
		return nil, p.options.Host.Settings.SetSetting(ctx, name, nil)
	default:
		setting := text(v)
		return nil, p.options.Host.Settings.SetSetting(ctx, name, &setting)
	}
}

// fromConf turns a node of the config into a value with its keys in order.
func fromConf(n *conf.Node) value.Value {
	switch {
	case n == nil:
		return nil
	case n.Kind == conf.List:
		list := make([]any, len(n.Items))
		for i, item := range n.Items {
			list[i] = fromConf(item)
		}
		return list
	case n.Kind == conf.Map:
		o := &value.Object{}
		for _, m := range n.Members {
			o.Set(m.Key, fromConf(m.Value))
		}
		return o
	}
	return n.Plain()
}

// apiGetAttachment returns the text of an attachment block, null when there is none.
func apiGetAttachment(_ context.Context, p *Plugin, args []value.Value) (value.Value, error) {
	name := text(argument(args, 0))
	for _, block := range p.plan.Document.All(pluginfile.AttachmentBlock) {
		if block.Name() == name {
			return block.Body().Text, nil
		}
	}
	return nil, nil
}

func apiExportFile(ctx context.Context, p *Plugin, args []value.Value) (value.Value, error) {
	if p.options.Host.Files == nil {
		return nil, notHere("exportFile", "a folder for results; run the plugin with `imjoy run --output DIR`")
	}
	name := text(argument(args, 1))
	data, own, err := contents("api.exportFile", argument(args, 0))
	if err != nil {
		return nil, err
	}
	name = cmp.Or(name, own)
	if name == "" {
		name = "export"
	}
	if strings.ContainsAny(name, `/\`+"\x00") || !filepath.IsLocal(name) || name == "." {
		return nil, &value.Error{Name: "SecurityError", Message: fmt.Sprintf("a file cannot be named %q: the name must not lead to another folder", name)}
	}
	return nil, p.options.Host.Files.Export(ctx, name, data)
}

func apiShowFileDialog(ctx context.Context, p *Plugin, args []value.Value) (value.Value, error) {
	if p.options.Host.Files == nil {
		return nil, notHere("showFileDialog", "somebody to choose files; name them on the command line")
	}
	files, err := p.options.Host.Files.Choose(ctx, object(argument(args, 0), "title"))
	p.lend(files)
	list := make([]any, len(files))
	for i, f := range files {
		chosen := value.NewObject("path", f.Path, "url", f.Path, "name", f.Name)
		if p.plan.Language == tags.Python {
			chosen.Set("file", readable(f))
		}
		list[i] = chosen
	}
	return list, err
}

// readable is a chosen file as a Python plugin can open it. The path of what a person chose
// in a page is one of ours, behind the plugin's fence; it makes its own of the content.
func readable(f *value.File) *value.File {
	if f.Data == nil {
		return f
	}
	return &value.File{Name: f.Name, Type: f.Type, Size: f.Size, Data: f.Data}
}

func apiOpenURL(ctx context.Context, p *Plugin, args []value.Value) (value.Value, error) {
	address := text(argument(args, 0))
	if p.options.Host.Files == nil {
		return nil, notHere("utils.openUrl", "somebody to show an address to")
	}
	if !strings.HasPrefix(address, "https://") && !strings.HasPrefix(address, "http://") {
		return nil, &value.Error{Name: "SecurityError", Message: fmt.Sprintf("api.utils.openUrl opens http and https addresses, not %q", address)}
	}
	return nil, p.options.Host.Files.OpenURL(ctx, address)
}

func apiAsset(ctx context.Context, p *Plugin, args []value.Value) (value.Value, error) {
	address := text(argument(args, 0))
	if p.options.Host.Assets == nil {
		return nil, &value.Error{Name: "NetworkError", Message: fmt.Sprintf("%s is not on this machine, and plugins load nothing from the network here yet", address)}
	}
	if err := p.mayLoad(ctx, address, ""); err != nil {
		return nil, err
	}
	return p.options.Host.Assets.Asset(ctx, address)
}

func apiSleep(ctx context.Context, _ *Plugin, args []value.Value) (value.Value, error) {
	seconds, ok := argument(args, 0).(float64)
	if !ok || !(seconds >= 0 && seconds <= maxSleep) {
		return nil, &value.Error{Name: "TypeError", Message: fmt.Sprintf("api.utils.sleep takes seconds, not %s", text(argument(args, 0)))}
	}
	t := time.NewTimer(time.Duration(seconds * float64(time.Second)))
	defer t.Stop()
	select {
	case <-t.C:
		return nil, nil
	case <-ctx.Done():
		return nil, context.Cause(ctx)
	}
}

// contents is what a plugin gives as the bytes of a file; name is that of a File.
func contents(call string, v value.Value) (data []byte, name string, err error) {
	switch v := v.(type) {
	case *value.File:
		return v.Data, v.Name, nil
	case *value.Blob:
		return v.Data, "", nil
	case []byte:
		return v, "", nil
	case *ndarray.Array:
		return v.Data, "", nil
	case string:
		return []byte(v), "", nil
	}
	return nil, "", &value.Error{Name: "TypeError", Message: fmt.Sprintf("%s takes a File, a Blob, bytes or text, not %s", call, text(v))}
}
