package api

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/maas-kinds/maas/api/v1alpha1"
	"github.com/maas-kinds/maas/conformance/testenv"
)

// Clients of HTTP/1 that ask for long lists and do not read them cost no other
// caller a list, or a model of it. TestUnread says whose reply is cut off, and
// conformance/attacks has the same over HTTP/2.
func TestSlowReadersCostNobodyAModel(t *testing.T) {
	const turns = 4
	long, short := startBackend(t, admits("slow")), startBackend(t, admits("alice", "bob"))
	o := loopback()
	o.MaxRequests = turns
	s := newService(t, nil, o)
	models := []*v1alpha1.MaaSModel{model("b/granite", short.URL), model("c/zephyr", short.URL)}
	for i := range 900 { // 12 MB, more than the kernel takes for both ends
		models = append(models, model(fmt.Sprintf("a/m%03d", i), long.URL, func(m *v1alpha1.MaaSModel) {
			m.Status.Model = &v1alpha1.ModelInfo{Description: strings.Repeat("x", 13<<10)}
		}))
	}
	s.show(t, models...)
	address := serveOn(t, s, o, false).address
	const request = "GET /v1/models HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer slow\r\n\r\n"
	for i := range 8 * turns {
		connection, _ := speak(t, address, request)
		_ = connection.SetReadBuffer(4 << 10)
		if i%turns == 0 { // so that none is turned away for too many at work
			testenv.Eventually(t, soon, func() error {
				if s.waitingToBeRead() <= min(i, turns/2) {
					return fmt.Errorf("%d replies wait to be read", s.waitingToBeRead())
				}
				return nil
			})
		}
	}
	for _, token := range []string{"alice", "bob", "alice", "bob", "alice"} {
		connection, reader := speak(t, address, strings.ReplaceAll(request, "slow", token))
		got := readReply(t, reader)
		if got.StatusCode != http.StatusOK || !slices.Equal(got.ids(t), []string{"granite", "zephyr"}) || got.Header.Get("X-Models-Incomplete") != "" {
			t.Errorf("%s: status %d, %v, %.300s", token, got.StatusCode, got.Header, got.body)
		}
		_ = connection.Close()
	}
	if s.waitingToBeRead() == 0 {
		t.Error("nobody was slow, so that nothing is known")
	}
}

func (s *service) waitingToBeRead() int {
	s.handler.unread.mu.Lock()
	defer s.handler.unread.mu.Unlock()
	return s.handler.unread.order.Len()
}
