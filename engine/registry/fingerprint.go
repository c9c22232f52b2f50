package registry

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io/fs"
	"path"
	"strings"

	"github.com/maas-kinds/maas/engine/kind/folder"
)

// fingerprint is another one when anything that can be a kind-spec is: a name,
// or what is written under it. What cannot be read is part of it as such.
func fingerprint(tree fs.FS) string {
	sum := sha256.New()
	note := func(name string) {
		content, err := folder.ReadSpec(tree, name)
		_, _ = fmt.Fprintf(sum, "%q %q %v\n", name, content, err)
	}
	entries, err := folder.ReadDir(tree, ".")
	_, _ = fmt.Fprintf(sum, "%v\n", err)
	for _, entry := range entries {
		name := entry.Name()
		if strings.HasPrefix(name, ".") {
			continue
		}
		info, err := fs.Stat(tree, name)
		switch {
		case err != nil:
			_, _ = fmt.Fprintf(sum, "%q %v\n", name, err)
		case info.IsDir():
			note(path.Join(name, "kind.yaml"))
		case path.Ext(name) == ".yaml" || path.Ext(name) == ".yml":
			note(name)
		}
	}
	return hex.EncodeToString(sum.Sum(nil))
}
