package docsrender

import (
	"path"
	"strings"

	"github.com/imjoy-tools/imjoy/repository/address"
	"github.com/imjoy-tools/imjoy/tags"
)

// commands are the lines that install and run a plugin, for each tag.
func (b *builder) commands(p *plugin) (list []commandView) {
	where, ok := b.addressOf(p)
	if !ok {
		return nil
	}
	names := tags.Of(p.Document)
	if len(names) == 0 {
		names = []string{""}
	}
	for _, tag := range names {
		if strings.ContainsFunc(tag, unprintable) {
			continue
		}
		flag := ""
		if tag != "" {
			flag = " --tag " + shellWord(tag)
		}
		list = append(list, commandView{tag, []string{"imjoy install " + where + flag, "imjoy run " + where + flag}})
	}
	return list
}

// addressOf is what to type for a plugin, as a word of a shell.
func (b *builder) addressOf(p *plugin) (string, bool) {
	word := p.shown
	if p.in.Address != "" {
		if address.CheckName(p.Document.Config.Name) != nil {
			return "", false
		}
		word = p.in.Address + ":" + p.Document.Config.Name
	} else if p.Address != "" {
		word = p.Address
	} else if strings.HasPrefix(path.Clean(word), "-") {
		word = "./" + word
	}
	if word == "" || strings.ContainsFunc(word, unprintable) {
		return "", false
	}
	return shellWord(word), true
}

// unprintable tells the characters that could make a line do something else than it
// shows: controls, and marks that hide or reorder text.
func unprintable(c rune) bool {
	return c < ' ' || c >= 0x7f && c < 0xa0 || c >= 0x200b && c <= 0x200f || c >= 0x2028 && c <= 0x202e ||
		c >= 0x2060 && c <= 0x206f || c == 0xfeff || c == 0xfffd
}

// shellWord quotes a text so that a shell takes it as one word and nothing else.
func shellWord(text string) string {
	plain := func(c rune) bool {
		return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || strings.ContainsRune("._-/:@+=%,", c)
	}
	if text != "" && text[0] != '-' && strings.IndexFunc(text, func(c rune) bool { return !plain(c) }) < 0 {
		return text
	}
	return "'" + strings.ReplaceAll(text, "'", `'\''`) + "'"
}
