package engine

import (
	"context"
	"strings"

	"github.com/imjoy-tools/imjoy/engine/value"
)

// apiCalls is the table of api: each function that the host answers.
var apiCalls = map[string]apiCall{
	"alert":        {run: apiAlert, waits: true},
	"prompt":       {run: apiPrompt, waits: true},
	"confirm":      {run: apiConfirm, waits: true},
	"showDialog":   {run: apiShowDialog, waits: true},
	"createWindow": {run: apiCreateWindow, waits: true},
	"getWindow":    {run: apiGetWindow, waits: true},

	"log":          {run: apiLog(Info), ordered: true},
	"error":        {run: apiLog(Error), ordered: true},
	"showMessage":  {run: apiShowMessage, ordered: true},
	"showSnackbar": {run: apiShowMessage, ordered: true},
	"showStatus":   {run: apiShowStatus, ordered: true},
	"showProgress": {run: apiProgress, ordered: true},
	"progress":     {run: apiProgress, ordered: true},

	"getPlugin":       {run: apiGetPlugin, waits: true},
	"loadPlugin":      {run: apiGetPlugin, waits: true},
	"installPlugin":   {run: apiInstallPlugin, waits: true},
	"uninstallPlugin": {run: apiUninstallPlugin, waits: true},
	"run":             {run: apiRun, waits: true},
	"call":            {run: apiCallPlugin, waits: true},

	"registerService":   {run: apiRegister, waits: true},
	"register":          {run: apiRegister, waits: true},
	"unregisterService": {run: apiUnregister, waits: true},
	"unregister":        {run: apiUnregister, waits: true},
	"getServices":       {run: apiGetServices, waits: true},
	"on":                {run: apiOn, ordered: true},
	"off":               {run: apiOff, ordered: true},
	"emit":              {run: apiEmit, ordered: true},

	"getConfig":      {run: apiGetConfig, ordered: true},
	"setConfig":      {run: apiSetConfig, ordered: true},
	"getAttachment":  {run: apiGetAttachment},
	"getFileManager": {run: apiGetFileManager},

	"exportFile":     {run: apiExportFile, waits: true},
	"showFileDialog": {run: apiShowFileDialog, waits: true},
	"asset":          {run: apiAsset, waits: true},
	"module":         {run: apiModule, waits: true},
	"fetch":          {run: apiFetch, waits: true},

	"echo": {run: func(_ context.Context, _ *Plugin, args []value.Value) (value.Value, error) {
		return argument(args, 0), nil
	}},
	"disposeObject":      {run: nothing},
	"utils.sleep":        {run: apiSleep},
	"utils.openUrl":      {run: apiOpenURL, waits: true},
	"utils.$forceUpdate": {run: nothing},
}

// nothing is for calls that have no meaning outside a browser and do no harm.
func nothing(context.Context, *Plugin, []value.Value) (value.Value, error) { return nil, nil }

// waitingFor says what the other functions of api are waiting for.
var waitingFor = map[string]string{
	"focus": "a window", "show": "a window", "hide": "a window", "resize": "a window", "refresh": "a window", "close": "a window", "onClose": "a window",
	"getFileUrl":       "a server for files; api.getFileManager().getFile(path) reads one",
	"requestUploadUrl": "a file manager; return the data instead", "uploadFileToUrl": "a file manager; return the data instead",
	"downloadFileFromUrl": "a file manager; pass files to the plugin instead",
	"getEngine":           "plugin engines, which this program does not have: it runs Python itself", "getEngineFactory": "plugin engines, which this program does not have: it runs Python itself",
	"connectToServer":          "a server, and was deprecated long ago",
	"utils.showOpenFilePicker": "a browser; run the plugin with `imjoy serve`", "utils.showSaveFilePicker": "a browser; run the plugin with `imjoy serve`",
	"utils.showDirectoryPicker": "a browser; run the plugin with `imjoy serve`",
}

// removed says what took the place of names that ImJoy itself no longer has.
var removed = map[string]string{
	"fs":            "await api.getFileManager() reads and writes files",
	"updateWindow":  "await api.getWindow(name) answers with the window's functions",
	"utils.ndarray": "arrays of numpy and typed arrays cross as they are",
	"kill":          "a plugin ends when its work is done",
	"debounce":      "use setTimeout, or threading.Timer in Python",
	"set_interval":  "use setInterval, or threading.Timer in Python",
	"setInterval":   "use the global setInterval, or threading.Timer in Python",
}

// unavailable is the sentence for a call that cannot be answered.
func unavailable(name string) error {
	if instead, ok := removed[name]; ok {
		return &value.Error{Name: "NotSupportedError", Message: "api." + name + " was removed from ImJoy: " + instead}
	}
	if strings.HasPrefix(name, "fs.") {
		return &value.Error{Name: "NotSupportedError", Message: "api.fs was removed from ImJoy: " + removed["fs"]}
	}
	what, ok := waitingFor[name]
	if !ok {
		return &value.Error{Name: "TypeError", Message: "there is no api." + name}
	}
	return notHere(name, what)
}

func notHere(name, what string) error {
	return &value.Error{Name: "NotSupportedError", Message: "api." + name + " is not available here: it is waiting for " + what}
}

// argument returns an argument, nil when it is absent.
func argument(args []value.Value, i int) value.Value {
	if i < len(args) {
		return args[i]
	}
	return nil
}

// object returns an argument that must be an object; a plain text becomes the
// member that it stands for.
func object(v value.Value, member string) *value.Object {
	switch v := v.(type) {
	case *value.Object:
		return v
	case nil:
		return &value.Object{}
	default:
		return value.NewObject(member, v)
	}
}
