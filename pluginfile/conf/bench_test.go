package conf

import (
	"encoding/json"
	"strings"
	"testing"

	"gopkg.in/yaml.v3"
)

// typicalJSON is a config of the size and shape of real ones.
const typicalJSON = `
{
  "name": "Unet Segmentation",
  "type": "native-python",
  "version": "0.2.1",
  "api_version": "0.1.8",
  "description": "Segments cells in fluorescence images with a pretrained network.",
  "tags": ["CPU", "GPU", "macOS"],
  "ui": ["threshold: {id: 'threshold', type: 'number', placeholder: 0.5}", "size: {id: 'size', type: 'choose', options: ['256', '512']}"],
  "cover": "https://raw.githubusercontent.com/example/plugins/master/cover.png",
  "inputs": {"type": "object", "properties": {"image": {"file": {"ext": [".png", ".tif"], "maxSize": 10485760}}}, "required": ["image"]},
  "outputs": null,
  "flags": [],
  "icon": "extension",
  "env": {
    "CPU": ["conda create -n unet-cpu python=3.6"],
    "GPU": ["conda create -n unet-gpu python=3.6", {"type": "gputil", "options": {"limit": 1}}],
    "macOS": []
  },
  "permissions": ["camera"],
  "requirements": {
    "CPU": ["pip: numpy scikit-image", "conda: tensorflow=1.15"],
    "GPU": ["pip: numpy scikit-image", "conda: tensorflow-gpu=1.15"],
    "macOS": ["pip: numpy"]
  },
  "dependencies": ["oeway/ImJoy-Plugins:Image Viewer@CPU"],
  "defaults": {"w": 20, "h": 10, "fullscreen": false}
}
`

const typicalYAML = `
name: Unet Segmentation
type: native-python
version: 0.2.1
api_version: "0.1.8"
description: Segments cells in fluorescence images with a pretrained network.
tags: [CPU, GPU, macOS]
ui: |
  threshold: {id: 'threshold', type: 'number', placeholder: 0.5}
  size: {id: 'size', type: 'choose', options: ['256', '512']}
inputs:
  type: object
  properties:
    image:
      file: {ext: [.png, .tif], maxSize: 10485760}
env:
  CPU:
    - conda create -n unet-cpu python=3.6
  GPU:
    - conda create -n unet-gpu python=3.6
    - type: gputil
      options: {limit: 1}
requirements:
  CPU: ["pip: numpy scikit-image", "conda: tensorflow=1.15"]
  GPU: ["pip: numpy scikit-image", "conda: tensorflow-gpu=1.15"]
defaults: {w: 20, h: 10, fullscreen: false}
`

func BenchmarkJSON(b *testing.B) {
	large := "[" + strings.Repeat(typicalJSON+",", 200) + "{}]"
	for name, text := range map[string]string{"config": typicalJSON, "large": large} {
		e := excerptOf(text)
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			b.SetBytes(int64(len(text)))
			for b.Loop() {
				if root, diagnostics := ParseJSON(e); root == nil || len(diagnostics) > 0 {
					b.Fatal(diagnostics)
				}
			}
		})
		b.Run(name+"/encoding-json", func(b *testing.B) {
			b.ReportAllocs()
			b.SetBytes(int64(len(text)))
			for b.Loop() {
				var value any
				if err := json.Unmarshal([]byte(text), &value); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

func BenchmarkYAML(b *testing.B) {
	e := excerptOf(typicalYAML)
	b.Run("config", func(b *testing.B) {
		b.ReportAllocs()
		b.SetBytes(int64(len(typicalYAML)))
		for b.Loop() {
			if root, diagnostics := ParseYAML(e); root == nil || len(diagnostics) > 0 {
				b.Fatal(diagnostics)
			}
		}
	})
	b.Run("config/yaml.v3-to-node", func(b *testing.B) {
		b.ReportAllocs()
		b.SetBytes(int64(len(typicalYAML)))
		for b.Loop() {
			var node yaml.Node
			if err := yaml.Unmarshal([]byte(typicalYAML), &node); err != nil {
				b.Fatal(err)
			}
		}
	})
}
