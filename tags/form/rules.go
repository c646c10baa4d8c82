package form

import "github.com/imjoy-tools/imjoy/pluginfile/source"

// Rules are the codes of the diagnostics of this package.
var Rules = []*source.Rule{
	ruleUnusable, ruleSyntax, ruleBareElement, ruleUnportable, ruleUnknownType, ruleMissingID, ruleDuplicateID,
	ruleUnknownKey, ruleBadOptions, ruleBadDefault, ruleBadBounds, ruleTooLarge,
}

var (
	ruleUnusable = &source.Rule{
		Code: "ui-unusable", Severity: source.Error,
		Summary: "`ui` is neither text nor a list",
		Doc: "A form is a string in which elements stand in braces, or a list of such strings. An object is allowed only to give " +
			"each tag its own form. ImJoy refuses an object and ignores numbers and booleans.",
		Bad:  `{"ui": 5}`,
		Good: `{"ui": "sigma: {id: 'sigma', type: 'number'}"}`,
	}
	ruleSyntax = &source.Rule{
		Code: "ui-syntax", Severity: source.Error,
		Summary: "an element of the form cannot be read",
		Doc: "Elements are written almost as JSON: `{id: 'sigma', type: 'number', placeholder: 2}`. Single quotes, bare keys and a trailing " +
			"comma are fine here; a missing bracket, quote, colon or comma is not. The element stays as text and its value never reaches the plugin.",
		Bad:  `{"ui": "sigma: {id: 'sigma' type: 'number'}"}`,
		Good: `{"ui": "sigma: {id: 'sigma', type: 'number'}"}`,
	}
	ruleBareElement = &source.Rule{
		Code: "ui-bare-element", Severity: source.Error,
		Summary: "an element stands where a label belongs",
		Doc: "An object in the list `ui` is a line for each of its keys: the key is shown, and what stands behind it. So an element that is such an object " +
			"is shown as the words \"id: sigma\" and \"type: number\", and there is nothing to set. Put it behind a label, or write it as text.",
		Bad:  `{"ui": [{"id": "sigma", "type": "number", "placeholder": 2}]}`,
		Good: `{"ui": [{"sigma": {"id": "sigma", "type": "number", "placeholder": 2}}]}`,
	}
	ruleUnportable = &source.Rule{
		Code: "ui-unportable", Severity: source.Warning,
		Summary: "ImJoy reads the form differently or not at all",
		Doc: "ImJoy turns every `word:` into `\"word\":` and every apostrophe into a quote, inside texts as well, and reads the result as strict JSON. " +
			"So a URL, a time such as 12:30, an apostrophe, a brace in a text, a trailing comma or a key with a hyphen break the whole form there. It also looks " +
			"for elements by counting braces, and cannot show one inside another HTML element. The form works here as written.",
		Bad:  `{"ui": "server: {id: 'server', type: 'string', placeholder: 'http://localhost'}"}`,
		Good: `{"ui": "server: {id: 'server', type: 'string', placeholder: 'localhost'}"}`,
	}
	ruleUnknownType = &source.Rule{
		Code: "ui-unknown-type", Severity: source.Warning,
		Summary: "an element has no type or one that ImJoy does not know",
		Doc: "The types are number, choose, string, color, button, save, variableName, instructions/comment and ops. There is no check box, file " +
			"or multi-line element. ImJoy shows no form at all when it meets another type, unless it is the name of a loaded plugin.",
		Bad:  `{"ui": "{id: 'fast', type: 'checkbox'}"}`,
		Good: `{"ui": "{id: 'fast', type: 'choose', options: [true, false]}"}`,
	}
	ruleMissingID = &source.Rule{
		Code: "ui-missing-id", Severity: source.Warning,
		Summary: "an element has no id",
		Doc:     "The id is the key under which the plugin finds the value in `ctx.config`. Only `save` needs none.",
		Bad:     `{"ui": "sigma: {type: 'number'}"}`,
		Good:    `{"ui": "sigma: {id: 'sigma', type: 'number'}"}`,
	}
	ruleDuplicateID = &source.Rule{
		Code: "ui-duplicate-id", Severity: source.Warning,
		Summary: "two elements have one id",
		Doc:     "Elements with the same id (or dataID) share one value: it starts as the first says and has the type of the last.",
		Bad:     `{"ui": "x {id: 'size', type: 'number'} y {id: 'size', type: 'number'}"}`,
		Good:    `{"ui": "x {id: 'width', type: 'number'} y {id: 'height', type: 'number'}"}`,
	}
	ruleUnknownKey = &source.Rule{
		Code: "ui-unknown-key", Severity: source.Warning,
		Summary: "a key of an element has no effect",
		Doc:     "Elements ignore keys they do not know. The default of an element is called `placeholder`, the answers of a choice `options`.",
		Bad:     `{"ui": "{id: 'sigma', type: 'number', default: 2}"}`,
		Good:    `{"ui": "{id: 'sigma', type: 'number', placeholder: 2}"}`,
	}
	ruleBadOptions = &source.Rule{
		Code: "ui-bad-options", Severity: source.Error,
		Summary: "a choice has no usable options",
		Doc:     "`options` is a list of texts, numbers and booleans, or of objects with both `label` and `value`.",
		Bad:     `{"ui": "{id: 'mode', type: 'choose'}"}`,
		Good:    `{"ui": "{id: 'mode', type: 'choose', options: ['fast', 'exact']}"}`,
	}
	ruleBadDefault = &source.Rule{
		Code: "ui-bad-default", Severity: source.Warning,
		Summary: "the placeholder does not fit its element",
		Doc: "The placeholder is the value until somebody changes it: a number for `number`, within its limits; the value of one of the options for `choose`; " +
			"a list of hue, saturation and brightness for `color`. ImJoy shows no form at all for most others. A number without a placeholder is 3.",
		Bad:  `{"ui": "{id: 'mode', type: 'choose', options: ['fast', 'exact'], placeholder: 'Fast'}"}`,
		Good: `{"ui": "{id: 'mode', type: 'choose', options: ['fast', 'exact'], placeholder: 'fast'}"}`,
	}
	ruleBadBounds = &source.Rule{
		Code: "ui-bad-bounds", Severity: source.Warning,
		Summary: "min, max or step make no sense",
		Doc:     "`min`, `max` and `step` are numbers, the minimum is not above the maximum, the step is greater than 0. Otherwise they have no effect.",
		Bad:     `{"ui": "{id: 'sigma', type: 'number', min: 10, max: 1}"}`,
		Good:    `{"ui": "{id: 'sigma', type: 'number', min: 1, max: 10}"}`,
	}
	ruleTooLarge = &source.Rule{
		Code: "ui-too-large", Severity: source.Warning,
		Summary: "the form is longer than what is read",
		Doc:     "A form may have 256 KiB of text and 1,000 elements; the rest is not read. (ImJoy's own schema stops at 2,048 characters.)",
		Bad:     "a `ui` of a megabyte",
		Good:    "a `ui` that fits on a page",
	}
)
