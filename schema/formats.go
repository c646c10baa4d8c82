package schema

import (
	"net/mail"
	"net/netip"
	"net/url"
	"regexp"
	"strings"
	"sync"
	"time"
)

// formats are the formats of draft 7, and those of later ones that people use. A text of
// `format: "regex"` is a matter of patterns.
var formats = map[string]func(text string) bool{
	"date-time": isDateTime, "date": isDate, "time": isTime, "duration": isDuration,
	"email": isEmail, "hostname": isHostname, "ipv4": isIPv4, "ipv6": isIPv6,
	"uri": isURI, "iri": isURI, "uri-reference": isURIReference, "iri-reference": isURIReference, "uri-template": isURITemplate,
	"json-pointer": isJSONPointer, "relative-json-pointer": isRelativePointer, "uuid": isUUID,
}

// expression compiles a pattern when it is first needed.
func expression(pattern string) func(string) bool {
	re := sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`^(?:` + pattern + `)$`) })
	return func(text string) bool { return re().MatchString(text) }
}

var (
	timeShape = expression(`([01][0-9]|2[0-3]):[0-5][0-9]:([0-5][0-9]|60)(\.[0-9]+)?([zZ]|[+-]([01][0-9]|2[0-3]):[0-5][0-9])`)

	dateUnits     = `[0-9]+Y([0-9]+M([0-9]+D)?)?|[0-9]+M([0-9]+D)?|[0-9]+D`
	timeUnits     = `T([0-9]+H([0-9]+M([0-9]+S)?)?|[0-9]+M([0-9]+S)?|[0-9]+S)`
	durationShape = expression(`P([0-9]+W|(` + dateUnits + `)(` + timeUnits + `)?|` + timeUnits + `)`)

	labelShape    = expression(`[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?`)
	isJSONPointer = expression(`(?s)(/([^~/]|~[01])*)*`)
	relativeShape = expression(`(?s)(0|[1-9][0-9]*)(#|(/([^~/]|~[01])*)*)`)
	isUUID        = expression(`[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}`)
)

func isRelativePointer(text string) bool { return relativeShape(text) }
func isDuration(text string) bool        { return durationShape(text) }

func isDateTime(text string) bool {
	return len(text) > 11 && (text[10] == 'T' || text[10] == 't') && isDate(text[:10]) && isTime(text[11:])
}

func isDate(text string) bool {
	_, err := time.Parse(time.DateOnly, text)
	return err == nil
}

// isTime reports whether a text is a time of RFC 3339. A leap second is the last one of
// a day in UTC.
func isTime(text string) bool {
	if !timeShape(text) {
		return false
	}
	if text[6:8] != "60" {
		return true
	}
	zone := text[strings.IndexAny(text, "zZ+-"):]
	if strings.EqualFold(zone, "z") {
		zone = "+00:00"
	}
	at, err := time.Parse("15:04:05-07:00", text[:6]+"59"+zone)
	at = at.UTC()
	return err == nil && at.Hour() == 23 && at.Minute() == 59
}

func isHostname(text string) bool {
	text = strings.TrimSuffix(text, ".")
	if len(text) > 253 {
		return false
	}
	for label := range strings.SplitSeq(text, ".") {
		if !labelShape(label) {
			return false
		}
	}
	return true
}

func isEmail(text string) bool {
	at := strings.LastIndexByte(text, '@')
	if at < 0 || at > 64 || len(text) > 254 {
		return false
	}
	if domain, ok := strings.CutPrefix(text[at+1:], "["); ok && strings.HasSuffix(domain, "]") {
		domain = strings.TrimSuffix(domain, "]")
		if six, ok := strings.CutPrefix(domain, "IPv6:"); ok {
			return isIPv6(six)
		}
		return isIPv4(domain)
	}
	_, err := mail.ParseAddress(text)
	return err == nil && isHostname(text[at+1:])
}

func isIPv4(text string) bool {
	address, err := netip.ParseAddr(text)
	return err == nil && address.Is4()
}

func isIPv6(text string) bool {
	address, err := netip.ParseAddr(text)
	return err == nil && address.Is6() && address.Zone() == ""
}

// parseURI reads an address; a numeric one stands in brackets.
func parseURI(text string) (*url.URL, bool) {
	u, err := url.Parse(text)
	if err != nil || strings.Contains(text, `\`) {
		return nil, false
	}
	if host := u.Hostname(); strings.Contains(host, ":") && !(strings.HasPrefix(u.Host, "[") && isIPv6(host)) {
		return nil, false
	}
	return u, true
}

func isURI(text string) bool {
	u, ok := parseURI(text)
	return ok && u.IsAbs()
}

func isURIReference(text string) bool {
	_, ok := parseURI(text)
	return ok
}

// isURITemplate reports whether the braces of a template are closed and not nested.
func isURITemplate(text string) bool {
	open := false
	for _, c := range text {
		switch {
		case c == '{' && open, c == '}' && !open:
			return false
		case c == '{', c == '}':
			open = !open
		}
	}
	return !open
}
