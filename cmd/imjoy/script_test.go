package main

import (
	"os"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/imjoy-tools/imjoy/engine"
)

func TestMain(m *testing.M) {
	if engine.ServeWorker(os.Args) { // tests that call run themselves start workers of this binary
		return
	}
	testscript.Main(m, map[string]func(){"imjoy": main})
}

// TestScripts runs the command stories: one .txtar file tells one story with the
// real program. Run with -update to rewrite the outputs they expect.
func TestScripts(t *testing.T) {
	testscript.Run(t, testscript.Params{
		Dir:                 "testdata/script",
		UpdateScripts:       os.Getenv("UPDATE_SCRIPTS") != "",
		RequireUniqueNames:  true,
		RequireExplicitExec: true,
		Setup: func(env *testscript.Env) error {
			env.Setenv("IMJOY_HOME", env.WorkDir+"/.imjoy-home")
			env.Setenv("HOME", env.WorkDir)
			env.Setenv("NO_COLOR", "1")
			return nil
		},
	})
}
