// The functions of api that the host answers.
export const API = [
  "alert", "prompt", "confirm", "showDialog", "showFileDialog", "showMessage", "showSnackbar", "showStatus", "showProgress", "progress",
  "log", "error", "exportFile", "createWindow", "getWindow", "run", "call", "getPlugin", "loadPlugin", "installPlugin", "uninstallPlugin",
  "register", "unregister", "registerService", "unregisterService", "getServices", "getConfig", "setConfig", "getAttachment",
  "getFileManager", "getEngine", "getEngineFactory", "getFileUrl", "requestUploadUrl", "uploadFileToUrl", "downloadFileFromUrl",
  "echo", "on", "off", "emit", "connectToServer", "disposeObject",
  "utils.openUrl", "utils.sleep", "utils.$forceUpdate", "utils.showOpenFilePicker", "utils.showSaveFilePicker", "utils.showDirectoryPicker",
];
