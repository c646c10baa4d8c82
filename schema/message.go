package schema

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/imjoy-tools/imjoy/pluginfile/conf"
	"github.com/imjoy-tools/imjoy/pluginfile/source"
)

// violation is the failure without its message.
func (f failure) violation() Violation {
	return Violation{Pointer: f.pointer, Keyword: f.keyword, Rule: f.rule.Place}
}

func (f failure) typeNames() []string {
	if f.rule.Map() {
		return []string{"object"} // ImJoy's shorthand
	}
	names, _ := f.rule.Strings()
	return names
}

// violations says what is wrong; some rules are broken several times at once.
func (f failure) violations() []Violation {
	if message, hint, own := strings.Cut(f.message, "\x00"); own {
		v := f.violation()
		v.Message, v.Hint = message, hint
		return []Violation{v}
	}
	switch f.keyword {
	case "required":
		return f.missing()
	case "additionalProperties":
		return f.surplus()
	case "false", "additional":
		if keys := conf.SplitPointer(f.pointer); len(keys) > 0 {
			return []Violation{f.unnamed(keys[len(keys)-1])}
		}
	}
	v := f.violation()
	v.Message, v.Hint = f.say()
	return []Violation{v}
}

// say makes the message of a rule that is broken once.
func (f failure) say() (message, hint string) {
	limit := showPlain(f.rule.Plain())
	got := show(f.value)
	switch f.keyword {
	case "type":
		message = fmt.Sprintf("expected %s, got %s", typeList(f.typeNames()), got)
		if text, isText := f.value.(string); isText && slices.ContainsFunc(f.typeNames(), func(name string) bool { return name == "number" || name == "integer" }) && isInteger(text) {
			hint = "write the number without quotes"
		}
		return message, hint
	case "enum":
		return f.sayEnum()
	case "const":
		return fmt.Sprintf("expected %s, got %s", limit, got), ""
	case "minimum":
		return fmt.Sprintf("%s is too small, at least %s is needed", got, limit), ""
	case "maximum":
		return fmt.Sprintf("%s is too large, at most %s is allowed", got, limit), ""
	case "exclusiveMinimum":
		return fmt.Sprintf("%s is too small, it must be above %s", got, limit), ""
	case "exclusiveMaximum":
		return fmt.Sprintf("%s is too large, it must be below %s", got, limit), ""
	case "multipleOf":
		return fmt.Sprintf("%s is no multiple of %s", got, limit), ""
	case "minLength", "maxLength":
		return f.sayCount("character", "characters", len([]rune(fmt.Sprint(f.value)))), ""
	case "minItems", "maxItems":
		list, _ := f.value.([]any)
		return f.sayCount("item", "items", len(list)), ""
	case "minProperties", "maxProperties":
		object, _ := f.value.(map[string]any)
		return f.sayCount("property", "properties", len(object)), ""
	case "uniqueItems":
		return strings.Replace(f.message, "items at index", "no item may come twice, but items", 1), "items are counted from 0"
	case "additionalItems":
		return "there are too many items in the list", ""
	case "format":
		return fmt.Sprintf("%s is no valid %s", got, strings.Trim(limit, `"`)), ""
	case "contains":
		return "no item of the list is of the kind that one must be", ""
	case "not":
		return got + " is of a kind that is not allowed", ""
	case "oneOf":
		return got + " fits several of the allowed forms, but only one may fit", strings.TrimPrefix(f.message, "valid against ") + ", counted from 0"
	case "false", "additional":
		return "nothing may stand here", ""
	}
	if f.keyword == "dependencies" {
		return f.sayDependency()
	}
	return f.message, ""
}

func (f failure) sayDependency() (message, hint string) {
	keys := conf.SplitPointer(f.detail)
	needed := f.rule.At("/" + f.detail)
	name, _ := needed.Str()
	return fmt.Sprintf("the property %s is missing", conf.Quote(name)), fmt.Sprintf("it is needed because %s is there", conf.Quote(keys[0]))
}

func (f failure) sayCount(one, many string, count int) string {
	limit, _ := f.rule.Float()
	word := plural(int(limit), one, many)
	if strings.HasPrefix(f.keyword, "min") {
		return fmt.Sprintf("there are too few %s: %d, at least %s", many, count, word)
	}
	return fmt.Sprintf("there are too many %s: %d, at most %s", many, count, word)
}

func (f failure) sayEnum() (message, hint string) {
	var texts, allowed []string
	for _, item := range f.rule.Items {
		allowed = append(allowed, showPlain(item.Plain()))
		if text, isText := item.Str(); isText {
			texts = append(texts, text)
		}
	}
	if len(allowed) > 12 {
		allowed = append(allowed[:12], fmt.Sprintf("one of %d more", len(allowed)-12))
	}
	message = fmt.Sprintf("expected %s, got %s", orList(allowed), show(f.value))
	if text, isText := f.value.(string); isText {
		if near := source.Nearest(text, texts); near != "" {
			hint = "did you mean " + conf.Quote(near) + "?"
		}
	}
	return message, hint
}

// missing reports each required property that is not there.
func (f failure) missing() (list []Violation) {
	object, _ := f.value.(map[string]any)
	names, _ := f.rule.Strings()
	implied := f.rule.Map()
	if implied {
		names = f.rule.Keys() // nobody wrote `required`: ImJoy's rule
	}
	for i, name := range names {
		if _, there := object[name]; there {
			continue
		}
		v := f.violation()
		v.Message = fmt.Sprintf("the property %s is missing", conf.Quote(name))
		switch {
		case implied:
			v.Rule = f.rule.Get(name).Place
			v.Hint = "all properties are required where the schema does not say which"
		case f.rule.Item(i) != nil:
			v.Rule = f.rule.Item(i).Place
		}
		if near := source.Nearest(name, unknown(object, f.known)); near != "" {
			v.Hint = fmt.Sprintf("the data has %s", conf.Quote(near))
		}
		list = append(list, v)
	}
	return list
}

// unknown are the properties of an object that its schema does not name.
func unknown(object map[string]any, properties *conf.Node) (names []string) {
	for name := range maps.Keys(object) {
		if properties.Get(name) == nil {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	return names
}

// surplus reports each property that may not be there.
func (f failure) surplus() (list []Violation) {
	object, _ := f.value.(map[string]any)
	for _, name := range unknown(object, f.known) {
		v := f.unnamed(name)
		v.Pointer += "/" + conf.EscapePointer(name)
		list = append(list, v)
	}
	return list
}

// unnamed reports that a property may not be there.
func (f failure) unnamed(name string) Violation {
	v, known := f.violation(), f.known.Keys()
	v.Keyword = "additionalProperties"
	v.Message = fmt.Sprintf("there is no property %s", conf.Quote(cut(name, 40)))
	if near := source.Nearest(name, known); near != "" {
		v.Hint = "did you mean " + conf.Quote(near) + "?"
	} else if len(known) > 0 && len(known) <= 12 {
		v.Hint = "the properties are " + strings.Join(known, ", ")
	}
	return v
}
