package api

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"io"
	"net/http"
	"runtime"
	"strconv"
	"sync"
	"time"

	"github.com/maypok86/otter/v2"
	"golang.org/x/sync/semaphore"

	"github.com/maas-kinds/maas/api/access"
	"github.com/maas-kinds/maas/api/catalog"
	"github.com/maas-kinds/maas/api/places"
	"github.com/maas-kinds/maas/api/question"
)

const (
	// maxPages bounds the bytes of joined lists that are kept.
	maxPages     = 64 << 20
	pageIdleTime = 30 * time.Second
	// minGzip is the size below which compression saves no packet.
	minGzip = 1400
	// chunk is how much of a list that is not joined is sent at a time, in bytes.
	chunk = 32 << 10
)

// page is a body ready to be sent: the bytes, their strong ETag, and the same
// compressed, made when first asked for.
type page struct {
	tag string
	// listed is how many models are on it.
	listed int
	// unjoined means that there is no copy of the body, nor room for one.
	unjoined bool
	plain    representation
	once     sync.Once
	gzip     representation
}

// representation is one form of a page, with the headers that go with it.
type representation struct {
	// send writes the body; what it is written to says for itself what fails.
	send   func(io.Writer)
	size   int
	etag   string
	header http.Header
}

func newRepresentation(send func(io.Writer), size int, etag, encoding string) representation {
	header := http.Header{"Etag": {etag}, "Content-Type": {contentTypeJSON}, "Content-Length": {strconv.Itoa(size)}}
	if encoding != "" {
		header["Content-Encoding"] = []string{encoding}
	}
	return representation{send: send, size: size, etag: etag, header: header}
}

func whole(body []byte) func(io.Writer) {
	return func(w io.Writer) { _, _ = w.Write(body) } // a client that has left has left
}

func newPage(body []byte) *page {
	sum := sha256.Sum256(body)
	tag := tagOf(sum[:])
	return &page{tag: tag, plain: newRepresentation(whole(body), len(body), `"`+tag+`"`, "")}
}

func tagOf(sum []byte) string { return base64.RawURLEncoding.EncodeToString(sum[:16]) }

// compressed is the page in gzip, or as it is where that is not worth it.
func (p *page) compressed() (representation, bool) {
	if p.unjoined || p.plain.size < minGzip {
		return p.plain, false
	}
	p.once.Do(func() {
		var buffer bytes.Buffer
		writer, _ := gzip.NewWriterLevel(&buffer, gzip.BestSpeed) // the level is a valid one
		p.plain.send(writer)                                      // a bytes.Buffer takes everything
		_ = writer.Close()
		p.gzip = newRepresentation(whole(buffer.Bytes()), buffer.Len(), `"`+p.tag+`-gzip"`, "gzip")
		p.gzip.header["Content-Type"] = p.plain.header["Content-Type"]
	})
	return p.gzip, true
}

// pages remember joined lists. Callers who may use the same models get the same bytes
// for the same question; what a list is found by is the exact set of these models.
type pages struct {
	cache   *otter.Cache[pageKey, *page]
	indexes indexes
	// most is how much of them is kept.
	most int64
	// room is what joined lists may take, those that are still being sent among
	// them. Where there is none a list is sent from the catalog's own entries.
	room *semaphore.Weighted
}

type pageKey struct {
	generation uint64
	// models is the SHA-256 of the set as a bitmap over the snapshot's entries, question
	// that of the question.
	models, question [sha256.Size]byte
}

// newPages keeps so many bytes of pages, and has as many under way.
func newPages(most uint32) (*pages, error) {
	cache, err := otter.New(&otter.Options[pageKey, *page]{
		MaximumWeight:    uint64(most),
		Weigher:          func(_ pageKey, p *page) uint32 { return uint32(weight(p.plain.size)) }, //nolint:gosec // no heavier one is kept
		ExpiryCalculator: otter.ExpiryAccessing[pageKey, *page](pageIdleTime),
	})
	if err != nil {
		return nil, fmt.Errorf("making the cache of lists: %w", err)
	}
	return &pages{cache: cache, most: int64(most), room: semaphore.NewWeighted(2 * int64(most))}, nil
}

// weight is what a page of a size takes, with its gzip form.
func weight(size int) int64 { return 2*int64(size) + 1024 }

// list gives the page that answers a question to a caller of whom the verdicts are. What
// tells of the caller is another one each time, and not kept. The error is a
// *question.Refusal.
func (ps *pages) list(snapshot *catalog.Snapshot, asked question.Question, verdicts *access.Verdicts, told func(places.Set) []question.Told) (*page, error) {
	allowed, sum := verdicts.Allowed()
	key := pageKey{snapshot.Generation, sum, asked.Key()}
	if p, ok := ps.cache.GetIfPresent(key); ok {
		return p, nil
	}
	index := ps.indexes.of(snapshot)
	answer, err := asked.Answer(index, allowed)
	if err != nil {
		return nil, err
	}
	l := answered{snapshot: snapshot, asked: asked, order: index.Order(asked.Sort), Answer: answer, counts: countsOf(answer)}
	if told != nil {
		l.told = told(answer.Chosen)
	}
	l = l.measured()
	takes := weight(l.size)
	if takes > ps.most || !ps.room.TryAcquire(takes) {
		return l.unjoined(), nil
	}
	p := newPage(l.joined())
	p.listed = l.Listed
	// It takes its room for as long as anybody has it, in the cache or not.
	runtime.AddCleanup(p, ps.room.Release, takes)
	if told == nil {
		ps.cache.Set(key, p)
	}
	return p, nil
}

// pageOf is the page of a single model.
func pageOf(entry *catalog.Entry) *page {
	p := newPage(append(append(make([]byte, 0, len(entry.JSON)+1), entry.JSON...), '\n'))
	p.listed = 1
	return p
}

func (ps *pages) close() { ps.cache.StopAllGoroutines() }
