package attacks

import "fmt"

// redirects are answers that send the prober, and with it the token, elsewhere.
func redirects() []attack {
	var found []attack
	for _, status := range []int{300, 301, 302, 303, 304, 305, 306, 307, 308} {
		found = append(found, answers(fmt.Sprintf("redirect %d to another host", status), "a client that follows takes the token along",
			fmt.Sprintf("HTTP/1.1 %d Elsewhere\r\nLocation: http://203.0.113.5/v1/models\r\nContent-Length: 0\r\n\r\n", status), followsRedirects))
	}
	return found
}
