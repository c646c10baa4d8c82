package schema

import (
	"strings"
	"testing"
)

func TestFormats(t *testing.T) {
	for _, test := range []struct{ format, yes, no string }{
		{"date-time", "2026-01-02T03:04:05Z 2026-01-02t03:04:05.678+01:00", "2026-01-02 2026-01-02T03:04:05 2026-02-30T03:04:05Z 2026-01-02_03:04:05Z T"},
		{"date", "2024-02-29 0001-01-01", "2026-02-29 2026-1-2 20260102 2026-01-02Z"},
		{"time", "00:00:00Z 23:59:60Z 23:59:60+00:00 22:59:60-01:00 00:29:60+00:30 12:00:00.1-23:59 12:00:00z", "24:00:00Z 12:60:00Z 12:00:61Z 22:59:60Z 12:00:00 12:00:00.Z 12:00:00+1:00 12:00:00+24:00"},
		{"duration", "P1Y P1Y2M3D P1M2D P4W PT1H PT1M30S P1DT12H PT36H", "P PT P1D1Y P1Y1W PT1D 1D P1.5D P1YT p1d PT1H2S"},
		{"email", "a@b.c a.b+c@example.org x@[127.0.0.1] x@[IPv6:::1]", "a a@ @b a@-b.c a@[1.2.3] a@[IPv6:127.0.0.1]" + " " + strings.Repeat("a", 65) + "@b.c"},
		{"hostname", "a a.b a-b.c. 1.2 " + strings.Repeat("a", 63), "-a a- a..b a_b é.org " + strings.Repeat("a", 64) + " " + strings.Repeat("a.", 127) + "a"},
		{"ipv4", "0.0.0.0 255.1.2.3", "256.1.1.1 1.2.3 01.2.3.4 1.2.3.4.5 a.b.c.d ::1"},
		{"ipv6", ":: ::1 1:2:3:4:5:6:7:8 ::ffff:1.2.3.4", "1.2.3.4 ::1%eth0 1::2::3 12345:: [::1]"},
		{"uri", "https://a.b/c?d#e urn:isbn:1 http://[::1]:80/ mailto:a@b", "a /a //a.b http://[::1 http://::1/ https://a.b/%zz c:\\a"},
		{"uri-reference", "a /a?b //a.b/c #d https://a.b", "a\\b %zz http://[::zz]/"},
		{"uri-template", "https://a.b/{c}/{d} {a}{b} a", "{a {a{b}} a} }{"},
		{"json-pointer", "/ /a/b /a~0b~1c/0 //", "a /a~ /a~2 #/a"},
		{"relative-json-pointer", "0 1/a 10# 0/~1", "/a 01/a -1 1a 1## +1"},
		{"uuid", "2eb8aa08-AA98-11ea-b4aa-73b441d16380", "2eb8aa08-aa98-11ea-b4aa-73b441d1638 2eb8aa08aa9811eab4aa73b441d16380 2eb8aa08-aa98-11ea-b4aa-73b441d1638g"},
	} {
		s, err := Compile(parse(`{"format": "` + test.format + `"}`))
		if err != nil {
			t.Fatal(err)
		}
		for _, text := range strings.Fields(test.yes) {
			if !s.Accepts(text) {
				t.Errorf("%q is no %s", text, test.format)
			}
		}
		for _, text := range strings.Fields(test.no) {
			if s.Accepts(text) {
				t.Errorf("%q is a %s", text, test.format)
			}
		}
		if !s.Accepts(1) {
			t.Errorf("a number breaks the format %s", test.format)
		}
	}
	for _, name := range knownFormats {
		if formats[name] == nil && name != "regex" {
			t.Errorf("nothing checks the format %s", name)
		}
	}
}
