package main

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"fmt"
	"io"
	"log"
	"math/big"
	"net"
	"net/http"
	"net/http/cgi"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"
)

// TestInstallByAProxy runs the real program on a machine that reaches nothing but a
// CONNECT proxy: GitHub and a git repository, both in TLS with a certificate of the house.
func TestInstallByAProxy(t *testing.T) {
	if runtime.GOOS != "linux" {
		t.Skip("certificates are named by SSL_CERT_FILE on Linux only")
	}
	m := newMachine(t)
	names := []string{"api.github.com", "raw.githubusercontent.com", "git.example.org"}
	certificate, file := houseCertificate(t, names)
	origin := httptest.NewUnstartedServer(outside(m.gitBackend()))
	origin.TLS = &tls.Config{Certificates: []tls.Certificate{certificate}}
	origin.Config.ErrorLog = log.New(io.Discard, "", 0)
	origin.StartTLS()
	t.Cleanup(origin.Close)
	proxy, asked := connectProxy(t, origin.Listener.Addr().String())
	m.env["SSL_CERT_FILE"] = file
	m.env["HTTPS_PROXY"] = strings.Replace(proxy, "http://", "http://me:s3cr3t@", 1)
	m.env["IMJOY_MIRRORS"] = ""
	for _, step := range []struct {
		address, tunnel string
		ok              bool
	}{
		{"lab/p:Main", "api.github.com:443", true},
		{"git+https://git.example.org/repo.git:Other", "git.example.org:443", true},
		{"https://printer.local/x.imjoy.html", "", false},
		{"git+https://10.0.0.1/x.git:X", "", false},
		{"https://169.254.169.254/x.imjoy.html", "", false},
	} {
		cmd, out := m.process("install", step.address)
		err := cmd.Wait()
		if (err == nil) != step.ok {
			t.Errorf("install %s: %v: %s", step.address, err, out)
		}
		if strings.Contains(out.String(), "s3cr3t") {
			t.Errorf("the password of the proxy is told: %s", out)
		}
		tunnels := asked()
		if step.ok != slices.Contains(tunnels, step.tunnel) || !step.ok && len(tunnels) > 0 {
			t.Errorf("install %s: the proxy was asked for %q", step.address, tunnels)
		}
	}
	if got := m.installed(); len(got) != 2 {
		t.Errorf("installed: %q", got)
	}
}

// outside is the world behind the proxy.
func outside(git http.Handler) http.HandlerFunc {
	const commit = "0123456789abcdef0123456789abcdef01234567"
	return func(w http.ResponseWriter, r *http.Request) {
		switch r.Host + r.URL.Path {
		case "api.github.com/repos/lab/p/commits/HEAD":
			fmt.Fprint(w, commit)
		case "raw.githubusercontent.com/lab/p/" + commit + "/manifest.imjoy.json":
			fmt.Fprint(w, `{"plugins": [{"name": "Main", "type": "web-worker"}]}`)
		case "raw.githubusercontent.com/lab/p/" + commit + "/Main.imjoy.html":
			fmt.Fprint(w, scriptPlugin("Main"))
		default:
			if r.Host == "git.example.org" {
				git.ServeHTTP(w, r)
				return
			}
			http.NotFound(w, r)
		}
	}
}

// gitBackend serves a repository with one plugin as git hosts do.
func (m *machine) gitBackend() http.Handler {
	git, err := exec.LookPath("git")
	if err != nil {
		m.Fatal(err)
	}
	root := filepath.Join(m.dir, "outside")
	work, repo := filepath.Join(root, "work"), filepath.Join(root, "repo.git")
	if err := os.MkdirAll(work, 0o700); err != nil {
		m.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(work, "Other.imjoy.html"), []byte(scriptPlugin("Other")), 0o600); err != nil {
		m.Fatal(err)
	}
	for _, args := range [][]string{{"init", "-q"}, {"add", "-A"}, {"commit", "-q", "-m", "1"}, {"clone", "-q", "--bare", ".", repo}} {
		cmd := exec.Command(git, append([]string{"-c", "user.name=t", "-c", "user.email=t@example.org"}, args...)...)
		cmd.Dir = work
		if out, err := cmd.CombinedOutput(); err != nil {
			m.Fatalf("git %v: %v: %s", args, err, out)
		}
	}
	return &cgi.Handler{Path: git, Args: []string{"http-backend"}, Env: []string{"GIT_PROJECT_ROOT=" + root, "GIT_HTTP_EXPORT_ALL=1"}}
}

// houseCertificate makes a certificate for hosts that signs itself, and a file with it.
func houseCertificate(t *testing.T, names []string) (tls.Certificate, string) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "house"}, DNSNames: names, IsCA: true, BasicConstraintsValid: true,
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour),
		KeyUsage: x509.KeyUsageDigitalSignature | x509.KeyUsageCertSign, ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth},
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	if err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(t.TempDir(), "house.pem")
	if err := os.WriteFile(file, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}), 0o600); err != nil {
		t.Fatal(err)
	}
	return tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key}, file
}

// connectProxy tunnels every host to one server, and tells for which it was asked since
// the last time.
func connectProxy(t *testing.T, to string) (url string, asked func() []string) {
	t.Helper()
	var mu sync.Mutex
	var list []string
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		mu.Lock()
		list = append(list, r.Host)
		mu.Unlock()
		there, err := net.Dial("tcp", to)
		if err != nil || r.Method != http.MethodConnect || r.Header.Get("Proxy-Authorization") == "" {
			w.WriteHeader(http.StatusBadGateway)
			return
		}
		defer there.Close()
		here, in, err := w.(http.Hijacker).Hijack()
		if err != nil {
			return
		}
		defer here.Close()
		fmt.Fprint(here, "HTTP/1.1 200 Connection established\r\n\r\n")
		go io.Copy(there, in)
		io.Copy(here, there)
	}))
	t.Cleanup(s.Close)
	return s.URL, func() []string {
		mu.Lock()
		defer mu.Unlock()
		told := list
		list = nil
		return told
	}
}
