package repository

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"regexp"
	"strings"
	"sync"

	"github.com/imjoy-tools/imjoy/internal/fetch"
	"github.com/imjoy-tools/imjoy/repository/address"
)

// pin is what a ref stands for.
type pin struct {
	commit string // full id, "" when it could not be found out
	note   string // why not
}

var commitID = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`^[0-9a-f]{40}([0-9a-f]{24})?$`) })

// pin turns the ref of a repository into a commit before anything is fetched from
// it. Where the host's API cannot be reached but its files can, as behind many a
// wall, the hash of the content has to do, and we say so.
func (r *Repository) pin(ctx context.Context, a address.Address) (pin, error) {
	if a.Pinned() {
		return pin{commit: strings.ToLower(a.Ref)}, nil
	}
	key := a.CommitURL()
	r.mu.Lock()
	known, ok := r.pins[key]
	r.mu.Unlock()
	if ok {
		return known, nil
	}
	found, err := r.askCommit(ctx, a)
	if err != nil {
		return pin{}, err
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.pins[key] = found
	return found, nil
}

func (r *Repository) askCommit(ctx context.Context, a address.Address) (pin, error) {
	response, err := r.c.Fetch.Get(ctx, fetch.Request{URL: a.CommitURL(), Limit: fetch.ManifestLimit, Accept: "application/vnd.github.sha"})
	if err == nil {
		if id := readCommit(response.Body); id != "" {
			return pin{commit: id}, nil
		}
		return pin{note: "pinned by its content only: the host did not answer with a commit"}, nil
	}
	if ctx.Err() != nil {
		return pin{}, err
	}
	var answered *fetch.Error
	switch kind := fetch.KindOf(err); {
	case kind == fetch.Refused:
		return pin{}, err
	case errors.As(err, &answered) && answered.Status == http.StatusUnprocessableEntity && a.Ref != "" && a.File == "":
		// In the link of a file the first word may be only a part of its branch.
		return pin{}, &RefError{a.RepositoryName(), a.Ref}
	default:
		// A repository that does not exist shows when its files are fetched.
		return pin{note: fmt.Sprintf("pinned by its content only: asking for the commit failed (%s)", kind)}, nil
	}
}

// readCommit takes the plain id that GitHub's media type asks for, or JSON as
// GitLab and copies of the API answer.
func readCommit(text []byte) string {
	id := strings.ToLower(strings.TrimSpace(string(text)))
	if commitID().MatchString(id) {
		return id
	}
	var answer struct {
		SHA string `json:"sha"`
		ID  string `json:"id"`
	}
	if json.Unmarshal(text, &answer) != nil {
		return ""
	}
	for _, id := range []string{answer.SHA, answer.ID} {
		if commitID().MatchString(id) {
			return id
		}
	}
	return ""
}
