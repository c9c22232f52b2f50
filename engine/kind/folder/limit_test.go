package folder_test

import (
	"errors"
	"io"
	"io/fs"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/maas-kinds/maas/engine/kind/folder"
)

// endless is a file that says it is empty, as files of /proc do, and is not.
type endless struct{ fs.FileInfo }

func (endless) Open(string) (fs.File, error)         { return endless{}, nil }
func (endless) Stat() (fs.FileInfo, error)           { return endless{}, nil }
func (endless) Mode() fs.FileMode                    { return 0o444 }
func (endless) Size() int64                          { return 0 }
func (endless) Close() error                         { return nil }
func (endless) Read(into []byte) (int, error)        { return len(into), nil }
func (endless) ReadDir(n int) ([]fs.DirEntry, error) { return make([]fs.DirEntry, n), nil }

func TestLimit(t *testing.T) {
	limit := folder.Limit{What: "a letter", Bytes: 5}
	for name, test := range map[string]struct {
		read func() ([]byte, error)
		want string
	}{
		"as much as there may be":      {func() ([]byte, error) { return limit.ReadFile(fstest.MapFS{"a": {Data: []byte("12345")}}, "a") }, "12345"},
		"a byte more":                  {func() ([]byte, error) { return limit.ReadFile(fstest.MapFS{"a": {Data: []byte("123456")}}, "a") }, "reading a: it has 6 bytes, and a letter may have 5"},
		"no end, and says it is empty": {func() ([]byte, error) { return limit.ReadFile(endless{}, "a") }, "reading a: it has more than 5 bytes, and a letter may have 5"},
		"a stream without an end":      {func() ([]byte, error) { return limit.Read(endless{}) }, "it has more than 5 bytes, and a letter may have 5"},
		"a pipe is not opened":         {func() ([]byte, error) { return limit.ReadFile(fstest.MapFS{"a": {Mode: fs.ModeNamedPipe}}, "a") }, "reading a: it is no regular file"},
		"a folder of too much": {func() ([]byte, error) {
			_, err := folder.ReadDir(endless{}, "cases")
			return nil, err
		}, "reading cases: it holds more than 1000 entries: put kinds into folders of their own"},
		"no folder": {func() ([]byte, error) {
			_, err := folder.ReadDir(fstest.MapFS{"a": {}}, "a")
			return nil, err
		}, "reading a: it is no folder"},
		"a reader that fails": {func() ([]byte, error) { return limit.Read(io.MultiReader(strings.NewReader("1"), failing{})) }, "it fails"},
	} {
		t.Run(name, func(t *testing.T) {
			content, err := test.read()
			got := string(content)
			if err != nil {
				got = err.Error()
			}
			if got != test.want {
				t.Errorf("got %q, want %q", got, test.want)
			}
		})
	}
}

type failing struct{}

func (failing) Read([]byte) (int, error) { return 0, errors.New("it fails") }
