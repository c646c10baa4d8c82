package conf

import "github.com/imjoy-tools/imjoy/pluginfile/source"

// Rules documents every diagnostic of this package.
func Rules() []*source.Rule {
	return []*source.Rule{
		ruleSyntax, ruleLimit, ruleDuplicateKey, ruleEncoding,
		ruleNewline, ruleControl, ruleEscape, ruleSurrogate, ruleInnerQuote,
		ruleQuotes, ruleUnquoted, ruleLiteral, ruleNumber, ruleRange,
		ruleComment, ruleTrailingComma, ruleExtraComma, ruleMissingComma, ruleOddSpace,
		ruleYAMLTag, ruleYAMLAlias, ruleYAMLAmbiguous,
	}
}

// rulePrecision is the severity of a number that loses digits: unlike one that
// overflows, it still means about what is written.
const rulePrecision = source.Warning

var ruleSyntax = &source.Rule{
	Code: "config-syntax", Severity: source.Error,
	Summary: "the config is not valid JSON or YAML",
	Doc: "ImJoy gives up a plugin whose config it cannot parse. The place is where the fault was made, as far as that can be told; " +
		"the rest of the config is still read, so that one fault does not hide the others.",
	Bad:  "<config lang=\"json\">\n{\"name\": \"Blur\", \"type\"}\n</config>\n",
	Good: "<config lang=\"json\">\n{\"name\": \"Blur\", \"type\": \"web-worker\"}\n</config>\n",
}

var ruleLimit = &source.Rule{
	Code: "config-limit", Severity: source.Error,
	Summary: "the config is larger or deeper than is read",
	Doc: "A config is read up to 64 levels of nesting. JSON may have 16 MiB and 200,000 values; YAML 1 MiB, 10,000 values with its aliases expanded, " +
		"100 aliases and 10 merges. No real plugin comes near; a text beyond was made to exhaust the reader.",
	Bad:  "<config lang=\"yaml\">\na: &a [x, x, x, x, x, x, x, x]\nb: &b [*a, *a, *a, *a, *a, *a, *a, *a]\nc: [*b, *b, ...a hundred times]\n</config>\n",
	Good: "<config lang=\"yaml\">\na: [x, x]\n</config>\n",
}

var ruleDuplicateKey = &source.Rule{
	Code: "config-duplicate-key", Severity: source.Warning,
	Summary: "a key is written twice in the same object",
	Doc: "In JSON the last value wins silently, and what the first one said is lost: a shell line under `requirements`, a cover image. " +
		"In YAML ImJoy refuses the whole config. Keep one of the two.",
	Bad:  "<config lang=\"json\">\n{\"name\": \"Blur\", \"requirements\": [\"numpy\"], \"requirements\": [\"scipy\"]}\n</config>\n",
	Good: "<config lang=\"json\">\n{\"name\": \"Blur\", \"requirements\": [\"numpy\", \"scipy\"]}\n</config>\n",
}

var ruleEncoding = &source.Rule{
	Code: "config-encoding", Severity: source.Error,
	Summary: "the config has bytes that are not UTF-8",
	Doc:     "The text of a plugin is UTF-8. Other bytes are read as the replacement character U+FFFD. Save the file as UTF-8.",
	Bad:     "<config lang=\"json\">\n{\"name\": \"M\xfcller\"}\n</config>\n",
	Good:    "<config lang=\"json\">\n{\"name\": \"Müller\"}\n</config>\n",
}

var ruleNewline = &source.Rule{
	Code: "config-newline-in-string", Severity: source.Error,
	Summary: "a JSON string goes over the end of a line",
	Doc: "JSON strings stand on one line; ImJoy refuses the whole config. It often happens when a formatter wraps long lines. " +
		"Write `\\n` where a line break is meant, or put the text on one line.",
	Bad:  "<config lang=\"json\">\n{\"name\": \"Blur\", \"description\": \"Smooths\nan image\"}\n</config>\n",
	Good: "<config lang=\"json\">\n{\"name\": \"Blur\", \"description\": \"Smooths an image\"}\n</config>\n",
}

var ruleControl = &source.Rule{
	Code: "config-control-character", Severity: source.Error,
	Summary: "a JSON string holds a tab or another control character",
	Doc:     "Characters below U+0020 must be escaped in JSON: a tab is `\\t`. ImJoy refuses the whole config.",
	Bad:     "<config lang=\"json\">\n{\"name\": \"a\tb\"}\n</config>\n",
	Good:    "<config lang=\"json\">\n{\"name\": \"a\\tb\"}\n</config>\n",
}

