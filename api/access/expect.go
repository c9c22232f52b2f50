package access

import (
	"net/http"

	"github.com/maas-kinds/maas/engine/kind"
)

// evaluate is the outcome of a reply, known by its header, and what is wrong with
// one that the kind does not expect. That is said in words of this process: an
// endpoint may answer with the credentials that it was sent.
func evaluate(target *Target, response *http.Response) (result outcome, wrong string) {
	result = classifyReply(target, response.StatusCode)
	expected := target.probe.Expect
	if result != outcomeAllowed || expected.Meets(response.StatusCode, response.Header.Get("Content-Type")) {
		return result, ""
	}
	if expected == kind.ExpectJSON {
		return outcomeUnexpected, "it answers with something else than JSON"
	}
	return outcomeUnexpected, "it answers with a page of HTML"
}

func (c *Checker) reportUnexpected(target *Target, wrong string) {
	if c.isNews(target.model + " " + wrong) {
		c.log.Warn("model is not listed: its endpoint lists no models", "model", target.model, "url", target.url.String(), "reason", wrong,
			"hint", "lead status.endpoint past login pages and to the model server, see spec.endpointOverride; or set probe.expect of its kind")
	}
}
