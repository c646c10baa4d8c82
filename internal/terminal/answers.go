package terminal

import (
	"fmt"
	"strings"
	"sync"
)

// Answer is what a person said beforehand: to the field ID of a form, or with the ids
// "prompt" and "confirm" to those questions. Dialog chooses between dialogs: the title of
// one, or the name of the plugin that shows it; "" means any.
type Answer struct {
	Dialog, ID, Text string
}

// ParseAnswer reads "id=value" or "Dialog.id=value"; the dialog may have dots itself.
func ParseAnswer(word string) (Answer, error) {
	key, text, ok := strings.Cut(word, "=")
	if !ok || key == "" {
		return Answer{}, fmt.Errorf("%q is not id=value", word)
	}
	if i := strings.LastIndex(key, "."); i >= 0 {
		if i == len(key)-1 {
			return Answer{}, fmt.Errorf("%q names no field after the dot", word)
		}
		return Answer{key[:i], key[i+1:], text}, nil
	}
	return Answer{ID: key, Text: text}, nil
}

// answers are given once each, in order, and the last of one key for ever.
type answers struct {
	mu   sync.Mutex
	list []Answer
	used []bool
}

// take returns the answer to a question of a dialog: one for that dialog before one for
// any, one that was not given yet before one that was.
func (a *answers) take(title, id string) (text string, ok bool) {
	a.mu.Lock()
	defer a.mu.Unlock()
	i := a.pick(title, id, true)
	if i < 0 {
		i = a.pick(title, id, false)
	}
	if i < 0 {
		return "", false
	}
	a.used[i] = true
	return a.list[i].Text, true
}

// pick needs the lock; -1 is none.
func (a *answers) pick(title, id string, named bool) (last int) {
	last = -1
	for i, one := range a.list {
		if one.ID != id || (one.Dialog != "") != named || !titled(title, one.Dialog) {
			continue
		}
		if last = i; !a.used[i] {
			return i
		}
	}
	return last
}

// titled reports a dialog that is meant: titles are "Plugin", or "Plugin: Title".
func titled(title, wanted string) bool {
	plugin, own, _ := strings.Cut(title, ": ")
	return wanted == "" || wanted == title || wanted == plugin || wanted == own
}

// unused are the answers that nobody asked for.
func (a *answers) unused() (list []Answer) {
	a.mu.Lock()
	defer a.mu.Unlock()
	for i, one := range a.list {
		if !a.used[i] {
			list = append(list, one)
		}
	}
	return list
}

// Unused returns the answers of Options.Answers that nobody asked for.
func (t *Terminal) Unused() []Answer { return t.answers.unused() }
