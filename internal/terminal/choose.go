package terminal

import (
	"context"
	"strings"

	"github.com/imjoy-tools/imjoy/engine"
)

// Choose asks for one of some words, which may be shortened as long as they are told
// apart; also says what else people write for them. The first is the answer of an empty
// line, and when nobody can be asked.
func (t *Terminal) Choose(ctx context.Context, m engine.Message, words []string, also map[string]string) (string, error) {
	if !t.o.Ask {
		return words[0], nil
	}
	t.asking.Lock()
	defer t.asking.Unlock()
	question := message(m) + "\n  " + strings.Join(words, ", ") + " [" + words[0] + "] "
	for {
		answer, err := t.question(ctx, question)
		if err != nil {
			return words[0], err
		}
		answer = strings.ToLower(strings.TrimSpace(answer))
		if word := also[answer]; word != "" {
			return word, nil
		}
		if word := shortened(answer, words); word != "" {
			return word, nil
		}
		t.print("please answer " + strings.Join(words[:len(words)-1], ", ") + " or " + words[len(words)-1])
	}
}

// shortened finds the word that begins with a text; what begins several is the first
// only when it is empty.
func shortened(text string, words []string) (found string) {
	if text == "" {
		return words[0]
	}
	for _, word := range words {
		switch {
		case word == text:
			return word
		case !strings.HasPrefix(word, text):
		case found != "":
			return ""
		default:
			found = word
		}
	}
	return found
}
