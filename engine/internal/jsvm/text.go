package jsvm

import (
	"encoding/base64"
	"strings"
	"unicode/utf16"
	"unicode/utf8"

	"github.com/dop251/goja"
)

// encodings by the labels that scripts use; browsers read all of latin1 as
// windows-1252.
var encodings = map[string]string{
	"utf-8": "utf-8", "utf8": "utf-8", "unicode-1-1-utf-8": "utf-8", "unicode11utf8": "utf-8",
	"utf-16le": "utf-16le", "utf-16": "utf-16le", "ucs-2": "utf-16le", "unicode": "utf-16le", "utf-16be": "utf-16be",
	"windows-1252": "windows-1252", "cp1252": "windows-1252", "latin1": "windows-1252", "iso-8859-1": "windows-1252", "iso8859-1": "windows-1252",
	"ascii": "windows-1252", "us-ascii": "windows-1252", "l1": "windows-1252",
}

// windows1252 are the characters at 0x80 to 0x9f.
var windows1252 = [32]rune{
	0x20ac, 0x81, 0x201a, 0x192, 0x201e, 0x2026, 0x2020, 0x2021, 0x2c6, 0x2030, 0x160, 0x2039, 0x152, 0x8d, 0x17d, 0x8f,
	0x90, 0x2018, 0x2019, 0x201c, 0x201d, 0x2022, 0x2013, 0x2014, 0x2dc, 0x2122, 0x161, 0x203a, 0x153, 0x9d, 0x17e, 0x178,
}

func (vm *VM) encoding(call goja.FunctionCall) goja.Value {
	return vm.rt.ToValue(encodings[strings.ToLower(strings.TrimSpace(call.Argument(0).String()))])
}

// decode makes text of bytes; "binary" is one character a byte.
func (vm *VM) decode(call goja.FunctionCall) goja.Value {
	data, fatal := bytesOf(call.Argument(0)), call.Argument(2).ToBoolean()
	switch encoding := call.Argument(1).String(); encoding {
	case "binary", "windows-1252":
		out := make([]rune, len(data))
		for i, b := range data {
			if out[i] = rune(b); encoding != "binary" && b >= 0x80 && b < 0xa0 {
				out[i] = windows1252[b-0x80]
			}
		}
		return vm.rt.ToValue(string(out))
	case "utf-16le":
		return vm.decodeUTF16(data, 0, fatal)
	case "utf-16be":
		return vm.decodeUTF16(data, 1, fatal)
	}
	if !utf8.Valid(data) {
		if fatal {
			panic(vm.rt.NewTypeError("the bytes are not UTF-8"))
		}
		return vm.rt.ToValue(replaceInvalid(data))
	}
	return vm.rt.ToValue(string(data))
}

// decodeUTF16 reads units whose low byte is at an index of 0 or 1.
func (vm *VM) decodeUTF16(data []byte, low int, fatal bool) goja.Value {
	units := make([]uint16, len(data)/2)
	for i := range units {
		units[i] = uint16(data[2*i+low]) | uint16(data[2*i+1-low])<<8
	}
	out := utf16.Decode(units)
	if len(data)%2 != 0 {
		out = append(out, utf8.RuneError)
	}
	if fatal {
		for _, r := range out {
			if r == utf8.RuneError {
				panic(vm.rt.NewTypeError("the bytes are not UTF-16"))
			}
		}
	}
	return vm.rt.ToValue(string(out))
}

// replaceInvalid puts one U+FFFD for each beginning of a character that does not go
// on, as browsers do.
func replaceInvalid(data []byte) string {
	var out strings.Builder
	for len(data) > 0 {
		r, size := utf8.DecodeRune(data)
		if r == utf8.RuneError && size <= 1 {
			size = begun(data)
		}
		out.WriteRune(r)
		data = data[size:]
	}
	return out.String()
}

// begun returns how many bytes look like the beginning of a character, at least 1.
func begun(data []byte) int {
	need, low, high := 0, byte(0x80), byte(0xbf)
	switch b := data[0]; {
	case b >= 0xc2 && b <= 0xdf:
		need = 1
	case b >= 0xe0 && b <= 0xef:
		need = 2
		if b == 0xe0 {
			low = 0xa0
		} else if b == 0xed {
			high = 0x9f
		}
	case b >= 0xf0 && b <= 0xf4:
		need = 3
		if b == 0xf0 {
			low = 0x90
		} else if b == 0xf4 {
			high = 0x8f
		}
	}
	n := 1
	for ; n <= need && n < len(data) && data[n] >= low && data[n] <= high; n++ {
		low, high = 0x80, 0xbf
	}
	return n
}

// whole returns how many bytes are whole characters: the rest of a stream's piece
// waits for the next.
func (vm *VM) whole(call goja.FunctionCall) goja.Value {
	data := bytesOf(call.Argument(0))
	n := len(data)
	switch encoding := call.Argument(1).String(); encoding {
	case "utf-16le", "utf-16be":
		n -= n % 2
		high := 1
		if encoding == "utf-16be" {
			high = 0
		}
		if n >= 2 && data[n-2+high]&0xfc == 0xd8 {
			n -= 2
		}
	case "utf-8":
		for back := 1; back <= 3 && back <= n; back++ {
			if utf8.RuneStart(data[n-back]) {
				if tail := data[n-back:]; !utf8.FullRune(tail) {
					n -= back
				}
				break
			}
		}
	}
	return vm.rt.ToValue(n)
}

func (vm *VM) wellFormed(call goja.FunctionCall) goja.Value {
	text, ok := call.Argument(0).(goja.String)
	if !ok {
		return vm.rt.ToValue(true)
	}
	for i, n := 0, text.Length(); i < n; i++ {
		unit := rune(text.CharAt(i))
		if !utf16.IsSurrogate(unit) {
			continue
		}
		if i+1 == n || utf16.DecodeRune(unit, rune(text.CharAt(i+1))) == utf8.RuneError {
			return vm.rt.ToValue(false)
		}
		i++
	}
	return vm.rt.ToValue(true)
}

// latin1 gives one byte for each character, null when one does not fit.
func (vm *VM) latin1(call goja.FunctionCall) goja.Value {
	text := call.Argument(0).String()
	out := make([]byte, 0, len(text))
	for _, r := range text {
		if r > 0xff {
			return goja.Null()
		}
		out = append(out, byte(r))
	}
	return vm.buffer(out)
}

// fromBase64 forgives spaces and missing padding, as atob does, and nothing else.
func (vm *VM) fromBase64(call goja.FunctionCall) goja.Value {
	text := strings.Map(func(r rune) rune {
		if strings.ContainsRune(" \t\n\f\r", r) {
			return -1
		}
		return r
	}, call.Argument(0).String())
	if len(text)%4 == 0 {
		text = strings.TrimSuffix(strings.TrimSuffix(text, "="), "=")
	}
	data, err := base64.RawStdEncoding.DecodeString(text)
	if err != nil {
		return goja.Null()
	}
	return vm.buffer(data)
}

func (vm *VM) toBase64(call goja.FunctionCall) goja.Value {
	return vm.rt.ToValue(base64.StdEncoding.EncodeToString(bytesOf(call.Argument(0))))
}
