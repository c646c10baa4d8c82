package lint

import (
	"maps"
	"slices"
)

// members are the members of api (format notes, section 8).
var members = append([]string{
	"alert", "prompt", "confirm", "showDialog", "showFileDialog", "showMessage", "showSnackbar", "showStatus", "showProgress", "progress",
	"log", "error", "exportFile", "export", "init", "registerCodec", "disposeObject", "onLoad", "dispose",
	"createWindow", "getWindow", "run", "call", "getPlugin", "loadPlugin", "installPlugin", "uninstallPlugin",
	"registerService", "unregisterService", "getServices", "getConfig", "setConfig", "getAttachment",
	"getFileManager", "getEngine", "getEngineFactory", "echo", "on", "off", "emit", "close", "focus", "show", "hide", "resize", "refresh",
	"utils.openUrl", "utils.sleep", "utils.$forceUpdate", "utils.showOpenFilePicker", "utils.showSaveFilePicker", "utils.showDirectoryPicker",
	"TAG", "WORKSPACE", "ENGINE_URL", "FILE_MANAGER_URL", "WORK_DIR", "config", "utils", "id", "name",
	"config.tag", "config.workspace", "config.engine", "config.file_manager", "config.work_dir", "config.name", "config.id",
}, slices.Sorted(maps.Keys(oldPython))...)

// old are deprecated members with what to use instead.
var old = map[string]string{
	"register":            "use api.registerService",
	"unregister":          "use api.unregisterService",
	"onClose":             `use api.on("close", ...)`,
	"getFileUrl":          "use api.getFileManager",
	"getFilePath":         "use api.getFileManager",
	"requestUploadUrl":    "use api.getFileManager",
	"uploadFileToUrl":     "use api.getFileManager",
	"downloadFileFromUrl": "use api.getFileManager",
	"connectToServer":     "connect with the imjoy-rpc library",
}

// gone are removed members with what to use instead.
var gone = map[string]string{
	"updateWindow": "keep what api.createWindow returns, and call its run",
	"fs":           "use api.getFileManager, or a BrowserFS plugin",
}

// goneAfter are the last api versions that had a removed member, where one had it.
var goneAfter = map[string]string{"fs": "0.1.6"}

// oldPython are members that only the old Python engine had.
var oldPython = map[string]string{
	"utils.ndarray":      "return the numpy array itself: it crosses as an ndarray",
	"utils.kill":         "stop the child with subprocess",
	"utils.debounce":     "write it in Python",
	"utils.set_interval": "use asyncio or threading.Timer",
	"kill":               "stop the child with subprocess",
	"ndarray":            "return the numpy array itself: it crosses as an ndarray",
}
