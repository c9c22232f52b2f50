package attacks

import (
	"context"
	"crypto/tls"
	"fmt"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"strings"
	"sync"
	"time"

	"github.com/maas-kinds/maas/api/access"
	"github.com/maas-kinds/maas/api/v1alpha1"
)

// prober is how a naive API asks backends.
type prober struct {
	*naive
	jar http.CookieJar
	mu  sync.Mutex
	// transports are those of the models, or one under "" that all share.
	transports map[string]*http.Transport
}

func newProber(n *naive) *prober {
	jar, _ := cookiejar.New(nil) // never fails, see its documentation
	return &prober{naive: n, jar: jar, transports: map[string]*http.Transport{}}
}

func (p *prober) close() {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, transport := range p.transports {
		transport.CloseIdleConnections()
	}
}

func (p *prober) transport(model string) *http.Transport {
	if p.has(sharesConnections) {
		model = ""
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.transports[model] == nil {
		t := &http.Transport{
			DisableCompression: true, MaxResponseHeaderBytes: 16 << 10, TLSHandshakeTimeout: p.timeout(),
			TLSClientConfig:   &tls.Config{MinVersion: tls.VersionTLS12},
			DisableKeepAlives: !p.has(sharesConnections) && !p.has(keepsConnections),
		}
		switch p.fault {
		case obeysEnvironment:
			t.Proxy = http.ProxyFromEnvironment
		case trustsCertificates:
			t.TLSClientConfig.InsecureSkipVerify = true
		case speaksOldTLS:
			t.TLSClientConfig.MinVersion = tls.VersionTLS10
		case unboundedAnswers:
			t.MaxResponseHeaderBytes = 1 << 30
		case decompresses:
			t.DisableCompression = false
		}
		p.transports[model] = t
	}
	return p.transports[model]
}

// timeout is how long an answer may take.
func (p *prober) timeout() time.Duration { return p.optionsOf().Limits.ProbeTimeout }

// verdict is a model that is listed, and what its backend has said; nil for one
// that is not.
type verdict struct {
	model *v1alpha1.MaaSModel
	text  string
}

// ask asks for all models at a time.
func (n *naive) ask(r *http.Request, credentials string, models []*v1alpha1.MaaSModel) []verdict {
	verdicts := make([]verdict, len(models))
	var asking sync.WaitGroup
	for i, model := range models {
		asking.Go(func() {
			key := credentials + "\x00" + model.Name
			if n.has(looseKeys) {
				key = strings.ToLower(strings.TrimSpace(credentials))
				key = key[:len(key)-1] + model.Name
			}
			n.mu.Lock()
			allowed := n.verdicts[key]
			n.mu.Unlock()
			text := ""
			if !allowed {
				allowed, text = n.prober.probe(r, credentials, model)
			}
			if allowed {
				n.mu.Lock()
				n.verdicts[key] = n.optionsOf().Limits.VerdictTTL > 0
				n.mu.Unlock()
				verdicts[i] = verdict{model, text}
			}
		})
	}
	asking.Wait()
	return verdicts
}

func (p *prober) probe(r *http.Request, credentials string, model *v1alpha1.MaaSModel) (bool, string) {
	ctx, cancel := context.WithTimeout(r.Context(), p.timeout())
	defer cancel()
	if p.has(unboundedAnswers) {
		ctx = r.Context()
	}
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, model.Status.Endpoint+"/v1/models", nil)
	if err != nil {
		return false, ""
	}
	if p.has(forwardsEverything) {
		request.Header = r.Header.Clone()
	}
	request.Header.Set("Authorization", credentials)
	request.Header.Set("User-Agent", "naive")
	request.Header.Set(access.MarkerHeader, "1")
	client := &http.Client{Transport: p.transport(model.Name), CheckRedirect: func(next *http.Request, _ []*http.Request) error {
		if !p.has(followsRedirects) {
			return http.ErrUseLastResponse
		}
		next.Header.Set("Authorization", credentials)
		return nil
	}}
	if p.has(keepsCookies) {
		client.Jar = p.jar
	}
	response, err := client.Do(request)
	if err != nil {
		if p.has(repeatsBackends) {
			_, _ = fmt.Fprintln(p.log, err)
		}
		return p.has(failsOpen), ""
	}
	defer func() { _ = response.Body.Close() }()
	text := ""
	switch {
	case p.has(repeatsBackends):
		body, _ := io.ReadAll(io.LimitReader(response.Body, 1<<16))
		text = fmt.Sprint(response.Status, response.Header, string(body))
	case p.has(unboundedAnswers), p.has(decompresses):
		_, _ = io.Copy(io.Discard, io.LimitReader(response.Body, 1<<28))
	default:
		_, _ = io.Copy(io.Discard, io.LimitReader(response.Body, 1<<16))
	}
	p.obey(request, response)
	// A status that the protocol does not have is no answer.
	allowed := response.StatusCode >= 200 && response.StatusCode < 300 || response.StatusCode == http.StatusMethodNotAllowed
	return p.has(failsOpen) || allowed && response.Header.Get(access.MarkerHeader) == "", text
}

// obey does what an answer asks for besides redirects.
func (p *prober) obey(request *http.Request, response *http.Response) {
	again := request.Clone(request.Context())
	switch {
	case p.has(answersChallenges) && response.Header.Get("Proxy-Authenticate") != "":
		again.Header.Set("Proxy-Authorization", request.Header.Get("Authorization"))
	case p.has(answersChallenges) && response.Header.Get("Www-Authenticate") != "":
		again.Header.Set("X-Challenged", "1")
	case p.has(followsHints):
		for _, name := range []string{"Alt-Svc", "Refresh", "Link", "Content-Location", "Location"} {
			if _, hint, found := strings.Cut(response.Header.Get(name), "203.0.113."); found {
				last, _, _ := strings.Cut(strings.TrimLeft(hint, " "), "/")
				again.URL = &url.URL{Scheme: "http", Host: "203.0.113." + strings.Trim(last, `":;>`), Path: "/"}
				again.Host = ""
			}
		}
		if again.URL == request.URL || again.URL.Host == request.URL.Host {
			return
		}
	default:
		return
	}
	if answer, err := p.transport("again").RoundTrip(again); err == nil {
		_ = answer.Body.Close()
	}
}
