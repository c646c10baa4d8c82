package conf

// jsonSeeds are valid and broken texts.
var jsonSeeds = []string{
	`{}`, `[]`, `{"a":1}`, ` {"a" : [1, 2.5e3, -0, true, false, null, "x\u00e4\ud83d\ude00\n"], "b": {}} `, `"x"`, `12`, `null`,
	"{\n\t\"a\": [\n\t\t1,\n\t\t2\n\t],\n\t\"b\": {\"c\": \"d\"}\n}\n",
	`{"a": 1, "a": 2}`, `{a:1,}`, `{'a':'b' "c":"say "hi" now", d: Hello World // c` + "\n" + `, "x": [1,2,,3}`,
	"{\"a\": \"foo,\n \"b\": \"x\"}", "{\"a\": \"foo\n  bar\", \"b\": 1}", `{"a" 1; "b"=2)}`, "\ufeff{\u00a0\"a\": NaN}", `{"a": "\d\x41\u12"`, `[1 2 /* c */ 3 # d`,
	`{"a": 1e99999999, "b": 12345678901234567890, "c": "\ud800"}`, "{\"a\": \"\xff\", \xfe: 1}", `{"a": [}`, `[1, {"a": 2]`, `{"a": 1}} x`, `{"a"}`, `{:1, {"b":2}, "c":}`,
	"[`a\nb`, 'it\\'s', “q”, True, None, 010, .5, +1, 0x1F]", `{"a": "unclosed`, `{,"a":1,,"b":2,}`, "",
}
