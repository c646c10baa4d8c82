//go:build ignore

// Runs each contender several times, in turn, as a whole process, and prints wall and
// processor times (children's included): the least and the median, and how the medians
// compare with the first contender's.
//
//	go run measure.go FOLDER ROUNDS
package main

import (
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"
)

type contender struct {
	name      string
	args      []string
	before    func(round int)
	wall, cpu []time.Duration
}

func main() {
	folder := os.Args[1]
	rounds, err := strconv.Atoi(os.Args[2])
	if err != nil || rounds < 1 {
		fmt.Fprintln(os.Stderr, "measure: the second argument is the number of rounds")
		os.Exit(2)
	}
	lint := func(args ...string) []string {
		return append(append([]string{"./imjoy", "lint", "--format", "concise"}, args...), folder)
	}
	changing := plugins("changing")
	change := func(round int) {
		file, err := os.OpenFile(changing[round*len(changing)/(rounds+1)], os.O_APPEND|os.O_WRONLY, 0)
		if err == nil {
			_, err = fmt.Fprintf(file, "<!-- change %d -->\n", round)
			file.Close()
		}
		if err != nil {
			fmt.Fprintln(os.Stderr, "measure:", err)
			os.Exit(1)
		}
	}
	contenders := []*contender{
		{name: "node: ImJoy's parser, JSON.parse, ajv", args: []string{"node", "peer.mjs", folder}},
		{name: "node: the same, and each JavaScript compiled", args: []string{"node", "peer.mjs", folder, "syntax"}},
		{name: "imjoy lint, unchanged files", args: lint()},
		{name: "imjoy lint, one plugin changed", args: []string{"./imjoy", "lint", "--format", "concise", "changing"}, before: change},
		{name: "imjoy lint --no-cache --no-python", args: lint("--no-cache", "--no-python")},
		{name: "imjoy lint --no-cache", args: lint("--no-cache")},
		{name: "imjoy version", args: []string{"./imjoy", "version"}},
		{name: "node -e ''", args: []string{"node", "-e", ""}},
	}
	fmt.Printf("%d rounds after one to warm up; load before: %s\n", rounds, load())
	for round := range rounds + 1 {
		for _, c := range contenders {
			c.run(round)
		}
	}
	fmt.Printf("%-46s %19s %19s\n", "", "wall ms", "processor ms")
	fmt.Printf("%-46s %9s %9s %9s %9s\n", "", "least", "median", "least", "median")
	for _, c := range contenders {
		fmt.Printf("%-46s %9.1f %9.1f %9.1f %9.1f   %5.3f of the first's wall, %5.3f of its processor\n", c.name,
			ms(slices.Min(c.wall)), ms(median(c.wall)), ms(slices.Min(c.cpu)), ms(median(c.cpu)),
			ms(median(c.wall))/ms(median(contenders[0].wall)), ms(median(c.cpu))/ms(median(contenders[0].cpu)))
	}
	fmt.Println("load after:", load())
}

func (c *contender) run(round int) {
	if c.before != nil {
		c.before(round)
	}
	cmd := exec.Command(c.args[0], c.args[1:]...)
	start := time.Now()
	err := cmd.Run() // what it prints goes nowhere
	wall := time.Since(start)
	if cmd.ProcessState == nil {
		fmt.Fprintf(os.Stderr, "measure: %s: %v\n", c.name, err)
		os.Exit(1)
	}
	if round > 0 {
		c.wall = append(c.wall, wall)
		c.cpu = append(c.cpu, cmd.ProcessState.UserTime()+cmd.ProcessState.SystemTime())
	}
}

// plugins lists the plugin files below a folder.
func plugins(folder string) (list []string) {
	err := filepath.WalkDir(folder, func(path string, d fs.DirEntry, err error) error {
		if err == nil && strings.HasSuffix(path, ".imjoy.html") {
			list = append(list, path)
		}
		return err
	})
	if err != nil || len(list) == 0 {
		fmt.Fprintln(os.Stderr, "measure: no plugins:", err)
		os.Exit(1)
	}
	return list
}

func ms(d time.Duration) float64 { return float64(d) / float64(time.Millisecond) }

func median(list []time.Duration) time.Duration {
	sorted := slices.Sorted(slices.Values(list))
	return sorted[len(sorted)/2]
}

// load is how busy the machine is, where it says so.
func load() string {
	text, err := os.ReadFile("/proc/loadavg")
	if err != nil {
		return "unknown"
	}
	return strings.Join(strings.Fields(string(text))[:3], " ")
}
