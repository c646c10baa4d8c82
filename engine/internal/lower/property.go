package lower

import (
	"fmt"
	"strings"
	"sync"
	"unicode"
)

// longCategories are the long names of general categories.
var longCategories = map[string]string{
	"Letter": "L", "Cased_Letter": "LC", "Uppercase_Letter": "Lu", "Lowercase_Letter": "Ll", "Titlecase_Letter": "Lt", "Modifier_Letter": "Lm", "Other_Letter": "Lo",
	"Mark": "M", "Combining_Mark": "M", "Nonspacing_Mark": "Mn", "Spacing_Mark": "Mc", "Enclosing_Mark": "Me",
	"Number": "N", "Decimal_Number": "Nd", "digit": "Nd", "Letter_Number": "Nl", "Other_Number": "No",
	"Symbol": "S", "Math_Symbol": "Sm", "Currency_Symbol": "Sc", "Modifier_Symbol": "Sk", "Other_Symbol": "So",
	"Punctuation": "P", "punct": "P", "Connector_Punctuation": "Pc", "Dash_Punctuation": "Pd", "Open_Punctuation": "Ps", "Close_Punctuation": "Pe",
	"Initial_Punctuation": "Pi", "Final_Punctuation": "Pf", "Other_Punctuation": "Po",
	"Separator": "Z", "Space_Separator": "Zs", "Line_Separator": "Zl", "Paragraph_Separator": "Zp",
	"Other": "C", "Control": "Cc", "cntrl": "Cc", "Format": "Cf", "Surrogate": "Cs", "Private_Use": "Co", "Unassigned": "Cn",
}

// shortScripts are the codes of the scripts that are written most.
var shortScripts = map[string]string{
	"Arab": "Arabic", "Armn": "Armenian", "Beng": "Bengali", "Bopo": "Bopomofo", "Cyrl": "Cyrillic", "Deva": "Devanagari", "Ethi": "Ethiopic",
	"Geor": "Georgian", "Grek": "Greek", "Gujr": "Gujarati", "Guru": "Gurmukhi", "Hang": "Hangul", "Hani": "Han", "Hebr": "Hebrew", "Hira": "Hiragana",
	"Kana": "Katakana", "Khmr": "Khmer", "Knda": "Kannada", "Laoo": "Lao", "Latn": "Latin", "Mlym": "Malayalam", "Mong": "Mongolian", "Mymr": "Myanmar",
	"Sinh": "Sinhala", "Taml": "Tamil", "Telu": "Telugu", "Thaa": "Thaana", "Thai": "Thai", "Tibt": "Tibetan", "Zinh": "Inherited", "Qaai": "Inherited", "Zyyy": "Common",
}

// shortBinary are the other names of binary properties.
var shortBinary = map[string]string{
	"Alpha": "Alphabetic", "AHex": "ASCII_Hex_Digit", "Bidi_C": "Bidi_Control", "DI": "Default_Ignorable_Code_Point", "Dep": "Deprecated", "Dia": "Diacritic",
	"Ext": "Extender", "Hex": "Hex_Digit", "IDS": "ID_Start", "IDC": "ID_Continue", "Ideo": "Ideographic", "Join_C": "Join_Control", "Lower": "Lowercase",
	"NChar": "Noncharacter_Code_Point", "Pat_Syn": "Pattern_Syntax", "Pat_WS": "Pattern_White_Space", "QMark": "Quotation_Mark", "RI": "Regional_Indicator",
	"SD": "Soft_Dotted", "STerm": "Sentence_Terminal", "Term": "Terminal_Punctuation", "UIdeo": "Unified_Ideograph", "Upper": "Uppercase", "VS": "Variation_Selector",
	"space": "White_Space", "XIDS": "XID_Start", "XIDC": "XID_Continue", "EPres": "Emoji_Presentation", "EMod": "Emoji_Modifier", "EBase": "Emoji_Modifier_Base",
	"EComp": "Emoji_Component", "ExtPict": "Extended_Pictographic",
}

// properties keeps what was computed: some take a while, and scripts repeat them.
var properties sync.Map // name -> runeSet

// propertySet returns the characters of what stands inside \p{...}.
func propertySet(name string) (runeSet, error) {
	if set, ok := properties.Load(name); ok {
		return set.(runeSet), nil
	}
	set, err := computeProperty(name)
	if err == nil {
		properties.Store(name, set)
	}
	return set, err
}

