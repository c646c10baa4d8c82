package engine

import (
	"debug/elf"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"

	"github.com/imjoy-tools/imjoy/internal/confine"
	"github.com/imjoy-tools/imjoy/tags/permission"
)

// fenceOf is what keeps a Python child to what it was granted; nil when that is
// everything. It may read its interpreter and the folder people work in, and write
// only into a folder of its own.
func fenceOf(command Command, s Start, own string) *confine.Fence {
	granted := s.Granted
	anything := func(k permission.Kind) bool { return granted.Allows(permission.Permission{Kind: k}) }
	if anything(permission.Read) && anything(permission.Write) && anything(permission.Net) && anything(permission.Run) {
		return nil
	}
	f := &confine.Fence{Apart: true, Write: []string{own}}
	f.Read = append(interpreterFiles(command.Python), command.Reads...)
	if dir := workDir(command, s); dir != "" {
		f.Read = append(f.Read, dir)
	}
	python := interpreterPrograms(command.Python)
	f.Run = append(append(f.Run, python...), loaderOf(python[len(python)-1])...)
	for _, p := range granted.Allowed() {
		if !granted.Allows(p) {
			continue // something beneath it is denied, which no kernel can be told
		}
		switch p.Kind {
		case permission.Read:
			f.Read = append(f.Read, rooted(p.Value))
		case permission.Write:
			f.Write = append(f.Write, rooted(p.Value))
		case permission.Run:
			f.Run = append(f.Run, programs(p.Value)...)
		case permission.Net:
			f.Network = true // hosts cannot be told apart from here
		}
	}
	if granted.IsAll() {
		f.Network = f.Network || anything(permission.Net)
		for k, list := range map[permission.Kind]*[]string{permission.Read: &f.Read, permission.Write: &f.Write, permission.Run: &f.Run} {
			if anything(k) {
				*list = append(*list, rooted(""))
			}
		}
	}
	return f
}

func rooted(path string) string {
	if path == "" {
		return string(filepath.Separator)
	}
	return filepath.FromSlash(path)
}

// programs are the files behind the name of a program: a link, and what it leads to.
func programs(name string) []string {
	if name == "" {
		return []string{rooted("")}
	}
	path, err := exec.LookPath(filepath.FromSlash(name))
	if err != nil {
		return nil
	}
	if real, err := filepath.EvalSymlinks(path); err == nil && real != path {
		return []string{path, real}
	}
	return []string{path}
}

// workDir is the folder that people work in, "" when it holds more than their work:
// their home folder, or all of the machine.
func workDir(command Command, s Start) string {
	dir := s.WorkDir
	if dir == "" {
		dir = command.Dir
	}
	home := variable(command.Env, "HOME")
	if dir == "" || !filepath.IsAbs(dir) || home == "" {
		return ""
	}
	real, err := filepath.EvalSymlinks(dir)
	if err != nil || holds(real, home) {
		return ""
	}
	if realHome, err := filepath.EvalSymlinks(home); err == nil && holds(real, realHome) {
		return ""
	}
	return real
}

// holds tells whether a path is a folder or lies in it.
func holds(folder, path string) bool {
	inside, err := filepath.Rel(folder, path)
	return err == nil && inside != ".." && !strings.HasPrefix(inside, ".."+string(filepath.Separator))
}

// interpreterFiles are what an interpreter is made of: its own, and those of the one
// that an environment was made from.
func interpreterFiles(python string) (list []string) {
	for _, program := range interpreterPrograms(python) {
		prefix := filepath.Dir(filepath.Dir(program))
		for _, name := range []string{"lib", "lib64", "share", "ssl", "etc", "include", "pyvenv.cfg"} {
			list = append(list, filepath.Join(prefix, name))
		}
	}
	return list
}

// interpreterPrograms are the links on the way to an interpreter, and itself.
func interpreterPrograms(python string) []string {
	list := []string{python}
	for range 16 {
		last := list[len(list)-1]
		next, err := os.Readlink(last)
		if err != nil {
			break
		}
		if !filepath.IsAbs(next) {
			next = filepath.Join(filepath.Dir(last), next)
		}
		list = append(list, next)
	}
	if real, err := filepath.EvalSymlinks(python); err == nil && !slices.Contains(list, real) {
		list = append(list, real)
	}
	return list
}

// loaderOf is the program that the system starts to load another: where systems keep it
// in a place of their own (Nix, Guix), nobody else knows it.
func loaderOf(program string) []string {
	f, err := elf.Open(program)
	if err != nil {
		return nil // a script, or no system with such files
	}
	defer f.Close()
	for _, p := range f.Progs {
		if p.Type != elf.PT_INTERP || p.Filesz > maxPath {
			continue
		}
		text := make([]byte, p.Filesz)
		if _, err := p.ReadAt(text, 0); err != nil {
			return nil
		}
		path := strings.TrimRight(string(text), "\x00")
		if real, err := filepath.EvalSymlinks(path); err == nil && real != path {
			return []string{path, real}
		}
		return []string{path}
	}
	return nil
}

// variable reads a variable of an environment that is written down.
func variable(env []string, name string) string {
	for i := len(env) - 1; i >= 0; i-- {
		if value, ok := strings.CutPrefix(env[i], name+"="); ok {
			return value
		}
	}
	return ""
}

// atHome gives a child an environment whose home and temporary folder are its own.
func atHome(env []string, own string) []string {
	env = slices.Clone(env)
	for _, name := range []string{"HOME", "USERPROFILE", "TMPDIR", "TEMP", "TMP"} {
		env = append(env, name+"="+own)
	}
	return env
}
