package schema

import (
	"fmt"
	"net/url"
	"slices"
	"strings"

	"github.com/imjoy-tools/imjoy/pluginfile/conf"
)

// urlCheck is `type: "url"`: a text that is an address, whose path ends with one of
// some extensions.
type urlCheck struct {
	at         string
	extensions []string // lower case, with a dot
}

func (*urlCheck) name() string { return "url" }

func (o *object) url(key string, n *conf.Node) {
	if n.Map() || n.Kind == conf.Bool {
		o.add(o.urlCheck(key, n))
		return
	}
	o.report(ruleKeyword, n, fmt.Sprintf("url is an object, not a %s", n.Kind), `write {"type": "url", "extension": "zarr"}`)
}

func (o *object) urlCheck(at string, n *conf.Node) *urlCheck {
	c := &urlCheck{at: at}
	for _, key := range []string{"extension", "ext"} {
		for _, entry := range o.texts(at, n, key) {
			c.extensions = append(c.extensions, "."+strings.ToLower(strings.TrimLeft(strings.TrimSpace(entry.Text), "*.")))
		}
	}
	return c
}

func (c *urlCheck) test(v any) []fault {
	text, isText := v.(string)
	address, err := url.Parse(strings.TrimSpace(text))
	if !isText || err != nil || address.Scheme == "" || address.Host == "" && address.Opaque == "" && address.Path == "" {
		return []fault{{keyword: c.at, message: "expected a URL, got " + show(v), hint: "a URL begins with https:// or another scheme"}}
	}
	path := strings.TrimRight(strings.ToLower(address.Path), "/")
	if len(c.extensions) > 0 && !slices.ContainsFunc(c.extensions, func(ext string) bool { return strings.HasSuffix(path, ext) }) {
		return []fault{{keyword: rulePath(c.at, "extension"), message: fmt.Sprintf("the path of %s ends with none of %s", show(v), strings.Join(c.extensions, ", "))}}
	}
	return nil
}

// format takes over the keyword of that name.
func (o *object) format(_ string, n *conf.Node) {
	text, isText := n.Str()
	switch {
	case !isText:
		o.report(ruleInvalid, n, "a format is a text", "")
	case text == "regex":
		o.add(regexCheck{})
	case !slices.Contains(knownFormats, text):
		o.report(ruleFormat, n, fmt.Sprintf("the format %s is not known, so it is not checked", conf.Quote(cut(text, 40))), "the formats are "+strings.Join(knownFormats, ", "))
	default:
		o.out["format"] = text
	}
}
