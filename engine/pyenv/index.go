package pyenv

import (
	"bufio"
	"bytes"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"

	"github.com/imjoy-tools/imjoy/internal/confine"
)

// Installers read many variables and files, and a folder that a plugin can write to
// must not become one of them. So they get a list written down here: where the
// person's packages come from (an index of a company, its certificate, a proxy), and
// nothing else. pip's own files are read here and handed over as variables; with
// PIP_CONFIG_FILE at the null device pip itself reads none.

// fromPip are pip's settings of where packages come from.
var fromPip = []string{
	"index-url", "extra-index-url", "find-links", "no-index", "trusted-host", "cert", "client-cert", "proxy",
	"timeout", "default-timeout", "retries", "cache-dir", "no-cache-dir", "keyring-provider",
}

// indexVariables are handed on as they are.
var indexVariables = []string{
	"UV_DEFAULT_INDEX", "UV_INDEX", "UV_INDEX_URL", "UV_EXTRA_INDEX_URL", "UV_FIND_LINKS", "UV_NO_INDEX", "UV_INDEX_STRATEGY",
	"UV_KEYRING_PROVIDER", "UV_INSECURE_HOST", "UV_NATIVE_TLS", "UV_SYSTEM_CERTS", "UV_HTTP_TIMEOUT", "UV_HTTP_RETRIES",
	"UV_CONCURRENT_DOWNLOADS", "UV_CACHE_DIR", "UV_CONFIG_FILE", "UV_OFFLINE", "UV_PYTHON_INSTALL_DIR",
	"SSL_CERT_FILE", "SSL_CERT_DIR", "SSL_CLIENT_CERT", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE", "NETRC", "GIT_SSL_CAINFO",
	"HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY", "http_proxy", "https_proxy", "all_proxy", "no_proxy",
	"XDG_CACHE_HOME", "XDG_CONFIG_HOME", "XDG_CONFIG_DIRS",
	"CONDARC", "CONDA_PKGS_DIRS", "CONDA_CHANNEL_ALIAS", "CONDA_SSL_VERIFY", "MAMBARC", "MAMBA_ROOT_PREFIX",
}

// childEnv is the whole environment of an installer. temp is its temporary folder.
func (e *Environments) childEnv(temp string, extra []string) []string {
	env := confine.Environment(e.o.Env, e.home(), temp,
		"PIP_CONFIG_FILE="+os.DevNull, "PIP_DISABLE_PIP_VERSION_CHECK=1", "PIP_NO_INPUT=1", "PIP_REQUIRE_VIRTUALENV=0",
		"UV_NO_PROGRESS=1", "UV_PYTHON_DOWNLOADS=never", "UV_NO_ENV_FILE=1", "PYTHONUTF8=1", "NO_COLOR=1",
		"GIT_TERMINAL_PROMPT=0", "GIT_CONFIG_NOSYSTEM=1", "GIT_CONFIG_GLOBAL="+os.DevNull, "GIT_ASKPASS=", "SSH_ASKPASS=")
	if len(e.o.Wheels) > 0 {
		return append(env, extra...)
	}
	for _, name := range indexVariables {
		if value := e.o.Env(name); value != "" {
			env = append(env, name+"="+value)
		}
	}
	settings := e.pipSettings()
	for _, key := range fromPip {
		if value := settings[key]; value != "" {
			env = append(env, pipVariable(key)+"="+value)
		}
	}
	env = append(env, e.indexForUV(settings)...)
	return append(env, extra...)
}

func (e *Environments) home() string {
	if home := e.o.Env("HOME"); home != "" {
		return home
	}
	return e.o.Env("USERPROFILE")
}

func pipVariable(key string) string {
	return "PIP_" + strings.ToUpper(strings.ReplaceAll(key, "-", "_"))
}

// pipSettings are pip's settings of the person: of the machine, of the person, of
// PIP_CONFIG_FILE, of variables; later ones win.
func (e *Environments) pipSettings() map[string]string {
	settings := map[string]string{}
	for _, file := range e.pipFiles() {
		if text, err := readSmall(file); err == nil {
			readPipConfig(text, settings)
		}
	}
	for _, key := range fromPip {
		if value := e.o.Env(pipVariable(key)); value != "" {
			settings[key] = value
		}
	}
	return settings
}

