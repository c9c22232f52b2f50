package attacks

import (
	"fmt"
	"strings"
)

// garbage is what is no answer. Nobody is let in by it.
func garbage() []attack {
	const why = "what cannot be read must not count as a permission, and must not break the reader"
	const tail = "\r\nContent-Length: 0\r\n\r\n"
	texts := map[string]string{
		"HTTP/0.9":                      `{"object":"list","data":[]}`,
		"nothing":                       "",
		"white space":                   strings.Repeat("\r\n", 100),
		"the preface of HTTP/2":         "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
		"settings of HTTP/2":            "\x00\x00\x00\x04\x00\x00\x00\x00\x00",
		"an alert of TLS":               "\x15\x03\x03\x00\x02\x02\x28",
		"a banner of SSH":               "SSH-2.0-OpenSSH_9.7\r\n",
		"ICY":                           "ICY 200 OK" + tail,
		"a status of one digit":         "HTTP/1.1 2 OK" + tail,
		"a status of four digits":       "HTTP/1.1 1000 OK" + tail,
		"a negative status":             "HTTP/1.1 -200 OK" + tail,
		"a signed status":               "HTTP/1.1 +20 OK" + tail,
		"a status in hex":               "HTTP/1.1 0xC8 OK" + tail,
		"a status in Arabic digits":     "HTTP/1.1 ٢٠٠ OK" + tail,
		"a status without a space":      "HTTP/1.1200 OK" + tail,
		"no status":                     "HTTP/1.1" + tail,
		"a line without end":            "HTTP/1.1 200 " + strings.Repeat("x", 1<<20) + tail,
		"NUL in a header's name":        "HTTP/1.1 200 OK\r\nX\x00Y: 1" + tail,
		"NUL in the status line":        "HTTP/1.1 2\x000 OK" + tail,
		"a header without a colon":      "HTTP/1.1 200 OK\r\nheader" + tail,
		"a header without a name":       "HTTP/1.1 200 OK\r\n: x" + tail,
		"a folded first header":         "HTTP/1.1 200 OK\r\n x: y" + tail,
		"an unknown version":            "HTTP/9.9.9 200 OK" + tail,
		"UTF-16":                        "H\x00T\x00T\x00P\x00/\x001\x00.\x001\x00 \x002\x000\x000\x00\r\x00\n\x00",
		"a length that is negative":     "HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n",
		"a length past 64 bits":         "HTTP/1.1 200 OK\r\nContent-Length: 18446744073709551617\r\n\r\n",
		"a length that is no number":    "HTTP/1.1 200 OK\r\nContent-Length: abc\r\n\r\n",
		"two lengths":                   "HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nxx",
		"an unknown coding":             "HTTP/1.1 200 OK\r\nTransfer-Encoding: xchunked\r\n\r\n",
		"half a header":                 "HTTP/1.1 200 OK\r\nContent-",
		"an interim answer alone":       "HTTP/1.1 100 Continue\r\n\r\n",
		"hints alone":                   "HTTP/1.1 103 Early Hints\r\n\r\n",
		"a gateway's page":              "HTTP/1.1 502 Bad Gateway" + tail,
		"an answer to another question": "HTTP/1.1 304 Not Modified\r\n\r\n",
	}
	var found []attack
	for name, text := range texts {
		found = append(found, answers(name, why, text, failsOpen))
	}
	for _, status := range []int{0, 99, 101, 199, 204 + 100, 402, 404, 451, 599, 600, 999} {
		found = append(found, answers(fmt.Sprintf("status %d", status), "only what the kind accepts lets anybody in",
			fmt.Sprintf("HTTP/1.1 %03d X%s", status, tail), failsOpen))
	}
	return append(found,
		answers("an upgrade to a WebSocket", "the connection would be the backend's to speak on", "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n", failsOpen),
		answers("an upgrade to h2c", "HTTP/2 has needs of its own for limits", "HTTP/1.1 101 Switching Protocols\r\nUpgrade: h2c\r\nConnection: Upgrade\r\n\r\n\x00\x00\x00\x04\x00\x00\x00\x00\x00", failsOpen),
		admits("headers that belong to this reply", "headers of a backend in a reply of this API let the backend speak for it",
			"HTTP/1.1 200 OK\r\nX-Injected: 1\r\nAccess-Control-Allow-Origin: *\r\nSet-Cookie: a=b\r\nContent-Length: 0\r\n\r\n"),
		admits("a type that is not JSON", "the type says what browsers do with a reply", "HTTP/1.1 200 OK\r\nContent-Type: image/svg+xml\r\nContent-Length: 36\r\n\r\n<svg><script>alert(1)</script></svg>"),
		answers("a page", "a login page answers 200 to everybody", "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 25\r\n\r\n<script>alert(1)</script>", failsOpen),
	)
}
