package jsvm

import (
	"fmt"
	"math"
	"strconv"
	"strings"
	"unicode/utf16"
	"unicode/utf8"

	"github.com/dop251/goja"

	"github.com/imjoy-tools/imjoy/engine/internal/wire"
)

// parseJSON is JSON.parse without a reviver: several times faster than goja's own,
// which goes through encoding/json token by token, and with a limit on the depth. It
// gives undefined for a text that only goja's can read, one with half characters.
func (vm *VM) parseJSON(call goja.FunctionCall) goja.Value {
	text := call.Argument(0).String()
	if strings.ContainsRune(text, utf8.RuneError) {
		return goja.Undefined()
	}
	p := jsonParser{rt: vm.rt, text: text, plain: vm.rt.NewObject().Prototype()}
	v, err := p.document()
	switch {
	case p.odd:
		return goja.Undefined()
	case err != nil:
		vm.throw(err)
	}
	return v
}

type jsonParser struct {
	rt    *goja.Runtime
	text  string
	plain *goja.Object // the prototype of objects
	at    int
	depth int
	odd   bool // a key has half a character
}

func (p *jsonParser) document() (goja.Value, error) {
	v, err := p.value()
	if err != nil {
		return nil, err
	}
	if p.space(); p.at < len(p.text) {
		return nil, p.unexpected()
	}
	return v, nil
}

func (p *jsonParser) unexpected() error {
	if p.at >= len(p.text) {
		return &wire.Fault{Name: "SyntaxError", Message: "Unexpected end of JSON input"}
	}
	r, _ := utf8.DecodeRuneInString(p.text[p.at:])
	return &wire.Fault{Name: "SyntaxError", Message: fmt.Sprintf("Unexpected token %c in JSON at position %d", r, p.at)}
}

func (p *jsonParser) space() {
	for p.at < len(p.text) {
		switch p.text[p.at] {
		case ' ', '\t', '\n', '\r':
			p.at++
		default:
			return
		}
	}
}

func (p *jsonParser) value() (goja.Value, error) {
	p.space()
	if p.at >= len(p.text) {
		return nil, p.unexpected()
	}
	switch c := p.text[p.at]; {
	case c == '{' || c == '[':
		if p.depth++; p.depth > maxJSONDepth {
			return nil, &wire.Fault{Name: "RangeError", Message: fmt.Sprintf("the JSON is nested deeper than %d levels", maxJSONDepth)}
		}
		defer func() { p.depth-- }()
		p.at++
		if c == '{' {
			return p.object()
		}
		return p.array()
	case c == '"':
		return p.string()
	case c == '-' || c >= '0' && c <= '9':
		return p.number()
	}
	switch rest := p.text[p.at:]; {
	case strings.HasPrefix(rest, "true"):
		p.at += len("true")
		return p.rt.ToValue(true), nil
	case strings.HasPrefix(rest, "false"):
		p.at += len("false")
		return p.rt.ToValue(false), nil
	case strings.HasPrefix(rest, "null"):
		p.at += len("null")
		return goja.Null(), nil
	}
	return nil, p.unexpected()
}

// next reads what follows an item: true for another one, false for the end.
func (p *jsonParser) next(end byte) (more bool, err error) {
	p.space()
	if p.at < len(p.text) {
		switch p.text[p.at] {
		case ',':
			p.at++
			return true, nil
		case end:
			p.at++
			return false, nil
		}
	}
	return false, p.unexpected()
}

func (p *jsonParser) array() (goja.Value, error) {
	var items []any
	if p.space(); p.at < len(p.text) && p.text[p.at] == ']' {
		p.at++
		return p.rt.NewArray(), nil
	}
	for {
		v, err := p.value()
		if err != nil {
			return nil, err
		}
		items = append(items, v)
		if more, err := p.next(']'); !more {
			return p.rt.NewArray(items...), err
		}
	}
}

