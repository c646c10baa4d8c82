package pyenv

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestListAndRemove(t *testing.T) {
	w := newWorld(t, "python3")
	e := w.open(func(o *Options) { o.Backend = Venv })
	if list, err := e.List(); len(list) != 0 || err != nil {
		t.Fatal(list, err)
	}
	one := mustMake(t, e, declare(t, `{"env": "conda create -n x python>=3.8"}`), nil)
	list, err := e.List()
	if err != nil || len(list) != 1 || list[0].Hash != one.Hash || !list[0].InUse || list[0].Size == 0 || list[0].For != "Test" {
		t.Fatalf("%+v, %v", list, err)
	}
	if err := e.Remove(one.Hash); !errors.Is(err, ErrInUse) {
		t.Errorf("removing what is in use: %v", err)
	}
	one.Release()
	if l, err := e.Get(one.Hash[:6]); err != nil || l.Hash != one.Hash || l.InUse {
		t.Errorf("%+v, %v", l, err)
	}
	for _, name := range []string{"", "zz", "../" + one.Hash, "0123456789abcdef0123456789abcdef"} {
		var missing *NotFoundError
		if _, err := e.Get(name); !errors.As(err, &missing) {
			t.Errorf("%q: %v", name, err)
		}
	}
	for _, name := range []string{"", "..", "../" + one.Hash, ".locks"} {
		if err := e.Remove(name); err == nil {
			t.Errorf("%q was removed", name)
		}
	}

	// What is not whole, or not of here, is none; and it is made again.
	info := filepath.Join(one.Dir, infoName)
	text, _ := os.ReadFile(info)
	for _, bad := range []string{"", "{}", strings.Replace(string(text), one.Hash, strings.Repeat("0", 32), 1), strings.Replace(string(text), `"version": 1`, `"version": 2`, 1)} {
		if err := os.WriteFile(info, []byte(bad), 0o600); err != nil {
			t.Fatal(err)
		}
		if list, err := e.List(); len(list) != 0 || err != nil {
			t.Errorf("%q is an environment: %v", bad, err)
		}
	}
	again := mustMake(t, e, declare(t, `{"env": "conda create -n y python>=3.8"}`), nil)
	if again.Hash != one.Hash {
		t.Error("it has another name now")
	}
	again.Release()
	// What a plugin calls its environment is no path.
	for _, name := range []string{"../../x", "/tmp/x", "..", one.Hash} {
		env, err := e.Make(context.Background(), declare(t, `{"env": "conda create -n `+name+` python>=3.8"}`), nil, "../../x")
		if err == nil && env.Dir != one.Dir {
			t.Errorf("%q lies in %s", name, env.Dir)
		}
		if err == nil {
			env.Release()
		}
	}
	if err := e.Remove(one.Hash); err != nil || exists(one.Dir) {
		t.Errorf("removed: %v", err)
	}
	if n, err := e.Sweep(); n != 0 || err != nil {
		t.Errorf("swept %d, %v", n, err)
	}
}

func TestUnmet(t *testing.T) {
	w := newWorld(t, "python3")
	for _, test := range []struct{ config, why string }{
		{`{"requirements": "conda: affogato numpy"}`, "affogato has no name for pip"},
		{`{"requirements": "conda: numpy=1.0=py36_0"}`, "no words for the version"},
		{`{"env": "conda env create -f environment.yml"}`, "environment.yml, which is not part of the plugin"},
		{`{"requirements": "docker: x"}`, "cannot be read"},
		{`{"requirements": "git+https://me:secret@h.example/a.git"}`, `"git+https://***@h.example/a.git" cannot be read`},
	} {
		_, err := w.open(func(o *Options) { o.Backend = Venv }).Spec(context.Background(), declare(t, test.config), nil)
		var unmet *UnmetError
		if !errors.As(err, &unmet) || !strings.Contains(err.Error(), test.why) || !unmet.Items[0].Place.Known() {
			t.Errorf("%s: %v", test.config, err)
		}
	}
	e := w.open(func(o *Options) {
		o.Backend = Venv
		o.Map = map[string]string{"affogato": "affo-gato", "numpy": "", "evil": "--index-url=x"}
	})
	s, err := e.Spec(context.Background(), declare(t, `{"requirements": "conda: affogato=1.2 numpy opencv cudatoolkit=9.0"}`), nil)
	if err != nil || len(s.Left) != 2 || len(s.Pip) != 2 || s.Pip[0].String() != "affo-gato==1.2.*" || s.Pip[1].String() != "opencv-python-headless" {
		t.Errorf("%+v, %v", s, err)
	}
	if _, err := e.Spec(context.Background(), declare(t, `{"requirements": "conda: evil"}`), nil); err == nil {
		t.Error("--map makes an option")
	}
	if _, err := w.open(func(o *Options) { o.Backend = Conda }).Spec(context.Background(), declare(t, `{"requirements": "conda: numpy"}`), nil); err == nil {
		t.Error("a conda that is not there")
	}
	if _, err := Open(Options{Dir: w.dir, Backend: "pipx"}); err == nil {
		t.Error("a backend that is none")
	}
}
