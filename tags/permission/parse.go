package permission

import (
	"errors"
	"fmt"
	"net/netip"
	"path"
	"regexp"
	"strconv"
	"strings"
	"sync"

	"golang.org/x/net/idna"

	"github.com/imjoy-tools/imjoy/pluginfile/source"
)

// plain are the kinds that take no value; valued those that do.
var (
	plain  = []Kind{Camera, MIDI, Geolocation, Microphone, EncryptedMedia, FullScreen, PaymentRequest, Python, Build, Storage}
	valued = map[Kind]func(string) (string, error){Net: cleanHost, Read: cleanPath, Write: cleanPath, Run: cleanProgram, Env: cleanVariable}
)

// aliases are spellings that mean one of the words. The first is in ImJoy's own
// documentation; the others are the names browsers use.
var aliases = map[string]Kind{"encryted-media": EncryptedMedia, "fullscreen": FullScreen, "payment": PaymentRequest}

// UnknownError says that a word is no permission.
type UnknownError struct {
	Word       string
	Suggestion string // what was probably meant; may be empty
}

func (e *UnknownError) Error() string {
	if e.Suggestion == "" {
		return fmt.Sprintf("%q is not a permission", e.Word)
	}
	return fmt.Sprintf("%q is not a permission; did you mean %q?", e.Word, e.Suggestion)
}

// Parse reads one word: "camera", "net:host:443", "read:/data". A kind that takes a
// value but has none means all of them.
func Parse(word string) (Permission, error) {
	name, value, found := strings.Cut(strings.TrimSpace(word), ":")
	kind := Kind(name)
	if alias, ok := aliases[name]; ok {
		kind = alias
	}
	if clean, ok := valued[kind]; ok {
		if !found || value == "*" {
			return Permission{Kind: kind}, nil
		}
		value, err := clean(strings.TrimSpace(value))
		if err != nil {
			return Permission{}, fmt.Errorf("%s:%s: %w", kind, value, err)
		}
		return Permission{kind, value}, nil
	}
	for _, k := range plain {
		switch {
		case k == kind && found:
			return Permission{}, fmt.Errorf("%q takes no value", name)
		case k == kind:
			return Permission{Kind: kind}, nil
		}
	}
	return Permission{}, &UnknownError{Word: word, Suggestion: source.Nearest(name, words())}
}

// words lists every kind, for suggestions.
func words() []string {
	list := []string{string(Net), string(Read), string(Write), string(Run), string(Env)}
	for _, k := range plain {
		list = append(list, string(k))
	}
	return list
}

// cleanHost takes host, host:port, *.host, [v6]:port and lowers them.
func cleanHost(text string) (string, error) {
	host, port, err := splitPort(text)
	if err != nil {
		return text, err
	}
	if ip, err := netip.ParseAddr(strings.Trim(host, "[]")); err == nil {
		host = ip.Unmap().WithZone("").String()
		if strings.Contains(host, ":") {
			host = "[" + host + "]"
		}
		return host + port, nil
	}
	name, wild := strings.CutPrefix(strings.ToLower(strings.TrimSuffix(host, ".")), "*.")
	name, err = idna.Lookup.ToASCII(name)
	if err != nil || name == "" || strings.Contains(name, "*") {
		return text, errors.New("not the name of a host; write net:example.org, net:*.example.org or net:example.org:443")
	}
	if wild {
		if !strings.Contains(name, ".") {
			return text, errors.New("a wildcard needs at least two words after it: *.example.org")
		}
		name = "*." + name
	}
	return name + port, nil
}

// splitPort returns the port with its colon, "" when there is none.
func splitPort(text string) (host, port string, err error) {
	i := strings.LastIndexByte(text, ':')
	if i < 0 || strings.HasSuffix(text, "]") || strings.Count(text, ":") > 1 && !strings.Contains(text, "]") {
		return text, "", nil
	}
	n, err := strconv.ParseUint(text[i+1:], 10, 16)
	if err != nil || n == 0 {
		return "", "", fmt.Errorf("%q is not a port", text[i+1:])
	}
	return text[:i], ":" + strconv.FormatUint(n, 10), nil
}

// cleanPath takes a path with slashes. A way up is refused: what it means depends
// on where one stands.
func cleanPath(text string) (string, error) {
	if strings.ContainsAny(text, "\x00\n\r") {
		return text, errors.New("the path contains a control character")
	}
	clean := path.Clean(strings.ReplaceAll(text, `\`, "/"))
	if text == "" || clean == ".." || strings.HasPrefix(clean, "../") || strings.Contains("/"+strings.ReplaceAll(text, `\`, "/")+"/", "/../") {
		return text, errors.New(`the path contains ".."; name the folder itself`)
	}
	return clean, nil
}

var (
	programName  = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`^[A-Za-z0-9_./\\:+-]+$`) })
	variableName = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`^[A-Za-z_][A-Za-z0-9_]*\*?$`) })
)

func cleanProgram(text string) (string, error) {
	if !programName().MatchString(text) || strings.HasPrefix(text, "-") {
		return text, errors.New("not the name of a program; write run:git or run:/usr/bin/git")
	}
	return text, nil
}

func cleanVariable(text string) (string, error) {
	if !variableName().MatchString(text) {
		return text, errors.New("not the name of a variable; write env:NAME or env:PREFIX_*")
	}
	return text, nil
}
