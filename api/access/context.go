package access

import "context"

// untilClose has the values of a request, and ends with the Checker: what is sent for a
// request goes on without it.
type untilClose struct {
	context.Context                 //nolint:containedctx // it is a context itself
	request         context.Context // the values alone
}

// Value implements context.Context.
func (c untilClose) Value(key any) any {
	if value := c.Context.Value(key); value != nil {
		return value
	}
	return c.request.Value(key)
}

// probing is what is asked on a connection.
type probing struct {
	target *Target
	caller *Caller
	// patience is told what is waited for.
	patience *patience
	// hasOwnHeader is set where the request's header is not the one that the caller and
	// the target make.
	hasOwnHeader bool
}

type probingContextKey struct{}

// withProbing says for whom a connection is made, and asked. Whoever makes it and
// whoever judges its address ask for it with probingOf.
func withProbing(ctx context.Context, p *probing) context.Context {
	return context.WithValue(ctx, probingContextKey{}, p)
}

// probingOf is what a connection is made for; nil when there is nothing.
func probingOf(ctx context.Context) *probing {
	p, _ := ctx.Value(probingContextKey{}).(*probing)
	return p
}

// targetOf is the target that a connection is made for; nil when there is none.
func targetOf(ctx context.Context) *Target {
	if p := probingOf(ctx); p != nil {
		return p.target
	}
	return nil
}
