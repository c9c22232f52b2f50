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

// probing is what is asked on a connection, and the context of that: whoever makes the
// connection and whoever judges its address ask for it with probingOf.
type probing struct {
	context.Context //nolint:containedctx // it is a context itself

	target *Target
	caller *Caller
	// patience is told what is waited for.
	patience *patience
	// hasOwnHeader is set where the request's header is not the one that the caller and
	// the target make.
	hasOwnHeader bool
}

type probingContextKey struct{}

// withProbing says for whom a connection is made, and asked.
func withProbing(ctx context.Context, target *Target, caller *Caller) (context.Context, *probing) {
	p := &probing{Context: ctx, target: target, caller: caller}
	return p, p
}

// Value implements context.Context.
func (p *probing) Value(key any) any {
	if key == (probingContextKey{}) {
		return p
	}
	return p.Context.Value(key)
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
