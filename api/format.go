package api

import (
	"bufio"
	"crypto/sha256"
	"hash"
	"io"
	"net/http"
	"net/url"
	"strings"

	"github.com/maas-kinds/maas/api/access"
	"github.com/maas-kinds/maas/api/catalog"
	"github.com/maas-kinds/maas/api/format"
	"github.com/maas-kinds/maas/api/question"
)

const (
	// tagsPath is where Ollama's clients look for models.
	tagsPath = "/api/tags"
	// anthropicVersion is a header that Anthropic's clients send with every request.
	anthropicVersion = "Anthropic-Version"

	formOllama    = "ollama"
	formAnthropic = "anthropic"
)

// inForm is how another program wants a list. The zero value is the list as it is.
type inForm struct {
	name string
	form format.Form
	part format.Part
}

func (f inForm) wanted() bool { return f.name != "" }

// ofAnthropic says whether a request is that of a client of Anthropic's, which knows
// neither another list nor another error.
func ofAnthropic(r *http.Request) bool { return r.Header.Get(anthropicVersion) != "" }

// formOf reads which form a request wants: that of its path, of its query, or of its
// header.
func formOf(r *http.Request, query url.Values) (inForm, *apiError) {
	f := inForm{}
	named, given, failed := once(query, "format")
	switch {
	case failed != nil:
		return f, failed
	case r.URL.Path == tagsPath:
		f.name = formOllama
	case given:
		f.name = named
	case ofAnthropic(r):
		f.name = formAnthropic
	default:
		return f, nil
	}
	var known bool
	if f.form, known = format.Named(f.name); !known {
		return f, invalidParameter("format", "There is no such form. Write one of "+strings.Join(format.Names(), ", ")+", or leave format out.")
	}
	if f.name == formAnthropic {
		return f.anthropicPart(query)
	}
	return f, noneOf(query, f.name, "limit", "after", "fields", "facets", "watch")
}

// noneOf refuses parameters that a form has no use for.
func noneOf(query url.Values, form string, names ...string) *apiError {
	for _, name := range names {
		if query.Has(name) {
			return invalidParameter(name, "A list in the form "+form+" is a whole one, of entries as that program wants them: leave out "+name+".")
		}
	}
	return nil
}

// anthropicPart reads the page that Anthropic's clients want, but for its limit.
func (f inForm) anthropicPart(query url.Values) (inForm, *apiError) {
	if query.Has("after") {
		return f, invalidParameter("after", "In Anthropic's form a page is named by after_id or before_id.")
	}
	for _, name := range []string{"after_id", "before_id"} {
		if _, _, failed := once(query, name); failed != nil {
			return f, failed
		}
	}
	f.part.After, f.part.Before = query.Get("after_id"), query.Get("before_id")
	if f.part.After != "" && f.part.Before != "" {
		return f, invalidParameter("before_id", "Give after_id or before_id, not both.")
	}
	return f, noneOf(query, f.name, "fields", "facets", "watch")
}

// decided is a question about the list, and what the backends have said to it.
type decided struct {
	snapshot *catalog.Snapshot
	asked    question.Question
	verdicts *access.Verdicts
	summary  access.Summary
}

// models are those of the answer that a form has.
func (d decided) models(form format.Form, index *question.Index) ([]*catalog.Model, error) {
	allowed, _ := d.verdicts.Allowed()
	whole := d.asked
	whole.Part = question.Part{}
	entries, order := index.Entries, index.Order(d.asked.Sort)
	answer, err := whole.Answer(index, allowed)
	if err != nil {
		return nil, err
	}
	var models []*catalog.Model
	for i := range entries {
		place := i
		if order != nil {
			place = int(order[i])
		}
		if m := &entries[place].Model; answer.Chosen.Has(place) && form.Has(m, d.asked.Filter.Ready != question.ReadyOrNot) {
			models = append(models, m)
		}
	}
	return models, nil
}

// listIn answers with the models of a question in a form.
func (h *handler) listIn(w *response, r *http.Request, f inForm, d decided) *apiError {
	models, err := d.models(f.form, h.pages.indexes.of(d.snapshot))
	if err != nil {
		return refused(err)
	}
	more := false
	if f.name == formAnthropic {
		var found bool
		f.part.Limit = d.asked.Part.Limit
		if models, more, found = f.part.Of(models, d.asked.Sort == question.Sort{}); !found {
			return invalidParameter("after_id", "Give after_id and before_id the id of a model in this answer; begin without them where that one is gone.")
		}
	}
	h.describe(w, r, d.summary)
	g := &gathering{pages: h.pages, hash: sha256.New()}
	defer g.release()
	if err := f.form.Write(g, models, more); err != nil {
		h.log.ErrorContext(r.Context(), "a list cannot be written in another program's form", "format", f.name, "error", err)
		return internalError()
	}
	p := g.page(func(w io.Writer) {
		buffered := bufio.NewWriterSize(w, chunk)
		_ = f.form.Write(buffered, models, more) // it could be written before, and a client that has left has left
		_ = buffered.Flush()
	})
	p.plain.header["Content-Type"] = []string{f.form.ContentType}
	w.listed = len(models)
	serve(w, r, p)
	return nil
}

// gathering keeps what is written to it while there is room for it among the joined
// lists, and counts and hashes it in any case. Programs ask for their forms now and
// then, so none is kept for the next request.
type gathering struct {
	pages *pages
	hash  hash.Hash
	size  int
	body  []byte
	// held is the room that it has taken; without is set once there was none.
	held    int64
	without bool
}

// Write implements io.Writer. It never fails.
func (g *gathering) Write(body []byte) (int, error) {
	g.size += len(body)
	if g.hasRoom() {
		g.body = append(g.body, body...)
	}
	return g.hash.Write(body)
}

// hasRoom takes room for what is to be kept, a chunk more than that at a time.
func (g *gathering) hasRoom() bool {
	if takes := weight(g.size); !g.without && takes > g.held {
		takes += weight(chunk)
		if takes > g.pages.most || !g.pages.room.TryAcquire(takes-g.held) {
			g.release()
			g.body, g.without = nil, true
			return false
		}
		g.held = takes
	}
	return !g.without
}

func (g *gathering) release() {
	g.pages.room.Release(g.held)
	g.held = 0
}

// page is the page of what was written, which again writes anew if it was not kept.
func (g *gathering) page(again func(io.Writer)) *page {
	if !g.without {
		return newPage(g.body)
	}
	tag := tagOf(g.hash.Sum(nil))
	return &page{tag: tag, unjoined: true, plain: newRepresentation(again, g.size, `"`+tag+`"`, "")}
}

// pageIn is the page of a single model, as the request's client knows models.
func pageIn(r *http.Request, entry *catalog.Entry) (*page, error) {
	if !ofAnthropic(r) {
		return pageOf(entry), nil
	}
	body, err := format.AnthropicModel(&entry.Model)
	if err != nil {
		return nil, err
	}
	return newPage(body), nil
}

// hasModels says whether a route's replies depend on who asks.
func hasModels(route string) bool {
	return route == tagsPath || strings.HasPrefix(route, modelsPath)
}
