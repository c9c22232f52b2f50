package authors_test

import (
	"crypto/rand"
	"crypto/sha256"
	"fmt"
	"io"
	"io/fs"
	"net"
	"os"
	"path"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

// scene is a folder that an author fills, beside the home of the one who runs
// the command.
type scene struct {
	t testing.TB
	// root holds work, which the author fills and where the command runs, and
	// home, which is the user's own.
	root string
	// mark is what every secret of the user's has in it.
	mark string
}

// The files of work, as they are before the author comes.
const (
	kindFile   = "kinds/Widget/kind.yaml"
	pinFile    = "kinds/Widget/referent.yaml"
	caseFile   = "kinds/Widget/cases.yaml"
	objectFile = "object.yaml"
	crdFile    = "crd.yaml"
)

func newScene(t testing.TB) *scene {
	t.Helper()
	s := &scene{t: t, root: t.TempDir(), mark: "mark-" + rand.Text()}
	from := filepath.Join("..", "..", "testdata", "sound")
	s.must(os.CopyFS(s.path("kinds/Widget"), os.DirFS(filepath.Join(from, "Widget"))))
	crd, err := os.ReadFile(filepath.Join(from, "crd.yaml"))
	s.must(err)
	s.write(crdFile, string(crd))
	s.write("crds/widgets.yaml", string(crd))
	object, err := os.ReadFile(filepath.Join(from, "object.yaml"))
	s.must(err)
	s.write(objectFile, string(object))
	for name, content := range map[string]string{
		"secret":           s.mark + "\n",
		"config.yaml":      "users: [{name: me, user: {token: " + s.mark + "}}]\n",
		"broken.yaml":      "token: {" + s.mark + "\n",
		"Widget.yaml":      strings.ReplaceAll(s.read(kindFile), "spec:\n", "spec:\n  "+s.mark+": "+s.mark+"\n"),
		"Widget/kind.yaml": strings.ReplaceAll(s.read(kindFile), "A kind that", s.mark+" that"),
		"cases.yaml":       "kind: " + s.mark + "\n",
	} {
		s.write("../home/"+name, content)
	}
	return s
}

func (s *scene) must(err error) {
	s.t.Helper()
	if err != nil {
		s.t.Fatal(err)
	}
}

// path of something in work.
func (s *scene) path(name string) string {
	return filepath.Join(s.root, "work", filepath.FromSlash(name))
}

// room makes the folder that a file is in, and gives the file's path. What is
// there already goes.
func (s *scene) room(name string) string {
	s.t.Helper()
	file := s.path(name)
	s.must(os.MkdirAll(filepath.Dir(file), 0o750))
	s.must(os.RemoveAll(file))
	return file
}

func (s *scene) write(name string, content ...string) {
	s.t.Helper()
	file, err := os.Create(s.room(name))
	s.must(err)
	for _, part := range content {
		_, err = io.WriteString(file, part)
		s.must(err)
	}
	s.must(file.Close())
}

func (s *scene) read(name string) string {
	s.t.Helper()
	content, err := os.ReadFile(s.path(name))
	s.must(err)
	return string(content)
}

// replace changes a part of a file that has to be there.
func (s *scene) replace(name, old, text string) {
	s.t.Helper()
	content := s.read(name)
	if !strings.Contains(content, old) {
		s.t.Fatalf("%s has no %q", name, old)
	}
	s.write(name, strings.Replace(content, old, text, 1))
}

func (s *scene) link(name, target string) {
	s.t.Helper()
	s.must(os.Symlink(target, s.room(name)))
}

func (s *scene) folder(name string) {
	s.t.Helper()
	s.must(os.Mkdir(s.room(name), 0o750))
}

func (s *scene) fifo(name string) {
	s.t.Helper()
	s.must(syscall.Mkfifo(s.room(name), 0o600))
}

// socket makes one that nobody listens at. Its name is short where it is made:
// an address of that kind has a hundred bytes at most.
func (s *scene) socket(name string) {
	s.t.Helper()
	dir, err := os.MkdirTemp("", "s")
	s.must(err)
	short := filepath.Join(dir, "s")
	listener, err := net.ListenUnix("unix", &net.UnixAddr{Name: short, Net: "unix"})
	s.must(err)
	listener.SetUnlinkOnClose(false)
	s.must(listener.Close())
	s.must(os.Rename(short, s.room(name)))
	s.must(os.Remove(dir))
}

// snapshot says of everything below the root what it is and what is in it.
func (s *scene) snapshot() map[string]string {
	s.t.Helper()
	all := map[string]string{}
	s.must(filepath.WalkDir(s.root, func(file string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		name, err := filepath.Rel(s.root, file)
		if err != nil {
			return err
		}
		all[filepath.ToSlash(name)], err = stateOf(file, entry)
		return err
	}))
	return all
}

func stateOf(file string, entry fs.DirEntry) (string, error) {
	info, err := entry.Info()
	if err != nil {
		return "", err
	}
	state := info.Mode().String()
	switch {
	case entry.Type()&fs.ModeSymlink != 0:
		target, err := os.Readlink(file)
		return state + " " + target, err
	case entry.Type().IsRegular():
		content, err := os.Open(file)
		if err != nil {
			return "", err
		}
		defer func() { _ = content.Close() }()
		sum := sha256.New()
		_, err = io.Copy(sum, content)
		return fmt.Sprintf("%s %x", state, sum.Sum(nil)), err
	}
	return state, nil
}

// changes are those that the command had no right to.
func changes(before, after map[string]string, allowed []string) []string {
	var all []string
	note := func(name, what string) {
		for _, pattern := range allowed {
			if ok, _ := path.Match("work/"+pattern, name); ok {
				return
			}
		}
		all = append(all, fmt.Sprintf("%q was %s", name, what))
	}
	for name, state := range after {
		switch was, there := before[name]; {
		case !there:
			note(name, "made")
		case was != state:
			note(name, "changed")
		}
	}
	for name := range before {
		if _, there := after[name]; !there {
			note(name, "removed")
		}
	}
	return all
}
