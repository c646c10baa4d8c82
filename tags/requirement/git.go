package requirement

import (
	"fmt"
	"path"
	"strings"
)

// clone reads "URL [DIR]", as after "repo:" and "git clone".
func (p *parser) clone(words []word, start, end int) {
	ref, rest, ok := p.cloneOptions(words)
	if !ok {
		return
	}
	if len(rest) == 0 || len(rest) > 2 {
		p.report(ruleSyntax, start, end, "a repository is written as a URL and, if wanted, a folder", "write repo: https://HOST/owner/name [FOLDER]")
		return
	}
	where := rest[0]
	if strings.HasPrefix(where.text, "git@") {
		host, name, _ := strings.Cut(strings.TrimPrefix(where.text, "git@"), ":")
		p.report(ruleURL, where.start, where.end, "repositories cannot be fetched over ssh", fmt.Sprintf("write https://%s/%s", host, name))
		return
	}
	u, _, ok := p.link(where.span(0, len(where.text)))
	if !ok {
		return
	}
	if u.RawQuery != "" || u.Fragment != "" {
		p.report(ruleURL, where.start, where.end, "the URL of a repository has no ? and no #", "")
		return
	}
	c := Clone{Item: p.item(start, end), Ref: ref}
	if !strings.Contains(u.Path, "@") && ref != "" {
		u.Path += "@" + ref
	}
	if !p.gitRev(u, where.start, where.end, &c.Ref) {
		return
	}
	c.URL = u.String()
	c.Dir = strings.TrimSuffix(path.Base(u.Path), ".git")
	folder := where
	if len(rest) == 2 {
		folder = rest[1]
		c.Dir = strings.TrimSuffix(folder.text, "/")
	}
	if !localPath(c.Dir) {
		p.report(ruleSyntax, folder.start, folder.end, fmt.Sprintf("%q is not a folder below the working folder", c.Dir), "write a relative path without ..")
		return
	}
	c.Dir = path.Clean(c.Dir)
	p.d.Repos = append(p.d.Repos, c)
}

// cloneOptions takes the branch out of the words; depth does not matter.
func (p *parser) cloneOptions(words []word) (ref string, rest []word, ok bool) {
	for i := 0; i < len(words); i++ {
		w := words[i]
		name, value, joined := strings.Cut(w.text, "=")
		if !strings.HasPrefix(w.text, "-") {
			rest = append(rest, w)
			continue
		}
		takes := name == "--depth" || name == "-b" || name == "--branch"
		if takes && !joined && i+1 < len(words) {
			i++
			value = words[i].text
		}
		switch {
		case name == "--depth" && value != "", w.text == "--single-branch", w.text == "-q", w.text == "--quiet":
		case takes && validRev(value):
			ref = value
		default:
			p.report(ruleOption, w.start, w.end, fmt.Sprintf("the option %s of git is not allowed", name), "allowed are -b BRANCH and --depth")
			return "", nil, false
		}
	}
	return ref, rest, true
}
