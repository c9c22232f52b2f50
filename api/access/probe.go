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

// probe asks the target once, in the context of a probing. The verdict is known when the reply's header is;
// rest is the body, to be read or closed, nil where there is none to read. A refusal
// says why nothing was sent, or what else is at the address.
func probe(ctx context.Context, transport http.RoundTripper, target *Target, caller *Caller) (result outcome, refusal string, rest io.ReadCloser) {
	request := (&http.Request{
		Method:     target.probe.Method,
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
		if errors.Is(err, ErrRefused) {
			return outcomeRefused, err.Error(), nil
		}
		return classifyError(ctx, err), "", nil
	}
	switch {
	case response.Body == http.NoBody:
	case response.ContentLength > maxResponseBody:
		_ = response.Body.Close()
	default:
		rest = response.Body
	}
	if response.Header.Get(MarkerHeader) != "" {
		return outcomeRefused, "the endpoint leads to a listing API", rest
	}
	result, refusal = evaluate(target, response)
	return result, refusal, rest
}

// discard reads a body so that its connection can be used again, unless the
// body is longer than a list of models has reason to be.
func discard(body io.ReadCloser) {
	_, _ = io.Copy(io.Discard, io.LimitReader(body, maxResponseBody))
	_ = body.Close()
}

func classifyReply(target *Target, status int) outcome {
	switch {
	case target.probe.Accepts(status):
		return outcomeAllowed
	case status == http.StatusTooManyRequests:
		return outcomeRateLimited
	case status >= http.StatusInternalServerError:
		return outcomeServerError
	default:
		return outcomeDenied
	}
}

// classifyError names what went wrong. The cause decides between the ways in which
// the context ends.
func classifyError(ctx context.Context, err error) outcome {
	var netError net.Error
	var operation *net.OpError
	cause := context.Cause(ctx)
	switch {
	case errors.Is(cause, errLate):
		return outcomeLate
	case errors.Is(cause, context.Canceled):
		return outcomeAborted
	case errors.Is(err, errNotConnected) && (cause != nil || errors.As(err, &netError) && netError.Timeout()):
		return outcomeConnect
	case cause != nil, errors.As(err, &netError) && netError.Timeout():
		return outcomeTimeout
	case isTLS(err):
		return outcomeTLS
	case errors.As(err, &operation) && operation.Op == "dial":
		return outcomeDial
	default:
		return outcomeProtocol
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
