package repository

import (
	"strings"
	"testing"
)

func TestAutoTag(t *testing.T) {
	linux, card := Machine{"linux", "amd64", ""}, Machine{"linux", "amd64", "nvidia"}
	mac, windows := Machine{"darwin", "arm64", "apple"}, Machine{"windows", "amd64", ""}
	for _, test := range []struct {
		tags string
		m    Machine
		want string
		says string
	}{
		{"CPU GPU", linux, "CPU", "no graphics card"},
		{"CPU GPU", card, "GPU", "NVIDIA"},
		{"GPU CPU", linux, "CPU", "linux"},
		{"GPU stable", linux, "stable", "linux"},
		{"GPU", linux, "GPU", "none is for"},
		{"Windows-GPU Windows-CPU macOS Linux-GPU Linux-CPU", linux, "Linux-CPU", ""},
		{"Windows-GPU Windows-CPU macOS Linux-GPU Linux-CPU", card, "Linux-GPU", ""},
		{"Windows-GPU Windows-CPU macOS Linux-GPU Linux-CPU", windows, "Windows-CPU", ""},
		{"Windows-GPU Windows-CPU macOS Linux-GPU Linux-CPU", mac, "macOS", ""},
		{"LinuxCPU LinuxGPU", card, "LinuxGPU", ""},
		{"cuda11 GPU", mac, "GPU", ""},
		{"cuda GPU", card, "cuda", ""},
		{"mac-intel mac-m1", mac, "mac-m1", ""},
		{"stable dev", linux, "stable", "no tag says"},
		{"dev cpuless", card, "dev", "no tag says"},
		{"", linux, "", ""},
	} {
		tag, why := AutoTag(strings.Fields(test.tags), test.m)
		if tag != test.want || !strings.Contains(why, test.says) {
			t.Errorf("%s on %s: %q, %q", test.tags, test.m, tag, why)
		}
	}
}
