package address

import "strings"

// parseGit reads what follows "git+": URL[@REF]:NAME[@TAG].
func parseGit(s string) (Address, error) {
	start := strings.Index(s, "://") + 3
	slash := strings.IndexByte(s[start:], '/')
	if start < 3 || slash < 0 {
		return Address{}, refuse("the git URL has no path", "write git+https://HOST/repo.git@REF:Name")
	}
	base, path := s[:start+slash], s[start+slash:]
	drive := 0
	if isDrive(strings.TrimPrefix(path, "/")) {
		drive = 3
	}
	place, member, _ := strings.Cut(path[drive:], ":")
	place, ref, _ := strings.Cut(place, "@")
	a := Address{Kind: Git, URL: base + path[:drive] + place, Ref: ref}
	if strings.HasPrefix(s, "file:") {
		if base != "file://" {
			return Address{}, refuse("a file URL cannot name a machine", "write git+file:///absolute/path")
		}
		return a, a.setMember(member)
	}
	if _, err := checkURL(a.URL); err != nil {
		return Address{}, err
	}
	return a, a.setMember(member)
}

// parseSSH reads git@host:owner/repo.git, the form the "clone" buttons give.
func parseSSH(s string) (Address, error) {
	host, repo, found := strings.Cut(strings.TrimPrefix(s, "git@"), ":")
	if known := hostOf(host); found && (known == GitHub || known == GitLab) {
		return parseRepository(known+"/"+repo, "")
	}
	return Address{}, refuse("repositories cannot be fetched over ssh", "write git+https://"+host+"/"+repo)
}
