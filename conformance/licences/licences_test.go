package licences_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/maas-kinds/maas/conformance/licences"
)

func TestCheck(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		document string
		want     []string
		fails    bool
	}{
		"one that is allowed":           {`{"components": [{"name": "a", "version": "v1", "licenses": [{"license": {"id": "MIT"}}]}]}`, nil, false},
		"seen in the module":            {`{"components": [{"name": "a", "version": "v1", "evidence": {"licenses": [{"license": {"id": "MIT"}}]}}]}`, nil, false},
		"one of two may be chosen":      {`{"components": [{"name": "a", "version": "v1", "licenses": [{"license": {"id": "GPL-3.0"}}, {"license": {"id": "MIT"}}]}]}`, nil, false},
		"one that is not allowed":       {`{"components": [{"name": "b", "version": "v2", "licenses": [{"license": {"id": "BUSL-1.1"}}]}, {"name": "a", "version": "v1", "licenses": [{"license": {"name": "mine"}}]}]}`, []string{"a v1: mine is not allowed", "b v2: BUSL-1.1 is not allowed"}, false},
		"an expression is not taken":    {`{"components": [{"name": "a", "version": "v1", "licenses": [{"expression": "MIT AND GPL-3.0"}]}]}`, []string{"a v1: MIT AND GPL-3.0 is not allowed"}, false},
		"none that anybody has found":   {`{"components": [{"name": "a", "version": "v1"}]}`, []string{"a v1: no licence was found in it"}, false},
		"a document of nothing":         {`{"components": []}`, nil, true},
		"half a document":               {`{"components": [{"name": "a"`, nil, true},
		"what is no CycloneDX document": {`[]`, nil, true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got, err := licences.Check([]byte(test.document), licences.Allowed())
			if diff := cmp.Diff(test.want, got); diff != "" || (err != nil) != test.fails {
				t.Errorf("error %v, want one: %v; (-want +got):\n%s", err, test.fails, diff)
			}
		})
	}
}
