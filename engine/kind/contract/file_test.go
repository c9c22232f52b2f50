package contract_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/maas-kinds/maas/engine/kind/contract"
)

// Below a folder so much is looked at and no more: the folder may be a disk.
func TestFilesBelowAFolderAreBounded(t *testing.T) {
	dir := t.TempDir()
	write := func(name, content string) {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	write("crd.yaml", "apiVersion: apiextensions.k8s.io/v1\nkind: CustomResourceDefinition\nmetadata: {name: a}\n"+
		"spec: {group: example.com, scope: Namespaced, names: {plural: widgets, kind: Widget}, versions: [{name: v1, served: true, storage: true}]}\n")
	for i := range 10_000 - 2 { // the folder itself counts, and the file above
		write(fmt.Sprintf("%d.txt", i), "")
	}
	if contracts, err := contract.Files(dir); err != nil || len(contracts) != 1 {
		t.Errorf("of 10000 files and folders: %d contracts, %v", len(contracts), err)
	}
	write("one-more.txt", "")
	if _, err := contract.Files(dir); err == nil || !strings.Contains(err.Error(), "holds more than 10000 files and folders") {
		t.Errorf("of one more: %v", err)
	}
}
