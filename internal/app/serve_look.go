package app

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"strings"
)

// maxLook is how much a page may keep about what it looks like, in bytes.
const maxLook = 1 << 20

// lookFile is where that is kept, beside the history; "" when no place is known.
func (p *Page) lookFile() string {
	if p.history.path == "" {
		return ""
	}
	return strings.TrimSuffix(p.history.path, ".json") + ".page.json"
}

// keptLook is what the page looked like when it changed last; nil when that is not known.
func (p *Page) keptLook() json.RawMessage {
	text, err := os.ReadFile(p.lookFile())
	if err != nil || !json.Valid(text) {
		return json.RawMessage("null") // a page that begins anew
	}
	return text
}

// keepLook keeps what the page looks like. The file is replaced as a whole, so that it is
// there however the program ends.
func (p *Page) keepLook(about json.RawMessage) error {
	switch path := p.lookFile(); {
	case path == "":
		return nil
	case len(about) > maxLook:
		return errors.New("the page wants to keep too much about itself")
	default:
		if err := replaceFile(path, about); err != nil {
			return fmt.Errorf("keep what the workspace looks like: %w", err)
		}
		return nil
	}
}
