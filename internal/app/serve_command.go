package app

import (
	"strings"
	"unicode"

	"github.com/imjoy-tools/imjoy/engine/value"
	"github.com/imjoy-tools/imjoy/server"
	"github.com/imjoy-tools/imjoy/tags"
	"github.com/imjoy-tools/imjoy/tags/form"
)

const (
	// maxTyped is how much data stands in a command, in bytes of JSON; more is in a file
	// beside the history. Systems have a limit, 128 KiB a word in Linux, and people too.
	maxTyped = 8 << 10
	// lostData stands in a command for data that is kept nowhere: it names no file, so
	// that the command fails instead of doing something else.
	lostData = "DATA-OF-THIS-RUN.json"
)

// repeating is a command that repeats a run, while it is not known where its data is.
type repeating struct {
	flags []string // imjoy run PLUGIN --op ...
	words []string // KEY=VALUE and files
	data  []byte   // of --data, nil for none
}

// repeatRun repeats the run of a plugin. Files that the page handed over have only a name.
func repeatRun(job server.Job, plan *tags.Plan, ui *form.Form) repeating {
	r := repeating{flags: []string{"imjoy", "run", pathWord(job.Plugin)}}
	if job.Op != "" {
		r.flags = append(r.flags, "--op", job.Op)
	}
	if plan.Tag != "" && len(plan.Tags) > 1 {
		r.flags = append(r.flags, "--tag", plan.Tag)
	}
	if ui == nil { // an op that the plugin does not offer any more
		ui = plan.UI
	}
	r.give(job, ui)
	return r
}

// give adds the settings that are not as the form has them, and the data.
func (r *repeating) give(job server.Job, ui *form.Form) {
	for key, v := range job.Config.All() {
		field := ui.Field(key)
		if field != nil && equalJSON(field.Default, v) {
			continue
		}
		r.words = append(r.words, key+"="+plainText(v))
	}
	if names, ok := fileNames(job.Data); ok {
		for _, name := range names {
			r.words = append(r.words, chosenWord(name))
		}
		return
	}
	data := job.Data
	if o, ok := data.(*value.Object); ok && o != nil {
		rest := value.NewObject()
		for key, v := range o.All() {
			if names, ok := fileNames(v); ok && len(names) == 1 && likeKey(key) && ui.Field(key) == nil {
				r.words = append(r.words, key+"="+chosenWord(names[0]))
			} else {
				rest.Set(key, v)
			}
		}
		if data = rest; rest.Len() == 0 && o.Len() > 0 {
			return
		}
	}
	if data == nil {
		return
	}
	if text, err := keptText(data); err == nil {
		r.data = text
	} else {
		r.data = []byte{} // too large to be kept
	}
}

// command is the line for a shell. keep puts data into a file and returns its path, "" when
// it could not.
func (r repeating) command(keep func(data []byte) string) string {
	if len(r.flags) == 0 {
		return ""
	}
	words := append([]string(nil), r.flags...)
	switch {
	case r.data == nil:
	case len(r.data) > 0 && len(r.data) <= maxTyped:
		words = append(words, "--data", string(r.data))
	default:
		path := ""
		if len(r.data) > 0 {
			path = keep(r.data)
		}
		if path == "" {
			path = lostData
		}
		words = append(words, "--data", "@"+path)
	}
	for _, word := range r.words {
		if strings.HasPrefix(word, "-") {
			words = append(words, "--")
			break
		}
	}
	return commandLine(append(words, r.words...))
}

// pathWord is a path that is taken for nothing else.
func pathWord(path string) string {
	if strings.HasPrefix(path, "-") || strings.Contains(path, "=") && !strings.ContainsAny(path, `/\`) {
		return "./" + path
	}
	return path
}

// chosenWord is a file that was chosen in a page. No browser tells where it lay: the dot
// stands for its folder, and the page says so to who copies the command.
func chosenWord(name string) string { return "./" + lastName(name) }

// fileNames are the names of files, where a value is nothing else.
func fileNames(v value.Value) (names []string, ok bool) {
	switch v := v.(type) {
	case *value.File:
		return []string{v.Name}, true
	case []any:
		for _, item := range v {
			f, isFile := item.(*value.File)
			if !isFile {
				return nil, false
			}
			names = append(names, f.Name)
		}
	}
	return names, len(names) > 0
}

func equalJSON(a, b any) bool { return jsonText(a) == jsonText(b) }

func plainText(v value.Value) string {
	if text, ok := v.(string); ok {
		return text
	}
	return jsonText(v)
}

func jsonText(v value.Value) string {
	text, err := value.JSON(v)
	if err != nil {
		return "null"
	}
	return string(text)
}

func commandLine(words []string) string {
	quoted := make([]string, len(words))
	for i, word := range words {
		quoted[i] = shellWord(word)
	}
	return strings.Join(quoted, " ")
}

const plainInShell = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789@%+=:,./-_"

// shellWord quotes a word for a POSIX shell. Control characters are written as escapes: a
// terminal would act on them when a person pastes the command.
func shellWord(word string) string {
	control := func(c rune) bool { return unicode.IsControl(c) && c != '\n' }
	switch {
	case strings.ContainsFunc(word, control):
		return "$'" + escaped(word) + "'"
	case word != "" && strings.Trim(word, plainInShell) == "":
		return word
	}
	return "'" + strings.ReplaceAll(word, "'", `'\''`) + "'"
}

// escaped is the inside of $'...', which bash, zsh and ksh read.
func escaped(word string) string {
	const digits = "01234567"
	var b strings.Builder
	for i := range len(word) {
		switch c := word[i]; {
		case c == '\'' || c == '\\':
			b.WriteByte('\\')
			b.WriteByte(c)
		case c < ' ' || c == 0x7f || c == 0xc2 && i+1 < len(word) && word[i+1] < 0xa0 || c < 0xa0 && c >= 0x80 && i > 0 && word[i-1] == 0xc2: // C0, DEL, and C1 as UTF-8
			b.WriteByte('\\')
			b.WriteByte(digits[c>>6])
			b.WriteByte(digits[c>>3&7])
			b.WriteByte(digits[c&7])
		default:
			b.WriteByte(c)
		}
	}
	return b.String()
}
