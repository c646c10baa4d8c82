package pyenv

import (
	"os"
	"testing"
)

// TestPublicIndex installs what image plugins need from the real package index, with
// both tools, and uses it. It runs where IMJOY_INDEX is set.
func TestPublicIndex(t *testing.T) {
	if os.Getenv("IMJOY_INDEX") == "" {
		t.Skip("IMJOY_INDEX is not set: it allows packages to be fetched from the package index")
	}
	onBackends(t, func(t *testing.T, w *world, backend string) {
		for _, name := range []string{"PIP_NO_INDEX", "PIP_FIND_LINKS"} {
			delete(w.vars, name)
		}
		for _, name := range []string{"PIP_INDEX_URL", "PIP_CERT", "SSL_CERT_FILE", "UV_DEFAULT_INDEX", "HTTPS_PROXY", "PIP_DEFAULT_TIMEOUT"} {
			if value := os.Getenv(name); value != "" {
				w.vars[name] = value
			}
		}
		env := mustMake(t, w.open(), declare(t, `{"requirements": ["scikit-image", "matplotlib", "conda: pillow"]}`), nil)
		code := `
import io, numpy, matplotlib
matplotlib.use("Agg")
import matplotlib.pyplot as plot
from PIL import Image
from skimage import filters, measure
image = numpy.zeros((64, 64)); image[8:16, 8:16] = 1; image[30:50, 30:40] = 1
count = measure.label(image > filters.threshold_otsu(image)).max()
out = io.BytesIO(); plot.imshow(image); plot.savefig(out, format="png")
print(count, Image.open(io.BytesIO(out.getvalue())).format)`
		if got := w.python(env, code); got != "2 PNG" {
			t.Errorf("it says %q", got)
		}
	})
}
