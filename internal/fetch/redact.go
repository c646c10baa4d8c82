package fetch

import (
	"net/url"
	"regexp"
	"strings"
)

// secretKey matches names of query parameters that carry credentials, among them
// those of signed links of the large stores.
var secretKey = regexp.MustCompile(`(?i)(token|secret|passw|signature|credential|auth|api[-_]?key|^key$|^sig$|^code$|session)`)

const hidden = "REDACTED"

// Redact returns a URL without its credentials: the user part and the values of
// query parameters that look like secrets. Text that is no URL comes back with
// anything between "//" and "@" hidden.
func Redact(raw string) string {
	u, err := url.Parse(raw)
	if err != nil {
		return userPart.ReplaceAllString(raw, "//"+hidden+"@")
	}
	if u.User != nil {
		u.User = url.User(hidden)
	}
	u.RawQuery = redactQuery(u.RawQuery)
	if strings.Contains(u.Fragment, "=") {
		u.Fragment, u.RawFragment = redactQuery(u.Fragment), ""
	}
	return u.String()
}

var userPart = regexp.MustCompile(`//[^/@\s]*@`)

// redactQuery keeps order and spelling of everything it does not hide.
func redactQuery(query string) string {
	if query == "" {
		return query
	}
	parts := strings.Split(query, "&")
	for i, part := range parts {
		key, _, ok := strings.Cut(part, "=")
		name, err := url.QueryUnescape(key)
		if ok && (err != nil || secretKey.MatchString(name)) {
			parts[i] = key + "=" + hidden
		}
	}
	return strings.Join(parts, "&")
}
