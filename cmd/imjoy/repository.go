package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"strings"
	"syscall"

	"github.com/imjoy-tools/imjoy/internal/app"
	"github.com/imjoy-tools/imjoy/internal/fetch"
	"github.com/imjoy-tools/imjoy/internal/findings"
	"github.com/imjoy-tools/imjoy/repository"
	"github.com/imjoy-tools/imjoy/repository/address"
	"github.com/imjoy-tools/imjoy/repository/git"
	"github.com/imjoy-tools/imjoy/repository/lock"
	"github.com/imjoy-tools/imjoy/repository/store"
)

// repositoryFailure gives a failure of getting plugins its exit code and advice.
// Diagnostics it carries are drawn on stderr first.
func repositoryFailure(a *app.App, err error) error {
	var told *failure
	if err == nil || errors.As(err, &told) || errors.Is(err, context.Canceled) {
		return err
	}
	if shown := environmentFailure(a, err); shown != nil {
		return shown
	}
	var document *repository.DocumentError
	if errors.As(err, &document) {
		findings.Write(a.Stderr, findings.Full, document.Diagnostics, findings.Options{})
	}
	code, hint := advice(err)
	return withExit(code, errors.New(findings.Clean(err.Error())), hint)
}

// advice is one table: what failed, the exit code, what to do next.
func advice(err error) (code int, hint string) {
	var (
		setting     *app.SettingError
		badAddress  *address.Error
		document    *repository.DocumentError
		name        *repository.NameError
		missing     *repository.NotFoundError
		choice      *repository.ChoiceError
		twice       *repository.TwiceError
		unsupported *repository.UnsupportedError
		tag         *repository.TagError
		conflict    *repository.ConflictError
		needed      *repository.NeededError
		consent     *repository.ConsentError
		cycle       *repository.CycleError
		many        *repository.TooManyError
		refused     *repository.RefusedError
		request     *fetch.Error
		corrupt     *store.CorruptError
		newer       *store.NewerError
		home        *store.HomeError
		drift       *repository.DriftError
		badLock     *lock.Error
		noVersion   *repository.NoVersionError
		nameList    *repository.NameListError
		badGit      *git.Error
		badRef      *repository.RefError
	)
	switch {
	case errors.As(err, &setting) && setting.Name == "IMJOY_CDN":
		return exitUsage, "write IMJOY_CDN=auto, npm or off"
	case errors.As(err, &setting) && setting.Name == app.ProxySettings:
		return exitUsage, "write HTTPS_PROXY=http://HOST:PORT"
	case errors.As(err, &setting):
		return exitUsage, `write IMJOY_MIRRORS="https://raw.githubusercontent.com=https://mirror.example/raw"`
	case errors.As(err, &nameList):
		return exitUsage, nameList.Hint
	case errors.As(err, &badGit):
		return gitAdvice(badGit)
	case errors.As(err, &badRef):
		return exitMissing, "without @REF it is what the repository's first branch holds now"
	case errors.As(err, &noVersion):
		return exitMissing, "`imjoy info NAME` shows the version before, if there is one"
	case errors.As(err, &drift):
		return exitRefused, "if that is right, `imjoy lock` makes a new lock"
	case errors.As(err, &badLock):
		return exitRefused, "take it from version control, or make it anew with `imjoy lock`"
	case errors.As(err, &badAddress):
		return exitUsage, badAddress.Hint
	case errors.As(err, &document):
		switch d := document.Diagnostics[0]; d.Code {
		case "tag-unknown":
			return exitUsage, d.Hint
		case "config-missing":
			return exitRefused, "`imjoy new NAME` writes a plugin to begin with"
		}
		return exitRefused, "`imjoy explain " + document.Diagnostics[0].Code + "` says why this matters"
	case errors.As(err, &missing):
		return exitMissing, missingHint(missing)
	case errors.As(err, &choice):
		return exitUsage, choiceHint(choice)
	case errors.As(err, &twice):
		return exitRefused, "give them different names, or list the right one in a manifest.imjoy.json"
	case errors.As(err, &unsupported):
		return exitUsage, unsupported.Hint
	case errors.As(err, &tag):
		return exitUsage, "name one of the two"
	case errors.As(err, &conflict) && conflict.Together:
		return exitRefused, "install one of them; --replace takes the last"
	case errors.As(err, &conflict):
		return exitRefused, "install it with --replace to put it in the place of the other"
	case errors.As(err, &needed):
		return exitRefused, "uninstall those too, or use --force: they keep the copy they were installed with"
	case errors.As(err, &consent):
		return exitRefused, "read the list above; agree to it with --yes"
	case errors.As(err, &name), errors.As(err, &cycle), errors.As(err, &many), errors.As(err, &refused):
		return exitRefused, ""
	case errors.As(err, &request):
		return requestAdvice(request)
	case errors.As(err, &corrupt) && corrupt.Interrupted():
		return exitRefused, "the next change of what is installed sets it aside"
	case errors.As(err, &corrupt):
		return exitRefused, "install the plugin again"
	case errors.As(err, &newer):
		return exitRefused, "use the newer imjoy, or another IMJOY_HOME"
	case errors.As(err, &home):
		return exitMissing, "imjoy cannot use " + findings.Clean(home.Dir) + "; set IMJOY_HOME to a folder that it can write to"
	case errors.Is(err, syscall.ENOSPC):
		return exitMissing, "make room: `imjoy cache prune` and `imjoy env prune` throw away what can be fetched again"
	case errors.Is(err, fs.ErrNotExist):
		return exitMissing, "an address is a path, a URL, or owner/repo:Name"
	}
	return exitMissing, ""
}

