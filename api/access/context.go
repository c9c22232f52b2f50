package access

import "context"

// targetContextKey is the key of the target in a probe's context.
type targetContextKey struct{}

// withTarget says for which target a connection is made. Whoever makes it and
// whoever judges its address ask for it with targetOf.
func withTarget(ctx context.Context, target *Target) context.Context {
	return context.WithValue(ctx, targetContextKey{}, target)
}

// targetOf is the target that a connection is made for; nil when there is none.
func targetOf(ctx context.Context) *Target {
	target, _ := ctx.Value(targetContextKey{}).(*Target)
	return target
}
