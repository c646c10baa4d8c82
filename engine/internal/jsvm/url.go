package jsvm

import (
	"net/netip"
	"net/url"
	"strconv"
	"strings"

	"github.com/dop251/goja"
	"golang.org/x/net/idna"
)

// address is a URL taken apart as browsers do (https://url.spec.whatwg.org), which
// is more forgiving than net/url and writes parts in one form.
type address struct {
	scheme, username, password string
	host                       string
	port                       string
	path, query, fragment      string // query and fragment with their first character, "" when empty
	authority                  bool   // it has "//", even with an empty host
}

// specialPorts are the schemes whose addresses always have a host, and their ports.
var specialPorts = map[string]string{"http": "80", "https": "443", "ws": "80", "wss": "443", "ftp": "21", "file": ""}

func (a *address) special() bool { _, ok := specialPorts[a.scheme]; return ok }

// opaque is true for addresses like data: and mailto:, whose path is any text.
func (a *address) opaque() bool {
	return !a.authority && !strings.HasPrefix(a.path, "/") && !a.special()
}

// The characters that are written as %XX, by the part they stand in.
const (
	inFragment = " \"<>`"
	inQuery    = " \"#<>"
	inPath     = inQuery + "?^`{}"
	inUser     = inPath + "/:;=@[\\]|"
)

func percentEncode(text, set string) string {
	var out strings.Builder
	for i := range len(text) {
		if c := text[i]; c <= 0x1f || c >= 0x7f || strings.IndexByte(set, c) >= 0 {
			out.WriteString("%" + strings.ToUpper(strconv.FormatUint(uint64(c)|0x100, 16)[1:]))
		} else {
			out.WriteByte(c)
		}
	}
	return out.String()
}

// parseAddress reads a URL, relative to another when base is not nil; nil is none.
func parseAddress(text string, base *address) *address {
	text = strings.TrimFunc(text, func(r rune) bool { return r <= ' ' })
	text = strings.NewReplacer("\t", "", "\n", "", "\r", "").Replace(text)
	a := &address{}
	rest, fragment, hasFragment := strings.Cut(text, "#")
	if hasFragment && fragment != "" {
		a.fragment = "#" + percentEncode(fragment, inFragment)
	}
	scheme, after := cutScheme(rest)
	switch {
	case scheme != "" && (specialPorts[scheme] == "" && scheme != "file" || base == nil || base.scheme != scheme || strings.HasPrefix(strings.ReplaceAll(after, "\\", "/"), "//")):
		a.scheme = scheme
		return a.absolute(after)
	case scheme != "":
		rest = after // "https:path" is relative to an https base
	case base == nil:
		return nil
	}
	if base.opaque() {
		if rest != "" {
			return nil
		}
		out := *base
		out.fragment = a.fragment
		return &out
	}
	a.scheme = base.scheme
	return a.relative(rest, base)
}

// cutScheme returns the scheme in lower case and what follows its colon.
func cutScheme(text string) (scheme, rest string) {
	at := strings.IndexByte(text, ':')
	if at < 1 {
		return "", text
	}
	for i := range at {
		c := text[i] | 0x20
		letter := c >= 'a' && c <= 'z'
		if !letter && (i == 0 || !(text[i] >= '0' && text[i] <= '9' || strings.IndexByte("+-.", text[i]) >= 0)) {
			return "", text
		}
	}
	return strings.ToLower(text[:at]), text[at+1:]
}

func (a *address) setQuery(query string, has bool) {
	if has && query != "" {
		set := inQuery
		if a.special() {
			set += "'"
		}
		a.query = "?" + percentEncode(query, set)
	}
}

func (a *address) absolute(rest string) *address {
	rest, query, hasQuery := strings.Cut(rest, "?")
	a.setQuery(query, hasQuery)
	if a.special() {
		rest = strings.ReplaceAll(rest, "\\", "/")
		if a.scheme != "file" {
			rest = "//" + strings.TrimLeft(rest, "/")
		} else if !strings.HasPrefix(rest, "//") {
			rest = "//" + "/" + strings.TrimPrefix(rest, "/")
		}
	}
	if after, ok := strings.CutPrefix(rest, "//"); ok {
		return a.withAuthority(after)
	}
	if strings.HasPrefix(rest, "/") {
		a.path = a.cleanPath(rest)
		return a
	}
	a.path = percentEncode(rest, "")
	return a
}

