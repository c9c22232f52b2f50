package api

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"net/http"
	"strconv"
	"sync"
	"time"

	"github.com/maypok86/otter/v2"

	"github.com/maas-kinds/maas/api/catalog"
)

const (
	// maxPages bounds the bytes of joined lists that are kept.
	maxPages     = 64 << 20
	pageIdleTime = 30 * time.Second
	// minGzip is the size below which compression saves no packet.
	minGzip = 1400
)

// page is a body ready to be sent: the bytes, their strong ETag, and the same
// compressed, made when first asked for.
type page struct {
	tag   string
	plain representation
	once  sync.Once
	gzip  representation
}

// representation is one form of a page, with the headers that go with it.
type representation struct {
	body   []byte
	etag   string
	header http.Header
}

func newRepresentation(body []byte, etag, encoding string) representation {
	header := http.Header{"Etag": {etag}, "Content-Type": {contentTypeJSON}, "Content-Length": {strconv.Itoa(len(body))}}
	if encoding != "" {
		header["Content-Encoding"] = []string{encoding}
	}
	return representation{body: body, etag: etag, header: header}
}

func newPage(body []byte) *page {
	sum := sha256.Sum256(body)
	tag := base64.RawURLEncoding.EncodeToString(sum[:16])
	return &page{tag: tag, plain: newRepresentation(body, `"`+tag+`"`, "")}
}

// compressed is the page in gzip, or as it is where that is not worth it.
func (p *page) compressed() (representation, bool) {
	if len(p.plain.body) < minGzip {
		return p.plain, false
	}
	p.once.Do(func() {
		var buffer bytes.Buffer
		writer, _ := gzip.NewWriterLevel(&buffer, gzip.BestSpeed) // the level is a valid one
		_, _ = writer.Write(p.plain.body)                         // a bytes.Buffer takes everything
		_ = writer.Close()
		p.gzip = newRepresentation(buffer.Bytes(), `"`+p.tag+`-gzip"`, "gzip")
	})
	return p.gzip, true
}

// pages remember joined lists. Callers who may use the same models get the
// same bytes; what a list is found by is the exact set of models in it.
type pages struct{ cache *otter.Cache[pageKey, *page] }

type pageKey struct {
	generation uint64
	// models is the SHA-256 of the set as a bitmap over the snapshot's entries.
	models [sha256.Size]byte
}

func newPages() (*pages, error) {
	cache, err := otter.New(&otter.Options[pageKey, *page]{
		MaximumWeight: maxPages,
		Weigher: func(_ pageKey, p *page) uint32 {
			return uint32(min(len(p.plain.body)*5/4+1024, maxPages)) // with room for its gzip form
		},
		ExpiryCalculator: otter.ExpiryAccessing[pageKey, *page](pageIdleTime),
	})
	if err != nil {
		return nil, fmt.Errorf("making the cache of lists: %w", err)
	}
	return &pages{cache: cache}, nil
}

// list gives the page with the chosen entries of a snapshot.
func (ps *pages) list(snapshot *catalog.Snapshot, chosen bitmap) *page {
	key := pageKey{generation: snapshot.Generation, models: sha256.Sum256(chosen)}
	if p, ok := ps.cache.GetIfPresent(key); ok {
		return p
	}
	p := newPage(join(snapshot, chosen))
	ps.cache.Set(key, p)
	return p
}

func join(snapshot *catalog.Snapshot, chosen bitmap) []byte {
	const head, tail = `{"object":"list","data":[`, "]}\n"
	size := len(head) + len(tail)
	for i, entry := range snapshot.Entries() {
		if chosen.has(i) {
			size += len(entry.JSON) + 1
		}
	}
	body := append(make([]byte, 0, size), head...)
	for i, entry := range snapshot.Entries() {
		if !chosen.has(i) {
			continue
		}
		if len(body) > len(head) {
			body = append(body, ',')
		}
		body = append(body, entry.JSON...)
	}
	return append(body, tail...)
}

// bitmap is a set of small integers.
type bitmap []byte

func newBitmap(n int) bitmap { return make(bitmap, (n+7)/8) }

func (b bitmap) add(i int)      { b[i/8] |= 1 << (i % 8) }
func (b bitmap) has(i int) bool { return b[i/8]&(1<<(i%8)) != 0 }

// pageOf is the page of a single model.
func pageOf(entry *catalog.Entry) *page {
	return newPage(append(append(make([]byte, 0, len(entry.JSON)+1), entry.JSON...), '\n'))
}

func (ps *pages) close() { ps.cache.StopAllGoroutines() }
