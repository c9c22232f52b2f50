package kind_test

import (
	"testing"

	"github.com/maas-kinds/maas/engine/kind"
)

func TestExpectation(t *testing.T) {
	for name, tc := range map[string]struct {
		status                   int
		contentType              string
		noPage, json, acceptable bool
	}{
		"a list of models":               {200, "application/json", true, true, true},
		"with its charset, as Ollama":    {200, "application/json; charset=utf-8", true, true, true},
		"in capitals, as media types go": {200, "Application/JSON", true, true, true},
		"a type made of JSON":            {200, "application/vnd.models+json", true, true, true},
		"a login page":                   {200, "text/html", false, false, true},
		"with its charset":               {200, "text/html; charset=utf-8", false, false, true},
		"in capitals":                    {200, "TEXT/HTML", false, false, true},
		"a space before the charset":     {200, "text/html ;charset=utf-8", false, false, true},
		"a page of XML":                  {200, "application/xhtml+xml", false, false, true},
		"text that is no page":           {200, "text/plain", true, false, true},
		"a type that begins alike":       {200, "application/jsonp", true, false, true},
		"no type":                        {200, "", true, false, true},
		"nothing, as of 204":             {204, "", true, false, true},
		"another page that succeeds":     {299, "text/html", false, false, true},
		"405 says all by itself":         {405, "text/html", true, true, true},
	} {
		t.Run(name, func(t *testing.T) {
			for expected, want := range map[kind.Expectation]bool{
				"": tc.noPage, kind.ExpectNoPage: tc.noPage, kind.ExpectJSON: tc.json, kind.ExpectAnything: tc.acceptable,
			} {
				if got := expected.Meets(tc.status, tc.contentType); got != want {
					t.Errorf("%d %q meets %q: %t, want %t", tc.status, tc.contentType, expected, got, want)
				}
			}
		})
	}
}
