package api

import (
	"net/http"
)

// dialect is how an error is written for one program's clients: its body, as JSON
// has it.
type dialect func(e *apiError, requestID string) any

// dialectOf is the one of whoever asks: Ollama's at its path, Anthropic's where a
// request has that header, and else OpenAI's.
func dialectOf(route string, r *http.Request) dialect {
	switch {
	case route == tagsPath:
		return ollamaError
	case ofAnthropic(r):
		return anthropicError
	}
	return openAIError
}

func openAIError(e *apiError, _ string) any {
	type object struct {
		Message string  `json:"message"`
		Type    string  `json:"type"`
		Param   *string `json:"param"`
		Code    *string `json:"code"`
	}
	return map[string]object{"error": {e.message, e.kind, optional(e.param), optional(e.code)}}
}

// ollamaError is a text: the ollama npm package 0.6.4 makes one of error
// (dist/browser.mjs, checkOk).
func ollamaError(e *apiError, _ string) any { return map[string]string{"error": e.message} }

// anthropicError is as @anthropic-ai/sdk 1.14.0 reads it (core/error.js): it has the
// kind of error from error.type. The words are those of Anthropic's API
// (resources/shared.d.ts).
func anthropicError(e *apiError, requestID string) any {
	type object struct {
		Type    string `json:"type"`
		Message string `json:"message"`
	}
	word, known := map[int]string{
		http.StatusBadRequest: "invalid_request_error", http.StatusUnauthorized: "authentication_error",
		http.StatusNotFound: "not_found_error", http.StatusMethodNotAllowed: "invalid_request_error",
		http.StatusTooManyRequests: "rate_limit_error", http.StatusServiceUnavailable: "overloaded_error",
	}[e.status]
	if !known {
		word = "api_error"
	}
	return struct {
		Type      string `json:"type"`
		Error     object `json:"error"`
		RequestID string `json:"request_id"`
	}{"error", object{word, e.message}, requestID}
}
