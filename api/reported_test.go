package api

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/maas-kinds/maas/conformance/testenv"
)

// What a backend tells of its model is told to the caller whom it told, and to
// nobody else: not to one whom it turns away, nor to another whom it lets in and tells
// something else.
func TestReported(t *testing.T) {
	told := map[string]string{
		"Bearer alice": `{"data":[{"id":"granite","max_model_len":32768},{"id":"alices-adapter","parent":"granite"}]}`,
		"Bearer bob":   `{"data":[{"id":"granite","max_model_len":32768}]}`,
		"Bearer carol": `no JSON at all`,
		"Bearer dave":  `{"data":[{"id":"` + strings.Repeat("x", 70_000) + `"}]}`,
	}
	backend := startBackend(t, func(w http.ResponseWriter, r *http.Request) {
		body, known := told[r.Header.Get("Authorization")]
		if !known {
			w.WriteHeader(http.StatusForbidden)
			body = `{"data":[{"id":"secret","max_model_len":1}]}`
		}
		w.Header().Set("Content-Type", "application/json")
		_, _ = io.WriteString(w, body)
	})
	other := startBackend(t, admits("alice", "mallory"))
	s := startService(t, loopback(), model("a/granite", backend.URL), model("a/other", other.URL))
	for token, want := range map[string][]string{
		"alice":   {`granite {"context_length":32768,"names":["granite","alices-adapter"]}`, "other"},
		"bob":     {`granite {"context_length":32768,"names":["granite"]}`},
		"carol":   {"granite"}, // let in, and told nothing
		"dave":    {"granite"}, // what is longer than is read
		"mallory": {"other"},
		"nobody":  nil,
	} {
		t.Run(token, func(t *testing.T) {
			// The first list does not wait for what comes behind a verdict.
			testenv.Eventually(t, soon, func() error {
				got := s.get(t, "/v1/models?fields=reported", token)
				s.checkReply(t, "/v1/models", got)
				if diff := cmp.Diff(want, reported(t, got.body)); diff != "" {
					return fmt.Errorf("(-want +got):\n%s", diff)
				}
				return nil
			})
			if plain := s.get(t, "/v1/models", token).body; strings.Contains(plain, "adapter") || strings.Contains(plain, "reported") {
				t.Errorf("unasked it says %s", plain)
			}
			if whole := s.get(t, "/v1/models?fields=*", token).body; strings.Contains(whole, "reported") {
				t.Errorf("of all fields it says %s", whole)
			}
		})
	}
}

// reported are the ids of a list, each with what its backend has told.
func reported(t *testing.T, body string) []string {
	t.Helper()
	var list struct {
		Data []struct {
			ID       string
			Reported json.RawMessage
		}
	}
	if err := json.Unmarshal([]byte(body), &list); err != nil {
		t.Fatal(err)
	}
	var all []string
	for _, one := range list.Data {
		all = append(all, strings.TrimSpace(one.ID+" "+string(one.Reported)))
	}
	return all
}
