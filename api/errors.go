package api

import (
	"encoding/json"
	"math"
	"net/http"
	"strconv"
	"time"

	"github.com/maas-kinds/maas/api/catalog"
)

// apiError is an error as clients get it: an OpenAI error object, or that of another
// program's clients, and the status and headers that go with it. Its text is written here and holds
// nothing of the request but the names of parameters.
type apiError struct {
	status  int
	kind    string
	code    string
	param   string
	message string
	// retryAfter is rounded up to whole seconds; zero leaves the header out.
	retryAfter time.Duration
	// final means that the same request will not succeed later either.
	final bool
	// allow is set on 405: the methods there are.
	allow string
}

const (
	typeInvalidRequest = "invalid_request_error"
	typeAuthentication = "authentication_error"
	typeRateLimit      = "rate_limit_error"
	typeServer         = "server_error"
)

func (e *apiError) write(w *response) {
	header := w.Header()
	if e.status == http.StatusUnauthorized {
		header.Set("WWW-Authenticate", "Bearer")
	}
	if e.retryAfter > 0 {
		header.Set("Retry-After", strconv.Itoa(int(math.Ceil(e.retryAfter.Seconds()))))
	}
	if e.final {
		header.Set("X-Should-Retry", "false")
	}
	if e.allow != "" {
		header.Set("Allow", e.allow)
	}
	body, err := json.Marshal(w.dialect(e, header.Get(requestIDHeader)))
	if err != nil { // strings always marshal
		panic(err)
	}
	body = append(body, '\n')
	header.Set("Content-Type", contentTypeJSON)
	header.Set("Content-Length", strconv.Itoa(len(body)))
	w.WriteHeader(e.status)
	_, _ = w.Write(body)
}

func optional(s string) *string {
	if s == "" {
		return nil
	}
	return &s
}

func modelNotFound() *apiError {
	return &apiError{status: http.StatusNotFound, kind: typeInvalidRequest, code: "model_not_found", param: "model",
		message: "The model does not exist, you do not have access to it, or its backend cannot be asked now. GET /v1/models lists the models you can use."}
}

// modelRetired is for callers whom the model's backend lets in; to others it is as
// if there had never been one.
func modelRetired(retired catalog.Retired) *apiError {
	message := "The model has retired at " + retired.At.Format(time.RFC3339) + "."
	if retired.ReplacedBy != "" {
		message += " Use the model " + strconv.Quote(retired.ReplacedBy) + " instead."
	}
	return &apiError{status: http.StatusNotFound, kind: typeInvalidRequest, code: "model_retired", param: "model", message: message}
}

func routeNotFound() *apiError {
	return &apiError{status: http.StatusNotFound, kind: typeInvalidRequest, code: "not_found",
		message: "There is nothing here. GET /v1/models lists models, GET /v1/models/{id} shows one, GET /openapi.json describes both."}
}

func notSynced() *apiError {
	return &apiError{status: http.StatusServiceUnavailable, kind: typeServer, code: "not_ready", retryAfter: time.Second,
		message: "The list of models has not been read from the cluster yet. Try again in a moment."}
}

func draining() *apiError {
	return &apiError{status: http.StatusServiceUnavailable, kind: typeServer, code: "shutting_down", retryAfter: time.Second,
		message: "This replica is shutting down. Try again."}
}

func inconclusive(retryAfter time.Duration) *apiError {
	return &apiError{status: http.StatusServiceUnavailable, kind: typeServer, code: "backends_unreachable", retryAfter: retryAfter,
		message: "None of the model backends could be asked whether you have access. Try again in a moment."}
}

func loopDetected() *apiError {
	return &apiError{status: http.StatusLoopDetected, kind: typeServer, code: "loop_detected", final: true,
		message: "This request is a probe of a listing API: a model's endpoint leads back here. Correct the endpoint of the MaaSModel."}
}

func internalError() *apiError {
	return &apiError{status: http.StatusInternalServerError, kind: typeServer, code: "internal_error", final: true,
		message: "The request could not be answered because of a fault in this service. The log has it under the X-Request-Id."}
}

func methodNotAllowed(allow string) *apiError {
	return &apiError{status: http.StatusMethodNotAllowed, kind: typeInvalidRequest, code: "method_not_allowed",
		message: "This path answers " + allow + " only.", allow: allow}
}

func invalidParameter(name, message string) *apiError {
	return &apiError{status: http.StatusBadRequest, kind: typeInvalidRequest, code: "invalid_parameter", param: name, message: message}
}

func throttled(after time.Duration) *apiError {
	return &apiError{status: http.StatusTooManyRequests, kind: typeRateLimit, code: "rate_limit_exceeded", retryAfter: after,
		message: "These credentials have caused too many probes of model backends. Wait as long as Retry-After says."}
}

func peerThrottled(after time.Duration) *apiError {
	return &apiError{status: http.StatusTooManyRequests, kind: typeRateLimit, code: "rate_limit_exceeded", retryAfter: after,
		message: "From your address too many probes of model backends were caused with credentials that none has let in lately (--peer-probe-rate). Wait as long as Retry-After says. Credentials that a backend has let in within ten minutes are not counted."}
}
