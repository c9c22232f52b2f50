package access

import (
	"bytes"
	"net/http"
	"net/url"
	"sync"
)

// A probe sends what http.Request.Write makes of it. Most of that is the same for
// many probes, and is made once: the first lines for each target, and the header for
// each caller.

// firstLines are those of a request up to its header. The URL has been parsed, and
// leads to a host that may be asked.
func firstLines(method string, u *url.URL) []byte {
	var request bytes.Buffer
	// A header with an empty User-Agent is one that is not written. A buffer takes all.
	_ = (&http.Request{Method: method, URL: u, Host: u.Host, Header: http.Header{"User-Agent": {""}}}).Write(&request)
	return bytes.TrimSuffix(request.Bytes(), []byte("\r\n"))
}

// header is what a probe of the target carries: the kind's headers, the
// caller's, the loop marker, and nothing else of the caller's request. It is shared.
func (t *Target) header(caller *Caller) http.Header {
	if len(t.probe.Headers) == 0 {
		return caller.sends().header
	}
	return headerOf(t.probe.Headers, caller)
}

func headerOf(own map[string]string, caller *Caller) http.Header {
	header := make(http.Header, len(own)+len(caller.header)+3)
	for name, value := range own {
		header[name] = []string{value}
	}
	for name, values := range caller.header {
		header[name] = values
	}
	header[MarkerHeader] = []string{"1"}
	if _, forwarded := header["User-Agent"]; !forwarded {
		header["User-Agent"] = []string{"maas-api"}
	}
	return header
}

// sent is a header, and the lines that are written of it.
type sent struct {
	header http.Header
	lines  []byte
}

func (c *Caller) sending() func() sent {
	return sync.OnceValue(func() sent {
		header := headerOf(nil, c)
		var lines bytes.Buffer
		_ = header.Write(&lines) // a buffer takes all
		return sent{header, lines.Bytes()}
	})
}

// request is what goes over the wire.
func (p *probing) request(r *http.Request) ([]byte, error) {
	if p.hasOwnHeader || len(p.target.probe.Headers) > 0 {
		var request bytes.Buffer
		err := r.Write(&request)
		return request.Bytes(), err
	}
	lines := p.caller.sends().lines
	request := make([]byte, 0, len(p.target.firstLines)+len(lines)+2)
	request = append(append(request, p.target.firstLines...), lines...)
	return append(request, "\r\n"...), nil
}
