package findings

import (
	"bytes"
	"strings"
	"testing"

	"github.com/imjoy-tools/imjoy/pluginfile/source"
)

// Credentials in a file are in no output about it, in any format, wherever the line is
// cut; what stands beside them is, and the underline stays under its text.
func TestCredentialsAreNotShown(t *testing.T) {
	const secret = "plantedplantedplantedplanted0123"
	for _, text := range []string{
		`"git+https://me:` + secret + `@h.example/a.git"`, `https://` + secret + `@h.example/a.git`, `"https://ü:` + secret + `@h.example/x"`, "ghp_" + secret,
		"token = 'ghp_" + secret + "' # h.example", "glpat-" + secret, strings.Repeat("x", 300) + ` https://me:` + secret + `@h.example/` + strings.Repeat("y", 300),
	} {
		src := source.New("f", []byte(text))
		for _, sign := range []string{secret, "h.example", "planted"} {
			start := strings.Index(text, sign)
			if start < 0 {
				continue
			}
			d := source.Diagnostic{Code: "x", Severity: source.Error, Message: "m", Place: src.Place(source.Span{Start: start, End: start + len(sign)})}
			for _, width := range []int{30, 60, 200} {
				for _, format := range Formats() {
					var out bytes.Buffer
					if err := Write(&out, Format(format), []source.Diagnostic{d}, Options{Width: width}); err != nil {
						t.Fatal(err)
					}
					if strings.Contains(out.String(), "planted") {
						t.Errorf("%q as %s, %d columns:\n%s", text, format, width, out.String())
					}
				}
			}
			lines := strings.Split(Frame(d.Place, source.Error, nil, Options{Width: 200}), "\n")
			if sign == "h.example" && len(text) < 200 {
				if got, want := columnsBefore(lines[3], "^"), columnsBefore(lines[2], sign); got != want {
					t.Errorf("%q: underline at column %d, text at %d", text, got, want)
				}
			}
		}
	}
	for _, text := range []string{"https://h.example/@scope/x", "me@h.example", "a @b", "https://h.example/?a=b@c"} {
		src := source.New("f", []byte(text))
		if frame := Frame(src.Place(src.All()), source.Error, nil, Options{}); !strings.Contains(frame, text) {
			t.Errorf("%q is shown as\n%s", text, frame)
		}
	}
}