func computeProperty(name string) (runeSet, error) {
	kind, value, hasValue := strings.Cut(name, "=")
	switch {
	case !hasValue:
		if set, ok := category(name); ok {
			return set, nil
		}
		return binary(name)
	case kind == "General_Category" || kind == "gc":
		if set, ok := category(value); ok {
			return set, nil
		}
	case kind == "Script" || kind == "sc":
		if long, ok := shortScripts[value]; ok {
			value = long
		}
		if table, ok := unicode.Scripts[value]; ok {
			return fromTable(table), nil
		}
	case kind == "Script_Extensions" || kind == "scx":
		return nil, fmt.Errorf("the property %s is not available here; use Script, which is nearly the same", kind)
	}
	return nil, fmt.Errorf("Invalid property name %s", name)
}

func category(name string) (runeSet, bool) {
	if short, ok := longCategories[name]; ok {
		name = short
	}
	switch name {
	case "LC":
		return fromTable(unicode.Lu, unicode.Ll, unicode.Lt), true
	case "Cn":
		return assigned().complement(), true
	case "Cs":
		return runeSet{}, true
	case "C":
		return fromTable(unicode.Cc, unicode.Cf, unicode.Co).union(assigned().complement()), true
	}
	table, ok := unicode.Categories[name]
	if !ok {
		return nil, false
	}
	return fromTable(table), true
}

func assigned() runeSet {
	return fromTable(unicode.L, unicode.M, unicode.N, unicode.P, unicode.S, unicode.Z, unicode.Cc, unicode.Cf, unicode.Co)
}

// binary are the properties that a character has or has not. Those that only lists of
// Unicode itself could tell are refused.
func binary(name string) (runeSet, error) {
	if long, ok := shortBinary[name]; ok {
		name = long
	}
	if set, ok := emoji[name]; ok {
		return set, nil
	}
	table := func(name string) *unicode.RangeTable { return unicode.Properties[name] }
	start := func() runeSet {
		return fromTable(unicode.L, unicode.Nl, table("Other_ID_Start")).minus(fromTable(table("Pattern_Syntax"), table("Pattern_White_Space")))
	}
	switch name {
	case "Any":
		return everything, nil
	case "ASCII":
		return runeSet{{0, 0x7f}}, nil
	case "Assigned":
		return assigned(), nil
	case "Alphabetic":
		return fromTable(unicode.L, unicode.Nl, table("Other_Alphabetic")), nil
	case "Uppercase":
		return fromTable(unicode.Lu, table("Other_Uppercase")), nil
	case "Lowercase":
		return fromTable(unicode.Ll, table("Other_Lowercase")), nil
	case "Cased":
		return fromTable(unicode.Lu, unicode.Ll, unicode.Lt, table("Other_Uppercase"), table("Other_Lowercase")), nil
	case "Math":
		return fromTable(unicode.Sm, table("Other_Math")), nil
	case "ID_Start":
		return start(), nil
	case "ID_Continue":
		more := fromTable(unicode.Mn, unicode.Mc, unicode.Nd, unicode.Pc, table("Other_ID_Continue"))
		return start().union(more.minus(fromTable(table("Pattern_Syntax"), table("Pattern_White_Space")))), nil
	case "Grapheme_Extend":
		return fromTable(unicode.Mn, unicode.Me, table("Other_Grapheme_Extend")), nil
	}
	switch {
	case strings.HasPrefix(name, "Other_"), name == "Hyphen", name == "Prepended_Concatenation_Mark": // Unicode's own, not of JavaScript
	case unicode.Properties[name] != nil:
		return fromTable(unicode.Properties[name]), nil
	case known[name]:
		return nil, fmt.Errorf("the property %s is not available here", name)
	}
	return nil, fmt.Errorf("Invalid property name %s", name)
}

// known are the properties of JavaScript that are refused.
var known = map[string]bool{
	"XID_Start": true, "XID_Continue": true, "Bidi_Mirrored": true, "Bidi_M": true, "Case_Ignorable": true, "CI": true, "Changes_When_Casefolded": true, "Changes_When_Casemapped": true,
	"Changes_When_Lowercased": true, "Changes_When_NFKC_Casefolded": true, "Changes_When_Titlecased": true, "Changes_When_Uppercased": true,
	"Default_Ignorable_Code_Point": true, "Grapheme_Base": true, "RGI_Emoji": true, "Basic_Emoji": true, "Emoji_Keycap_Sequence": true,
	"RGI_Modifier_Sequence": true, "RGI_Flag_Sequence": true, "RGI_Emoji_Tag_Sequence": true, "RGI_ZWJ_Sequence": true,
}
