package address

import (
	"slices"
	"strings"
)

const collectionPrefix = "collection/"

// Parse reads an address without looking at the disk. Errors are of type [*Error].
func Parse(text string) (Address, error) { return ParseWith(text, nil) }

// ParseWith is [Parse], but an existing path beats a name: exists is asked about
// texts that could be both. A nil function knows no path.
func ParseWith(text string, exists func(string) bool) (Address, error) {
	if exists == nil {
		exists = func(string) bool { return false }
	}
	s := strings.TrimSpace(text)
	a, err := parse(s, exists)
	if err == nil {
		a.Tag = strings.TrimSpace(a.Tag)
		err = a.check()
	}
	if err != nil {
		return Address{}, explain(text, err)
	}
	return a, nil
}

func parse(s string, exists func(string) bool) (Address, error) {
	if err := checkWhole(s); err != nil {
		return Address{}, err
	}
	scheme, rest := splitScheme(s)
	switch {
	case isPathText(s), exists(s):
		return parsePath(s, exists)
	case scheme == "file":
		return parseFileURL(s)
	case scheme == "http", scheme == "https":
		return parseURL(s)
	case scheme == "git+https", scheme == "git+http", scheme == "git+file":
		return parseGit(strings.TrimPrefix(s, "git+"))
	case scheme != "" && strings.HasPrefix(rest, "//"):
		return Address{}, refuse("the scheme "+quote(scheme)+" cannot be fetched", "use https:, git+https: or file:")
	case strings.HasPrefix(s, "git@"):
		return parseSSH(s)
	case isLink(s):
		return parseURL("https://" + s)
	}
	return parseWords(s, exists)
}

// parseWords reads what is neither URL nor marked as a path: a name, a plugin of a
// repository, a file name.
func parseWords(s string, exists func(string) bool) (Address, error) {
	if path, tag := splitFileTag(s); hasPluginSuffix(path) && !strings.Contains(s, ":") {
		return Address{Kind: Path, Path: path, Tag: tag}, nil
	}
	repo, member, found := strings.Cut(s, ":")
	if found {
		return parseRepository(repo, member)
	}
	if name, tag, ok := cutLast(s, "@"); ok && exists(name) {
		a, err := parsePath(name, exists)
		return a.WithTag(tag), err
	}
	if before, _, _ := strings.Cut(s, "@"); strings.Contains(before, "/") {
		return parseRepository(s, "")
	}
	name, tag, err := splitNameTag(s)
	return Address{Kind: Name, Name: name, Tag: tag}, err
}

// parseRepository reads REPO[@REF] and NAME[@TAG]; an empty member means the
// repository itself.
func parseRepository(repo, member string) (Address, error) {
	repo, ref, _ := strings.Cut(strings.TrimSpace(repo), "@")
	a := Address{Kind: Repository, Ref: ref}
	if err := a.setRepository(repo); err != nil {
		return Address{}, err
	}
	return a, a.setMember(member)
}

// repositoryName matches one word of "owner/repo".
var repositoryName = pattern(`^[A-Za-z0-9_.][A-Za-z0-9_.-]*$`)

// setRepository takes "owner/repo", a known host before it, or a short name.
func (a *Address) setRepository(repo string) error {
	parts := strings.Split(strings.TrimSuffix(repo, ".git"), "/")
	for _, p := range parts {
		if !repositoryName().MatchString(p) || p == "." || p == ".." {
			return refuse(quote(p)+" cannot be part of a repository's name", "write owner/repo:Name")
		}
	}
	switch host := hostOf(parts[0]); {
	case len(parts) == 1 && slices.Contains([]string{"http", "https", "file"}, strings.ToLower(parts[0])):
		return refuse(quote(parts[0])+" is no short name, but the beginning of a URL", "write the URL without spaces")
	case len(parts) == 1:
		a.Alias = parts[0]
	case host == GitHub && len(parts) == 3, host == GitLab && len(parts) >= 3:
		a.Host, a.Repo = host, strings.Join(parts[1:], "/")
	case len(parts) == 2 && host == "":
		a.Host, a.Repo = GitHub, strings.Join(parts, "/")
	default:
		return refuse("repositories of that form are not known", "write owner/repo:Name, gitlab.com/group/repo:Name, git+https://HOST/repo.git:Name, or a URL")
	}
	return nil
}

