package attacks

import (
	"fmt"
	"net/http"
	"strings"
)

// elsewhere is an address outside of the cluster, at which a stranger waits.
const elsewhere = "203.0.113.5"

// redirects are answers that send the prober, and with it the token, elsewhere.
func redirects() []attack {
	const why = "a client that follows takes the token along"
	var found []attack
	for _, status := range []int{300, 301, 302, 303, 304, 305, 306, 307, 308} {
		notices := []fault{followsRedirects}
		if status == http.StatusMultipleChoices || (status > 303 && status < 307) { // Go's client does not follow these
			notices = []fault{failsOpen}
		}
		found = append(found, answers(fmt.Sprintf("redirect %d to another host", status), why,
			fmt.Sprintf("HTTP/1.1 %d Elsewhere\r\nLocation: http://"+elsewhere+"/v1/models\r\nContent-Length: 0\r\n\r\n", status), notices...))
	}
	for name, location := range map[string]string{
		"another port":              "http://" + elsewhere + ":8000/",
		"https":                     "https://" + elsewhere + "/",
		"a scheme of its own":       "//" + elsewhere + "/",
		"credentials":               "http://user:password@" + elsewhere + "/",
		"the metadata service":      "http://169.254.169.254/latest/meta-data/",
		"the metadata service, v6":  "http://[fd00:ec2::254]/latest/meta-data/",
		"the API server":            "https://10.96.0.1:443/api",
		"loopback":                  "http://127.0.0.1:8000/",
		"a Service of someone else": "http://10.96.200.200/",
	} {
		notices := []fault{followsRedirects}
		if strings.HasPrefix(location, "https") {
			notices = nil // no certificate has these addresses in the naive client's eyes
		}
		found = append(found, answers("redirect to "+name, why, "HTTP/1.1 307 Elsewhere\r\nLocation: "+location+"\r\nContent-Length: 0\r\n\r\n", notices...))
	}
	for name, location := range map[string]string{"a file": "file:///etc/passwd", "a script": "javascript:alert(1)", "nothing": "", "a broken URL": "http://[::1"} {
		found = append(found, answers("redirect to "+name, "a place that cannot be followed must not be an error that admits",
			"HTTP/1.1 302 Elsewhere\r\nLocation: "+location+"\r\nContent-Length: 0\r\n\r\n", failsOpen))
	}
	hint := func(name, header string, notices ...fault) attack {
		return admits(name, "it points elsewhere, and some clients go there", "HTTP/1.1 200 OK\r\n"+header+"\r\nContent-Length: 0\r\n\r\n", notices...)
	}
	return append(found,
		hint("Alt-Svc", `Alt-Svc: h2="`+elsewhere+`:443"; ma=86400, http/1.1="`+elsewhere+`/"`),
		hint("Refresh", "Refresh: 0; url=http://"+elsewhere+"/", followsHints),
		hint("Link", "Link: <http://"+elsewhere+"/>; rel=preload", followsHints),
		hint("Content-Location", "Content-Location: http://"+elsewhere+"/", followsHints),
		admits("Location without a redirect", "it points elsewhere, and some clients go there",
			"HTTP/1.1 201 Created\r\nLocation: http://"+elsewhere+"/\r\nContent-Length: 0\r\n\r\n", followsHints),
		// A client that follows goes round until its time is over.
		answers("a redirect within the host", "another page of the host may let everybody in",
			"HTTP/1.1 302 Found\r\nLocation: /public\r\nContent-Length: 0\r\n\r\n", followsRedirects).leftOut(),
		circles().leftOut(),
	)
}

// circles is a redirect to the same place.
func circles() attack {
	return attack{name: "a redirect to itself", why: "a client that follows is kept busy", notices: []fault{followsRedirects}, try: func(s *scene) {
		victim := s.caller("victim")
		b := s.backend("hostile", speaking(func(x *exchange) {
			x.write("HTTP/1.1 307 Again\r\nLocation: %s\r\nContent-Length: 0\r\n\r\n", x.request.URL.Path)
		}))
		s.offer("hostile", b.url(""))
		s.expectHidden(victim, "hostile")
		if n := asked(b, victim); n > 3 {
			s.errorf("the backend was asked %d times for 3 questions", n)
		}
	}}
}
