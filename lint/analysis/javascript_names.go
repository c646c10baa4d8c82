package analysis

import (
	"slices"
	"strings"
)

// hostVariable reports whether assigning to an undeclared name means something of
// the host: event handlers, and the writable properties of a window or a worker.
func hostVariable(name string) bool {
	if strings.HasPrefix(name, "on") && len(name) >= len("oncut") && name == strings.ToLower(name) {
		return true
	}
	switch name {
	case "location", "name", "status", "event", "opener", "self", "window", "document", "console", "performance",
		"fetch", "alert", "confirm", "prompt", "close", "module", "exports", "define", "undefined", "api", "arguments",
		"XMLHttpRequest", "WebSocket", "Promise", "Map", "Set", "Symbol", "URL", "Blob", "File", "FileReader",
		"requestAnimationFrame", "setTimeout", "setInterval", "importScripts", "screenX", "screenY", "length", "frames",
		"top", "parent", "scrollX", "scrollY", "innerWidth", "innerHeight", "outerWidth", "outerHeight", "origin":
		return true
	}
	return false
}

// objectMembers are members that every function has, built-in ones included.
var objectMembers = []string{
	"prototype", "name", "length", "call", "apply", "bind", "toString", "toLocaleString", "valueOf", "constructor",
	"hasOwnProperty", "isPrototypeOf", "propertyIsEnumerable", "caller", "arguments", "__proto__",
}

// builtins are the objects whose members are known for good.
var builtins = map[string][]string{
	"Number": {
		"EPSILON", "MAX_SAFE_INTEGER", "MAX_VALUE", "MIN_SAFE_INTEGER", "MIN_VALUE", "NaN", "NEGATIVE_INFINITY", "POSITIVE_INFINITY",
		"isFinite", "isInteger", "isNaN", "isSafeInteger", "parseFloat", "parseInt",
	},
	"Math": {
		"E", "LN10", "LN2", "LOG10E", "LOG2E", "PI", "SQRT1_2", "SQRT2", "abs", "acos", "acosh", "asin", "asinh", "atan", "atan2",
		"atanh", "cbrt", "ceil", "clz32", "cos", "cosh", "exp", "expm1", "f16round", "floor", "fround", "hypot", "imul", "log", "log10",
		"log1p", "log2", "max", "min", "pow", "random", "round", "sign", "sin", "sinh", "sqrt", "sumPrecise", "tan", "tanh", "trunc",
	},
	"JSON": {"parse", "stringify", "rawJSON", "isRawJSON"},
	"Object": {
		"assign", "create", "defineProperties", "defineProperty", "entries", "freeze", "fromEntries", "getOwnPropertyDescriptor",
		"getOwnPropertyDescriptors", "getOwnPropertyNames", "getOwnPropertySymbols", "getPrototypeOf", "groupBy", "hasOwn", "is",
		"isExtensible", "isFrozen", "isSealed", "keys", "preventExtensions", "seal", "setPrototypeOf", "values",
	},
	"Array":   {"from", "fromAsync", "isArray", "of"},
	"Promise": {"all", "allSettled", "any", "race", "reject", "resolve", "try", "withResolvers"},
	"Date":    {"UTC", "now", "parse"},
	"String":  {"fromCharCode", "fromCodePoint", "raw"},
}

// openBuiltins are objects that hosts and libraries add to, with the members that are
// used most: another name is told when it is one letter away from one of these.
var openBuiltins = map[string][]string{
	"console": {"assert", "clear", "count", "debug", "dir", "error", "group", "groupCollapsed", "groupEnd", "info", "log", "table", "time", "timeEnd", "trace", "warn"},
	"document": {
		"addEventListener", "appendChild", "body", "createElement", "createElementNS", "createTextNode", "documentElement", "getElementById", "getElementsByClassName",
		"getElementsByTagName", "head", "querySelector", "querySelectorAll", "removeEventListener",
	},
	"localStorage":   {"clear", "getItem", "removeItem", "setItem"},
	"sessionStorage": {"clear", "getItem", "removeItem", "setItem"},
	"performance":    {"mark", "measure", "now"},
}

// nearMember returns the member that is one letter away from a name which is none: of
// short ones only with two letters swapped, as they are near to much else.
func nearMember(name string, members []string) string {
	if slices.Contains(members, name) {
		return ""
	}
	for _, m := range members {
		if Swapped(name, m) || len(m) > minSlip && OneLetter(name, m) && !strings.HasPrefix(name, m) {
			return m
		}
	}
	return ""
}