var ruleEscape = &source.Rule{
	Code: "config-bad-escape", Severity: source.Error,
	Summary: "a backslash begins an escape that JSON does not have",
	Doc: "JSON knows `\\\" \\\\ \\/ \\b \\f \\n \\r \\t` and `\\uXXXX`. A backslash that stands for itself, in a Windows path or a regular expression, " +
		"is written twice. What follows the backslash is kept as text here; ImJoy refuses the whole config.",
	Bad:  "<config lang=\"json\">\n{\"pattern\": \"\\d+\"}\n</config>\n",
	Good: "<config lang=\"json\">\n{\"pattern\": \"\\\\d+\"}\n</config>\n",
}

var ruleSurrogate = &source.Rule{
	Code: "config-lone-surrogate", Severity: source.Warning,
	Summary: "an escape stands for half a character",
	Doc:     "`\\ud83d` alone is half of a character outside the basic plane; such a text cannot be written as UTF-8 and is read with U+FFFD in its place. Write both halves, or the character itself.",
	Bad:     "<config lang=\"json\">\n{\"icon\": \"\\ud83d\"}\n</config>\n",
	Good:    "<config lang=\"json\">\n{\"icon\": \"\\ud83d\\ude00\"}\n</config>\n",
}

var ruleInnerQuote = &source.Rule{
	Code: "config-inner-quote", Severity: source.Error,
	Summary: "a double quote inside a JSON string is not escaped",
	Doc:     "The first double quote ends the string. Write `\\\"` for one that belongs to the text, or use single quotes inside.",
	Bad:     "<config lang=\"json\">\n{\"description\": \"the \"best\" blur\"}\n</config>\n",
	Good:    "<config lang=\"json\">\n{\"description\": \"the \\\"best\\\" blur\"}\n</config>\n",
}

var ruleQuotes = &source.Rule{
	Code: "config-quotes", Severity: source.Error,
	Summary: "a string stands in other quotes than JSON's",
	Doc:     "Only straight double quotes make a string in JSON: no single quotes, backticks or typographic quotes.",
	Bad:     "<config lang=\"json\">\n{'name': 'Blur'}\n</config>\n",
	Good:    "<config lang=\"json\">\n{\"name\": \"Blur\"}\n</config>\n",
}

var ruleUnquoted = &source.Rule{
	Code: "config-unquoted", Severity: source.Error,
	Summary: "a key or a text stands without quotes",
	Doc:     "In JSON, unlike JavaScript and YAML, every key and every text stands in double quotes.",
	Bad:     "<config lang=\"json\">\n{name: Blur}\n</config>\n",
	Good:    "<config lang=\"json\">\n{\"name\": \"Blur\"}\n</config>\n",
}

var ruleLiteral = &source.Rule{
	Code: "config-literal", Severity: source.Error,
	Summary: "True, None or undefined instead of JSON's words",
	Doc:     "JSON writes `true`, `false` and `null`, in small letters.",
	Bad:     "<config lang=\"json\">\n{\"passive\": True, \"inputs\": None}\n</config>\n",
	Good:    "<config lang=\"json\">\n{\"passive\": true, \"inputs\": null}\n</config>\n",
}

var ruleNumber = &source.Rule{
	Code: "config-number", Severity: source.Error,
	Summary: "a number is not written as JSON writes numbers",
	Doc:     "No leading zeros, no leading plus, no bare point (`.5`, `1.`), no hexadecimal, no NaN and no Infinity.",
	Bad:     "<config lang=\"json\">\n{\"w\": 010, \"h\": .5}\n</config>\n",
	Good:    "<config lang=\"json\">\n{\"w\": 10, \"h\": 0.5}\n</config>\n",
}

var ruleRange = &source.Rule{
	Code: "config-number-range", Severity: source.Error,
	Summary: "a number is too large or has too many digits",
	Doc:     "Numbers are doubles: beyond 1.8e308 they become infinity, and integers beyond 9007199254740992 lose digits. Write long identifiers as text.",
	Bad:     "<config lang=\"json\">\n{\"limit\": 1e999}\n</config>\n",
	Good:    "<config lang=\"json\">\n{\"limit\": 1e300}\n</config>\n",
}

