package main

import (
	"bufio"
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/imjoy-tools/imjoy/internal/app"
	"github.com/imjoy-tools/imjoy/internal/findings"
	"github.com/imjoy-tools/imjoy/repository"
	"github.com/imjoy-tools/imjoy/tags"
	"github.com/imjoy-tools/imjoy/tags/permission"
)

// autoTag is the value of --tag that leaves the choice to the machine.
const autoTag = "auto"

// tagChooser returns the tag to ask the repository for, and what chooses one where
// nobody said which: --tag auto, or the person at the terminal.
func tagChooser(a *app.App, answers *bufio.Reader, f installFlags) (string, func(context.Context, *repository.Plugin) (string, string, error)) {
	switch {
	case f.tag == autoTag:
		return "", func(_ context.Context, p *repository.Plugin) (string, string, error) {
			list := tags.Of(p.Document)
			if slices.Contains(list, autoTag) {
				return autoTag, "", nil
			}
			tag, why := repository.AutoTag(list, a.Machine())
			return tag, why, nil
		}
	case f.tag != "" || f.yes || f.asJSON || f.dryRun || !canAsk(a):
		return f.tag, nil
	}
	return "", func(ctx context.Context, p *repository.Plugin) (string, string, error) {
		tag, err := askForTag(ctx, a, answers, p)
		return tag, "", err
	}
}

// canAsk reports whether there is a person to answer.
func canAsk(a *app.App) bool {
	return a.StdinTTY && a.StderrTTY && !slices.Contains([]string{"true", "1"}, a.Env("CI"))
}

// askForTag shows what each tag brings, and takes a number or a name.
func askForTag(ctx context.Context, a *app.App, answers *bufio.Reader, p *repository.Plugin) (string, error) {
	list := tags.Of(p.Document)
	fmt.Fprintf(a.Stderr, "%s has %s:\n", findings.Clean(p.Name), counted(len(list), "tag"))
	for i, tag := range list {
		fmt.Fprintf(a.Stderr, "  %d  %s%s\n", i+1, findings.Clean(tag), findings.Clean(brings(p, tag)))
	}
	for {
		fmt.Fprintf(a.Stderr, "Which one? [%s] ", findings.Clean(list[0]))
		answer, err := readAnswer(ctx, answers)
		if err != nil {
			fmt.Fprintln(a.Stderr)
			return "", err
		}
		word := strings.TrimSpace(answer)
		n, notNumber := strconv.Atoi(word)
		switch {
		case word == "" && answer == "":
			return "", usageError("say which with --tag", "no tag was chosen")
		case word == "":
			return list[0], nil
		case slices.Contains(list, word):
			return word, nil
		case notNumber == nil && n >= 1 && n <= len(list):
			return list[n-1], nil
		}
		fmt.Fprintf(a.Stderr, "There is no %s.\n", findings.Clean(strconv.Quote(word)))
	}
}

// brings is what a tag makes the plugin want.
func brings(p *repository.Plugin, tag string) string {
	plan, _ := tags.Resolve(p.Document, tag)
	if plan == nil {
		return ""
	}
	var parts []string
	for _, want := range plan.Sheet.Wants {
		if want.Permission.Kind != permission.Python {
			parts = append(parts, want.Permission.String())
		}
	}
	parts = append(parts, plan.Sheet.Packages...)
	if len(parts) == 0 {
		return ""
	}
	return ": " + strings.Join(parts, ", ")
}
