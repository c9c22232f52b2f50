package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
	"time"

	"k8s.io/apimachinery/pkg/util/wait"
)

// showLists asks the API as each caller of the demo does, until it has heard
// of the last change of the models.
func showLists(ctx context.Context, address string, say io.Writer) error {
	for _, caller := range []struct{ name, token string }{{"alice", aliceToken}, {"bob", bobToken}} {
		want := admitted(caller.token)
		var got []string
		var last error
		err := wait.PollUntilContextTimeout(ctx, 100*time.Millisecond, settleWithin, true, func(ctx context.Context) (bool, error) {
			got, last = list(ctx, address, caller.token)
			return last == nil && slices.Equal(got, want), nil
		})
		if err != nil {
			return fmt.Errorf("the API lists %v for %s, and %v is expected, see api.log: %w", got, caller.name, want, errors.Join(err, last))
		}
		fmt.Fprintf(say, "      GET /v1/models as %-6s %s\n", caller.name+":", strings.Join(got, ", "))
	}
	return nil
}

// admitted are the models whose backends let a token in, sorted.
func admitted(token string) []string {
	var models []string
	for _, b := range demoBackends() {
		if slices.Contains(b.admits, token) {
			models = append(models, b.model)
		}
	}
	slices.Sort(models)
	return models
}

// list gives the ids that the API lists for a token.
func list(ctx context.Context, address, token string) ([]string, error) {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+address+"/v1/models", nil)
	if err != nil {
		return nil, err
	}
	request.Header.Set("Authorization", "Bearer "+token)
	client := http.Client{Timeout: 5 * time.Second}
	response, err := client.Do(request)
	if err != nil {
		return nil, err
	}
	defer response.Body.Close()
	if response.StatusCode != http.StatusOK {
		return nil, fmt.Errorf("status %s", response.Status)
	}
	var body struct {
		Data []struct {
			ID string `json:"id"`
		} `json:"data"`
	}
	if err := json.NewDecoder(response.Body).Decode(&body); err != nil {
		return nil, fmt.Errorf("reading the list: %w", err)
	}
	ids := make([]string, len(body.Data))
	for i, model := range body.Data {
		ids[i] = model.ID
	}
	return ids, nil
}
