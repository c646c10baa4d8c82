package confine

import "runtime"

// passed are the variables of the program that a child may see. Everything else,
// and with it every token and password, stays behind.
var passed = []string{"PATH", "LANG", "LANGUAGE", "LC_ALL", "LC_CTYPE", "TZ", "TERM", "NO_COLOR"}

// passedOnWindows are needed there to start anything at all.
var passedOnWindows = []string{"SYSTEMROOT", "SYSTEMDRIVE", "WINDIR", "COMSPEC", "PATHEXT", "NUMBER_OF_PROCESSORS"}

// Environment returns the environment of a child: a short list of variables taken
// from get (like os.Getenv), its own home and temporary folder, and extra ones as
// "NAME=value", which win.
func Environment(get func(string) string, home, temp string, extra ...string) []string {
	names := passed
	if runtime.GOOS == "windows" {
		names = append(names[:len(names):len(names)], passedOnWindows...)
	}
	var env []string
	for _, name := range names {
		if value := get(name); value != "" {
			env = append(env, name+"="+value)
		}
	}
	if home != "" {
		env = append(env, "HOME="+home, "USERPROFILE="+home)
	}
	if temp != "" {
		env = append(env, "TMPDIR="+temp, "TEMP="+temp, "TMP="+temp)
	}
	return append(env, extra...)
}