func (a *address) relative(rest string, base *address) *address {
	rest, query, hasQuery := strings.Cut(rest, "?")
	if a.special() {
		rest = strings.ReplaceAll(rest, "\\", "/")
	}
	if after, ok := strings.CutPrefix(rest, "//"); ok {
		a.setQuery(query, hasQuery)
		return a.withAuthority(after)
	}
	a.authority, a.username, a.password, a.host, a.port = base.authority, base.username, base.password, base.host, base.port
	a.setQuery(query, hasQuery)
	switch {
	case rest == "":
		a.path = base.path
		if !hasQuery {
			a.query = base.query
		}
	case strings.HasPrefix(rest, "/"):
		a.path = a.cleanPath(rest)
	default:
		folder := base.path[:strings.LastIndexByte(base.path, '/')+1]
		if folder == "" {
			folder = "/"
		}
		a.path = a.cleanPath(folder + rest)
	}
	return a
}

// withAuthority reads what follows "//"; nil when it names no host.
func (a *address) withAuthority(rest string) *address {
	a.authority = true
	authority, file := rest, ""
	if at := strings.IndexByte(rest, '/'); at >= 0 {
		authority, file = rest[:at], rest[at:]
	}
	if at := strings.LastIndexByte(authority, '@'); at >= 0 {
		user, password, has := strings.Cut(authority[:at], ":")
		a.username = percentEncode(user, inUser)
		if has {
			a.password = percentEncode(password, inUser)
		}
		authority = authority[at+1:]
	}
	host, port := authority, ""
	if at := strings.LastIndexByte(authority, ':'); at >= 0 && !strings.HasSuffix(authority, "]") {
		host, port = authority[:at], authority[at+1:]
	}
	if port != "" {
		n, err := strconv.ParseUint(port, 10, 16)
		if err != nil {
			return nil
		}
		if a.port = strconv.FormatUint(n, 10); a.port == specialPorts[a.scheme] {
			a.port = ""
		}
	}
	var ok bool
	if a.host, ok = a.cleanHost(host); !ok {
		return nil
	}
	if a.host == "" && (a.special() && a.scheme != "file" || a.port != "" || a.username != "") {
		return nil
	}
	if a.scheme == "file" && a.host == "localhost" {
		a.host = ""
	}
	a.path = a.cleanPath(file)
	return a
}

// hostProfile reads international names as browsers do.
var hostProfile = idna.New(idna.MapForLookup(), idna.Transitional(false), idna.StrictDomainName(false))

func (a *address) cleanHost(host string) (string, bool) {
	if inner, ok := strings.CutPrefix(host, "["); ok {
		ip, err := netip.ParseAddr(strings.TrimSuffix(inner, "]"))
		if err != nil || !strings.HasSuffix(inner, "]") || !ip.Is6() || ip.Zone() != "" {
			return "", false
		}
		return "[" + hexIPv6(ip) + "]", true
	}
	if !a.special() {
		if strings.ContainsAny(host, "\x00\t\n\r #/:<>?@[\\]^|") {
			return "", false
		}
		return percentEncode(host, ""), true
	}
	plain, err := url.PathUnescape(host)
	if err != nil {
		return "", false
	}
	name := strings.ToLower(plain)
	for i := range len(name) {
		if name[i] >= 0x80 {
			if name, err = hostProfile.ToASCII(plain); err != nil {
				return "", false
			}
			break
		}
	}
	if strings.ContainsAny(name, "\x00\t\n\r #/:<>?@[\\]^|%\x7f") || name == "" && host != "" {
		return "", false
	}
	return cleanIPv4(name)
}

// hexIPv6 writes the last four bytes in hexadecimal as well, as browsers do.
func hexIPv6(ip netip.Addr) string {
	if !ip.Is4In6() {
		return ip.String()
	}
	b := ip.As16()
	return "::ffff:" + strconv.FormatUint(uint64(b[12])<<8|uint64(b[13]), 16) + ":" + strconv.FormatUint(uint64(b[14])<<8|uint64(b[15]), 16)
}

