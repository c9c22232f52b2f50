package api

import (
	"net/http"

	"github.com/maas-kinds/maas/api/web"
)

// routePage adds the page to the route table. Everything in it is public: it holds
// nothing of any model, and asks GET /v1/models as every client does.
func (h *handler) routePage() error {
	files, err := web.Files()
	if err != nil {
		return err
	}
	assets := map[string]*page{}
	for _, file := range files {
		assets[file.Name] = newAsset(file)
	}
	h.answer(web.Path+"{$}", web.Path, func(w *response, r *http.Request) *apiError {
		web.Secure(w.Header())
		serve(w, r, assets[""])
		return nil
	})
	route := web.AssetsPath + "{file}"
	h.answer(route, route, func(w *response, r *http.Request) *apiError {
		name := r.PathValue("file")
		asset, found := assets[name]
		if !found {
			return routeNotFound()
		}
		if name != web.TryScript {
			web.Secure(w.Header())
		} else if err := web.SecureWorker(w.Header(), r.URL.RawQuery); err != nil {
			return invalidParameter("origin", "The page's worker asks one origin: "+err.Error()+".")
		}
		serve(w, r, asset)
		return nil
	})
	return nil
}

// newAsset is the page of a file, compressed at once.
func newAsset(file web.File) *page {
	p := newPage(file.Body)
	p.plain.header.Set("Content-Type", file.ContentType)
	if compressed, ok := p.compressed(); ok {
		compressed.header.Set("Content-Type", file.ContentType)
	}
	return p
}
