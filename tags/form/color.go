package form

import (
	"errors"
	"fmt"
	"math"
	"strconv"
	"strings"

	"golang.org/x/image/colornames"

	"github.com/imjoy-tools/imjoy/pluginfile/conf"
)

// A color reaches the plugin as "rgb(r,g,b)" with numbers from 0 to 255.

var errColor = errors.New("it is no color: write #ff8800, rgb(255,136,0), a name such as orange, or [hue 0-360, saturation 0-1, brightness 0-1]")

// parseColor reads a color in any of the ways people write one.
func parseColor(text string) (string, error) {
	text = strings.ToLower(strings.TrimSpace(text))
	if c, ok := colornames.Map[text]; ok {
		return rgb(c.R, c.G, c.B), nil
	}
	if digits, ok := strings.CutPrefix(text, "#"); ok {
		return hexColor(digits)
	}
	if inner, ok := strings.CutPrefix(text, "rgb("); ok {
		numbers, err := numbers(strings.TrimSuffix(inner, ")"))
		if err != nil || !within(numbers, 255, 255, 255) {
			return "", errColor
		}
		return rgb(uint8(math.Round(numbers[0])), uint8(math.Round(numbers[1])), uint8(math.Round(numbers[2]))), nil
	}
	numbers, err := numbers(strings.Trim(text, "[]"))
	if err != nil || !within(numbers, 360, 1, 1) {
		return "", errColor
	}
	return hsv(numbers[0], numbers[1], numbers[2]), nil
}

func hexColor(digits string) (string, error) {
	if len(digits) == 3 {
		digits = string([]byte{digits[0], digits[0], digits[1], digits[1], digits[2], digits[2]})
	}
	n, err := strconv.ParseUint(digits, 16, 32)
	if err != nil || len(digits) != 6 {
		return "", errColor
	}
	return rgb(uint8(n>>16), uint8(n>>8), uint8(n)), nil
}

// hsvNode reads a list of hue, saturation and brightness.
func hsvNode(n *conf.Node) (string, bool) {
	if !n.List() {
		return "", false
	}
	parts := make([]float64, len(n.Items))
	for i, item := range n.Items {
		value, ok := item.Float()
		if !ok {
			return "", false
		}
		parts[i] = value
	}
	if !within(parts, 360, 1, 1) {
		return "", false
	}
	return hsv(parts[0], parts[1], parts[2]), true
}

// hsv converts as ImJoy does.
func hsv(h, s, v float64) string {
	h /= 60
	i := math.Floor(h)
	f := h - i
	p, q, t := v*(1-s), v*(1-f*s), v*(1-(1-f)*s)
	r, g, b := v, t, p
	switch int(i) % 6 {
	case 1:
		r, g, b = q, v, p
	case 2:
		r, g, b = p, v, t
	case 3:
		r, g, b = p, q, v
	case 4:
		r, g, b = t, p, v
	case 5:
		r, g, b = v, p, q
	}
	scale := func(x float64) uint8 { return uint8(math.Floor(x*255 + 0.5)) }
	return rgb(scale(r), scale(g), scale(b))
}

func rgb(r, g, b uint8) string { return fmt.Sprintf("rgb(%d,%d,%d)", r, g, b) }

// numbers reads a list separated by commas or spaces.
func numbers(text string) ([]float64, error) {
	fields := strings.FieldsFunc(text, func(c rune) bool { return c == ',' || c == ' ' })
	list := make([]float64, len(fields))
	for i, field := range fields {
		value, err := strconv.ParseFloat(field, 64)
		if err != nil {
			return nil, err
		}
		list[i] = value
	}
	return list, nil
}

// within reports whether there is one number for each limit, from 0 to it.
func within(list []float64, limits ...float64) bool {
	if len(list) != len(limits) {
		return false
	}
	for i, limit := range limits {
		if !(0 <= list[i] && list[i] <= limit) {
			return false
		}
	}
	return true
}
