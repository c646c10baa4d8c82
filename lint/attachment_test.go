package lint

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

// What imjoy itself puts into a file and reads there is used.
func TestAttachmentsOfFreezeAreUsed(t *testing.T) {
	for name, want := range map[string]string{
		"imjoy-freeze.json": "", "imjoy-freeze/Blur": "", "imjoy-freezer": "1:1 <attachment name=\"imjoy-freezer\">; remove it, or read it with api.getAttachment",
	} {
		if diff := cmp.Diff(want, toldOf("<attachment name=\""+name+"\">1</attachment>", "attachment-unused")); diff != "" {
			t.Errorf("%s (-want +told):\n%s", name, diff)
		}
	}
}