var ruleComment = &source.Rule{
	Code: "config-comment", Severity: source.Error,
	Summary: "a comment in JSON",
	Doc:     "JSON has no comments; ImJoy refuses the whole config. YAML has (`<config lang=\"yaml\">`).",
	Bad:     "<config lang=\"json\">\n{\"name\": \"Blur\" // the name\n}\n</config>\n",
	Good:    "<config lang=\"json\">\n{\"name\": \"Blur\"\n}\n</config>\n",
}

var ruleTrailingComma = &source.Rule{
	Code: "config-trailing-comma", Severity: source.Error,
	Summary: "a comma behind the last value",
	Doc:     "JSON wants a value behind every comma; ImJoy refuses the whole config.",
	Bad:     "<config lang=\"json\">\n{\"tags\": [\"CPU\", \"GPU\",]}\n</config>\n",
	Good:    "<config lang=\"json\">\n{\"tags\": [\"CPU\", \"GPU\"]}\n</config>\n",
}

var ruleExtraComma = &source.Rule{
	Code: "config-extra-comma", Severity: source.Error,
	Summary: "a comma without a value before it",
	Doc:     "Two commas in a row, or one right behind an opening bracket: remove it.",
	Bad:     "<config lang=\"json\">\n{\"tags\": [\"CPU\",, \"GPU\"]}\n</config>\n",
	Good:    "<config lang=\"json\">\n{\"tags\": [\"CPU\", \"GPU\"]}\n</config>\n",
}

var ruleMissingComma = &source.Rule{
	Code: "config-missing-comma", Severity: source.Error,
	Summary: "no comma between two values",
	Doc:     "A comma stands between the values of a list and between the members of an object. It is mostly missing at the end of a line that was added.",
	Bad:     "<config lang=\"json\">\n{\"name\": \"Blur\"\n \"type\": \"window\"}\n</config>\n",
	Good:    "<config lang=\"json\">\n{\"name\": \"Blur\",\n \"type\": \"window\"}\n</config>\n",
}

var ruleOddSpace = &source.Rule{
	Code: "config-odd-space", Severity: source.Error,
	Summary: "a character that looks like a space but is none",
	Doc:     "Between values JSON allows space, tab and line breaks only. No-break spaces and byte order marks come along when text is copied from a web page or a word processor.",
	Bad:     "<config lang=\"json\">\n{\u00a0\"name\": \"Blur\"}\n</config>\n",
	Good:    "<config lang=\"json\">\n{ \"name\": \"Blur\"}\n</config>\n",
}

var ruleYAMLTag = &source.Rule{
	Code: "config-yaml-tag", Severity: source.Error,
	Summary: "a YAML tag that is not allowed",
	Doc: "Only the tags of plain data are read: `!!str !!int !!float !!bool !!null !!seq !!map` and `!!timestamp` (kept as text). Others could make a program build " +
		"objects from the config, JavaScript functions among them; no plugin needs them.",
	Bad:  "<config lang=\"yaml\">\nname: !!js/function 'function() {}'\n</config>\n",
	Good: "<config lang=\"yaml\">\nname: Blur\n</config>\n",
}

var ruleYAMLAlias = &source.Rule{
	Code: "config-yaml-alias", Severity: source.Error,
	Summary: "a YAML alias or merge that cannot be followed",
	Doc:     "An alias (`*name`) repeats the value that an anchor (`&name`) marked before it. It cannot stand inside that value, and a merge (`<<`) takes maps only.",
	Bad:     "<config lang=\"yaml\">\nenv: &a [*a]\n</config>\n",
	Good:    "<config lang=\"yaml\">\nenv: &a [x]\nflags: *a\n</config>\n",
}

var ruleYAMLAmbiguous = &source.Rule{
	Code: "config-yaml-ambiguous", Severity: source.Warning,
	Summary: "YAML readers disagree on this value",
	Doc: "YAML 1.1, which ImJoy's reader follows, takes `0123` for the octal 83 and `12:30` for 750; YAML 1.2, which is followed here, takes them for 123 and a text. " +
		"Put a text in quotes, and write the number that is meant.",
	Bad:  "<config lang=\"yaml\">\nstart: 12:30\n</config>\n",
	Good: "<config lang=\"yaml\">\nstart: \"12:30\"\n</config>\n",
}