// cleanIPv4 writes an address of numbers in its usual form: a host whose last word
// is a number is one, in any of the old spellings.
func cleanIPv4(name string) (string, bool) {
	words := strings.Split(strings.TrimSuffix(name, "."), ".")
	last := words[len(words)-1]
	if _, ok := ipNumber(last); !ok && (last == "" || strings.Trim(last, "0123456789") != "") {
		return name, true
	}
	if len(words) > 4 {
		return "", false
	}
	var sum uint64
	for i, word := range words {
		n, ok := ipNumber(word)
		switch {
		case !ok:
			return "", false
		case i < len(words)-1:
			if n > 255 {
				return "", false
			}
			sum |= n << (8 * (3 - i))
		default:
			if n >= 1<<(8*(5-len(words))) {
				return "", false
			}
			sum |= n
		}
	}
	return netip.AddrFrom4([4]byte{byte(sum >> 24), byte(sum >> 16), byte(sum >> 8), byte(sum)}).String(), true
}

func ipNumber(word string) (uint64, bool) {
	base := 10
	switch {
	case strings.HasPrefix(word, "0x"):
		word, base = word[2:], 16
		if word == "" {
			return 0, true
		}
	case len(word) > 1 && word[0] == '0':
		word, base = word[1:], 8
	}
	n, err := strconv.ParseUint(word, base, 64)
	return n, err == nil
}

// cleanPath resolves "." and ".." and encodes what must be.
func (a *address) cleanPath(file string) string {
	if file == "" {
		if a.special() {
			return "/"
		}
		return ""
	}
	var out []string
	words := strings.Split(file[1:], "/")
	for i, word := range words {
		last := i == len(words)-1
		switch dots := strings.ReplaceAll(strings.ToLower(word), "%2e", "."); {
		case dots == "..":
			if len(out) > 0 {
				out = out[:len(out)-1]
			}
			if last {
				out = append(out, "")
			}
		case dots == ".":
			if last {
				out = append(out, "")
			}
		default:
			out = append(out, percentEncode(word, inPath))
		}
	}
	return "/" + strings.Join(out, "/")
}

// parseURL gives the parts of a URL to the class URL, null when it is none.
func (vm *VM) parseURL(call goja.FunctionCall) goja.Value {
	var base *address
	if v := call.Argument(1); !goja.IsNull(v) {
		if base = parseAddress(v.String(), nil); base == nil {
			return goja.Null()
		}
	}
	a := parseAddress(call.Argument(0).String(), base)
	if a == nil {
		return goja.Null()
	}
	o := vm.rt.NewObject()
	for key, v := range map[string]any{
		"protocol": a.scheme + ":", "username": a.username, "password": a.password, "hostname": a.host, "port": a.port,
		"pathname": a.path, "slashes": a.authority, "opaque": a.opaque(),
		"search": a.query, "hash": a.fragment,
	} {
		_ = o.Set(key, v) // a fresh object takes any member
	}
	return o
}

// escape is the encoding of forms, where a space is "+".
func (vm *VM) escape(call goja.FunctionCall) goja.Value {
	text := url.QueryEscape(call.Argument(0).String())
	return vm.rt.ToValue(strings.NewReplacer("%2A", "*", "~", "%7E").Replace(text))
}

func (vm *VM) unescape(call goja.FunctionCall) goja.Value {
	return vm.rt.ToValue(replaceInvalid(unpercent(strings.ReplaceAll(call.Argument(0).String(), "+", " "))))
}

// percent gives the bytes of a text with %XX in it.
func (vm *VM) percent(call goja.FunctionCall) goja.Value {
	return vm.buffer(unpercent(call.Argument(0).String()))
}

// unpercent leaves what is no %XX as it is.
func unpercent(text string) []byte {
	out := make([]byte, 0, len(text))
	for i := 0; i < len(text); i++ {
		if text[i] == '%' && i+2 < len(text) {
			if n, err := strconv.ParseUint(text[i+1:i+3], 16, 8); err == nil {
				out = append(out, byte(n))
				i += 2
				continue
			}
		}
		out = append(out, text[i])
	}
	return out
}
