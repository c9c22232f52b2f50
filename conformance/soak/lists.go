package soak

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"time"
)

// listing is what one caller is shown: whether each model is ready.
type listing struct {
	caller Caller
	models map[string]bool
}

// list asks for all models as a caller.
func list(ctx context.Context, client *http.Client, address string, caller Caller) (listing, error) {
	ctx, cancel := context.WithTimeout(ctx, 10*time.Second)
	defer cancel()
	l := listing{caller: caller, models: map[string]bool{}}
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+address+"/v1/models", http.NoBody)
	if err != nil {
		return l, err
	}
	request.Header.Set("Authorization", caller.authorization())
	response, err := client.Do(request)
	if err != nil {
		return l, fmt.Errorf("listing as %s: %w", caller.Name, err)
	}
	defer response.Body.Close()
	body, err := io.ReadAll(io.LimitReader(response.Body, 16<<20))
	if err != nil {
		return l, fmt.Errorf("listing as %s: %w", caller.Name, err)
	}
	if response.StatusCode != http.StatusOK {
		return l, fmt.Errorf("listing as %s: status %d", caller.Name, response.StatusCode)
	}
	var reply struct {
		Data []struct {
			ID    string `json:"id"`
			Ready bool   `json:"ready"`
		} `json:"data"`
	}
	if err := json.Unmarshal(body, &reply); err != nil {
		return l, fmt.Errorf("reading the list of %s: %w", caller.Name, err)
	}
	for _, model := range reply.Data {
		l.models[model.ID] = model.Ready
	}
	return l, nil
}

// compare holds a list against what must be of the models that there are: who may use
// a model that must be Ready sees it, as ready, and nobody sees any other as ready.
func (l listing) compare(cast []member, models []sighting) []sighting {
	must := map[string]sighting{}
	for _, s := range models {
		must[s.name] = s
	}
	var all []sighting
	for _, m := range cast {
		model, exists := must[m.name]
		ready, listed := l.models[m.name]
		wants := exists && model.serves && l.caller.lets(model.host)
		s := sighting{name: l.caller.Name + " lists " + m.name, must: fmt.Sprintf("listed as ready: %t (%s)", wants, model.must), grace: model.grace}
		switch {
		case wants && !(listed && ready):
			s.wrong = fmt.Sprintf("listed: %t, as ready: %t", listed, ready)
		case !wants && listed && ready:
			s.wrong, s.ready = "listed as ready", true
		}
		all = append(all, s)
	}
	return all
}
