package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"net/http"
	"slices"
	"strings"
	"time"
)

// backend is a small OpenAI-compatible server that checks bearer tokens, as
// the gateway in front of a real one does.
type backend struct {
	model string
	// base is the path of its OpenAI routes, for example "/llm/granite".
	base string
	// admits has the tokens that are let in; other tokens of the demo get 403.
	admits []string
}

// tokens of the demo: what a caller sends as "Authorization: Bearer TOKEN".
const (
	aliceToken = "alice-token"
	bobToken   = "bob-token"
)

// serve listens on a free port of the loopback interface until ctx is done. The
// URL is that of the server, without base.
func (b backend) serve(ctx context.Context) (url string, wait func() error, err error) {
	var listen net.ListenConfig
	listener, err := listen.Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return "", nil, fmt.Errorf("starting the demo backend %s: %w", b.model, err)
	}
	server := &http.Server{Handler: forPages(b.routes()), ReadHeaderTimeout: 5 * time.Second}
	done := make(chan error, 1)
	go func() { done <- server.Serve(listener) }()
	stop := context.AfterFunc(ctx, func() { _ = server.Close() })
	return "http://" + listener.Addr().String(), func() error {
		defer stop()
		if err := <-done; !errors.Is(err, http.ErrServerClosed) {
			return fmt.Errorf("the demo backend %s: %w", b.model, err)
		}
		return nil
	}, nil
}

func (b backend) routes() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET "+b.base+"/v1/models", b.guard(func(w http.ResponseWriter, _ *http.Request) {
		reply(w, http.StatusOK, map[string]any{"object": "list", "data": []any{
			map[string]any{"id": b.model, "object": "model", "created": 1767225600, "owned_by": "demo"},
		}})
	}))
	mux.HandleFunc("POST "+b.base+"/v1/chat/completions", b.guard(func(w http.ResponseWriter, _ *http.Request) {
		reply(w, http.StatusOK, map[string]any{
			"id": "chatcmpl-demo", "object": "chat.completion", "created": 1767225600, "model": b.model,
			"choices": []any{map[string]any{"index": 0, "finish_reason": "stop",
				"message": map[string]any{"role": "assistant", "content": "Hello from " + b.model + "."}}},
		})
	}))
	return mux
}

// forPages lets any page ask, so that "try it" on the API's page gets an answer. A
// gateway in front of real models names the origins.
func forPages(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Access-Control-Allow-Origin", "*")
		if r.Method == http.MethodOptions {
			w.Header().Set("Access-Control-Allow-Headers", "Authorization, Content-Type")
			w.WriteHeader(http.StatusNoContent)
			return
		}
		next.ServeHTTP(w, r)
	})
}

func (b backend) guard(next http.HandlerFunc) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		token, _ := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer ")
		switch {
		case slices.Contains(b.admits, token):
			next(w, r)
		case token == aliceToken || token == bobToken:
			reply(w, http.StatusForbidden, apiError("you may not use "+b.model))
		default:
			reply(w, http.StatusUnauthorized, apiError("unknown token"))
		}
	}
}

func apiError(message string) map[string]any {
	return map[string]any{"error": map[string]any{"message": message, "type": "invalid_request_error", "param": nil, "code": nil}}
}

func reply(w http.ResponseWriter, status int, body any) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	// The client is gone when this fails, and nobody is left to tell.
	_ = json.NewEncoder(w).Encode(body)
}