// setMember takes "Name@TAG" or "collection/Name".
func (a *Address) setMember(member string) (err error) {
	member = strings.TrimSpace(member)
	if member == "" {
		return nil
	}
	if strings.Contains(member, ":") {
		return refuse(`the name contains ":"`, "a plugin whose name has a colon needs the URL of its file")
	}
	name, tag, err := splitNameTag(member)
	if rest, ok := strings.CutPrefix(name, collectionPrefix); ok {
		if rest == "" {
			return refuse("the name of the collection is missing", "")
		}
		a.Collection, a.Tag = rest, tag
		return err
	}
	a.Name, a.Tag = name, tag
	return err
}

// splitNameTag splits at the last "@". Names are trimmed, as in ImJoy.
func splitNameTag(s string) (name, tag string, err error) {
	name, tag, _ = cutLast(s, "@")
	name = strings.TrimSpace(name)
	if name == "" {
		err = refuse("the name is missing", "")
	}
	return name, tag, err
}

// check tells whether the parts of a parsed address are well formed.
func (a Address) check() error {
	for _, name := range []string{a.Name, a.Collection} {
		if name == "" {
			continue
		}
		if err := CheckName(name); err != nil {
			hint := ""
			if strings.ContainsAny(name, `@:/`) {
				hint = "a plugin whose name has such a character needs the URL of its file"
			}
			return refuse(err.Error(), hint)
		}
	}
	if err := checkText("the path", a.Path); err != nil {
		return refuse(err.Error(), "")
	}
	if strings.TrimSpace(a.Path) != a.Path {
		return refuse("the path begins or ends with a space", "")
	}
	if err := checkTag(a.Tag); err != nil {
		return err
	}
	return checkRef(a.Ref)
}

func checkTag(tag string) error {
	if len(tag) > maxTag {
		return refuse("the tag is too long", "")
	}
	if err := checkText("the tag", tag); err != nil {
		return refuse(err.Error(), "choose it with --tag")
	}
	if strings.ContainsAny(tag, `/\?#@:%`) {
		return refuse("the tag "+quote(tag)+" contains a character that tags cannot have in an address", "choose it with --tag")
	}
	return nil
}

// refText matches what git allows in a ref, a little narrower.
var refText = pattern(`^[A-Za-z0-9_][A-Za-z0-9_./+-]*$`)

func checkRef(ref string) error {
	switch {
	case ref == "":
		return nil
	case len(ref) > maxRef, !refText().MatchString(ref), strings.Contains(ref, ".."), strings.Contains(ref, "//"),
		strings.HasSuffix(ref, "/"), strings.HasSuffix(ref, "."), strings.HasSuffix(ref, ".lock"), strings.Contains(ref, "/."):
		return refuse(quote(ref)+" is not a branch, tag or commit", "")
	}
	return nil
}

func checkWhole(s string) error {
	switch {
	case s == "":
		return refuse("it is empty", "")
	case len(s) > maxAddress:
		return refuse("it is too long", "")
	case strings.HasSuffix(s, "@"):
		return refuse(`nothing follows the last "@"`, "leave it away, or write a tag after it")
	}
	if err := checkText("it", s); err != nil {
		return refuse(err.Error(), "")
	}
	return nil
}

// refusal is the reason inside an [Error] before the text is known.
type refusal struct{ why, hint string }

func (r *refusal) Error() string { return r.why }

func refuse(why, hint string) error { return &refusal{why, hint} }

func explain(text string, err error) error {
	e := &Error{Text: Redact(text), Why: err.Error()}
	if r, ok := err.(*refusal); ok {
		e.Hint = r.hint
	}
	return e
}

func quote(s string) string { return `"` + s + `"` }

// cutLast is strings.Cut at the last separator.
func cutLast(s, sep string) (before, after string, found bool) {
	if i := strings.LastIndex(s, sep); i >= 0 {
		return s[:i], s[i+len(sep):], true
	}
	return s, "", false
}
