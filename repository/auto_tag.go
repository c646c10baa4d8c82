package repository

import (
	"fmt"
	"slices"
	"strings"
	"unicode"
)

// Machine is what the choice of a tag depends on.
type Machine struct {
	System string // "linux", "darwin", "windows", as Go calls it
	Arch   string // "amd64", "arm64"
	GPU    string // "nvidia", "apple", "" for none that is known
}

func (m Machine) String() string {
	gpu := "no graphics card that computes"
	switch m.GPU {
	case "nvidia":
		gpu = "an NVIDIA card"
	case "apple":
		gpu = "Apple's graphics"
	}
	return fmt.Sprintf("%s on %s with %s", m.System, m.Arch, gpu)
}

// words in names of tags that say for which machine they are.
var (
	systemWords = map[string]string{
		"linux": "linux", "ubuntu": "linux", "debian": "linux",
		"mac": "darwin", "macos": "darwin", "osx": "darwin", "darwin": "darwin", "apple": "darwin",
		"windows": "windows", "win": "windows", "win32": "windows", "win64": "windows", "win10": "windows", "win11": "windows",
	}
	archWords = map[string]string{"arm": "arm64", "arm64": "arm64", "aarch64": "arm64", "m1": "arm64", "m2": "arm64", "m3": "arm64", "x64": "amd64", "x86": "amd64", "amd64": "amd64", "intel": "amd64"}
	gpuWords  = []string{"gpu", "cuda", "nvidia", "metal", "mps"}
	cpuWords  = []string{"cpu", "nogpu"}
)

// AutoTag chooses one of several tags for a machine by what their names say, and says
// why. Among tags that fit as well as each other the first counts.
func AutoTag(tags []string, m Machine) (tag, why string) {
	best := -1
	for _, t := range tags {
		if score := fit(t, m); score > best {
			best, tag = score, t
		}
	}
	says := slices.ContainsFunc(tags, func(t string) bool { return speaks(t) })
	switch {
	case len(tags) == 0:
		return "", ""
	case !says:
		return tags[0], fmt.Sprintf("tag %q: the first, no tag says for which machine it is", tags[0])
	case best < 0:
		return tags[0], fmt.Sprintf("tag %q: the first, none is for %s", tags[0], m)
	}
	return tag, fmt.Sprintf("tag %q: this is %s", tag, m)
}

// fit says how well a tag suits a machine: -1 not at all, more for each word that
// names it.
func fit(tag string, m Machine) (score int) {
	for _, word := range tagWords(tag) {
		if system := systemWords[word]; system != "" {
			if system != m.System {
				return -1
			}
			score += 4
		}
		if arch := archWords[word]; arch != "" {
			if arch != m.Arch {
				return -1
			}
			score++
		}
		switch {
		case slices.Contains(gpuWords, word):
			if m.GPU == "" || (word == "cuda" || word == "nvidia") && m.GPU != "nvidia" || (word == "metal" || word == "mps") && m.GPU != "apple" {
				return -1
			}
			score += 2
		case slices.Contains(cpuWords, word) && m.GPU == "":
			score += 2
		}
	}
	return score
}

// speaks reports whether a tag's name says for which machine it is.
func speaks(tag string) bool {
	return slices.ContainsFunc(tagWords(tag), func(w string) bool {
		return systemWords[w] != "" || archWords[w] != "" || slices.Contains(gpuWords, w) || slices.Contains(cpuWords, w)
	})
}

// tagWords splits a name where letters meet other signs, and where a small letter
// meets a capital: "macOS-GPU", "LinuxCPU".
func tagWords(tag string) []string {
	var b strings.Builder
	last := ' '
	for _, r := range tag {
		switch {
		case !unicode.IsLetter(r) && !unicode.IsDigit(r):
			r = ' '
		case unicode.IsUpper(r) && unicode.IsLower(last) && !strings.HasSuffix(b.String(), "mac"):
			b.WriteByte(' ')
		}
		last = r
		b.WriteRune(unicode.ToLower(r))
	}
	return strings.Fields(b.String())
}
