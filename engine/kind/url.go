package kind

import (
	"errors"
	"fmt"
	"strconv"
	"strings"

	"github.com/maas-kinds/maas/engine/kind/syntax"
)

// urlParts are the parts of a URL.
type urlParts struct{ scheme, host, port, path sources }

// build puts the parts together. The note says which part is missing, or does not
// fit; without a host there is no URL.
func (u urlParts) build(env *environment, name string) (url, note string) {
	part := func(what string, from sources, before, after string) string {
		if note != "" || from == nil {
			return ""
		}
		value, why := from.first(env, "endpoint", name+"."+what)
		if value == nil {
			if what != "path" {
				note = strings.TrimSuffix(fmt.Sprintf("there is no %s in %s: %s", what, from.words(), why), ": ")
			}
			return ""
		}
		text, ok := syntax.ScalarText(value)
		err := errNoText
		if ok {
			text, err = fitURL(before, text, after)
		}
		if err == nil && what == "port" {
			text, err = portNumber(text)
		}
		if err != nil {
			note = fmt.Sprintf("the %s is %s: %s", what, syntax.Quote(value), err)
		}
		return text
	}
	scheme := strings.ToLower(part("scheme", u.scheme, "", "://"))
	if scheme == "" {
		scheme = "http"
	}
	host := part("host", u.host, "http://", "")
	port := part("port", u.port, "http://host:", "")
	path := part("path", u.path, "http://host/", "")
	if note != "" {
		return "", note
	}
	if port != "" && port != ownPorts()[scheme] {
		host += ":" + port
	}
	return strings.TrimSuffix(scheme+"://"+host+"/"+strings.TrimPrefix(path, "/"), "/"), ""
}

var (
	errNoText = errors.New("it is no text for a URL")
	errNoPort = errors.New("it is no port number")
)

func portNumber(text string) (string, error) {
	n, err := strconv.ParseUint(text, 10, 16)
	if err != nil || n == 0 {
		return "", errNoPort
	}
	return strconv.FormatUint(n, 10), nil
}

// ownPorts are the ports that a URL of a scheme leads to without naming one.
func ownPorts() map[string]string { return map[string]string{"http": "80", "https": "443"} }

// words are what the URL is made of.
func (u urlParts) words() string {
	words := "host " + u.host.words()
	for _, part := range []struct {
		what string
		from sources
	}{{"scheme", u.scheme}, {"port", u.port}, {"path", u.path}} {
		if part.from != nil {
			words += ", " + part.what + " " + part.from.words()
		}
	}
	return words
}