func missingHint(e *repository.NotFoundError) string {
	const most = 8 // names that fit on a line
	if e.Suggestion != "" {
		return "did you mean " + findings.Clean(fmt.Sprintf("%q", e.Suggestion)) + "?"
	}
	if n := len(e.There); n > most {
		return findings.Clean(fmt.Sprintf("it has %s and %d more", strings.Join(e.There[:most], ", "), n-most))
	} else if n > 0 {
		return findings.Clean("it has " + strings.Join(e.There, ", "))
	}
	return "`imjoy list` shows what is installed; `imjoy install owner/repo:Name` gets more"
}

func choiceHint(e *repository.ChoiceError) string {
	switch {
	case len(e.Names) == 0:
		return "plugin files are named NAME.imjoy.html; `imjoy new NAME` writes one"
	case strings.HasPrefix(e.Address, "http"):
		return "give the URL of the plugin's own file"
	case isRepository(e.Address):
	case strings.ContainsAny(e.Address, `\.`) || strings.HasPrefix(e.Address, "/"):
		return "give the path of the plugin's file"
	}
	which := e.Address + ":" + findings.Clean(e.Names[0])
	if strings.Contains(which, " ") {
		which = `"` + which + `"` // to be copied into a shell
	}
	return "say which: " + which
}

// isRepository tells owner/my.plugins from a path.
func isRepository(text string) bool {
	a, err := address.Parse(text + ":x")
	return err == nil && a.Kind == address.Repository
}

func gitAdvice(e *git.Error) (code int, hint string) {
	switch {
	case e.Missing:
		return exitMissing, "install git, or give the https link of the plugin's raw file"
	case e.Offline:
		return exitMissing, "leave --offline away"
	case strings.Contains(e.Why, "inside this machine"):
		return exitRefused, "to reach a host inside your network, name it: --allow-net=HOST or --allow-net=HOST:PORT"
	}
	return exitMissing, "check the address, the branch, and that the repository is public"
}

func requestAdvice(e *fetch.Error) (code int, hint string) {
	switch e.Kind {
	case fetch.Refused:
		return exitRefused, "to reach a host inside your network, name it: --allow-net=HOST or --allow-net=HOST:PORT"
	case fetch.TooLarge:
		return exitRefused, ""
	case fetch.Unreachable:
		return exitMissing, "check the network; behind a wall, HTTPS_PROXY names a proxy, and IMJOY_MIRRORS a copy"
	case fetch.Offline:
		return exitMissing, "leave --offline away, or install it first"
	case fetch.Denied:
		return exitMissing, "for a private repository on GitHub set GH_TOKEN"
	case fetch.Limited:
		return exitMissing, "set GH_TOKEN: GitHub lets those do more who say who they are"
	case fetch.NotFound:
		return exitMissing, "check the address and its letter case; for a private repository on GitHub set GH_TOKEN"
	}
	return exitMissing, ""
}
