package api

import (
	"errors"
	"net/http"
	"strings"

	"github.com/maas-kinds/maas/api/access"
)

// admit finds out who asks, before anything else is done for them. A probe that
// was led here is told so with its own marker, by which it knows a listing API.
func (h *handler) admit(w http.ResponseWriter, r *http.Request) (*access.Caller, *apiError) {
	if len(r.Header[access.MarkerHeader]) > 0 {
		w.Header().Set(access.MarkerHeader, "1")
		return nil, loopDetected()
	}
	caller, err := h.callers.Identify(r.Header)
	switch {
	case err == nil:
		caller.CallsFrom(h.proxies.peer(r))
		return caller, nil
	case errors.Is(err, access.ErrNoCredentials):
		return nil, &apiError{status: http.StatusUnauthorized, kind: typeAuthentication, code: "missing_authorization",
			message: missingCredentials(h.callers.Credentials())}
	default:
		return nil, &apiError{status: http.StatusBadRequest, kind: typeInvalidRequest, code: "invalid_authorization",
			message: "The request is refused: " + err.Error() + "."}
	}
}

// missingCredentials says where credentials are looked for.
func missingCredentials(headers []string) string {
	message := "Send an Authorization header with the credentials you use for the models, for example: Authorization: Bearer TOKEN."
	if len(headers) > 1 {
		message += " These headers are taken as well: " + strings.Join(headers[1:], ", ") + "."
	}
	return message
}
