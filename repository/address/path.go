package address

import (
	"net/url"
	"strings"
)

// isPathText reports texts that can only be paths: ".", "./x", "/x", "C:\x".
func isPathText(s string) bool {
	switch {
	case s == ".", s == "..":
		return true
	case strings.HasPrefix(s, "./"), strings.HasPrefix(s, "../"), strings.HasPrefix(s, "/"), strings.HasPrefix(s, "~/"):
		return true
	case strings.HasPrefix(s, `.\`), strings.HasPrefix(s, `..\`), strings.HasPrefix(s, `\`):
		return true
	}
	return isDrive(s)
}

// isDrive reports "C:\x" and "C:/x".
func isDrive(s string) bool {
	return len(s) >= 3 && s[1] == ':' && (s[2] == '\\' || s[2] == '/') &&
		(s[0]|0x20 >= 'a' && s[0]|0x20 <= 'z')
}

// parsePath reads a path and its tag. A text that exists as a whole has no tag.
func parsePath(s string, exists func(string) bool) (Address, error) {
	path, tag := s, ""
	if !exists(s) {
		path, tag = splitFileTag(s)
	}
	if path == "" {
		return Address{}, refuse("the path is missing", "")
	}
	return Address{Kind: Path, Path: markPath(path), Tag: tag}, nil
}

// markPath makes a path that could be read as a name unmistakable.
func markPath(path string) string {
	if isPathText(path) || hasPluginSuffix(path) && !strings.ContainsAny(path, ":@") {
		return path
	}
	return "./" + path
}

// parseFileURL reads file:///x, file://localhost/x, file:/x and file:///C:/x.
func parseFileURL(s string) (Address, error) {
	u, err := url.Parse(s)
	if err != nil || u.Opaque != "" || u.Path == "" {
		return Address{}, refuse("it is not a file URL", "write file:///absolute/path")
	}
	if u.Host != "" && !strings.EqualFold(u.Host, "localhost") {
		return Address{}, refuse("a file URL cannot name the machine "+quote(u.Host), "write file:///absolute/path")
	}
	path := u.Path
	if isDrive(strings.TrimPrefix(path, "/")) {
		path = path[1:]
	}
	path, tag := splitFileTag(path)
	return Address{Kind: Path, Path: path, Tag: tag}, nil
}

// splitFileTag splits PATH@TAG: after a plugin's suffix the tag follows directly;
// elsewhere it is what follows the last "@" of the last part of the path.
func splitFileTag(s string) (path, tag string) {
	if end := suffixEnd(s); end > 0 && end < len(s) && s[end] == '@' && !strings.ContainsAny(s[end:], `/\`) {
		return s[:end], s[end+1:]
	}
	if hasPluginSuffix(s) {
		return s, ""
	}
	before, after, found := cutLast(s, "@")
	if !found || after == "" || before == "" || strings.ContainsAny(after, `/\`) || strings.HasSuffix(before, "/") {
		return s, ""
	}
	return before, after
}

// suffixEnd returns where the last plugin suffix ends, or 0.
func suffixEnd(s string) int {
	lower := strings.ToLower(s)
	end := 0
	for _, suffix := range []string{PluginSuffix, HyphaSuffix} {
		if i := strings.LastIndex(lower, suffix); i >= 0 {
			end = max(end, i+len(suffix))
		}
	}
	return end
}

func hasPluginSuffix(s string) bool { return s != "" && suffixEnd(s) == len(s) }