func (e *Environments) pipFiles() (files []string) {
	own := e.o.Env("PIP_CONFIG_FILE")
	if own == os.DevNull {
		return nil
	}
	home := e.home()
	config := e.o.Env("XDG_CONFIG_HOME")
	if config == "" && home != "" {
		config = filepath.Join(home, ".config")
	}
	switch runtime.GOOS {
	case "windows":
		files = append(files, filepath.Join(e.o.Env("PROGRAMDATA"), "pip", "pip.ini"), filepath.Join(home, "pip", "pip.ini"), filepath.Join(e.o.Env("APPDATA"), "pip", "pip.ini"))
	case "darwin":
		files = append(files, "/Library/Application Support/pip/pip.conf")
	default:
		files = append(files, "/etc/xdg/pip/pip.conf", "/etc/pip.conf")
	}
	if home != "" && runtime.GOOS != "windows" {
		files = append(files, filepath.Join(home, ".pip", "pip.conf"))
		if runtime.GOOS == "darwin" {
			files = append(files, filepath.Join(home, "Library", "Application Support", "pip", "pip.conf"))
		}
		files = append(files, filepath.Join(config, "pip", "pip.conf"))
	}
	if own != "" {
		files = append(files, own)
	}
	return files
}

// readPipConfig reads an ini file as pip does: of sections, [global], [install] and
// [download]; a line that begins with a space continues the value before it.
func readPipConfig(text []byte, into map[string]string) {
	counts, key := false, ""
	lines := bufio.NewScanner(bytes.NewReader(text))
	lines.Buffer(nil, maxConfig)
	for lines.Scan() {
		line := lines.Text()
		trimmed := strings.TrimSpace(line)
		switch {
		case trimmed == "" || trimmed[0] == '#' || trimmed[0] == ';':
		case trimmed[0] == '[':
			name := strings.TrimSpace(strings.Trim(trimmed, "[]"))
			counts, key = name == "global" || name == "install" || name == "download", ""
		case !counts:
		case (line[0] == ' ' || line[0] == '\t') && key != "":
			into[key] = strings.TrimSpace(into[key] + " " + trimmed)
		default:
			key = ""
			if i := strings.IndexAny(trimmed, "=:"); i > 0 {
				name := strings.ReplaceAll(strings.ToLower(strings.TrimSpace(trimmed[:i])), "_", "-")
				if slices.Contains(fromPip, name) {
					key = name
					into[key] = strings.TrimSpace(trimmed[i+1:])
				}
			}
		}
	}
}

// indexForUV tells uv what pip was told, when a person told uv nothing: uv does not
// read pip's settings, and behind a mirror it would find nothing.
func (e *Environments) indexForUV(settings map[string]string) (env []string) {
	for _, name := range []string{"UV_DEFAULT_INDEX", "UV_INDEX", "UV_INDEX_URL", "UV_EXTRA_INDEX_URL", "UV_FIND_LINKS", "UV_NO_INDEX", "UV_CONFIG_FILE"} {
		if e.o.Env(name) != "" {
			return nil
		}
	}
	config := e.o.Env("XDG_CONFIG_HOME")
	if config == "" {
		config = filepath.Join(e.home(), ".config")
	}
	if exists(filepath.Join(config, "uv", "uv.toml")) {
		return nil
	}
	add := func(name, value string) {
		if value != "" {
			env = append(env, name+"="+value)
		}
	}
	add("UV_DEFAULT_INDEX", settings["index-url"])
	add("UV_INDEX", settings["extra-index-url"])
	var links []string
	for _, link := range strings.Fields(settings["find-links"]) {
		if strings.Contains(link, "://") || exists(link) { // uv fails where pip only warns
			links = append(links, link)
		}
	}
	add("UV_FIND_LINKS", strings.Join(links, ","))
	if yes(settings["no-index"]) {
		add("UV_NO_INDEX", "1")
	}
	add("UV_INSECURE_HOST", strings.Join(strings.Fields(settings["trusted-host"]), " "))
	if e.o.Env("SSL_CERT_FILE") == "" {
		add("SSL_CERT_FILE", settings["cert"])
	}
	if proxy := settings["proxy"]; proxy != "" && e.o.Env("HTTPS_PROXY") == "" && e.o.Env("https_proxy") == "" {
		env = append(env, "HTTPS_PROXY="+proxy, "HTTP_PROXY="+proxy)
	}
	return env
}

// noIndex reports whether a person wants no index at all. "uv pip" does not look at the
// variable, only at its option.
func (e *Environments) noIndex() bool {
	return len(e.o.Wheels) > 0 || yes(e.o.Env("UV_NO_INDEX")) || slices.Contains(e.indexForUV(e.pipSettings()), "UV_NO_INDEX=1")
}

func yes(text string) bool {
	return !slices.Contains([]string{"", "0", "false", "no", "off", "n", "f"}, strings.ToLower(text))
}

// readSmall reads a file of a person's settings.
func readSmall(path string) ([]byte, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	text, err := io.ReadAll(io.LimitReader(f, maxConfig+1))
	if err == nil && len(text) > maxConfig {
		err = fmt.Errorf("%s is larger than %d bytes", path, maxConfig)
	}
	return text, err
}
