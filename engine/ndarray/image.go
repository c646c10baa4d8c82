package ndarray

import (
	"bytes"
	"fmt"
	"image"
	"image/color"
	_ "image/gif"  // decoders are found by their magic bytes
	_ "image/jpeg" // "
	"image/png"
	"io"

	_ "golang.org/x/image/tiff" // "
)

// MaxPixels is the largest image that [ReadImage] decodes.
const MaxPixels = 1 << 28

// ReadImage decodes a PNG, JPEG, GIF (its first frame) or TIFF. Grey images become
// (height, width) uint8 or uint16, others (height, width, 3), or 4 with
// transparency, of uint8.
func ReadImage(data []byte) (*Array, error) {
	head, _, err := image.DecodeConfig(bytes.NewReader(data))
	if err != nil {
		return nil, fmt.Errorf("read image: %w", err)
	}
	if head.Width <= 0 || head.Height <= 0 || head.Width > MaxPixels/head.Height {
		return nil, fmt.Errorf("read image: %d x %d pixels are more than %d", head.Width, head.Height, MaxPixels)
	}
	img, _, err := image.Decode(bytes.NewReader(data))
	if err != nil {
		return nil, fmt.Errorf("read image: %w", err)
	}
	return FromImage(img), nil
}

// FromImage copies the pixels of an image into an array; see [ReadImage].
func FromImage(img image.Image) *Array {
	b := img.Bounds()
	w, h := b.Dx(), b.Dy()
	switch p := img.(type) {
	case *image.Gray:
		a := &Array{DType: Uint8, Shape: []int{h, w}, Data: make([]byte, 0, w*h)}
		for y := range h {
			a.Data = append(a.Data, p.Pix[y*p.Stride:y*p.Stride+w]...)
		}
		return a
	case *image.Gray16:
		a := &Array{DType: Uint16, Shape: []int{h, w}, Data: make([]byte, 2*w*h)}
		for i := range w * h {
			at := i/w*p.Stride + i%w*2
			a.Data[2*i], a.Data[2*i+1] = p.Pix[at+1], p.Pix[at]
		}
		return a
	}
	channels := 4
	if o, ok := img.(interface{ Opaque() bool }); ok && o.Opaque() {
		channels = 3
	}
	a := &Array{DType: Uint8, Shape: []int{h, w, channels}, Data: make([]byte, 0, w*h*channels)}
	for y := b.Min.Y; y < b.Max.Y; y++ {
		for x := b.Min.X; x < b.Max.X; x++ {
			c := color.NRGBAModel.Convert(img.At(x, y)).(color.NRGBA)
			a.Data = append(a.Data, []byte{c.R, c.G, c.B, c.A}[:channels]...)
		}
	}
	return a
}

// Image returns the array as an image: (height, width) of uint8 or bool is grey,
// (height, width, 1, 3 or 4) of uint8 is grey, RGB or RGBA. ok is false for others.
func (a *Array) Image() (img image.Image, ok bool) {
	channels := 1
	switch {
	case len(a.Shape) == 3:
		channels = a.Shape[2]
	case len(a.Shape) != 2:
		return nil, false
	}
	if (a.DType != Uint8 && a.DType != Bool) || (channels != 1 && channels != 3 && channels != 4) || a.Len() == 0 {
		return nil, false
	}
	h, w := a.Shape[0], a.Shape[1]
	if channels == 1 {
		gray := &image.Gray{Pix: a.Data, Stride: w, Rect: image.Rect(0, 0, w, h)}
		if a.DType == Bool {
			gray.Pix = make([]byte, len(a.Data))
			for i, v := range a.Data {
				gray.Pix[i] = -min(v, 1)
			}
		}
		return gray, true
	}
	out := image.NewNRGBA(image.Rect(0, 0, w, h))
	for i := range w * h {
		px := a.Data[i*channels : (i+1)*channels]
		copy(out.Pix[4*i:], px)
		if channels == 3 {
			out.Pix[4*i+3] = 0xff
		}
	}
	return out, true
}

// WritePNG writes the array as a PNG; see [Array.Image] for what can be written.
func (a *Array) WritePNG(w io.Writer) error {
	img, ok := a.Image()
	if !ok {
		return fmt.Errorf("an array of %s %v is not an image: it takes uint8 of (height, width) or (height, width, 1, 3 or 4)", a.DType, a.Shape)
	}
	return png.Encode(w, img)
}
