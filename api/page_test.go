package api

import (
	"fmt"
	"net/http"
	"runtime"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/maas-kinds/maas/api/access"
	"github.com/maas-kinds/maas/api/question"
	"github.com/maas-kinds/maas/conformance/testenv"
)

// A list is the same to the byte whether there was room to join it or not, however
// it is asked for.
func TestListsWithoutRoomAreTheSame(t *testing.T) {
	backend := startBackend(t, admits("alice"))
	var replies [2]map[string]string
	for i, most := range []uint32{maxPages, 1 << 10} {
		s := startService(t, loopback(), spread(backend.URL, 500)...)
		s.handler.pages.close()
		var err error
		if s.handler.pages, err = newPages(most); err != nil {
			t.Fatal(err)
		}
		replies[i] = map[string]string{}
		for name, ask := range map[string]struct {
			method, path string
			headers      header
		}{
			"the list":             {http.MethodGet, "/v1/models", nil},
			"the same again":       {http.MethodGet, "/v1/models", nil},
			"a part of it":         {http.MethodGet, "/v1/models?ready=true", nil},
			"none of it":           {http.MethodGet, "/v1/models?ready=false", nil},
			"its header":           {http.MethodHead, "/v1/models", nil},
			"if it has changed":    {http.MethodGet, "/v1/models", header{"If-None-Match": s.get(t, "/v1/models", "alice").Header.Get("Etag")}},
			"if it is not another": {http.MethodGet, "/v1/models", header{"If-None-Match": `"another"`}},
		} {
			got := s.do(t, ask.method, ask.path, "alice", ask.headers)
			replies[i][name] = fmt.Sprintln(got.Status, got.Header.Get("Etag"), got.Header.Get("Content-Type"), got.Header.Get("Content-Length"), got.body)
		}
		packed := s.get(t, "/v1/models", "alice", header{"Accept-Encoding": "gzip"})
		if coding := packed.Header.Get("Content-Encoding"); (coding == "gzip") != (most == maxPages) {
			t.Errorf("with room for %d bytes the coding is %q", most, coding)
		}
	}
	if diff := cmp.Diff(replies[0], replies[1]); diff != "" {
		t.Errorf("-joined +not joined:\n%s", diff)
	}
}

// However many lists differ, and however long they are being sent, their copies
// take what is set aside for them. It is free again when they are sent.
func TestJoinedListsAreBounded(t *testing.T) {
	s := startService(t, loopback(), spread("http://127.0.0.1:1", 500)...)
	const most = 1 << 20
	ps, err := newPages(most)
	if err != nil {
		t.Fatal(err)
	}
	defer ps.close()
	snapshot := s.source.Snapshot()
	func() {
		under := make([]*page, 400)
		taken, unjoined := int64(0), 0
		for i := range under {
			verdicts := &access.Verdicts{Decisions: slices.Repeat([]access.Decision{access.Allowed}, 500)}
			verdicts.Decisions[i] = access.Denied
			var err error
			if under[i], err = ps.list(snapshot, question.Question{}, verdicts, nil); err != nil {
				t.Fatal(err)
			}
			if under[i].unjoined {
				unjoined++
			} else {
				taken += weight(under[i].plain.size)
			}
		}
		if taken > 2*most || unjoined == 0 {
			t.Errorf("%d lists were joined and take %d bytes, %d are not", len(under)-unjoined, taken, unjoined)
		}
		runtime.KeepAlive(under)
	}()
	ps.cache.InvalidateAll()
	testenv.Eventually(t, time.Minute, func() error {
		runtime.GC()
		if !ps.room.TryAcquire(2 * most) {
			return fmt.Errorf("the room is not free again")
		}
		return nil
	})
}