func (p *jsonParser) object() (goja.Value, error) {
	// Without a prototype while it is filled: "__proto__" is a key like any other, and
	// nobody's setter is called.
	o := p.rt.CreateObject(nil)
	if p.space(); p.at < len(p.text) && p.text[p.at] == '}' {
		p.at++
		return o, o.SetPrototype(p.plain)
	}
	for {
		if p.space(); p.at >= len(p.text) || p.text[p.at] != '"' {
			return nil, p.unexpected()
		}
		key, err := p.key()
		if err != nil {
			return nil, err
		}
		if p.space(); p.at >= len(p.text) || p.text[p.at] != ':' {
			return nil, p.unexpected()
		}
		p.at++
		v, err := p.value()
		if err != nil {
			return nil, err
		}
		if err := o.Set(key, v); err != nil {
			return nil, err
		}
		if more, err := p.next('}'); err != nil {
			return nil, err
		} else if !more {
			return o, o.SetPrototype(p.plain)
		}
	}
}

// key reads a name; most have no escapes.
func (p *jsonParser) key() (string, error) {
	if end := strings.IndexAny(p.text[p.at+1:], "\"\\"); end >= 0 && p.text[p.at+1+end] == '"' {
		name := p.text[p.at+1 : p.at+1+end]
		if strings.IndexFunc(name, func(r rune) bool { return r < ' ' }) < 0 {
			p.at += end + len(`""`)
			return name, nil
		}
	}
	v, err := p.string()
	if err != nil {
		return "", err
	}
	p.odd = p.odd || strings.ContainsRune(v.String(), utf8.RuneError)
	return v.String(), nil
}

// string reads a text; one with escapes is put together from UTF-16 units.
func (p *jsonParser) string() (goja.Value, error) {
	start := p.at + 1
	for i := start; i < len(p.text); i++ {
		switch c := p.text[i]; {
		case c == '"':
			p.at = i + 1
			return p.rt.ToValue(p.text[start:i]), nil
		case c == '\\':
			p.at = i
			return p.escaped(utf16.Encode([]rune(p.text[start:i])))
		case c < ' ':
			p.at = i
			return nil, p.unexpected()
		}
	}
	p.at = len(p.text)
	return nil, p.unexpected()
}

var jsonEscapes = map[byte]uint16{'"': '"', '\\': '\\', '/': '/', 'b': '\b', 'f': '\f', 'n': '\n', 'r': '\r', 't': '\t'}

func (p *jsonParser) escaped(units []uint16) (goja.Value, error) {
	for p.at < len(p.text) {
		r, size := utf8.DecodeRuneInString(p.text[p.at:])
		switch {
		case r == '"':
			p.at++
			return goja.StringFromUTF16(units), nil
		case r < ' ':
			return nil, p.unexpected()
		case r != '\\':
			units = utf16.AppendRune(units, r)
			p.at += size
			continue
		}
		p.at++
		if p.at >= len(p.text) {
			break
		}
		if unit, ok := jsonEscapes[p.text[p.at]]; ok {
			units = append(units, unit)
			p.at++
			continue
		}
		if p.text[p.at] != 'u' {
			return nil, p.unexpected()
		}
		if p.at+5 > len(p.text) {
			p.at = len(p.text)
			break
		}
		n, err := strconv.ParseUint(p.text[p.at+1:p.at+5], 16, 16)
		if err != nil {
			return nil, p.unexpected()
		}
		units = append(units, uint16(n))
		p.at += 5
	}
	return nil, p.unexpected()
}

func (p *jsonParser) number() (goja.Value, error) {
	start := p.at
	if p.text[p.at] == '-' {
		p.at++
	}
	if !p.digits() {
		return nil, p.unexpected()
	}
	if first := strings.TrimPrefix(p.text[start:p.at], "-"); len(first) > 1 && first[0] == '0' {
		p.at = start + len(p.text[start:p.at]) - len(first) + 1
		return nil, p.unexpected()
	}
	if p.at < len(p.text) && p.text[p.at] == '.' {
		if p.at++; !p.digits() {
			return nil, p.unexpected()
		}
	}
	if p.at < len(p.text) && p.text[p.at]|0x20 == 'e' {
		if p.at++; p.at < len(p.text) && (p.text[p.at] == '+' || p.text[p.at] == '-') {
			p.at++
		}
		if !p.digits() {
			return nil, p.unexpected()
		}
	}
	f, err := strconv.ParseFloat(p.text[start:p.at], 64)
	if err != nil && !math.IsInf(f, 0) {
		return nil, p.unexpected()
	}
	return p.rt.ToValue(f), nil
}

func (p *jsonParser) digits() bool {
	start := p.at
	for p.at < len(p.text) && p.text[p.at] >= '0' && p.text[p.at] <= '9' {
		p.at++
	}
	return p.at > start
}
