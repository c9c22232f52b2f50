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
// caller's, the loop marker, and nothing else of the caller's request.
func (t *Target) header(caller *Caller) http.Header {
	header := make(http.Header, len(t.probe.Headers)+len(caller.header)+3)
	for name, value := range t.probe.Headers {
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

// linesOf gives the header lines of a caller's probes, but for those of kinds.
func linesOf(caller *Caller) func() []byte {
	return sync.OnceValue(func() []byte { return lines((&Target{}).header(caller)) })
}

func lines(header http.Header) []byte {
	var lines bytes.Buffer
	_ = header.Write(&lines) // a buffer takes all
	return lines.Bytes()
}

// request is what goes over the wire.
func (p *probing) request(r *http.Request) ([]byte, error) {
	if p.hasOwnHeader {
		var request bytes.Buffer
		err := r.Write(&request)
		return request.Bytes(), err
	}
	header := p.caller.lines
	if len(p.target.probe.Headers) > 0 {
		header = func() []byte { return lines(r.Header) }
	}
	of := header()
	request := make([]byte, 0, len(p.target.firstLines)+len(of)+2)
	request = append(append(request, p.target.firstLines...), of...)
	return append(request, "\r\n"...), nil
}
