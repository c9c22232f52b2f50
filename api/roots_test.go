package api

import (
	"encoding/pem"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// The file of --backend-ca-file is read to a limit: a wrong path may lead to a
// disk's worth of data.
func TestRootsAreBounded(t *testing.T) {
	server := httptest.NewTLSServer(http.NotFoundHandler())
	defer server.Close()
	certificate := string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: server.Certificate().Raw}))
	padded := func(size int) string { return certificate + strings.Repeat("\n", size-len(certificate)) }
	for name, test := range map[string]struct{ content, says string }{
		"a certificate":        {certificate, ""},
		"as long as it may be": {padded(1 << 20), ""},
		"a byte longer":        {padded(1<<20 + 1), "it has 1048577 bytes, and a file of certificates may have 1048576"},
		"no certificate":       {"a: 1\n", "holds no certificate in PEM"},
	} {
		t.Run(name, func(t *testing.T) {
			file := filepath.Join(t.TempDir(), "ca.pem")
			if err := os.WriteFile(file, []byte(test.content), 0o600); err != nil {
				t.Fatal(err)
			}
			roots, err := readRoots(file)
			if (err == nil) != (test.says == "") || err != nil && !(strings.Contains(err.Error(), test.says) && strings.Contains(err.Error(), file)) {
				t.Errorf("got %v, want it to say %q of %s", err, test.says, file)
			}
			if (roots == nil) != (test.says != "") {
				t.Errorf("the roots are %v", roots)
			}
		})
	}
}
