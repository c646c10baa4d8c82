// Command imjoy keeps single-file plugins alive: it parses, checks, installs, runs
// and documents `.imjoy.html` files. Start at [run]; each command has a file.
package main

import (
	"context"
	"os"

	"github.com/imjoy-tools/imjoy/engine"
)

func main() {
	if engine.ServeWorker(os.Args) { // a plugin's own process
		return
	}
	os.Exit(run(context.Background(), processApp(), os.Args[1:]))
}
