package docsrender

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"net/http"
	"net/url"
	"path"
	"strings"
)

// imageTypes are the images a site may hold, by what their bytes say. SVG is not
// among them: opened on its own, it is a page with scripts.
var imageTypes = map[string]string{
	"image/png": "png", "image/jpeg": "jpg", "image/gif": "gif", "image/webp": "webp",
}

// image answers the path in the site of an image that a plugin names, or "" when it
// is not there: it is elsewhere and nobody asked to fetch it, or it is no image.
func (b *builder) image(ctx context.Context, p *plugin, src string) string {
	key, open := b.imageSource(ctx, p, src)
	if open == nil {
		return ""
	}
	b.mu.Lock()
	packed, known := b.images[key]
	b.mu.Unlock()
	if known {
		return packed
	}
	body, err := open()
	switch kind := imageTypes[http.DetectContentType(body)]; {
	case err != nil:
		b.note("%s: image %s is missing: %v", p.shown, key, err)
	case kind == "":
		b.note("%s: %s is not an image that a page can show (PNG, JPEG, GIF or WebP)", p.shown, key)
	case len(body) > MaxImageBytes:
		b.note("%s: image %s is larger than %d MiB", p.shown, key, MaxImageBytes>>20)
	default:
		packed = b.pack(body)
	}
	b.mu.Lock()
	b.images[key] = packed
	b.mu.Unlock()
	return packed
}

// pack puts an image into the site under the name of its content; "" when it is none
// that a page can show.
func (b *builder) pack(body []byte) string {
	kind := imageTypes[http.DetectContentType(body)]
	if kind == "" || len(body) > MaxImageBytes {
		return ""
	}
	sum := sha256.Sum256(body)
	packed := "assets/images/" + hex.EncodeToString(sum[:12]) + "." + kind
	b.add(packed, http.DetectContentType(body), body)
	return packed
}

// imageSource says where an image comes from; open is nil when it cannot be had.
func (b *builder) imageSource(ctx context.Context, p *plugin, src string) (key string, open func() ([]byte, error)) {
	u, err := url.Parse(strings.TrimSpace(src))
	switch {
	case err != nil || src == "":
		return "", nil
	case u.Scheme == "https" || u.Scheme == "http":
		if b.options.Fetch == nil || u.Host == "" {
			return "", nil
		}
		u.Fragment = ""
		return u.String(), func() ([]byte, error) { return b.options.Fetch(ctx, u.String()) }
	case u.Scheme != "" || u.Host != "" || u.Path == "" || p.in.Open == nil:
		return "", nil
	}
	file := path.Join(path.Dir(p.Path), u.Path)
	if path.IsAbs(file) || path.IsAbs(u.Path) || file == ".." || strings.HasPrefix(file, "../") {
		return "", nil
	}
	return path.Join(p.in.Folder, file), func() ([]byte, error) { return p.in.Open(file) }
}
