// Program mirror keeps and serves copies of what public plugins load from elsewhere, so
// that windows can be tested and measured without a network:
//
//	go run ./bench/window/mirror -dir mirror -build     # once, where there is a network
//	go run ./bench/window/mirror -dir mirror            # serve it; prints IMJOY_MIRRORS
//
// The copy of https://HOST/PATH is the file HOST/PATH, or HOST/PATH/.index where PATH is
// a folder as well. sources.txt says where each comes from; packages come from the npm
// registry, whose answers are kept when they are asked for the first time with -fill.
package main

import (
	"archive/tar"
	"bufio"
	"compress/gzip"
	_ "embed"
	"errors"
	"flag"
	"fmt"
	"io"
	"io/fs"
	"log"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"strings"
	"time"
)

//go:embed sources.txt
var sources string

const registry = "registry.npmjs.org"

func main() {
	log.SetFlags(0)
	dir := flag.String("dir", "mirror", "folder of the copies")
	address := flag.String("listen", "127.0.0.1:8973", "where to serve")
	build := flag.Bool("build", false, "make the copies of sources.txt and end")
	clones := flag.String("clones", "clones", "with -build: folder of git repositories, OWNER/NAME; those that lack are cloned from GitHub")
	fill := flag.Bool("fill", false, "ask the npm registry for what there is no copy of")
	flag.Parse()
	if *build {
		if err := copySources(*dir, *clones); err != nil {
			log.Fatal(err)
		}
		return
	}
	if err := serve(*dir, *address, *fill); err != nil {
		log.Fatal(err)
	}
}

// copySources writes a copy of each address of sources.txt that can be had.
func copySources(dir, clones string) (failed error) {
	lines := bufio.NewScanner(strings.NewReader(sources))
	for lines.Scan() {
		words := strings.Fields(lines.Text())
		if len(words) == 0 || strings.HasPrefix(words[0], "#") {
			continue
		}
		if len(words) != 2 {
			return fmt.Errorf("sources.txt: %q is not ADDRESS SOURCE", lines.Text())
		}
		text, err := read(clones, words[1])
		if err != nil {
			failed = errors.Join(failed, fmt.Errorf("%s: %w", words[0], err))
			continue
		}
		_, place, _ := strings.Cut(words[0], "://")
		if err := keep(filepath.Join(dir, filepath.FromSlash(place)), text); err != nil {
			return err
		}
		fmt.Println(words[0], len(text))
	}
	return errors.Join(failed, keep(filepath.Join(dir, registry, ".index"), []byte("{}\n")))
}

func read(clones, source string) ([]byte, error) {
	if file, ok := strings.CutPrefix(source, "npm:"); ok {
		return fromPackage(file)
	}
	return fromGit(clones, source)
}

// fromPackage reads NAME@VERSION/PATH out of the package as npm has it.
func fromPackage(source string) ([]byte, error) {
	named, file, _ := strings.Cut(source, "/")
	name, version, _ := strings.Cut(named, "@")
	response, err := http.Get(fmt.Sprintf("https://%s/%s/-/%s-%s.tgz", registry, name, name, version))
	if err != nil {
		return nil, err
	}
	defer response.Body.Close()
	unpacked, err := gzip.NewReader(response.Body)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", response.Status, err)
	}
	for entries := tar.NewReader(unpacked); ; {
		entry, err := entries.Next()
		if err != nil {
			return nil, fmt.Errorf("find %s: %w", file, err)
		}
		if entry.Name == "package/"+file {
			return io.ReadAll(entries)
		}
	}
}

func fromGit(clones, source string) ([]byte, error) {
	repository, file, ok := strings.Cut(strings.TrimPrefix(source, "github:"), ":")
	name, commit, pinned := strings.Cut(repository, "@")
	if !ok || !pinned || !strings.HasPrefix(source, "github:") {
		return nil, fmt.Errorf("%q is not github:OWNER/NAME@COMMIT:PATH", source)
	}
	clone := filepath.Join(clones, filepath.FromSlash(name))
	if _, err := os.Stat(clone); err != nil {
		if out, err := exec.Command("git", "clone", "--quiet", "--bare", "https://github.com/"+name, clone).CombinedOutput(); err != nil {
			return nil, fmt.Errorf("clone %s: %w: %s", name, err, out)
		}
	}
	text, err := exec.Command("git", "-C", clone, "show", commit+":"+file).Output()
	if err != nil {
		return nil, fmt.Errorf("read %s: %w", source, err)
	}
	return text, nil
}

func keep(file string, text []byte) error {
	if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
		return err
	}
	return os.WriteFile(file, text, 0o644)
}

func serve(dir, address string, fill bool) error {
	hosts, err := os.ReadDir(dir)
	if err != nil {
		return err
	}
	l, err := net.Listen("tcp", address)
	if err != nil {
		return err
	}
	var rules []string
	for _, host := range hosts {
		if host.IsDir() {
			rules = append(rules, fmt.Sprintf("https://%s=http://%s/%s", host.Name(), l.Addr(), host.Name()))
		}
	}
	fmt.Printf("export IMJOY_MIRRORS=%s IMJOY_CDN=npm\n", strings.Join(rules, ","))
	return http.Serve(l, copies{os.DirFS(dir), dir, fill})
}

type copies struct {
	files fs.FS
	dir   string
	fill  bool
}

func (c copies) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	name := strings.TrimPrefix(path.Clean(r.URL.Path), "/")
	for _, file := range []string{name, name + "/.index"} {
		if text, err := fs.ReadFile(c.files, file); err == nil {
			http.ServeContent(w, r, path.Base(name), time.Time{}, strings.NewReader(string(text)))
			return
		}
	}
	if rest, ok := strings.CutPrefix(name, registry+"/"); ok && c.fill && rest != "" {
		c.ask(w, r, name)
		return
	}
	log.Println("no copy of", name)
	http.NotFound(w, r)
}

// ask answers from the registry, and keeps the answer.
func (c copies) ask(w http.ResponseWriter, r *http.Request, name string) {
	response, err := http.Get("https://" + registry + strings.TrimPrefix(r.URL.EscapedPath(), "/"+registry))
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadGateway)
		return
	}
	defer response.Body.Close()
	text, err := io.ReadAll(response.Body)
	if err != nil || response.StatusCode != http.StatusOK {
		http.Error(w, response.Status, response.StatusCode)
		return
	}
	if err := keep(filepath.Join(c.dir, filepath.FromSlash(name), ".index"), text); err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", response.Header.Get("Content-Type"))
	_, _ = w.Write(text)
}
