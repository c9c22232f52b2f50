package access

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"io"
	"net"
	"net/http"
)

// MarkerHeader is set on every probe. A list request that bears it comes from
// a probe that was led in a circle.
const MarkerHeader = "X-Maas-Probe"

// probe asks the target once. The verdict is known when the reply's header is;
// done is called when the body is off the connection, perhaps later.
func probe(ctx context.Context, transport http.RoundTripper, target *Target, caller *Caller, done func()) (outcome, error) {
	request := (&http.Request{
		Method:     http.MethodGet,
		URL:        target.url,
		Host:       target.url.Host,
		Header:     target.header(caller),
		Proto:      "HTTP/1.1",
		ProtoMajor: 1,
		ProtoMinor: 1,
	}).WithContext(ctx)
	// RoundTrip and not a Client: a Client follows redirects.
	response, err := transport.RoundTrip(request)
	if err != nil {
		done()
		return classifyError(ctx, err)
	}
	if response.ContentLength == 0 || response.ContentLength > maxResponseBody {
		_ = response.Body.Close()
		done()
	} else {
		go func() {
			defer done()
			discard(response.Body)
		}()
	}
	return classifyReply(target, response)
}

// discard reads a body so that its connection can be used again, unless the
// body is longer than a list of models has reason to be.
func discard(body io.ReadCloser) {
	_, _ = io.Copy(io.Discard, io.LimitReader(body, maxResponseBody))
	_ = body.Close()
}

func classifyReply(target *Target, response *http.Response) (outcome, error) {
	status := response.StatusCode
	switch {
	case response.Header.Get(MarkerHeader) != "":
		return outcomeRefused, errLoop
	case target.probe.Accepts(status):
		return outcomeAllowed, nil
	case status == http.StatusTooManyRequests:
		return outcomeRateLimited, nil
	case status >= http.StatusInternalServerError:
		return outcomeServerError, nil
	default:
		return outcomeDenied, nil
	}
}

var errLoop = errors.Join(ErrRefused, errors.New("the endpoint leads to a listing API"))

// classifyError names what went wrong. The error itself is returned only where
// it says why an address was refused.
func classifyError(ctx context.Context, err error) (outcome, error) {
	var netError net.Error
	var operation *net.OpError
	switch {
	case errors.Is(err, ErrRefused):
		return outcomeRefused, err
	case errors.Is(ctx.Err(), context.Canceled):
		return outcomeAborted, nil
	case ctx.Err() != nil, errors.As(err, &netError) && netError.Timeout():
		return outcomeTimeout, nil
	case isTLS(err):
		return outcomeTLS, nil
	case errors.As(err, &operation) && operation.Op == "dial":
		return outcomeDial, nil
	default:
		return outcomeProtocol, nil
	}
}

func isTLS(err error) bool {
	var (
		verification *tls.CertificateVerificationError
		record       tls.RecordHeaderError
		alert        tls.AlertError
		authority    x509.UnknownAuthorityError
		hostname     x509.HostnameError
	)
	return errors.As(err, &verification) || errors.As(err, &record) || errors.As(err, &alert) ||
		errors.As(err, &authority) || errors.As(err, &hostname)
}
