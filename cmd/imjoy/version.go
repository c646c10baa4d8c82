package main

import (
	"fmt"
	"io"
	"runtime"
	"runtime/debug"
	"sync"

	"github.com/spf13/cobra"

	"github.com/imjoy-tools/imjoy/internal/app"
)

// version is set by the release build; otherwise the module version is shown.
var version = ""

func newVersionCommand(a *app.App) *cobra.Command {
	var asJSON bool
	cmd := &cobra.Command{
		Use:   "version",
		Short: "Print the version of imjoy",
		Long: `Print the version of imjoy, the system it was built for and by which Go.

With --json the answer is one object: version 1, imjoy (its version), os, arch and go.`,
		Example: "  imjoy version\n  imjoy version --json",
		Args:    cobra.NoArgs,
		RunE: func(*cobra.Command, []string) error {
			if asJSON {
				return writeJSON(a.Stdout, versionJSON{1, versionText(), runtime.GOOS, runtime.GOARCH, runtime.Version()})
			}
			_, err := io.WriteString(a.Stdout, versionLine())
			return err
		},
	}
	jsonFlag(cmd.Flags(), &asJSON)
	return cmd
}

type versionJSON struct {
	Version int    `json:"version"`
	Imjoy   string `json:"imjoy"`
	OS      string `json:"os"`
	Arch    string `json:"arch"`
	Go      string `json:"go"`
}

func versionLine() string {
	return fmt.Sprintf("imjoy %s %s/%s %s\n", versionText(), runtime.GOOS, runtime.GOARCH, runtime.Version())
}

var versionText = sync.OnceValue(func() string {
	if version != "" {
		return version
	}
	if info, ok := debug.ReadBuildInfo(); ok && info.Main.Version != "" {
		return info.Main.Version
	}
	return "(devel)"
})
