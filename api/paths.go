package api

import (
	"net/http"
	"regexp"
	"strings"
)

// slashed is the way to the models with as many slashes as a client has put
// there, to the end of the path or to where an id begins.
var slashed = regexp.MustCompile(`^/+v1/+models(?:/+$|/|$)`)

// unslashed is the request at the path that its client meant. Base URLs are given
// with a slash at the end, and joined with "/models" as they are: to /v1//models
// (open-webui issue 16749, cline pull request 12532, LiteLLM issue 8350; from a
// base that ends in two, openai-python 3.3.1 too, _base_client.py, _prepare_url),
// or a slash is put behind it (RossAscends/STMP pull request 23). A redirect is no
// answer: clients follow it without Authorization, or not at all. An id is left as
// it is, so what is no id of a model does not become one.
func unslashed(r *http.Request) *http.Request {
	escaped := r.URL.EscapedPath()
	if escaped == modelsPath {
		return r
	}
	found := slashed.FindString(escaped)
	if found == "" || found == modelsPath+"/" && len(escaped) > len(found) {
		return r
	}
	way := modelsPath
	if len(escaped) > len(found) {
		way += "/"
	}
	mended, at := *r, *r.URL
	at.Path = way + strings.TrimPrefix(at.Path, found)
	if at.RawPath != "" {
		at.RawPath = way + strings.TrimPrefix(at.RawPath, found)
	}
	mended.URL = &at
	return &mended
}
