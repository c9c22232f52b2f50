package api

import (
	"container/list"
	"crypto/tls"
	"errors"
	"net"
	"net/http"
	"sync"

	"github.com/prometheus/client_golang/prometheus"
)

// connections bounds how many connections clients have. Whoever comes when
// there are as many takes the place of the one that has waited longest for its
// client's next request, or for its first, or for the rest of one. Where each
// is answering a request, the newcomer is closed.
type connections struct {
	most int

	mu sync.Mutex
	// waiting has the connection that has waited longest in front.
	waiting   *list.List
	answering int
	displaced prometheus.Counter
	refused   prometheus.Counter
}

func newConnections(most int) *connections {
	closed := prometheus.NewCounterVec(prometheus.CounterOpts{
		Name: "maas_api_connections_closed_total",
		Help: "Connections closed because of --max-connections: displaced while they waited for a request, or refused.",
	}, []string{"reason"})
	return &connections{
		most: most, waiting: list.New(),
		displaced: closed.WithLabelValues("displaced"), refused: closed.WithLabelValues("refused"),
	}
}

// enter takes in a connection. It gives the one that has to be closed for it;
// false means that there is no room.
func (s *connections) enter(c *clientConnection) (displaced *clientConnection, ok bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.waiting.Len()+s.answering >= s.most {
		front := s.waiting.Front()
		if front == nil {
			s.refused.Inc()
			return nil, false
		}
		displaced, _ = s.waiting.Remove(front).(*clientConnection)
		displaced.place, displaced.gone = nil, true
		s.displaced.Inc()
	}
	c.place = s.waiting.PushBack(c)
	return displaced, true
}

// answer says whether a connection is answering a request.
func (s *connections) answer(c *clientConnection, answering bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	switch {
	case c.gone:
	case answering && c.place != nil:
		s.waiting.Remove(c.place)
		c.place = nil
		s.answering++
	case !answering && c.place != nil:
		s.waiting.MoveToBack(c.place)
	case !answering:
		c.place = s.waiting.PushBack(c)
		s.answering--
	}
}

// leave takes out a connection.
func (s *connections) leave(c *clientConnection) {
	s.mu.Lock()
	defer s.mu.Unlock()
	switch {
	case c.gone:
		return
	case c.place != nil:
		s.waiting.Remove(c.place)
	default:
		s.answering--
	}
	c.place, c.gone = nil, true
}

func (s *connections) count() (waiting, answering int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.waiting.Len(), s.answering
}

// follow is an http.Server.ConnState. net/http calls a connection active from
// the end of a request's header to the end of the reply.
func (s *connections) follow(conn net.Conn, state http.ConnState) {
	if secure, ok := conn.(*tls.Conn); ok {
		conn = secure.NetConn()
	}
	if c, ok := conn.(*clientConnection); ok && (state == http.StateActive || state == http.StateIdle) {
		s.answer(c, state == http.StateActive)
	}
}

// clientConnection is a connection that is counted until it is closed.
type clientConnection struct {
	net.Conn
	among *connections
	// place is among those that wait; nil while a request is answered. It and
	// gone belong to connections.
	place *list.Element
	gone  bool
}

// Close implements net.Conn.
func (c *clientConnection) Close() error {
	c.among.leave(c)
	return c.Conn.Close()
}

// CloseWrite lets net/http end a reply so that the client gets to read it.
func (c *clientConnection) CloseWrite() error {
	if half, ok := c.Conn.(interface{ CloseWrite() error }); ok {
		return half.CloseWrite()
	}
	return errors.ErrUnsupported
}

// boundedListener accepts connections as connections lets them in.
type boundedListener struct {
	net.Listener
	among *connections
}

// Accept implements net.Listener.
func (l boundedListener) Accept() (net.Conn, error) {
	for {
		conn, err := l.Listener.Accept()
		if err != nil {
			return nil, err
		}
		c := &clientConnection{Conn: conn, among: l.among}
		displaced, ok := l.among.enter(c)
		if displaced != nil {
			_ = displaced.Conn.Close()
		}
		if ok {
			return c, nil
		}
		_ = conn.Close()
	}
}

// Describe implements prometheus.Collector.
func (s *connections) Describe(ch chan<- *prometheus.Desc) { prometheus.DescribeByCollect(s, ch) }

// Collect implements prometheus.Collector.
func (s *connections) Collect(ch chan<- prometheus.Metric) {
	waiting, answering := s.count()
	desc := prometheus.NewDesc("maas_api_connections", "Connections of clients: waiting for a request, or answering one.", []string{"state"}, nil)
	ch <- prometheus.MustNewConstMetric(desc, prometheus.GaugeValue, float64(waiting), "waiting")
	ch <- prometheus.MustNewConstMetric(desc, prometheus.GaugeValue, float64(answering), "answering")
	ch <- s.displaced
	ch <- s.refused
}
